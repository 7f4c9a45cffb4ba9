"""Exercises of lesson 08: brackets, the dimension of training goals, the antipode, charts from motion."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import block_diag

from hgmrl_lite import lie
from hgmrl_lite._validate import Array
from hgmrl_lite.course.calling import call
from hgmrl_lite.course.cases import each_case, unit
from hgmrl_lite.course.exercise import exercise, hints
from hgmrl_lite.course.expect import Mistakes, expect, expect_close, expect_entry, expect_shape
from hgmrl_lite.course.lesson_06 import smallest_rotation

#: Directions of a span that are smaller than this beside the largest are rounding.
_ROUNDING = 1e-9


def generated_dimension(generators: ArrayLike) -> int:
    """Return the dimension of the algebra of generators (k, n, n): their span, closed under brackets."""
    basis = _span(np.asarray(generators, dtype=np.float64))
    while True:
        wider = _with_brackets(basis)
        if len(wider) == len(basis):
            return len(basis)
        basis = wider


def _span(matrices: Array) -> Array:
    """Return an orthonormal basis (d, n, n) of what matrices (k, n, n) span."""
    n = matrices.shape[-1]
    _, sizes, rows = np.linalg.svd(matrices.reshape(-1, n * n), full_matrices=False)
    return np.asarray(rows[sizes > _ROUNDING * max(sizes[0], 1e-300)].reshape(-1, n, n))


def _with_brackets(basis: Array) -> Array:
    """Return a basis of the span of matrices (d, n, n) and the brackets of each two."""
    if not len(basis):
        return basis
    n = basis.shape[-1]
    return _span(np.vstack([basis, lie.bracket(basis[:, None], basis[None]).reshape(-1, n, n)]))


def _with_products(basis: Array) -> Array:
    """Do the same with products in place of brackets."""
    if not len(basis):
        return basis
    n = basis.shape[-1]
    return _span(np.vstack([basis, (basis[:, None] @ basis[None]).reshape(-1, n, n)]))


def _generated_mistakes(generators: Array) -> Mistakes:
    span = _span(np.asarray(generators))
    return {
        "This is the rank of the generators themselves. Add the brackets of each two of them.": len(span),
        "One round of brackets is not enough here: bracket what you have found with the others, until "
        "nothing new comes.": len(_with_brackets(span)),
        "Some of the matrices that you count depend on the others: count the rank.": len(generators),
        "A product AB is no bracket: take AB − BA.": len(_with_products(span)),
    }


def _turn_in(n: int, i: int, j: int) -> Array:
    """Return the generator (n, n) of the turn from axis i to axis j."""
    generator = np.zeros((n, n))
    generator[j, i], generator[i, j] = 1.0, -1.0
    return generator


@exercise("08.1", "What two generators generate", generated_dimension)
@hints(
    "An algebra holds its brackets. Start with what the generators span, and add brackets.",
    "Write each matrix as a row. How many of the rows are independent, before and after the brackets of "
    "each two are added?",
    "Repeat until the rank no longer grows: rows of `A @ B - B @ A` for each two, `np.linalg.matrix_rank`. "
    "Keep an orthonormal basis (`np.linalg.svd`, third result) so that the rows stay few and of one size.",
)
def _exercise_1(answer: Any) -> Iterator[str]:
    x, y, _ = lie.so3_hat(np.eye(3))
    near = lie.so3_hat([np.cos(0.3), np.sin(0.3), 0.0])
    plane = _turn_in(2, 0, 1)
    chain = [_turn_in(4, 0, 1), _turn_in(4, 1, 2), _turn_in(4, 2, 3)]
    shears = np.zeros((2, 3, 3))
    shears[0, 0, 1] = shears[1, 1, 2] = 1.0
    yield from each_case(
        answer,
        generated_dimension,
        "The dimension",
        {
            "one rotation of space": (np.array([x]),),
            "one axis at two speeds": (np.array([x, 2.5 * x]),),
            "rotations of space about two axes": [(np.array([x, y]),), (np.array([x, near]),)],
            "turns of two separate planes of R⁴, which commute": (
                np.array([block_diag(plane, 0.0 * plane), block_diag(0.0 * plane, plane)]),
            ),
            "three turns of R⁴, where brackets of brackets are needed": (np.array(chain),),
            "two shears, which do not turn": (shears,),
            "generators in very small units": (1e-5 * np.array([x, near]),),
        },
        _generated_mistakes,
    )


DIMENSIONS = {
    "the base goal and one other": 1,
    "three on a great circle": 1,
    "three on a circle of latitude": 3,
    "three anywhere": 3,
    "the base goal, three times": 0,
}
"""Dimension of the group that smallest rotations from the first goal to the others generate."""

_BRACKETED = "Two different axes never come alone: their bracket is a third."
_ONE_AXIS = "About which axes do the smallest rotations turn? How many different ones are there?"
_SPAN = {
    "the base goal and one other": _ONE_AXIS,
    "three on a great circle": _ONE_AXIS,
    "three on a circle of latitude": "Fly from one city to another of the same latitude, by the shortest "
    "way: do you stay on that latitude?",
    "three anywhere": "The smallest rotations span a plane of axes. Is that plane closed under the bracket?",
    "the base goal, three times": "Which rotation carries a goal to itself, and is the smallest?",
}


@exercise("08.2", "Predict the dimension", DIMENSIONS)
@hints(
    "For each set ask: about which axes do the smallest rotations from the first goal to the others turn?",
    "The axis of a smallest rotation is at right angles to both goals. On a great circle all these axes are "
    "one and the same.",
    "One axis makes one dimension. Two different axes make three, by their bracket. No motion makes none.",
)
def _exercise_2(answer: Any) -> Iterator[str]:
    for name, right in DIMENSIONS.items():
        yield f"{name}: a number from 0 to 3"
        number = float(expect_shape(expect_entry(answer, name), (), f'"{name}"'))
        expect(
            number in (0.0, 1.0, 2.0, 3.0),
            f'"{name}" is {number:g}, but the rotations of space have 3 dimensions at most.',
            "Give a whole number: 0, 1, 2 or 3.",
        )
        expect(
            number == right,
            f'"{name}" does not have {number:g} dimension{"s" * (number != 1.0)}.',
            _BRACKETED if number == 2.0 else _SPAN[name],
        )


def least_rotation(start: ArrayLike, end: ArrayLike) -> Array:
    """Return a rotation (3, 3) of the least angle that carries one unit vector (3,) to another.

    At the antipode half a turn about any axis at right angles to ``start`` serves; one of them is returned.
    """
    start, end = np.asarray(start, dtype=np.float64), np.asarray(end, dtype=np.float64)
    if np.linalg.norm(np.cross(start, end)) >= _ROUNDING or start @ end > 0.0:
        return smallest_rotation(start, end)
    # The coordinate axis that is least along start is never parallel to it.
    axis = unit(np.cross(start, np.eye(3)[np.argmin(np.abs(start))]))
    return np.asarray(lie.so3_exp(np.pi * axis), dtype=np.float64)


def _least_mistakes(start: Array, end: Array) -> Mistakes:
    cross = np.cross(start, end)
    sine = float(np.linalg.norm(cross))
    mistakes: dict[str, Any] = {
        "It leaves the first goal where it is. When the cross product is zero the goals are equal "
        "or opposite: the inner product tells which.": start,
        # At the antipode a student may cross with any coordinate axis.
        "`lie.so3_exp` turns by the length of its vector: make the axis a unit vector first, and then "
        "multiply it by the angle.": [
            lie.so3_exp(np.arctan2(sine, start @ end) * axis) @ start
            for axis in (cross, *(np.cross(start, np.eye(3)) if sine < _ROUNDING else ()))
            if 0.0 < np.linalg.norm(axis) < 1.0 - _ROUNDING
        ],
    }
    if sine > _ROUNDING:
        acute = lie.so3_exp(np.arcsin(sine) * cross / sine) @ start
        mistakes |= {
            "The length of the cross product is the sine of the angle. Turn by the angle.": lie.so3_exp(cross)
            @ start,
            "It turns the wrong way round: the order of the two vectors in the cross product "
            "decides.": least_rotation(end, start) @ start,
            "The arcsine gives angles up to 90° only: use `np.arctan2`, or the arccosine.": acute,
        }
    return mistakes


@exercise("08.3", "At the antipode", least_rotation)
@hints(
    "Where does the formula with the cross product fail? Ask which of the two cases of a zero cross product "
    "you have.",
    "At the antipode any axis at right angles to `start` will do. How do you find one, whatever `start` is?",
    "Cross `start` with a coordinate axis that is not parallel to it: the one in whose direction `start` "
    "has the smallest entry. Make it a unit vector, and turn by π.",
)
def _exercise_3(answer: Any) -> Iterator[str]:
    first, second = unit(np.random.default_rng(11).normal(size=(2, 3)))
    aside = unit(np.cross(first, second))
    pairs: dict[str, list[tuple[Array, Array]]] = {
        "between two goals, as in lesson 06": [(first, second), (np.eye(3)[0], np.array([-0.6, 0.0, 0.8]))],
        "a goal onto itself: the identity": [(first, first)],
        "onto its antipode": [(first, -first)],
        "the same from each end of the coordinate axes": [
            (sign * axis, -sign * axis) for axis in np.eye(3) for sign in (1.0, -1.0)
        ],
        "almost onto the antipode, where the axis is no longer free": [
            (first, lie.so3_exp(np.radians(179.9) * aside) @ first),
            (second, lie.so3_exp(-np.radians(179.9999) * aside) @ second),
        ],
    }
    for words, cases in pairs.items():
        yield words
        for start, end in cases:
            _compare_rotation(call(answer, start, end), start, end)


def _compare_rotation(answer: Any, start: Array, end: Array) -> None:
    got = expect_shape(answer, (3, 3), "The rotation")
    expect(
        np.abs(got.T @ got - np.eye(3)).max() < 1e-6 and np.linalg.det(got) > 0.0,
        "The matrix is no rotation: its columns should be orthonormal, its determinant 1.",
        "Minus the identity carries every goal to its antipode, but its determinant is −1."
        if np.allclose(got, -np.eye(3))
        else "`lie.so3_exp(w)` makes a rotation of a vector w, about its direction, by its length.",
    )
    what = "What it makes of the first goal"
    expect_close(got @ start, end, what, mistakes=lambda: _least_mistakes(start, end))
    needed, made = (
        float(np.degrees(np.linalg.norm(lie.so3_log(lie.polar_factor(rotation)))))
        for rotation in (least_rotation(start, end), got)
    )
    expect(
        made <= needed + 1e-3,
        f"It turns by {made:.1f}°, but {needed:.1f}° are enough.",
        "It carries the goal rightly, with an extra turn about the new goal. Which axis is at right "
        "angles to both?",
    )


def predicted_share(values: ArrayLike, next_values: ArrayLike, actions: ArrayLike) -> float:
    """Return which share of the variance of increments (N,) an affine function of actions (N, m) predicts."""
    increments = np.asarray(next_values, dtype=np.float64) - np.asarray(values, dtype=np.float64)
    return _predicted(increments, np.asarray(actions, dtype=np.float64))


def _predicted(targets: Array, actions: Array, *, constant: bool = True) -> float:
    """Return the share of the variance of targets (N,) that a linear fit to actions (N, m) predicts."""
    columns = np.column_stack([np.ones(len(actions)), actions]) if constant else actions
    left = targets - columns @ np.linalg.lstsq(columns, targets)[0]
    return float(1.0 - left.var() / targets.var())


def _share_mistakes(values: Array, next_values: Array, actions: Array) -> Mistakes:
    increments = next_values - values
    right = _predicted(increments, actions)
    unexplained = (1.0 - right) * increments.var()
    return {
        "Look at the increments, the next value minus the value. These are predictions of the next value "
        "itself.": _predicted(next_values, actions),
        "This is the share that is left over.": 1.0 - right,
        "This is the correlation. Its square is the share.": np.sqrt(max(right, 0.0)),
        "Divide what is left over by the variance of the increments: a share has no unit.": [
            unexplained,
            1.0 - unexplained,
            increments.var() - unexplained,
        ],
        "Divide by the variance of the increments, not by that of the next values.": (
            1.0 - unexplained / next_values.var()
        ),
        "Divide variances, not standard deviations.": 1.0 - np.sqrt(max(1.0 - right, 0.0)),
        "The fit needs a constant: where there is wind, the mean step is not zero.": [
            _predicted(increments, actions, constant=False),
            1.0 - np.square(_left(increments, actions)).sum() / np.square(increments).sum(),
        ],
        "Use all the actions' coordinates in one fit.": [
            _predicted(increments, actions[:, [axis]]) for axis in range(actions.shape[1])
        ],
    }


def _left(targets: Array, actions: Array) -> Array:
    """Return what a fit without a constant leaves."""
    return np.asarray(targets - actions @ np.linalg.lstsq(actions, targets)[0])


def _steps(seed: int, wind: float = 0.0, width: int = 2) -> tuple[Array, Array, Array]:
    """Return values (N,), next values (N,) and actions (N, width) of a coordinate that is bent a little."""
    rng = np.random.default_rng(seed)
    place, actions = rng.normal(size=60), rng.uniform(-1.0, 1.0, size=(60, width))
    after = place + actions @ (0.1 * np.arange(1, width + 1)) + wind + 0.05 * rng.normal(size=60)
    return place + 0.3 * place**2, after + 0.3 * after**2, actions


@exercise("08.4", "How well an action predicts a coordinate", predicted_share)
@hints(
    "What does a step change? Take the increments first. Then fit them by a constant and the actions.",
    "`np.linalg.lstsq` fits increments to the columns of a matrix: a column of ones, and one column for "
    "each coordinate of the action.",
    "The share is 1 minus the variance of what the fit leaves over, divided by the variance of the "
    "increments.",
)
def _exercise_4(answer: Any) -> Iterator[str]:
    rng = np.random.default_rng(5)
    still, drawn = rng.normal(size=40), rng.normal(size=(40, 2))
    yield from each_case(
        answer,
        predicted_share,
        "The share",
        {
            "a coordinate that the action moves, with noise": [_steps(1), _steps(2)],
            "in a wind, which moves it as well": _steps(3, wind=0.4),
            "three coordinates of the action": _steps(4, width=3),
            "an action that tells everything: 1": (still, still + drawn @ [0.3, -0.2] + 0.5, drawn),
            "values in very small units": tuple(
                part * scale for part, scale in zip(_steps(6), (1e-6, 1e-6, 1.0), strict=True)
            ),
        },
        _share_mistakes,
    )


Step = Callable[[Array, Array], Array]


def closing_error(step: Step, start: ArrayLike, count: int) -> Array:
    """Return end minus start (2,) of a round: ``count`` steps each along (1, 0), (0, 1), (-1, 0), (0, -1)."""
    return _walk(step, start, count, _ROUND) - np.asarray(start, dtype=np.float64)


_ROUND = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]])


def _walk(step: Step, start: ArrayLike, count: int, commands: Array) -> Array:
    """Return where each command, given ``count`` times, leads from ``start``."""
    place = np.asarray(start, dtype=np.float64)
    for command in commands.repeat(count, axis=0):
        place = np.asarray(step(place, command))
    return place


def _round_mistakes(step: Step, start: Array, count: int) -> Mistakes:
    right = closing_error(step, start, count)
    there = _walk(step, start, count, _ROUND[[0, 1]])
    return {
        "This is where the round ends. How far is that from where it began?": right + start,
        "The sign: the end minus the start.": -right,
        "Only one command of each kind: give each `count` times.": closing_error(step, start, 1),
        "There and back along the same line is no round: (1, 0), (0, 1), (-1, 0), (0, -1).": [
            _walk(step, start, count, _ROUND[list(order)]) - start for order in ((0, 2, 1, 3), (0, 1, 3, 2))
        ],
        "This is the round the other way, (0, 1) first.": _walk(step, start, count, _ROUND[[1, 0, 3, 2]])
        - start,
        "You alternate the commands. Give the first one `count` times, then the second one, and so on.": (
            _walk(step, start, 1, np.tile(_ROUND, (count, 1))) - start
        ),
        "This is half of the round.": there - start,
        "One long command is not `count` steps: call `step` `count` times for each action.": (
            _walk(step, start, 1, count * _ROUND) - start
        ),
        "Each step begins where the last one ended.": (
            count * sum(np.asarray(step(start, one)) - start for one in _ROUND)
        ),
    }


def _shifted(place: Array, action: Array) -> Array:
    return place + 0.1 * action


def _through_a_parabola(place: Array, action: Array) -> Array:
    x, y = place[0] + 0.1 * action[0], place[1] - 0.6 * place[0] ** 2 + 0.1 * action[1]
    return np.array([x, y + 0.6 * x**2])


def _turned_by_place(place: Array, action: Array) -> Array:
    return np.asarray(place + 0.1 * lie.so2_exp(place[0]) @ action)


def _sheared_by_place(place: Array, action: Array) -> Array:
    return np.asarray(place + 0.1 * action + [0.0, 0.2 * place[0] * action[0]])


@exercise("08.5", "A round of commands", closing_error)
@hints(
    "Walk: keep a place, and replace it by `step(place, action)`. How many steps does the whole round have?",
    "Two loops, one in the other: over the four actions, and `count` times each.",
    "Start with `place = start`, end with `place - start`. Actions are arrays: `np.array([1.0, 0.0])`.",
)
def _exercise_5(answer: Any) -> Iterator[str]:
    start = np.array([0.3, -0.2])
    yield from each_case(
        answer,
        closing_error,
        "End minus start",
        {
            "in a plane where a step is a shift: nothing": (_shifted, start, 4),
            "the same plane seen through a lens: nothing": (_through_a_parabola, start, 4),
            "where the place turns every step": [(_turned_by_place, start, 4), (_turned_by_place, -start, 1)],
            "where the place shears every step": (_sheared_by_place, start, 3),
        },
        _round_mistakes,
    )
