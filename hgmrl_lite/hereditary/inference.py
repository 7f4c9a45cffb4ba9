"""Test time: which group element carries the base task to a new one, from a few transitions."""

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array
from hgmrl_lite._verdict import Verdict
from hgmrl_lite.hereditary.evidence import (
    LARGEST_ANGLE,
    UNCOVERED,
    Told,
    shared_misfit,
    student,
    trend_excess,
    worst_error,
)
from hgmrl_lite.hereditary.group import GRID, CompactGroup, compact_group
from hgmrl_lite.hereditary.matching import METHODS, RewardMatching, least_transitions, make_matching
from hgmrl_lite.hereditary.reward_model import RewardModel
from hgmrl_lite.hereditary.search import DAMPING, NEWTON_STEPS, SETTLED, Minimum, search_group, stabiliser
from hgmrl_lite.transitions import Transitions

__all__ = ["Inference", "infer", "settings_of_inference"]

# Rounds in which transitions out of the base model's reach are left out.
_ROUNDS = 3
# Share of the base model's reach within which it knows best.
_INSIDE = 0.5
# How many times over a bias counts where there is no noise.
_BIAS = 4.0
# Noise of the base model over its misfit below which it fits exact rewards (with noise: 2 and more).
_SMALL = 1.6
# What is left over beside the base model's misfit from which the new task's rewards are noisy themselves.
_NOISY = 3.0
# What each verdict says of the other elements.
_REMARKS: dict[Verdict, str] = {
    "yes": "",
    "no": ", nor does any other element",
    "undecided": ", others may as well",
}


@dataclass(frozen=True, eq=False, repr=False)
class Inference(Told):
    """The group element found for a new task, and how sure it is.

    Parameters
    ----------
    theta : ndarray, shape (d,)
        Coordinates of the element, exp(Σ θ_k W_k); for one rotation generator the angle in radians.
    left : ndarray, shape (n, n)
        The element L as it moves states.
    right : ndarray, shape (m, m), or None
        The same element K as it moves actions; None when no action generators were given.
    residual : float
        Root mean square of what was matched, at the element: for "functional" R_0(L⁻¹ s') − r in units of the
        reward, for the other methods in units of the standard errors.
    runner_up : ndarray, shape (d,)
        Coordinates of the best other local minimum; NaN where there is none.
    runner_up_residual : float
        The residual there; infinite where there is no other minimum.
    standard_error : float
        Standard error of the element in radians, along the worst direction that matters for the task: a
        rotation by so much, where the plane turns fastest. Infinite when the data leave a direction open.
        `bound_deg` is made of it.
    excess : float
        Trend that the element leaves in the rewards, as a multiple of what noise and the base model's misfit
        can explain (mean squares): above 1 the task is no image of the base task. NaN with too few
        transitions.
    noise : float
        What the base model itself leaves unexplained, in the units of ``residual``.
    n_transitions : int
        How many transitions the answer rests on.
    generators : ndarray, shape (d, n, n)
        The W_k: those given first, then what the closure of their group adds.
    free : int
        Dimension of the base task's stabiliser: directions in which every element is as good. Of these
        elements the one nearest to the identity is given.
    method : {"functional", "differential", "both"}
        What was matched.
    rim : float
        How far the element would move if only transitions well inside the base model's data were matched, in
        radians: what the model's error at the rim of its data may have done.
    """

    theta: Array
    left: Array
    right: Array | None
    residual: float
    runner_up: Array
    runner_up_residual: float
    standard_error: float
    excess: float
    noise: float
    n_transitions: int
    generators: Array
    free: int = 0
    method: str = "functional"
    rim: float = 0.0

    @property
    def angle(self) -> float:
        """The coordinate of a one-dimensional group, θ_1; for one rotation generator in radians.

        Raises
        ------
        AttributeError
            When the group has another dimension.
        """
        if len(self.theta) != 1:
            raise AttributeError(f"angle exists for a group of dimension 1, this one has {len(self.theta)}")
        return float(self.theta[0])

    @property
    def variance(self) -> float:
        """Mean square that a right answer leaves over: the residual's, and no less than the base model's."""
        freedom = max(self._freedom, 1)
        return max(self.noise**2, self.residual**2 * self.n_transitions / freedom)

    @property
    def _freedom(self) -> int:
        return self.n_transitions - len(self.theta) + self.free

    @property
    def verdict(self) -> Verdict:
        """Whether this element explains the new task's rewards.

        "yes": it does, and no other does. "no": no element of the group does; the best leaves a trend in the
        rewards that neither noise nor the base model's misfit explains. "undecided": another element explains
        the data as well, or the element's standard error leaves room for an error of 8°, from where regret
        climbs steeply. The last two up to a chance of one in a thousand.
        """
        if self.excess > 1.0:
            return "no"
        quantile = student(self._freedom)
        gain = self.n_transitions * (self.runner_up_residual**2 - self.residual**2)
        if not gain > quantile**2 * self.variance or not quantile * self.standard_error < LARGEST_ANGLE:
            return "undecided"
        return "yes"

    @property
    def bound_deg(self) -> float:
        """Within what angle the element is known: a 95 % bound in degrees, by Student's t, and ``rim``.

        NaN unless the verdict is "yes": another element may be the right one. 0 where there is nothing to
        choose.
        """
        if self.verdict != "yes" or not np.isfinite(self.rim):
            return float("nan")
        return float(np.degrees(np.hypot(student(self._freedom, UNCOVERED) * self.standard_error, self.rim)))

    def _facts(self) -> list[tuple[str, str]]:
        """Return what there is to tell, as (name, text)."""
        bound = self.bound_deg
        error = f" ± {bound:.2g}° (95 %)" if len(self.theta) and np.isfinite(bound) else ""
        other = (
            f"{_degrees(self.runner_up)} with residual {self.runner_up_residual:.2g}"
            if np.isfinite(self.runner_up_residual)
            else "none"
        )
        return [
            ("element", f"{_degrees(self.theta)}{error}"),
            ("transitions", f"{self.n_transitions}, {self.method} matching"),
            ("residual", f"{self.residual:.2g}"),
            ("runner-up", other),
            ("explains the rewards", self.verdict + _REMARKS[self.verdict]),
        ]


