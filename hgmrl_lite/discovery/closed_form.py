"""From samples of a function to its symmetry algebra."""

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_array, as_count
from hgmrl_lite.discovery.frame import Frame
from hgmrl_lite.discovery.moments import NEARLY, Moments, spectrum
from hgmrl_lite.discovery.null_space import affine_null_space
from hgmrl_lite.discovery.samples import block_count, check_size, gather, regress
from hgmrl_lite.discovery.symmetry import CLEAR, Confidence, Symmetry, judge, too_few
from hgmrl_lite.lie import principal_angles
from hgmrl_lite.tangents import LevelSetNormals


def discover(
    points: ArrayLike,
    values: ArrayLike | None = None,
    *,
    normals: ArrayLike | LevelSetNormals | None = None,
    algebra: str = "affine",
    degree: int | None = None,
    neighbours: int | None = None,
    bootstrap: int = 200,
    seed: int = 0,
    chunk: int = 65536,
) -> Symmetry:
    """Find the affine (or linear) symmetry algebra of a function from samples.

    From values, gradients come first (`tangents.local_regression`). The score of a candidate W is the root
    mean square of the sine of the angle between W p and the level set, weighted by ‖W p‖² and divided by its
    mean over random directions, with the error of the gradients subtracted. It depends neither on the units
    of the points nor on an increasing change of f. Candidates that score below 0.1 are symmetries. The
    answer is "undecided" when the next one scores below 0.15 or the resamples disagree; these two bounds are
    fixed, not fitted to the data. The generators are then fitted anew with weights from the errors.

    Parameters
    ----------
    points : array_like, shape (N, n)
        Where f was sampled, n at least 2.
    values : array_like, shape (N,), optional
        The samples. Give either these or ``normals``.
    normals : array_like, shape (N, n), or LevelSetNormals, optional
        Exact normals (covectors) of any length at the points, or the result of an estimator, whose own points
        are then used.
    algebra : {"affine", "linear"}
        Whether translations belong to the candidates; linear ones keep the origin.
    degree : {1, 2, 3}, optional
        Degree of the local regression; by default 3 in the plane and 2 above, where a cubic has too many
        terms.
    neighbours : int, optional
        Samples in each local fit; by default the data choose.
    bootstrap : int
        Resamples of blocks of neighbouring points, at least 2.
    seed : int
        Seed of the resampling.
    chunk : int
        Points at a time.

    Returns
    -------
    Symmetry
        Spectrum, dimension, verdict, generators, centre and confidence.

    Raises
    ------
    ValueError
        When shapes disagree, entries are not finite, n is 1, the points lie in a hyperplane or are fewer than
        the unknowns, or the values are constant.

    Examples
    --------
    >>> points = np.random.default_rng(0).normal(size=(2000, 2))
    >>> found = discover(points, np.exp(-np.square(points - [0.3, -0.2]).sum(axis=1)))
    >>> found.verdict, found.dimension, found.centre.round(3)
    ('symmetric', 1, array([ 0.3, -0.2]))
    """
    bootstrap, chunk = as_count("bootstrap", bootstrap, 2), as_count("chunk", chunk)
    samples = gather(points, values, normals, algebra, degree, neighbours)

    def collect(candidates: Array | None = None) -> Moments:
        moments = Moments.empty(samples.frame, samples.blocks)
        for start in range(0, len(samples.points), chunk):
            rows = slice(start, start + chunk)
            covariance = None if samples.covariance is None else samples.covariance[rows]
            moments.add(samples.points[rows], samples.gradients[rows], covariance, candidates)
        return moments

    moments = collect()
    answer = _read(moments)
    exact: Array | None = None
    if answer is not None and answer[1]:
        if samples.estimated:
            moments = collect(_refine(moments, *answer))
        else:
            # Exact normals: singular values that are not squared.
            assert normals is not None
            assert not isinstance(normals, LevelSetNormals)
            exact = affine_null_space(points, normals, algebra=algebra, chunk=chunk)[1][: answer[1]]
    return _conclude(moments, answer, bootstrap, seed, samples.total, samples.dropped, exact)


