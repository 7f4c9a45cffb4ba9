"""What descent makes small, the residuals of a generator, differential or functional; and their condition."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_array, as_count
from hgmrl_lite.tangents import orthogonal_complement

if TYPE_CHECKING:
    import torch

# Largest t of the functional loss: a full turn of the generator J.
FULL_TURN = 2.0 * math.pi
# Below this length a vector counts as zero when it is made a unit vector.
_TINY = 1e-150


@dataclass(frozen=True, eq=False)
class Differential:
    """How far W p is from the kernel distribution D^f_p, and D^f_p from the span of W p.

    With the unit normal n of the level set at p and an orthonormal basis of D^f_p in the rows of T, the
    residuals are n·(W p), "W is a symmetry", and (T − (T u) uᵀ) / √(n − 1) with u = W p / ‖W p‖, "W is all of
    it". The loss is the mean over the points of the length of the first plus the length of the second.
    The second can reach 0 only in the plane: one generator has orbits of one dimension. There it is |n·u|,
    the first one divided by the speed, and asks for nothing else.

    Parameters
    ----------
    points : array_like, shape (N, n)
        Points p.
    normals : array_like, shape (N, n)
        Normals of the level sets (covectors) of any length, such as ``LevelSetNormals.normals``.
    relative : bool, optional
        Whether the first residual is divided by ‖W p‖ as well. The loss is then the same for every multiple
        of W, and its first part no longer convex. In the plane, for circles about the origin and points
        spread evenly over all directions, it is 4/π at every W with det W < 0: a plateau.

    Raises
    ------
    ValueError
        When shapes disagree, a normal is zero or n is less than 2.
    """

    points: Array
    normals: Array
    relative: bool = False

    name = "differential"

    def __post_init__(self) -> None:
        points = _as_points(self.points)
        normals = as_array("normals", self.normals, points.shape)
        length = np.linalg.norm(normals, axis=1)
        if not length.all():
            raise ValueError(f"normals must not be zero, got a zero at row {int(np.argmin(length))}")
        object.__setattr__(self, "points", points)
        object.__setattr__(self, "normals", normals / length[:, None])

    @cached_property
    def tangents(self) -> Array:
        """Orthonormal bases of D^f_p, shape (N, n − 1, n)."""
        return orthogonal_complement(self.normals)

    @cached_property
    def _tensors(self) -> "tuple[torch.Tensor, ...]":
        import torch

        scaled = self.tangents / math.sqrt(self.points.shape[1] - 1)
        return tuple(torch.from_numpy(np.ascontiguousarray(a)) for a in (self.points, self.normals, scaled))

    def residuals(
        self, generators: "torch.Tensor", index: "torch.Tensor", times: "torch.Tensor | None" = None
    ) -> "list[torch.Tensor]":
        """Return the two residuals as vectors, shapes (R, B, 1) and (R, B, (n − 1) n).

        Parameters
        ----------
        generators : Tensor, shape (R, n, n)
            Generators.
        index : Tensor of int, shape (R, B)
            Which points each run looks at.
        times : Tensor, optional
            Not used: the differential constraint is free of t.
        """
        import torch

        points, normals, tangents = (tensor[index] for tensor in self._tensors)
        velocity = points @ generators.mT
        speed = torch.linalg.vector_norm(velocity, dim=-1, keepdim=True).clamp_min(_TINY)
        direction = velocity / speed
        across = ((direction if self.relative else velocity) * normals).sum(-1, keepdim=True)
        along = (tangents @ direction[..., None]) * direction[..., None, :]
        return [across, (tangents - along).flatten(-2)]

    def __repr__(self) -> str:
        """Tell the size."""
        kind = ", relative" if self.relative else ""
        return f"Differential(N={len(self.points)}, n={self.points.shape[1]}{kind})"


@dataclass(frozen=True, eq=False)
class Functional:
    """How much f changes along exp(tW): the mean of |f(exp(tW) p) − f(p)| over points p and t in [0, 2π].

    Parameters
    ----------
    points : array_like, shape (N, n)
        Points p.
    f : callable
        The function, of tensors (..., n) with values (...); or a fitted NumPy model with a method
        ``gradient(points)``, such as `hgmrl_lite.hereditary.RewardModel`. It is asked for values wherever
        exp(tW) carries the points, so it must be known there.

    Raises
    ------
    ValueError
        When points are malformed or f is not callable.
    """

    points: Array
    f: Callable[[Any], Any]

    name = "functional"

    def __post_init__(self) -> None:
        object.__setattr__(self, "points", _as_points(self.points))
        if not callable(self.f):
            raise ValueError(f"f must be a function of points, got {type(self.f).__name__}")

    @cached_property
    def _tensors(self) -> "tuple[torch.Tensor, torch.Tensor]":
        import torch

        from hgmrl_lite.descent.flow import as_torch_function

        points = torch.from_numpy(np.ascontiguousarray(self.points))
        values = as_torch_function(self.f)(points)
        if not isinstance(values, torch.Tensor) or values.shape != points.shape[:1]:
            got = tuple(values.shape) if isinstance(values, torch.Tensor) else type(values).__name__
            raise ValueError(f"f must return one value a point, shape ({len(points)},), got {got}")
        if not bool(torch.isfinite(values).all()):
            raise ValueError("f must be finite on the points, got NaN or infinity")
        return points, values

    def residuals(
        self, generators: "torch.Tensor", index: "torch.Tensor", times: "torch.Tensor | None" = None
    ) -> "list[torch.Tensor]":
        """Return the residual f(exp(tW) p) − f(p), shape (R, B, 1); parameters as for `Differential`."""
        from hgmrl_lite.descent.flow import as_torch_function, flow

        assert times is not None
        points, values = (tensor[index] for tensor in self._tensors)
        return [(as_torch_function(self.f)(flow(generators, times, points)) - values)[..., None]]

    def __repr__(self) -> str:
        """Tell the size and the function's name."""
        name = getattr(self.f, "__name__", type(self.f).__name__)
        return f"Functional(N={len(self.points)}, n={self.points.shape[1]}, f={name})"


Loss = Differential | Functional


def mean_length(residuals: "list[torch.Tensor]") -> "torch.Tensor":
    """Return the loss of each run, shape (R,): lengths of the residual vectors, added, mean over points."""
    import torch

    lengths = [torch.linalg.vector_norm(part, dim=-1).mean(dim=-1) for part in residuals]
    return torch.stack(lengths).sum(dim=0)


def gauss_newton_condition(loss: Loss, generators: ArrayLike, *, samples: int = 1000) -> Array:
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
    samples, rng = as_count("samples", samples), np.random.default_rng(0)
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
    basis = orthogonal_complement(scale / np.linalg.norm(scale, axis=1, keepdims=True))
    values = np.linalg.eigvalsh(basis @ gram @ np.swapaxes(basis, 1, 2))
    smallest, largest = values[:, 0], values[:, -1]
    # What rounding leaves of a zero eigenvalue is no direction.
    found = smallest > 1e-14 * largest
    return np.where(found, largest / np.where(found, smallest, 1.0), np.inf)


def _as_points(points: ArrayLike) -> Array:
    """Return points (N, n), at least one, in two or more dimensions."""
    array = as_array("points", points, ("N", "n"))
    if not len(array) or array.shape[1] < 2:
        raise ValueError(f"points must hold at least one point of dimension 2 or more, got {array.shape}")
    return array