def infer(
    generators: ArrayLike,
    reward_model: RewardModel,
    context: Transitions,
    *,
    action_generators: ArrayLike | None = None,
    method: str = "functional",
) -> Inference:
    """Find the element L of a compact group that makes R_0(L⁻¹ s') = r, from a short exploration.

    Everything matched is signed, so that no antipode explains the data as well as the truth: the trap of
    matching unsigned tangents. The search covers the closure of the group that the generators generate,
    refines every local minimum by Gauss-Newton, and keeps the best and the runner-up.

    Parameters
    ----------
    generators : array_like, shape (n, n) or (d, n, n)
        W_S, generators on states of a group that keeps an inner product. With none of them (d = 0) the only
        element is the identity, and the answer is whether the new task is the base task.
    reward_model : RewardModel
        The base task's R_0.
    context : Transitions
        A short exploration of the new task.
    action_generators : array_like, shape (m, m) or (d, m, m), optional
        W_A, the same elements as they move actions.
    method : {"functional", "differential", "both"}, optional
        Match the rewards; the reward's signed gradients, by local regression of the context, which needs at
        least 8 transitions in the plane (2.4 times n + 1) and is blind to a constant in the reward; or both,
        each in units of its errors.

    Returns
    -------
    Inference

    Raises
    ------
    ValueError
        When the dimensions disagree, the group is not bounded, the method is unknown, or there are too few
        transitions for gradients.
    """
    n = reward_model.along.shape[1]
    if method not in METHODS:
        raise ValueError(f"method must be one of {METHODS}, got {method!r}")
    if context.next_states.shape[1] != n:
        raise ValueError(f"context must have states of dimension {n}, got {context.next_states.shape[1]}")
    if np.shape(generators)[-2:] != (n, n):
        raise ValueError(
            f"generators must have shape ({n}, {n}) or (d, {n}, {n}), got {np.shape(generators)}"
        )
    group = compact_group(generators, action_generators)
    free = stabiliser(reward_model, group)[0]
    used = np.ones(len(context), dtype=bool)
    for _ in range(_ROUNDS):
        kept = context if used.all() else context[np.flatnonzero(used)]
        matching = make_matching(method, group.directions, reward_model, kept)
        minima = search_group(group, matching, reward_model, free)
        known = np.isfinite(reward_model.local_misfit(context.next_states @ np.linalg.inv(minima[0].left).T))
        if (known == used).all() or known.sum() < least_transitions(method, n, group.dimension):
            break
        used = known
    return _answer(group, reward_model, kept, method, minima, free)


