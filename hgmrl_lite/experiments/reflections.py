"""Tasks of a reward without symmetry that only a reflection relates, and the geometric agent of them."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hgmrl_lite._validate import Array, as_real
from hgmrl_lite.agents import GeometricAgent
from hgmrl_lite.envs import STEP, Navigation, TaskFamily, bent_valley
from hgmrl_lite.hereditary import RewardModel, discover_geometry
from hgmrl_lite.hereditary.generators import action_generators, mean_response
from hgmrl_lite.streams import stream_seed

if TYPE_CHECKING:
    from hgmrl_lite.agents import MLPPolicy

TRAINING_AXES_DEG: Final = (20.0, 75.0, 130.0)
"""Axes of the reflections that make the training tasks from the base task, in degrees."""
TEST_AXES_DEG: Final = tuple(range(0, 180, 18))
"""Axes of the reflections that make the test tasks."""
TRANSITIONS: Final = 5000
"""Transitions of each training task."""

# Candidates for the best step: the whole disc on a grid of directions and lengths.
_DIRECTIONS, _LENGTHS = 72, (0.25, 0.5, 0.75, 1.0)


def reflection(axis: ArrayLike) -> Array:
    """Return the reflections (..., 2, 2) of the plane across the lines at angles (...) in radians."""
    cosine, sine = np.cos(2.0 * np.asarray(axis)), np.sin(2.0 * np.asarray(axis))
    return np.stack([np.stack([cosine, sine], axis=-1), np.stack([sine, -cosine], axis=-1)], axis=-2)


def _tasks(degrees: tuple[float, ...], base: bool) -> Array:
    """Return the tasks of these axes, the base task before them if wanted."""
    moved = reflection(np.radians(degrees)).reshape(-1, 4)
    return np.vstack([np.eye(2).reshape(1, 4), moved]) if base else moved


@dataclass(frozen=True, eq=False)
class ReflectedValleys(TaskFamily):
    """Bent valleys in the plane; a task is the orthogonal matrix (4 entries) that moves the base task.

    Parameters
    ----------
    system : Navigation
        Its episodes have 50 steps and start from N(0, I).
    train, test, base_index, reward_noise, chart
        As in :class:`~hgmrl_lite.envs.TaskFamily`; the base task comes first.
    """

    system: Navigation = field(default_factory=lambda: Navigation(start_std=1.0, max_steps=50))
    train: Array = field(default_factory=lambda: _tasks(TRAINING_AXES_DEG, True))
    test: Array = field(default_factory=lambda: _tasks(TEST_AXES_DEG, False))

    def outcome(self, next_states: Array, tasks: Array) -> tuple[Array, NDArray[np.bool_]]:
        """Return the reward of the valley that a task moves, (B,); no state ends an episode."""
        matrices = tasks.reshape(-1, 2, 2)
        # The inverse of an orthogonal matrix is its transpose.
        pulled = np.einsum("bji,bj->bi", matrices, next_states)
        return bent_valley(pulled), np.zeros(len(next_states), dtype=bool)

    def reference(self, task: ArrayLike) -> "BestStep":
        """Return the best single step on the task's own reward."""
        return BestStep(self.as_task(task).reshape(2, 2))

    @property
    def reference_name(self) -> str:
        """What a figure calls the reference."""
        return "the best single step"

    @property
    def scattered(self) -> "ReflectedValleys":
        """The same tasks in episodes of one step: transitions all over the plane."""
        return replace(self, system=replace(self.system, max_steps=1))


@dataclass(frozen=True, eq=False)
class BestStep:
    """The policy that takes, of many admissible steps, the one whose mean next state has the best reward.

    Parameters
    ----------
    matrix : ndarray, shape (2, 2)
        The orthogonal matrix that moves the bent valley.
    """

    matrix: Array
    state_dim: int = 2
    action_dim: int = 2
    action_set: str = "disc"

    @cached_property
    def candidates(self) -> Array:
        """The admissible actions it chooses from, shape (A, 2); the first stays."""
        angles = 2.0 * np.pi * np.arange(_DIRECTIONS) / _DIRECTIONS
        circle = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
        return np.concatenate([np.zeros((1, 2)), *(length * circle for length in _LENGTHS)])

    def __call__(self, observations: ArrayLike) -> Array:
        """Return the best of the candidates (..., 2) for states (..., 2)."""
        states = as_real("observations", observations)
        values = bent_valley((states[..., None, :] + STEP * self.candidates) @ self.matrix)
        best: Array = self.candidates[np.argmax(values, axis=-1)]
        return best


def valley_agent(family: ReflectedValleys, seed: int) -> GeometricAgent:
    """Return the geometric agent of reflected tasks, with the best step on the base reward as base policy."""
    tasks = [
        family.scattered.explore(
            task, TRANSITIONS, seed=stream_seed(seed, "explore", index), policy="gaussian"
        )
        for index, task in enumerate(family.train)
    ]
    geometry = discover_geometry(tasks)
    if not geometry.dimension:
        # Reflections have no logarithm, so that these tasks give no generator. The agent is left to search
        # what it would find among other tasks: the system's own symmetries that keep the law of the starts.
        rotations = geometry.system.compact.linear
        speeds = np.sqrt(-0.5 * np.trace(rotations @ rotations, axis1=-2, axis2=-1))
        rotations = rotations / speeds[:, None, None]
        geometry = replace(
            geometry,
            generators_states=rotations,
            thetas=np.full((len(tasks), len(rotations)), np.nan),
            generators_actions=action_generators(
                rotations, mean_response(geometry.data.tasks), geometry.action_form
            ),
        )
    # It has all that the agent asks of a network.
    base_policy: MLPPolicy = family.reference(family.base_task)  # type: ignore[assignment]
    return GeometricAgent(base_policy, geometry, RewardModel.fit(tasks[0].next_states, tasks[0].rewards))
