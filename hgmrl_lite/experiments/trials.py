"""The units of experiment 5: the geometric agent of one seed under one condition, with what it says."""

from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hgmrl_lite._validate import Array
from hgmrl_lite.agents import GeometricAgent, TransformedPolicy, train_base_policy
from hgmrl_lite.envs import Policy, TaskFamily, goals_at
from hgmrl_lite.experiments.reflections import ReflectedValleys, valley_agent
from hgmrl_lite.meta import Protocol, evaluate, meta_train
from hgmrl_lite.meta.runs import draw_contexts
from hgmrl_lite.streams import stream_seed

VERDICTS: Final = ("trusted", "undecided", "not trusted")
"""What the agent can say of an adaptation."""
WIND_DEGREES: Final = 60.0
"""Where the wind blows to."""
OFF_CIRCLE_GOALS: Final = 10
"""Test goals on each circle off the training goals'."""

Arrays = dict[str, NDArray[Any]]


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
        policies, said = _adapted(agent, contexts)
        regret.append(_regret(policies, protocol))
        verdicts.append(said)
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


def _adapted(agent: "GeometricAgent", contexts: list[Any]) -> tuple[list[Policy], list[int]]:
    """Return the agent's policy for each context, and what it says of it."""
    inferences = [agent.infer(context) for context in contexts]
    policies: list[Policy] = [agent.policy_for(inference) for inference in inferences]
    return policies, [VERDICTS.index(agent.trust(inference).verdict) for inference in inferences]


def _regret(policies: list[Policy], protocol: Protocol) -> Array:
    """Return each policy's mean regret on its test task, shape (k,)."""
    played = evaluate(protocol.family, policies, episodes=protocol.episodes, seed=protocol.seed)
    return played.regret_by_task
