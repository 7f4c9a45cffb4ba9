"""What is matched between the base task and another: rewards, signed gradients, both, or their directions.

Everything is signed: where the reward rises must go where it rises, or an antipode would fit as well. Each
matching holds the directions W_k (d, n, n) along which an element may move, L ← exp(Σ ξ_k W_k) L.
"""

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from hgmrl_lite._validate import Array
from hgmrl_lite.hereditary.reward_model import RewardModel
from hgmrl_lite.tangents import local_regression
from hgmrl_lite.tangents.regression import LADDER
from hgmrl_lite.transitions import Transitions

METHODS = ("functional", "differential", "both")
"""Ways of matching the base task with a new one."""

# Points times elements at which the first stage evaluates: bounds its memory and time.
_FIRST_STAGE = 20_000


class Matching(Protocol):
    """What is to be made small over a group: residuals r(L), to be squared and summed."""

    def values(self, left: Array) -> Array:
        """Return residuals (G, N) at elements (G, n, n), perhaps on fewer data: only ranks starts."""

    def linearise(self, left: Array) -> tuple[Array, Array]:
        """Return residuals (G, N) at elements (G, n, n) and their derivatives (G, N, d) along ξ at ξ = 0."""


@dataclass(frozen=True, eq=False)
class RewardMatching:
    """Residuals R_0(L⁻¹ s') − r, in units of the reward.

    Parameters
    ----------
    directions : ndarray, shape (d, n, n)
        The W_k.
    model : RewardModel
        R_0.
    points : ndarray, shape (N, n)
        Next states s' of the new task.
    rewards : ndarray, shape (N,)
        Their rewards.
    scale : float, optional
        Unit in which the residuals are measured.
    """

    directions: Array
    model: RewardModel
    points: Array
    rewards: Array
    scale: float = 1.0

    def values(self, left: Array) -> Array:
        """Return residuals (G, N') on as many points as the first stage may have, at (G, n, n)."""
        step = max(1, math.ceil(len(left) * len(self.points) / _FIRST_STAGE))
        pulled = self.points[::step] @ np.swapaxes(np.linalg.inv(left), -1, -2)
        return (self.model.sketch(pulled) - self.rewards[::step]) / self.scale

    def linearise(self, left: Array) -> tuple[Array, Array]:
        """Return residuals (G, N) and their derivatives (G, N, d) along L ← exp(Σ ξ_k W_k) L."""
        inverse = np.linalg.inv(left)
        pulled = self.points @ np.swapaxes(inverse, -1, -2)
        values, gradients = self.model.value_and_gradient(pulled)
        residuals = values - self.rewards
        # The moved reward R_0(L⁻¹ ·) has the gradient L⁻ᵀ ∇R_0, and W p is how the point goes.
        moved = gradients @ inverse
        along = np.einsum("kij,nj->nki", self.directions, self.points)
        return residuals / self.scale, -np.einsum("gni,nki->gnk", moved, along) / self.scale


