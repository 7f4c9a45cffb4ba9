"""Kernel distribution of a sampled function: the normals and tangents of its level sets, with error bars.

The kernel distribution D^f_p = ker df_p holds the directions in which f does not change at p. Two estimators
from samples (p_i, f_i): `local_pca` on the displacements inside a level set, the way of P. Nitschke and
S. Talebi, *Hereditary Geometric Meta-RL*, 2026, arXiv:2603.00396; and, beyond the paper, `local_regression`,
the gradient of a polynomial fitted to the nearest neighbours.
"""

from hgmrl_lite.tangents.normals import LevelSetNormals, orthogonal_complement
from hgmrl_lite.tangents.pca import local_pca
from hgmrl_lite.tangents.regression import local_regression

__all__ = ["LevelSetNormals", "local_pca", "local_regression", "orthogonal_complement"]
