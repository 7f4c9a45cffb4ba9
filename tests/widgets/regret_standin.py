"""A result of experiment 1 for widget tests: greedy policies in place of trained ones, truly measured."""

import dataclasses
import functools

import numpy as np

from hgmrl_lite.envs import circle_tasks, navigation, training_tasks
from hgmrl_lite.experiments import RegretByDistance
from hgmrl_lite.meta import AgentResult, Protocol

PROTOCOL = Protocol(navigation(test=circle_tasks(12)), episodes=20, contexts=3, seeds=(0,))


def measured(name, aims, goals, *, contexts=1, told=False):
    """Return the result of an agent that walks to its aims (C, k, 2), one set of them a context draw."""
    family = PROTOCOL.family
    best = family.rollout(
        [family.reference(goal) for goal in goals], goals, episodes=PROTOCOL.episodes
    ).returns
    played = [
        family.rollout(
            [family.reference(aim) for aim in aims[draw]],
            goals,
            episodes=PROTOCOL.episodes,
            trajectories=True,
        )
        for draw in range(contexts)
    ]
    return AgentResult(
        name,
        env_steps=20_000,
        context_size=20 if contexts > 1 else 0,
        uses_goal=told,
        tasks=goals,
        regret=np.stack([best - each.returns for each in played], axis=1)[None],
        success=np.stack([each.success for each in played], axis=1)[None],
        paths=played[0].trajectories[:, :8].astype(np.float32),
    )


@functools.cache
def standin_result():
    """Return four agents: near the goal, at the base goal, at the nearest training goal, an upper bound."""
    goals, training = PROTOCOL.family.test, training_tasks()
    jitter = 0.08 * np.random.default_rng(0).normal(size=(3, *goals.shape))
    nearest = training[np.argmax(goals @ training.T, axis=1)]
    base = np.broadcast_to(training[0], goals.shape)
    few = goals[::4]
    return RegretByDistance(
        PROTOCOL,
        (
            measured("geometric", goals + jitter, goals, contexts=3),
            measured("base policy", base[None], goals),
            measured("nearest task", nearest[None], goals),
            measured("trained on the test task", few[None], few, told=True),
        ),
        measured("greedy reference", goals[None], goals, told=True),
    )


@functools.cache
def whole_result():
    """Return every agent of the quick form; the geometric one and the true rotation do equally well."""
    few, goals = standin_result(), PROTOCOL.family.test
    others = [measured(name, goals[None], goals) for name in ("goal-conditioned", "CCM")]
    rotation = measured("true rotation", goals[None], goals, told=True)
    return dataclasses.replace(few, agents=(*few.agents[:3], *others, rotation))
