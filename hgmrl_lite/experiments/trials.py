"""The units of experiment 5: the geometric agent of one seed under one condition, with what it says.

Among them tasks of a reward without symmetry, which only a reflection relates.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hgmrl_lite._validate import Array, as_real
from hgmrl_lite._verdict import Verdict
from hgmrl_lite.agents import GeometricAgent, MLPPolicy, TransformedPolicy, train_base_policy
from hgmrl_lite.envs import STEP, Navigation, Policy, TaskFamily, bent_valley, goals_at
from hgmrl_lite.experiments.units import Arrays
from hgmrl_lite.hereditary import RewardModel, discover_geometry
from hgmrl_lite.hereditary.generators import action_generators
from hgmrl_lite.meta import Protocol, evaluate, meta_train
from hgmrl_lite.meta.protocol import draw_contexts
from hgmrl_lite.streams import stream_seed

VERDICTS: Final[tuple[Verdict, ...]] = ("yes", "undecided", "no")
"""Whether the agent trusts an adaptation, in the order in which trials count the answers."""
WIND_DEGREES: Final = 60.0
"""Where the wind blows to."""
OFF_CIRCLE_GOALS: Final = 10
"""Test goals on each circle off the training goals'."""
TRAINING_AXES_DEG: Final = (20.0, 75.0, 130.0)
"""Axes of the reflections that make the training tasks from the base task, in degrees."""
TEST_AXES_DEG: Final = tuple(range(0, 180, 18))
"""Axes of the reflections that make the test tasks."""
TRANSITIONS: Final = 5000
"""Transitions of each training task."""

# Candidates for the best step: the whole disc on a grid of directions and lengths.
_DIRECTIONS, _LENGTHS = 72, (0.25, 0.5, 0.75, 1.0)


def symmetry_trial(action_set: str, base_index: int, wind: float, protocol: Protocol) -> Arrays:
    """Train the geometric agent where its system may lack the rotation, and judge it on the test goals."""
    drift = wind * goals_at(np.radians(WIND_DEGREES))
    system = replace(protocol.family.system, action_set=action_set, wind=tuple(drift))  # type: ignore[call-arg] # of Navigation
    protocol = protocol.of_family(system=system, base_index=base_index)
    return judged(meta_train(protocol.family, seed=protocol.seed, progress=False), protocol)


def off_circle_trial(radius: float, protocol: Protocol) -> Arrays:
    """Judge the geometric agent on goals at another radius, beside the true translation."""
    protocol = protocol.of_family(test=off_circle_goals(radius))
    agent = meta_train(protocol.family, seed=protocol.seed, progress=False)
    translated = _translated(agent.base_policy, protocol.family)
    return {**judged(agent, protocol), "regret:true translation": _regret(translated, protocol)[None]}


def reflection_trial(protocol: Protocol) -> Arrays:
    """Judge the geometric agent on tasks that are reflections of the base task."""
    family = ReflectedValleys()
    protocol = replace(protocol, family=family)
    agent = valley_agent(family, protocol.seed)
    told: list[Policy] = [
        TransformedPolicy(agent.base_policy, axis, axis) for axis in family.test.reshape(-1, 2, 2)
    ]
    return {
        **judged(agent, protocol, family.scattered),
        "regret:true reflection": _regret(told, protocol)[None],
    }


def carried_states(radius: float, protocol: Protocol) -> Arrays:
    """Return states that the base policy meets on its task, and when it is translated, in its coordinates."""
    family = replace(protocol.family, test=off_circle_goals(radius))
    policy = train_base_policy(family, seed=protocol.seed, progress=False)
    options: dict[str, Any] = {
        "episodes": 20,
        "seed": stream_seed(protocol.seed, "evaluate"),
        "trajectories": True,
    }
    own = family.rollout(policy, family.base_task[None], **options).trajectories
    translated = family.rollout(_translated(policy, family), family.test, **options).trajectories
    assert own is not None
    assert translated is not None
    pulled = translated - (family.test - family.base_task)[:, None, None]
    return {
        "own": own[np.isfinite(own).all(axis=-1)],
        "translated": pulled[np.isfinite(pulled).all(axis=-1)],
    }


def judged(agent: GeometricAgent, protocol: Protocol, explored: TaskFamily | None = None) -> Arrays:
    """Return regret and verdicts (C, k) over the context draws, from the protocol's family or another."""
    regret, verdicts = [], []
    for draw in range(protocol.contexts):
        contexts = draw_contexts(explored or protocol.family, protocol.seed, draw, agent.context_size)
        inferences = [agent.infer(context) for context in contexts]
        regret.append(_regret([agent.policy_for(inference) for inference in inferences], protocol))
        verdicts.append([VERDICTS.index(agent.trust(inference).verdict) for inference in inferences])
    return {"regret:geometric": np.array(regret), "verdicts:geometric": np.array(verdicts)}


def _translated(policy: Policy, family: TaskFamily) -> list[Policy]:
    """Return the base policy carried to each test goal by the translation from the base goal."""
    return [translation(policy, goal - family.base_task) for goal in family.test]


def translation(policy: Policy, shift: Array) -> TransformedPolicy:
    """Return the policy carried by the translation by ``shift`` (2,), which leaves actions as they are."""
    matrix = np.eye(3)
    matrix[:2, 2] = shift
    return TransformedPolicy(policy, matrix, np.eye(2))


def off_circle_goals(radius: float) -> Array:
    """Return the test goals at a distance from the origin, shape (10, 2)."""
    return goals_at(2.0 * np.pi * np.arange(OFF_CIRCLE_GOALS) / OFF_CIRCLE_GOALS, radius)


def _regret(policies: Sequence[Policy], protocol: Protocol) -> Array:
    """Return each policy's mean regret on its test task, shape (k,)."""
    played = evaluate(protocol.family, policies, episodes=protocol.episodes, seed=protocol.seed)
    return played.regret_by_task


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
                geometry.system.partners(rotations), geometry.action_form, rotations
            ),
        )
    # It has all that the agent asks of a network.
    base_policy: MLPPolicy = family.reference(family.base_task)  # type: ignore[assignment]
    return GeometricAgent(base_policy, geometry, RewardModel.fit(tasks[0].next_states, tasks[0].rewards))
