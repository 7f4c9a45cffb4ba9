"""Transitions of one task: what exploration hands to discovery and to test-time inference."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hgmrl_lite._validate import Array, as_array


@dataclass(frozen=True)
class Transitions:
    """A batch of N transitions (s, a, r, s') of one task.

    Parameters
    ----------
    states : array_like, shape (N, n)
        States s.
    actions : array_like, shape (N, m)
        Raw actions a, as the policy gave them: before the environment projects them.
    rewards : array_like, shape (N,)
        Rewards r.
    next_states : array_like, shape (N, n)
        Next states s'; a terminal transition keeps its own, never the one after the reset.
    terminated : array_like of bool, shape (N,), optional
        Whether the transition ended the task; all False when left out.

    Raises
    ------
    ValueError
        When the arrays disagree in length, are empty, or hold NaN or infinity.
    """

    states: Array
    actions: Array
    rewards: Array
    next_states: Array
    terminated: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        states = as_array("states", self.states, ("N", "n"))
        actions = as_array("actions", self.actions, ("N", "m"))
        rewards = as_array("rewards", self.rewards, ("N",))
        next_states = as_array("next_states", self.next_states, ("N", states.shape[1]))
        terminated = (
            np.zeros(len(states), dtype=bool)
            if self.terminated is None
            else np.asarray(self.terminated, dtype=bool)
        )
        lengths = [
            len(states),
            len(actions),
            len(rewards),
            len(next_states),
            terminated.shape[0] if terminated.ndim else -1,
        ]
        if len(set(lengths)) != 1 or terminated.ndim != 1:
            raise ValueError(
                "states, actions, rewards, next_states and terminated must have one length N, got "
                f"{lengths[0]}, {lengths[1]}, {lengths[2]}, {lengths[3]} and shape {terminated.shape}"
            )
        if not len(states):
            raise ValueError("transitions must hold at least one transition, got none")
        for name, value in zip(
            ("states", "actions", "rewards", "next_states", "terminated"),
            (states, actions, rewards, next_states, terminated),
            strict=True,
        ):
            object.__setattr__(self, name, value)

    def __len__(self) -> int:
        """Return N."""
        return len(self.states)

    def __getitem__(self, index: slice | NDArray[np.int_]) -> "Transitions":
        """Return the transitions at a slice or an index array."""
        assert self.terminated is not None
        return Transitions(
            self.states[index],
            self.actions[index],
            self.rewards[index],
            self.next_states[index],
            self.terminated[index],
        )

    @property
    def starts(self) -> Array:
        """States that begin an episode, shape (k, n): those that the transition before did not lead to."""
        begins = np.ones(len(self), dtype=bool)
        begins[1:] = (self.states[1:] != self.next_states[:-1]).any(axis=1)
        return self.states[begins]

    def with_rewards(self, reward: Callable[[Array], ArrayLike]) -> "Transitions":
        """Return the same motion under another reward, a function of next states (N, n) with values (N,)."""
        assert self.terminated is not None
        rewards = as_array("the rewards", reward(self.next_states), (len(self),))
        return Transitions(self.states, self.actions, rewards, self.next_states, self.terminated)

    def __repr__(self) -> str:
        """Tell how many there are and of what dimensions."""
        return f"Transitions(N={len(self)}, n={self.states.shape[1]}, m={self.actions.shape[1]})"
