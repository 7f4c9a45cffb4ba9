"""A real logarithm of one real matrix of any size, also where eigenvalues are negative.

SciPy's ``logm`` loses accuracy and turns complex near the negative real axis, where rotations by almost π
have their eigenvalues. There this module takes the logarithm of -B, which is far from the axis, and adds π
times a complex structure K (a real matrix with K² = -I) that commutes with B.
"""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.linalg

from hgmrl_lite._spans import null_space
from hgmrl_lite._validate import Array
from hgmrl_lite.lie.planar import (
    LARGE_EXPONENT,
    NEAR_HALF_TURN,
    ORTHOGONAL,
    ROTATION_TOLERANCE,
    J,
    why_no_log,
)

_EPS = float(np.finfo(np.float64).eps)
#: exp(log(g)) must give g back to this, relative to its norm.
_RESIDUAL = 1e-8
#: Singular values of the commutator, relative to the matrix, below this are zero.
_COMMUTES = 1e-11
#: How many elements of a commutant are tried in search of one without real eigenvalues.
_DRAWS = 64
#: Smallest imaginary part of an eigenvalue, relative to the norm, that makes a matrix free of real ones.
_NOT_REAL = 1e-3
#: Eigenvalues whose argument is this close to π are negative real ones, up to rounding.
_HALF_TURN = 1e-12


def real_log(matrix: Array) -> Array:
    """Return a real logarithm of one matrix, the principal one where it exists.

    Parameters
    ----------
    matrix : ndarray, shape (n, n)
        A real matrix.

    Returns
    -------
    ndarray, shape (n, n)
        X with exp(X) = matrix; skew when the matrix is orthogonal, near a half turn up to 1e-6.

    Raises
    ------
    ValueError
        When there is none, naming the eigenvalue that forbids it.
    """
    n = len(matrix)
    if n == 1:
        if matrix[0, 0] <= 0.0:
            raise ValueError(f"matrix has no real logarithm, its only eigenvalue is {matrix[0, 0]:.6g}")
        return np.asarray(np.log(matrix))
    exponent = int(np.frexp(np.abs(matrix).max())[1])
    if abs(exponent) > LARGE_EXPONENT:
        scaled = real_log(np.ldexp(matrix, -exponent))
        return np.asarray(scaled + exponent * np.log(2.0) * np.eye(n))
    defect = float(gram_defect(matrix))
    if defect <= ORTHOGONAL:
        return _orthogonal_log(matrix)
    values = np.linalg.eigvals(matrix)
    if defect <= ROTATION_TOLERANCE and values.real.min() < NEAR_HALF_TURN:
        return _orthogonal_log(nearest_orthogonal(matrix))
    if np.abs(values).min() <= n * _EPS * np.linalg.norm(matrix, 2):
        raise ValueError(
            "matrix has no real logarithm, it is singular: eigenvalue "
            f"{values[np.abs(values).argmin()].real:.3g} with norm {np.linalg.norm(matrix, 2):.3g}"
        )
    # Eigenvalues within 45° of the negative axis come first; the two blocks are then decoupled.
    schur, basis, count = _sorted_schur(matrix, "real", lambda re, im: bool(re < 0.0 and abs(im) < -re))
    near, far = schur[:count, :count], schur[count:, count:]
    if 0 < count < n:
        coupling = scipy.linalg.solve_sylvester(near, -far, -schur[:count, count:])
        basis[:, count:] += basis[:, :count] @ coupling
    logarithm = np.zeros_like(matrix)
    logarithm[count:, count:] = _principal_log(far)
    # Decoupling magnifies rounding: what is left of it in the block, relative to the block.
    condition, size = np.linalg.cond(basis), np.linalg.norm(matrix, 2)
    noise = 8.0 * _EPS * size * condition
    noise /= np.linalg.norm(near, 2) if count else 1.0
    for log_near, away in _near_logs(near, noise):
        logarithm[:count, :count] = log_near
        candidate = np.linalg.solve(basis.T, (basis @ logarithm).T).T
        allowed = max(_RESIDUAL, 4.0 * condition * away)
        if np.abs(scipy.linalg.expm(candidate) - matrix).max() <= allowed * size:
            return candidate
    raise ValueError(f"matrix has no real logarithm, {why_no_log(values)}")


def gram_defect(matrix: Array) -> Array:
    """Return how far matrices (..., n, n) are from orthogonal: the largest entries (...) of |M^T M - I|."""
    return np.asarray(np.abs(matrix.swapaxes(-1, -2) @ matrix - np.eye(matrix.shape[-1])).max(axis=(-2, -1)))


def nearest_orthogonal(matrix: Array) -> Array:
    """Return the orthogonal factors of the polar decompositions of invertible matrices (..., n, n)."""
    left, _, right = np.linalg.svd(matrix)
    return np.asarray(left @ right)


def _near_logs(block: Array, noise: float) -> list[tuple[Array, float]]:
    """Return candidates for the logarithm of a block near the negative axis, best first, and their errors.

    The last is that of r times a rotation by almost π whose pair of eigenvalues rounding has split: the block
    may be just what it says.
    """
    size = len(block)
    if size == 0:
        return [(block, 0.0)]
    exact = [
        (_principal_log(-block) + np.pi * structure, 0.0) for structure in _complex_structures(block, noise)
    ]
    radius = np.exp(np.linalg.slogdet(block)[1] / size)
    unit = block / radius
    away = float(gram_defect(unit))
    if size % 2 or away > ROTATION_TOLERANCE or np.linalg.eigvals(unit).real.min() > NEAR_HALF_TURN:
        return exact
    split = (np.log(radius) * np.eye(size) + _orthogonal_log(nearest_orthogonal(unit)), away)
    return [*exact, split]


