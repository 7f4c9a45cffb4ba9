"""A system: how the world moves, whatever the task."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_array, as_count, as_real

ACTION_SETS: Final = ("disc", "box")
"""Admissible actions: the unit ball, or the cube [-1, 1]^m."""

# NumPy's standard normals, made from 53-bit uniforms, never exceed 12.3 in size: a true bound on the states.
LARGEST_NORMAL: Final = 13.0


@dataclass(frozen=True)
class System(ABC):
    """How the world moves: from s the raw action a leads to s' = T(s, a) + noise · z with z ~ N(0, I).

    A subclass gives its name, its dimensions and T; where its noise or its law of the start is another, it
    overrides :meth:`next_state` or :meth:`start_state` as well.

    Parameters
    ----------
    action_set : {"disc", "box"} or None
        Admissible actions: the unit ball, the cube [-1, 1]^m, or all.
    noise : float
        Standard deviation of the motion noise, per coordinate.
    start_std : float
        Standard deviation of the start state about the origin, per coordinate.
    max_steps : int
        Longest episode.

    Raises
    ------
    ValueError
        When ``action_set`` is unknown, a standard deviation is negative or not finite, or ``max_steps`` is no
        whole number of at least 1.
    """

    action_set: str | None = "disc"
    noise: float = 0.05
    start_std: float = 0.05
    max_steps: int = 100

    def __post_init__(self) -> None:
        check_action_set(self.action_set)
        for name in ("noise", "start_std"):
            object.__setattr__(self, name, as_deviation(name, getattr(self, name)))
        object.__setattr__(self, "max_steps", as_count("max_steps", self.max_steps))

    @property
    @abstractmethod
    def name(self) -> str:
        """What the system is called."""

    @property
    @abstractmethod
    def state_dim(self) -> int:
        """Dimension n of the states."""

    @property
    @abstractmethod
    def action_dim(self) -> int:
        """Dimension m of the actions."""

    @abstractmethod
    def mean_next_state(self, states: ArrayLike, actions: ArrayLike) -> Array:
        """Return T(s, a), shape (..., n), for states (..., n) and raw actions (..., m)."""

    def project(self, actions: ArrayLike) -> Array:
        """Return the admissible actions (..., m) nearest to raw ones."""
        return project_action(actions, self.action_set)

    def next_state(self, states: Array, actions: Array, normals: Array) -> Array:
        """Return s' of shape (..., n) for standard normals (..., n)."""
        return self.mean_next_state(states, actions) + self.noise * normals

    def start_state(self, normals: Array) -> Array:
        """Return a start state for each standard normal (..., n)."""
        return self.start_std * normals

    def describe(self) -> str:
        """Return in words what a figure says of the system beside its name."""
        actions = "actions without bound" if self.action_set is None else f"{self.action_set} actions"
        return f"{actions}, motion noise {self.noise:g}"

    @property
    def state_bound(self) -> float:
        """Largest size a coordinate of a state can have; infinite when none is known."""
        return float("inf")


def as_deviation(name: str, value: ArrayLike) -> float:
    """Return a standard deviation as a number, or raise a ValueError when it is not finite or negative."""
    deviation = float(as_array(name, value, ()))
    if deviation < 0.0:
        raise ValueError(f"{name} must be a standard deviation of at least 0, got {deviation}")
    return deviation


def check_action_set(action_set: str | None) -> None:
    """Raise a ValueError when there is no such set of admissible actions."""
    if action_set is not None and action_set not in ACTION_SETS:
        raise ValueError(f"action_set must be one of {ACTION_SETS} or None, got {action_set!r}")


def project_action(actions: ArrayLike, action_set: str | None = "disc") -> Array:
    """Return the admissible actions nearest to raw ones.

    Parameters
    ----------
    actions : array_like, shape (..., m)
        Raw actions, in units of the largest step.
    action_set : {"disc", "box"} or None, optional
        The unit ball, the cube [-1, 1]^m, or all.

    Returns
    -------
    ndarray, shape (..., m)

    Raises
    ------
    ValueError
        When ``action_set`` is none of them.
    """
    actions = as_real("actions", actions)
    check_action_set(action_set)
    if action_set == "disc":
        try:
            with np.errstate(over="raise"):
                norms = norms_of(actions)
        except FloatingPointError:
            # Where squares overflow, the direction is that of the action with largest entry 1.
            peak = np.abs(actions).max(axis=-1)
            actions = actions / np.where(peak > 1e150, peak, 1.0)[..., None]
            norms = norms_of(actions)
        return actions / np.maximum(norms, 1.0)[..., None]
    return np.minimum(np.maximum(actions, -1.0), 1.0) if action_set == "box" else actions.copy()


def norms_of(vectors: Array) -> Array:
    """Return the Euclidean norms (...) of vectors (..., m)."""
    squares = np.square(vectors)
    # Column by column: NumPy's sum over so short an axis takes six times as long.
    total = squares[..., 0]
    for column in range(1, squares.shape[-1]):
        total = total + squares[..., column]
    return np.sqrt(total)
