"""Orbits and stabilisers of points under the connected group of a Lie algebra."""

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._spans import null_space, scaled_norm
from hgmrl_lite._validate import Array, as_array, as_count
from hgmrl_lite.actions.action import AffineAction, LinearAction
from hgmrl_lite.lie import LieAlgebra

#: Velocities below this, relative to |W| (1 + |p|), are zero.
_STILL = 1e-9


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


def orbit(algebra: LieAlgebra, point: ArrayLike, count: int = 200, extent: float = np.pi) -> Array:
    """Return points of the orbit {exp(θ W) p} of one generator W.

    Parameters
    ----------
    algebra : LieAlgebra
        The algebra of one generator.
    point : array_like, shape (n,)
        Where the orbit starts.
    count : int
        How many points.
    extent : float
        The coordinate θ runs over [-extent, extent] in equal steps, both ends included (a full turn by
        default).

    Returns
    -------
    ndarray, shape (count, n)
        Points, in the order of the coordinate.

    Raises
    ------
    ValueError
        When there are more generators, a shape does not fit, or ``extent`` is not positive.
    """
    if algebra.dimension != 1:
        raise ValueError(f"algebra must have one generator to walk along, got {algebra!r}")
    point = as_array("point", point, (algebra.state_dim,))
    if not 0.0 < extent < np.inf:
        raise ValueError(f"extent must be positive and finite, got {extent}")
    theta = np.linspace(-extent, extent, as_count("count", count))
    return action_of(algebra, theta[:, None])(point)


def orbit_dimension(algebra: LieAlgebra, point: ArrayLike) -> int:
    """Return the dimension of the orbit through a point: of the algebra, minus that of the stabiliser.

    Parameters and errors as for :func:`stabiliser`.
    """
    return algebra.dimension - stabiliser(algebra, point).dimension


def stabiliser(algebra: LieAlgebra, point: ArrayLike) -> LieAlgebra:
    """Return the algebra of the elements that fix a point: all Σ θ_k W_k with Σ θ_k W_k p = 0.

    Parameters
    ----------
    algebra : LieAlgebra
        Generators of the whole Lie algebra: take the closure first if it is not closed.
    point : array_like, shape (n,)
        The point.

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
    norms = scaled_norm(algebra.basis, 2)
    unit = LieAlgebra(algebra.basis / norms[:, None, None], algebra.affine)
    # Generators of norm 1, relative to 1 + |p|.
    weights = null_space((unit.velocities(point) / (1.0 + scaled_norm(point))).T, _STILL)
    # The sign of a null vector is arbitrary: the largest coordinate is made positive.
    weights = weights / norms
    weights /= scaled_norm(weights)[:, None]
    positive = weights.max(axis=1, initial=0.0) >= -weights.min(axis=1, initial=0.0)
    return LieAlgebra(algebra.matrix(np.where(positive[:, None], weights, -weights)), algebra.affine)
