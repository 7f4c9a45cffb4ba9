"""Sample answers to the exercises of lesson 06."""

import numpy as np
import scipy.linalg
import scipy.optimize
from scipy.spatial.transform import Rotation


def rows_of(base, other, sign, shift=True):
    """Return the linear system by trying out unit matrices."""
    columns = []
    for number in range(4):
        unit = np.zeros(4)
        unit[number] = 1.0
        unit = unit.reshape(2, 2)
        top = (unit @ base[:2, :2] - sign * other[:2, :2] @ unit).ravel()
        columns.append(np.concatenate([top, unit @ base[:2, 2]]) if shift else top)
    return np.stack(columns, axis=1)


def intertwiner_by_columns(base, other, sign):
    """Find the columns of the system by unit matrices."""
    target = np.append(np.zeros(4), sign * other[:2, 2])
    return np.linalg.lstsq(rows_of(base, other, sign), target, rcond=None)[0].reshape(2, 2)


def intertwiner_by_normal_equations(base, other, sign):
    """Square the system."""
    rows = rows_of(base, other, sign)
    return np.linalg.solve(rows.T @ rows, rows.T @ np.append(np.zeros(4), sign * other[:2, 2])).reshape(2, 2)


def intertwiner_without_shift(base, other, sign):
    """Forget the last column."""
    return np.linalg.lstsq(rows_of(base, other, sign, False), np.zeros(4), rcond=None)[0].reshape(2, 2)


def intertwiner_transposed(base, other, sign):
    """Read the vector by columns."""
    return intertwiner_by_columns(base, other, sign).T


def intertwiner_half_signed(base, other, sign):
    """Put the sign into the first equation only."""
    target = np.append(np.zeros(4), other[:2, 2])
    return np.linalg.lstsq(rows_of(base, other, sign), target, rcond=None)[0].reshape(2, 2)


def intertwiner_of_few_equations(base, other, sign):
    """Leave two equations out."""
    rows = rows_of(base, other, sign)[[0, 1, 4, 5]]
    return np.linalg.solve(rows, np.append(np.zeros(2), sign * other[:2, 2])).reshape(2, 2)


def intertwiner_by_scaled_rows(base, other, sign):
    """Weigh the equations by how large their coefficients are."""
    rows = rows_of(base, other, sign)
    weights = 1 / np.linalg.norm(rows, axis=1)
    target = np.append(np.zeros(4), sign * other[:2, 2])
    return np.linalg.lstsq(rows * weights[:, None], target * weights, rcond=None)[0].reshape(2, 2)


def intertwiner_sign_of_shift_only(base, other, sign):
    """Put the sign into the second equation only."""
    target = np.append(np.zeros(4), sign * other[:2, 2])
    return np.linalg.lstsq(rows_of(base, other, 1), target, rcond=None)[0].reshape(2, 2)


def intertwiner_affine(base, other, sign):
    """Let the unknown map shift as well."""
    system = np.kron(np.eye(3), base.T) - sign * np.kron(other, np.eye(3))
    fixed = np.zeros(9)
    fixed[8] = 1.0
    free = np.linalg.lstsq(system[:, :6], -system @ fixed, rcond=None)[0]
    return free.reshape(2, 3)[:, :2]


def intertwiner_projected(base, other, sign):
    """Take the nearest orthogonal matrix at once."""
    return scipy.linalg.polar(intertwiner_by_columns(base, other, sign))[0]


def intertwiner_cut_off(base, other, sign):
    """Drop small singular values."""
    target = np.append(np.zeros(4), sign * other[:2, 2])
    return np.linalg.lstsq(rows_of(base, other, sign), target, rcond=1e-2)[0].reshape(2, 2)


def intertwiner_of_unit_generators(base, other, sign):
    """Make both generators unit matrices first: the eigenvalues are no longer ±i."""
    return intertwiner_by_columns(base / np.linalg.norm(base), other / np.linalg.norm(other), sign)


def intertwiner_by_pinv(base, other, sign):
    """Multiply with the pseudo-inverse."""
    target = np.append(np.zeros(4), sign * other[:2, 2])
    return (np.linalg.pinv(rows_of(base, other, sign)) @ target).reshape(2, 2)


def intertwiner_by_optimiser(base, other, sign):
    """Minimise the residual of the matrix equation, as a general least-squares problem."""

    def residual(entries):
        lifted = np.eye(3)
        lifted[:2, :2] = entries.reshape(2, 2)
        return (lifted @ base - sign * other @ lifted).ravel()

    found = scipy.optimize.least_squares(residual, np.ones(4), xtol=1e-15, ftol=1e-15, gtol=1e-15)
    return found.x.reshape(2, 2)