def _sorted_schur(matrix: Array, output: str, first: Callable[..., bool]) -> tuple[Any, Any, int]:
    """Return T, Z with matrix = Z T Z^H, and how many leading eigenvalues of T satisfy ``first``."""
    schur: Any = scipy.linalg.schur
    triangle, basis, count = schur(matrix, output=output, sort=first)
    return triangle, basis, int(count)


def _principal_log(matrix: Array) -> Array:
    """Return SciPy's principal logarithm of a matrix with no eigenvalue near the negative axis."""
    if not len(matrix):
        return matrix
    with warnings.catch_warnings():
        # SciPy warns about residuals of 1e-13; the caller measures the residual of the whole itself.
        warnings.simplefilter("ignore", RuntimeWarning)
        return np.asarray(scipy.linalg.logm(matrix)).real


def _orthogonal_log(matrix: Array) -> Array:
    """Return the skew logarithm of an orthogonal matrix, from its block-diagonal real Schur form."""
    schur, basis = scipy.linalg.schur(matrix, output="real")
    logarithm = np.zeros_like(matrix)
    half_turns: list[int] = []
    k = 0
    while k < len(matrix):
        if k + 1 < len(matrix) and abs(schur[k + 1, k]) > ORTHOGONAL:
            angle = np.arctan2(schur[k + 1, k] - schur[k, k + 1], schur[k, k] + schur[k + 1, k + 1])
            logarithm[k + 1, k], logarithm[k, k + 1] = angle, -angle
            k += 2
            continue
        if schur[k, k] < 0.0:
            half_turns.append(k)
        k += 1
    if len(half_turns) % 2:
        raise ValueError(f"matrix has no real logarithm, {why_no_log(np.linalg.eigvals(matrix))}")
    for i, j in zip(half_turns[::2], half_turns[1::2], strict=True):
        logarithm[j, i], logarithm[i, j] = np.pi, -np.pi
    skew = basis @ logarithm @ basis.T
    return np.asarray(0.5 * (skew - skew.T))


def _complex_structures(block: Array, noise: float) -> list[Array]:
    """Return candidates K, best first, for a block, known up to ``noise``, near the negative axis."""
    size = len(block)
    if size % 2:
        return []
    imaginary = np.abs(np.linalg.eigvals(block).imag).min() / np.linalg.norm(block, 2)
    principal = _principal_structure(block) if imaginary > 0.0 else []
    # Imaginary parts that are rounding decide nothing: then the principal choice comes last.
    commuting = _commuting_structure(block, max(_COMMUTES, noise))
    return [*principal, *commuting] if imaginary > max(_HALF_TURN, noise) else [*commuting, *principal]


def _principal_structure(block: Array) -> list[Array]:
    """Return the K that is i on the eigenspaces of the upper half-plane and -i on those of the lower."""
    size = len(block)
    schur, basis, half = _sorted_schur(block, "complex", lambda value: bool(value.imag > 0.0))
    if 2 * half != size:
        return []
    sign = np.diag(np.repeat([1j, -1j], half))
    sign[:half, half:] = scipy.linalg.solve_sylvester(
        schur[:half, :half], -schur[half:, half:], 2j * schur[:half, half:]
    )
    return [_to_complex_structure((basis @ sign @ basis.conj().T).real)]


def _commuting_structure(block: Array, tol: float) -> list[Array]:
    """Return a K made from a matrix without real eigenvalues that commutes with ``block``, if any."""
    size = len(block)
    commutator = np.kron(block, np.eye(size)) - np.kron(np.eye(size), block.T)
    commutant = null_space(commutator, tol * float(np.linalg.norm(block, 2))).reshape(-1, size, size)
    standard = np.kron(np.eye(size // 2), J)
    skew = (commutant - commutant.swapaxes(-1, -2)).reshape(-1, size * size)
    # The standard structure where it commutes, the most skew element, and draws, the same ones at every call.
    weights = np.vstack(
        [
            np.einsum("kij,ij->k", commutant, standard),
            np.linalg.svd(skew)[0][:, 0],
            np.random.default_rng(0).standard_normal((_DRAWS, len(commutant))),
        ]
    )
    elements = np.einsum("ck,kij->cij", weights, commutant)
    elements = elements[np.abs(elements).max(axis=(-2, -1)) > tol]
    quality = np.abs(np.linalg.eigvals(elements).imag).min(axis=-1) / np.linalg.norm(
        elements, 2, axis=(-2, -1)
    )
    # The first of the best: the standard structure's quality is 1, which nothing exceeds.
    best = int((quality >= (1.0 - 1e-6) * quality.max()).argmax())
    if quality[best] < _NOT_REAL:
        return []
    structure = _to_complex_structure(elements[best])
    return [structure if (structure * standard).sum() >= 0.0 else -structure]


def _to_complex_structure(matrix: Array) -> Array:
    """Return the function i sign(Im) of a real matrix without real eigenvalues, by Newton's iteration."""
    for _ in range(60):
        following = 0.5 * (matrix - np.linalg.inv(matrix))
        step = np.abs(following - matrix).max()
        matrix = following
        if step <= 8.0 * _EPS * np.abs(matrix).max():
            break
    return matrix
