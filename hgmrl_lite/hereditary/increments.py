"""How splines of the state change in a step: what the action predicts of it, and what the place does."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import scipy.linalg

from hgmrl_lite._validate import Array
from hgmrl_lite.hereditary.evidence import ERRORS
from hgmrl_lite.hereditary.frame import binary_units
from hgmrl_lite.hereditary.polynomials import exponents_up_to, monomials, orthonormal
from hgmrl_lite.hereditary.reward_model import SplineBasis
from hgmrl_lite.hereditary.spline_map import features, thinned
from hgmrl_lite.hereditary.system import check_dimensions
from hgmrl_lite.transitions import Transitions

#: Centres of the splines, and the fewest transitions for each.
CENTRES: Final = 60
PER_CENTRE: Final = 10
#: Degree of the functions of the action.
DEGREE: Final = 3
#: Parts of the data that are left out in turn, for the ridge and for the error.
PARTS: Final = 8
#: Ridges to choose from, in units of the mean square increment of the states; and what rounding needs.
RIDGES: Final = np.geomspace(1e-6, 1.0, 13)
_ROUNDING: Final = 1e-12
#: Centres of the splines that look for places that move otherwise.
PLACES: Final = 15


@dataclass(frozen=True, eq=False)
class Increments:
    """Increments of splines in the transitions of several tasks, and functions of the actions beside them.

    Parameters
    ----------
    basis : SplineBasis
        The splines; the constant is left out.
    unit : ndarray, shape (n,)
        What the states are measured in: the power of two next to the spread of each coordinate.
    states, moved : ndarray, shape (N, n)
        Where the transitions begin and end, in these units.
    origin : ndarray, shape (P,)
        Mean of the splines over the starts.
    columns : ndarray, shape (N, P)
        Increment of each spline.
    of_action : ndarray, shape (N, G)
        Functions of the action, the first of them constant.
    parts : ndarray, shape (PARTS, P + G, P + G)
        Sums of products of all columns, over each part of the data.
    """

    basis: SplineBasis
    unit: Array
    states: Array
    moved: Array
    origin: Array
    columns: Array
    of_action: Array
    parts: Array

    @classmethod
    def of(cls, tasks: Sequence[Transitions]) -> "Increments":
        """Return the increments in the transitions of tasks, of which no reward is looked at.

        Raises
        ------
        ValueError
            When there is no task or dimensions disagree, there are too few different transitions, or a
            coordinate is constant or depends on the others linearly.
        """
        if not len(tasks):
            raise ValueError("tasks must hold at least one batch of transitions, got none")
        check_dimensions(tasks)
        states, actions, moved, starts = (
            np.concatenate([getattr(task, name) for task in tasks])
            for name in ("states", "actions", "next_states", "starts")
        )
        # Tasks explored from one seed share their noise: what is there twice is no further evidence.
        kept = np.sort(np.unique(np.hstack([states, actions, moved]), axis=0, return_index=True)[1])
        states, actions, moved = states[kept], actions[kept], moved[kept]
        least = PER_CENTRE * CENTRES
        if len(states) < least:
            raise ValueError(f"tasks must hold at least {least} different transitions, got {len(states)}")
        unit = binary_units(moved)
        states, moved, starts = states / unit, moved / unit, starts / unit
        basis = SplineBasis.on(moved, CENTRES)
        columns = features(basis, moved) - features(basis, states)
        exponents = exponents_up_to(actions.shape[1], 0, ((DEGREE, 0),))
        of_action = orthonormal(monomials(actions, exponents)[:, 1:])[0]
        of_action = np.hstack([np.ones((len(actions), 1)), of_action - of_action.mean(axis=0)])
        parts = [part.T @ part for part in np.array_split(np.hstack([columns, of_action]), PARTS)]
        origin = features(basis, starts).mean(axis=0)
        return cls(basis, unit, states, moved, origin, columns, of_action, np.array(parts))

    @property
    def n(self) -> int:
        """Dimension of the states."""
        return int(self.states.shape[1])

    @cached_property
    def whole(self) -> Array:
        """Sums of products over all the data."""
        return np.asarray(self.parts.sum(axis=0))

    def coordinates(self, ridge: float, left_out: Array | float = 0.0) -> tuple[Array, Array]:
        """Return the n largest canonical correlations, and the coefficients (P, n) of their coordinates.

        Sums of products of some of the data may be left out.
        """
        total, predicted = self._about_mean(self.whole - left_out)
        p = len(total)
        squares, vectors = scipy.linalg.eigh(
            predicted, self._stiffened(total, ridge), subset_by_index=[p - self.n, p - 1]
        )
        return np.sqrt(np.clip(squares[::-1], 0.0, 1.0)), vectors[:, ::-1]

    def best_ridge(self) -> float:
        """Return the ridge by which the action predicts increments best in the parts that are held out."""
        p, scores = self.columns.shape[1], np.zeros(len(RIDGES))
        for part in self.parts:
            seen, total = self.whole - part, self._about_mean(part)[0]
            for index, ridge in enumerate(RIDGES):
                found = self.coordinates(ridge, part)[1]
                both = np.vstack([found, -np.linalg.solve(seen[p:, p:], seen[p:, :p] @ found)])
                for sign, matrix in ((1.0, both.T @ part @ both), (-1.0, found.T @ total @ found)):
                    scores[index] += sign * np.linalg.slogdet(matrix)[1]
        return float(RIDGES[int(np.argmin(scores))])

    def error(self, found: Array, ridge: float) -> float:
        """Return how far coefficients (P, n) are off by chance, affine maps set aside.

        A jackknife over the parts, in units of the spread of the coordinates.
        """
        columns = features(self.basis, thinned(self.moved))
        image = columns @ found
        image -= image.mean(axis=0)
        square = 0.0
        for part in self.parts:
            other = np.column_stack([columns @ self.coordinates(ridge, part)[1], np.ones(len(columns))])
            square += float(np.square(image - other @ np.linalg.lstsq(other, image)[0]).sum())
        return float(np.sqrt((PARTS - 1) / PARTS * square / np.square(image).sum()))

    def information(self, found: Array, ridge: float) -> Array:
        """Return what the increments say of each column of coefficients (P, n): the information (P, P).

        Of affine maps of the coordinates, which they leave open, it says nothing.
        """
        total, predicted = self._about_mean(self.whole)
        noise, spread = (float(np.trace(found.T @ one @ found)) for one in (total - predicted, total))
        values, vectors = np.linalg.eigh(self._stiffened(total, ridge) - predicted - noise / spread * total)
        variance = noise / self.n / len(self.states)
        return np.asarray((vectors * np.maximum(values, 0.0)) @ vectors.T / variance)

    def share(self, found: Array, ridge: float) -> tuple[float, float, float]:
        """Return the motion that the place makes, as a share of the action's, and between what that lies.

        Both in mean squares, of the coordinates with coefficients (P, n). What the action leaves of the
        increments is regressed on functions of the place, alone and times the
        motion. What chance explains is taken off. The chart was fitted to the same increments, and may have
        taken as much of what the place does as its own parameters explain by chance.
        """
        increments = self.columns @ found
        motion = self.of_action @ np.linalg.lstsq(self.of_action, increments)[0]
        left, motion = increments - motion, motion - motion.mean(axis=0)
        places = features(SplineBasis.on(self.states, PLACES), self.states)
        columns = [self.of_action, places, *(places * one[:, None] for one in motion.T)]
        frame = np.linalg.qr(np.hstack(columns))[0][:, self.of_action.shape[1] :]
        chance = float(np.square(frame).sum(axis=1) @ np.square(left).sum(axis=1))
        made = float(np.square(frame.T @ left).sum()) - chance
        noise, whole = left.T @ left / len(left), float(np.square(motion).sum())
        variance = 2.0 * frame.shape[1] * float(np.square(noise).sum())
        variance += 4.0 * float(np.linalg.norm(noise, ord=2)) * max(made, 0.0)
        total = self._about_mean(self.whole)[0]
        freedom = float(np.trace(np.linalg.solve(self._stiffened(total, ridge), total)))
        error, hidden = ERRORS * variance**0.5, freedom * float(np.trace(noise))
        return made / whole, (made - error) / whole, (made + error + hidden) / whole

    def _about_mean(self, moments: Array) -> tuple[Array, Array]:
        """Return the increments' second moments (P, P) about their mean, and the part the action predicts."""
        p = self.columns.shape[1]
        shared, of_action = moments[:p, p:], moments[p:, p:]
        mean = np.outer(shared[:, 0], shared[:, 0]) / of_action[0, 0]
        return moments[:p, :p] - mean, shared @ np.linalg.solve(of_action, shared.T) - mean

    def _stiffened(self, total: Array, ridge: float) -> Array:
        """Return second moments (P, P) with the roughness that a ridge adds."""
        rough, diagonal = self.basis.rough, np.diag(total)
        stiff = np.where(np.arange(len(total)) < rough, ridge, 0.0) + _ROUNDING
        return np.asarray(total + np.diag(stiff * diagonal[rough:].sum()))