def choose_by_sorting(candidates, residuals):
    """Order by residual, take the first that preserves orientation."""
    order = np.argsort(residuals)
    return next(candidates[k] for k in order if np.linalg.det(candidates[k]) > 0)


def choose_by_penalty(candidates, residuals):
    """Make reflections infinitely bad."""
    mirrors = [a[0, 0] * a[1, 1] < a[0, 1] * a[1, 0] for a in candidates]
    cost = [np.inf if mirror else r for mirror, r in zip(mirrors, residuals, strict=True)]
    return candidates[int(np.argmin(cost))]


def positive(candidates):
    """Return the places of the candidates that preserve orientation."""
    return [k for k, matrix in enumerate(candidates) if np.linalg.det(matrix) > 0]


def choose_by_eigenvalues(candidates, residuals):
    """A negative determinant is one negative and one positive eigenvalue."""
    kept = [k for k, a in enumerate(candidates) if np.prod(np.linalg.eigvals(a)).real > 0]
    return np.array(candidates[kept[np.argmin(np.array(residuals)[kept])]])


def choose_by_two_keys(candidates, residuals):
    """Compare the sign first and the residual second."""
    return min(zip(candidates, residuals, strict=True), key=lambda c: (np.linalg.det(c[0]) < 0, c[1]))[0]


def choose_largest_turn(candidates, residuals):
    """Take the rotation that turns most."""
    return candidates[min(positive(candidates), key=lambda k: np.trace(candidates[k]))]


def choose_with_logarithm(candidates, residuals):
    """Take for unconnected what has no real logarithm."""

    def has_logarithm(matrix):
        return np.abs(scipy.linalg.logm(matrix).imag).max() < 1e-9

    return candidates[min(np.flatnonzero(list(map(has_logarithm, candidates))), key=lambda k: residuals[k])]


def choose_by_distance_from_rotation(candidates, residuals):
    """Take what is nearest to a rotation."""
    return candidates[
        min(positive(candidates), key=lambda k: np.abs(candidates[k].T @ candidates[k] - np.eye(2)).max())
    ]


def polar_by_angle(matrix, form):
    """Read the angle in the frame of P: the polar factor of a plane map of positive determinant."""
    root = np.linalg.cholesky(form).T
    (a, b), (c, d) = root @ matrix @ np.linalg.inv(root)
    return (
        np.linalg.inv(root)
        @ Rotation.from_rotvec([0, 0, np.arctan2(c - b, a + d)]).as_matrix()[:2, :2]
        @ root
    )


def polar_by_square_root(matrix, form):
    """Divide by the root of L*L, where L* = P⁻¹LᵀP is the adjoint in P."""
    adjoint = np.linalg.solve(form, matrix.T @ form)
    return matrix @ np.linalg.inv(scipy.linalg.sqrtm(adjoint @ matrix).real)


def polar_by_orthonormalising(matrix, form):
    """Orthonormalise the columns one after the other."""
    root = np.linalg.cholesky(form).T
    left, right = np.linalg.qr(root @ matrix @ np.linalg.inv(root))
    return np.linalg.inv(root) @ (left * np.sign(np.diag(right))) @ root


def polar_with_lower_root(matrix, form):
    """Take NumPy's lower triangle for C."""
    root = np.linalg.cholesky(form)
    return np.linalg.inv(root) @ scipy.linalg.polar(root @ matrix @ np.linalg.inv(root))[0] @ root


def polar_with_p_for_its_root(matrix, form):
    """Go to the coordinates P p."""
    return np.linalg.inv(form) @ scipy.linalg.polar(form @ matrix @ np.linalg.inv(form))[0] @ form


def polar_by_one_step(matrix, form):
    """Stop Newton's iteration after one step."""
    return 0.5 * (matrix + np.linalg.inv(np.linalg.inv(form) @ matrix.T @ form))


def polar_by_scipy(matrix, form):
    """Use the symmetric root of P and SciPy's polar decomposition."""
    root = scipy.linalg.sqrtm(form).real
    rotation, _ = scipy.linalg.polar(root @ matrix @ np.linalg.inv(root))
    return np.linalg.inv(root) @ rotation @ root


def polar_by_newton(matrix, form):
    """Average with the inverse of the adjoint."""
    adjoint_inverse = lambda r: np.linalg.inv(np.linalg.inv(form) @ r.T @ form)  # noqa: E731
    for _ in range(60):
        matrix = 0.5 * (matrix + adjoint_inverse(matrix))
    return matrix


