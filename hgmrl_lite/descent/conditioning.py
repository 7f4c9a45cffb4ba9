"""How stretched a loss is around a generator: the Gauss-Newton matrix of its squared residuals."""

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_array, as_count
from hgmrl_lite.descent.losses import FULL_TURN, Loss


def gauss_newton_condition(loss: Loss, generators: ArrayLike, *, samples: int = 1000, seed: int = 0) -> Array:
    """Return the condition number of the Gauss-Newton matrix at each generator, the scale direction removed.

    Neither loss is twice differentiable, so there is no Hessian to look at. The Gauss-Newton matrix
    E[(∂r/∂W)ᵀ (∂r/∂W)] of the residuals r stands in: its eigenvalues say how strongly the residuals answer to
    a change of W in each direction. Multiples of W generate the same group, so the direction of W itself is
    projected out first; of the rest the largest eigenvalue is divided by the smallest.

    Parameters
    ----------
    loss : Differential or Functional
        The residuals and their data.
    generators : array_like, shape (..., n, n)
        Where to look.
    samples : int, optional
        Points (and times) over which the mean is taken, the same for every generator.
    seed : int, optional
        Seed of the samples.

    Returns
    -------
    ndarray, shape (...)
        At least 1; infinity where a second direction leaves all residuals unchanged.

    Raises
    ------
    ValueError
        When a generator is zero or shapes disagree.
    """
    import torch

    n = loss.points.shape[1]
    generators = as_array("generators", generators, ("...", n, n))
    flat = generators.reshape(-1, n, n)
    length = np.linalg.norm(flat, axis=(1, 2))
    if not length.all():
        raise ValueError("generators must not be zero: W = 0 has no direction")
    rng = np.random.default_rng(seed)
    samples = as_count("samples", samples)
    index = torch.from_numpy(rng.integers(len(loss.points), size=samples))
    times = torch.from_numpy(rng.uniform(0.0, FULL_TURN, size=samples))
    size = n * n
    conditions = np.empty(len(flat))
    # Few generators at a time: forward mode keeps the derivative of every residual.
    step = max(1, 200_000 // samples)
    for begin in range(0, len(flat), step):
        here = torch.tensor(flat[begin : begin + step])
        count = len(here)
        drawn = (index.expand(count, -1), times.expand(count, -1))

        def residuals(weights: torch.Tensor, drawn: tuple[torch.Tensor, ...] = drawn) -> torch.Tensor:
            return torch.cat(loss.residuals(weights, *drawn), dim=-1)

        columns_of = []
        for unit in torch.eye(size, dtype=torch.float64).reshape(size, n, n):
            # Forward mode, one entry of W at a time.
            change = torch.func.jvp(residuals, (here,), (unit.expand(count, -1, -1),))[1]
            columns_of.append(change.flatten(1))
        jacobian = torch.stack(columns_of, dim=-1).numpy()
        gram = np.swapaxes(jacobian, 1, 2) @ jacobian / samples
        conditions[begin : begin + count] = _condition(gram, here.numpy().reshape(count, size))
    return conditions.reshape(generators.shape[:-2])


def _condition(gram: Array, scale: Array) -> Array:
    """Return λ_max / λ_min of matrices (R, k, k) on the complement of the vectors ``scale`` (R, k)."""
    from hgmrl_lite.tangents import orthogonal_complement

    basis = orthogonal_complement(scale / np.linalg.norm(scale, axis=1, keepdims=True))
    values = np.linalg.eigvalsh(basis @ gram @ np.swapaxes(basis, 1, 2))
    smallest, largest = values[:, 0], values[:, -1]
    # What rounding leaves of a zero eigenvalue is no direction.
    found = smallest > 1e-14 * largest
    return np.where(found, largest / np.where(found, smallest, 1.0), np.inf)
