"""Test time: which group element carries the base task to a new one, from a few transitions."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtri

from hgmrl_lite import lie
from hgmrl_lite._validate import Array, as_array
from hgmrl_lite.hereditary.reward_model import RewardModel
from hgmrl_lite.transitions import Transitions

GRID = 72
NEWTON_STEPS = 8
# Quantile of the chi-squared law with one degree of freedom: one false "decided" in a thousand.
DECIDED = float(chdtri(1, 1e-3))


@dataclass(frozen=True)
class Inference:
    """The group element found for a new task.

    Parameters
    ----------
    theta : float
        Coordinate of the element in the generator; radians for a rotation.
    residual : float
        Root mean square of R_0(L⁻¹ s') − r at ``theta``, in units of the reward.
    runner_up : float
        The best other local minimum; NaN where there is none.
    runner_up_residual : float
        The residual there; infinite where there is no other minimum.
    noise : float
        What the base model itself leaves unexplained.
    n_transitions : int
        How many transitions the answer rests on.
    """

    theta: float
    residual: float
    runner_up: float
    runner_up_residual: float
    noise: float
    n_transitions: int

    @property
    def margin(self) -> float:
        """How many times worse the runner-up explains the data."""
        return self.runner_up_residual / max(self.residual, self.noise, np.finfo(float).tiny)

    @property
    def verdict(self) -> str:
        """Answer "decided" when the data rule the runner-up out, else "undecided"."""
        freedom = max(self.n_transitions - 1, 1)
        # What a right answer leaves over: the model's own error or, with noisy rewards, the residual.
        variance = max(self.noise**2, self.residual**2 * self.n_transitions / freedom)
        gain = self.n_transitions * (self.runner_up_residual**2 - self.residual**2)
        return "decided" if gain > DECIDED * variance else "undecided"

    def __repr__(self) -> str:
        """Tell the angle, the residuals and the verdict."""
        other = (
            f"runner-up {np.degrees(self.runner_up):.0f}° with {self.runner_up_residual:.2g}"
            if np.isfinite(self.runner_up)
            else "no other minimum"
        )
        return (
            f"Inference({np.degrees(self.theta):.2f}° from {self.n_transitions} transitions, "
            f"residual {self.residual:.2g}; {other}: {self.verdict})"
        )


def infer(generator: ArrayLike, reward_model: RewardModel, context: Transitions) -> Inference:
    """Find θ that minimises Σ (R_0(exp(−θW) s'_i) − r_i)² over one period of the group.

    The reward is signed, so that no antipode explains the data as well as the truth: the trap of matching
    unsigned tangents. Every local minimum of a grid over the whole period is refined by Gauss-Newton, and the
    best two are kept.

    Parameters
    ----------
    generator : array_like, shape (n, n)
        W, scaled so that exp(2πW) is the identity.
    reward_model : RewardModel
        The base task's R_0.
    context : Transitions
        A short exploration of the new task.

    Returns
    -------
    Inference

    Raises
    ------
    ValueError
        When the generator does not fit the context or its group does not close after 2π.
    """
    n = reward_model.centres.shape[1]
    generator = as_array("generator", generator, (n, n))
    if context.next_states.shape[1] != n:
        raise ValueError(f"context must have states of dimension {n}, got {context.next_states.shape[1]}")
    turn = lie.exp(2.0 * np.pi * generator)
    if np.abs(turn - np.eye(n)).max() > 1e-6:
        raise ValueError(f"generator must close after 2π: exp(2πW) = I; got exp(2πW) =\n{turn}")

    def pull(thetas: Array) -> Array:
        """Return the context's next states as the base task sees them, shape (G, N, n)."""
        inverses = lie.exp(-thetas[:, None, None] * generator)
        return context.next_states @ np.swapaxes(inverses, -1, -2)

    def mean_square(thetas: Array) -> Array:
        return np.square(reward_model(pull(thetas)) - context.rewards).mean(axis=1)

    grid = np.linspace(-np.pi, np.pi, GRID, endpoint=False)
    loss = mean_square(grid)
    minima = grid[(loss <= np.roll(loss, 1)) & (loss < np.roll(loss, -1))]
    thetas = minima if len(minima) else grid[[int(np.argmin(loss))]]
    start = thetas
    for _ in range(NEWTON_STEPS):
        pulled = pull(thetas)
        residuals = reward_model(pulled) - context.rewards
        slopes = -np.einsum("gni,gni->gn", reward_model.gradient(pulled), pulled @ generator.T)
        curvature = np.square(slopes).sum(axis=1)
        step = (residuals * slopes).sum(axis=1) / np.maximum(curvature, np.finfo(float).tiny)
        # A minimum of the grid is within one cell of the true one; farther is another basin.
        thetas = np.clip(thetas - step, start - 2.0 * np.pi / GRID, start + 2.0 * np.pi / GRID)
    final = np.sqrt(mean_square(thetas))
    order = np.argsort(final)
    wrapped = (thetas + np.pi) % (2.0 * np.pi) - np.pi
    best = order[0]
    # Two starts may have run into one minimum: the runner-up is the best of the others.
    apart = np.abs((wrapped[order] - wrapped[best] + np.pi) % (2.0 * np.pi) - np.pi) > 2.0 * np.pi / GRID
    other = order[apart][0] if apart.any() else None
    return Inference(
        theta=float(wrapped[best]),
        residual=float(final[best]),
        runner_up=float(wrapped[other]) if other is not None else float("nan"),
        runner_up_residual=float(final[other]) if other is not None else float("inf"),
        noise=reward_model.noise,
        n_transitions=len(context),
    )
