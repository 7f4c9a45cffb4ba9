"""Orbits and stabilisers of points under the connected group of a Lie algebra."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hgmrl_lite._norms import scaled_norm
from hgmrl_lite._validate import Array, as_array, as_count, tolerance
from hgmrl_lite.actions.matrices import AffineAction, LinearAction
from hgmrl_lite.lie import LieAlgebra


def action_of(algebra: LieAlgebra, theta: ArrayLike) -> LinearAction | AffineAction:
    """Return the action of exp(Σ θ_k W_k).

    Parameters
    ----------
    algebra : LieAlgebra
        The algebra.
    theta : array_like, shape (..., d)
        Coordinates; batch axes give a batch of elements.

    Returns
    -------
    LinearAction or AffineAction
        What the algebra is.

    Raises
    ------
    ValueError
        When ``theta`` has another length.
    """
    element = algebra.exp(theta)
    return AffineAction(element) if algebra.affine else LinearAction(element)


def orbit(
    algebra: LieAlgebra,
    point: ArrayLike,
    count: int = 200,
    extent: float = np.pi,
    seed: int | np.random.Generator = 0,
) -> Array:
    """Return points of the orbit {g p} of the connected group.

    Parameters
    ----------
    algebra : LieAlgebra
        Generators.
    point : array_like, shape (..., n)
        Where the orbit starts.
    count : int
        How many points.
    extent : float
        Coordinates run over [-extent, extent]: in equal steps for one generator, both ends included (a full
        turn by default), else uniformly at random.
    seed : int or Generator
        Source of the random coordinates; unused for one generator.

    Returns
    -------
    ndarray, shape (..., count, n)
        Points, in the order of the coordinate for one generator.

    Raises
    ------
    ValueError
        When a shape does not fit, or ``extent`` is not positive.
    """
    point = as_array("point", point, ("...", algebra.state_dim))
    count = as_count("count", count)
    if not 0.0 < extent < np.inf:
        raise ValueError(f"extent must be positive and finite, got {extent}")
    if algebra.dimension == 1:
        theta = np.linspace(-extent, extent, count)[:, None]
    else:
        theta = np.random.default_rng(seed).uniform(-extent, extent, (count, algebra.dimension))
    return action_of(algebra, theta)(point[..., None, :])


def orbit_dimension(
    algebra: LieAlgebra, points: ArrayLike, tol: float | None = None
) -> int | NDArray[np.int_]:
    """Return the dimension of the orbits through points: the rank of θ ↦ Σ θ_k W_k p.

    Parameters
    ----------
    algebra : LieAlgebra
        Generators of the whole Lie algebra: take the closure first if it is not closed.
    points : array_like, shape (..., n)
        Points.
    tol : float, optional
        Velocities below this, relative to |W| (1 + |p|), are zero: 1e-9 when left out, 1e-5 for an algebra
        whose basis came as float32.

    Returns
    -------
    int or ndarray of int, shape (...)
        Dimensions; a plain int for a single point.

    Raises
    ------
    ValueError
        When the points have another dimension.
    """
    points = as_array("points", points, ("...", algebra.state_dim))
    values = np.linalg.svd(_unit_velocities(algebra, points), compute_uv=False)
    dimension = (values > tolerance(tol, algebra.is_double, 1e-9)).sum(axis=-1)
    return int(dimension) if points.ndim == 1 else dimension


def stabiliser(algebra: LieAlgebra, point: ArrayLike, tol: float | None = None) -> LieAlgebra:
    """Return the algebra of the elements that fix a point: all Σ θ_k W_k with Σ θ_k W_k p = 0.

    Parameters
    ----------
    algebra : LieAlgebra
        Generators of the whole Lie algebra: take the closure first if it is not closed.
    point : array_like, shape (n,)
        The point.
    tol : float, optional
        Velocities below this, relative to |W| (1 + |p|), are zero: 1e-9 when left out, 1e-5 for an algebra
        whose basis came as float32.

    Returns
    -------
    LieAlgebra
        Linear or affine as the algebra is, of dimension d minus that of the orbit; 0 when only elements apart
        from the identity's neighbourhood can fix the point.

    Raises
    ------
    ValueError
        When the point has another dimension.

    Examples
    --------
    >>> from hgmrl_lite.lie import so
    >>> stabiliser(so(3), [0.0, 0.0, 2.0]).basis.round(3) + 0.0
    array([[[ 0., -1.,  0.],
            [ 1.,  0.,  0.],
            [ 0.,  0.,  0.]]])
    """
    point = as_array("point", point, (algebra.state_dim,))
    d = algebra.dimension
    left, values, _ = np.linalg.svd(_unit_velocities(algebra, point), full_matrices=True)
    rank = int((values > tolerance(tol, algebra.is_double, 1e-9)).sum())
    norms = scaled_norm(algebra.basis, 2)
    weights = left[:, rank:].T / norms if d else np.zeros((0, 0))
    weights /= scaled_norm(weights)[:, None]
    # The sign of a singular vector is arbitrary: the largest coordinate is made positive.
    largest = weights[np.arange(len(weights)), np.abs(weights).argmax(axis=-1)] if len(weights) else 1.0
    weights = weights * np.reshape(np.sign(largest), (-1, 1))
    return LieAlgebra(algebra.matrix(weights), algebra.affine)


def _unit_velocities(algebra: LieAlgebra, points: Array) -> Array:
    """Return the velocities (..., d, n) of generators of norm 1, relative to 1 + |p|."""
    norms = scaled_norm(algebra.basis, 2)
    scale = 1.0 + scaled_norm(points)
    unit = LieAlgebra(algebra.basis / norms[:, None, None], algebra.affine)
    return np.asarray(unit.velocities(points) / scale[..., None, None])
