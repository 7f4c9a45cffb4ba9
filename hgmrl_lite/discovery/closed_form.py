"""From samples of a function to its symmetry algebra."""

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_array, as_count
from hgmrl_lite.discovery.frame import Frame
from hgmrl_lite.discovery.moments import NEARLY, Moments, spectrum
from hgmrl_lite.discovery.null_space import affine_null_space
from hgmrl_lite.discovery.symmetry import AGREEMENT, CLEAR, Confidence, Symmetry, common_fixed_point
from hgmrl_lite.tangents import LevelSetNormals, local_regression

#: Reweighted fits of the generator after the first.
REFITS = 1


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
    points = as_array("points", points, ("N", "n"))
    bootstrap, chunk = as_count("bootstrap", bootstrap, 2), as_count("chunk", chunk)
    _check_size(points, algebra)
    if (values is None) == (normals is None):
        raise ValueError(
            f"values or normals must be given, and not both; got {'neither' if values is None else 'both'}"
        )
    fit: LevelSetNormals | None = None
    if isinstance(normals, LevelSetNormals):
        fit, points = normals, normals.points
        _check_size(points, algebra)
    frame = Frame.of(points, algebra)
    inside = frame.to_frame(points)
    covariance: Array | None = None
    dropped: dict[str, int] = {}
    total = len(points)
    if values is not None:
        # Neighbourhoods in the frame do not depend on the units.
        fit = _regress(inside, values, degree, neighbours)
        inside, gradients, covariance, dropped = fit.points, fit.gradients, fit.covariance, fit.dropped
    elif fit is not None:
        gradients, dropped = frame.covectors(fit.gradients), fit.dropped
        total += sum(dropped.values())
        if np.isfinite(fit.covariance).all():
            covariance = frame.scale @ fit.covariance @ frame.scale
    else:
        given = as_array("normals", normals, points.shape)
        zero = ~given.any(axis=1)
        if zero.any():
            raise ValueError(f"normals must not be zero, got a zero at row {int(np.argmax(zero))}")
        gradients = frame.covectors(given)

    blocks = _blocks(len(inside), None if fit is None else fit.neighbours)

    def collect(candidates: Array | None = None) -> Moments:
        moments = Moments.empty(frame, blocks)
        for start in range(0, len(inside), chunk):
            rows = slice(start, start + chunk)
            moments.add(
                inside[rows], gradients[rows], None if covariance is None else covariance[rows], candidates
            )
        return moments

    first = collect()
    moments, vectors = first, None
    answer = _read(first)
    if answer is not None and answer[1]:
        vectors = _refine(first, *answer)
        if fit is None:
            # Exact normals: singular values that are not squared.
            exact = affine_null_space(points, given, algebra=algebra, chunk=chunk)[1][: answer[1]]
            return _conclude(first, bootstrap, seed, total, dropped, vectors, exact)
        for _ in range(REFITS):
            moments = collect(vectors)
            vectors = _refine(moments, *answer)
    return _conclude(moments, bootstrap, seed, total, dropped, vectors)


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
            _check_size(points, algebra)
            frame = Frame.of(points, algebra)
        fit = _regress(frame.to_frame(points), values, degree, neighbours)
        if moments is None:
            moments = Moments.empty(frame, _blocks(len(points), fit.neighbours))
        moments.add(fit.points, fit.gradients, fit.covariance)
        total += len(points)
        for reason, count in fit.dropped.items():
            dropped[reason] = dropped.get(reason, 0) + count
    if moments is None:
        raise ValueError("batches must hold at least one pair (points, values), got none")
    answer = _read(moments)
    vectors = _refine(moments, *answer) if answer is not None and answer[1] else None
    return _conclude(moments, bootstrap, seed, total, dropped, vectors)


def _check_size(points: Array, algebra: str) -> None:
    """Raise ValueError when the points cannot determine the candidates."""
    number, n = points.shape
    if n < 2:
        raise ValueError(f"points must have at least 2 coordinates, got shape {points.shape}")
    unknowns = n * (n + (algebra == "affine"))
    if number < unknowns:
        raise ValueError(f"points must number at least {unknowns} (the unknowns of W), got {number}")


def _blocks(number: int, neighbours: Array | None) -> int:
    """Return into how many blocks to cut: each as large as a neighbourhood, within which errors are shared."""
    size = 20.0 if neighbours is None or not len(neighbours) else float(np.median(neighbours))
    return int(np.clip(number / size, 20, 256))


