"""Exercises of lesson 09: what turns with the world, an arm's left action, what breaks, a robot's state."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite import lie
from hgmrl_lite._validate import Array
from hgmrl_lite.course.cases import each_case, each_choice
from hgmrl_lite.course.exercise import exercise, hints
from hgmrl_lite.course.expect import Mistakes

TURNS = {
    "the displacement of a point": "turns",
    "the heading of the car": "turns",
    "the speed of the car": "stays",
    "the steering of the car": "stays",
    "the tip of the arm": "turns",
    "the angle of the arm's elbow": "stays",
    "the motion of the arm's base joint": "stays",
}
"""What a turn of the world does to what is measured of a robot."""

_ARROW = "It is an arrow on the map, or a place on it. Turn the map: does it still point to the same side?"
_INSIDE = "Sit inside and close your eyes while the map is turned: does your hand do anything else?"
_FROM_LINK = "From what is that angle counted? Does what it is counted from turn as well?"


@exercise("09.1", "What turns?", TURNS)
@hints(
    "For each ask: is it measured on the map, or in the robot?",
    "What is measured on the map turns with the map: places, and arrows such as displacements and headings.",
    "A driver who follows the same route on a turned map presses the same pedals and turns the wheel by as "
    "much. A joint moves by the same angle.",
)
def _exercise_1(answer: Any) -> Iterator[str]:
    yield from each_choice(
        answer,
        TURNS,
        ("turns", "stays"),
        "What {} does",
        {
            name: _ARROW if right == "turns" else _FROM_LINK if "angle" in name else _INSIDE
            for name, right in TURNS.items()
        },
    )


def base_turn(angle: float) -> Array:
    """Return how the arm's state (cos θ₁, sin θ₁, cos θ₂, sin θ₂, tip) moves when its base joint turns."""
    return np.asarray(lie.exp(angle * np.kron(np.diag([1.0, 0.0, 1.0]), lie.J)))


def _turn_mistakes(angle: float) -> Mistakes:
    def of(*blocks: float) -> Array:
        return np.asarray(lie.exp(angle * np.kron(np.diag(blocks), lie.J)))

    return {
        "The elbow's angle is counted from the first link. When the base turns, that link turns as well.": of(
            1.0, 1.0, 1.0
        ),
        "The tip is in the state as well, and it goes around the base.": [
            of(1.0, 0.0, 0.0),
            of(1.0, 1.0, 0.0),
        ],
        "This turns the elbow, and not the base.": [of(0.0, 1.0, 1.0), of(0.0, 1.0, 0.0)],
        "The pair of the base, (cos θ₁, sin θ₁), is in the state as well.": of(0.0, 0.0, 1.0),
        "The angle is in radians already.": base_turn(np.radians(angle)),
        "It turns the wrong way round: where does (1, 0) go?": of(-1.0, 0.0, -1.0),
    }


@exercise("09.2", "The left action of an arm", base_turn)
@hints(
    "Three pairs of numbers: base, elbow, tip. Which of them turn when the base joint does?",
    "A pair (cos θ, sin θ) turns by the matrix [[c, −s], [s, c]] when θ grows. So does a place that goes "
    "around the origin.",
    "Begin with `np.eye(6)`, and write the 2 × 2 rotation into the blocks `[:2, :2]` and `[4:, 4:]`.",
)
def _exercise_2(answer: Any) -> Iterator[str]:
    yield from each_case(
        answer,
        base_turn,
        lambda angle: f"`base_turn({angle:.4g})`",
        {
            "no turn: the identity": (0.0,),
            "a quarter turn": (0.5 * np.pi,),
            "other angles, also backwards": [(0.4,), (-2.1,), (7.0,)],
        },
        _turn_mistakes,
    )


BREAKS = {
    "the base starts near one angle": "start law",
    "each joint rubs on one of its sides": "inherited",
    "one of the tasks pays double": "same rewards",
    "all of the tasks pay double": "none",
    "only 1000 transitions of each task": "undecided",
}
"""Which line of the report each change of the arm breaks."""

_LAW = "Push an arm, and its turned copy: does the copy still move alike?"
_STARTS = "Think of where an episode begins, before anybody moves."
_REWARDS = "The arm moves and starts as before. What of its tasks has changed?"
_CHANGE_HINTS = {
    "the base starts near one angle": _STARTS,
    "each joint rubs on one of its sides": _LAW,
    "one of the tasks pays double": _REWARDS,
    "all of the tasks pay double": "Carry the rewards of the base task to another one: do they still agree?",
    "only 1000 transitions of each task": "Nothing about the arm is broken. Can so few data tell?",
}


@exercise("09.3", "Which line breaks?", BREAKS)
@hints(
    "For each change ask in this order: does the arm move in another way? Does it start in another way? Are "
    "the rewards of one task other than those of the next?",
    '"same rewards" compares a task with the *base task* that is carried to it, and "start law" the starts '
    "with the turned starts.",
    "What all tasks share equally breaks no relation between them. And what the data cannot tell is neither "
    "yes nor no.",
)
def _exercise_3(answer: Any) -> Iterator[str]:
    options = ("inherited", "start law", "same rewards", "undecided", "none")
    yield from each_choice(answer, BREAKS, options, 'What breaks when "{}"', _CHANGE_HINTS)


