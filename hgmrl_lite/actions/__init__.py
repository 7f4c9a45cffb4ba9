"""How group elements move points, tangents, covectors, functions and policies.

An element g moves a point to g p, a function f to f(g⁻¹ p), a policy π to K_g π(g⁻¹ s), a tangent v at p to
dg_p v and a covector n to dg_p^{-T} n. What does not change under this is invariant or equivariant.
"""

from hgmrl_lite.actions.action import Action, AffineAction, LinearAction
from hgmrl_lite.actions.charts import Chart, ChartedAction
from hgmrl_lite.actions.derivatives import (
    equivariance_residual,
    invariance_residual,
    numerical_gradient,
    numerical_jacobian,
)
from hgmrl_lite.actions.orbits import action_of, orbit, orbit_dimension, stabiliser

__all__ = [
    "Action",
    "AffineAction",
    "Chart",
    "ChartedAction",
    "LinearAction",
    "action_of",
    "equivariance_residual",
    "invariance_residual",
    "numerical_gradient",
    "numerical_jacobian",
    "orbit",
    "orbit_dimension",
    "stabiliser",
]
