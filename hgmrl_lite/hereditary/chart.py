"""A chart found from transitions alone: coordinates in which an action moves all places alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from hgmrl_lite._validate import Array
from hgmrl_lite._verdict import Verdict
from hgmrl_lite.actions import Chart
from hgmrl_lite.hereditary.evidence import Told
from hgmrl_lite.hereditary.increments import Increments
from hgmrl_lite.hereditary.spline_map import SplineInverse, SplineMap, features
from hgmrl_lite.transitions import Transitions

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
        Whether an action moves all places alike in the chart: "no" when the place makes more than one
        percent of the motion.
    share : float
        Motion that the place still makes, as a share of the action's, in mean squares; below 0 by chance
        where there is none.
    bounds : tuple of float
        Between what it lies: by the error of its estimate, and by what the fit of the chart may hide.
    error : float
        How far the chart is off by chance, in units of the spread of the states, as far as motion tells.
    correlations : ndarray, shape (n,)
        Canonical correlations: how well the action predicts the increments of each coordinate.
    ridge : float
        How smooth the chart is, as transitions that were held out decided.
    increments : Increments
        What it was found from.
    coefficients : ndarray, shape (P, n)
        Of its splines.
    sharpened : bool
        Whether the rewards of related tasks have made it more exact.
    """

    verdict: Verdict
    share: float
    bounds: tuple[float, float]
    error: float
    correlations: Array
    ridge: float
    increments: Increments
    coefficients: Array
    sharpened: bool = False

    @classmethod
    def made(cls, increments: Increments, found: Array, ridge: float, **told: Any) -> "FoundChart":
        """Return the chart with coefficients (P, n), and the verdict on it."""
        forward = SplineMap(increments.basis, found, increments.origin @ found)
        inverse, unit = SplineInverse.of(forward, increments.moved), increments.unit
        share, low, high = increments.share(found, ridge)
        return cls(
            forward=lambda states: forward(states / unit),
            inverse=lambda images: inverse(images) * unit,
            verdict="no" if low > BOUND else "yes" if high < BOUND else "undecided",
            share=share,
            bounds=(low, high),
            ridge=ridge,
            increments=increments,
            coefficients=found,
            **told,
        )

    def _facts(self) -> list[tuple[str, str]]:
        """Return what there is to tell, as (name, text)."""
        low, high = self.bounds
        return [
            ("an action moves all places alike", self.verdict),
            ("share of the motion that the place makes", f"{self.share:.4f} ({low:.4f} to {high:.4f})"),
            ("error of the chart", f"{100.0 * self.error:.1f} % of the spread of the states"),
            ("canonical correlations", ", ".join(f"{one:.3f}" for one in self.correlations)),
            ("transitions", str(len(self.increments.states))),
            ("sharpened by rewards", "yes" if self.sharpened else "no"),
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
    increments = Increments.of(tasks)
    ridge = increments.best_ridge()
    correlations, found = increments.coordinates(ridge)
    images = features(increments.basis, increments.moved) @ found
    # In units of each coordinate, so that these do not matter, but for one size of all.
    found = found @ _towards(images, increments.moved) * np.exp(np.log(increments.unit).mean())
    return FoundChart.made(
        increments, found, ridge, correlations=correlations, error=increments.error(found, ridge)
    )


def _towards(images: Array, states: Array) -> Array:
    """Return the rotation or reflection, times a scale, (n, n) that brings images (N, n) to states."""
    images, states = images - images.mean(axis=0), states - states.mean(axis=0)
    left, sizes, right = np.linalg.svd(images.T @ states)
    return np.asarray(left @ right * sizes.sum() / np.square(images).sum())
