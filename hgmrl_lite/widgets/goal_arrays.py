"""What GoalDrag's JavaScript computes with: the agent as plain arrays, and the noise of the episodes."""

import numpy as np

from hgmrl_lite._validate import Array
from hgmrl_lite.agents.geometric import GeometricAgent
from hgmrl_lite.envs import ARENA, STEP, NavigationDynamics, explore, rollout

# A goal out of reach: no episode ends on the way to it, so all of its noise is seen.
_FAR = (ARENA, ARENA)


def context_seed(seed: int, draw: int) -> int:
    """Return the seed of one of the explorations."""
    return int(np.random.SeedSequence([seed, draw]).generate_state(1)[0])


def agent_arrays(agent: GeometricAgent) -> dict[str, Array]:
    """Return the policy's layers, the generator on states and actions, and the reward model."""
    policy, model = agent.base_policy, agent.reward_model
    return {
        **{f"weight_{k}": weight for k, weight in enumerate(policy.weights)},
        **{f"bias_{k}": bias for k, bias in enumerate(policy.biases)},
        "generator_states": agent.generator_states,
        "generator_actions": agent.generator_actions,
        "centres": model.centres,
        "weights": model.weights,
        "linear": model.linear,
        "misfit": model.misfit,
    }


def episode_arrays(action_set: str, episodes: int, seed: int) -> dict[str, Array]:
    """Return ``starts`` (E, 2) and ``noise`` (E, H, 2) of the episodes of :func:`hgmrl_lite.envs.rollout`."""
    # An agent that stands still shows the noise that every agent will meet.
    paths = rollout(
        lambda states: np.zeros_like(states),
        [_FAR],
        episodes=episodes,
        seed=seed,
        action_set=action_set,
        trajectories=True,
    ).trajectories
    assert paths is not None
    return {"starts": paths[0, :, 0], "noise": np.diff(paths[0], axis=1)}


def exploration_arrays(action_set: str, draws: int, steps: int, reach: float, seed: int) -> dict[str, Array]:
    """Return the noise of the explorations of :func:`hgmrl_lite.envs.explore`, whatever the goal.

    Parameters
    ----------
    action_set : {"disc", "box"}
        Admissible actions.
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
    dynamics = NavigationDynamics(action_set)
    horizon = min(steps, dynamics.max_steps)
    # Two more episodes than arrivals at full speed would end.
    episodes = 2 + int(np.ceil(steps / min(horizon, reach / STEP)))
    arrays: dict[str, list[Array]] = {"explore_starts": [], "explore_actions": [], "explore_noise": []}
    for draw in range(draws):
        seen = explore(
            _FAR, episodes * dynamics.max_steps, seed=context_seed(seed, draw), action_set=action_set
        )
        noise = seen.next_states - dynamics.mean_next_state(seen.states, seen.actions)
        shape = (episodes, dynamics.max_steps, 2)
        arrays["explore_starts"].append(seen.states.reshape(shape)[:, 0])
        arrays["explore_actions"].append(seen.actions.reshape(shape)[:, :horizon])
        arrays["explore_noise"].append(noise.reshape(shape)[:, :horizon])
    return {name: np.array(values) for name, values in arrays.items()}
