"""What GoalDrag's JavaScript computes with: the agents as plain arrays, and the noise of the episodes."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from hgmrl_lite._looks import look
from hgmrl_lite._validate import Array
from hgmrl_lite.agents import GeometricAgent, GoalConditionedAgent, MLPPolicy, NearestTaskAgent
from hgmrl_lite.widgets.base import context_seed
from hgmrl_lite.widgets.goal_drag.scenes import Scene

Rival = NearestTaskAgent | GoalConditionedAgent


def agent_arrays(agent: GeometricAgent) -> dict[str, Array]:
    """Return the policy's layers and the reward model; what the group is, the scene adds."""
    policy, model = agent.base_policy, agent.reward_model
    return {
        **network_arrays(policy),
        "centres": model.centres,
        "weights": model.weights,
        "linear": model.linear,
        "misfit": model.misfit,
    }


def episode_arrays(scene: Scene, episodes: int, seed: int) -> dict[str, Array]:
    """Return ``starts`` (E, n) and ``noise`` (E, H, n) of the episodes of the family's ``rollout``.

    No episode ends on the way to a goal out of reach, so all of its noise is seen.
    """
    family = scene.family
    # An agent that stands still shows the noise that every agent will meet.
    rest = np.zeros(family.action_dim)
    paths = family.rollout(
        lambda states: np.tile(rest, (len(np.asarray(states)), 1)),
        [scene.far],
        episodes=episodes,
        seed=seed,
        trajectories=True,
    ).trajectories
    assert paths is not None
    before, after = paths[0, :, :-1], paths[0, :, 1:]
    still = np.broadcast_to(rest, (*before.shape[:-1], len(rest)))
    return {
        "starts": paths[0, :, 0],
        "noise": scene.noise(family.system.mean_next_state(before, still), after),
    }


def exploration_arrays(scene: Scene, draws: int, steps: int, seed: int) -> dict[str, Array]:
    """Return the noise of the explorations of the family's ``explore``, whatever the goal.

    Parameters
    ----------
    scene : Scene
        Where the tasks are.
    draws : int
        How many explorations, D.
    steps : int
        Random steps of each.
    seed : int
        Seed, with the number of the draw: see :func:`hgmrl_lite.widgets.base.context_seed`.

    Returns
    -------
    dict
        ``explore_starts`` (D, E, n), ``explore_actions`` (D, E, H, m) and ``explore_noise`` (D, E, H, n): the
        E episodes that an exploration may come to by arriving early.
    """
    family, system = scene.family, scene.family.system
    horizon = min(steps, system.max_steps)
    # Two more episodes than arrivals at full speed would end.
    episodes = 2 + int(np.ceil(steps / min(horizon, scene.least_steps)))
    arrays: dict[str, list[Array]] = {"explore_starts": [], "explore_actions": [], "explore_noise": []}
    for draw in range(draws):
        seen = family.explore(scene.far, episodes * system.max_steps, seed=context_seed(seed, draw))
        noise = scene.noise(system.mean_next_state(seen.states, seen.actions), seen.next_states)
        states, actions, noise = (
            rows.reshape(episodes, system.max_steps, -1) for rows in (seen.states, seen.actions, noise)
        )
        arrays["explore_starts"].append(states[:, 0])
        arrays["explore_actions"].append(actions[:, :horizon])
        arrays["explore_noise"].append(noise[:, :horizon])
    return {name: np.array(values) for name, values in arrays.items()}


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
