"""A chart found from transitions alone: coordinates in which an action moves all places alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.linalg

from hgmrl_lite._validate import Array
from hgmrl_lite._verdict import Verdict
from hgmrl_lite.actions import Chart
from hgmrl_lite.hereditary.evidence import ERRORS, Told
from hgmrl_lite.hereditary.polynomials import exponents_up_to, monomials, orthonormal
from hgmrl_lite.hereditary.reward_model import SplineBasis
from hgmrl_lite.hereditary.spline_map import SplineInverse, SplineMap, features, thinned
from hgmrl_lite.hereditary.system import check_dimensions
from hgmrl_lite.transitions import Transitions

#: Centres of the splines that the chart is made of, and of those that look for places that move otherwise.
CENTRES: Final = 60
PLACES: Final = 15
#: Fewest transitions for each of those centres.
PER_CENTRE: Final = 10
#: Degree of the functions of the action.
DEGREE: Final = 3
#: Parts of the data that are left out in turn, for the ridge and for the error.
PARTS: Final = 8
#: Ridges to choose from, in units of the mean square increment of the states; and what rounding needs.
RIDGES: Final = np.geomspace(1e-6, 1.0, 13)
_ROUNDING: Final = 1e-12
#: Largest share of the motion that the place may change in what still counts as a chart: then directions are
#: off by a tenth of a radian, about as much as a policy bears.
BOUND: Final = 0.01


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class FoundChart(Told, Chart):
    """A chart that was found, and whether it does what a chart should.

    Parameters
    ----------
    forward, inverse : callable
        As in :class:`~hgmrl_lite.actions.Chart`. Outside the region of the data φ goes on linearly; φ⁻¹ of a
        point that is no image there is the state with the nearest image that Newton's method comes to.
    verdict : {"yes", "no", "undecided"}
        Whether an action moves all places alike in the chart: "no" when the place changes more than one
        percent of the motion.
    share : float
        Share of the mean square motion that the place still changes; below 0 by chance where there is none.
    bounds : tuple of float
        Between what it lies: by the error of its estimate, and by what the fit of the chart may hide.
    error : float
        How far the chart is off by chance, in units of the spread of the states.
    correlations : ndarray, shape (n,)
        Canonical correlations: how well the action predicts the increments of each coordinate.
    n_transitions : int
        How many transitions it was found from.
    """

    verdict: Verdict
    share: float
    bounds: tuple[float, float]
    error: float
    correlations: Array
    n_transitions: int

    def _facts(self) -> list[tuple[str, str]]:
        """Return what there is to tell, as (name, text)."""
        low, high = self.bounds
        return [
            ("an action moves all places alike", self.verdict),
            ("share of the motion that the place changes", f"{self.share:.4f} ({low:.4f} to {high:.4f})"),
            ("error of the chart", f"{100.0 * self.error:.1f} % of the spread of the states"),
            ("canonical correlations", ", ".join(f"{one:.3f}" for one in self.correlations)),
            ("transitions", str(self.n_transitions)),
        ]


def find_chart(tasks: Sequence[Transitions]) -> FoundChart:
    """Return coordinates of the states in which an action moves all places alike.

    A lens bends what is seen, and every step with it: the same action moves one way here and another way
    there. If the lens is all there is to it, some chart φ has φ(s') = φ(s) + F(a) + noise, and only affine
    maps are left open. The coordinates of φ are looked for among cubic splines, as those combinations whose
    increments φ(s') − φ(s) the action predicts best: the canonical correlations of increments with functions
    of the action (Hotelling, 1936). Of other combinations the increments depend on the place as well, which
    no function of the action predicts. How smooth they are, transitions that were held out decide.

    No reward is looked at. The mean start becomes the origin, because a matrix leaves that where it is.
    Increments are as long one way as another. That leaves a rotation and a scale, by which the chart is
    brought as near to the states as it can be.

    Parameters
    ----------
    tasks : sequence of Transitions
        Transitions of one system, under actions that are chosen without regard to the state.

    Returns
    -------
    FoundChart
        The best there is, whatever its ``verdict``. Of a system whose motion depends on the place in every
        chart (a mass, which its velocity carries on; a twist) the verdict is "no".

    Raises
    ------
    ValueError
        When there is no task or dimensions disagree, there are fewer than 600 different transitions, or the
        states lie in a plane of fewer dimensions.

    Examples
    --------
    >>> from hgmrl_lite import envs
    >>> family = envs.lens()
    >>> find_chart([family.explore(task, 3000, seed=k) for k, task in enumerate(family.train)]).verdict
    'yes'
    """
    if not len(tasks):
        raise ValueError("tasks must hold at least one batch of transitions, got none")
    check_dimensions(tasks)
    states, actions, moved, starts = (
        np.concatenate([getattr(task, name) for task in tasks])
        for name in ("states", "actions", "next_states", "starts")
    )
    # Tasks that were explored from one seed share their noise: what is there twice is no further evidence.
    kept = np.sort(np.unique(np.hstack([states, actions, moved]), axis=0, return_index=True)[1])
    states, actions, moved = states[kept], actions[kept], moved[kept]
    if len(states) < PER_CENTRE * CENTRES:
        raise ValueError(
            f"tasks must hold at least {PER_CENTRE * CENTRES} different transitions, got {len(states)}"
        )
    basis = SplineBasis.on(moved, CENTRES)
    search = _Search.of(basis, states, actions, moved)
    n = states.shape[1]
    ridge = search.best_ridge(n)
    correlations, found = search.coordinates(search.parts.sum(axis=0), ridge, n)
    turned = SplineMap(basis, found @ _towards(SplineMap(basis, found)(moved), moved))
    forward = SplineMap(basis, turned.coefficients, turned(starts).mean(axis=0))
    share, low, high = search.share(forward, states, ridge)
    return FoundChart(
        forward=forward,
        inverse=SplineInverse.of(forward, moved),
        verdict="no" if low > BOUND else "yes" if high < BOUND else "undecided",
        share=share,
        bounds=(low, high),
        error=search.error(forward, moved, ridge),
        correlations=correlations,
        n_transitions=len(states),
    )


def _towards(images: Array, states: Array) -> Array:
    """Return the rotation or reflection, times a scale, (n, n) that brings images (N, n) to states."""
    images, states = images - images.mean(axis=0), states - states.mean(axis=0)
    left, sizes, right = np.linalg.svd(images.T @ states)
    return np.asarray(left @ right * sizes.sum() / np.square(images).sum())


@dataclass(frozen=True, eq=False)
class _Search:
    """Increments of the splines, functions of the action, and their second moments, part by part.

    Parameters
    ----------
    increments : ndarray, shape (N, P)
        Of each spline, s to s'.
    of_action : ndarray, shape (N, G)
        Functions of the action, the first of them constant.
    parts : ndarray, shape (PARTS, P + G, P + G)
        Sums of products of all columns, over each part of the data.
    rough : ndarray, shape (P, P)
        Roughness of the splines as a quadratic form.
    """

    increments: Array
    of_action: Array
    parts: Array
    rough: Array

    @classmethod
    def of(cls, basis: SplineBasis, states: Array, actions: Array, moved: Array) -> "_Search":
        """Return the moments for transitions from states (N, n) to ``moved``."""
        increments = features(basis, moved) - features(basis, states)
        exponents = exponents_up_to(actions.shape[1], 0, ((DEGREE, 0),))
        of_action = orthonormal(monomials(actions, exponents)[:, 1:])[0]
        of_action = np.hstack([np.ones((len(actions), 1)), of_action - of_action.mean(axis=0)])
        columns = np.array_split(np.hstack([increments, of_action]), PARTS)
        rough = np.diag((np.arange(increments.shape[1]) < basis.rough).astype(np.float64))
        return cls(increments, of_action, np.array([part.T @ part for part in columns]), rough)

    def coordinates(self, moments: Array, ridge: float, n: int) -> tuple[Array, Array]:
        """Return the n largest canonical correlations, and the coefficients (P, n) of their coordinates."""
        total, predicted = self._about_mean(moments)
        p = len(total)
        squares, vectors = scipy.linalg.eigh(
            predicted, self._stiffened(total, ridge), subset_by_index=[p - n, p - 1]
        )
        return np.sqrt(np.clip(squares[::-1], 0.0, 1.0)), vectors[:, ::-1]

    def best_ridge(self, n: int) -> float:
        """Return the ridge by which the action predicts increments best in the parts that are held out."""
        whole, p = self.parts.sum(axis=0), self.increments.shape[1]
        scores = np.zeros(len(RIDGES))
        for part in self.parts:
            seen, total = whole - part, self._about_mean(part)[0]
            for index, ridge in enumerate(RIDGES):
                found = self.coordinates(seen, ridge, n)[1]
                weights = np.linalg.solve(seen[p:, p:], seen[p:, :p] @ found)
                both = np.vstack([found, -weights])
                left, whole_of = both.T @ part @ both, found.T @ total @ found
                scores[index] += np.linalg.slogdet(left)[1] - np.linalg.slogdet(whole_of)[1]
        return float(RIDGES[int(np.argmin(scores))])

    def error(self, forward: SplineMap, points: Array, ridge: float) -> float:
        """Return how far the chart is off by chance, affine maps set aside: a jackknife over the parts."""
        columns = features(forward.basis, thinned(points))
        image = columns @ forward.coefficients
        image -= image.mean(axis=0)
        whole, square = self.parts.sum(axis=0), 0.0
        for part in self.parts:
            other = columns @ self.coordinates(whole - part, ridge, image.shape[1])[1]
            other = np.column_stack([other, np.ones(len(other))])
            square += float(np.square(image - other @ np.linalg.lstsq(other, image)[0]).sum())
        return float(np.sqrt((PARTS - 1) / PARTS * square / np.square(image).sum()))

    def share(self, forward: SplineMap, states: Array, ridge: float) -> tuple[float, float, float]:
        """Return which share of the motion the place changes, and between what it lies.

        What the action leaves of the increments is regressed on functions of the place, alone and times the
        motion. What chance explains is taken off. The chart was fitted to the same increments, and may have
        taken as much of what the place does as its own parameters explain by chance.
        """
        increments = self.increments @ forward.coefficients
        motion = self.of_action @ np.linalg.lstsq(self.of_action, increments)[0]
        left, motion = increments - motion, motion - motion.mean(axis=0)
        places = features(SplineBasis.on(states, PLACES), states)
        columns = [self.of_action, places, *(places * one[:, None] for one in motion.T)]
        frame = np.linalg.qr(np.hstack(columns))[0][:, self.of_action.shape[1] :]
        chance = float(np.square(frame).sum(axis=1) @ np.square(left).sum(axis=1))
        found = float(np.square(frame.T @ left).sum()) - chance
        noise, whole = left.T @ left / len(left), float(np.square(motion).sum())
        variance = 2.0 * frame.shape[1] * float(np.square(noise).sum())
        variance += 4.0 * float(np.linalg.norm(noise, ord=2)) * max(found, 0.0)
        total = self._about_mean(self.parts.sum(axis=0))[0]
        freedom = float(np.trace(np.linalg.solve(self._stiffened(total, ridge), total)))
        error, hidden = ERRORS * variance**0.5, freedom * float(np.trace(noise))
        return found / whole, (found - error) / whole, (found + error + hidden) / whole

    def _about_mean(self, moments: Array) -> tuple[Array, Array]:
        """Return the increments' second moments (P, P) about their mean, and the part the action predicts."""
        p = self.increments.shape[1]
        shared, of_action = moments[:p, p:], moments[p:, p:]
        mean = np.outer(shared[:, 0], shared[:, 0]) / of_action[0, 0]
        return moments[:p, :p] - mean, shared @ np.linalg.solve(of_action, shared.T) - mean

    def _stiffened(self, total: Array, ridge: float) -> Array:
        """Return second moments (P, P) with the roughness that a ridge adds."""
        size = float(np.trace(total[~self.rough.any(axis=0)][:, ~self.rough.any(axis=0)]))
        return np.asarray(total + size * (ridge * self.rough + _ROUNDING * np.eye(len(total))))