@dataclass(frozen=True, eq=False)
class GradientMatching:
    """Residuals of the signed gradients, L⁻ᵀ ∇R_0(L⁻¹ p) − g(p), in units of their standard errors.

    Parameters
    ----------
    directions : ndarray, shape (d, n, n)
        The W_k.
    model : RewardModel
        R_0.
    points : ndarray, shape (M, n)
        Where the new task's gradient was estimated.
    gradients : ndarray, shape (M, n)
        What it is there.
    whitening : ndarray, shape (M, n, n)
        Symmetric roots of the inverse covariances of the gradients' errors.
    noise : float
        Standard deviation of the rewards about the local polynomials.
    """

    directions: Array
    model: RewardModel
    points: Array
    gradients: Array
    whitening: Array
    noise: float

    @classmethod
    def estimate(cls, directions: Array, model: RewardModel, context: Transitions) -> "GradientMatching":
        """Estimate the new task's gradients by local regression of the context.

        Quadratic where there are enough transitions for it, else linear. Every reward enters the fits of
        several points: their errors are dependent, and the covariances are multiplied by how often a reward
        is used.

        Raises
        ------
        ValueError
            When there are fewer transitions than a linear fit needs, or no gradient could be told from zero.
        """
        number, n = context.next_states.shape
        least = [math.ceil(LADDER[0] * terms) for terms in (n + 1, (n + 1) * (n + 2) // 2)]
        if number < least[0]:
            raise ValueError(
                f"context must have at least {least[0]} transitions for signed gradients in dimension {n} "
                f"(quadratic ones take {least[1]}), got {number}"
            )
        fit = local_regression(context.next_states, context.rewards, degree=2 if number >= least[1] else 1)
        if not len(fit):
            raise ValueError(
                f"context must show the reward's gradient, got {number} transitions none of which does: "
                f"{fit.dropped}"
            )
        used = float(fit.neighbours.sum()) / number
        # The base model's gradient is off by about its misfit over the distance between its centres.
        floor = max(float(np.median(model.misfit)), 1e-12) / model.reach
        covariance = used * fit.covariance + floor**2 * np.eye(n)
        size, axes = np.linalg.eigh(covariance)
        whitening = (axes / np.sqrt(size)[:, None, :]) @ np.swapaxes(axes, 1, 2)
        return cls(directions, model, fit.points, fit.gradients, whitening, fit.noise)

    def values(self, left: Array) -> Array:
        """Return residuals (G, M' n) on as many points as the first stage may have, at (G, n, n)."""
        step = max(1, math.ceil(len(left) * len(self.points) / _FIRST_STAGE))
        inverse = np.linalg.inv(left)
        pulled = self.points[::step] @ np.swapaxes(inverse, -1, -2)
        away = self.model.gradient(pulled) @ inverse - self.gradients[::step]
        return np.asarray(np.einsum("nij,gnj->gni", self.whitening[::step], away).reshape(len(left), -1))

    def linearise(self, left: Array) -> tuple[Array, Array]:
        """Return residuals (G, M n) and their derivatives (G, M n, d) along L ← exp(Σ ξ_k W_k) L."""
        inverse = np.linalg.inv(left)
        pulled = self.points @ np.swapaxes(inverse, -1, -2)
        moved = self.model.gradient(pulled) @ inverse
        curved = np.swapaxes(inverse, -1, -2)[:, None] @ self.model.hessian(pulled) @ inverse[:, None]
        along = np.einsum("kij,nj->nki", self.directions, self.points)
        # As a covector the gradient turns with Wᵀ, and it is read at a point that W has moved.
        change = -np.einsum("kji,gnj->gnik", self.directions, moved)
        change -= np.einsum("gnij,nkj->gnik", curved, along)
        residuals = np.einsum("nij,gnj->gni", self.whitening, moved - self.gradients)
        change = np.einsum("nij,gnjk->gnik", self.whitening, change)
        size = self.gradients.size
        return residuals.reshape(len(left), size), change.reshape(len(left), size, len(self.directions))


@dataclass(frozen=True, eq=False)
class JointMatching:
    """Signed rewards and signed gradients together, both in units of their errors."""

    rewards: RewardMatching
    gradients: GradientMatching

    def values(self, left: Array) -> Array:
        """Return the residuals of both, on as many points as the first stage may have."""
        return np.concatenate([self.rewards.values(left), self.gradients.values(left)], axis=1)

    def linearise(self, left: Array) -> tuple[Array, Array]:
        """Return the residuals of both, and their derivatives."""
        first, second = self.rewards.linearise(left), self.gradients.linearise(left)
        return np.concatenate([first[0], second[0]], axis=1), np.concatenate([first[1], second[1]], axis=1)


def least_transitions(method: str, n: int, dimension: int) -> int:
    """Return how many transitions a method takes at least, in n dimensions, to leave something to test by."""
    if method == "functional":
        return dimension + 1
    return max(dimension + 1, math.ceil(LADDER[0] * (n + 1)))


def make_matching(method: str, directions: Array, model: RewardModel, context: Transitions) -> Matching:
    """Return what is to be made small for one of `METHODS`."""
    if method == "functional":
        return RewardMatching(directions, model, context.next_states, context.rewards)
    gradients = GradientMatching.estimate(directions, model, context)
    if method == "differential":
        return gradients
    scale = max(gradients.noise, model.noise, float(np.finfo(float).tiny))
    return JointMatching(
        RewardMatching(directions, model, context.next_states, context.rewards, scale), gradients
    )
