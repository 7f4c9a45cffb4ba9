"""The last two exercises of lesson 06: signed gradients in a search, and the least rotation of the sphere."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite import lie
from hgmrl_lite._validate import Array
from hgmrl_lite.course.calling import call
from hgmrl_lite.course.cases import each_case
from hgmrl_lite.course.exercise import exercise, hints
from hgmrl_lite.course.expect import Mistakes, expect, expect_close, expect_shape
from hgmrl_lite.course.samples import turn, unit

Field = Callable[[Any], Any]


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


SEARCH = (_exercise_4, _exercise_5)
