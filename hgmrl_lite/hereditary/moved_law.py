"""How much a law of motion changes under a map of the plane of states, with its best partner on actions."""

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from scipy.special import chdtri

from hgmrl_lite._validate import Array
from hgmrl_lite.discovery.finite_search import Change
from hgmrl_lite.discovery.grid_fits import TRIED, GridFits, left_over, usual_mean
from hgmrl_lite.hereditary.evidence import BOUND, squared
from hgmrl_lite.hereditary.frame import partners
from hgmrl_lite.hereditary.motion import FOLDS, USUAL, LawOfMotion
from hgmrl_lite.hereditary.polynomials import monomials
from hgmrl_lite.transitions import Transitions

#: A rough answer looks at every so-manieth of the sample.
THIN = 3
#: Rounds of Gauss-Newton for K, the step of its derivatives in standard deviations of the actions, and the
#: ridge of its normal equations as a share of their trace.
ROUNDS, STEP, RIDGE = 3, 1e-3, 1e-9
#: A state or action is among the data up to so many times the usual distance of neighbours.
NEAR = 3.0
#: Neighbours of the local fits to what the law leaves over, at most this share of a half, and how many
#: transitions are used.
NEIGHBOURS, OF_HALF, LARGEST = (40, 100, 250), 0.3, 10_000

Among = Callable[[Array], NDArray[np.bool_]]


