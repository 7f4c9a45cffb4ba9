"""Charts, and the nonlinear actions that they make linear."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_array
from hgmrl_lite.actions.action import Action, PointMap, invertible
from hgmrl_lite.actions.derivatives import evaluate, numerical_jacobian


@dataclass(frozen=True, eq=False)
class Chart:
    """Coordinates φ of the states in which a group is to act by matrices.

    Parameters
    ----------
    forward : callable
        φ, a map of points (..., n) to points (..., n) for any leading batch axes.
    inverse : callable, optional
        φ⁻¹. Without it a geometry can be found in the chart, but no policy carried through it.
    """

    forward: PointMap
    inverse: PointMap | None = None

    def __call__(self, points: ArrayLike) -> Array:
        """Return φ(p) for points (..., n)."""
        return _through("chart", self.forward, as_array("points", points))

    def back(self, points: ArrayLike) -> Array:
        """Return φ⁻¹(q) for points (..., n) of the chart.

        Raises
        ------
        ValueError
            When the chart has no inverse.
        """
        if self.inverse is None:
            raise ValueError("chart must have an inverse to lead back from it: Chart(forward, inverse)")
        return _through("chart_inverse", self.inverse, as_array("points", points))


@dataclass(frozen=True, eq=False)
class ChartedAction(Action):
    """A nonlinear action that a chart φ makes linear: p ↦ φ⁻¹(M φ(p)).

    Differentials come from central differences of fourth order, good to about 1e-12 for a chart of scale 1.

    Parameters
    ----------
    chart, chart_inverse : callable
        φ and φ⁻¹, maps of points (..., n) to points (..., n) for any leading batch axes.
    matrix : array_like, shape (n, n)
        M, how the element acts in the chart.

    Raises
    ------
    ValueError
        When the matrix is singular; later, when a chart returns another shape, or NaN because a point lies
        outside its domain.

    Examples
    --------
    >>> double = ChartedAction(np.log, np.exp, [[2.0]])
    >>> double([3.0])
    array([9.])
    """

    chart: PointMap
    chart_inverse: PointMap
    matrix: Array

    def __post_init__(self) -> None:
        object.__setattr__(self, "matrix", invertible("matrix", as_array("matrix", self.matrix, ("n", "n"))))

    def __call__(self, points: ArrayLike) -> Array:
        """Return φ⁻¹(M φ(p)) for points (..., n)."""
        points = as_array("points", points, ("...", len(self.matrix)))
        inside = _through("chart", self.chart, points) @ self.matrix.T
        return _through("chart_inverse", self.chart_inverse, inside)

    def inverse(self) -> "ChartedAction":
        """Return the action of the inverse, in the same chart."""
        return ChartedAction(self.chart, self.chart_inverse, np.asarray(np.linalg.inv(self.matrix)))

    def jacobian(self, points: ArrayLike) -> Array:
        """Return dφ⁻¹ M dφ, shape (..., n, n), at points (..., n)."""
        points = as_array("points", points, ("...", len(self.matrix)))
        before, after = (numerical_jacobian(self.chart, place) for place in (points, self(points)))
        return np.asarray(np.linalg.solve(after, self.matrix @ before))

    def __matmul__(self, other: Action) -> Action:
        """Return the action of the product; in the chart when both use the same one."""
        if (
            isinstance(other, ChartedAction)
            and other.chart is self.chart
            and other.chart_inverse is self.chart_inverse
        ):
            return ChartedAction(self.chart, self.chart_inverse, self.matrix @ other.matrix)
        return super().__matmul__(other)


def _through(name: str, function: PointMap, points: Array) -> Array:
    """Return function(points), checked to be points of the same shape."""
    moved = evaluate(name, function, points, 1)
    if moved.shape != points.shape:
        raise ValueError(f"{name} must map points {points.shape} to as many, got {moved.shape}")
    return moved
