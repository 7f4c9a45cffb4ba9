"""Exercises of lesson 01: free, transitive, stabilisers, moved functions and policies, a counterexample."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hgmrl_lite import actions, envs, lie
from hgmrl_lite._validate import Array
from hgmrl_lite.course.calling import call, call_rows
from hgmrl_lite.course.cases import affine, bump, each_case, each_choice, eleven_maps, uneven_policy
from hgmrl_lite.course.exercise import exercise, hints
from hgmrl_lite.course.expect import (
    Mistakes,
    NotYet,
    as_numbers,
    expect,
    expect_close,
    expect_entry,
    expect_shape,
    show,
)
from hgmrl_lite.course.lesson_05 import symmetry_gap

PointMap = Callable[[Array], Array]

_KINDS = ("free", "transitive", "both", "neither")
_PREDICTION = {"A": "both", "B": "neither", "C": "both", "D": "transitive", "E": "free"}
_PREDICTION_HINTS = {
    "A": {
        "free": "Free is right. Is there a point that no translation reaches?",
        "transitive": "Transitive is right. Which translation, apart from the identity, fixes a point?",
        "neither": "The translation by q - p carries p to q, and no other one does.",
    },
    "B": {
        "free": "Look at the origin: what fixes it?",
        "transitive": "Can a rotation about the origin change how far a point is from the origin?",
        "both": "Look at the origin: what fixes it, and where can it go?",
    },
    "C": {
        "free": "Free is right. Is there a point of the circle that no rotation reaches?",
        "transitive": "Transitive is right. The origin, which all rotations fix, is not on the circle.",
        "neither": "Only the circle counts now. The origin does not lie on it.",
    },
    "D": {
        "free": "Rotations about p are rigid motions too. What do they do to p?",
        "both": "Rotations about p are rigid motions too. What do they do to p?",
        "neither": "The translations are among the rigid motions. Where can they carry p?",
    },
    "E": {
        "transitive": "Such a translation leaves y as it is. Can it carry (0, 0) to (0, 1)?",
        "both": "Such a translation leaves y as it is. Can it carry (0, 0) to (0, 1)?",
        "neither": "If a translation along x fixes one point, how long is it?",
    },
}


@exercise("01.1", "Free or transitive?", dict(_PREDICTION))
@hints(
    "Free: look for a point that something other than the identity leaves in place. One is enough to say no.",
    "Transitive: take two points of the named space. Does some element carry one to the other?",
    "B and C differ only in the space that is acted on: the origin belongs to one of them.",
)
def _exercise_1(answer: Any) -> Iterator[str]:
    yield from each_choice(answer, _PREDICTION, _KINDS, "The answer to {}", _PREDICTION_HINTS)


def fixing(elements: ArrayLike, point: ArrayLike) -> NDArray[np.intp]:
    """Return the indices of those of the affine maps (N, 3, 3) that leave the point (2,) where it is."""
    moved = actions.AffineAction(np.asarray(elements))(point)
    return np.flatnonzero(np.linalg.norm(moved - np.asarray(point), axis=-1) < 1e-9)


@exercise("01.2", "The stabiliser in a list", fixing)
@hints(
    "Move the point by each element, and see which results are the point itself.",
    "Write the point as (x, y, 1): then `elements @ homogeneous` moves it by all elements at once.",
    "Compare with a tolerance, row by row; `np.flatnonzero` gives the indices where this holds.",
)
def _exercise_2(answer: Any) -> Iterator[str]:
    point, far = np.array([1.1, -0.7]), np.array([300.0, -200.0])
    shifts = np.array([affine(np.eye(2), shift) for shift in ([0.5, 0.0], [0.0, -0.2])])
    for words, elements, where in (
        ("among eleven affine maps, those that fix (1.1, -0.7)", eleven_maps(point), point),
        ("the same maps, at the origin", eleven_maps(point), np.zeros(2)),
        ("maps that fix a point far out, where rounding is larger", eleven_maps(far), far),
        ("translations alone: nothing fixes a point", shifts, point),
    ):
        yield words
        what = f"`fixing_elements` of {len(elements)} maps and {show(where)}"
        found, right = _indices(call(answer, elements, where), what), fixing(elements, where)
        if np.array_equal(found, right):
            continue
        mistakes = _fixing_mistakes(elements, where)
        hint = next((text for text, wrong in mistakes.items() if np.array_equal(found, wrong)), None)
        if hint is None and set(found) < set(right):
            hint = "Rotations about the point fix it, but so can scalings, shears and reflections."
        raise NotYet(f"{what} should be the indices {show(right)}, but is {show(found)}.", hint)


def _fixing_mistakes(elements: Array, point: Array) -> Mistakes:
    right, p = fixing(elements, point), np.append(point, 1.0)
    moved = elements @ p
    exact, half = (moved == p).all(axis=1), np.flatnonzero(np.isclose(moved, p)[:, :2].any(axis=1))
    linear = np.isclose(elements[:, :2, :2] @ point, point).all(axis=1)
    identity = np.isclose(elements, np.eye(3)).all(axis=(1, 2))
    where = np.flatnonzero
    return {
        "Computed numbers are seldom equal to the last digit: compare with `np.isclose`.": where(exact),
        "This looks at the linear part alone. The last column moves points as well.": where(linear),
        "A map that leaves one coordinate as it is can still move the point: both have to stay.": half,
        "The identity is one of them, but a map need not be the identity to fix one point.": where(identity),
        "These are the ones that move the point.": np.setdiff1d(np.arange(len(elements)), right),
        "Python counts from 0.": right + 1.0,
        "Map 6 moves the point by 0.02: your tolerance is too wide.": np.union1d(right, [6]),
    }


def _indices(result: Any, what: str) -> Array:
    """Return indices sorted, from a list, an array, a set, or what `np.where` or `np.argwhere` give."""
    if isinstance(result, tuple) and len(result) == 1 and isinstance(result[0], np.ndarray):
        result = result[0]
    if isinstance(result, (set, frozenset)):
        result = list(result)
    if isinstance(result, np.ndarray) and result.ndim == 2 and result.shape[1] == 1:
        result = result[:, 0]
    numbers = as_numbers(
        result, what, "It should be indices: `np.flatnonzero` turns True and False into them."
    )
    expect(numbers.ndim == 1, f"{what} should be a list of indices, but has shape {numbers.shape}.")
    return np.sort(numbers)


def moved_function(function: PointMap, matrix: ArrayLike) -> PointMap:
    """Return g·f, p ↦ f(L⁻¹ p), for a function of points (..., 2) and a matrix L (2, 2)."""
    return actions.LinearAction(np.asarray(matrix)).on_function(function)


def _moved_mistakes(f: PointMap, L: Array, p: Array) -> Mistakes:
    inverse, determinant = np.linalg.inv(L), float(np.linalg.det(L))
    q = p @ inverse.T
    return {
        "This is f(g·p): the inverse is missing, and the picture moves the wrong way.": f(p @ L.T),
        "This takes the transposed matrix for the inverse. That is right for rotations only.": f(p @ L),
        "`L @ p` for a column becomes `points @ L.T` for rows: the transposition is missing.": f(p @ inverse),
        "A moved function keeps its values: the top is as high as before. (Only a density is divided by "
        "|det L|.)": f(q) / abs(determinant),
        "The inverse of a matrix is its adjugate divided by the determinant.": f(determinant * q),
        "The determinant belongs in the inverse with its sign: it is negative for a reflection.": f(-q),
    }


@exercise("01.3", "Move a function", moved_function)
@hints(
    "The new function gets points of the moved picture. Which points does f know?",
    "Ask where each point came from: $g^{-1} p$.",
    "For points in rows, multiply by the transposed inverse from the right.",
)
def _exercise_3(answer: Any) -> Iterator[str]:
    points = np.array([[0.3, 0.9], [-0.5, 1.2], [1.0, -0.4], [0.2, 0.1], [-1.1, -0.6]])
    rotation = lie.so2_exp(1.1)
    cases = {
        "the identity leaves f as it is": np.eye(2),
        "moved by a shear with a stretch": np.array([[1.0, 0.8], [0.0, 1.5]]),
        "moved by a rotation": rotation,
        "moved by a reflection with a stretch": np.array([[0.3, 1.4], [0.6, -0.5]]),
        "moved by a map that stretches one way and presses the other": np.diag([20.0, 0.05]) @ rotation,
    }
    yield from each_case(
        answer,
        moved_function,
        lambda function, matrix, where: "The moved function" + " of a (5, 2) array" * (where.ndim == 2),
        {words: [(bump, matrix, where) for where in (points[0], points)] for words, matrix in cases.items()},
        _moved_mistakes,
        makes="the moved function",
    )
    yield "the value at g·p is the value that f has at p"
    at_gp = call_rows(call(answer, bump, rotation), points @ rotation.T, what="the moved function")
    expect_close(at_gp, bump(points), "The moved function at g·p")


def carried_policy(policy: PointMap, matrix: ArrayLike) -> PointMap:
    """Return g·π, s ↦ K π(g⁻¹ s), for an affine map (3, 3) whose linear part is K."""
    matrix = np.asarray(matrix)
    return actions.AffineAction(matrix).on_policy(policy, matrix[:2, :2])


def _carrying_mistakes(policy: PointMap, g: Array, s: Array) -> Mistakes:
    L, b = g[:2, :2], g[:2, 2]
    inverse = np.linalg.inv(L)
    a, turned = policy((s - b) @ inverse.T), policy((s - b) @ L) @ L.T
    rigid = a @ lie.polar_factor(L).T
    by_angle = lie.so2_exp(np.arctan2(L[1, 0], L[0, 0]))
    return {
        "This is still what the faulty code does. An action is a displacement: what does a shift of the "
        "whole plane do to the difference of two points?": a @ L.T + b,
        "The action is still the base task's: it has to be moved as well.": a,
        "The state has to be taken back before the policy sees it.": policy(s) @ L.T,
        "The state is turned back, but not shifted back: states move by the whole map.": policy(s @ inverse.T)
        @ L.T,
        "The action goes back where it has to go into the new task, by L; for rows `actions @ L.T`.": [
            a @ L,
            a @ inverse.T,
        ],
        "The action is moved by L⁻ᵀ, as a normal would be. An action is an arrow: it goes to L a.": a
        @ inverse,
        "The action is turned by the map's angle alone; what stretches the plane stretches arrows, too.": a
        @ by_angle.T,
        "The action is turned, but what stretches the plane stretches an arrow, too.": rigid,
        "The state is taken back by the transposed matrix. That is the inverse for rotations only.": turned,
        "L⁻¹ undoes the turn and the stretch before the shift is taken off: the order is the other way "
        "round.": policy(s @ inverse.T - b) @ L.T,
    }


@exercise("01.4", "Find the planted error", carried_policy)
@hints(
    "Compare the two printed lines: where does the faulty policy walk when it is only shifted?",
    "A state is a place, an action is a difference of two places. Do both move in the same way?",
    "The shift cancels in a difference. Which part of the matrix is left for the action?",
)
def _exercise_4(answer: Any) -> Iterator[str]:
    states = np.array([[0.1, 0.2], [-0.4, 0.3], [0.5, 0.5]])
    rotation = lie.so2_exp(0.9)
    uneven = np.diag([20.0, 0.05]) @ rotation
    cases = {
        "moved by the identity, the policy is as it was": np.eye(3),
        "a rotation about the origin, where the faulty code was right": affine(rotation),
        "a rigid motion": affine(rotation, [0.7, -0.4]),
        "a translation": affine(np.eye(2), [0.7, -0.4]),
        "a shear with a stretch and a shift": affine([[1.0, 0.8], [0.3, 1.5]], [0.7, -0.4]),
        "a reflection with a stretch and a shift": affine([[0.3, 1.4], [0.6, -0.5]], [-0.2, 0.5]),
        "a map that stretches one way and presses the other": affine(uneven, [3.0, 0.1]),
    }
    yield from each_case(
        answer,
        carried_policy,
        "The new policy's answer",
        {words: [(uneven_policy, g, where) for where in (states[0], states)] for words, g in cases.items()},
        _carrying_mistakes,
        makes="the new policy",
    )


@exercise(
    "01.5",
    "Design a counterexample",
    {"state": np.array([0.2, -0.1]), "action": np.array([1.0, 0.8]), "degrees": 30.0},
)
@hints(
    "What the box does to an action is to cut it off where it is too long in x or in y.",
    "Which admissible action is as long as can be? Turn it, and ask whether the box cuts it off.",
    "Look at a corner of the square, and turn it so that it points along an axis.",
)
def _exercise_5(answer: Any) -> Iterator[str]:
    yield "a state (2,), an action (2,) and an angle"
    state = expect_shape(expect_entry(answer, "state"), (2,), "The state")
    action = expect_shape(expect_entry(answer, "action"), (2,), "The action")
    degrees = float(expect_shape(expect_entry(answer, "degrees"), (), "The angle"))
    turn = lie.so2_exp(np.radians(degrees))
    disc, box = (
        symmetry_gap(envs.Navigation(name).mean_next_state, turn, turn, state[None], action[None])
        for name in ("disc", "box")
    )
    yield "the action is admissible: it lies in the box"
    expect(
        np.abs(action).max() <= 1.0,
        f"The action {action.tolist()} is outside the box [-1, 1]².",
        "Both coordinates must lie between -1 and 1.",
    )
    yield "on the disc the same numbers keep the symmetry, so that it is the box that breaks it"
    expect(
        disc < 1e-9,
        f"On the disc T(L s, K a) and L T(s, a) differ by {disc:.3f} as well.",
        "Is the state so far out that the wall of the arena, at ±5, stops the step?",
    )
    yield "in the box T(L s, K a) and L T(s, a) differ by at least 0.01"
    hint = "Turn the action by your angle: does it still lie in the box?"
    if abs(degrees / 90.0 - round(degrees / 90.0)) < 1e-9:
        hint = "A quarter turn carries the box to itself: another angle is needed."
    elif abs(degrees) < 2.0 * np.pi:
        hint += " (The angle is in degrees.)"
    elif np.linalg.norm(action) <= 1.0:
        hint = (
            "An action of length at most 1 stays in the box, however it is turned. Which actions are longer?"
        )
    expect(box >= 0.01, f"T(L s, K a) and L T(s, a) differ by {box:.4f} only.", hint)