class MovedLaw:
    """How far T(L s, K a) is from L T(s, a) at a sample, for the K that makes it least.

    Where the polynomials of the law leave over what local fits over the actions can predict, such as the bend
    at the border of admissible actions, these are added.

    Parameters
    ----------
    law : LawOfMotion
        Of states in the plane.
    tasks : sequence of Transitions
        The transitions that it was fitted to.
    """

    # The bounds of the generators' scores.
    none: float = 0.1**2
    most: float = BOUND**2

    def __init__(self, law: LawOfMotion, tasks: Sequence[Transitions]) -> None:
        self.law, self.tasks = law, tasks

    def __call__(self, maps: Array, *, rough: bool = False) -> Change:
        """Return the change under homogeneous maps (G, 3, 3) of the states."""
        states, actions = (part[:: THIN if rough else 1] for part in self.law.sample)
        linear = maps[:, :2, :2]
        moved = states @ linear.swapaxes(-1, -2) + maps[:, None, :2, 2]
        start, near = self._motions(states, actions)
        target = start[:, None] @ linear.swapaxes(-1, -2)
        turned = actions @ self._partners(linear, moved, actions, target.mean(axis=0)).swapaxes(-1, -2)
        end, near_too = self._motions(moved, turned)
        known = near & near_too & self._among_states(moved) & self._among_actions(turned)
        number = np.maximum(known.sum(axis=1), 1)
        rise = (end - target) * known[..., None]
        square, error = (rise[0] * rise[-1]).sum(axis=(1, 2)), np.zeros(len(maps))
        if not rough:
            for index in range(len(maps)):
                bias, error[index] = self._errors(
                    linear[index],
                    rise[:, index],
                    known[index],
                    (states, actions, moved[index], turned[index]),
                )
                square[index] -= bias
        return Change(square / number / self._spread, error / number / self._spread, known.mean(axis=1))

    def _errors(
        self, linear: Array, rise: Array, known: NDArray[np.bool_], places: tuple[Array, Array, Array, Array]
    ) -> tuple[float, float]:
        """Return what errors add to the sum of squared rises (H, S, 2), and the standard error of that."""
        states, actions, moved, turned = places
        errors = self._basis(moved, turned) @ self._deviations
        errors -= self._basis(states, actions) @ self._deviations @ linear.T
        mean = rise.mean(axis=0).ravel()
        found = squared(mean, (errors * known[:, None]).reshape(FOLDS, -1))
        if self._bend is None:
            return float(mean @ mean) - found.square, found.error
        # Local fits make good what the polynomials are off by, and the two halves err independently.
        fits, unit = self._bend, np.linalg.inv(self.law.action_scale).T
        end, start = (fits.look_up(part @ unit, fits.fits) for part in (turned, actions))
        variance = found.error**2
        for half in (0, 1):
            other = rise[1 - half]
            variance += fits.variance(half, [(end, other.T), (start, -(other @ linear).T)])
        return 0.0, float(np.sqrt(variance))

    def _partners(self, linear: Array, moved: Array, actions: Array, target: Array) -> Array:
        """Return K (G, m, m) for linear parts (G, 2, 2), moved states and moved motion (G, S, 2)."""
        m, scale = self.law.m, self.law.action_scale
        right = partners(linear, self._response)
        for _ in range(ROUNDS):
            here = actions @ right.swapaxes(-1, -2)
            motion = self._polynomial(moved, here)
            slopes = [(self._polynomial(moved, here + STEP * axis) - motion) / STEP for axis in scale.T]
            # The change (j, k) of K moves motion i of sample s by the slope in action j, times action k.
            design = np.einsum("jgsi,sk->gsijk", np.array(slopes), actions).reshape(len(motion), -1, m * m)
            gram = design.swapaxes(-1, -2) @ design
            gram += RIDGE * np.trace(gram, axis1=1, axis2=2)[:, None, None] * np.eye(m * m)
            left = self._motions(moved, here)[0].mean(axis=0) - target
            slope = design.swapaxes(-1, -2) @ left.reshape(len(left), -1, 1)
            right = right - scale @ np.linalg.solve(gram, slope).reshape(-1, m, m)
        return np.asarray(right)

    def _motions(self, states: Array, actions: Array) -> tuple[Array, NDArray[np.bool_]]:
        """Return the mean change of state by either half, (2 or 1, ..., 2), and where it is known, (...)."""
        motion = self._polynomial(states, actions)[None]
        if self._bend is None:
            return motion, np.ones(actions.shape[:-1], dtype=bool)
        place = self._bend.look_up(actions @ np.linalg.inv(self.law.action_scale).T, self._bend.fits)
        return motion + np.moveaxis(place.values, 1, -1), place.known

    @cached_property
    def _bend(self) -> GridFits | None:
        """Local fits to what the law leaves over, over the whitened actions, where they predict any of it."""
        law = self.law
        if law.m != 2:
            return None
        states, actions, change = (
            np.concatenate(parts)
            for parts in zip(
                *((t.states, t.actions, t.next_states - t.states) for t in self.tasks), strict=True
            )
        )
        inside = actions @ np.linalg.inv(law.action_scale).T
        rows = np.flatnonzero(np.square(inside).sum(axis=1) <= chdtri(law.m, 1.0 - USUAL))
        rows = rows[np.random.default_rng(0).permutation(len(rows))[:LARGEST]]
        left = change[rows] - law(states[rows], actions[rows])
        one, two = ((cKDTree(inside[rows[half::2]]), left[half::2]) for half in (0, 1))
        least = sum(usual_mean(np.square(values[:TRIED]).sum(axis=1)) for _, values in (one, two))
        best = None
        for neighbours in NEIGHBOURS:
            if neighbours <= OF_HALF * len(two[1]):
                square = left_over((one, two), neighbours)
                if square < least:
                    best, least = neighbours, square
        return None if best is None else GridFits.of((one, two), best)

    def _basis(self, states: Array, actions: Array) -> Array:
        """Return the law's orthonormal functions (..., F) at states and actions (..., 2) and (..., m)."""
        law = self.law
        inputs = [
            (states - law.centre) @ np.linalg.inv(law.state_scale).T,
            actions @ np.linalg.inv(law.action_scale).T,
        ]
        return np.asarray(monomials(np.concatenate(inputs, axis=-1), law.exponents) @ law.from_basis)

    def _polynomial(self, states: Array, actions: Array) -> Array:
        """Return the law's mean change of state (..., 2)."""
        return np.asarray(self._basis(states, actions) @ (self.law.coefficients @ self._unit))

    @cached_property
    def _unit(self) -> Array:
        """From the law's units to those of the states, (2, 2)."""
        return np.asarray(np.linalg.norm(self.law.to_basis[:, 0]) * self.law.motion_scale.T)

    @cached_property
    def _deviations(self) -> Array:
        """What each fold adds to the coefficients, (FOLDS, F, 2)."""
        return np.asarray(self.law.deviations @ self._unit / np.sqrt(FOLDS * (FOLDS - 1)))

    @cached_property
    def _spread(self) -> float:
        """How far motions at unrelated places are apart, squared."""
        return 2.0 * float(self._polynomial(*self.law.sample).var(axis=0).sum())

    @cached_property
    def _response(self) -> Array:
        """The mean response B (2, m) of the motion to a unit of action."""
        states, actions = self.law.sample
        design = np.hstack([actions, states, np.ones((len(states), 1))])
        return np.asarray(np.linalg.lstsq(design, self._polynomial(states, actions))[0][: self.law.m].T)

    @cached_property
    def _among_states(self) -> Among:
        return _among(self.law.sample[0], self.law.state_scale)

    @cached_property
    def _among_actions(self) -> Among:
        return _among(self.law.sample[1], self.law.action_scale)


def _among(points: Array, scale: Array) -> Among:
    """Return what tells of points (..., k) whether they are among given ones (S, k), in units of a scale."""
    unit = np.linalg.inv(scale).T
    tree = cKDTree(points @ unit)
    reach = NEAR * float(np.median(tree.query(points @ unit, k=[2])[0]))
    return lambda asked: np.asarray(tree.query(asked @ unit)[0] < reach)
