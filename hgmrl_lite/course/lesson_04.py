"""Exercises of lesson 04: the functional loss, what a loss sees, a plateau, the null space, dimensions."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite import lie
from hgmrl_lite._validate import Array
from hgmrl_lite.course.exercise import Exercise
from hgmrl_lite.course.expect import (
    NotYet,
    call,
    expect,
    expect_choice,
    expect_close,
    expect_shape,
)

Function = Callable[[Any], Any]
CHOICES = ("both", "differential", "functional", "neither")


def functional_loss(generator: ArrayLike, f: Function, points: ArrayLike, times: ArrayLike) -> float:
    """Return the mean of |f(exp(t_i W) p_i) − f(p_i)| over points (N, 2) and times (N,)."""
    points = np.asarray(points)
    elements = lie.exp(np.asarray(times)[:, None, None] * np.asarray(generator))
    moved = (elements @ points[:, :, None])[:, :, 0]
    return float(np.mean(np.abs(f(moved) - f(points))))


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
    points, times = np.random.default_rng(4).normal(size=(5, 2)), np.array([0.2, 5.0, 1.0, 3.0, 2.0])
    spiral = np.array([[0.1, -2.0], [0.7, -0.2]])
    right = functional_loss(spiral, height, points, times)
    elements = lie.exp(times[:, None, None] * spiral)
    change = height((elements @ points[:, :, None])[:, :, 0]) - height(points)
    yield "five points, each with its own time"
    expect_close(
        call(answer, spiral, height, points, times),
        right,
        "The loss",
        mistakes=[
            (change.mean(), "Positive and negative changes cancel here. Where does the absolute value go?"),
            (np.abs(change).sum(), "This is the sum over the points; the loss is their mean."),
            (
                functional_loss(spiral.T, height, points, times),
                "This moves points by the transposed matrix.",
            ),
            (functional_loss(spiral, height, points, np.ones(5)), "Every point has its own time t_i."),
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


def _check_bad_start(answer: Any) -> Iterator[str]:
    from hgmrl_lite import descent

    yield "a 2 × 2 start with all entries from 0 to 1"
    start = expect_shape(answer, (2, 2), "The start")
    expect(bool(start.any()), "W = 0 has no direction at all: the relative loss is not defined there.")
    expect(
        bool(((start >= 0) & (start <= 1)).all()),
        "The entries should be from 0 to 1, like the starts of the sixteen runs.",
    )
    angle = np.arange(240) * 2.0 * np.pi / 240
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    options: dict[str, Any] = {"start": start, "runs": 1, "steps": 400, "reference": lie.J}
    yield "400 steps on the plain loss find J from there"
    plain = descent.descend(descent.Differential(circle, circle), **options)
    if not plain.reached():
        raise NotYet(
            f"The plain loss is still {plain.angle_deg[-1, 0]:.0f}° from J after 400 steps.",
            "Choose a start that is not quite so far out; only the relative loss should fail from it.",
        )
    yield "400 steps on the relative loss do not"
    relative = descent.descend(descent.Differential(circle, circle, relative=True), **options)
    if relative.reached():
        raise NotYet(
            f"The relative loss gets below 1° after {relative.steps_to()[0]:.0f} steps.",
            f"The determinant of this start is {np.linalg.det(start):.2f}. On which side is the plateau?",
        )


#: On the plateau: det W = −0.9.
BAD_START = np.array([[0.2, 1.0], [1.0, 0.5]])


def null_generator(points: ArrayLike, normals: ArrayLike) -> Array:
    """Return the W (2, 2) of norm 1 with the least sum of (n_i · W p_i)², from singular vectors."""
    points, normals = np.asarray(points), np.asarray(normals)
    rows = (normals[:, :, None] * points[:, None, :]).reshape(len(points), -1)
    best: Array = np.linalg.svd(rows, full_matrices=False)[2][-1].reshape(2, 2)
    return best


def _check_null(answer: Any) -> Iterator[str]:
    rng = np.random.default_rng(5)
    points = rng.normal(size=(40, 2))

    def compare(normals: Array, generator: Array, what: str) -> None:
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
            ],
        )

    yield "level sets that are ellipses x² + 4 y²"
    ellipse = points * [1.0, 4.0]
    compare(ellipse, np.array([[0.0, -4.0], [1.0, 0.0]]), "The generator of the ellipses")
    yield "level sets that are hyperbolas x y"
    compare(points[:, ::-1].copy(), np.diag([1.0, -1.0]), "The generator of the hyperbolas")


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
        "Design a bad start",
        (
            "Look at the plateau: which sign has det W there?",
            "det W = ad − bc. Which entries must be large, and which small, to make it clearly negative?",
            "Stay away from det W = 0, where a run may slip over to the good side.",
        ),
        _check_bad_start,
        BAD_START,
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
