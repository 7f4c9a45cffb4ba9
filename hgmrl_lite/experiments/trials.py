"""The units of experiment 5: the geometric agent of one seed under one condition, with what it says."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from hgmrl_lite._validate import Array
from hgmrl_lite.agents import Policy, TransformedPolicy
from hgmrl_lite.envs import goals_at, rollout, training_tasks
from hgmrl_lite.experiments.reflections import reflected_tasks
from hgmrl_lite.meta import Protocol, meta_train, stream_seed
from hgmrl_lite.meta.runs import draw_context, reference_returns

if TYPE_CHECKING:
    from hgmrl_lite.agents import GeometricAgent

VERDICTS: Final = ("trusted", "undecided", "not trusted")
"""What the agent can say of an adaptation."""
WIND_DEGREES: Final = 60.0
"""Where the wind blows to."""
OFF_CIRCLE_GOALS: Final = 10
"""Test goals on each circle off the training goals'."""

Arrays = dict[str, NDArray[Any]]


def symmetry_trial(action_set: str, base_index: int, wind: float, protocol: Mapping[str, Any]) -> Arrays:
    """Train the geometric agent where its system may lack the rotation, and judge it on the test goals."""
    fixed, seed = _one_seed(protocol)
    drift = wind * goals_at(np.radians(WIND_DEGREES))
    fixed = replace(fixed, action_set=action_set, wind=(float(drift[0]), float(drift[1])))
    agent = meta_train(
        training_tasks(), base_index=base_index, seed=seed, progress=False, **fixed.environment
    )
    return judged(agent, fixed, seed, fixed.goals)


def off_circle_trial(radius: float, protocol: Mapping[str, Any]) -> Arrays:
    """Judge the geometric agent on goals at another radius, beside the true translation."""
    fixed, seed = _one_seed(protocol)
    agent = meta_train(training_tasks(), seed=seed, progress=False, **fixed.environment)
    goals = off_circle_goals(radius)
    translated = [translation(agent.base_policy, goal - training_tasks()[0]) for goal in goals]
    return {
        **judged(agent, fixed, seed, goals),
        "regret:true translation": _regret(translated, fixed, seed, goals)[None],
    }


def reflection_trial(protocol: Mapping[str, Any]) -> Arrays:
    """Judge the geometric agent on tasks that are reflections of the base task."""
    fixed, seed = _one_seed(protocol)
    family = reflected_tasks(seed)
    noise = stream_seed(seed, "evaluate")
    regret, verdicts = [], []
    for draw in range(fixed.contexts):
        contexts = [
            family.context(index, stream_seed(seed, "context", index + 1000 * draw))
            for index in range(len(family.axes))
        ]
        policies, said = _adapted(family.agent, contexts)
        regret.append(family.regret(policies, fixed.episodes, noise))
        verdicts.append(said)
    told = [TransformedPolicy(family.agent.base_policy, axis, axis) for axis in family.axes]
    return {
        "regret:geometric": np.array(regret),
        "verdicts:geometric": np.array(verdicts),
        "regret:true reflection": family.regret(told, fixed.episodes, noise)[None],
    }


def carried_states(radius: float, protocol: Mapping[str, Any]) -> Arrays:
    """Return states that the base policy meets on its task, and when it is translated, in its coordinates."""
    fixed, seed = _one_seed(protocol)
    base_goal = training_tasks()[0]
    agent = meta_train(training_tasks(), seed=seed, progress=False, **fixed.environment)
    goals = off_circle_goals(radius)
    options: dict[str, Any] = {"episodes": 20, "seed": stream_seed(seed, "evaluate"), "trajectories": True}
    own = rollout(agent.base_policy, base_goal[None], **options, **fixed.environment)
    translated = rollout(
        [translation(agent.base_policy, goal - base_goal) for goal in goals],
        goals,
        **options,
        **fixed.environment,
    )
    assert own.trajectories is not None
    assert translated.trajectories is not None
    pulled = translated.trajectories - (goals - base_goal)[:, None, None]
    return {
        "own": own.trajectories[np.isfinite(own.trajectories).all(axis=-1)],
        "translated": pulled[np.isfinite(pulled).all(axis=-1)],
    }


def judged(agent: "GeometricAgent", protocol: Protocol, seed: int, goals: Array) -> Arrays:
    """Return regret and verdicts (C, k) of the geometric agent over the context draws."""
    regret, verdicts = [], []
    for draw in range(protocol.contexts):
        contexts = [
            draw_context(protocol, seed, draw, index, goal, agent.context_size)
            for index, goal in enumerate(goals)
        ]
        policies, said = _adapted(agent, contexts)
        regret.append(_regret(policies, protocol, seed, goals))
        verdicts.append(said)
    return {"regret:geometric": np.array(regret), "verdicts:geometric": np.array(verdicts)}


def translation(policy: Policy, shift: Array) -> TransformedPolicy:
    """Return the policy carried by the translation by ``shift`` (2,), which leaves actions as they are."""
    matrix = np.eye(3)
    matrix[:2, 2] = shift
    return TransformedPolicy(policy, matrix, np.eye(2))


def off_circle_goals(radius: float) -> Array:
    """Return the test goals at a distance from the origin, shape (10, 2)."""
    return goals_at(2.0 * np.pi * np.arange(OFF_CIRCLE_GOALS) / OFF_CIRCLE_GOALS, radius)


def _adapted(agent: "GeometricAgent", contexts: list[Any]) -> tuple[list[Policy], list[int]]:
    """Return the agent's policy for each context, and what it says of it."""
    inferences = [agent.infer(context) for context in contexts]
    policies: list[Policy] = [agent.policy_for(inference) for inference in inferences]
    return policies, [VERDICTS.index(agent.trust(inference).verdict) for inference in inferences]


def _regret(
    policies: list[TransformedPolicy] | list[Policy], protocol: Protocol, seed: int, goals: Array
) -> Array:
    """Return each policy's mean regret on its goal, shape (k,)."""
    best = reference_returns(protocol, seed, goals)
    played = rollout(
        policies,
        goals,
        episodes=protocol.episodes,
        seed=stream_seed(seed, "evaluate"),
        **protocol.environment,
    )
    return (best - played.returns).mean(axis=1)


def _one_seed(protocol: Mapping[str, Any]) -> tuple[Protocol, int]:
    """Return the protocol and its only seed."""
    fixed = Protocol(**protocol)
    (seed,) = fixed.seeds
    return fixed, seed
