"""Exercises of lesson 04: the differential residual, what a loss sees, a trap, the null space, dimensions."""

from collections.abc import Iterator
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

CHOICES = ("both", "differential", "functional", "neither")


def differential_residuals(generator: ArrayLike, points: ArrayLike, normals: ArrayLike) -> Array:
    """Return n_i · (W p_i), shape (N,), for points and normals in rows."""
    residuals: Array = np.sum(np.asarray(normals) * (np.asarray(points) @ np.asarray(generator).T), axis=1)
    return residuals


def _check_residuals(answer: Any) -> Iterator[str]:
    generator = np.array([[0.5, -2.0], [1.0, 0.3]])
    points, normals = np.random.default_rng(4).normal(size=(2, 6, 2))
    yield "one point: W = [[0.5, -2], [1, 0.3]], p = (1, 0), n = (1, 0)"
    one = np.array([[1.0, 0.0]])
    expect_close(call(answer, generator, one, one), [0.5], "The residual")
    yield "six points at once, one residual each"
    expect_close(
        call(answer, generator, points, normals),
        differential_residuals(generator, points, normals),
        "The residuals of six points",
        mistakes=[
            (
                differential_residuals(generator.T, points, normals),
                "This is Wᵀ p. For points in rows, W p is `points @ W.T`.",
            ),
            (
                np.abs(differential_residuals(generator, points, normals)),
                "The residual keeps its sign; the loss takes the absolute value later.",
            ),
            (
                np.full(6, differential_residuals(generator, points, normals).mean()),
                "One residual for each point is asked, not their mean.",
            ),
        ],
    )
    yield "a rotation generator leaves circles alone"
    expect_close(
        call(answer, np.asarray(lie.J), points, points), np.zeros(6), "The residuals of J on circles"
    )


def _check_seen(answer: Any) -> Iterator[str]:
    yield "which of the losses changes"
    expect_choice(
        answer,
        "functional",
        CHOICES,
        "The loss that changes",
        {
            "both": "Draw the level sets of −‖p‖ and of −‖p‖². What of them enters the differential loss?",
            "differential": "The differential loss looks at unit normals of level sets. Do the level sets change?",
            "neither": "The functional loss subtracts values of f. Are they the same for −‖p‖ and −‖p‖²?",
        },
    )


def _check_trap(answer: Any) -> Iterator[str]:
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
            "Choose a start that is not quite so far out; it should trap the relative loss only.",
        )
    yield "400 steps on the relative loss do not"
    relative = descent.descend(descent.Differential(circle, circle, relative=True), **options)
    if relative.reached():
        raise NotYet(
            f"The relative loss gets below 1° after {relative.steps_to()[0]:.0f} steps.",
            f"The determinant of this start is {np.linalg.det(start):.2f}. On which side is the plateau?",
        )


#: On the plateau: det W = −0.9.
TRAP = np.array([[0.2, 1.0], [1.0, 0.5]])


def null_generator(points: ArrayLike, normals: ArrayLike) -> Array:
    """Return the W (2, 2) of norm 1 with the least sum of (n_i · W p_i)², by a singular value decomposition."""
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
        "f = y³ is constant along every horizontal line: name all affine fields (a x + b y + c, 0) that point along it.",
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
        "The differential residual",
        (
            "First the velocities W p_i of all points, shape (N, 2); then their dot products with the normals.",
            "With points in rows, the velocities are `points @ W.T`.",
            "A dot product row by row is a product entry by entry, summed over `axis=1`.",
        ),
        _check_residuals,
        differential_residuals,
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
        "Design a trap",
        (
            "Look at the plateau: which sign has det W there?",
            "det W = ad − bc. Which entries must be large, and which small, to make it clearly negative?",
            "Stay away from det W = 0, where a run may slip over to the good side.",
        ),
        _check_trap,
        TRAP,
        60.0,
    ),
    Exercise(
        "04.4",
        "The closed form, by hand",
        (
            "n · (W p) is a sum over j and k of n_j W_jk p_k: what multiplies W_jk?",
            "Row i of A has the four entries n_j p_k, in the order in which `W.ravel()` has the W_jk.",
            "`np.linalg.svd(A)` returns the right singular vectors as rows of its third result, the largest first.",
        ),
        _check_null,
        null_generator,
    ),
    Exercise(
        "04.5",
        "Know the dimension you expect",
        (
            "An affine field is p ↦ A p + b. Count those, up to linear combination, that run along the level sets.",
            "A function of y alone does not care how fast a point moves sideways, even if that speed depends on x or y.",
            "Affine, and continuous: a reflection or a quarter turn is no one-parameter family.",
        ),
        _check_dimensions,
        DIMENSIONS,
    ),
)