def ordinary_polar(matrix, form):
    """Leave P aside."""
    return scipy.linalg.polar(matrix)[0]


def polar_wrong_way(matrix, form):
    """Change coordinates backwards."""
    return polar_by_scipy(matrix, np.linalg.inv(form))


def polar_not_carried_back(matrix, form):
    """Stay in the new coordinates."""
    root = np.linalg.cholesky(form).T
    return scipy.linalg.polar(root @ matrix @ np.linalg.inv(root))[0]


def unit(vectors):
    """Return unit vectors."""
    return vectors / np.sqrt((vectors**2).sum(axis=1, keepdims=True))


def misalignment_by_loop(base_gradient, matrix, points, gradients):
    """Take one point after another."""
    inverse = np.linalg.inv(matrix)
    total = 0.0
    for p, g in zip(points, gradients, strict=True):
        moved = inverse.T @ base_gradient((inverse @ p)[None])[0]
        total += 1 - moved @ g / np.linalg.norm(moved) / np.linalg.norm(g)
    return total / len(points)


def misalignment_by_distance(base_gradient, matrix, points, gradients):
    """Half the squared distance of unit vectors is one less their cosine."""
    inverse = np.linalg.inv(matrix)
    moved = base_gradient(points @ inverse.T) @ inverse
    return 0.5 * ((unit(moved) - unit(gradients)) ** 2).sum(axis=1).mean()


def cosines(base_gradient, matrix, points, gradients):
    """Return the cosines."""
    inverse = np.linalg.inv(matrix)
    return (unit(base_gradient(points @ inverse.T) @ inverse) * unit(gradients)).sum(axis=1)


def misalignment_of_arrows(base_gradient, matrix, points, gradients):
    """Move the gradient by L."""
    inverse = np.linalg.inv(matrix)
    return np.mean(1 - (unit(base_gradient(points @ inverse.T) @ matrix.T) * unit(gradients)).sum(axis=1))


def misalignment_forth(base_gradient, matrix, points, gradients):
    """Ask the base task at L p."""
    inverse = np.linalg.inv(matrix)
    return np.mean(1 - (unit(base_gradient(points @ matrix.T) @ inverse) * unit(gradients)).sum(axis=1))


def cofactors(matrix):
    """Return the matrix of cofactors, det(L) L^{-T}."""
    (a, b), (c, d) = matrix
    return np.array([[d, -c], [-b, a]])


def misalignment_by_cofactors(base_gradient, matrix, points, gradients):
    """Take the cofactors for L^{-T}."""
    moved = base_gradient(np.linalg.solve(matrix, points.T).T) @ cofactors(matrix).T
    return np.mean(1 - (unit(moved) * unit(gradients)).sum(axis=1))


def misalignment_by_signed_cofactors(base_gradient, matrix, points, gradients):
    """Mind the sign of the determinant."""
    normal = np.sign(np.linalg.det(matrix)) * cofactors(matrix)
    moved = base_gradient(np.linalg.solve(matrix, points.T).T) @ normal.T
    return 1 - np.einsum("ni,ni->", unit(moved), unit(gradients)) / len(points)


def misalignment_by_solving(base_gradient, matrix, points, gradients):
    """Solve for both, with no inverse."""
    moved = np.linalg.solve(matrix.T, base_gradient(np.linalg.solve(matrix, points.T).T).T).T
    angles = np.arctan2(moved[:, 1], moved[:, 0]) - np.arctan2(gradients[:, 1], gradients[:, 0])
    return np.mean(1 - np.cos(angles))


def misalignment_of_transposes(base_gradient, matrix, points, gradients):
    """Take Lᵀ for the inverse."""
    return np.mean(1 - (unit(base_gradient(points @ matrix) @ matrix.T) * unit(gradients)).sum(axis=1))


def misalignment_of_rotations(base_gradient, matrix, points, gradients):
    """Use the rotation in L only."""
    return misalignment_of_transposes(base_gradient, scipy.linalg.polar(matrix)[0], points, gradients)


def misalignment_in_the_base_task(base_gradient, matrix, points, gradients):
    """Carry the new gradients back by Lᵀ, and compare there: other angles unless L is a rotation."""
    here = base_gradient(np.linalg.solve(matrix, points.T).T)
    return np.mean(1 - (unit(here) * unit(gradients @ matrix)).sum(axis=1))


