"""Sample answers to the exercises of lesson 06."""

import numpy as np
import scipy.linalg
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


def choose_by_sorting(candidates, residuals):
    """Order by residual, take the first that preserves orientation."""
    order = np.argsort(residuals)
    return next(candidates[k] for k in order if np.linalg.det(candidates[k]) > 0)


def choose_by_penalty(candidates, residuals):
    """Make reflections infinitely bad."""
    mirrors = [a[0, 0] * a[1, 1] < a[0, 1] * a[1, 0] for a in candidates]
    cost = [np.inf if mirror else r for mirror, r in zip(mirrors, residuals, strict=True)]
    return candidates[int(np.argmin(cost))]


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
        "correct": [intertwiner_by_columns, intertwiner_by_normal_equations],
        "mistakes": [
            (intertwiner_without_shift, "without the equation for the last column"),
            (intertwiner_transposed, "check the order of the factors"),
            (lambda a, b, s: intertwiner_by_columns(a, b, 1), "The sign is left out"),
            (intertwiner_half_signed, "The sign belongs to both equations"),
            (intertwiner_of_few_equations, "With noise all of them count"),
        ],
    },
    "06.2": {
        "correct": [choose_by_sorting, choose_by_penalty],
        "mistakes": [
            (lambda c, r: c[int(np.argmin(r))], "still the one with the smaller residual"),
            (lambda c, r: max(c, key=np.trace), "nearer to the identity"),
            (lambda c, r: c[0], "simply the first one"),
            (lambda c, r: next(a for a in c if np.linalg.det(a) > 0), "should be"),
        ],
    },
    "06.3": {
        "correct": [polar_by_scipy, polar_by_newton],
        "mistakes": [
            (ordinary_polar, "P is not used"),
            (polar_wrong_way, "the wrong way round"),
            (polar_not_carried_back, "Carry it back"),
            (lambda m, p: m, "This is L itself"),
            (lambda m, p: m / np.sqrt(np.linalg.det(m)), "leaves the stretch"),
        ],
    },
    "06.4": {
        "correct": [misalignment_by_loop, misalignment_by_distance],
        "mistakes": [
            (lambda *a: np.mean(1 - np.abs(cosines(*a))), "it hides the arrow's sign"),
            (lambda *a: np.mean(cosines(*a)), "This is the mean cosine"),
            (lambda *a: np.sum(1 - cosines(*a)), "take their mean"),
            (misalignment_of_arrows, "It is a covector"),
            (misalignment_forth, "comes from L⁻¹ p"),
        ],
    },
    "06.5": {
        "correct": [smallest_by_rodrigues, smallest_by_reflections],
        "mistakes": [
            (with_extra_turn, "Which axis is at right angles to both"),
            (lambda a, b: smallest_by_rodrigues(a, b).T, "turns the wrong way round"),
            (by_sine, "the sine of the angle, not the angle"),
            (by_arcsine, "up to 90° only"),
            (lambda a, b: np.outer(b, a), "no rotation"),
        ],
    },
}
