"""Nonlinear actions that a chart makes linear."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_array
from hgmrl_lite.actions.action import Action, PointMap
from hgmrl_lite.actions.derivatives import STEP, evaluate, numerical_jacobian
from hgmrl_lite.actions.matrices import AffineAction, LinearAction


@dataclass(frozen=True, eq=False)
class ChartedAction(Action):
    """A nonlinear action that a chart φ makes linear or affine: p ↦ φ⁻¹(M φ(p)).

    Parameters
    ----------
    chart, chart_inverse : callable
        φ and φ⁻¹, maps of points (..., n) to points (..., n) for any leading batch axes.
    matrix : array_like, shape (n, n) or (n + 1, n + 1)
        M, how the element acts in the chart.
    affine : bool
        Whether M is homogeneous.
    chart_jacobian : callable, optional
        dφ, points (..., n) to matrices (..., n, n). Without it central differences of fourth order are taken,
        good to about 1e-12 for a chart of scale 1.
    step : float
        The step of these differences.

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
    affine: bool = False
    chart_jacobian: PointMap | None = None
    step: float = STEP

    def __post_init__(self) -> None:
        object.__setattr__(self, "matrix", self.in_chart.matrix)

    @property
    def in_chart(self) -> LinearAction | AffineAction:
        """The action in the chart."""
        return AffineAction(self.matrix) if self.affine else LinearAction(self.matrix)

    @property
    def _n(self) -> int:
        """Dimension of the points."""
        return int(self.matrix.shape[-1]) - self.affine

    def __call__(self, points: ArrayLike) -> Array:
        """Return φ⁻¹(M φ(p)) for points (..., n)."""
        points = as_array("points", points, ("...", self._n))
        return self._through("chart_inverse", self.chart_inverse, self.in_chart(self._in(points)))

    def inverse(self) -> "ChartedAction":
        """Return the action of the inverse, in the same chart."""
        return self._with(np.asarray(np.linalg.inv(self.matrix), dtype=np.float64), self.affine)

    def jacobian(self, points: ArrayLike) -> Array:
        """Return dφ⁻¹ M dφ, shape (..., n, n), at points (..., n)."""
        points = as_array("points", points, ("...", self._n))
        before = self._chart_jacobian(points)
        after = self._chart_jacobian(self(points))
        linear = self.matrix[..., : self._n, : self._n]
        return np.asarray(np.linalg.solve(after, linear @ before))

    def __matmul__(self, other: Action) -> Action:
        """Return the action of the product; in the chart when both use the same one."""
        if (
            isinstance(other, ChartedAction)
            and other.chart is self.chart
            and other.chart_inverse is self.chart_inverse
        ):
            product = self.in_chart @ other.in_chart
            assert isinstance(product, LinearAction | AffineAction)
            return self._with(product.matrix, isinstance(product, AffineAction))
        return super().__matmul__(other)

    def _with(self, matrix: Array, affine: bool) -> "ChartedAction":
        """Return another element in the same chart."""
        return ChartedAction(self.chart, self.chart_inverse, matrix, affine, self.chart_jacobian, self.step)

    def _in(self, points: Array) -> Array:
        """Return φ(p)."""
        return self._through("chart", self.chart, points)

    def _through(self, name: str, function: PointMap, points: Array) -> Array:
        """Return function(points), checked to be points of the same shape."""
        moved = evaluate(name, function, points, 1)
        if moved.shape != points.shape:
            raise ValueError(f"{name} must map points {points.shape} to as many, got {moved.shape}")
        return moved

    def _chart_jacobian(self, points: Array) -> Array:
        """Return dφ_p."""
        if self.chart_jacobian is None:
            return numerical_jacobian(self.chart, points, self.step)
        shape = (*points.shape, points.shape[-1])
        jacobian = as_array("chart_jacobian(points)", self.chart_jacobian(points))
        if jacobian.shape != shape:
            raise ValueError(f"chart_jacobian must return shape {shape}, got {jacobian.shape}")
        return jacobian