def misalignment_as_a_whole(base_gradient, matrix, points, gradients):
    """Normalise all gradients together."""
    moved = base_gradient(points @ np.linalg.inv(matrix).T) @ np.linalg.inv(matrix)
    return 1 - (moved * gradients).sum() / np.linalg.norm(moved) / np.linalg.norm(gradients)


def misalignment_of_median(base_gradient, matrix, points, gradients):
    """Take the median."""
    return np.median(1 - cosines(base_gradient, matrix, points, gradients))


def misalignment_as_angle(base_gradient, matrix, points, gradients):
    """Take the angle for one less its cosine."""
    return np.mean(np.arccos(np.clip(cosines(base_gradient, matrix, points, gradients), -1, 1)))


def smallest_by_alignment(start, end):
    """Let SciPy align one vector."""
    return Rotation.align_vectors([end], [start])[0].as_matrix()


def smallest_by_arccosine(start, end):
    """Take the angle from the inner product."""
    axis = np.cross(start, end)
    size = np.linalg.norm(axis)
    if size == 0:
        return np.eye(3)
    return Rotation.from_rotvec(np.arccos(np.clip(start @ end, -1, 1)) * axis / size).as_matrix()


def half_turn_between(start, end):
    """Turn by half a turn about the middle."""
    middle = (start + end) / np.linalg.norm(start + end)
    return 2 * np.outer(middle, middle) - np.eye(3)


def one_reflection(start, end):
    """Reflect at the plane between."""
    across = end - start
    size = across @ across
    return np.eye(3) - (2 * np.outer(across, across) / size if size else 0)


def divides_by_zero(start, end):
    """Forget equal goals."""
    axis = np.cross(start, end)
    return Rotation.from_rotvec(
        np.arctan2(np.linalg.norm(axis), start @ end) * axis / np.linalg.norm(axis)
    ).as_matrix()


def in_degrees(start, end):
    """Give the angle in degrees."""
    return Rotation.from_rotvec(np.degrees(Rotation.align_vectors([end], [start])[0].as_rotvec())).as_matrix()


def axis_of_the_sum(start, end):
    """Turn about the sum, by the angle between."""
    axis = (start + end) / np.linalg.norm(start + end)
    return Rotation.from_rotvec(np.arccos(np.clip(start @ end, -1, 1)) * axis).as_matrix()


def smallest_by_rodrigues(start, end):
    """Write Rodrigues' formula without an angle."""
    x, y, z = np.cross(start, end)
    hat = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + hat + hat @ hat / (1 + start @ end)


def smallest_by_reflections(start, end):
    """Reflect twice: at the plane between, and at the plane across the first."""
    middle = (start + end) / np.linalg.norm(start + end)
    return (np.eye(3) - 2 * np.outer(middle, middle)) @ (np.eye(3) - 2 * np.outer(start, start))


def with_extra_turn(start, end):
    """Turn about the new goal as well."""
    return Rotation.from_rotvec(0.5 * end).as_matrix() @ smallest_by_rodrigues(start, end)


def by_sine(start, end):
    """Take the cross product for the rotation vector."""
    return Rotation.from_rotvec(np.cross(start, end)).as_matrix()


def by_arcsine(start, end):
    """Lose the obtuse angles."""
    axis = np.cross(start, end)
    size = np.linalg.norm(axis)
    return np.eye(3) if size < 1e-12 else Rotation.from_rotvec(np.arcsin(size) * axis / size).as_matrix()


