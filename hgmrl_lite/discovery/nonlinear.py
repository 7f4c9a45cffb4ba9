"""Nonlinear symmetries: the null space over a dictionary of vector fields (beyond the paper).

If X f = 0 then (hX) f = 0 for every function h, and in the plane every f is annihilated by (−f_y, f_x): a
rich dictionary always answers yes. So multiples of what is already found are recognised and called such.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial import cKDTree

from hgmrl_lite._validate import Array, as_count
from hgmrl_lite.discovery.dictionaries import Dictionary, DictionarySymmetry, Field
from hgmrl_lite.discovery.moments import BATCH, NEARLY, SIGNIFICANT, TELLING
from hgmrl_lite.discovery.samples import Samples, gather
from hgmrl_lite.discovery.symmetry import judge, too_few
from hgmrl_lite.tangents import LevelSetNormals
from hgmrl_lite.tangents.normals import Index

#: Points on which fields are compared point by point.
COMPARED = 2000


def discover_in_dictionary(
    points: ArrayLike,
    values: ArrayLike | None = None,
    fields: Sequence[Field] | Dictionary = (),
    *,
    normals: ArrayLike | LevelSetNormals | None = None,
    degree: int | None = None,
    neighbours: int | None = None,
    bootstrap: int = 200,
    seed: int = 0,
) -> DictionarySymmetry:
    """Find the vector fields Σ c_k ψ_k, from a dictionary, along which a function does not change.

    Fields enter one by one in the dictionary's order; when one more makes a null vector possible, that is a
    find. So the simplest come first, and later ones that only multiply them by a function are recognised.

    Parameters
    ----------
    points, values, normals, degree, neighbours, bootstrap, seed
        As in `discover`.
    fields : Dictionary or sequence of callables
        The vector fields ψ_k, each from points (N, n) to velocities (N, n), the simpler ones first.

    Returns
    -------
    DictionarySymmetry
        Fields, relations between them, spectrum and verdict.

    Raises
    ------
    ValueError
        As `discover`; also when a field is zero or of another shape, or when fields are linearly dependent on
        the data, in which case they are named.

    Examples
    --------
    >>> points = np.random.default_rng(0).normal(size=(2000, 2))
    >>> found = discover_in_dictionary(points, points[:, 0] + 0.1, Dictionary.polynomial(2))
    >>> found.dimension, found.independent, found.relations
    (3, 1, ('independent', 'multiple of #1', 'multiple of #1'))
    """
    dictionary = Dictionary.of(fields)
    bootstrap = as_count("bootstrap", bootstrap, 2)
    samples = gather(points, values, normals, "affine", degree, neighbours)
    size, count = np.square(samples.gradients).sum(axis=1), len(dictionary)
    trace = 0.0 if samples.covariance is None else np.einsum("mii->m", samples.covariance)
    clear = np.flatnonzero(size > SIGNIFICANT**2 * trace)
    used = len(clear)
    if used < 2 * count:
        return DictionarySymmetry(
            dictionary=dictionary,
            coefficients=np.zeros((0, count)),
            relations=(),
            verdict="undecided",
            reason=too_few(used, samples.total, samples.dropped),
            spectrum=np.full(count, np.nan),
            agreement=0.0,
            n_used=used,
            n_points=samples.total,
        )
    score, gram, precise, velocities = _sums(samples, dictionary, clear)
    _check_independence(gram.sum(axis=0), dictionary)
    squares = _scores(score.sum(axis=0), gram.sum(axis=0))
    d = int((squares < NEARLY**2).sum())
    draw = np.random.default_rng(seed).multinomial(len(score), np.full(len(score), 1 / len(score)), bootstrap)
    hits = 0
    for counts in draw.astype(float):
        again = _scores(np.tensordot(counts, score, 1), np.tensordot(counts, gram, 1))
        hits += int((again < NEARLY**2).sum()) == d
    agreement = hits / bootstrap
    verdict, reason = judge(squares, d, agreement, float("nan"))
    coefficients = _echelon(score.sum(axis=0), gram.sum(axis=0), precise.sum(axis=0))
    return DictionarySymmetry(
        dictionary=dictionary,
        coefficients=coefficients,
        relations=_relations(np.einsum("dk,mki->dmi", coefficients, velocities)),
        verdict=verdict,
        reason=reason,
        spectrum=np.sqrt(np.maximum(squares, 0.0)),
        agreement=agreement,
        n_used=used,
        n_points=samples.total,
    )


def _sums(samples: Samples, dictionary: Dictionary, clear: Index) -> tuple[Array, Array, Array, Array]:
    """Return block sums (B, K, K) of score, Gram matrix and precise score, and some velocities (m, K, n)."""
    frame, points, gradients, covariance = (
        samples.frame,
        samples.points,
        samples.gradients,
        samples.covariance,
    )
    n, count, used = points.shape[1], len(dictionary), len(clear)
    if covariance is None:
        covariance = np.zeros((len(points), n, n))
    size = np.square(gradients).sum(axis=1)
    # The order in which a k-d tree stores the points keeps neighbours together.
    order = clear[np.asarray(cKDTree(points[clear]).indices)]
    inverse = np.linalg.inv(frame.scale)

    def terms(rows: Index) -> tuple[Array, Array, Array]:
        velocities = dictionary(frame.shift + points[rows] @ frame.scale) @ inverse
        bias = velocities @ covariance[rows] @ np.swapaxes(velocities, 1, 2)
        return velocities, np.einsum("mki,mi->mk", velocities, gradients[rows]), bias

    some = order[:: max(1, used // COMPARED)]
    compared, _, bias = terms(some)
    middle = float(np.median(np.einsum("mkk->m", bias)))
    blocks = min(samples.blocks, used)
    score, gram, precise = (np.zeros((blocks, count, count)) for _ in range(3))
    step = max(1, BATCH // count**2)
    for block, rows in enumerate(np.array_split(order, blocks)):
        for start in range(0, len(rows), step):
            part = rows[start : start + step]
            velocities, rate, bias = terms(part)
            trace = np.einsum("mii->m", covariance[part])
            equal = 1.0 / (size[part] + trace / TELLING**2)
            variance = np.einsum("mkk->m", bias)
            sharp = middle / (variance + 0.1 * middle) if middle > 0.0 else equal
            for sums, weight in ((score, equal), (precise, sharp)):
                sums[block] += (rate * weight[:, None]).T @ rate - np.tensordot(weight, bias, 1)
            share = np.sqrt(equal * (size[part] - trace) / n)[:, None, None]
            flat = np.swapaxes(velocities * share, 0, 1).reshape(count, -1)
            gram[block] += flat @ flat.T
    return score, gram, precise, compared


def _check_independence(gram: Array, dictionary: Dictionary) -> None:
    """Raise ValueError naming the fields that vanish or depend on one another on the data."""
    length = np.sqrt(np.diag(gram))
    zero = [name for name, size in zip(dictionary.names, length, strict=True) if not size > 0.0]
    if zero:
        raise ValueError(f"fields must not vanish on the data, got {', '.join(map(repr, zero))}")
    values, vectors = np.linalg.eigh(gram / np.outer(length, length))
    if values[0] < 1e-10:
        combination = vectors[:, 0] / np.abs(vectors[:, 0]).max()
        terms = zip(combination, dictionary.names, strict=True)
        guilty = [repr(name) for share, name in terms if abs(share) > 1e-3]
        raise ValueError(
            f"fields must be linearly independent on the data, got a dependence among {', '.join(guilty)}"
        )


def _whitening(gram: Array) -> Array:
    """Return T with T gram Tᵀ = I."""
    length = np.sqrt(np.diag(gram))
    return np.asarray(np.linalg.inv(np.linalg.cholesky(gram / np.outer(length, length))) / length)


def _scores(score: Array, gram: Array) -> Array:
    """Return the squared scores, ascending."""
    whitening = _whitening(gram)
    return np.asarray(np.linalg.eigvalsh(whitening @ score @ whitening.T))


def _echelon(score: Array, gram: Array, precise: Array) -> Array:
    """Return one row a symmetry (d, K), each found with the shortest leading part of the dictionary."""
    total = len(gram)
    found = np.zeros((0, total))
    for length in range(1, total + 1):
        part = slice(length)
        whitening = _whitening(gram[part, part])
        below = (np.linalg.eigvalsh(whitening @ score[part, part] @ whitening.T) < NEARLY**2).sum()
        if below <= len(found):
            continue
        vectors = np.linalg.eigh(whitening @ precise[part, part] @ whitening.T)[1].T @ whitening
        null = vectors[:below]
        # What is new is the part of the null space orthogonal to what earlier fields gave.
        overlap = null @ gram[part, part] @ found[:, part].T
        new = np.linalg.svd(overlap, full_matrices=True)[0][:, len(found)] @ null if len(found) else null[0]
        row = np.zeros(total)
        row[part] = new * np.sign(new[np.argmax(np.abs(new))])
        found = np.vstack([found, row])
    return found


def _relations(fields: Array) -> tuple[str, ...]:
    """Compare found fields (d, M, n) point by point, each with the ones before it."""
    relations: list[str] = []
    basis: list[int] = []
    for number, field in enumerate(fields):
        size = np.square(field).sum()
        relation = "independent"
        for other in range(number):
            direction = fields[other]
            length = np.maximum(np.square(direction).sum(axis=1), np.finfo(float).tiny)
            along = np.square((field * direction).sum(axis=1)) / length
            if 1.0 - along.sum() / size < NEARLY**2:
                relation = f"multiple of #{other + 1}"
                break
        else:
            if len(basis) > 1:
                span = np.swapaxes(fields[basis], 0, 1)
                inside = np.swapaxes(span, 1, 2) @ np.linalg.pinv(np.swapaxes(span, 1, 2), rcond=1e-3)
                outside = field - np.einsum("mij,mj->mi", inside, field)
                if np.square(outside).sum() / size < NEARLY**2:
                    relation = "combination of " + ", ".join(f"#{i + 1}" for i in basis)
        if relation == "independent":
            basis.append(number)
        relations.append(relation)
    return tuple(relations)
