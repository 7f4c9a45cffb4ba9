"""Exercises of lesson 00: regret, a rotation, and the transformed policy."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array
from hgmrl_lite.course.exercise import Exercise
from hgmrl_lite.course.expect import NotYet, as_numbers, call, call_rows, expect, expect_close

#: Cost of exercise 00.1's walk without noise: ten steps to the base goal, ninety at it, 2 from the test goal.
_COST = sum(1.0 + 0.1 * step for step in range(1, 11)) + 90 * 2.0
#: The straight walk to the test goal ends after nine steps, 0.1 away from it.
_STRAIGHT = sum(1.0 - 0.1 * step for step in range(1, 10))
_WITHIN = 2.5


def _check_regret(answer: Any) -> Iterator[str]:
    yield f"a number within {_WITHIN} of what the pencil says"
    value = as_numbers(answer, "The regret")
    expect(value.shape == (), f"One number is needed, but this has shape {value.shape}.")
    if np.isclose(value, 2.0, atol=0.2):
        raise NotYet(
            "2 is the cost of one step.", "How many steps has an episode that never reaches its goal?"
        )
    if value < 0.0:
        raise NotYet(
            f"Regret is not negative here, but this is {value:g}.",
            "Regret is what the straight walk collects less what this policy collects.",
        )
    expect(
        bool(abs(value - (_COST - _STRAIGHT)) <= _WITHIN),
        f"{value:g} is too far from what comes out.",
        "Nearly: the first ten steps are nearer than 2, and the straight walk's cost comes off."
        if 185.0 <= value <= 205.0
        else "Add up the distances to the test goal, step by step.",
    )


def rotate(points: ArrayLike, angle: float) -> Array:
    """Turn points (..., 2) counter-clockwise about the origin by an angle in radians."""
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.asarray(points) @ np.array([[cosine, -sine], [sine, cosine]]).T


def _check_rotate(answer: Any) -> Iterator[str]:
    yield "a quarter turn carries (1, 0) to (0, 1)"
    expect_close(
        call(answer, np.array([1.0, 0.0]), np.pi / 2),
        [0.0, 1.0],
        "`rotate([1, 0], π/2)`",
        mistakes=[
            ([0.0, -1.0], "This turns clockwise. Where do the minus signs of the matrix belong?"),
            (
                rotate([1.0, 0.0], np.radians(np.pi / 2)),
                "The angle is in radians already; there is nothing to convert.",
            ),
        ],
    )
    yield "a general angle keeps the length and turns by that angle"
    for place, angle in (([0.3, -1.2], 0.7), ([-2000.0, 0.001], 40.0)):
        expect_close(
            call(answer, np.array(place), angle), rotate(place, angle), f"`rotate({place}, {angle:g})`"
        )
    yield "several points at once, one in each row"
    points = np.random.default_rng(0).normal(size=(5, 2))
    expect_close(
        call_rows(answer, points, -2.0),
        rotate(points, -2.0),
        "`rotate` of a (5, 2) array",
        mistakes=[
            (
                rotate(points, 2.0),
                "One point is right, but rows come out turned the other way: `R @ p` for a column becomes "
                "`points @ R.T` for rows.",
            )
        ],
    )
    yield "two points, or one, in rows"
    for few in (points[:2], points[:1]):
        expect_close(
            call_rows(answer, few, -2.0),
            rotate(few, -2.0),
            f"`rotate` of a {few.shape} array",
            mistakes=[
                (
                    rotate(few.T, -2.0).T,
                    "Two points in rows are a 2 × 2 array, and so `R @ points` runs without an error, but it "
                    "mixes the points: rows need `points @ R.T`.",
                )
            ]
            if len(few) == 2
            else [],
        )


def transformed_policy(policy: Any, angle: float) -> Any:
    """Return the policy of the task turned by ``angle``: turn back, ask the policy, turn the answer."""
    return lambda states: rotate(policy(rotate(states, -angle)), angle)


def _check_transformed(answer: Any) -> Iterator[str]:
    # A policy with no symmetry of its own, so that each mistake shows.
    def policy(states: ArrayLike) -> Array:
        states = np.asarray(states)
        return np.stack([0.5 - states[..., 1] ** 2, 0.2 + states[..., 0]], axis=-1)

    states = np.array([[0.1, 0.2], [-0.4, 0.3], [0.5, 0.5]])
    yield "it returns a policy: a function of states"
    made = call(answer, policy, 0.9)
    expect(
        callable(made), "A policy is a function of states, but `transformed(policy, angle)` returned values."
    )
    yield "turned by nothing, the policy is as it was"
    expect_close(
        call_rows(call(answer, policy, 0.0), states, what="the new policy"), policy(states), "The new policy"
    )
    cases = (
        ("turned by 0.9, it is K π(L⁻¹ s)", 0.9, states),
        ("turned by -2.5, at states far out", -2.5, 30.0 * states),
        ("for a single state", 0.9, states[0]),
    )
    for words, angle, where in cases:
        yield words
        new = call(answer, policy, angle)
        expect_close(
            (call if where.ndim == 1 else call_rows)(new, where, what="the new policy"),
            transformed_policy(policy, angle)(where),
            "The new policy's actions",
            mistakes=[
                (policy(where), "This is the base policy as it was: nothing is turned."),
                (
                    policy(rotate(where, -angle)),
                    "The action is still the base task's: turn it into the new task as well.",
                ),
                (
                    rotate(policy(where), angle),
                    "The state has to be turned back before the base policy sees it.",
                ),
                (
                    rotate(policy(rotate(where, angle)), angle),
                    "The state is turned by the angle. Into which frame must it go before the base policy "
                    "can use it?",
                ),
                (
                    rotate(policy(rotate(where, -angle)), -angle),
                    "The action is turned back. Into which frame must it go?",
                ),
                (
                    rotate(policy(rotate(where, angle)), -angle),
                    "Both turns go the wrong way: this is the policy for the goal turned by −angle.",
                ),
            ],
        )


EXERCISES = (
    Exercise(
        "00.1",
        "Predict a regret",
        (
            "Each step costs the distance to the test goal. How far apart are opposite points of the circle, "
            "and how many steps are spent there?",
            "The first ten steps lead from the origin to the base goal. What do they cost, step by step?",
            "1.1 + 1.2 + … + 2.0 on the way, then 2 for each of the other ninety steps. The straight walk's "
            "cost comes off.",
        ),
        _check_regret,
        _COST - _STRAIGHT,
    ),
    Exercise(
        "00.2",
        "Turn points of the plane",
        (
            "A rotation is a 2 × 2 matrix of cosines and sines.",
            "Its first column is where (1, 0) goes: (cos, sin). Its second is where (0, 1) goes.",
            "For points in rows, multiply by the transposed matrix from the right.",
        ),
        _check_rotate,
        rotate,
    ),
    Exercise(
        "00.3",
        "Carry a policy along",
        (
            "The base policy only knows its own task. Show it the state as it would look there.",
            "It answers with an action of its own task, which has to be carried to the new one.",
            "One of the two turns is by the angle, the other by minus the angle.",
        ),
        _check_transformed,
        transformed_policy,
    ),
)
