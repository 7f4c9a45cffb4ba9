"""Matrix Lie groups and algebras: exp, log, bracket, closure, compactness.

Notation: W_1..W_d is a basis of a Lie algebra, θ the coordinates in it, g = exp(Σ θ_k W_k); J generates
the plane's rotations. Affine maps are homogeneous matrices [[L, t], [0, 1]], generators [[A, b], [0, 0]].
Every function takes any leading batch axes.
"""

from hgmrl_lite.lie.algebra import LieAlgebra
from hgmrl_lite.lie.families import rotations_about, scalings, se, so, translations
from hgmrl_lite.lie.matrix_functions import exp, log
from hgmrl_lite.lie.planar import J, PlanarType, planar_type, so2_exp, so2_log
from hgmrl_lite.lie.so3 import so3_exp, so3_hat, so3_log, so3_vee
from hgmrl_lite.lie.subspaces import bracket, find_inner_product, polar_factor, principal_angles

__all__ = [
    "J",
    "LieAlgebra",
    "PlanarType",
    "bracket",
    "exp",
    "find_inner_product",
    "log",
    "planar_type",
    "polar_factor",
    "principal_angles",
    "rotations_about",
    "scalings",
    "se",
    "so",
    "so2_exp",
    "so2_log",
    "so3_exp",
    "so3_hat",
    "so3_log",
    "so3_vee",
    "translations",
]
