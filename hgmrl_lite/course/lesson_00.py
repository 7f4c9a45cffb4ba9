"""Exercises of lesson 00: regret, a rotation, and the transformed policy."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array
from hgmrl_lite.course.exercise import Exercise
from hgmrl_lite.course.expect import NotYet, as_numbers, call, expect, expect_close


def _check_regret(answer: Any) -> Iterator[str]:
    yield "a number near what a hundred steps at the base goal cost"
    value = as_numbers(answer, "The regret")
    expect(value.shape == (), f"One number is needed, but this has shape {value.shape}.")
    if np.isclose(value, 2.0, atol=0.2):
        raise NotYet(
            "2 is the cost of one step.", "How many steps has an episode that never reaches its goal?"
        )
    if value < 0:
        raise NotYet(
            f"Regret is not negative here, but this is {value:g}.",
            "Regret is what the best policy collects less what this one collects.",
        )
    expect(
        bool(180 <= value <= 205),
        f"{value:g} is too far from what is measured.",
        "Multiply the distance between the two goals by the number of steps.",
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
    expect_close(
        call(answer, np.array([0.3, -1.2]), 0.7), rotate([0.3, -1.2], 0.7), "`rotate([0.3, -1.2], 0.7)`"
    )
    yield "several points at once, one in each row"
    points = np.random.default_rng(0).normal(size=(5, 2))
    expect_close(
        call(answer, points, -2.0),
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


def transformed_policy(policy: Any, angle: float) -> Any:
    """Return the policy of the task turned by ``angle``: turn back, ask the policy, turn forth."""
    return lambda states: rotate(policy(rotate(states, -angle)), angle)


def _check_transformed(answer: Any) -> Iterator[str]:
    # A policy with no symmetry of its own, so that each mistake shows.
    def policy(states: ArrayLike) -> Array:
        states = np.asarray(states)
        return np.stack([0.5 - states[..., 1] ** 2, 0.2 + states[..., 0]], axis=-1)

    states = np.array([[0.1, 0.2], [-0.4, 0.3], [0.5, 0.5]])
    angle = 0.9
    yield "it returns a policy: a function of states"
    made = call(answer, policy, angle)
    expect(
        callable(made), "A policy is a function of states, but `transformed(policy, angle)` returned values."
    )
    yield "turned by nothing, the policy is as it was"
    expect_close(
        call(call(answer, policy, 0.0), states, what="the new policy"), policy(states), "The new policy"
    )
    yield "turned by 0.9, it is K π(L⁻¹ s)"
    right = transformed_policy(policy, angle)(states)
    expect_close(
        call(made, states, what="the new policy"),
        right,
        "The new policy's actions",
        mistakes=[
            (policy(rotate(states, -angle)), "The action is still the base task's: turn it forth as well."),
            (
                rotate(policy(states), angle),
                "The state has to be turned back before the base policy sees it.",
            ),
            (
                rotate(policy(rotate(states, angle)), angle),
                "The state is turned forth. Into which frame must it go before the base policy can use it?",
            ),
            (
                rotate(policy(rotate(states, angle)), -angle),
                "Both turns go the wrong way: this is the policy for the goal turned by −angle.",
            ),
        ],
    )


EXERCISES = (
    Exercise(
        "00.1",
        "Predict a regret",
        (
            "Where does the base policy go, and where does it stay until the episode ends?",
            "Each step costs the distance to the test goal. How far apart are opposite points of the circle?",
            "An episode that does not reach its goal has 100 steps.",
        ),
        _check_regret,
        195.0,
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
