"""Independent transitions of a point in R^n under any reward: for counterexamples, and beyond the plane."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_array, as_count
from hgmrl_lite.envs.navigation import NOISE, STEP
from hgmrl_lite.envs.system import as_deviation, project_action
from hgmrl_lite.transitions import Transitions


def sample_transitions(
    reward: Callable[[Array], ArrayLike],
    number: int,
    *,
    seed: int,
    n: int = 2,
    action_set: str | None = "disc",
    noise: float = NOISE,
    spread: float = 1.0,
    wind: ArrayLike | None = None,
    reward_noise: float = 0.0,
) -> Transitions:
    """Draw independent transitions of point navigation in R^n.

    States are drawn from N(0, spread² I), raw actions from N(0, I), and s' = s + 0.1 · proj(a) + wind +
    noise · z. Every state begins an episode of its own, so the start law is the law of the states, and no
    transition terminates.

    Parameters
    ----------
    reward : callable
        From next states (N, n) to rewards (N,).
    number : int
        How many transitions, N.
    seed : int
        Seed of all draws.
    n : int, optional
        Dimension of states and actions.
    action_set : {"disc", "box"} or None, optional
        Admissible actions: the unit ball, the cube [-1, 1]^n, or all.
    noise, spread, reward_noise : float, optional
        Standard deviations of the motion noise and of the states, per coordinate, and of the reward.
    wind : array_like, shape (n,), optional
        A constant drift, in units of the state.

    Returns
    -------
    Transitions

    Raises
    ------
    ValueError
        When a number is out of range, or the reward returns another shape, NaN or infinity.

    Examples
    --------
    >>> sample_transitions(lambda points: -np.linalg.norm(points - [1, 0, 0], axis=1), 100, seed=0, n=3)
    Transitions(N=100, n=3, m=3)
    """
    number, n = as_count("number", number), as_count("n", n)
    for name, value in (("noise", noise), ("spread", spread), ("reward_noise", reward_noise)):
        as_deviation(name, value)
    drift = np.zeros(n) if wind is None else as_array("wind", wind, (n,))
    rng = np.random.default_rng(as_count("seed", seed, 0))
    states = spread * rng.standard_normal((number, n))
    actions = rng.standard_normal((number, n))
    moved = STEP * project_action(actions, action_set)
    next_states = states + moved + drift + noise * rng.standard_normal((number, n))
    rewards = as_array("the rewards", reward(next_states), (number,))
    return Transitions(states, actions, rewards + reward_noise * rng.standard_normal(number), next_states)


def bent_valley(points: ArrayLike) -> Array:
    """Return a reward of the plane with no symmetry of its own: a bent, lopsided valley.

    With u = x − 0.8 and v = y − 0.3 − 0.4 u² − 0.15 u³ it is −(u² / 2 + 2 v²). No affine map but the identity
    keeps it, so a map between two images of it is unique; a round goal cannot tell a reflection from a
    rotation.

    Parameters
    ----------
    points : array_like, shape (..., 2)
        Where.

    Returns
    -------
    ndarray, shape (...)
    """
    points = as_array("points", points, ("...", 2))
    u = points[..., 0] - 0.8
    v = points[..., 1] - 0.3 - 0.4 * u**2 - 0.15 * u**3
    return -(0.5 * u**2 + 2.0 * v**2)
