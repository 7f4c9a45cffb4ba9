"""The laws of Lie groups and algebras, each as one function that asserts it, and algebras to try them on.

Tolerances are relative to what rounding can do: the product of the norms of an element and its inverse.
"""

import numpy as np
import scipy.linalg

from hgmrl_lite import actions, lie

#: What a handful of products of well-conditioned matrices may lose.
TOLERANCE = 1e-11


def general(n: int) -> lie.LieAlgebra:
    """Return gl(n), with the basis of single entries E_11, E_12, ..., E_nn."""
    return lie.LieAlgebra(np.eye(n * n).reshape(n * n, n, n), name=f"gl({n})")


def special(n: int) -> lie.LieAlgebra:
    """Return sl(n): the E_ij off the diagonal, then E_ii - E_(i+1)(i+1)."""
    singles = np.eye(n * n).reshape(n, n, n, n)
    off = singles[~np.eye(n, dtype=bool)]
    diagonal = [singles[i, i] - singles[i + 1, i + 1] for i in range(n - 1)]
    return lie.LieAlgebra(np.concatenate([off, diagonal]), name=f"sl({n})")


def affine(n: int) -> lie.LieAlgebra:
    """Return the algebra of all affine maps, the generators of gl(n) first, then the translations."""
    linear = np.pad(general(n).basis, ((0, 0), (0, 1), (0, 1)))
    basis = np.concatenate([linear, lie.translations(n).basis])
    return lie.LieAlgebra(basis, affine=True, name=f"aff({n})")


def conjugated(algebra: lie.LieAlgebra, element: np.ndarray) -> lie.LieAlgebra:
    """Return g 𝔥 g⁻¹ for one invertible matrix g."""
    return lie.LieAlgebra(element @ algebra.basis @ np.linalg.inv(element), algebra.affine)


def ad(algebra: lie.LieAlgebra, x: np.ndarray) -> np.ndarray:
    """Return the matrices (..., d, d) of Y ↦ [X, Y], which has to stay in the algebra."""
    brackets = lie.bracket(algebra.matrix(x)[..., None, :, :], algebra.basis)
    theta = algebra.coordinates(brackets)
    size = 1.0 + np.abs(brackets).max(initial=0.0)
    close(algebra.matrix(theta), brackets, size)
    return theta.swapaxes(-1, -2)


def adjoint_matrix(algebra: lie.LieAlgebra, g: np.ndarray) -> np.ndarray:
    """Return the matrices (..., d, d) of Y ↦ g Y g⁻¹."""
    g = g[..., None, :, :]
    return algebra.coordinates(g @ algebra.basis @ np.linalg.inv(g)).swapaxes(-1, -2)


def condition(*elements: np.ndarray) -> float:
    """Return the largest condition number of a batch, multiplied over the arguments."""
    return float(
        np.prod(
            [
                np.linalg.cond(element).max() * np.linalg.norm(element, 2, (-2, -1)).max()
                for element in elements
            ]
        )
    )


def close(left: np.ndarray, right: np.ndarray, scale: float, tolerance: float = TOLERANCE) -> None:
    """Assert that two arrays agree in shape, and in value up to ``tolerance * scale``."""
    assert left.shape == right.shape
    assert np.abs(left - right).max(initial=0.0) <= tolerance * max(1.0, scale)


def identity(algebra: lie.LieAlgebra, x: np.ndarray) -> None:
    """exp 0 is the identity matrix, and neutral."""
    g, unit = algebra.exp(x), algebra.exp(np.zeros_like(x))
    close(unit, np.broadcast_to(np.eye(algebra.size), unit.shape), 1.0, 1e-15)
    close(unit @ g, g, condition(g))
    close(g @ unit, g, condition(g))


def inverse(algebra: lie.LieAlgebra, x: np.ndarray) -> None:
    """exp(-X) is the inverse of exp X, from both sides."""
    g, back = algebra.exp(x), algebra.exp(-x)
    unit = np.broadcast_to(np.eye(algebra.size), g.shape)
    close(g @ back, unit, condition(g, back))
    close(back @ g, unit, condition(g, back))


def associativity(algebra: lie.LieAlgebra, x: np.ndarray, y: np.ndarray, z: np.ndarray) -> None:
    """(gh)k = g(hk), as actions on points."""
    g, h, k = (actions.action_of(algebra, theta) for theta in (x, y, z))
    left, right = (g @ h) @ k, g @ (h @ k)
    close(left.matrix, right.matrix, condition(g.matrix, h.matrix, k.matrix))