#: Length of the second link in units of the first.
_SECOND = 1.1


def arm_state(seen: ArrayLike) -> Array:
    """Return the states (B, 8) of what Reacher-v5 observes, (B, 10)."""
    seen = np.asarray(seen, dtype=np.float64)
    base, elbow = np.arctan2(seen[:, 2:4], seen[:, :2]).T
    return _with_tip(seen, base, base + elbow, _SECOND)


def _with_tip(seen: Array, first: Array, second: Array, length: float, speed: float = 10.0) -> Array:
    """Return states whose links stand at angles (B,)."""
    x = np.cos(first) + length * np.cos(second)
    y = np.sin(first) + length * np.sin(second)
    return np.column_stack([seen[:, :4], x, y, seen[:, 6:8] / speed])


def _state_mistakes(seen: Array) -> Mistakes:
    base, elbow = np.arctan2(seen[:, 2:4], seen[:, :2]).T
    late, gap, speeds = 10.0 * (seen[:, 4:6] + seen[:, 8:10]), seen[:, 8:10], seen[:, 6:8] / 10.0
    crossed = 0.5 * np.pi - np.column_stack([base, elbow])
    unsigned = np.arccos(np.clip(seen[:, :2], -1.0, 1.0))
    pairs = np.arctan2(seen[:, [1, 3]], seen[:, [0, 2]])
    return {
        "The elbow's angle is counted from the first link: the second link stands at θ₁ + θ₂.": _with_tip(
            seen, base, elbow, _SECOND
        ),
        "The second link stands at θ₁ plus θ₂.": _with_tip(seen, base, base - elbow, _SECOND),
        "`np.arctan2` takes the sine first, then the cosine.": _with_tip(
            seen, crossed[:, 0], crossed.sum(axis=1), _SECOND
        ),
        "A cosine does not tell the sign of an angle: use `np.arctan2`, with the sine as well.": _with_tip(
            seen, unsigned[:, 0], unsigned.sum(axis=1), _SECOND
        ),
        "Columns 0 and 1 are both cosines, of base and elbow. Their sines are columns 2 and 3.": _with_tip(
            seen, pairs[:, 0], pairs.sum(axis=1), _SECOND
        ),
        "The second link is 0.11 metres long, which is 1.1 of our units.": [
            _with_tip(seen, base, base + elbow, length) for length in (1.0, 0.11)
        ],
        "Give the tip in units of 0.1 metres.": np.hstack(
            [seen[:, :4], 0.1 * arm_state(seen)[:, 4:6], speeds]
        ),
        "The speeds should be divided by 10.": _with_tip(seen, base, base + elbow, _SECOND, 1.0),
        "That is the tip minus the goal: it tells the goal, which the agent shall infer.": [
            np.hstack([seen[:, :4], gap, speeds]),
            np.hstack([seen[:, :4], 10.0 * gap, speeds]),
        ],
        "That is the goal. It is the task, and not part of the state.": [
            np.hstack([seen[:, :4], unit * seen[:, 4:6], speeds]) for unit in (1.0, 10.0)
        ],
        "That tip is a moment late: make it from the angles.": [
            np.hstack([seen[:, :4], late, speeds]),
            np.hstack([seen[:, :4], 0.1 * late, speeds]),
        ],
    }


@exercise("09.4", "What is the state?", arm_state)
@hints(
    "Columns of `seen` by the table above: 0 and 1 are the cosines, 2 and 3 the sines, of base and elbow.",
    "The second link stands at θ₁ + θ₂. Get the angles by `np.arctan2(sine, cosine)`, or use the addition "
    "formulas.",
    "`np.column_stack([seen[:, :4], x, y, seen[:, 6:8] / 10])`, where x and y add up the two links.",
)
def _exercise_4(answer: Any) -> Iterator[str]:
    yield from each_case(
        answer,
        arm_state,
        "The states",
        {
            "a straight arm along x, at rest": (_observed([[0.0, 0.0]], moving=0.0),),
            "the base turned, the elbow straight": (_observed([[0.7, 0.0], [2.5, 0.0]]),),
            "the elbow bent": (_observed([[0.0, 1.2], [-2.0, -0.6]]),),
            "any angles, speeds and goals": (_observed(np.random.default_rng(4).uniform(-3, 3, (40, 2))),),
        },
        _state_mistakes,
    )


def _observed(angles: ArrayLike, moving: float = 1.0) -> Array:
    """Return what Reacher-v5 would show of joint angles (B, 2), with a tip that is late."""
    angles = np.asarray(angles, dtype=np.float64)
    rng = np.random.default_rng(9)
    goals = rng.uniform(-0.14, 0.14, angles.shape)
    speeds = moving * 8.0 * rng.standard_normal(angles.shape)
    before = angles - 0.01 * speeds
    both = before.sum(axis=1)
    late = 0.1 * np.column_stack(
        [
            np.cos(before[:, 0]) + _SECOND * np.cos(both),
            np.sin(before[:, 0]) + _SECOND * np.sin(both),
        ]
    )
    return np.hstack([np.cos(angles), np.sin(angles), goals, speeds, late - goals])
