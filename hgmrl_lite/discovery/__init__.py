"""Symmetry algebra of one sampled function, in closed form (beyond the paper).

f is invariant under exp(tW) exactly when df_p (W p) = 0 for all p: a homogeneous linear system in the entries
of the affine generator W, one row a sample, whose null space is the symmetry algebra. The setting is that of
P. Nitschke and S. Talebi, *Hereditary Geometric Meta-RL*, 2026, arXiv:2603.00396, who descend on the same
constraint; the null space needs no iteration and also tells the dimension. The spectrum of such a system as a
measure of symmetry goes back to LieGG (A. Moskalev, A. Sepliarskaia, I. Sosnovik and A. Smeulders, NeurIPS
2022).

Where there is no continuous symmetry, finite groups of the plane may be left: turns and mirrors.
"""

from hgmrl_lite.discovery.finite import FiniteGroup
from hgmrl_lite.discovery.null_space import affine_null_space
from hgmrl_lite.discovery.symmetry import Symmetry, discover

__all__ = ["FiniteGroup", "Symmetry", "affine_null_space", "discover"]