ANSWERS = {
    "06.1": {
        "correct": [
            intertwiner_by_columns,
            intertwiner_by_normal_equations,
            intertwiner_by_pinv,
            intertwiner_by_optimiser,
        ],
        "mistakes": [
            (intertwiner_without_shift, "without the equation for the last column"),
            (intertwiner_transposed, "check the order of the factors"),
            (lambda a, b, s: intertwiner_by_columns(a, b, 1), "The sign is left out"),
            (intertwiner_half_signed, "The sign belongs to both equations"),
            (intertwiner_sign_of_shift_only, "The sign belongs to both equations"),
            (intertwiner_of_few_equations, "With noise all of them count"),
            (intertwiner_by_scaled_rows, "The intertwiner"),
            (intertwiner_affine, "The intertwiner"),
            (intertwiner_cut_off, "The intertwiner should be"),
            (intertwiner_of_unit_generators, "The intertwiner should be"),
            (intertwiner_projected, "The intertwiner should be"),
            (lambda a, b, s: np.linalg.inv(intertwiner_by_columns(a, b, s)), "the map back"),
            (lambda a, b, s: intertwiner_by_columns(b, a, s), "the map back"),
        ],
    },
    "06.2": {
        "correct": [choose_by_sorting, choose_by_penalty, choose_by_eigenvalues, choose_by_two_keys],
        "mistakes": [
            (lambda c, r: c[int(np.argmin(r))], "still the one with the smaller residual"),
            (lambda c, r: max(c, key=np.trace), "The determinant decides first"),
            (lambda c, r: c[0], "The determinant decides first"),
            (lambda c, r: c[-1], "it reverses orientation"),
            (lambda c, r: c[positive(c)[0]], "not the order"),
            (lambda c, r: c[positive(c)[-1]], "not the order"),
            (lambda c, r: max(c, key=np.linalg.det), "not how far they turn or stretch"),
            (lambda c, r: min(c, key=lambda a: abs(np.linalg.det(a) - 1)), "the residual decides"),
            (choose_largest_turn, "not how far they turn"),
            (choose_by_distance_from_rotation, "the residual decides"),
            (
                lambda c, r: c[int(np.argmax(np.sign(np.linalg.det(c)) - np.array(r)))],
                "it reverses orientation",
            ),
            (lambda c, r: c[int(np.argmin(r / np.linalg.det(c)))], "it reverses orientation"),
            (lambda c, r: next(a for a in c if np.linalg.det(a) > 0.5), "the residual decides"),
            (choose_with_logarithm, "the residual decides"),
            (lambda c, r: scipy.linalg.polar(choose_by_sorting(c, r))[0], "none of the candidates"),
            (lambda c, r: int(np.argmin(r)), "should have shape (2, 2)"),
        ],
    },
    "06.3": {
        "correct": [polar_by_scipy, polar_by_newton, polar_by_angle, polar_by_square_root],
        "mistakes": [
            (ordinary_polar, "P is not used"),
            (polar_wrong_way, "the wrong way round"),
            (polar_not_carried_back, "Carry it back"),
            (polar_by_orthonormalising, "The polar factor"),
            (polar_with_lower_root, "The polar factor"),
            (polar_with_p_for_its_root, "The polar factor"),
            (polar_by_one_step, "The polar factor"),
            (lambda m, p: polar_by_scipy(m, p).T, "The polar factor"),
            (lambda m, p: m, "This is L itself"),
            (lambda m, p: m / np.sqrt(np.linalg.det(m)), "leaves the stretch"),
        ],
    },
    "06.4": {
        "correct": [
            misalignment_by_loop,
            misalignment_by_distance,
            misalignment_by_signed_cofactors,
            misalignment_by_solving,
        ],
        "mistakes": [
            (lambda *a: np.mean(1 - np.abs(cosines(*a))), "it hides the arrow's sign"),
            (lambda *a: np.mean(cosines(*a)), "This is the mean cosine"),
            (lambda *a: np.sum(1 - cosines(*a)), "take their mean"),
            (misalignment_of_arrows, "It is a covector"),
            (misalignment_forth, "comes from L⁻¹ p"),
            (misalignment_by_cofactors, "may be negative"),
            (misalignment_of_transposes, "The misalignment"),
            (misalignment_of_rotations, "it may be any map"),
            (misalignment_in_the_base_task, "The misalignment"),
            (misalignment_as_a_whole, "not all of them together"),
            (misalignment_of_median, "The misalignment"),
            (misalignment_as_angle, "The misalignment"),
            (
                lambda f, L, p, g: np.average(1 - cosines(f, L, p, g), weights=np.linalg.norm(g, axis=1)),
                "The misalignment",
            ),
        ],
    },
    "06.5": {
        "correct": [
            smallest_by_rodrigues,
            smallest_by_reflections,
            smallest_by_alignment,
            smallest_by_arccosine,
        ],
        "mistakes": [
            (with_extra_turn, "Which axis is at right angles to both"),
            (lambda a, b: smallest_by_rodrigues(a, b).T, "turns the wrong way round"),
            (by_sine, "the sine of the angle, not the angle"),
            (by_arcsine, "up to 90° only"),
            (lambda a, b: np.outer(b, a), "no rotation"),
            (half_turn_between, "an extra turn about the new goal"),
            (one_reflection, "no rotation"),
            (divides_by_zero, "holds NaN"),
            (in_degrees, "What it makes of the first goal"),
            (axis_of_the_sum, "What it makes of the first goal"),
            (lambda a, b: -smallest_by_rodrigues(a, b), "no rotation"),
            (lambda a, b: smallest_by_rodrigues(b, a), "turns the wrong way round"),
        ],
    },
}
