"""Exercises of lesson 04: the functional loss, what a loss sees, sliding starts, null space, dimensions."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite import lie
from hgmrl_lite._validate import Array
from hgmrl_lite.course.exercise import Exercise
from hgmrl_lite.course.expect import call, expect, expect_choice, expect_close, expect_shape

Function = Callable[[Any], Any]
CHOICES = ("both", "differential", "functional", "neither")


def functional_loss(generator: ArrayLike, f: Function, points: ArrayLike, times: ArrayLike) -> float:
    """Return the mean of |f(exp(t_i W) p_i) − f(p_i)| over points (N, 2) and times (N,)."""
    points = np.asarray(points)
    elements = lie.exp(np.asarray(times)[:, None, None] * np.asarray(generator))
    moved = (elements @ points[:, :, None])[:, :, 0]
    return float(np.mean(np.abs(f(moved) - f(points))))


def _ripple(points: ArrayLike) -> Array:
    """Return a function that changes much between neighbours, as rewards with noise do."""
    points = np.asarray(points)
    return np.asarray(np.sin(37.0 * points[..., 0]) * np.cos(29.0 * points[..., 1]))


def _check_functional(answer: Any) -> Iterator[str]:
    def height(points: ArrayLike) -> Array:
        points = np.asarray(points)
        values: Array = points[..., 0] + 2.0 * points[..., 1]
        return values

    identity, one = np.eye(2), np.array([[1.0, 0.0]])
    yield "one point: W = I for t = 1 carries (1, 0) to (e, 0)"
    expect_close(
        call(answer, identity, height, one, np.array([1.0])),
        np.e - 1.0,
        "The loss for f = x + 2y",
        mistakes=[(1.0, "1 + tW is only the beginning of exp(tW).")],
    )
    rng = np.random.default_rng(4)
    points, times = rng.normal(size=(5, 2)), np.array([0.2, 5.0, 1.0, 3.0, 2.0])
    turning = np.array([[0.1, -2.0], [0.7, -0.2]])
    cases = (
        ("five points, each with its own time", turning, points, times, height),
        ("points a thousand times as far out", turning, 1e3 * points, times, height),
        ("a stretch with det W < 0", np.array([[0.2, 0.9], [0.4, -0.3]]), points, times, height),
        ("a shear with growth", np.array([[0.3, 4.0], [0.0, 0.3]]), points, times, height),
        ("a function that changes much between neighbours", turning, points, times, _ripple),
    )
    for what, generator, here, at, f in cases:
        yield what
        right = functional_loss(generator, f, here, at)
        elements = lie.exp(at[:, None, None] * generator)
        change = np.asarray(f((elements @ here[:, :, None])[:, :, 0])) - np.asarray(f(here))
        once = "This moves every point once, for t = 1. Every point has its own time t_i."
        expect_close(
            call(answer, generator, f, here, at),
            right,
            "The loss",
            mistakes=[
                (
                    change.mean(),
                    "Positive and negative changes cancel. Where does the absolute value go?",
                ),
                (abs(change.mean()), "Take the size of every change first, and then the mean."),
                (np.abs(change).sum(), "This is the sum over the points; the loss is their mean."),
                (
                    np.square(change).mean(),
                    "This is the mean of the squares, not of the sizes.",
                ),
                (
                    np.sqrt(np.square(change).mean()),
                    "This is a root mean square, not the mean of the sizes.",
                ),
                (np.median(np.abs(change)), "This is the median; the loss is the mean."),
                (functional_loss(generator.T, f, here, at), "This moves points by the transposed matrix."),
                (
                    functional_loss(-generator, f, here, at),
                    "This goes back in time: exp(−tW) in place of exp(tW).",
                ),
                (functional_loss(generator, f, here, np.ones(5)), once),
                (
                    functional_loss(generator, f, here, np.full(5, at.mean())),
                    "Every point has its own time t_i, not the mean of all.",
                ),
            ],
        )
    yield "it is zero for W = J and f = −‖p‖"

    def distance(points: ArrayLike) -> Array:
        return -np.asarray(np.linalg.norm(points, axis=-1))

    expect_close(call(answer, np.asarray(lie.J), distance, points, times), 0.0, "The loss of J")


def _check_seen(answer: Any) -> Iterator[str]:
    yield "which of the losses changes"
    expect_choice(
        answer,
        "functional",
        CHOICES,
        "The loss that changes",
        {
            "both": "Draw the level sets of −‖p‖ and −‖p‖². What of them enters the differential loss?",
            "differential": "The differential loss looks at normals of level sets. Do the level sets change?",
            "neither": "The functional loss subtracts values of f. Are they the same for −‖p‖ and −‖p‖²?",
        },
    )


#: Exercise 04.3: runs and steps of each start, how many of the runs must be lost or arrive, and the
#: least determinant.
RUNS, STEPS, MOST, DETERMINANT = 16, 400, 14, 0.1


def _check_starts(answer: Any) -> Iterator[str]:
    from hgmrl_lite import descent

    yield "two 2 × 2 starts with entries from 0 to 1"
    starts = expect_shape(answer, (2, 2, 2), "The pair of starts")
    names = ("The first start", "The second start")
    for name, start in zip(names, starts, strict=True):
        expect(
            bool(((start >= 0) & (start <= 1)).all()),
            f"{name} has an entry below 0 or above 1.",
            "The entries should be from 0 to 1, like the starts of the runs above.",
        )
    yield f"determinants of at least {DETERMINANT:g}"
    for name, start in zip(names, starts, strict=True):
        determinant = float(np.linalg.det(start))
        hint = "Make the product of the diagonal larger than that of the other two entries."
        if abs(determinant) < 1e-9:
            hint = "This start is singular: some points do not move under it, so Wp has no direction there."
        elif determinant < 0:
            hint = "This start is on the plateau from the beginning. Look for one outside that slides."
        expect(
            determinant >= DETERMINANT - 1e-9, f"{name} has the determinant {determinant + 0.0:.2g}.", hint
        )
    # The points of the lesson.
    points = np.random.default_rng(0).normal(size=(5000, 2))
    options: dict[str, Any] = {"runs": RUNS, "steps": STEPS, "reference": lie.J}
    hints = (
        "It should begin near the dashed line, in the right half of the map: growth, nearly no turn, and "
        "enough stretch.",
        "It should begin where the slope leads up to the star: more turn, less growth.",
    )
    goals = (f"at most {RUNS - MOST}", f"at least {MOST}")
    for name, start, goal, hint in zip(names, starts, goals, hints, strict=True):
        yield f"from {name.lower()} {goal} of {RUNS} runs arrive"
        loss = descent.Differential(points, points, relative=True)
        reached = descent.descend(loss, start=start, **options).reached()
        count = RUNS - reached if name == names[0] else reached
        growth, turn = 0.5 * np.trace(start), 0.5 * (start[1, 0] - start[0, 1])
        # det W = growth² + turn² − stretch².
        stretch = float(np.sqrt(max(growth**2 + turn**2 - np.linalg.det(start), 0.0)))
        expect(
            count >= MOST,
            f"From {name.lower()} {reached} of {RUNS} runs arrive: it has growth {growth:.2g}, turn "
            f"{turn + 0.0:.2g} and stretch {stretch:.2g}.",
            hint,
        )


#: Growth 0.95, turn 0, stretch 0.50; growth 0.5, turn 0.5, stretch 0.5.
STARTS = np.array([[[1.0, 0.5], [0.5, 0.9]], [[0.5, 0.0], [1.0, 0.5]]])


def null_generator(points: ArrayLike, normals: ArrayLike) -> Array:
    """Return the W (2, 2) of norm 1 with the least sum of (n_i · W p_i)², from singular vectors."""
    points, normals = np.asarray(points), np.asarray(normals)
    rows = (normals[:, :, None] * points[:, None, :]).reshape(len(points), -1)
    best: Array = np.linalg.svd(rows, full_matrices=False)[2][-1].reshape(2, 2)
    return best


def _fit_with_entry(rows: Array, fixed: int) -> Array:
    """Return what least squares gives with one entry of W held at 1, at norm 1, shape (2, 2)."""
    free = np.delete(np.arange(4), fixed)
    entries = np.ones(4)
    entries[free] = np.linalg.lstsq(rows[:, free], -rows[:, fixed])[0]
    return np.asarray(entries.reshape(2, 2) / np.linalg.norm(entries))


def _fit_of_first(rows: Array) -> Array:
    """Return the W of norm 1 that solves the first three equations, shape (2, 2)."""
    solution: Array = np.linalg.svd(rows[:3])[2][-1].reshape(2, 2)
    return solution


def _check_null(answer: Any) -> Iterator[str]:
    rng = np.random.default_rng(5)
    round_points = rng.normal(size=(40, 2))

    def compare(points: Array, normals: Array, generator: Array, what: str) -> None:
        right = generator / np.linalg.norm(generator)
        got = expect_shape(call(answer, points, normals), (2, 2), what)
        length = np.linalg.norm(got)
        expect(
            bool(length > 1e-9),
            f"{what} is zero.",
            "W = 0 solves every homogeneous system. Ask for norm 1: a right singular vector has it.",
        )
        # The sign, like the speed, is not seen by differential information.
        sign = 1.0 if np.sum(got * right) >= 0 else -1.0
        rows = (normals[:, :, None] * points[:, None, :]).reshape(len(points), -1)
        vectors = np.linalg.svd(rows, full_matrices=False)[2]
        pinned = [(vectors[0].reshape(2, 2), "first"), (-vectors[0].reshape(2, 2), "first")]
        hints = {
            "first": "This is the right singular vector of the *largest* singular value.",
            "turned": "Close: this is Wᵀ. Row i is vec(n pᵀ), normal index first, as in W's own rows.",
            "entry": "This fits best with one entry held fixed. Of all W of norm 1 another fits better.",
            "few": "This solves the first three equations only. With errors in the normals, use all.",
        }
        expect_close(
            sign * got,
            right,
            what,
            1e-5,
            mistakes=[
                (sign * length * right, "The direction is right; the norm should be 1."),
                *((sign * matrix, hints[name]) for matrix, name in pinned),
                (right.T, hints["turned"]),
                (-right.T, hints["turned"]),
                *(
                    (flip * _fit_with_entry(rows, k), hints["entry"])
                    for k in range(4)
                    for flip in (1.0, -1.0)
                ),
                *((flip * _fit_of_first(rows), hints["few"]) for flip in (1.0, -1.0)),
            ],
        )

    def along(points: Array, generator: ArrayLike) -> Array:
        """Return normals to the velocities W p, neither of length 1 nor all to one side."""
        across = points @ np.asarray(generator).T @ lie.J.T
        return np.asarray(across * np.where(np.arange(len(points)) % 3, 1.0, -0.5)[:, None])

    yield "level sets that are ellipses x² + 4 y²"
    ellipse = np.array([[0.0, -4.0], [1.0, 0.0]])
    compare(round_points, round_points * [1.0, 4.0], ellipse, "The generator of the ellipses")
    yield "level sets that are hyperbolas x y"
    hyperbolas = round_points[:, ::-1].copy()
    compare(round_points, hyperbolas, np.diag([1.0, -1.0]), "The generator of the hyperbolas")
    yield "normals to spirals, of any length and sign"
    spiral = np.array([[0.4, -1.0], [2.5, 0.1]])
    compare(round_points, along(round_points, spiral), spiral, "The generator of the spirals")
    yield "points that spread twenty times as far in y as in x"
    tall = round_points * [1.0, 20.0]
    compare(tall, along(tall, spiral), spiral, "The generator of the spirals, from tall data")
    yield "normals with errors, where no W solves all equations"
    noisy = along(round_points, spiral)
    noisy += 0.3 * np.linalg.norm(noisy, axis=1, keepdims=True) * rng.normal(size=noisy.shape)
    noisy /= np.linalg.norm(noisy, axis=1, keepdims=True)
    best = null_generator(round_points, noisy)
    compare(round_points, noisy, best, "The generator that fits noisy normals best")


DIMENSIONS = (1, 3, 1, 0)


def _check_dimensions(answer: Any) -> Iterator[str]:
    yield "four whole numbers, one for each function"
    numbers = expect_shape(answer, (4,), "The answer")
    hints = (
        "Which rotations keep the circles about c, and is there anything else affine that does?",
        "f = y³ is constant along horizontal lines: count the affine fields (a x + b y + c, 0) along them.",
        "The hyperbolas x y = const: stretch x and shrink y by the same factor.",
        "A square with rounded corners: which *continuous* family of affine maps keeps it?",
    )
    names = ("−‖p − c‖", "y³", "x y", "−(x⁴ + y⁴)^(1/4)")
    for got, right, name, hint in zip(numbers, DIMENSIONS, names, hints, strict=True):
        yield f"the dimension for f = {name}"
        expect(bool(got == right), f"{got:g} is not the dimension for f = {name}.", hint)


EXERCISES = (
    Exercise(
        "04.1",
        "The functional loss",
        (
            "`lie.exp` takes a whole batch: for matrices of shape (N, 2, 2) it returns N exponentials.",
            "The N matrices t_i W are `times[:, None, None] * generator`.",
            "`elements @ points[:, :, None]` moves every point by its own element, as columns (N, 2, 1).",
        ),
        _check_functional,
        functional_loss,
    ),
    Exercise(
        "04.2",
        "Predict: which loss notices?",
        (
            "What does each loss know of f: its values, or the directions of its level sets?",
            "−‖p‖ and −‖p‖² have the same level sets, with other values on them.",
        ),
        _check_seen,
        "functional",
    ),
    Exercise(
        "04.3",
        "Design a start that slides, and one that does not",
        (
            "Growth is (W₁₁ + W₂₂) / 2, turn is (W₂₁ − W₁₂) / 2. Find both in the map above.",
            "The one that slides is right of the dashed line in the map, not far from it, and low. A "
            "symmetric matrix has no turn.",
            "The one that arrives: make the two entries off the diagonal as different as you can, and keep "
            "the diagonal just large enough for the determinant.",
        ),
        _check_starts,
        STARTS,
        60.0,
    ),
    Exercise(
        "04.4",
        "The closed form, by hand",
        (
            "n · (W p) is the sum of n_j W_jk p_k over j and k: what multiplies W_jk?",
            "Row i of A has the four numbers n_j p_k, in the order in which `W.ravel()` has the W_jk.",
            "`np.linalg.svd(A)` has the right singular vectors in the rows of its third result.",
        ),
        _check_null,
        null_generator,
    ),
    Exercise(
        "04.5",
        "Know the dimension you expect",
        (
            "Count the affine fields p ↦ A p + b along the level sets, up to linear combination.",
            "A function of y alone does not care how fast a point moves sideways, wherever it is.",
            "Affine, and continuous: a reflection or a quarter turn is no one-parameter family.",
        ),
        _check_dimensions,
        DIMENSIONS,
    ),
)