def settings_of_inference(model: RewardModel, most: int) -> dict[str, Any]:
    """Return the constants with which JavaScript infers as `infer` does, from up to ``most`` transitions."""
    return {
        "grid": GRID,
        "newton_steps": NEWTON_STEPS,
        "damping": DAMPING,
        "settled": SETTLED,
        "rounds": _ROUNDS,
        "noise": model.noise,
        "reach": model.reach,
        "largest_angle": LARGEST_ANGLE,
        # The quantile for N transitions and one parameter stands at N; none for N = 0 and 1.
        "student": [0.0, 0.0, *(student(number - 1) for number in range(2, most + 1))],
    }


def _answer(
    group: CompactGroup,
    model: RewardModel,
    context: Transitions,
    method: str,
    minima: tuple[Minimum, ...],
    free: Array,
) -> Inference:
    """Dress the best minimum and the runner-up as a result."""
    best, other = minima[0], minima[1] if len(minima) > 1 else None
    pulled = context.next_states @ np.linalg.inv(best.left).T
    left_over, slopes = (
        part[0]
        for part in RewardMatching(group.directions, model, context.next_states, context.rewards).linearise(
            best.left[None]
        )
    )
    # Residuals in units of standard errors leave 1.
    noise = model.noise if method == "functional" else 1.0
    residual = float(np.sqrt(best.mean_square))
    fitted, right = group.dimension - len(free), group.right(best.theta[None])
    answer = Inference(
        theta=best.theta,
        left=best.left,
        right=None if right is None else right[0],
        residual=residual,
        runner_up=np.full_like(best.theta, np.nan) if other is None else other.theta,
        runner_up_residual=float("inf") if other is None else float(np.sqrt(other.mean_square)),
        standard_error=0.0,
        excess=trend_excess(
            context.next_states,
            left_over,
            slopes,
            model.local_misfit(pulled),
            model.reward_noise,
            fitted,
            offset=method != "differential",
        ),
        noise=noise,
        n_transitions=len(context),
        generators=group.generators_states,
        free=len(free),
        method=method,
    )
    if not fitted:
        return answer
    matters = group.across(best.left, free)
    distance, nearest = model.nearest(pulled)
    # Errors of gradients include the base model's; of rewards they do not.
    shared = (
        shared_misfit(slopes @ matters.T, nearest, model.local_misfit(pulled))
        if method == "functional"
        else np.zeros((fitted, fitted))
    )
    size, axis = worst_error(matters @ best.normal @ matters.T, answer.variance, shared)
    within = distance <= _INSIDE * model.reach
    along = slopes[within] @ matters.T
    move = np.linalg.lstsq(along, left_over[within])[0] @ matters if len(along) > fitted else np.zeros(0)
    error = size * float(group.speed((axis @ matters)[None])[0])
    rim = float(group.speed(move[None])[0]) if len(move) else math.inf
    noisy = np.square(left_over).mean() > _NOISY**2 * np.square(model.local_misfit(pulled)).mean()
    if model.reward_noise < _SMALL * np.median(model.misfit) and not noisy:
        # Noise would be far above the misfit: here there is bias alone. It shows in part only in what leaving
        # out the rim changes, and the two parts of the bound have one cause.
        rim = _BIAS * rim + student(answer._freedom, UNCOVERED) * error
    return replace(answer, standard_error=error, rim=rim)


def _degrees(theta: Array) -> str:
    return ", ".join(f"{angle:.2f}°" for angle in np.degrees(theta)) or "the identity"
