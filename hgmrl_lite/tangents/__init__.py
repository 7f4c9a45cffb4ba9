"""Kernel distribution of a sampled function: the normals and tangents of its level sets, with error bars.

The kernel distribution D^f_p = ker df_p holds the directions in which f does not change at p. Two estimators
S. Talebi, *Hereditary Geometric Meta-RL*, 2026, arXiv:2603.00396; and, beyond the paper, `local_regression`,
the gradient of a polynomial fitted to the nearest neighbours.
"""

from hgmrl_lite.tangents.normals import LevelSetNormals, orthogonal_complement
from hgmrl_lite.tangents.regression import local_regression
