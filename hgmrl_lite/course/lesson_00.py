"""Exercises of lesson 00: regret, a rotation, and the transformed policy."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array
from hgmrl_lite.course.calling import call, call_rows
from hgmrl_lite.course.cases import each_case, uneven_policy
from hgmrl_lite.course.exercise import exercise, hints
from hgmrl_lite.course.expect import Mistakes, NotYet, as_numbers, expect, expect_close

#: Cost of exercise 00.1's walk without noise: ten steps to the base goal, ninety at it, 2 from the test goal.
_COST = sum(1.0 + 0.1 * step for step in range(1, 11)) + 90 * 2.0
#: The straight walk to the test goal ends after nine steps, 0.1 away from it.
_STRAIGHT = sum(1.0 - 0.1 * step for step in range(1, 10))
_WITHIN = 2.5


@exercise("00.1", "Predict a regret", _COST - _STRAIGHT)
@hints(
    "Each step costs the distance to the test goal. How far apart are opposite points of the circle, "
    "and how many steps are spent there?",
    "The first ten steps lead from the origin to the base goal. What do they cost, step by step?",
    "1.1 + 1.2 + … + 2.0 on the way, then 2 for each of the other ninety steps. The straight walk's "
    "cost comes off.",
)
def _exercise_1(answer: Any) -> Iterator[str]:
    yield f"a number within {_WITHIN} of what the pencil says"
    numbers = as_numbers(answer, "The regret")
    expect(numbers.shape == (), f"One number is needed, but this has shape {numbers.shape}.")
    value = float(numbers)
    if np.isclose(value, 2.0, atol=0.2):
        raise NotYet(
            "2 is the cost of one step.", "How many steps has an episode that never reaches its goal?"
        )
    expect(
        value >= 0.0,
        f"Regret is not negative here, but this is {value:g}.",
        "Regret is what the straight walk collects less what this policy collects.",
    )
    expect(
        abs(value - (_COST - _STRAIGHT)) <= _WITHIN,
        f"{value:g} is too far from what comes out.",
        "Nearly: the first ten steps are nearer than 2, and the straight walk's cost comes off."
        if 185.0 <= value <= 205.0
        else "Add up the distances to the test goal, step by step.",
    )


def rotate(points: ArrayLike, angle: float) -> Array:
    """Turn points (..., 2) counter-clockwise about the origin by an angle in radians."""
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.asarray(np.asarray(points) @ np.array([[cosine, -sine], [sine, cosine]]).T)


def _rotate_mistakes(points: Array, angle: float) -> Mistakes:
    if points.ndim == 1:
        return {}
    mistakes = {
        "One point is right, but rows come out turned the other way: `R @ p` for a column becomes "
        "`points @ R.T` for rows.": rotate(points, -angle),
    }
    if len(points) == 2:
        mistakes |= {
            "Two points in rows are a 2 × 2 array, and so `R @ points` runs without an error, but it mixes "
            "the points: rows need `points @ R.T`.": rotate(points.T, angle).T
        }
    return mistakes


@exercise("00.2", "Turn points of the plane", rotate)
@hints(
    "A rotation is a 2 × 2 matrix of cosines and sines.",
    "Its first column is where (1, 0) goes: (cos, sin). Its second is where (0, 1) goes.",
    "For points in rows, multiply by the transposed matrix from the right.",
)
def _exercise_2(answer: Any) -> Iterator[str]:
    yield "a quarter turn carries (1, 0) to (0, 1)"
    expect_close(
        call(answer, np.array([1.0, 0.0]), np.pi / 2),
        [0.0, 1.0],
        "`rotate([1, 0], π/2)`",
        mistakes={
            "This turns clockwise. Where do the minus signs of the matrix belong?": [0.0, -1.0],
            "The angle is in radians already; there is nothing to convert.": rotate([1, 0], np.pi**2 / 360),
        },
    )
    points = np.random.default_rng(0).normal(size=(5, 2))
    yield from each_case(
        answer,
        rotate,
        lambda points, angle: (
            f"`rotate({points.tolist()}, {angle:g})`"
            if points.ndim == 1
            else f"`rotate` of a {points.shape} array"
        ),
        {
            "a general angle keeps the length and turns by that angle": [
                (np.array([0.3, -1.2]), 0.7),
                (np.array([-2000.0, 0.001]), 40.0),
            ],
            "several points at once, one in each row": (points, -2.0),
            "two points, or one, in rows": [(points[:2], -2.0), (points[:1], -2.0)],
        },
        _rotate_mistakes,
        ask=call_rows,
    )


def transformed_policy(policy: Any, angle: float) -> Any:
    """Return the policy of the task turned by ``angle``: turn back, ask the policy, turn the answer."""
    return lambda states: rotate(policy(rotate(states, -angle)), angle)


def _transformed_mistakes(policy: Any, angle: float, states: Array) -> Mistakes:
    there, back = policy(rotate(states, angle)), policy(rotate(states, -angle))
    both_wrong = rotate(there, -angle)
    return {
        "This is the base policy as it was: nothing is turned.": policy(states),
        "The action is still the base task's: turn it into the new task as well.": back,
        "The state has to be turned back before the base policy sees it.": rotate(policy(states), angle),
        "The state is turned by the angle. Into which frame must it go before the base policy can use "
        "it?": rotate(there, angle),
        "The action is turned back. Into which frame must it go?": rotate(back, -angle),
        "Both turns go the wrong way: this is the policy for the goal turned by −angle.": both_wrong,
    }


@exercise("00.3", "Carry a policy along", transformed_policy)
@hints(
    "The base policy only knows its own task. Show it the state as it would look there.",
    "It answers with an action of its own task, which has to be carried to the new one.",
    "One of the two turns is by the angle, the other by minus the angle.",
)
def _exercise_3(answer: Any) -> Iterator[str]:
    states = np.array([[0.1, 0.2], [-0.4, 0.3], [0.5, 0.5]])
    yield from each_case(
        answer,
        transformed_policy,
        "The new policy's answer",
        {
            "turned by nothing, the policy is as it was": (uneven_policy, 0.0, states),
            "turned by 0.9, it is K π(L⁻¹ s)": (uneven_policy, 0.9, states),
            "turned by -2.5, at states far out": (uneven_policy, -2.5, 30.0 * states),
            "for a single state": (uneven_policy, 0.9, states[0]),
        },
        _transformed_mistakes,
        makes="the new policy",
    )