def discover_batches(
    batches: Iterable[tuple[ArrayLike, ArrayLike]],
    *,
    algebra: str = "affine",
    degree: int | None = None,
    neighbours: int | None = None,
    bootstrap: int = 200,
    seed: int = 0,
) -> Symmetry:
    """Find the symmetry algebra from batches of samples, in memory that does not grow with their number.

    Each batch is regressed on its own, its moments are added up and the batch is forgotten. The first batch
    fixes the coordinates, so batches should be drawn alike; larger ones make sharper gradients.

    Parameters
    ----------
    batches : iterable of (points, values)
        Pairs of arrays (N_b, n) and (N_b,).
    algebra, degree, neighbours, bootstrap, seed
        As in `discover`.

    Returns
    -------
    Symmetry
        As from `discover`, but for the refits, which would need the data again.

    Raises
    ------
    ValueError
        As `discover`; also when there is no batch or the dimension changes between them.
    """
    bootstrap = as_count("bootstrap", bootstrap, 2)
    moments: Moments | None = None
    total, dropped = 0, dict[str, int]()
    for number, (batch, values) in enumerate(batches):
        points = as_array(f"points of batch {number}", batch, ("N", "n" if moments is None else moments.n))
        if moments is None:
            check_size(points, algebra)
            frame = Frame.of(points, algebra)
        fit = regress(frame.to_frame(points), values, degree, neighbours)
        if moments is None:
            moments = Moments.empty(frame, block_count(len(points), fit.neighbours))
        moments.add(fit.points, fit.gradients, fit.covariance)
        total += len(points)
        for reason, count in fit.dropped.items():
            dropped[reason] = dropped.get(reason, 0) + count
    if moments is None:
        raise ValueError("batches must hold at least one pair (points, values), got none")
    return _conclude(moments, _read(moments), bootstrap, seed, total, dropped)


def _sums(moments: Moments) -> tuple[Array, Array, Array]:
    """Return the blocks that hold data."""
    filled = np.einsum("bii->b", moments.lifted) > 0.0
    return moments.score[filled], moments.lifted[filled], moments.precise[filled]


def _read(moments: Moments) -> tuple[Array, int] | None:
    """Return the squared scores and the dimension, or None when too little is left to say anything."""
    score, lifted, _ = _sums(moments)
    if moments.used < 2 * moments.frame.unknowns:
        return None
    squares, _ = spectrum(score.sum(axis=0), lifted.sum(axis=0))
    return squares, int((squares < NEARLY**2).sum())


def _refine(moments: Moments, squares: Array, dimension: int) -> Array:
    """Return the d best generators (d, P) by the precise moments, if they are symmetries by the score too."""
    score, lifted, precise = (sums.sum(axis=0) for sums in _sums(moments))
    _, vectors = spectrum(precise, lifted)
    best = vectors[:dimension]
    if np.linalg.eigvalsh(best @ score @ best.T).max() < max(CLEAR**2, 2.0 * squares[dimension - 1]):
        return best
    return spectrum(score, lifted)[1][:dimension]


def _conclude(
    moments: Moments,
    answer: tuple[Array, int] | None,
    resamples: int,
    seed: int,
    total: int,
    dropped: dict[str, int],
    exact: Array | None = None,
) -> Symmetry:
    """Resample, judge and dress the answer; ``exact`` replaces the generators that the moments give."""
    frame = moments.frame
    n, unknowns = len(frame.shift), frame.unknowns
    algebra = "affine" if frame.affine else "linear"
    if answer is None:
        return Symmetry(
            generators=np.zeros((0, n + 1, n + 1)),
            dimension=0,
            verdict="undecided",
            reason=too_few(moments.used, total, dropped),
            spectrum=np.full(unknowns, math.nan),
            candidates=np.zeros((0, n + 1, n + 1)),
            noise_floor=math.nan,
            centre=None,
            confidence=Confidence(math.nan, 0.0, np.full(unknowns, math.nan), 0),
            n_used=moments.used,
            n_points=total,
            dropped=dropped,
            algebra=algebra,
        )
    squares, d = answer
    score, lifted, precise = _sums(moments)
    # From unit sum of squared speeds to unit mean: a rotation about the mean gets entries ±1.
    unit = math.sqrt(moments.weight)
    draw = np.random.default_rng(seed).multinomial(len(score), np.full(len(score), 1 / len(score)), resamples)

    def resampled(sums: Array) -> Array:
        return (draw.astype(float) @ sums.reshape(len(sums), -1)).reshape(resamples, *sums.shape[1:])

    redrawn = resampled(lifted)
    again, _ = spectrum(resampled(score), redrawn)
    agreement = float(np.mean((again < NEARLY**2).sum(axis=1) == d))
    generators, angle, centre = np.zeros((0, n + 1, n + 1)), math.nan, None
    if d:
        generators = unit * frame.generators(_refine(moments, squares, d)) if exact is None else exact
        fits = frame.generators(spectrum(resampled(precise), redrawn)[1][:, :d])
        spread = principal_angles(fits, generators).max(axis=-1)
        angle = float(np.degrees(np.sqrt(np.mean(np.square(spread)))))
        centre = frame.fixed_point(generators, 3.0 * math.radians(angle))
    verdict, reason = judge(squares, d, agreement, angle)
    return Symmetry(
        generators=generators,
        dimension=d,
        verdict=verdict,
        reason=reason,
        spectrum=np.sqrt(np.maximum(squares, 0.0)),
        candidates=unit * frame.generators(spectrum(score.sum(axis=0), lifted.sum(axis=0))[1]),
        noise_floor=math.sqrt(moments.error / moments.weight),
        centre=centre,
        confidence=Confidence(angle, agreement, again.std(axis=0), resamples),
        n_used=moments.used,
        n_points=total,
        dropped=dropped,
        algebra=algebra,
    )
