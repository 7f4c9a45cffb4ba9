"""How much a sampled function of the plane changes under a map, with the error of that."""

from functools import cached_property

import numpy as np

from hgmrl_lite._validate import Array
from hgmrl_lite.discovery.finite_search import Change
from hgmrl_lite.discovery.grid_fits import GridFits, Places, left_over
from hgmrl_lite.discovery.samples import Samples

#: Squared change that always counts as none, and the share of what the fits miss of the values that does as
#: well: a bend that is too fine for them need not look alike under a symmetry.
NONE, MISSED = 0.01**2, 0.25
#: A rough answer looks at every so-manieth point.
THIN = 3


class MovedFunction:
    """How far f(g p) is from f(p) at points of the sample, for maps g.

    Parameters
    ----------
    samples : Samples
        Of a function of the plane.
    """

    most: float = 0.05**2

    def __init__(self, samples: Samples) -> None:
        one, two = ((half.tree, half.values[:, None]) for half in samples.halves)
        sizes = [left_over((one, two), neighbours) for neighbours in samples.ladder]
        self.samples = samples
        self.fits = GridFits.of((one, two), samples.ladder[int(np.argmin(sizes))])
        missed = float(np.square(np.concatenate(self.fits.residuals)).mean())
        variance = float(np.concatenate([one[1], two[1]]).var())
        self.none = max(NONE, 0.5 * MISSED * missed / variance)

    def __call__(self, maps: Array, *, rough: bool = False) -> Change:
        """Return the change of the function under homogeneous maps (G, 3, 3)."""
        frame = self.samples.frame
        linear = frame.inverse @ maps[:, :2, :2] @ frame.scale
        shift = (maps[:, :2, :2] @ frame.shift + maps[:, :2, 2] - frame.shift) @ frame.inverse.T
        points = self.samples.compared[:: THIN if rough else 1]
        start = self._thin_start if rough else self._start
        moved = points @ linear.swapaxes(-1, -2) + shift[:, None]
        end = self.fits.look_up(moved, self.fits.mean_fit if rough else self.fits.fits)
        known = start.known & end.known
        number = np.maximum(known.sum(axis=1), 1)
        weight = known / number[:, None]
        here, there = start.values[:, 0, None], end.values[:, 0]
        # Values at unrelated places differ by twice the variance, in mean square.
        ends = [here.mean(axis=0), there.mean(axis=0)]
        mean = sum((weight * part).sum(axis=1, keepdims=True) for part in ends) / 2.0
        spread = sum((weight * (part - mean) ** 2).sum(axis=1) for part in ends) + np.finfo(float).tiny
        rise = weight * (there - here)
        # The errors of the two halves are independent: their product adds nothing on average.
        square = (rise[0] * (there - here)[-1]).sum(axis=1)
        error = np.zeros(len(maps))
        if not rough:
            for index in range(len(maps)):
                parts = [[(end.of(index), part[None]), (start, -part[None])] for part in rise[:, index]]
                error[index] = np.sqrt(self.fits.variance(0, parts[1]) + self.fits.variance(1, parts[0]))
        return Change(square / spread, error / spread, known.mean(axis=1))

    @cached_property
    def _start(self) -> Places:
        return self.fits.look_up(self.samples.compared, self.fits.fits)

    @cached_property
    def _thin_start(self) -> Places:
        return self.fits.look_up(self.samples.compared[::THIN], self.fits.mean_fit)
