"""Tasks of a reward without symmetry that only a reflection relates, with policies and regret for them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_real
from hgmrl_lite.actions import LinearAction
from hgmrl_lite.agents import GeometricAgent
from hgmrl_lite.envs import NOISE, STEP, Policy, bent_valley, project_action, sample_transitions
from hgmrl_lite.hereditary import RewardModel, discover_geometry
from hgmrl_lite.hereditary.generators import action_generators, mean_response
from hgmrl_lite.streams import stream_seed
from hgmrl_lite.transitions import Transitions

if TYPE_CHECKING:
    from hgmrl_lite.agents import MLPPolicy

Reward = Callable[[Array], Array]

TRAINING_AXES_DEG: Final = (20.0, 75.0, 130.0)
"""Axes of the reflections that make the training tasks from the base task, in degrees."""
TEST_AXES_DEG: Final = tuple(range(0, 180, 18))
"""Axes of the reflections that make the test tasks."""
STEPS: Final = 50
"""Length of an episode."""
SPREAD: Final = 1.0
"""Standard deviation of the start state, per coordinate."""
TRANSITIONS: Final = 5000
"""Transitions of each training task."""

# Candidates for the best step: the whole disc on a grid of directions and lengths.
_DIRECTIONS, _LENGTHS = 72, (0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, eq=False)
class BestStep:
    """The policy that takes, of many admissible steps, the one whose mean next state has the best reward.

    Parameters
    ----------
    reward : callable
        From next states (..., 2) to rewards (...).
    """

    reward: Reward
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
        values = self.reward(states[..., None, :] + STEP * self.candidates)
        best: Array = self.candidates[np.argmax(values, axis=-1)]
        return best


@dataclass(frozen=True, eq=False)
class ReflectedTasks:
    """Test tasks that are reflections of the base task, and the geometric agent trained on such tasks.

    Parameters
    ----------
    agent : GeometricAgent
        With the best step on the base reward as its base policy.
    axes : ndarray, shape (k, 2, 2)
        The reflections that make the test tasks.
    """

    agent: GeometricAgent
    axes: Array

    def reward(self, index: int) -> Reward:
        """Return a test task's reward."""
        return reflected_valley(self.axes[index])

    def context(self, index: int, seed: int) -> Transitions:
        """Explore a test task."""
        return sample_transitions(self.reward(index), self.agent.context_size, seed=seed, spread=SPREAD)

    def regret(self, policies: Sequence[Policy], episodes: int, seed: int) -> Array:
        """Return each policy's mean regret (k,) against the best step on its task's own reward."""
        rng = np.random.default_rng(seed)
        starts = SPREAD * rng.standard_normal((episodes, 2))
        noise = NOISE * rng.standard_normal((STEPS, episodes, 2))
        rewards = [self.reward(index) for index in range(len(policies))]
        return np.array(
            [
                (
                    _returns(BestStep(reward), reward, starts, noise)
                    - _returns(policy, reward, starts, noise)
                ).mean()
                for policy, reward in zip(policies, rewards, strict=True)
            ]
        )


def reflected_tasks(seed: int) -> ReflectedTasks:
    """Discover the geometry of reflected tasks and make the geometric agent and the test tasks."""
    maps = [np.eye(2), *(reflection(np.radians(degrees)) for degrees in TRAINING_AXES_DEG)]
    tasks = [
        sample_transitions(
            reflected_valley(matrix), TRANSITIONS, seed=stream_seed(seed, "explore", index), spread=SPREAD
        )
        for index, matrix in enumerate(maps)
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
    base_policy: MLPPolicy = BestStep(bent_valley)  # type: ignore[assignment]
    agent = GeometricAgent(base_policy, geometry, RewardModel.fit(tasks[0].next_states, tasks[0].rewards))
    return ReflectedTasks(agent, np.array([reflection(np.radians(degrees)) for degrees in TEST_AXES_DEG]))


def reflected_valley(matrix: Array) -> Reward:
    """Return the bent valley, moved by a linear map (2, 2)."""
    return LinearAction(matrix).on_function(bent_valley)


def reflection(axis: float) -> Array:
    """Return the reflection of the plane across the line at an angle in radians, shape (2, 2)."""
    cosine, sine = np.cos(2.0 * axis), np.sin(2.0 * axis)
    return np.array([[cosine, sine], [sine, -cosine]])


def _returns(policy: Policy, reward: Reward, starts: Array, noise: Array) -> Array:
    """Return the returns (E,) of episodes from these starts in this noise (T, E, 2)."""
    states, total = starts, np.zeros(len(starts))
    for step in noise:
        states = states + STEP * project_action(policy(states)) + step
        total += reward(states)
    return total
