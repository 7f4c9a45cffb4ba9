"""What GoalDrag's JavaScript computes with: the agent as plain arrays, and the noise of the episodes."""

import numpy as np

from hgmrl_lite import lie
from hgmrl_lite._validate import Array, as_array
from hgmrl_lite.agents.geometric import GeometricAgent
from hgmrl_lite.envs import ARENA, STEP, NavigationTasks
from hgmrl_lite.widgets.goal_drag.rivals import network_arrays

# A goal out of reach: no episode ends on the way to it, so all of its noise is seen.
_FAR = (ARENA, ARENA)


def context_seed(seed: int, draw: int) -> int:
    """Return the seed of one of the explorations."""
    return int(np.random.SeedSequence([seed, draw]).generate_state(1)[0])


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
        Seed, with the number of the draw: see :func:`context_seed`.

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
    dimension = agent.reward_model.centres.shape[1]
    if dimension != 2:
        raise ValueError(f"agent.reward_model must take points of the plane, got dimension {dimension}")
