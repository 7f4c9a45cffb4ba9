"""Whether the report is right on families of tasks that have or lack one property by construction.

Each case says what the right findings are; what it leaves out is not asked. A report counts as right when
every finding asked for is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from hgmrl_lite._validate import Array
from hgmrl_lite.actions import LinearAction
from hgmrl_lite.envs import (
    TRAINING_ANGLES_DEG,
    bent_valley,
    goals_at,
    navigation,
    sample_transitions,
    training_tasks,
)
from hgmrl_lite.hereditary import GeometryReport, check_left_actions, discover_geometry
from hgmrl_lite.lie import so2_exp
from hgmrl_lite.transitions import Transitions

SEEDS, QUICK_SEEDS = 20, 2
TURNS = np.deg2rad(np.array(TRAINING_ANGLES_DEG) - TRAINING_ANGLES_DEG[0])
MIRROR = np.diag([1.0, -1.0])
YES = dict.fromkeys(
    (
        "aligned",
        "same rewards",
        "inherited",
        "start law",
        "linearizable",
        "connected",
        "compact",
        "closed",
    ),
    "yes",
)


ROTATIONS = tuple(so2_exp(angle) for angle in TURNS)


def goal_tasks(
    seed: int, goals: Array | None = None, number: int = 5000, **options: Any
) -> list[Transitions]:
    """Return Gaussian exploration of round goals; the training goals when none are given."""
    goals = training_tasks() if goals is None else goals
    return [
        navigation(**options).explore(goal, number, seed=100 * seed + index, policy="gaussian")
        for index, goal in enumerate(goals)
    ]


def valley_tasks(
    seed: int,
    maps: Sequence[Array],
    relabel: Callable[[Array], Array] = lambda rewards: rewards,
    number: int = 5000,
    **options: Any,
) -> list[Transitions]:
    """Return transitions of bent valleys moved by the maps, the rewards of all but the first relabelled."""
    tasks = []
    for index, matrix in enumerate(maps):
        moved = LinearAction(matrix).on_function(bent_valley)
        reward = moved if index == 0 else lambda points, moved=moved: relabel(moved(points))
        tasks.append(sample_transitions(reward, number, seed=100 * seed + index, **options))
    return tasks


def relabelled(tasks: list[Transitions], relabel: Callable[[Array], Array]) -> list[Transitions]:
    """Return the tasks with the rewards of all but the first relabelled."""
    return [
        task
        if index == 0
        else Transitions(task.states, task.actions, relabel(task.rewards), task.next_states, task.terminated)
        for index, task in enumerate(tasks)
    ]


def bend(points: Array) -> Array:
    """Return what a bent camera sees of points (N, 2)."""
    return np.stack([points[:, 0] + 0.35 * points[:, 1] ** 2, points[:, 1]], axis=1)


def unbend(points: Array) -> Array:
    """Return the chart that undoes `bend`."""
    return np.stack([points[:, 0] - 0.35 * points[:, 1] ** 2, points[:, 1]], axis=1)


def bent_tasks(seed: int) -> list[Transitions]:
    """Return rotated bent valleys as the bent camera sees them."""
    return [
        Transitions(bend(task.states), task.actions, task.rewards, bend(task.next_states))
        for task in valley_tasks(seed, ROTATIONS)
    ]


def distance(goal: Array, points: Array) -> Array:
    """Return −‖p − goal‖ of points (N, 2)."""
    length: Array = np.linalg.norm(points - goal, axis=1)
    return -length


def translation_report(seed: int) -> GeometryReport:
    """Return the report on the translations between round goals, given as maps."""
    goals = training_tasks()
    maps = np.tile(np.eye(3), (len(goals), 1, 1))
    maps[:, :2, 2] = goals - goals[0]
    # Independent states: random walks from the origin to different goals would not overlap once translated.
    tasks = [
        sample_transitions(partial(distance, goal), 5000, seed=100 * seed + index)
        for index, goal in enumerate(goals)
    ]
    return check_left_actions(tasks, maps)


def shear(size: float) -> Array:
    """Return a shear of the plane."""
    return np.array([[1.0, size], [0.0, 1.0]])


@dataclass(frozen=True)
class Case:
    """A family and what is right to say about it."""

    report: Callable[[int], GeometryReport]
    right: dict[str, str]


def discovered(tasks: Callable[[int], list[Transitions]]) -> Callable[[int], GeometryReport]:
    """Return the function from a seed to the report on what is discovered."""
    return lambda seed: discover_geometry(tasks(seed)).report


def mirrored(angle: float) -> Array:
    """Return the reflection of the plane in a line through the origin."""
    return so2_exp(angle) @ MIRROR @ so2_exp(-angle)


CASES = {
    # Rotations of round goals, disc actions: everything holds.
    "rotations": Case(discovered(goal_tasks), YES),
    # Rotated bent valleys: the same without help from a task's own symmetry.
    "valleys": Case(discovered(lambda seed: valley_tasks(seed, ROTATIONS)), YES),
    # The box is not round: its rotations are no symmetries of the system.
    "box": Case(discovered(lambda seed: goal_tasks(seed, action_set="box")), {**YES, "inherited": "no"}),
    # Uniform actions never leave the box, so its clipping cannot be seen.
    "unclipped": Case(
        discovered(
            lambda seed: [
                navigation(action_set="box").explore(goal, 5000, seed=100 * seed + index)
                for index, goal in enumerate(training_tasks())
            ]
        ),
        {**YES, "inherited": "undecided"},
    ),
    # A wind blows one way only.
    "wind": Case(discovered(lambda seed: goal_tasks(seed, wind=(0.04, 0.0))), {**YES, "inherited": "no"}),
    # Goals at radius 1 and 1.5: no rotation relates them, a scaling does, and it keeps nothing else.
    "off_circle": Case(
        discovered(
            lambda seed: goal_tasks(
                seed, goals_at(np.deg2rad(TRAINING_ANGLES_DEG)) * np.array([[1.0], [1.5], [1.0], [1.5]])
            )
        ),
        {"aligned": "yes", "same rewards": "no", "inherited": "no", "start law": "no", "compact": "no"},
    ),
    # Rewards relabelled by an increasing function: the level sets stay.
    "relabelled": Case(
        discovered(lambda seed: relabelled(goal_tasks(seed), np.exp)), {**YES, "same rewards": "no"}
    ),
    "relabelled_valleys": Case(
        discovered(lambda seed: valley_tasks(seed, ROTATIONS, lambda rewards: np.exp(0.2 * rewards))),
        {**YES, "same rewards": "no"},
    ),
    # Reflections only: symmetries of the system, but out of reach of the exponential.
    "reflections": Case(
        discovered(lambda seed: valley_tasks(seed, [np.eye(2), mirrored(0.0), mirrored(1.0), mirrored(2.0)])),
        {**YES, "connected": "no"},
    ),
    # Scalings and shears: one-parameter groups without bound.
    "scalings": Case(
        discovered(lambda seed: valley_tasks(seed, [scale * np.eye(2) for scale in (1.0, 1.3, 0.7, 1.5)])),
        {"aligned": "yes", "inherited": "no", "start law": "no", "connected": "yes", "compact": "no"},
    ),
    "shears": Case(
        discovered(lambda seed: valley_tasks(seed, [shear(size) for size in (0.0, 0.5, -0.5, 0.8)])),
        {"aligned": "yes", "inherited": "no", "start law": "no", "connected": "yes", "compact": "no"},
    ),
    # Translations between goals relate the tasks and commute with the system, but leave the starts behind.
    "translations": Case(
        translation_report,
        {
            "aligned": "yes",
            "same rewards": "yes",
            "inherited": "yes",
            "start law": "no",
            "connected": "yes",
            "compact": "no",
        },
    ),
    # Seen through a bent camera the rotations are no matrices; in the chart that straightens it they are.
    "bent": Case(discovered(bent_tasks), {"linearizable": "no"}),
    "bent_in_chart": Case(lambda seed: discover_geometry(bent_tasks(seed), chart=unbend).report, YES),
    # Tasks that no map relates.
    "unrelated": Case(
        discovered(
            lambda seed: [
                sample_transitions(reward, 5000, seed=100 * seed + index)
                for index, reward in enumerate(
                    (
                        bent_valley,
                        lambda points: (
                            np.sin(2 * points[:, 0]) + np.cos(1.5 * points[:, 1]) + 0.3 * points.prod(axis=1)
                        ),
                    )
                )
            ]
        ),
        {"aligned": "no", "same rewards": "no"},
    ),
    # Three hundred noisy rewards decide nothing about the maps.
    "noisy_few": Case(
        discovered(lambda seed: goal_tasks(seed, number=300, reward_noise=0.05)),
        {"aligned": "undecided", "same rewards": "undecided", "compact": "undecided"},
    ),
}


def run_case(name: str, seeds: int) -> float:
    """Return the share of seeds for which every finding that the case asks for is right."""
    case = CASES[name]
    right = 0
    for seed in range(seeds):
        report = case.report(seed)
        right += all(report[finding].verdict == verdict for finding, verdict in case.right.items())
    return right / seeds


def run(quick: bool = False) -> dict[str, float]:
    """Return the rate of right reports of every case, over 20 seeds or 2."""
    seeds = QUICK_SEEDS if quick else SEEDS
    return {f"report.{name}.right_rate": run_case(name, seeds) for name in CASES}
