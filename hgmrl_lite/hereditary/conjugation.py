"""The group of the system, moved to where the tasks' rewards have it.

The law of motion gives the generators only roughly, but it gives their brackets: what is unknown is one
change of frame. All tasks' rewards tell it, and the element of each task, together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hgmrl_lite import lie
from hgmrl_lite._validate import Array
from hgmrl_lite.hereditary.comparison import block_covariance
from hgmrl_lite.hereditary.group import CompactGroup
from hgmrl_lite.hereditary.matching import Matching
from hgmrl_lite.hereditary.search import refine

#: How far, in the frame of the group, the change of frame is expected to be from the identity.
PRIOR = 0.05
#: The longest step, the shortest that counts, and most steps.
LONGEST, ARRIVED, STEPS = 0.3, 1e-5, 8
#: Residuals larger than so many typical ones count less.
BOUNDED = 2.0
#: Share of all that the data tell below which a direction is not seen.
UNSEEN = 1e-14
#: The median of a normal law's sizes, in standard deviations.
MEDIAN = 0.6745


@dataclass(frozen=True, eq=False)
class Matched:
    """What is matched of one task.

    Attributes
    ----------
    matching : Matching
        The residuals, along `everything`.
    places : ndarray, shape (N, n)
        Where in the base task each residual is.
    independent : float
        As how many independent residuals they count at most: what a smooth model leaves over is alike among
        neighbours.
    """

    matching: Matching
    places: Array
    independent: float


def everything(group: CompactGroup) -> Array:
    """Return all directions (n², n, n) in which a matrix can move, orthonormal in the frame of a group."""
    n = len(group.frame.root)
    return group.frame.outside(np.eye(n * n).reshape(n * n, n, n))


@dataclass(frozen=True, eq=False)
class Moved:
    """A group and its elements after they were fitted together.

    Attributes
    ----------
    change : ndarray, shape (n, n)
        C: the group is C G C⁻¹.
    elements : ndarray, shape (k, n, n)
        The L_k.
    spreads : ndarray, shape (k, n², n²)
        Error covariances of ξ in L_k ← exp(ξ) L_k, entries in the frame of the group in rows.
    moves : ndarray, shape (n², n²)
        Error covariance of ε in C ← exp(ε) C, likewise.
    """

    change: Array
    elements: Array
    spreads: Array
    moves: Array


def moved_together(
    group: CompactGroup, change: Array, elements: Array, tasks: Sequence[Matched], law: tuple[Array, Array]
) -> Moved:
    """Return the change of frame, and the elements of the conjugate group, under which all tasks fit best.

    Parameters
    ----------
    group : CompactGroup
        The group, roughly.
    change : ndarray, shape (n, n)
        C, where to begin.
    elements : ndarray, shape (k, n, n)
        Elements of C G C⁻¹ that carry the base task to the others, roughly.
    tasks : sequence of Matched
        What is matched of each task.
    law : tuple of ndarray, shape (d, R, n²) and (d, F, R)
        What the law of motion loses by each of the group's ``directions``, as `SystemSymmetry.losses` has it.
    """
    n = elements.shape[-1]
    start = np.concatenate([change[None], elements])[None]
    together = Together(group, tuple(tasks), law[0], elements)
    found, _, residuals, jacobian = refine(
        together.linearise, start, together.move, together.dimension, LONGEST, ARRIVED, STEPS
    )
    rest, slopes = residuals[0], jacobian[0]
    normal = slopes.T @ slopes
    # What the data do not show at all is not known at all.
    inverse = np.linalg.inv(normal + UNSEEN * np.trace(normal) * np.eye(len(normal)))
    prior, lost, rewards = np.split(np.arange(len(rest)), [n * n, n * n + law[0].shape[0] * law[0].shape[1]])
    by_prior = inverse @ slopes[prior].T
    errors = law[1].swapaxes(0, 1).reshape(law[1].shape[1], -1)
    # A law that loses more than its errors tell is off by more.
    off = max(1.0, float(np.square(rest[lost]).sum() / (np.square(errors).sum() + np.finfo(float).tiny)))
    by_law = inverse @ slopes[lost].T @ errors.T
    single = inverse @ slopes[rewards].T @ slopes[rewards] @ inverse
    places = np.concatenate([task.places for task in tasks])
    alike = block_covariance(places, slopes[rewards] * rest[rewards, None], inverse, 3)
    spread = by_prior @ by_prior.T + off * by_law @ by_law.T
    spread += single if np.trace(single) > np.trace(alike) else alike
    to_elements = together.columns(found[0, 0], found[0, 1:])
    return Moved(
        found[0, 0],
        found[0, 1:],
        to_elements.swapaxes(-1, -2) @ spread @ to_elements,
        spread[: n * n, : n * n],
    )


@dataclass(frozen=True, eq=False)
class Together:
    """Residuals of all tasks as functions of a change of frame C and of the elements L_k.

    A state (1, 1 + k, n, n) holds C and then the L_k. A step holds ε (n²), by which C ← exp(ε) C and
    L_k ← exp(ε) L_k exp(−ε), and then for each task what moves its element within the group.

    Parameters
    ----------
    group, tasks
        As in `moved_together`.
    law : ndarray, shape (d, R, n²)
        Rows on the entries of each of the group's ``directions``.
    elements : ndarray, shape (k, n, n)
        Where residuals are weighed.
    """

    group: CompactGroup
    tasks: tuple[Matched, ...]
    law: Array
    elements: Array

    @property
    def dimension(self) -> int:
        """Number of unknowns, n² + k d."""
        return int(self.elements[0].size + len(self.elements) * self.group.dimension)

    @cached_property
    def _weights(self) -> list[Array]:
        """Weights of each task's residuals: one over their size, less for outlying ones."""
        weights = []
        for task, element in zip(self.tasks, self.elements, strict=True):
            sizes = np.abs(task.matching.linearise(element[None])[0][0])
            typical = float(np.median(sizes)) / MEDIAN + np.finfo(float).tiny
            less = np.maximum(sizes / (BOUNDED * typical), 1.0) * max(len(sizes) / task.independent, 1.0)
            weights.append(1.0 / (typical * np.sqrt(less)))
        return weights

    @cached_property
    def _everything(self) -> Array:
        """All directions in which the change of frame can move."""
        return everything(self.group)

    def _directions(self, change: Array) -> Array:
        """Return the directions (d, n, n) of the conjugate group."""
        return np.asarray(change @ self.group.directions @ np.linalg.inv(change))

    def move(self, state: Array, step: Array) -> Array:
        """Return the state after a step (1, n² + k d)."""
        size, d = state[0, 0].size, self.group.dimension
        turn = lie.exp(np.tensordot(step[0, :size], self._everything, axes=1))
        back = np.linalg.inv(turn)
        change = turn @ state[0, 0]
        within = lie.exp(np.tensordot(step[0, size:].reshape(-1, d), self._directions(change), axes=1))
        return np.concatenate([change[None], within @ turn @ state[0, 1:] @ back])[None]

    def linearise(self, state: Array) -> tuple[Array, Array]:
        """Return residuals (1, N) and their derivatives (1, N, n² + k d) along a step."""
        change, elements = state[0, 0], state[0, 1:]
        size = change.size
        rest = [lie.log(self.group.frame.inside(change)).ravel() / PRIOR]
        firm = [np.eye(size, self.dimension) / PRIOR]
        for rows, generator in zip(self.law, self._directions(change), strict=True):
            rest.append(rows @ generator.ravel())
            moved = lie.bracket(self._everything, generator).reshape(size, size)
            firm.append(np.pad(rows @ moved.T, ((0, 0), (0, self.dimension - size))))
        for task, element, weight, columns in zip(
            self.tasks, elements, self._weights, self.columns(change, elements), strict=True
        ):
            residuals, slopes = (part[0] for part in task.matching.linearise(element[None]))
            rest.append(weight * residuals)
            firm.append(weight[:, None] * (slopes @ columns.T))
        return np.concatenate(rest)[None], np.concatenate(firm)[None]

    def columns(self, change: Array, elements: Array) -> Array:
        """Return how elements move with a step, ξ in L ← exp(ξ) L in the frame: shape (k, n² + k d, n²)."""
        frame, size, d = self.group.frame, change.size, self.group.dimension
        whole = np.eye(size).reshape(size, *change.shape)
        within = frame.inside(self._directions(change)).reshape(d, size)
        out = np.zeros((len(elements), self.dimension, size))
        for place, inside in enumerate(frame.inside(elements)):
            out[place, :size] = (whole - inside @ whole @ np.linalg.inv(inside)).reshape(size, size)
            out[place, size + place * d : size + (place + 1) * d] = within
        return out