def exp_log_round_trip(algebra: lie.LieAlgebra, x: np.ndarray) -> None:
    """exp(log g) = g; and log(exp X) = X where no eigenvalue of X has turned by π."""
    g = algebra.exp(x)
    theta = algebra.log(g)
    assert theta.shape == x.shape
    close(algebra.exp(theta), g, condition(g), 1e-10)
    turn = np.abs(np.linalg.eigvals(algebra.matrix(x)).imag).max(initial=0.0)
    if turn < np.pi - 1e-2:
        close(theta, x, condition(g) * np.abs(x).max(initial=0.0), 1e-9)


def adjoint(algebra: lie.LieAlgebra, x: np.ndarray, y: np.ndarray) -> None:
    """Ad_{exp X} = exp(ad X), and Ad is a homomorphism."""
    g, h = algebra.exp(x), algebra.exp(y)
    scale = condition(g, h)
    close(adjoint_matrix(algebra, g), scipy.linalg.expm(ad(algebra, x)), scale)
    close(adjoint_matrix(algebra, g @ h), adjoint_matrix(algebra, g) @ adjoint_matrix(algebra, h), scale**2)


def jacobi(algebra: lie.LieAlgebra, x: np.ndarray, y: np.ndarray, z: np.ndarray) -> None:
    """[X, [Y, Z]] + [Y, [Z, X]] + [Z, [X, Y]] = 0, and ad is a homomorphism: ad [X, Y] = [ad X, ad Y]."""
    a, b, c = (algebra.matrix(theta) for theta in (x, y, z))
    cycle = sum(lie.bracket(p, lie.bracket(q, r)) for p, q, r in ((a, b, c), (b, c, a), (c, a, b)))
    scale = float(np.prod([1.0 + np.abs(m).max(initial=0.0) for m in (a, b, c)])) * algebra.size**2
    close(cycle, np.zeros_like(a), scale)
    product = algebra.coordinates(lie.bracket(a, b))
    left, right = ad(algebra, x), ad(algebra, y)
    size = 1.0 + np.abs(left).max(initial=0.0) * np.abs(right).max(initial=0.0) * algebra.dimension
    close(ad(algebra, product), lie.bracket(left, right), size * scale)


def derivative_of_exp(algebra: lie.LieAlgebra, x: np.ndarray, y: np.ndarray) -> None:
    """d/dt exp(X + tY) at 0 is exp(X) Φ(-ad X) Y with Φ(z) = (e^z - 1) / z; the left side by differences."""
    d, step = algebra.dimension, 1e-3
    # Φ(A) is the upper right block of exp [[A, I], [0, 0]].
    block = np.zeros((*x.shape[:-1], 2 * d, 2 * d))
    block[..., :d, :d] = -ad(algebra, x)
    block[..., :d, d:] = np.eye(d)
    phi = scipy.linalg.expm(block)[..., :d, d:]
    exact = algebra.exp(x) @ algebra.matrix((phi @ y[..., None])[..., 0])
    # Fourth order: the error is a fifth derivative times step⁴ / 30, beside rounding divided by the step.
    difference = sum(w * algebra.exp(x + k * step * y) for k, w in ((-2, 1), (-1, -8), (1, 8), (2, -1)))
    speed = 1.0 + np.linalg.norm(algebra.matrix(y), axis=(-2, -1)).max(initial=0.0)
    close(difference / (12.0 * step), exact, condition(algebra.exp(x)) * speed**5, 1e-10)


def actions_compose(algebra: lie.LieAlgebra, x: np.ndarray, y: np.ndarray, points: np.ndarray) -> None:
    """(gh) p = g (h p), g⁻¹ g p = p, and the tangents go the same way."""
    g, h = actions.action_of(algebra, x), actions.action_of(algebra, y)
    scale = condition(g.matrix, h.matrix) * (1.0 + np.abs(points).max())
    close((g @ h)(points), g(h(points)), scale)
    close(g.inverse()(g(points)), np.broadcast_to(points, g(points).shape), scale)
    tangents = np.roll(points, 1, axis=-1) + 1.0
    close(
        (g @ h).push_tangent(points, tangents),
        g.push_tangent(h(points), h.push_tangent(points, tangents)),
        scale,
    )