def _regress(points: Array, values: ArrayLike, degree: int | None, neighbours: int | None) -> LevelSetNormals:
    """Estimate gradients, with the degree that suits the dimension."""
    values = as_array("values", values, (len(points),))
    if np.ptp(values) <= 1e-12 * np.abs(values).max():
        raise ValueError(
            f"values must vary, got the constant {values.flat[0]:.6g}: every map is a symmetry of a constant"
        )
    if degree is None:
        degree = 3 if points.shape[1] == 2 else 2
    return local_regression(points, values, degree=degree, neighbours=neighbours)


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
    resamples: int,
    seed: int,
    total: int,
    dropped: dict[str, int],
    vectors: Array | None,
    generators: Array | None = None,
) -> Symmetry:
    """Resample, judge and dress the answer."""
    frame = moments.frame
    n, unknowns = len(frame.shift), frame.unknowns
    answer = _read(moments)
    common = {
        "n_used": moments.used,
        "n_points": total,
        "dropped": dropped,
        "algebra": "affine" if frame.affine else "linear",
    }
    if answer is None:
        reason = (
            f"only {moments.used} of {total} points have a gradient above its error, {2 * unknowns} are needed"
        )
        return Symmetry(
            generators=np.zeros((0, n + 1, n + 1)),
            dimension=0,
            verdict="undecided",
            reason=reason,
            spectrum=np.full(unknowns, math.nan),
            candidates=np.zeros((0, n + 1, n + 1)),
            noise_floor=math.nan,
            centre=None,
            confidence=Confidence(math.nan, 0.0, np.full(unknowns, math.nan), 0),
            **common,
        )
    score, lifted, precise = _sums(moments)
    squares, d = answer
    all_vectors = spectrum(score.sum(axis=0), lifted.sum(axis=0))[1]
    rng = np.random.default_rng(seed)
    counts = rng.multinomial(len(score), np.full(len(score), 1.0 / len(score)), size=resamples).astype(float)

    def resampled(sums: Array) -> Array:
        return (counts @ sums.reshape(len(sums), -1)).reshape(resamples, *sums.shape[1:])

    redrawn = resampled(lifted)
    again, _ = spectrum(resampled(score), redrawn)
    agreement = float(np.mean((again < NEARLY**2).sum(axis=1) == d))
    angle = math.nan
    centre = None
    if vectors is not None:
        _, fits = spectrum(resampled(precise), redrawn)
        found = frame.generators(vectors) if generators is None else generators
        spread = principal_angle(frame.generators(fits[:, :d]), found)
        angle = float(np.degrees(np.sqrt(np.mean(np.square(spread)))))
        blocks = vectors.reshape(d, n, -1)
        if not frame.affine:
            blocks = np.concatenate([blocks, np.zeros((d, n, 1))], axis=2)
        inside = common_fixed_point(blocks, 3.0 * math.radians(angle))
        centre = None if inside is None else frame.shift + frame.scale @ inside
    else:
        found = np.zeros((0, n + 1, n + 1))
    verdict, reason = _judge(squares, d, agreement)
    return Symmetry(
        generators=found,
        dimension=d,
        verdict=verdict,
        reason=reason,
        spectrum=np.sqrt(np.maximum(squares, 0.0)),
        candidates=frame.generators(all_vectors),
        noise_floor=math.sqrt(moments.error * n / float(np.einsum("bii->", lifted) / len(lifted[0]))),
        centre=centre,
        confidence=Confidence(angle, agreement, again.std(axis=0), resamples),
        **common,
    )


def _judge(squares: Array, dimension: int, agreement: float) -> tuple[str, str]:
    """Return the verdict and the reason."""
    scores = np.sqrt(np.maximum(squares, 0.0))
    if dimension < len(scores) and scores[dimension] < CLEAR:
        return "undecided", (
            f"candidate {dimension + 1} scores {scores[dimension]:.3f}, neither below {NEARLY} (a symmetry) nor "
            f"above {CLEAR} (clearly none)"
        )
    if agreement < AGREEMENT:
        return "undecided", f"only {agreement:.0%} of the resamples agree on dimension {dimension}"
    if not dimension:
        return "none", f"the best candidate scores {scores[0]:.3f}, above {CLEAR}"
    gap = f"; the next one scores {scores[dimension]:.3f}" if dimension < len(scores) else ""
    return "symmetric", f"{dimension} candidate(s) score at most {scores[dimension - 1]:.3f}{gap}"


def principal_angle(left: Array, right: Array) -> Array:
    """Return the largest principal angle (...,) in radians between spans of generators (..., d, n+1, n+1)."""
    first = np.linalg.qr(np.swapaxes(left.reshape(*left.shape[:-2], -1), -1, -2))[0]
    second = np.linalg.qr(np.swapaxes(right.reshape(*right.shape[:-2], -1), -1, -2))[0]
    # The part of one basis outside the other keeps small angles accurate, as the cosine would not.
    outside = second - first @ (np.swapaxes(first, -1, -2) @ second)
    return np.arcsin(np.minimum(np.linalg.norm(outside, ord=2, axis=(-2, -1)), 1.0))
