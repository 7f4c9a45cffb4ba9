"""Exercises of lesson 04: the functional loss, what a loss sees, sliding starts, null space, dimensions."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite import lie
from hgmrl_lite._validate import Array
from hgmrl_lite.course.calling import call
from hgmrl_lite.course.cases import each_case
from hgmrl_lite.course.exercise import exercise, hints
from hgmrl_lite.course.expect import Mistakes, expect, expect_choice, expect_close, expect_shape

Function = Callable[[Any], Any]
CHOICES = ("both", "differential", "functional", "neither")


def _changes(W: ArrayLike, f: Function, points: ArrayLike, times: ArrayLike) -> Array:
    """Return f(exp(t_i W) p_i) − f(p_i), shape (N,)."""
    points = np.asarray(points)
    elements = lie.exp(np.asarray(times)[:, None, None] * np.asarray(W))
    return np.asarray(f((elements @ points[:, :, None])[:, :, 0]) - f(points))


def functional_loss(generator: ArrayLike, f: Function, points: ArrayLike, times: ArrayLike) -> float:
    """Return the mean of |f(exp(t_i W) p_i) − f(p_i)| over points (N, 2) and times (N,)."""
    return float(np.abs(_changes(generator, f, points, times)).mean())


def _loss_mistakes(W: Array, f: Function, points: Array, times: Array) -> Mistakes:
    change = _changes(W, f, points, times)
    size, square = np.abs(change), np.square(change)
    at_once, at_mean = (functional_loss(W, f, points, np.full_like(times, t)) for t in (1.0, times.mean()))
    return {
        "Positive and negative changes cancel. Where does the absolute value go?": change.mean(),
        "Take the size of every change first, and then the mean.": abs(change.mean()),
        "This is the sum over the points; the loss is their mean.": size.sum(),
        "This is the mean of the squares, not of the sizes.": square.mean(),
        "This is a root mean square, not the mean of the sizes.": np.sqrt(square.mean()),
        "This is the median; the loss is the mean.": np.median(size),
        "This moves points by the transposed matrix.": functional_loss(W.T, f, points, times),
        "This goes back in time: exp(−tW) in place of exp(tW).": functional_loss(-W, f, points, times),
        "This moves every point once, for t = 1. Every point has its own time t_i.": at_once,
        "Every point has its own time t_i, not the mean of all.": at_mean,
    }


def _height(points: ArrayLike) -> Array:
    """Return x + 2y."""
    return np.asarray(np.asarray(points) @ [1.0, 2.0])


def _ripple(points: ArrayLike) -> Array:
    """Return a function that changes much between neighbours, as rewards with noise do."""
    x, y = np.moveaxis(np.asarray(points), -1, 0)
    return np.asarray(np.sin(37.0 * x) * np.cos(29.0 * y))


@exercise("04.1", "The functional loss", functional_loss)
@hints(
    "`lie.exp` takes a whole batch: for matrices of shape (N, 2, 2) it returns N exponentials.",
    "The N matrices t_i W are `times[:, None, None] * generator`.",
    "`elements @ points[:, :, None]` moves every point by its own element, as columns (N, 2, 1).",
)
def _exercise_1(answer: Any) -> Iterator[str]:
    yield "one point: W = I for t = 1 carries (1, 0) to (e, 0)"
    expect_close(
        call(answer, np.eye(2), _height, np.array([[1.0, 0.0]]), np.array([1.0])),
        np.e - 1.0,
        "The loss for f = x + 2y",
        mistakes={"1 + tW is only the beginning of exp(tW).": 1.0},
    )
    p, t = np.random.default_rng(4).normal(size=(5, 2)), np.array([0.2, 5.0, 1.0, 3.0, 2.0])
    turning = np.array([[0.1, -2.0], [0.7, -0.2]])
    yield from each_case(
        answer,
        functional_loss,
        "The loss",
        {
            "five points, each with its own time": (turning, _height, p, t),
            "points a thousand times as far out": (turning, _height, 1e3 * p, t),
            "a stretch with det W < 0": (np.array([[0.2, 0.9], [0.4, -0.3]]), _height, p, t),
            "a shear with growth": (np.array([[0.3, 4.0], [0.0, 0.3]]), _height, p, t),
            "a function that changes much between neighbours": (turning, _ripple, p, t),
            "it is zero for W = J and f = −‖p‖": (lie.J, lambda p: -np.linalg.norm(p, axis=-1), p, t),
        },
        _loss_mistakes,
    )


@exercise("04.2", "Predict: which loss notices?", "functional")
@hints(
    "What does each loss know of f: its values, or the directions of its level sets?",
    "−‖p‖ and −‖p‖² have the same level sets, with other values on them.",
)
def _exercise_2(answer: Any) -> Iterator[str]:
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
#: Growth 0.95, turn 0, stretch 0.50; growth 0.5, turn 0.5, stretch 0.5.
STARTS = np.array([[[1.0, 0.5], [0.5, 0.9]], [[0.5, 0.0], [1.0, 0.5]]])


@exercise("04.3", "Design a start that slides, and one that does not", STARTS, seconds=60.0)
@hints(
    "Growth is (W₁₁ + W₂₂) / 2, turn is (W₂₁ − W₁₂) / 2. Find both in the map above.",
    "The one that slides is right of the dashed line in the map, not far from it, and low. A "
    "symmetric matrix has no turn.",
    "The one that arrives: make the two entries off the diagonal as different as you can, and keep "
    "the diagonal just large enough for the determinant.",
)
def _exercise_3(answer: Any) -> Iterator[str]:
    # Loads torch.
    from hgmrl_lite import descent

    yield "two 2 × 2 starts with entries from 0 to 1"
    starts = expect_shape(answer, (2, 2, 2), "The pair of starts")
    names = ("The first start", "The second start")
    for name, start in zip(names, starts, strict=True):
        expect(
            ((start >= 0) & (start <= 1)).all(),
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


def _equations(points: ArrayLike, normals: ArrayLike) -> Array:
    """Return the rows vec(n pᵀ) that multiply the entries of W in n · (W p), shape (N, 4)."""
    points, normals = np.asarray(points), np.asarray(normals)
    return np.asarray((normals[:, :, None] * points[:, None, :]).reshape(len(points), -1))


def null_generator(points: ArrayLike, normals: ArrayLike) -> Array:
    """Return the W (2, 2) of norm 1 with the least sum of (n_i · W p_i)², from singular vectors."""
    return np.asarray(np.linalg.svd(_equations(points, normals))[2][-1].reshape(2, 2))


def _null_mistakes(points: Array, normals: Array) -> Mistakes:
    rows = _equations(points, normals)
    right = null_generator(points, normals)
    pinned = []
    for fixed in range(4):
        entries, free = np.ones(4), np.delete(np.arange(4), fixed)
        entries[free] = np.linalg.lstsq(rows[:, free], -rows[:, fixed])[0]
        pinned.append(entries.reshape(2, 2) / np.linalg.norm(entries))
    mistakes = {
        "This is the right singular vector of the *largest* singular value.": [np.linalg.svd(rows)[2][0]],
        "Close: this is Wᵀ. Row i is vec(n pᵀ), normal index first, as in W's own rows.": [right.T],
        "This fits best with one entry held fixed. Of all W of norm 1 another fits better.": pinned,
        "This solves the first three equations only. With errors in the normals, use all.": [
            np.linalg.svd(rows[:3])[2][-1]
        ],
    }
    # W and −W are the same answer.
    return {
        hint: [sign * np.reshape(wrong, (2, 2)) for wrong in those for sign in (1, -1)]
        for hint, those in mistakes.items()
    }


@exercise("04.4", "The closed form, by hand", null_generator)
@hints(
    "n · (W p) is the sum of n_j W_jk p_k over j and k: what multiplies W_jk?",
    "Row i of A has the four numbers n_j p_k, in the order in which `W.ravel()` has the W_jk.",
    "`np.linalg.svd(A)` has the right singular vectors in the rows of its third result.",
)
def _exercise_4(answer: Any) -> Iterator[str]:
    rng = np.random.default_rng(5)
    points = rng.normal(size=(40, 2))
    tall = points * [1.0, 20.0]
    spiral = np.array([[0.4, -1.0], [2.5, 0.1]])

    def along(points: Array) -> Array:
        """Return normals to the spirals' velocities W p, neither of length 1 nor all to one side."""
        across = points @ spiral.T @ lie.J.T
        return np.asarray(across * np.where(np.arange(len(points)) % 3, 1.0, -0.5)[:, None])

    noisy = along(points)
    noisy += 0.3 * np.linalg.norm(noisy, axis=1, keepdims=True) * rng.normal(size=noisy.shape)
    noisy /= np.linalg.norm(noisy, axis=1, keepdims=True)
    for words, what, p, n in (
        ("level sets that are ellipses x² + 4 y²", "the ellipses", points, points * [1.0, 4.0]),
        ("level sets that are hyperbolas x y", "the hyperbolas", points, points[:, ::-1].copy()),
        ("normals to spirals, of any length and sign", "the spirals", points, along(points)),
        (
            "points that spread twenty times as far in y as in x",
            "the spirals, from tall data",
            tall,
            along(tall),
        ),
        (
            "normals with errors, where no W solves all equations",
            "the best fit to noisy normals",
            points,
            noisy,
        ),
    ):
        yield words
        what = f"The generator of {what}"
        got = expect_shape(call(answer, p, n), (2, 2), what)
        length = float(np.linalg.norm(got))
        expect(
            length > 1e-9,
            f"{what} is zero.",
            "W = 0 solves every homogeneous system. Ask for norm 1: a right singular vector has it.",
        )
        # The sign, like the speed, is not seen by differential information.
        right = null_generator(p, n)
        right *= np.where((got * right).sum() < 0.0, -1.0, 1.0)
        norm = {"The direction is right; the norm should be 1.": length * right}
        expect_close(got, right, what, 1e-5, mistakes={**norm, **_null_mistakes(p, n)})


DIMENSIONS = (1, 3, 1, 0)


@exercise("04.5", "Know the dimension you expect", DIMENSIONS)
@hints(
    "Count the affine fields p ↦ A p + b along the level sets, up to linear combination.",
    "A function of y alone does not care how fast a point moves sideways, wherever it is.",
    "Affine, and continuous: a reflection or a quarter turn is no one-parameter family.",
)
def _exercise_5(answer: Any) -> Iterator[str]:
    yield "four whole numbers, one for each function"
    numbers = expect_shape(answer, (4,), "The answer")
    hints = {
        "−‖p − c‖": "Which rotations keep the circles about c, and is there anything else affine that does?",
        "y³": "f = y³ is constant along horizontal lines: count the affine fields (a x + b y + c, 0) along "
        "them.",
        "x y": "The hyperbolas x y = const: stretch x and shrink y by the same factor.",
        "−(x⁴ + y⁴)^(1/4)": "A square with rounded corners: which *continuous* family of maps keeps it?",
    }
    for got, right, (name, hint) in zip(numbers, DIMENSIONS, hints.items(), strict=True):
        yield f"the dimension for f = {name}"
        expect(got == right, f"{got:g} is not the dimension for f = {name}.", hint)
