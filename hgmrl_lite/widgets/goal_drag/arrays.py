"""What GoalDrag's JavaScript computes with: the agents as plain arrays, and the noise of the episodes."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from hgmrl_lite import lie
from hgmrl_lite._looks import look
from hgmrl_lite._validate import Array, as_array
from hgmrl_lite.agents import GeometricAgent, GoalConditionedAgent, MLPPolicy, NearestTaskAgent
from hgmrl_lite.envs import ARENA, STEP, NavigationTasks
from hgmrl_lite.widgets.base import context_seed

Rival = NearestTaskAgent | GoalConditionedAgent

# A goal out of reach: no episode ends on the way to it, so all of its noise is seen.
_FAR = (ARENA, ARENA)


def agent_arrays(agent: GeometricAgent) -> dict[str, Array]:
    """Return the policy's layers, the generator on states and actions, and the reward model."""
    policy, model = agent.base_policy, agent.reward_model
    assert model.misfit is not None
    return {
        **network_arrays(policy),
        "generator_states": agent.generator_states,
        "generator_actions": agent.generator_actions,
        "centres": model.centres,
        "weights": model.weights,
        "linear": model.linear,
        "misfit": model.misfit,
    }


def episode_arrays(family: NavigationTasks, episodes: int, seed: int) -> dict[str, Array]:
    """Return ``starts`` (E, 2) and ``noise`` (E, H, 2) of the episodes of the family's ``rollout``."""
    # An agent that stands still shows the noise that every agent will meet.
    paths = family.rollout(
        lambda states: np.zeros(np.shape(states)), [_FAR], episodes=episodes, seed=seed, trajectories=True
    ).trajectories
    assert paths is not None
    return {"starts": paths[0, :, 0], "noise": np.diff(paths[0], axis=1) - family.system.wind}


def exploration_arrays(
    family: NavigationTasks, draws: int, steps: int, reach: float, seed: int
) -> dict[str, Array]:
    """Return the noise of the explorations of the family's ``explore``, whatever the goal.

    Parameters
    ----------
    family : NavigationTasks
        The family.
    draws : int
        How many explorations, D.
    steps : int
        Random steps of each.
    reach : float
        Distance from the start to the nearest goal.
    seed : int
        Seed, with the number of the draw: see :func:`hgmrl_lite.widgets.base.context_seed`.

    Returns
    -------
    dict
        ``explore_starts`` (D, E, 2), ``explore_actions`` and ``explore_noise`` (D, E, H, 2): the E episodes
        that an exploration may come to by arriving early.
    """
    system = family.system
    horizon = min(steps, system.max_steps)
    # Two more episodes than arrivals at full speed would end.
    fastest = reach / (STEP + float(np.linalg.norm(system.wind)))
    episodes = 2 + int(np.ceil(steps / min(horizon, fastest)))
    arrays: dict[str, list[Array]] = {"explore_starts": [], "explore_actions": [], "explore_noise": []}
    for draw in range(draws):
        seen = family.explore(_FAR, episodes * system.max_steps, seed=context_seed(seed, draw))
        noise = seen.next_states - system.mean_next_state(seen.states, seen.actions)
        shape = (episodes, system.max_steps, 2)
        arrays["explore_starts"].append(seen.states.reshape(shape)[:, 0])
        arrays["explore_actions"].append(seen.actions.reshape(shape)[:, :horizon])
        arrays["explore_noise"].append(noise.reshape(shape)[:, :horizon])
    return {name: np.array(values) for name, values in arrays.items()}


def check_planar(agent: GeometricAgent) -> None:
    """Raise a ValueError unless the agent is one of the plane whose group closes after 2π."""
    policy = agent.base_policy
    if (policy.state_dim, policy.action_dim) != (2, 2):
        raise ValueError(
            "agent.base_policy must map the plane to the plane, got dimensions "
            f"{policy.state_dim} to {policy.action_dim}"
        )
    as_array("agent.generator_actions", agent.generator_actions, (2, 2))
    generator = as_array("agent.generator_states", agent.generator_states, (2, 2))
    if np.abs(lie.exp(2.0 * np.pi * generator) - np.eye(2)).max() > 1e-6:
        raise ValueError(f"agent.generator_states must close after 2π: exp(2πW) = I; got W =\n{generator}")
    dimension = agent.reward_model.along.shape[1]
    if dimension != 2:
        raise ValueError(f"agent.reward_model must take points of the plane, got dimension {dimension}")


def rival_arrays(
    rivals: Sequence[Rival], action_set: str | None
) -> tuple[dict[str, Array], list[dict[str, Any]]]:
    """Return the arrays of each rival, by names that begin with its number, and its description.

    Parameters
    ----------
    rivals : sequence of NearestTaskAgent or GoalConditionedAgent
        Trained agents of the plane, each name once.
    action_set : {"disc", "box"}
        The admissible actions of the widget's environment.

    Returns
    -------
    arrays : dict of str to ndarray
        Networks, and for the nearest task's agent the reward models.
    descriptions : list of dict
        For each rival ``name``, ``kind`` (its colour), ``how`` it finds its policy, whether it is ``told``
        the goal, and its number of ``networks``.

    Raises
    ------
    ValueError
        When a rival is of another kind or of other admissible actions, or a name comes twice.
    """
    names = [getattr(rival, "name", type(rival).__name__) for rival in rivals]
    if len(set(names)) < len(names):
        raise ValueError(f"rivals must have different names, got {names}")
    arrays: dict[str, Array] = {}
    descriptions: list[dict[str, Any]] = []
    for number, rival in enumerate(rivals):
        if isinstance(rival, NearestTaskAgent):
            how, networks = "nearest", rival.policies
            for k, model in enumerate(rival.reward_models):
                parts = {"centres": model.centres, "weights": model.weights, "linear": model.linear}
                arrays |= {f"rival_{number}_{k}_{name}": part for name, part in parts.items()}
        elif isinstance(rival, GoalConditionedAgent):
            how, networks = "goal", (rival.network,)
        else:
            raise ValueError(
                "rivals must be NearestTaskAgent or GoalConditionedAgent, "
                f"got {type(rival).__name__} ({names[number]!r})"
            )
        for k, network in enumerate(networks):
            if network.action_set != action_set:
                raise ValueError(
                    f"rivals must have the agent's admissible actions, {action_set!r}; "
                    f"{names[number]!r} has {network.action_set!r}"
                )
            arrays |= network_arrays(network, f"rival_{number}_{k}_")
        descriptions.append(
            {
                "name": rival.name,
                "kind": look(rival.name).kind,
                "how": how,
                "told": rival.uses_goal,
                "networks": len(networks),
            }
        )
    return arrays, descriptions


def network_arrays(network: MLPPolicy, prefix: str = "") -> dict[str, Array]:
    """Return a network's layers by name."""
    return {
        **{f"{prefix}weight_{k}": weight for k, weight in enumerate(network.weights)},
        **{f"{prefix}bias_{k}": bias for k, bias in enumerate(network.biases)},
    }
