"""How much a law of motion changes under a map of the plane of states, with its best partner on actions."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from hgmrl_lite._validate import Array
from hgmrl_lite.discovery.finite import Change
from hgmrl_lite.hereditary.evidence import squared
from hgmrl_lite.hereditary.frame import partners
from hgmrl_lite.hereditary.motion import FOLDS, LawOfMotion
from hgmrl_lite.hereditary.polynomials import monomials

#: Rounds of Gauss-Newton for K, from B⁺ L B for the mean response B, and the step of its derivatives in
#: standard deviations of the actions.
ROUNDS, STEP = 3, 1e-3
#: A rough answer looks at every so-manieth of the sample.
THIN = 3
#: Ridge of the normal equations, as a share of their trace.
RIDGE = 1e-9
#: Squared change that the polynomials of the law may cause where there is none.
BENT = 0.01
#: A state or action is among the data up to so many times the usual distance of neighbours.
NEAR = 3.0

Among = Callable[[Array], NDArray[np.bool_]]


@dataclass(frozen=True, eq=False)
class MovedLaw:
    """How far T(L s, K a) is from L T(s, a) at a sample, for the K that makes it least.

    Parameters
    ----------
    law : LawOfMotion
        Of states in the plane.
    """

    law: LawOfMotion

    none: ClassVar[float] = BENT

    def __call__(self, maps: Array, *, rough: bool = False) -> Change:
        """Return the change under homogeneous maps (G, 3, 3) of the states."""
        states, actions = (part[:: THIN if rough else 1] for part in self.law.sample)
        linear = maps[:, :2, :2]
        moved = states @ linear.swapaxes(-1, -2) + maps[:, None, :2, 2]
        target = self._motion(states, actions) @ linear.swapaxes(-1, -2)
        turned = actions @ self._partners(linear, moved, actions, target).swapaxes(-1, -2)
        known = self._near[0](moved) & self._near[1](turned)
        number = np.maximum(known.sum(axis=1), 1)
        rise = (self._motion(moved, turned) - target) * known[..., None]
        square, error = np.square(rise).sum(axis=(1, 2)), np.zeros(len(maps))
        if not rough:
            start = self._basis(states, actions) @ self._deviations
            for index, there in enumerate(self._basis(moved, turned)):
                errors = (there @ self._deviations - start @ linear[index].T) * known[index, :, None]
                found = squared(rise[index].ravel(), errors.reshape(FOLDS, -1))
                square[index], error[index] = found.square, found.error
        return Change(square / number / self._spread, error / number / self._spread, known.mean(axis=1))

    def _partners(self, linear: Array, moved: Array, actions: Array, target: Array) -> Array:
        """Return K (G, m, m) for the linear parts of maps, the moved states and the moved motion (G, S, 2)."""
        m, scale = self.law.m, self.law.action_scale
        right = partners(linear, self._response)
        for _ in range(ROUNDS):
            here = actions @ right.swapaxes(-1, -2)
            left = self._motion(moved, here) - target
            slopes = [(self._motion(moved, here + STEP * axis) - target - left) / STEP for axis in scale.T]
            # The change (j, k) of K moves motion i of sample s by the slope in action j, times action k.
            design = np.einsum("jgsi,sk->gsijk", np.array(slopes), actions).reshape(len(left), -1, m * m)
            gram = design.swapaxes(-1, -2) @ design
            gram += RIDGE * np.trace(gram, axis1=1, axis2=2)[:, None, None] * np.eye(m * m)
            slope = design.swapaxes(-1, -2) @ left.reshape(len(left), -1, 1)
            right = right - scale @ np.linalg.solve(gram, slope).reshape(-1, m, m)
        return np.asarray(right)

    def _basis(self, states: Array, actions: Array) -> Array:
        """Return the law's orthonormal functions (..., F) at states and actions (..., 2) and (..., m)."""
        law = self.law
        inputs = [
            (states - law.centre) @ np.linalg.inv(law.state_scale).T,
            actions @ np.linalg.inv(law.action_scale).T,
        ]
        return monomials(np.concatenate(inputs, axis=-1), law.exponents) @ law.from_basis

    def _motion(self, states: Array, actions: Array) -> Array:
        """Return the mean change of state (..., 2)."""
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
        return 2.0 * float(self._motion(*self.law.sample).var(axis=0).sum())

    @cached_property
    def _response(self) -> Array:
        """The mean response B (2, m) of the motion to a unit of action."""
        states, actions = self.law.sample
        design = np.hstack([actions, states, np.ones((len(states), 1))])
        return np.asarray(np.linalg.lstsq(design, self._motion(states, actions))[0][: self.law.m].T)

    @cached_property
    def _near(self) -> tuple[Among, Among]:
        states, actions = self.law.sample
        return _among(states, self.law.state_scale), _among(actions, self.law.action_scale)


def _among(points: Array, scale: Array) -> Among:
    """Return what tells of points (..., k) whether they are among given ones (S, k), in units of a scale."""
    unit = np.linalg.inv(scale).T
    tree = cKDTree(points @ unit)
    reach = NEAR * float(np.median(tree.query(points @ unit, k=[2])[0]))
    return lambda asked: np.asarray(tree.query(asked @ unit)[0] < reach)
