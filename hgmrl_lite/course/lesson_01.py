"""Exercises of lesson 01: free, transitive, stabilisers, moved functions and policies, a counterexample."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hgmrl_lite import actions, envs, lie
from hgmrl_lite._validate import Array
from hgmrl_lite.course.exercise import Exercise
from hgmrl_lite.course.expect import (
    NotYet,
    as_numbers,
    call,
    call_rows,
    expect,
    expect_choice,
    expect_close,
    expect_shape,
    show,
)

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


def _filled(answer: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """Return the answer as a dictionary with all of ``names`` filled in, or raise NotYet."""
    expect(isinstance(answer, dict), "The answer should be the dictionary of the cell, filled in.")
    for name in names:
        expect(name in answer, f'The entry "{name}" is missing from the dictionary.')
        expect(answer[name] is not Ellipsis and answer[name] is not None, f'"{name}" is still open.')
    return dict(answer)


def _check_prediction(answer: Any) -> Iterator[str]:
    yield "an answer for each of the five actions"
    given = _filled(answer, tuple(_PREDICTION))
    for name, right in _PREDICTION.items():
        yield f"action {name}"
        expect_choice(given[name], right, _KINDS, f"The answer to {name}", _PREDICTION_HINTS[name])


def fixing(elements: ArrayLike, point: ArrayLike) -> NDArray[np.intp]:
    """Return the indices of those of the affine maps (N, 3, 3) that leave the point (2,) where it is."""
    moved = actions.AffineAction(np.asarray(elements))(point)
    return np.flatnonzero(np.linalg.norm(moved - np.asarray(point), axis=-1) < 1e-9)


def about(matrix: ArrayLike, centre: ArrayLike) -> Array:
    """Return the affine map (3, 3) that does a linear map (2, 2) about ``centre`` instead of the origin."""
    element, centre = np.eye(3), np.asarray(centre, dtype=np.float64)
    element[:2, :2] = matrix
    element[:2, 2] = centre - element[:2, :2] @ centre
    return element


def _shifted(x: float, y: float) -> Array:
    """Return the translation by (x, y)."""
    return _affine(np.eye(2), [x, y])


def _check_fixing(answer: Any) -> Iterator[str]:
    point = np.array([1.1, -0.7])
    yield "among eleven affine maps, those that fix (1.1, -0.7)"
    _expect_fixing(answer, _elements(point), point)
    yield "the same maps, at the origin"
    _expect_fixing(answer, _elements(point), np.zeros(2))
    yield "maps that fix a point far out, where rounding is larger"
    far = np.array([300.0, -200.0])
    _expect_fixing(answer, _elements(far), far)
    yield "translations alone: nothing fixes a point"
    _expect_fixing(answer, np.array([_shifted(0.5, 0.0), _shifted(0.0, -0.2)]), point)


def _elements(point: Array) -> Array:
    """Return eleven affine maps; six fix ``point``: rigid ones, a scaling, a shear, a reflection."""
    turn, mirror, slant = lie.so2_exp, np.diag([1.0, -1.0]), np.array([[1.0, 0.4], [0.0, 1.0]])
    return np.array(
        [
            about(turn(0.9), [0.0, 0.0]),
            np.eye(3),
            _shifted(0.3, 0.0),
            about(turn(0.7), point),
            about(slant, [0.0, 0.0]),
            about(turn(2.1), point),
            about(turn(2.1), point + np.array([0.0, 0.01])),
            about([[2.0, 0.0], [0.0, 2.0]], point),
            about(turn(1.0) @ mirror, [0.0, 0.0]),
            about(turn(1.0) @ mirror, point),
            about(slant, point),
        ]
    )


def _expect_fixing(answer: Any, elements: Array, point: Array) -> None:
    """Compare the indices that an answer returns with the right ones, in any order and any kind of list."""
    what = f"`fixing_elements` of {len(elements)} maps and {show(point)}"
    found = _indices(call(answer, elements, point), what)
    right = fixing(elements, point)
    if np.array_equal(found, right):
        return
    homogeneous = np.append(point, 1.0)
    mistakes = (
        (
            np.flatnonzero((elements @ homogeneous == homogeneous).all(axis=-1)),
            "Computed numbers are seldom equal to the last digit: compare with `np.isclose`.",
        ),
        (
            np.flatnonzero(np.linalg.norm(elements[:, :2, :2] @ point - point, axis=-1) < 1e-9),
            "This looks at the linear part alone. The last column moves points as well.",
        ),
        (
            np.flatnonzero(np.isclose(elements @ homogeneous, homogeneous)[:, :2].any(axis=-1)),
            "A map that leaves one coordinate as it is can still move the point: both have to stay.",
        ),
        (
            np.flatnonzero(np.isclose(elements, np.eye(3)).all(axis=(1, 2))),
            "The identity is one of them, but a map need not be the identity to fix one point.",
        ),
        (np.setdiff1d(np.arange(len(elements)), right), "These are the ones that move the point."),
        (right + 1.0, "Python counts from 0."),
        (np.union1d(right, [6]), "Map 6 moves the point by 0.02: your tolerance is too wide."),
    )
    hint = next((text for value, text in mistakes if np.array_equal(found, value)), None)
    if hint is None and set(found) < set(right):
        hint = "Rotations about the point fix it, but so can scalings, shears and reflections."
    raise NotYet(f"{what} should be the indices {show(right)}, but is {show(found)}.", hint)


def _indices(result: Any, what: str) -> Array:
    """Return indices sorted, from a list, an array, a set, or what `np.where` or `np.argwhere` give."""
    if isinstance(result, tuple) and len(result) == 1 and isinstance(result[0], np.ndarray):
        result = result[0]
    if isinstance(result, (set, frozenset)):
        result = list(result)
    if isinstance(result, np.ndarray) and result.ndim == 2 and result.shape[1] == 1:
        result = result[:, 0]
    if _is_mask(result):
        raise NotYet(
            "The result holds True and False, not indices.", "`np.flatnonzero` turns one into the other."
        )
    numbers = as_numbers(result, what)
    expect(numbers.ndim == 1, f"{what} should be a list of indices, but has shape {numbers.shape}.")
    return np.sort(numbers)


def _is_mask(result: Any) -> bool:
    """Tell whether a result is made of True and False."""
    try:
        return isinstance(result, (list, tuple, np.ndarray)) and np.asarray(result).dtype.kind == "b"
    except ValueError:
        return False


def _angle(linear: Array) -> float:
    """Return the angle by which a linear map (2, 2) turns (1, 0)."""
    return float(np.arctan2(linear[1, 0], linear[0, 0]))


def moved_function(function: PointMap, matrix: ArrayLike) -> Callable[[ArrayLike], Array]:
    """Return g·f, p ↦ f(L⁻¹ p), for a function of points (..., 2) and a matrix L (2, 2)."""
    return actions.LinearAction(np.asarray(matrix)).on_function(function)


def _bump(points: ArrayLike) -> Array:
    """Return a function without any symmetry, so that each mistake shows."""
    x, y = np.moveaxis(np.asarray(points, dtype=np.float64), -1, 0)
    return np.exp(-((x - 1.0) ** 2) - 2.0 * (y - 0.5) ** 2) + 0.1 * x * y + 0.05 * x


def _check_moved(answer: Any) -> Iterator[str]:
    points = np.array([[0.3, 0.9], [-0.5, 1.2], [1.0, -0.4], [0.2, 0.1], [-1.1, -0.6]])
    turn, shear = lie.so2_exp(1.1), np.array([[1.0, 0.8], [0.0, 1.5]])
    yield "it returns a function of points"
    made = call(answer, _bump, turn)
    expect(callable(made), "g·f is a function of points, but `moved(function, matrix)` returned values.")
    yield "the identity leaves f as it is"
    same = call_rows(call(answer, _bump, np.eye(2)), points, what="the moved function")
    expect_close(same, _bump(points), "The moved function")
    cases = {
        "a shear with a stretch": shear,
        "a rotation": turn,
        "a reflection with a stretch": np.array([[0.3, 1.4], [0.6, -0.5]]),
        "a map that stretches one way and presses the other": np.diag([20.0, 0.05]) @ turn,
    }
    for words, matrix in cases.items():
        yield f"moved by {words}"
        new = call(answer, _bump, matrix)
        inverse, determinant = np.linalg.inv(matrix), float(np.linalg.det(matrix))
        for where in (points[0], points):
            many = where.ndim == 2
            expect_close(
                (call_rows if many else call)(new, where, what="the moved function"),
                _bump(where @ inverse.T),
                "The moved function" + (" of a (5, 2) array" if many else ""),
                mistakes=[
                    (
                        _bump(where @ matrix.T),
                        "This is f(g·p): the inverse is missing, and the picture moves the wrong way.",
                    ),
                    (
                        _bump(where @ matrix),
                        "This takes the transposed matrix for the inverse. That is right for rotations only.",
                    ),
                    (
                        _bump(where @ inverse),
                        "`L @ p` for a column becomes `points @ L.T` for rows: the transposition is missing.",
                    ),
                    (
                        _bump(where @ inverse.T) / abs(determinant),
                        "A moved function keeps its values: the top is as high as before. (Only a density is "
                        "divided by |det L|.)",
                    ),
                    (
                        _bump(where @ inverse.T * determinant),
                        "The inverse of a matrix is its adjugate divided by the determinant.",
                    ),
                    (
                        _bump(-where @ inverse.T),
                        "The determinant belongs in the inverse with its sign: it is negative for a "
                        "reflection.",
                    ),
                ],
            )
    yield "the value at g·p is the value that f has at p"
    expect_close(
        call_rows(made, points @ turn.T, what="the moved function"),
        _bump(points),
        "The moved function at g·p",
    )


def carried_policy(policy: PointMap, matrix: ArrayLike) -> Callable[[ArrayLike], Array]:
    """Return g·π, s ↦ K π(g⁻¹ s), for an affine map (3, 3) whose linear part is K."""
    matrix = np.asarray(matrix)
    return actions.AffineAction(matrix).on_policy(policy, matrix[:2, :2])


def faulty_carried_policy(policy: PointMap, matrix: ArrayLike) -> Callable[[ArrayLike], Array]:
    """Return the policy of exercise 01.4, with its mistake: the whole affine map moves the action."""
    g = actions.AffineAction(np.asarray(matrix))
    return lambda states: g(policy(g.inverse()(states)))


def _check_carried(answer: Any) -> Iterator[str]:
    def policy(states: ArrayLike) -> Array:
        states = np.asarray(states)
        return np.stack([0.5 - states[..., 1] ** 2, 0.2 + states[..., 0]], axis=-1)

    states = np.array([[0.1, 0.2], [-0.4, 0.3], [0.5, 0.5]])
    yield "it returns a policy: a function of states"
    made = call(answer, policy, np.eye(3))
    expect(callable(made), "A policy is a function of states, but `carried(policy, matrix)` returned values.")
    yield "moved by the identity, the policy is as it was"
    expect_close(call_rows(made, states, what="the new policy"), policy(states), "The new policy's actions")
    turn = lie.so2_exp(0.9)
    cases = {
        "a rotation about the origin, where the faulty code was right": about(turn, [0, 0]),
        "a rigid motion": _affine(turn, [0.7, -0.4]),
        "a translation": _shifted(0.7, -0.4),
        "a shear with a stretch and a shift": _affine([[1.0, 0.8], [0.3, 1.5]], [0.7, -0.4]),
        "a reflection with a stretch and a shift": _affine([[0.3, 1.4], [0.6, -0.5]], [-0.2, 0.5]),
        "a map that stretches one way and presses the other": _affine(
            np.diag([20.0, 0.05]) @ turn, [3.0, 0.1]
        ),
    }
    for words, matrix in cases.items():
        yield words
        for where in (states[0], states):
            expect_close(
                (call_rows if where.ndim == 2 else call)(
                    call(answer, policy, matrix), where, what="the new policy"
                ),
                carried_policy(policy, matrix)(where),
                "The new policy's actions",
                mistakes=_carrying_mistakes(policy, matrix, where),
            )


def _carrying_mistakes(policy: PointMap, matrix: Array, states: Array) -> list[tuple[Array, str]]:
    """Return the actions that typical mistakes in carrying a policy lead to, each with its hint."""
    linear, shift = matrix[:2, :2], matrix[:2, 2]
    inverse = np.linalg.inv(linear)
    back = (states - shift) @ inverse.T
    left, _, right = np.linalg.svd(linear)
    return [
        (
            faulty_carried_policy(policy, matrix)(states),
            "This is still what the faulty code does. An action is a displacement: what does a shift of the "
            "whole plane do to the difference of two points?",
        ),
        (policy(back), "The action is still the base task's: it has to be moved as well."),
        (policy(states) @ linear.T, "The state has to be taken back before the policy sees it."),
        (
            policy(states @ inverse.T) @ linear.T,
            "The state is turned back, but not shifted back: states move by the whole map.",
        ),
        *(
            (
                policy(back) @ wrong,
                "The action goes back where it has to go into the new task, by L; for rows `actions @ L.T`.",
            )
            for wrong in (linear, inverse.T)
        ),
        (
            policy(back) @ inverse,
            "The action is moved by L⁻ᵀ, as a normal would be. An action is an arrow: it goes to L a.",
        ),
        (
            policy(back) @ lie.so2_exp(_angle(linear)).T,
            "The action is turned by the map's angle alone; what stretches the plane stretches arrows, too.",
        ),
        (
            policy(back) @ (left @ right).T,
            "The action is turned, but what stretches the plane stretches an arrow, too.",
        ),
        (
            policy((states - shift) @ linear) @ linear.T,
            "The state is taken back by the transposed matrix. That is the inverse for rotations only.",
        ),
        (
            policy(states @ inverse.T - shift) @ linear.T,
            "L⁻¹ undoes the turn and the stretch before the shift is taken off: the order is the other way "
            "round.",
        ),
    ]


def _affine(linear: ArrayLike, shift: ArrayLike) -> Array:
    """Return the affine map (3, 3) with this linear part (2, 2) and shift (2,)."""
    element = np.eye(3)
    element[:2, :2], element[:2, 2] = linear, shift
    return element


def symmetry_gap(state: ArrayLike, action: ArrayLike, degrees: float, action_set: str) -> float:
    """Return ‖T(L s, K a) - L T(s, a)‖ of navigation, for the rotation L = K by an angle in degrees."""
    step = envs.Navigation(action_set).mean_next_state
    turn = actions.LinearAction(lie.so2_exp(np.radians(degrees)))
    return float(np.linalg.norm(step(turn(state), turn(action)) - turn(step(state, action))))


def _check_counterexample(answer: Any) -> Iterator[str]:
    yield "a state (2,), an action (2,) and an angle"
    given = _filled(answer, ("state", "action", "degrees"))
    state = expect_shape(given["state"], (2,), "The state")
    action = expect_shape(given["action"], (2,), "The action")
    degrees = float(expect_shape(given["degrees"], (), "The angle"))
    yield "the action is admissible: it lies in the box"
    expect(
        bool((np.abs(action) <= 1.0).all()),
        f"The action {action.tolist()} is outside the box [-1, 1]².",
        "Both coordinates must lie between -1 and 1.",
    )
    yield "on the disc the same numbers keep the symmetry, so that it is the box that breaks it"
    gap = symmetry_gap(state, action, degrees, "disc")
    expect(
        gap < 1e-9,
        f"On the disc T(L s, K a) and L T(s, a) differ by {gap:.3f} as well.",
        "Is the state so far out that the wall of the arena, at ±5, stops the step?",
    )
    yield "in the box T(L s, K a) and L T(s, a) differ by at least 0.01"
    gap = symmetry_gap(state, action, degrees, "box")
    hint = "Turn the action by your angle: does it still lie in the box?"
    if abs(degrees / 90.0 - round(degrees / 90.0)) < 1e-9:
        hint = "A quarter turn carries the box to itself: another angle is needed."
    elif abs(degrees) < 2.0 * np.pi:
        hint += " (The angle is in degrees.)"
    elif np.linalg.norm(action) <= 1.0:
        hint = (
            "An action of length at most 1 stays in the box, however it is turned. Which actions are longer?"
        )
    expect(gap >= 0.01, f"T(L s, K a) and L T(s, a) differ by {gap:.4f} only.", hint)


EXERCISES = (
    Exercise(
        "01.1",
        "Free or transitive?",
        (
            "Free: look for a point that something other than the identity leaves in place. One is enough to "
            "say no.",
            "Transitive: take two points of the named space. Does some element carry one to the other?",
            "B and C differ only in the space that is acted on: the origin belongs to one of them.",
        ),
        _check_prediction,
        dict(_PREDICTION),
    ),
    Exercise(
        "01.2",
        "The stabiliser in a list",
        (
            "Move the point by each element, and see which results are the point itself.",
            "Write the point as (x, y, 1): then `elements @ homogeneous` moves it by all elements at once.",
            "Compare with a tolerance, row by row; `np.flatnonzero` gives the indices where this holds.",
        ),
        _check_fixing,
        fixing,
    ),
    Exercise(
        "01.3",
        "Move a function",
        (
            "The new function gets points of the moved picture. Which points does f know?",
            "Ask where each point came from: $g^{-1} p$.",
            "For points in rows, multiply by the transposed inverse from the right.",
        ),
        _check_moved,
        moved_function,
    ),
    Exercise(
        "01.4",
        "Find the planted error",
        (
            "Compare the two printed lines: where does the faulty policy walk when it is only shifted?",
            "A state is a place, an action is a difference of two places. Do both move in the same way?",
            "The shift cancels in a difference. Which part of the matrix is left for the action?",
        ),
        _check_carried,
        carried_policy,
    ),
    Exercise(
        "01.5",
        "Design a counterexample",
        (
            "What the box does to an action is to cut it off where it is too long in x or in y.",
            "Which admissible action is as long as can be? Turn it, and ask whether the box cuts it off.",
            "Look at a corner of the square, and turn it so that it points along an axis.",
        ),
        _check_counterexample,
        {"state": np.array([0.2, -0.1]), "action": np.array([1.0, 0.8]), "degrees": 30.0},
    ),
)
