"""Exercises of lesson 06: the intertwiner, its sign, the polar factor, signed gradients, least rotations."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite import lie
from hgmrl_lite._validate import Array
from hgmrl_lite.course.exercise import Exercise
from hgmrl_lite.course.expect import NotYet, call, expect, expect_close, expect_shape, show

Field = Callable[[Any], Any]
_IDENTITY = np.eye(2)


def solve_intertwiner(base: ArrayLike, other: ArrayLike, sign: int) -> Array:
    """Return the L (2, 2) with the least squares of diag(L, 1) X_0 = sign · X_z diag(L, 1).

    X_0 and X_z are affine generators (3, 3). The equations are L A_0 = sign A_z L and L b_0 = sign b_z.
    """
    base, other = np.asarray(base, dtype=float), np.asarray(other, dtype=float)
    matrix = np.vstack(
        [
            np.kron(_IDENTITY, base[:2, :2].T) - sign * np.kron(other[:2, :2], _IDENTITY),
            np.kron(_IDENTITY, base[:2, 2][None]),
        ]
    )
    target = np.concatenate([np.zeros(4), sign * other[:2, 2]])
    return np.asarray(np.linalg.lstsq(matrix, target, rcond=None)[0].reshape(2, 2), dtype=np.float64)


def _rotation_about(centre: ArrayLike) -> Array:
    """Return the generator (3, 3) of the rotations about a point."""
    return np.asarray(lie.rotations_about(centre).basis[0], dtype=np.float64)


def _turn(degrees: float) -> Array:
    return np.asarray(lie.so2_exp(np.radians(degrees)), dtype=np.float64)


def _check_intertwiner(answer: Any) -> Iterator[str]:
    turn, centre = _turn(70.0), np.array([0.8, -0.5])
    base, other = _rotation_about(centre), _rotation_about(turn @ centre)
    no_shift = (
        "This is the answer without the equation for the last column, L b_0 = ± b_z: then L = 0 is best."
    )
    yield "rotations about c and about its image: the turn comes back for the sign +1"
    got = expect_shape(call(answer, base, other, 1), (2, 2), "The intertwiner")
    expect(bool(np.abs(got).max() > 1e-6), "The intertwiner is 0.", no_shift)
    expect_close(
        got,
        turn,
        "The intertwiner",
        mistakes=[(turn.T, "This is the map back, or the transposed one: check the order of the factors.")],
    )
    yield "for the sign −1 a reflection that carries c to the same place"
    mirror = solve_intertwiner(base, other, -1)
    expect_close(
        call(answer, base, other, -1),
        mirror,
        "The intertwiner for the sign −1",
        mistakes=[
            (turn, "The sign is left out: this is the answer for +1."),
            (-mirror, "The sign belongs to both equations, L A_0 = −A_z L and L b_0 = −b_z."),
            (-turn, "The sign belongs to both equations, L A_0 = −A_z L and L b_0 = −b_z."),
        ],
    )
    yield "ellipses that were sheared and turned, where L is no rotation"
    stretch = np.array([[1.3, 0.4], [-0.2, 0.9]])
    lifted = np.eye(3)
    lifted[:2, :2] = stretch
    expect_close(
        call(answer, base, lifted @ base @ np.linalg.inv(lifted), 1),
        stretch,
        "The intertwiner",
        mistakes=[(stretch.T, "This is Lᵀ. Row-major, vec(L A) is (I ⊗ Aᵀ) vec(L), `np.kron(I, A.T)`.")],
    )
    yield "the same with the base goal very near the origin"
    near = _rotation_about([0.003, -0.004])
    expect_close(call(answer, near, lifted @ near @ np.linalg.inv(lifted), 1), stretch, "The intertwiner")
    yield "ellipses that were sheared and mirrored, far from the origin"
    far = _rotation_about([40.0, -90.0])
    lifted[:2, :2] = stretch @ np.diag([1.0, -3.0])
    expect_close(
        call(answer, far, -lifted @ far @ np.linalg.inv(lifted), -1), lifted[:2, :2], "The intertwiner"
    )
    yield "noisy generators, where no L is exact: least squares"
    noisy = other + 0.05 * np.random.default_rng(3).normal(size=(3, 3)) * [[1], [1], [0]]
    for sign in (1, -1):
        expect_close(
            call(answer, base, noisy, sign),
            solve_intertwiner(base, noisy, sign),
            "The intertwiner",
            mistakes=[
                (
                    _from_square(base, noisy),
                    "Only some of the six equations are used. With noise all of them count.",
                )
            ],
        )


def _from_square(base: Array, other: Array) -> Array:
    """Solve the first four equations only that determine L: a typical mistake."""
    commuting = np.kron(_IDENTITY, base[:2, :2].T) - np.kron(other[:2, :2], _IDENTITY)
    matrix = np.vstack([commuting[:2], np.kron(_IDENTITY, base[:2, 2][None])])
    target = np.concatenate([np.zeros(2), other[:2, 2]])
    return np.asarray(np.linalg.lstsq(matrix, target, rcond=None)[0].reshape(2, 2), dtype=np.float64)


def connected_one(candidates: Sequence[ArrayLike], residuals: Sequence[float]) -> Array:
    """Return the candidate (2, 2) with positive determinant; of several the one with the least residual."""
    return np.asarray(candidates[_best_connected(candidates, residuals)], dtype=float)


def _best_connected(candidates: Sequence[ArrayLike], residuals: Sequence[float]) -> int:
    """Return the place of the candidate that `connected_one` takes."""
    kept = [
        (float(residual), number)
        for number, (matrix, residual) in enumerate(zip(candidates, residuals, strict=True))
        if np.linalg.det(np.asarray(matrix)) > 0.0
    ]
    return min(kept)[1]


def _check_choice(answer: Any) -> Iterator[str]:
    def mirror(degrees: float) -> Array:
        return _turn(degrees) @ np.diag([1.0, -1.0])

    def compare(candidates: list[Array], residuals: list[float]) -> None:
        got = expect_shape(call(answer, candidates, residuals), (2, 2), "The left action")
        given = [number for number, matrix in enumerate(candidates) if np.allclose(got, matrix)]
        expect(
            bool(given),
            f"{show(got)} is none of the candidates.",
            "Choose one of them, and return it as it is.",
        )
        chosen = given[0]
        determinant = float(np.linalg.det(candidates[chosen]))
        if determinant <= 0.0:
            smallest = residuals[chosen] == min(residuals)
            raise NotYet(
                f"The candidate chosen has the determinant {determinant:.2g}: it reverses orientation.",
                "This is still the one with the smaller residual."
                if smallest
                else "The determinant decides first, whatever the residuals and their unit.",
            )
        better = _best_connected(candidates, residuals)
        expect(
            chosen == better,
            f"Of the candidates that preserve orientation, one with the residual {residuals[chosen]:g} was "
            f"chosen; another has {residuals[better]:g}.",
            "Among those with a positive determinant the residual decides: not the order, not how far they "
            "turn or stretch.",
        )

    yield "a rotation whose residual is smaller than the reflection's"
    compare([_turn(40.0), mirror(10.0)], [1e-6, 2e-6])
    compare([mirror(10.0), _turn(40.0)], [2e-6, 1e-6])
    yield "a rotation whose residual is larger"
    compare([_turn(40.0), mirror(10.0)], [3e-6, 2e-6])
    yield "the same in the other order"
    compare([mirror(10.0), _turn(40.0)], [2e-6, 3e-6])
    yield "a rotation by nearly half a turn"
    compare([mirror(3.0), _turn(178.0)], [3e-6, 2e-6])
    yield "half a turn with errors, which has no real logarithm"
    compare([np.diag([-1.02, -0.97]), mirror(3.0), _turn(20.0)], [2e-6, 1e-6, 3e-6])
    yield "both preserve orientation: now the residual may decide"
    compare([_turn(20.0), _turn(-130.0)], [0.2, 1e-3])
    compare([_turn(20.0), _turn(-130.0)], [1e-3, 0.2])
    yield "four candidates, the best of them in the middle"
    compare([_turn(-10.0), mirror(70.0), _turn(60.0), _turn(150.0)], [4e-3, 1e-3, 2e-3, 3e-3])
    yield "residuals in a large unit"
    compare([mirror(10.0), _turn(40.0), _turn(80.0)], [2e3, 9e3, 7e3])
    yield "maps that stretch and shear, in coordinates with very small units"
    shear = np.array([[1.0, 4.0], [0.0, 0.1]])
    compare([1e-3 * mirror(30.0), 1e-3 * shear @ _turn(75.0), 30.0 * _turn(5.0)], [1e-4, 2e-4, 3e-4])


def compact_part(matrix: ArrayLike, form: ArrayLike) -> Array:
    """Return the polar factor of L (2, 2) in the inner product P (2, 2): the nearest R with RᵀPR = P."""
    root = np.linalg.cholesky(np.asarray(form, dtype=float)).T
    left, _, right = np.linalg.svd(root @ np.asarray(matrix, dtype=float) @ np.linalg.inv(root))
    return np.asarray(np.linalg.inv(root) @ left @ right @ root, dtype=np.float64)


def _check_polar(answer: Any) -> Iterator[str]:
    raw = _turn(75.0) @ np.array([[1.1, 0.05], [0.05, 0.85]])
    yield "in the usual inner product the rotation comes out, without the stretch"
    expect_close(
        call(answer, raw, _IDENTITY),
        _turn(75.0),
        "The polar factor",
        mistakes=[
            (raw, "This is L itself."),
            (
                raw / np.sqrt(np.linalg.det(raw)),
                "Dividing by the root of the determinant leaves the stretch.",
            ),
        ],
    )
    for words, form in (
        ("an inner product in which y counts less", np.diag([1.0, 0.04])),
        ("an inner product with its axes aslant", np.array([[1.5, 0.6], [0.6, 0.7]])),
        ("the same in a very small unit", 1e-8 * np.array([[1.5, 0.6], [0.6, 0.7]])),
        ("axes whose units differ a thousandfold", np.array([[1e3, 0.4], [0.4, 1e-3]])),
    ):
        yield words
        root = np.linalg.cholesky(form).T
        stretched = np.linalg.inv(root) @ raw @ root
        got = expect_shape(call(answer, stretched, form), (2, 2), "The polar factor")
        expect_close(
            got,
            compact_part(stretched, form),
            "The polar factor",
            mistakes=[
                (
                    compact_part(stretched, _IDENTITY),
                    "This is the polar factor in the usual inner product: P is not used.",
                ),
                (
                    compact_part(stretched, np.linalg.inv(form)),
                    "This is the one for P⁻¹: the change of coordinates is the wrong way round.",
                ),
                (
                    root @ stretched @ np.linalg.inv(root),
                    "The stretch is still in it: project after C L C⁻¹.",
                ),
                (
                    compact_part(root @ stretched @ np.linalg.inv(root), _IDENTITY),
                    "The rotation is right, but it is left in the new coordinates. Carry it back.",
                ),
            ],
        )
        yield "and it keeps that inner product: RᵀPR = P"
        size = float(np.abs(form).max())
        expect_close(got.T @ form @ got / size, form / size, "RᵀPR, in units of the largest entry of P,")
    yield "a map with a large error, which stretches and shears"
    wild, form = np.array([[-0.2, -2.5], [0.3, 0.1]]), np.array([[1.5, 0.6], [0.6, 0.7]])
    expect_close(call(answer, wild, form), compact_part(wild, form), "The polar factor")


def signed_misalignment(
    base_gradient: Field, matrix: ArrayLike, points: ArrayLike, gradients: ArrayLike
) -> float:
    """Return the mean of 1 − cos between L^{-T} g_0(L⁻¹ p) and the gradient g at points p (N, 2)."""
    inverse = np.linalg.inv(np.asarray(matrix, dtype=float))
    carried = np.asarray(base_gradient(np.asarray(points) @ inverse.T)) @ inverse
    return float(np.mean(1.0 - (_unit(carried) * _unit(np.asarray(gradients))).sum(axis=1)))


def _unit(vectors: Array) -> Array:
    """Return vectors (..., 2) made unit vectors."""
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def _check_signed(answer: Any) -> Iterator[str]:
    goal = np.array([0.9, 0.3])

    def base_gradient(points: ArrayLike) -> Array:
        # Of −‖p − c‖² + x/2: neither unit vectors nor symmetric.
        return -2.0 * (np.asarray(points) - goal) + [0.5, 0.0]

    points = np.random.default_rng(6).normal(size=(9, 2)) * 0.4
    turn = _turn(65.0)

    def new_gradients(matrix: Array) -> Array:
        inverse = np.linalg.inv(matrix)
        return base_gradient(points @ inverse.T) @ inverse

    def compare(matrix: Array, gradients: Array) -> None:
        inverse = np.linalg.inv(matrix)
        new = _unit(gradients)
        backwards = _unit(base_gradient(points @ matrix.T) @ inverse)
        arrows = _unit(base_gradient(points @ inverse.T) @ matrix.T)
        stays = _unit(base_gradient(points @ inverse.T))
        carried = base_gradient(points @ inverse.T) @ inverse
        cosine = (_unit(carried) * new).sum(axis=1)
        rigid = np.asarray(lie.polar_factor(matrix))
        turned = _unit(base_gradient(points @ rigid) @ rigid.T)
        whole = (carried * gradients).sum() / np.linalg.norm(carried) / np.linalg.norm(gradients)
        expect_close(
            call(answer, base_gradient, matrix, points, gradients),
            signed_misalignment(base_gradient, matrix, points, gradients),
            "The misalignment",
            mistakes=[
                (
                    np.mean(1.0 - np.abs(cosine)),
                    "The absolute value is still there: it hides the arrow's sign.",
                ),
                (
                    np.mean(1.0 - np.square(cosine)),
                    "A square hides the arrow's sign as an absolute value does.",
                ),
                (
                    np.mean(1.0 - (backwards * new).sum(axis=1)),
                    "The base task is asked at L p. The point p of the new task comes from L⁻¹ p.",
                ),
                (
                    np.mean(1.0 - (arrows * new).sum(axis=1)),
                    "The gradient is moved as an arrow, by L. It is a covector: L^{-T}.",
                ),
                (
                    np.mean(1.0 - (stays * new).sum(axis=1)),
                    "The gradient has to be turned too, not only the point.",
                ),
                (
                    np.mean(1.0 - (carried * gradients).sum(axis=1)),
                    "Compare unit vectors: how steep the reward is has no part in it.",
                ),
                (1.0 - whole, "Make the gradient at each point a unit vector, not all of them together."),
                (
                    np.mean(1.0 + cosine),
                    "The arrows are reversed. The cofactors of L are L^{-T} times the determinant, which may "
                    "be negative.",
                ),
                (np.mean(1.0 - (turned * new).sum(axis=1)), "L is taken for a rotation: it may be any map."),
                (np.sum(1.0 - cosine), "This is the sum over the points; take their mean."),
                (
                    np.mean(cosine),
                    "This is the mean cosine: 1 when all agree. The misalignment is 1 less it.",
                ),
            ],
        )

    yield "0 for the map that relates the two tasks"
    compare(turn, new_gradients(turn))
    yield "the right value for another map, and large where every arrow points the wrong way"
    compare(_turn(20.0), new_gradients(turn))
    compare(turn, -new_gradients(turn))
    yield "a map that is no rotation"
    sheared = np.array([[1.0, 0.7], [0.1, 0.8]])
    compare(sheared, new_gradients(turn))
    yield "a map that reverses orientation"
    mirrored = sheared @ np.diag([1.0, -1.0])
    compare(mirrored, new_gradients(mirrored))
    compare(mirrored, new_gradients(turn))
    yield "a map that stretches a lot, and noisy gradients of very different lengths"
    rng = np.random.default_rng(11)
    stretched = np.diag([20.0, 0.3]) @ turn
    noisy = new_gradients(stretched) * (1.0 + 0.3 * rng.normal(size=points.shape))
    compare(stretched, noisy * np.geomspace(1e-3, 1e3, len(points))[:, None])


def smallest_rotation(start: ArrayLike, end: ArrayLike) -> Array:
    """Return the rotation (3, 3) of the least angle that carries one unit vector (3,) to another."""
    start, end = np.asarray(start, dtype=float), np.asarray(end, dtype=float)
    axis = np.cross(start, end)
    size = float(np.linalg.norm(axis))
    if size < 1e-12:
        return np.eye(3)
    angle = np.arctan2(size, float(start @ end))
    return np.asarray(lie.so3_exp(angle * axis / size), dtype=np.float64)


def _check_smallest(answer: Any) -> Iterator[str]:
    rng = np.random.default_rng(8)

    def direction() -> Array:
        vector = rng.normal(size=3)
        return vector / np.linalg.norm(vector)

    first = np.array([1.0, 0.0, 0.0])
    for words, start, end in (
        ("from (1, 0, 0) to (0, 1, 0)", first, np.array([0.0, 1.0, 0.0])),
        ("between two random goals", direction(), direction()),
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
        right = smallest_rotation(start, end)
        expect(
            bool(np.abs(got.T @ got - np.eye(3)).max() < 1e-6 and np.linalg.det(got) > 0.0),
            "The matrix is no rotation: its columns should be orthonormal, its determinant 1.",
            "`lie.so3_exp(w)` makes a rotation of a vector w: about its direction, by its length in radians.",
        )
        if np.allclose(got, right.T, atol=1e-6):
            expect_close(got @ start, end, "What it makes of the first goal", mistakes=[(got @ start, _WAY)])
        angle = float(np.arctan2(np.linalg.norm(np.cross(start, end)), start @ end))
        expect_close(
            got @ start,
            end,
            "What it makes of the first goal",
            mistakes=[
                (right.T @ start, _WAY),
                (
                    lie.so3_exp(np.cross(start, end)) @ start,
                    "The length of the cross product is the sine of the angle, not the angle.",
                ),
                (
                    lie.so3_exp(np.arcsin(np.sin(angle)) * np.cross(start, end) / np.sin(angle)) @ start,
                    "The arcsine gives angles up to 90° only: use `np.arctan2`, or the arccosine.",
                ),
            ],
        )
        yield "and no rotation that does so turns by less"
        needed = np.degrees(np.linalg.norm(lie.so3_log(right)))
        made = np.degrees(np.linalg.norm(lie.so3_log(got)))
        expect(
            bool(made <= needed + 1e-4),
            f"It turns by {made:.1f}°, but {needed:.1f}° are enough.",
            "It carries the goal rightly, with an extra turn about the new goal. Which axis is at right "
            "angles to both?",
        )
    yield "a goal onto itself: the identity"
    goal = direction()
    expect_close(
        call(answer, goal, goal),
        np.eye(3),
        "The rotation",
        mistakes=[(-np.eye(3), "This is minus the identity.")],
    )


_WAY = "It turns the wrong way round: the order of the two vectors in the cross product decides."

EXERCISES = (
    Exercise(
        "06.1",
        "Solve for the left action",
        (
            "Write the entries of L as a vector in the order of `L.ravel()`: each equation is linear in it.",
            "For that order vec(L A) = (I ⊗ Aᵀ) vec(L), vec(A L) = (A ⊗ I) vec(L) and L b = (I ⊗ bᵀ) vec(L). "
            "`np.kron` is ⊗.",
            "Stack the four rows of L A_0 − sign A_z L, with 0 on the right, and the two rows of L b_0, with "
            "sign b_z on the right; then `np.linalg.lstsq(rows, target, rcond=None)[0].reshape(2, 2)`.",
        ),
        _check_intertwiner,
        solve_intertwiner,
    ),
    Exercise(
        "06.2",
        "Find the planted error",
        (
            "Two candidates, both with a tiny residual. What do the determinants say about them?",
            "A rotation can be reached from the identity step by step. What would have to happen to the "
            "determinant on the way to a reflection?",
            "`np.linalg.det(L) > 0` picks the component of the identity; only then the residual has a say.",
        ),
        _check_choice,
        connected_one,
    ),
    Exercise(
        "06.3",
        "Onto the compact group",
        (
            "With C such that P = CᵀC, lengths in P are ordinary lengths of C p. What becomes of L there?",
            "There it is C L C⁻¹. Take the ordinary polar factor of that, and carry it back.",
            "`np.linalg.cholesky(P).T` is a C. The ordinary polar factor of M is U Vᵀ from "
            "`np.linalg.svd(M)`, whose third result is Vᵀ already.",
        ),
        _check_polar,
        compact_part,
    ),
    Exercise(
        "06.4",
        "Out of the trap",
        (
            "Back, look there, and forth: where does the point p of the new task come from?",
            "The base task's gradient there is a covector and moves by L^{-T}; in rows that is `@ inverse`.",
            "Make both unit vectors, take inner products point by point, and leave the absolute value out.",
        ),
        _check_signed,
        signed_misalignment,
    ),
    Exercise(
        "06.5",
        "The smallest rotation of the sphere",
        (
            "Think of the shortest way between two cities on a globe. About which axis does one travel?",
            "The axis is at right angles to both goals: `np.cross` of the two, made a unit vector.",
            "The cross product's length is the sine of the angle, the inner product its cosine: `np.arctan2` "
            "of the two. Mind the case where the goals are equal.",
        ),
        _check_smallest,
        smallest_rotation,
    ),
)
