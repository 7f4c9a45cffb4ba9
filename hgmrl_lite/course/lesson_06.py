"""Exercises of lesson 06: the intertwiner, its sign, the polar factor, a search, the sphere."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite import lie
from hgmrl_lite._validate import Array
from hgmrl_lite.course.calling import call
from hgmrl_lite.course.cases import affine, each_case, turn, unit
from hgmrl_lite.course.exercise import exercise, hints
from hgmrl_lite.course.expect import Mistakes, expect, expect_close, expect_shape, show
from hgmrl_lite.course.lesson_02 import generator_about

Field = Callable[[Any], Any]

_MIRROR = np.diag([1.0, -1.0])


def solve_intertwiner(base: ArrayLike, other: ArrayLike, sign: int) -> Array:
    """Return the L (2, 2) with the least squares of diag(L, 1) X_0 = sign · X_z diag(L, 1).

    X_0 and X_z are affine generators (3, 3). The equations are L A_0 = sign A_z L and L b_0 = sign b_z.
    """
    return _solve(np.asarray(base, dtype=float), sign * np.asarray(other, dtype=float), range(6))


def _solve(base: Array, other: Array, equations: Sequence[int]) -> Array:
    """Solve some of the six equations of X_z = ``other``: four for the linear part, two for the shift."""
    linear = np.kron(np.eye(2), base[:2, :2].T) - np.kron(other[:2, :2], np.eye(2))
    rows = np.vstack([linear, np.kron(np.eye(2), base[:2, 2])])
    target = np.append(np.zeros(4), other[:2, 2])
    return np.asarray(np.linalg.lstsq(rows[equations], target[equations], rcond=None)[0].reshape(2, 2))


def _moved_by(matrix: ArrayLike, generator: Array) -> Array:
    """Return the generator of the task that a linear map (2, 2) makes."""
    lifted = affine(matrix)
    return np.asarray(lifted @ generator @ np.linalg.inv(lifted))


def _intertwiner_mistakes(base: Array, other: Array, sign: int) -> Mistakes:
    right, opposite = solve_intertwiner(base, other, sign), solve_intertwiner(base, other, -sign)
    some = _solve(base, sign * other, [0, 1, 4, 5])
    mistakes: dict[str, Any] = {
        "This is the answer without the equation for the last column, L b_0 = ± b_z: then L = 0 is "
        "best.": np.zeros((2, 2)),
        "This is Lᵀ, or the map back: check the order of the factors. Row-major, vec(L A) is (I ⊗ Aᵀ) "
        "vec(L), `np.kron(I, A.T)`.": right.T,
        "Only some of the six equations are used. With noise all of them count.": some,
    }
    if sign < 0:
        mistakes |= {
            "The sign is left out: this is the answer for +1.": opposite,
            "The sign belongs to both equations, L A_0 = −A_z L and L b_0 = −b_z.": [-right, -opposite],
        }
    return mistakes


@exercise("06.1", "Solve for the left action", solve_intertwiner)
@hints(
    "Write the entries of L as a vector in the order of `L.ravel()`: each equation is linear in it.",
    "For that order vec(L A) = (I ⊗ Aᵀ) vec(L), vec(A L) = (A ⊗ I) vec(L) and L b = (I ⊗ bᵀ) vec(L). "
    "`np.kron` is ⊗.",
    "Stack the four rows of L A_0 − sign A_z L, with 0 on the right, and the two rows of L b_0, with "
    "sign b_z on the right; then `np.linalg.lstsq(rows, target, rcond=None)[0].reshape(2, 2)`.",
)
def _exercise_1(answer: Any) -> Iterator[str]:
    centre, stretch = np.array([0.8, -0.5]), np.array([[1.3, 0.4], [-0.2, 0.9]])
    centres = (centre, turn(70.0) @ centre, [0.003, -0.004], [40.0, -90.0])
    base, other, near, far = map(generator_about, centres)
    mirrored = -_moved_by(stretch @ np.diag([1.0, -3.0]), far)
    noisy = other + 0.05 * np.random.default_rng(3).normal(size=(3, 3)) * [[1], [1], [0]]
    yield from each_case(
        answer,
        solve_intertwiner,
        "The intertwiner",
        {
            "rotations about c and about its image: the turn comes back for the sign +1": (base, other, 1),
            "for the sign −1 a reflection that carries c to the same place": (base, other, -1),
            "ellipses that were sheared and turned, where L is no rotation": (
                base,
                _moved_by(stretch, base),
                1,
            ),
            "the same with the base goal very near the origin": (near, _moved_by(stretch, near), 1),
            "ellipses that were sheared and mirrored, far from the origin": (far, mirrored, -1),
            "noisy generators, where no L is exact: least squares": [(base, noisy, sign) for sign in (1, -1)],
        },
        _intertwiner_mistakes,
    )


def connected_one(candidates: Sequence[ArrayLike], residuals: Sequence[float]) -> Array:
    """Return the candidate (2, 2) with positive determinant; of several the one with the least residual."""
    kept = [number for number, matrix in enumerate(candidates) if np.linalg.det(np.asarray(matrix)) > 0.0]
    return np.asarray(candidates[min(kept, key=lambda number: residuals[number])], dtype=float)


@exercise("06.2", "Find the planted error", connected_one)
@hints(
    "Two candidates, both with a tiny residual. What do the determinants say about them?",
    "A rotation can be reached from the identity step by step. What would have to happen to the "
    "determinant on the way to a reflection?",
    "`np.linalg.det(L) > 0` picks the component of the identity; only then the residual has a say.",
)
def _exercise_2(answer: Any) -> Iterator[str]:
    shear = np.array([[1.0, 4.0], [0.0, 0.1]])
    by_10, by_3, by_30 = (turn(degrees) @ _MIRROR for degrees in (10.0, 3.0, 30.0))
    cases: dict[str, list[tuple[list[Array], list[float]]]] = {
        "a rotation whose residual is smaller than the reflection's": [
            ([turn(40.0), by_10], [1e-6, 2e-6]),
            ([by_10, turn(40.0)], [2e-6, 1e-6]),
        ],
        "a rotation whose residual is larger": [([turn(40.0), by_10], [3e-6, 2e-6])],
        "the same in the other order": [([by_10, turn(40.0)], [2e-6, 3e-6])],
        "a rotation by nearly half a turn": [([by_3, turn(178.0)], [3e-6, 2e-6])],
        "half a turn with errors, which has no real logarithm": [
            ([np.diag([-1.02, -0.97]), by_3, turn(20.0)], [2e-6, 1e-6, 3e-6])
        ],
        "both preserve orientation: now the residual may decide": [
            ([turn(20.0), turn(-130.0)], [0.2, 1e-3]),
            ([turn(20.0), turn(-130.0)], [1e-3, 0.2]),
        ],
        "four candidates, the best of them in the middle": [
            ([turn(-10.0), turn(70.0) @ _MIRROR, turn(60.0), turn(150.0)], [4e-3, 1e-3, 2e-3, 3e-3])
        ],
        "residuals in a large unit": [([by_10, turn(40.0), turn(80.0)], [2e3, 9e3, 7e3])],
        "maps that stretch and shear, in coordinates with very small units": [
            ([1e-3 * by_30, 1e-3 * shear @ turn(75.0), 30.0 * turn(5.0)], [1e-4, 2e-4, 3e-4])
        ],
    }
    for words, inputs in cases.items():
        yield words
        for candidates, residuals in inputs:
            _compare_choice(call(answer, candidates, residuals), candidates, residuals)


def _compare_choice(answer: Any, candidates: list[Array], residuals: list[float]) -> None:
    got = expect_shape(answer, (2, 2), "The left action")
    given = [number for number, matrix in enumerate(candidates) if np.allclose(got, matrix)]
    expect(
        bool(given), f"{show(got)} is none of the candidates.", "Choose one of them, and return it as it is."
    )
    chosen = residuals[given[0]]
    determinant = float(np.linalg.det(candidates[given[0]]))
    expect(
        determinant > 0.0,
        f"The candidate chosen has the determinant {determinant:.2g}: it reverses orientation.",
        "This is still the one with the smaller residual."
        if chosen == min(residuals)
        else "The determinant decides first, whatever the residuals and their unit.",
    )
    best = min(r for r, matrix in zip(residuals, candidates, strict=True) if np.linalg.det(matrix) > 0.0)
    expect(
        chosen == best,
        f"Of the candidates that preserve orientation, one with the residual {chosen:g} was chosen; another "
        f"has {best:g}.",
        "Among those with a positive determinant the residual decides: not the order, not how far they turn "
        "or stretch.",
    )


def _polar_mistakes(L: Array, P: Array) -> Mistakes:
    C = np.linalg.cholesky(P).T
    in_frame = C @ L @ np.linalg.inv(C)
    not_back, inverse_form = lie.polar_factor(in_frame), lie.polar_factor(L, np.linalg.inv(P))
    return {
        "This is L itself.": L,
        "Dividing by the root of the determinant leaves the stretch.": L / np.sqrt(np.linalg.det(L)),
        "This is the polar factor in the usual inner product: P is not used.": lie.polar_factor(L),
        "This is the one for P⁻¹: the change of coordinates is the wrong way round.": inverse_form,
        "The stretch is still in it: project after C L C⁻¹.": in_frame,
        "The rotation is right, but it is left in the new coordinates. Carry it back.": not_back,
    }


@exercise("06.3", "Onto the compact group", lie.polar_factor)
@hints(
    "With C such that P = CᵀC, lengths in P are ordinary lengths of C p. What becomes of L there?",
    "There it is C L C⁻¹. Take the ordinary polar factor of that, and carry it back.",
    "`np.linalg.cholesky(P).T` is a C. The ordinary polar factor of M is U Vᵀ from "
    "`np.linalg.svd(M)`, whose third result is Vᵀ already.",
)
def _exercise_3(answer: Any) -> Iterator[str]:
    raw = turn(75.0) @ np.array([[1.1, 0.05], [0.05, 0.85]])
    aslant = np.array([[1.5, 0.6], [0.6, 0.7]])
    for words, form in (
        ("in the usual inner product the rotation comes out, without the stretch", np.eye(2)),
        ("an inner product in which y counts less", np.diag([1.0, 0.04])),
        ("an inner product with its axes aslant", aslant),
        ("the same in a very small unit", 1e-8 * aslant),
        ("axes whose units differ a thousandfold", np.array([[1e3, 0.4], [0.4, 1e-3]])),
    ):
        C = np.linalg.cholesky(form).T
        L = np.linalg.inv(C) @ raw @ C
        yield from each_case(
            answer, lie.polar_factor, "The polar factor", {words: (L, form)}, _polar_mistakes
        )
        yield "and it keeps that inner product: RᵀPR = P"
        R = expect_shape(call(answer, L, form), (2, 2), "The polar factor")
        size = float(np.abs(form).max())
        expect_close(R.T @ form @ R / size, form / size, "RᵀPR, in units of the largest entry of P,")
    wild = {
        "a map with a large error, which stretches and shears": (np.array([[-0.2, -2.5], [0.3, 0.1]]), aslant)
    }
    yield from each_case(answer, lie.polar_factor, "The polar factor", wild, _polar_mistakes)


def signed_misalignment(
    base_gradient: Field, matrix: ArrayLike, points: ArrayLike, gradients: ArrayLike
) -> float:
    """Return the mean of 1 − cos between L^{-T} g_0(L⁻¹ p) and the gradient g at points p (N, 2)."""
    carried = _carried(base_gradient, np.asarray(matrix, dtype=float), np.asarray(points))
    return float(np.mean(1.0 - _cosine(carried, np.asarray(gradients))))


def _carried(gradient: Field, matrix: Array, points: Array) -> Array:
    """Return L^{-T} g_0(L⁻¹ p), shape (N, 2)."""
    inverse = np.linalg.inv(matrix)
    return np.asarray(gradient(points @ inverse.T) @ inverse)


def _cosine(first: Array, second: Array) -> Array:
    """Return the cosines of the angles between vectors (N, n), shape (N,)."""
    return np.asarray((unit(first) * unit(second)).sum(axis=1))


def _signed_mistakes(gradient: Field, L: Array, p: Array, g: Array) -> Mistakes:
    inverse, rigid = np.linalg.inv(L), lie.polar_factor(L)
    there, carried = gradient(p @ inverse.T), _carried(gradient, L, p)
    cosine = _cosine(carried, g)
    forward, steep = gradient(p @ L.T) @ inverse, np.mean(1.0 - (carried * g).sum(axis=1))
    whole = _cosine(carried.reshape(1, -1), g.reshape(1, -1))[0]

    def loss(moved: Array) -> float:
        return float(np.mean(1.0 - _cosine(moved, g)))

    return {
        "The absolute value is still there: it hides the arrow's sign.": np.mean(1.0 - np.abs(cosine)),
        "A square hides the arrow's sign as an absolute value does.": np.mean(1.0 - np.square(cosine)),
        "The base task is asked at L p. The point p of the new task comes from L⁻¹ p.": loss(forward),
        "The gradient is moved as an arrow, by L. It is a covector: L^{-T}.": loss(there @ L.T),
        "The gradient has to be turned too, not only the point.": loss(there),
        "Compare unit vectors: how steep the reward is has no part in it.": steep,
        "Make the gradient at each point a unit vector, not all of them together.": 1.0 - whole,
        "The arrows are reversed. The cofactors of L are L^{-T} times the determinant, which may be "
        "negative.": np.mean(1.0 + cosine),
        "L is taken for a rotation: it may be any map.": loss(gradient(p @ rigid) @ rigid.T),
        "This is the sum over the points; take their mean.": np.sum(1.0 - cosine),
        "This is the mean cosine: 1 when all agree. The misalignment is 1 less it.": np.mean(cosine),
    }


def _base_gradient(points: ArrayLike) -> Array:
    """Return the gradient of −‖p − c‖² + x/2: neither unit vectors nor symmetric."""
    return -2.0 * (np.asarray(points) - [0.9, 0.3]) + [0.5, 0.0]


@exercise("06.4", "Out of the trap", signed_misalignment)
@hints(
    "Back, look there, and forth: where does the point p of the new task come from?",
    "The base task's gradient there is a covector and moves by L^{-T}; in rows that is `@ inverse`.",
    "Make both unit vectors, take inner products point by point, and leave the absolute value out.",
)
def _exercise_4(answer: Any) -> Iterator[str]:
    p = np.random.default_rng(6).normal(size=(9, 2)) * 0.4
    rotation, sheared = turn(65.0), np.array([[1.0, 0.7], [0.1, 0.8]])
    mirrored, stretched = sheared @ np.diag([1.0, -1.0]), np.diag([20.0, 0.3]) @ rotation
    turned = _carried(_base_gradient, rotation, p)
    noise = 1.0 + 0.3 * np.random.default_rng(11).normal(size=p.shape)
    noisy = _carried(_base_gradient, stretched, p) * noise * np.geomspace(1e-3, 1e3, len(p))[:, None]
    cases = {
        "0 for the map that relates the two tasks": [(rotation, turned)],
        "the right value for another map, and large where every arrow points the wrong way": [
            (turn(20.0), turned),
            (rotation, -turned),
        ],
        "a map that is no rotation": [(sheared, turned)],
        "a map that reverses orientation": [
            (mirrored, _carried(_base_gradient, mirrored, p)),
            (mirrored, turned),
        ],
        "a map that stretches a lot, and noisy gradients of very different lengths": [(stretched, noisy)],
    }
    yield from each_case(
        answer,
        signed_misalignment,
        "The misalignment",
        {words: [(_base_gradient, L, p, g) for L, g in pairs] for words, pairs in cases.items()},
        _signed_mistakes,
    )


def smallest_rotation(start: ArrayLike, end: ArrayLike) -> Array:
    """Return the rotation (3, 3) of the least angle that carries one unit vector (3,) to another."""
    start, end = np.asarray(start, dtype=float), np.asarray(end, dtype=float)
    axis = np.cross(start, end)
    size = float(np.linalg.norm(axis))
    if size < 1e-12:
        return np.eye(3)
    angle = np.arctan2(size, float(start @ end))
    return np.asarray(lie.so3_exp(angle * axis / size), dtype=np.float64)


def _smallest_mistakes(start: Array, end: Array) -> Mistakes:
    cross = np.cross(start, end)
    sine = float(np.linalg.norm(cross))
    arcsine = lie.so3_exp(np.arcsin(min(sine, 1.0)) * cross / sine) @ start
    return {
        "It turns the wrong way round: the order of the two vectors in the cross product "
        "decides.": smallest_rotation(end, start) @ start,
        "The length of the cross product is the sine of the angle, not the angle.": lie.so3_exp(cross)
        @ start,
        "The arcsine gives angles up to 90° only: use `np.arctan2`, or the arccosine.": arcsine,
    }


@exercise("06.5", "The smallest rotation of the sphere", smallest_rotation)
@hints(
    "Think of the shortest way between two cities on a globe. About which axis does one travel?",
    "The axis is at right angles to both goals: `np.cross` of the two, made a unit vector.",
    "The cross product's length is the sine of the angle, the inner product its cosine: `np.arctan2` "
    "of the two. Mind the case where the goals are equal.",
)
def _exercise_5(answer: Any) -> Iterator[str]:
    first, *others = unit(np.vstack([[1.0, 0.0, 0.0], np.random.default_rng(8).normal(size=(3, 3))]))
    for words, start, end in (
        ("from (1, 0, 0) to (0, 1, 0)", first, np.array([0.0, 1.0, 0.0])),
        ("between two random goals", others[0], others[1]),
        (
            "between two others, more than a right angle apart",
            np.array([0.6, 0.8, 0.0]),
            np.array([-0.8, 0.0, 0.6]),
        ),
        ("to a goal half a degree away", first, lie.so3_exp([0.0, 0.0, np.radians(0.5)]) @ first),
        ("to a goal nearly opposite", first, lie.so3_exp([0.0, np.radians(179.0), 0.0]) @ first),
    ):
        yield words
        got = expect_shape(call(answer, start, end), (3, 3), "The rotation")
        expect(
            np.abs(got.T @ got - np.eye(3)).max() < 1e-6 and np.linalg.det(got) > 0.0,
            "The matrix is no rotation: its columns should be orthonormal, its determinant 1.",
            "`lie.so3_exp(w)` makes a rotation of a vector w: about its direction, by its length in radians.",
        )
        what = "What it makes of the first goal"
        expect_close(got @ start, end, what, mistakes=_smallest_mistakes(start, end))
        yield "and no rotation that does so turns by less"
        needed, made = (
            np.degrees(np.linalg.norm(lie.so3_log(rotation)))
            for rotation in (smallest_rotation(start, end), got)
        )
        expect(
            made <= needed + 1e-4,
            f"It turns by {made:.1f}°, but {needed:.1f}° are enough.",
            "It carries the goal rightly, with an extra turn about the new goal. Which axis is at right "
            "angles to both?",
        )
    yield "a goal onto itself: the identity"
    goal = others[2]
    expect_close(
        call(answer, goal, goal),
        np.eye(3),
        "The rotation",
        mistakes={"This is minus the identity.": -np.eye(3)},
    )
