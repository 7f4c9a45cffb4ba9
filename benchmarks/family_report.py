"""Whether the report is right beyond the plane: on each family as it is, and with one thing in it broken."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from benchmarks.report import QUICK_SEEDS, SEEDS, YES
from hgmrl_lite._validate import Array
from hgmrl_lite.envs import TaskFamily, arm, car, ellipse, mass, sphere, two_turns
from hgmrl_lite.envs.arm import Arm
from hgmrl_lite.envs.car import Car
from hgmrl_lite.envs.mass import Mass
from hgmrl_lite.envs.sphere import Space
from hgmrl_lite.hereditary import discover_geometry
from hgmrl_lite.transitions import Transitions

Tasks = Callable[[int], list[Transitions]]


class WindySpace(Space):
    """A wind blows along one axis, at 0.4 of the longest step."""

    def mean_next_state(self, states: ArrayLike, actions: ArrayLike) -> Array:
        """Return T(s, a)."""
        return np.asarray(super().mean_next_state(states, actions) + np.array([0.04, 0.0, 0.0]))


class MassOnFloor(Mass):
    """The floor rises and falls along the first axis, at the scale on which the states are spread."""

    def mean_next_state(self, states: ArrayLike, actions: ArrayLike) -> Array:
        """Return T(s, a)."""
        moved = super().mean_next_state(states, actions)
        push = 0.03 * np.sin(np.asarray(states)[..., 0])
        moved[..., 0] += push
        moved[..., 2] += push
        return moved


class CarOnFloor(Car):
    """The car slips where the first coordinate is large: it drives up to 0.6 farther, or less far."""

    def mean_next_state(self, states: ArrayLike, actions: ArrayLike) -> Array:
        """Return T(s, a)."""
        still = np.asarray(states)
        moved = super().mean_next_state(states, actions)
        moved[..., :2] += (moved[..., :2] - still[..., :2]) * 0.6 * np.sin(2.0 * still[..., :1])
        return moved


class StiffArm(Arm):
    """The base joint is stiff on one side: it turns by up to 0.4 less, and more on the other."""

    def mean_next_state(self, states: ArrayLike, actions: ArrayLike) -> Array:
        """Return T(s, a)."""
        return super().mean_next_state(states, self._stiff(np.asarray(states), self.project(actions)))

    def next_state(self, states: Array, actions: Array, normals: Array) -> Array:
        """Return s'."""
        return super().next_state(states, self._stiff(states, self.project(actions)), normals)

    @staticmethod
    def _stiff(states: Array, actions: Array) -> Array:
        return actions * np.stack([1.0 + 0.4 * states[..., 0], np.ones(states.shape[:-1])], axis=-1) / 1.4


def explored(family: TaskFamily, number: int = 5000) -> Tasks:
    """Return the function from a seed to the exploration of a family's training tasks."""
    return lambda seed: [
        family.explore(task, number, seed=100 * seed + index) for index, task in enumerate(family.train)
    ]


def round_goals(seed: int) -> list[Transitions]:
    """Return goals on the ellipse whose rewards measure plain distances, which no symmetry carries along."""
    family = ellipse()
    return [
        replace(task, rewards=-np.linalg.norm(task.next_states - goal, axis=1))
        for task, goal in zip(explored(family)(seed), family.train, strict=True)
    ]


def unlike_pairs(seed: int) -> list[Transitions]:
    """Return two points in two planes; in all tasks but the first the second point counts three times."""
    family, tasks = two_turns(), explored(two_turns())(seed)
    out = tasks[:1]
    for task, goal in zip(tasks[1:], family.train[1:], strict=True):
        gaps = np.linalg.norm((task.next_states - goal).reshape(-1, 2, 2) * [[1.0], [3.0]], axis=2)
        out.append(replace(task, rewards=-np.linalg.norm(gaps, axis=1)))
    return out


@dataclass(frozen=True)
class Pair:
    """A family as it is and with one thing broken, and what is right to say then."""

    intact: Tasks
    broken: Tasks
    right: dict[str, str]


PAIRS = {
    "sphere": Pair(explored(sphere()), explored(replace(sphere(), system=WindySpace())), {"inherited": "no"}),
    "ellipse": Pair(explored(ellipse()), round_goals, {"inherited": "no"}),
    "mass": Pair(
        explored(mass(), 8000), explored(replace(mass(), system=MassOnFloor()), 8000), {"inherited": "no"}
    ),
    "car": Pair(explored(car()), explored(replace(car(), system=CarOnFloor())), {"inherited": "no"}),
    "arm": Pair(explored(arm()), explored(replace(arm(), system=StiffArm())), {"start law": "no"}),
    "two_turns": Pair(explored(two_turns()), unlike_pairs, {"same rewards": "no"}),
}


def share_right(pair: Pair, seeds: int) -> float:
    """Return the share of reports that are right, of both kinds."""
    right = 0
    for tasks, wanted in ((pair.intact, YES), (pair.broken, pair.right)):
        for seed in range(seeds):
            report = discover_geometry(tasks(seed)).report
            right += all(report[finding].verdict == verdict for finding, verdict in wanted.items())
    return right / (2 * seeds)


def run(quick: bool = False) -> dict[str, float]:
    """Return the rate of right reports of each family, over 20 seeds or 2."""
    seeds = QUICK_SEEDS if quick else SEEDS
    return {f"family.{name}.report_right": share_right(pair, seeds) for name, pair in PAIRS.items()}
