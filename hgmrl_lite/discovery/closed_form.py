"""From samples of a function to its symmetry algebra."""

import math

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import as_array, as_count
from hgmrl_lite.discovery.ladder import Claim, climb
from hgmrl_lite.discovery.samples import Samples, gather
from hgmrl_lite.discovery.symmetry import Symmetry, explain
from hgmrl_lite.lie import principal_angles


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
    candidates), so the defect depends neither on the units of the points nor on those of f. The verdict is an
    equivalence test: "symmetric" when the 95 % *upper* bound of the defect is below the tolerance, "none"
    when the *lower* bound of every candidate's defect is above it, else "undecided".

    Gradients come from local polynomials (cubic in the plane, quadratic above, where a cubic has too many
    terms), fitted to two random halves of the data, so that their errors are independent; the bounds come
    from a wild bootstrap (Wu, 1986) of the residuals through the same fits, and the neighbourhoods grow until
    the data allow a claim. Beyond the smallest neighbourhoods, a claim also needs those of the next smaller
    size to agree. Bends of f that are finer than the neighbourhoods behind the verdict are not seen:
    `Symmetry.resolution` states their radius.

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
    ('symmetric', 1, array([ 0.3, -0.2]))
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
    spectrum, lower, upper = (np.full(unknowns, math.nan) for _ in range(3))
    generators = candidates = np.zeros((0, n + 1, n + 1))
    angle, centre = math.nan, None
    if forms is not None:
        squares, vectors = forms.spectrum
        spectrum = np.sqrt(np.clip(squares, 0.0, 1.0))
        lower = np.sqrt(np.clip(forms.lower, 0.0, 1.0))
        uppers = [forms.upper(i + 1) for i in range(unknowns)]
        upper = np.sqrt(np.clip(np.maximum.accumulate(uppers), 0.0, 1.0))
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
        reason=explain(claim, lower, upper, tolerance),
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
    )
