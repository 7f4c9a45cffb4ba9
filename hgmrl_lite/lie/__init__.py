"""Matrix Lie groups and algebras: exp, log, bracket, adjoint, closure, compactness.

Notation: W_1..W_d is a basis of a Lie algebra, θ the coordinates in it, g = exp(Σ θ_k W_k); J generates
the plane's rotations. Affine maps are homogeneous matrices [[L, t], [0, 1]], generators [[A, b], [0, 0]].
Every function takes any leading batch axes.
"""

from hgmrl_lite.lie.closed_forms import (
    J,
    se2_exp,
    se2_log,
    so2_exp,
    so2_log,
    so3_exp,
    so3_hat,
    so3_log,
    so3_vee,
)
from hgmrl_lite.lie.compact import polar_factor
from hgmrl_lite.lie.matrix_functions import exp, log
from hgmrl_lite.lie.planar import PLANAR_KINDS, PlanarType, gl2_exp, gl2_log, planar_type

__all__ = [
    "PLANAR_KINDS",
    "J",
    "PlanarType",
    "exp",
    "gl2_exp",
    "gl2_log",
    "log",
    "planar_type",
    "polar_factor",
    "se2_exp",
    "se2_log",
    "so2_exp",
    "so2_log",
    "so3_exp",
    "so3_hat",
    "so3_log",
    "so3_vee",
]
