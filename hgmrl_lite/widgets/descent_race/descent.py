"""The descents of `DescentRace` in NumPy: both losses and Adam on a 2-D slice of the generators of the plane.

The same numbers as ``js/slice_descent.js``, for the picture and the description, and to test it. The general
descent, in any dimension and over all generators, is `hgmrl_lite.descent`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from hgmrl_lite import lie
from hgmrl_lite._validate import Array

IDENTITY, STRETCH = np.eye(2), np.diag([1.0, -1.0])
BELOW_DEG = 1.0
_TINY = 1e-150


@dataclass(frozen=True, eq=False)
class Slice:
    """The generators W(u, v) = origin + u A + v B.

    Parameters
    ----------
    origin : ndarray, shape (2, 2)
        W(0, 0).
    axes : ndarray, shape (2, 2, 2)
        A and B.
    labels : tuple of str
        What u and v mean, in words.
    formula : str
        W(u, v), to be read.
    """

    origin: Array
    axes: Array
    labels: tuple[str, str]
    formula: str

    def generator(self, point: Array) -> Array:
        """Return W(u, v), shape (..., 2, 2), for (u, v) of shape (..., 2)."""
        return self.origin + np.tensordot(point, self.axes, axes=1)


SLICES: Mapping[str, Slice] = MappingProxyType(
    {
        "around": Slice(lie.J, np.stack([IDENTITY, STRETCH]), ("growth u", "stretch v"), "W = J + u I + v D"),
        "through": Slice(
            np.zeros((2, 2)), np.stack([STRETCH, lie.J]), ("stretch u", "turn v"), "W = u D + v J"
        ),
    }
)
FUNCTIONS = ("distance", "square")


@dataclass(frozen=True, eq=False)
class Samples:
    """Points p with unit normals and a time each, shapes (M, 2), (M, 2) and (M,)."""

    points: Array
    normals: Array
    times: Array

    def window(self, step: int, batch: int) -> "Samples":
        """Return the batch of a step; after the last sample comes the first."""
        index = np.arange(step * batch, (step + 1) * batch) % len(self.times)
        return Samples(self.points[index], self.normals[index], self.times[index])


def loss_values(method: str, generators: Array, samples: Samples) -> Array:
    """Return the loss (...,) of generators (..., 2, 2): "differential", or a function of `FUNCTIONS`."""
    if method == "differential":
        velocity = samples.points @ np.swapaxes(generators, -1, -2)
        across = np.abs((velocity * samples.normals).sum(-1))
        speed = np.maximum(np.linalg.norm(velocity, axis=-1), _TINY)
        value: Array = (across * (1.0 + 1.0 / speed)).mean(axis=-1)
        return value
    elements = lie.exp(samples.times[:, None, None] * generators[..., None, :, :])
    moved = (elements @ samples.points[:, :, None])[..., 0]
    before, after = np.square(samples.points).sum(-1), np.square(moved).sum(-1)
    change = after - before if method == "square" else np.sqrt(after) - np.sqrt(before)
    mean: Array = np.abs(change).mean(axis=-1)
    return mean


def slice_gradient(method: str, plane: Slice, point: Array, samples: Samples, step: float = 1e-6) -> Array:
    """Return the derivative of the loss at (u, v), shape (2,), by central differences."""
    moves = step * np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    values = loss_values(method, plane.generator(point + moves), samples)
    return (values[::2] - values[1::2]) / (2.0 * step)


def descend_slice(
    method: str, plane: Slice, start: Array, samples: Samples, *, rate: float, batch: int, steps: int
) -> Array:
    """Return the path (steps + 1, 2) of Adam from a start (u, v)."""
    path = np.empty((steps + 1, 2))
    path[0] = start
    mean, square = np.zeros(2), np.zeros(2)
    for k in range(steps):
        gradient = slice_gradient(method, plane, path[k], samples.window(k, batch))
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.999 * square + 0.001 * np.square(gradient)
        size = np.sqrt(square / (1.0 - 0.999 ** (k + 1))) + 1e-8
        path[k + 1] = path[k] - rate * mean / (1.0 - 0.9 ** (k + 1)) / size
    return path


def degrees_to_j(generators: Array) -> Array:
    """Return the principal angle to the line of J in degrees, shape (...); 90 at W = 0."""
    along = np.abs(generators[..., 1, 0] - generators[..., 0, 1]) / np.sqrt(2.0)
    symmetric = (generators + np.swapaxes(generators, -1, -2)) / 2.0
    across = np.linalg.norm(symmetric, axis=(-2, -1))
    return np.degrees(np.where((along == 0) & (across == 0), np.pi / 2, np.arctan2(across, along)))
