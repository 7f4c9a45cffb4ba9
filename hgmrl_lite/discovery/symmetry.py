"""From samples of a function to its symmetry algebra: which symmetry, how sure, and why."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._tables import table
from hgmrl_lite._validate import Array, as_array, as_count
from hgmrl_lite._verdict import Verdict
from hgmrl_lite.discovery.finite import FiniteGroup, told
from hgmrl_lite.discovery.finite_search import find_finite_group
from hgmrl_lite.discovery.ladder import Claim, climb
from hgmrl_lite.discovery.moved_function import MovedFunction
from hgmrl_lite.discovery.samples import Samples, gather
from hgmrl_lite.lie import principal_angles


@dataclass(frozen=True, eq=False, repr=False)
class Symmetry:
    """Symmetry algebra of a sampled function.

    Attributes
    ----------
    generators : ndarray, shape (d, n+1, n+1)
        Basis of the algebra, homogeneous, in the original coordinates. Where the data have unit covariance
        the mean square speed over them is n (a rotation about their mean has entries ±1).
    dimension : int
        d, how many independent fields are claimed. When the verdict is "undecided": how many estimated
        defects are below the tolerance, which is a guess.
    exact : bool
        Whether one more field is ruled out; otherwise d is a least dimension.
    verdict : {"yes", "no", "undecided"}
        Whether the function is symmetric: the defect of all fields is below the tolerance ("yes"), of every
        possible field above it ("no"), or neither can be said.
    reason : str
        Why this verdict, in words.
    spectrum : ndarray, shape (n(n+1),) or (n²,)
        Estimated defects of all candidates, ascending: root mean square cosines between gradient and field. 0
        for a symmetry, 1/√n for a random direction. The error of the gradients does not add to them on
        average; what falls below zero is set to zero, what exceeds one to one. NaN where the data support no
        estimate.
    lower, upper : ndarray, shape (n(n+1),) or (n²,)
        95 % bounds, each one-sided: of the defect number i, and of the largest defect in the span of the
        first i.
    tolerance : float
        Largest defect that counts as a symmetry.
    resolution : float
        Radius of the neighbourhoods behind the verdict, in standard deviations of the data: the function may
        bend on a shorter length without this being seen.
    candidates : ndarray, shape (P, n+1, n+1)
        Generators in the order of the spectrum.
    centre : ndarray, shape (n,), or None
        Common fixed point of the algebra, the one nearest to the data's mean if there are several.
    angle_deg : float
        Root mean square over resamples of the largest principal angle between the algebra found in the
        resample and the one reported, in degrees; NaN when there is none.
    n_used, n_points : int
        Points at which gradients were compared, and all points.
    dropped : dict
        How many points were left out, by reason.
    algebra : {"affine", "linear"}
        What was searched.
    samples : Samples
        What it was found in.
    """

    generators: Array
    dimension: int
    exact: bool
    verdict: Verdict
    reason: str
    spectrum: Array
    lower: Array
    upper: Array
    tolerance: float
    resolution: float
    candidates: Array
    centre: Array | None
    angle_deg: float
    n_used: int
    n_points: int
    dropped: dict[str, int]
    algebra: str
    samples: Samples

    @cached_property
    def finite(self) -> FiniteGroup | None:
        """Turns and mirrors that are left in the plane; computed when first asked for.

        None where a continuous symmetry was found, and where the points are not of the plane. Where linear
        symmetries were looked for, turns and mirrors keep the origin as well.
        """
        frame = self.samples.frame
        if self.verdict == "yes" or len(frame.shift) != 2:
            return None
        scale = frame.scale if frame.affine else None
        return find_finite_group(MovedFunction(self.samples), frame.shift, scale)

    def _facts(self) -> list[tuple[str, str]]:
        """Return what there is to tell, as (name, text)."""
        d = self.dimension
        shown = self.spectrum[: d + 3]
        defects = " ".join(f"{defect:.3f}" + (" |" if i == d - 1 else "") for i, defect in enumerate(shown))
        known = "a guess: " if self.verdict == "undecided" else "" if self.exact or not d else "at least "
        facts = [
            ("symmetric", f"{self.verdict}, {self.reason}"),
            ("dimension", f"{known}{d} of {len(self.spectrum)} ({self.algebra})"),
            ("defects", ("| " if d == 0 else "") + defects + (" ..." if len(self.spectrum) > d + 3 else "")),
        ]
        if d:
            centre = "none" if self.centre is None else str(_rounded(self.centre))
            spread = f"{self.angle_deg:.2g}°" if self.angle_deg >= 0.001 else "below 0.001°"
            facts += [("centre", centre), ("angle spread", spread)]
        if self.verdict != "yes":
            facts.append(("finite group", told(self.finite, len(self.samples.frame.shift))))
        if math.isfinite(self.resolution):
            facts.append(
                (
                    "resolution",
                    f"{self.resolution:.2g} standard deviations of the data; finer bends are not seen",
                )
            )
        left = "".join(f"; {count} left out: {why}" for why, count in self.dropped.items())
        facts.append(("points", f"{self.n_points}, gradients compared at {self.n_used}{left}"))
        return facts

    def __repr__(self) -> str:
        """Tell the verdict, the defects and the generators."""
        lines = [f"  {name}: {text}" for name, text in self._facts()]
        for number, generator in enumerate(self.generators, start=1):
            block = np.array2string(_rounded(generator[:-1]), prefix=" " * 8)
            lines.append(f"  W_{number} = {block}")
        return "Symmetry(\n" + "\n".join(lines) + "\n)"

    def _repr_html_(self) -> str:
        """Tell the same as tables, with the defects as bars."""
        symmetries = self.dimension if self.verdict == "yes" else 0
        top = float(np.nanmax(self.spectrum, initial=self.tolerance))
        bars = [
            (
                f"{defect:.3f}",
                f"{_below(low)} to {_above(high)}",
                f"<div style='height:0.7em;width:{8 * defect / top:.2f}em;"
                f"background:{'#0072B2' if i < symmetries else '#999999'}'></div>",
            )
            for i, (defect, low, high) in enumerate(zip(self.spectrum, self.lower, self.upper, strict=True))
            if np.isfinite(defect)
        ]
        cells = "".join(
            table(f"W<sub>{number}</sub>", rows, "right", named=False)
            for number, generator in enumerate(self.generators, start=1)
            for rows in [[[f"{x:.4f}" for x in row] for row in _rounded(generator[:-1])]]
        )
        return (
            f"<div>{table('Symmetry of a sampled function', self._facts())}"
            f"{table('Defects and 95 % bounds (blue: symmetry)', bars, named=False)}{cells}</div>"
        )


def discover(
    points: ArrayLike,
    values: ArrayLike,
    *,
    algebra: str = "affine",
    tolerance: float = 0.1,
    bootstrap: int = 80,
    seed: int = 0,
) -> Symmetry:
    """Find the affine (or linear) symmetry algebra of a function from samples, with a calibrated verdict.

    The *defect* of a candidate W is the root mean square cosine between the gradient of f and the field W p
    over the law of the data, weighted by the squared lengths of both: 0 for a symmetry, 1/√n for a random
    direction. Gradients and points above the median length count alike, so that a few steep or far places do
    not speak for the rest; places where the samples determine the gradient poorly count less, or not at all.
    Lengths are those of coordinates in which the data have unit covariance (unit second moment for linear
    candidates), so the defect depends neither on the units of the points nor on those of f. Whether f is
    symmetric is an equivalence test: "yes" when the 95 % *upper* bound of the defect is below the tolerance,
    "no" when the *lower* bound of every candidate's defect is above it, else "undecided".

    Gradients come from local polynomials (cubic in the plane, quadratic above, where a cubic has too many
    terms), fitted to two random halves of the data, so that their errors are independent; the bounds come
    from a wild bootstrap (Wu, 1986) of the residuals through the same fits, and the neighbourhoods grow until
    the data allow a claim. Beyond the smallest neighbourhoods, a claim also needs those of the next smaller
    size to agree. Bends of f that are finer than the neighbourhoods behind the verdict are not seen:
    `Symmetry.resolution` states their radius.

    In the plane, `Symmetry.finite` tells which turns and mirrors are left where no continuous symmetry is
    found.

    Parameters
    ----------
    points : array_like, shape (N, n)
        Where f was sampled, n at least 2.
    values : array_like, shape (N,)
        The samples. Values far from their neighbours' are left out and counted.
    algebra : {"affine", "linear"}
        Whether translations belong to the candidates; linear ones keep the origin.
    tolerance : float
        Largest defect that still counts as a symmetry, between 0 and 1/√n. At 0.1 a reported field is, in
        root mean square, within six degrees of the level sets.
    bootstrap : int
        Resamples, at least 20.
    seed : int
        Seed of the split and of the resampling.

    Returns
    -------
    Symmetry
        Verdict, dimension, spectrum of defects with bounds, generators, centre and confidence.

    Raises
    ------
    ValueError
        When shapes disagree, entries are not finite, n is 1, the tolerance is out of range, the points lie in
        a hyperplane or are fewer (beside those left out) than two local fits need, or the values are
        constant.

    Examples
    --------
    >>> points = np.random.default_rng(0).normal(size=(2000, 2))
    >>> found = discover(points, np.exp(-np.square(points - [0.3, -0.2]).sum(axis=1)))
    >>> found.verdict, found.dimension, found.centre.round(2)
    ('yes', 1, array([ 0.3, -0.2]))
    """
    points = as_array("points", points, ("N", "n"))
    n = points.shape[1]
    if n < 2:
        raise ValueError(f"points must have at least 2 coordinates, got shape {points.shape}")
    if not 0.0 < tolerance < 1.0 / math.sqrt(n):
        raise ValueError(
            f"tolerance must lie between 0 and the defect of a random direction, {1.0 / math.sqrt(n):.3g}, "
            f"got {tolerance}"
        )
    bootstrap = as_count("bootstrap", bootstrap, 20)
    rng = np.random.default_rng(seed)
    samples = gather(points, values, algebra, rng)
    claim = climb(samples, tolerance, bootstrap, rng)
    return _dress(samples, claim, tolerance)


def _dress(samples: Samples, claim: Claim, tolerance: float) -> Symmetry:
    """Return the claim with everything that a reader wants to know about it."""
    frame, forms, d = samples.frame, claim.forms, claim.dimension
    n, unknowns = len(frame.shift), frame.unknowns
    spectrum = lower = upper = np.full(unknowns, math.nan)
    generators = candidates = np.zeros((0, n + 1, n + 1))
    angle, centre = math.nan, None
    if forms is not None:
        squares, vectors = forms.spectrum
        spectrum, lower, upper = (
            np.sqrt(np.clip(bound, 0.0, 1.0))
            for bound in (squares, forms.lower, np.maximum.accumulate(forms.upper))
        )
        candidates = frame.generators(forms.unit * vectors)
    if claim.fields is not None:
        generators, fits = (frame.generators(found.reshape(*found.shape[:-2], -1)) for found in claim.fields)
        spread = principal_angles(fits, generators).max(axis=-1)
        angle = float(np.degrees(np.sqrt(np.mean(np.square(spread)))))
        centre = frame.fixed_point(generators, 3.0 * math.radians(angle))
    return Symmetry(
        generators=generators,
        dimension=d,
        exact=claim.exact,
        verdict=claim.verdict,
        reason=_explain(claim, lower, upper, tolerance),
        spectrum=spectrum,
        lower=lower,
        upper=upper,
        tolerance=tolerance,
        resolution=math.nan if forms is None else forms.radius,
        candidates=candidates,
        centre=centre,
        angle_deg=angle,
        n_used=0 if forms is None else len(forms.points),
        n_points=samples.total,
        dropped=samples.dropped,
        algebra="affine" if frame.affine else "linear",
        samples=samples,
    )


def _rounded(array: Array) -> Array:
    """Return the array to four decimals; adding 0.0 turns −0.0 into 0.0."""
    return np.asarray(np.round(array, 4) + 0.0)


def _above(bound: float) -> str:
    """Return an upper bound to three decimals, rounded up."""
    return f"{math.ceil(1000.0 * bound) / 1000.0:.3f}"


def _below(bound: float) -> str:
    """Return a lower bound to three decimals, rounded down."""
    return f"{math.floor(1000.0 * bound) / 1000.0:.3f}"


def _explain(claim: Claim, lower: Array, upper: Array, tolerance: float) -> str:
    """Return in words why a claim was made, from the 95 % bounds of the defects."""
    d = claim.dimension
    if claim.forms is None:
        return f"no size of neighbourhood says anything: {'; '.join(dict.fromkeys(claim.troubles))}"
    if claim.verdict == "no":
        least = _below(lower[0])
        return f"every field has a defect of at least {least} (95 %), above the tolerance {tolerance:g}"
    if claim.verdict == "yes":
        some = "one field has a defect" if d == 1 else f"{d} fields have defects"
        text = f"{some} of at most {_above(upper[d - 1])} (95 %), below the tolerance {tolerance:g}"
        if d == len(lower):
            return text
        if claim.exact:
            return f"{text}; one more would have at least {_below(lower[d])}"
        return f"{text}; whether there is one more is open (its defect is at least {_below(lower[d])})"
    text = (
        f"the best field's defect lies between {_below(lower[0])} and {_above(upper[0])} (95 % each), the "
        f"tolerance is {tolerance:g}"
    )
    if not lower[0] <= tolerance <= upper[0]:
        # These bounds would allow a claim; it also needs the other sizes of neighbourhoods.
        text += ", but neighbourhoods of other sizes do not confirm this"
    return text + "".join(f"; {why}" for why in dict.fromkeys(claim.troubles))
