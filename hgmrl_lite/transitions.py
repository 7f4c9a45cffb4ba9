"""Transitions of one task: what exploration hands to discovery and to test-time inference."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hgmrl_lite._validate import Array, as_array, as_numpy

_NAMES = ("states", "actions", "rewards", "next_states", "terminated")


@dataclass(frozen=True, eq=False)
class Transitions:
    """A batch of N transitions (s, a, r, s') of one task.

    It owns its arrays: what the caller does with the arrays handed over does not reach into it, and its own
    are read-only. So each array is copied once, unless it is read-only all the way down: then it is taken as
    it is, as are slices and the parts that `dataclasses.replace` keeps. For data that fill the memory, freeze
    an array first (``states.flags.writeable = False``), or open it by ``np.load(file, mmap_mode="r")``.

    Two batches are equal only when they are the same object; compare their arrays to compare what is in them.

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
        When the arrays disagree in length, are empty, hold NaN or infinity, complex numbers or masked
        entries, or ``terminated`` holds anything else than True and False.
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
        terminated = np.zeros(len(states), dtype=bool) if self.terminated is None else _flags(self.terminated)
        parts = [states, actions, rewards, next_states, terminated]
        if len({part.shape[:1] for part in parts}) != 1 or terminated.ndim != 1:
            raise ValueError(
                f"{', '.join(_NAMES[:-1])} and {_NAMES[-1]} must have one length N, got "
                f"{', '.join(str(len(part)) for part in parts[:-1])} and shape {terminated.shape}"
            )
        if not len(states):
            raise ValueError("transitions must hold at least one transition, got none")
        for name, part in zip(_NAMES, parts, strict=True):
            object.__setattr__(self, name, _own(part))

    def __len__(self) -> int:
        """Return N."""
        return len(self.states)

    def __getitem__(self, index: slice | NDArray[np.int_]) -> "Transitions":
        """Return the transitions at a slice or an index array."""
        parts: list[Any] = [np.asarray(getattr(self, name)[index]) for name in _NAMES]
        for part in parts:
            # Either a view of what is read-only, or new: there is no need to copy it.
            part.flags.writeable = False
        return Transitions(*parts)

    def __setstate__(self, state: dict[str, NDArray[Any]]) -> None:
        """Take the arrays of a copied or pickled batch, read-only again."""
        for name, values in state.items():
            values.flags.writeable = False
            object.__setattr__(self, name, values)

    @property
    def starts(self) -> Array:
        """States that begin an episode, shape (k, n): those that the transition before did not lead to."""
        begins = np.ones(len(self), dtype=bool)
        begins[1:] = (self.states[1:] != self.next_states[:-1]).any(axis=1)
        return self.states[begins]

    def __repr__(self) -> str:
        """Tell how many there are and of what dimensions."""
        return f"Transitions(N={len(self)}, n={self.states.shape[1]}, m={self.actions.shape[1]})"


def _flags(terminated: ArrayLike) -> NDArray[np.bool_]:
    """Return ``terminated`` as booleans, or raise a ValueError: NaN and texts would count as True."""
    array = as_numpy("terminated", terminated)
    if array.dtype.kind not in "biuf" or not ((array == 0) | (array == 1)).all():
        raise ValueError(f"terminated must hold True and False, got type {array.dtype}")
    return array.astype(bool, copy=False)


def _own(array: NDArray[Any]) -> NDArray[Any]:
    """Return a read-only array that nobody can write to by another name: itself if it is one, or a copy."""
    below: Any = array
    while isinstance(below, np.ndarray):
        if below.flags.writeable:
            array = array.copy()
            array.flags.writeable = False
            break
        below = below.base
    return array
