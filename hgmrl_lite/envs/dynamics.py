"""The law of 2-D navigation, written once for the single environment, the vectorised one and the rollouts."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_array, as_count, as_real

ARENA: Final = 5.0
"""Half the side of the square onto which the mean next state is clipped."""
STEP: Final = 0.1
"""Length of one unit of action."""
NOISE: Final = 0.05
"""Standard deviation of the motion noise, per coordinate."""
START_STD: Final = 0.05
"""Standard deviation of the start state, per coordinate."""
GOAL_RADIUS: Final = STEP * 2**0.5
"""An episode terminates when the next state is nearer to the goal than this."""
MAX_STEPS: Final = 100
"""An episode is truncated after so many steps."""
ACTION_SETS: Final = ("disc", "box")
"""Admissible actions: the unit disc, or the square [-1, 1]²."""

# NumPy's standard normals, made from 53-bit uniforms, never exceed 12.3 in size: a true bound on the states.
_LARGEST_NORMAL = 13.0


@dataclass(frozen=True)
class NavigationDynamics:
    """Mean, noise and reward of point navigation in the plane, without any state of its own.

    From p the action a leads to p' = T(p, a) + noise · z with z ~ N(0, I) and T(p, a) = clip(p + 0.1 ·
    proj(a) + wind, ±5), where proj maps a to the nearest admissible action. The reward is −‖p' − goal‖. On
    the disc, T commutes with every rotation about the origin (as long as the clip at the border is not met);
    on the box only with quarter turns and reflections; in a wind with no rotation at all. The experiment is
    that of Nitschke and Talebi (2026), arXiv:2603.00396, which uses the box; the disc and the wind are ours.

    Parameters
    ----------
    action_set : {"disc", "box"}
        Admissible actions: the unit disc, or the box [-1, 1]².
    noise : float
        Standard deviation of the motion noise.
    start_std : float
        Standard deviation of the start state, about the origin.
    max_steps : int
        Longest episode.
    reward_noise : float
        Standard deviation of Gaussian noise on the observed reward.
    wind : tuple of float, length 2
        A constant drift in every step, in units of the state.

    Raises
    ------
    ValueError
        When ``action_set`` is unknown, a standard deviation is negative or not finite, ``max_steps`` is no
        whole number of at least 1, or ``wind`` is no vector of the plane.

    Examples
    --------
    >>> NavigationDynamics().mean_next_state([0.0, 0.0], [3.0, 4.0])
    array([0.06, 0.08])
    """

    action_set: str = "disc"
    noise: float = NOISE
    start_std: float = START_STD
    max_steps: int = MAX_STEPS
    reward_noise: float = 0.0
    wind: tuple[float, ...] = (0.0, 0.0)

    def __post_init__(self) -> None:
        if self.action_set not in ACTION_SETS:
            raise ValueError(f"action_set must be one of {ACTION_SETS}, got {self.action_set!r}")
        for name in ("noise", "start_std", "reward_noise"):
            value = float(as_array(name, getattr(self, name), ()))
            if value < 0.0:
                raise ValueError(f"{name} must be a standard deviation of at least 0, got {value}")
            object.__setattr__(self, name, value)
        object.__setattr__(self, "max_steps", as_count("max_steps", self.max_steps))
        object.__setattr__(self, "wind", tuple(as_array("wind", self.wind, (2,)).tolist()))

    @property
    def state_bound(self) -> float:
        """Largest size a coordinate of a state can have."""
        return max(ARENA + _LARGEST_NORMAL * self.noise, _LARGEST_NORMAL * self.start_std)

    def mean_next_state(self, states: ArrayLike, actions: ArrayLike) -> Array:
        """Return T(s, a), shape (..., 2), for states and raw actions (..., 2)."""
        moved = STEP * project_action(actions, self.action_set)
        moved += as_real("states", states)
        if any(self.wind):
            moved += self.wind
        # np.clip does the same in twice the time.
        return np.minimum(np.maximum(moved, -ARENA, out=moved), ARENA, out=moved)

    def next_state(self, states: Array, actions: Array, normals: Array) -> Array:
        """Return T(s, a) + noise · z for standard normals z, all of shape (..., 2)."""
        moved = self.mean_next_state(states, actions)
        moved += self.noise * normals
        return moved

    def start_state(self, normals: Array) -> Array:
        """Return a start state of ρ₀ for each standard normal (..., 2)."""
        return self.start_std * normals

    def draw_episode(
        self, rng: np.random.Generator, out: Array | None = None, out_reward: Array | None = None
    ) -> tuple[Array, Array | None]:
        """Draw all the noise of one episode at once, so that it does not depend on what the agent does.

        Parameters
        ----------
        rng : numpy.random.Generator
            The generator of the episode's environment.
        out, out_reward : ndarray, shape (max_steps + 1, 2) and (max_steps,), optional
            Where to put the numbers.

        Returns
        -------
        normals : ndarray, shape (max_steps + 1, 2)
            Standard normals: row 0 for the start state, row t for step t.
        reward_normals : ndarray, shape (max_steps,), or None
            Standard normals for the observed rewards; None when they are without noise.
        """
        normals = (
            rng.standard_normal((self.max_steps + 1, 2)) if out is None else rng.standard_normal(out=out)
        )
        if not self.reward_noise:
            return normals, None
        if out_reward is None:
            return normals, rng.standard_normal(self.max_steps)
        return normals, rng.standard_normal(out=out_reward)


def project_action(actions: ArrayLike, action_set: str = "disc") -> Array:
    """Return the admissible actions nearest to raw ones.

    Parameters
    ----------
    actions : array_like, shape (..., m)
        Raw actions, in units of the largest step.
    action_set : {"disc", "box"}, optional
        The unit ball, or the cube [-1, 1]^m.

    Returns
    -------
    ndarray, shape (..., m)

    Raises
    ------
    ValueError
        When ``action_set`` is neither.
    """
    actions = as_real("actions", actions)
    if action_set == "disc":
        try:
            with np.errstate(over="raise"):
                norms = _norms(actions)
        except FloatingPointError:
            # Where squares overflow, the direction is that of the action with largest entry 1.
            peak = np.abs(actions).max(axis=-1)
            actions = actions / np.where(peak > 1e150, peak, 1.0)[..., None]
            norms = _norms(actions)
        return actions / np.maximum(norms, 1.0)[..., None]
    if action_set == "box":
        return np.minimum(np.maximum(actions, -1.0), 1.0)
    raise ValueError(f"action_set must be one of {ACTION_SETS}, got {action_set!r}")


def distance(points: Array, goals: Array) -> Array:
    """Return ‖p − goal‖, shape (...), for points and goals (..., 2)."""
    return _norms(points - goals)


def _norms(vectors: Array) -> Array:
    """Return the Euclidean norms (...) of vectors (..., m)."""
    squares = np.square(vectors)
    # Column by column: NumPy's sum over so short an axis takes six times as long.
    total = squares[..., 0]
    for column in range(1, squares.shape[-1]):
        total = total + squares[..., column]
    return np.sqrt(total)


def as_goals(name: str, goals: ArrayLike, shape: tuple[int | str | None, ...]) -> Array:
    """Return goals of the given shape as a new float64 array, checked to lie in the arena.

    Raises
    ------
    ValueError
        When the shape is another, an entry is NaN or infinite, or a goal is outside the square of half side
        5.
    """
    array = as_array(name, goals, shape).copy()
    outside = np.abs(array).max(axis=-1) > ARENA
    if outside.any():
        first = array[outside][0] if array.ndim > 1 else array
        raise ValueError(
            f"{name} must lie in the arena, with coordinates from {-ARENA:g} to {ARENA:g}, "
            f"got {first.tolist()}"
        )
    return array
