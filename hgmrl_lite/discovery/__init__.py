"""Symmetry algebra of one sampled function, in closed form (beyond the paper).

f is invariant under exp(tW) exactly when df_p (W p) = 0 for all p: a homogeneous linear system in the entries
of the affine generator W, one row a sample, whose null space is the symmetry algebra. The setting is that of
P. Nitschke and S. Talebi, *Hereditary Geometric Meta-RL*, 2026, arXiv:2603.00396, who descend on the same
constraint; the null space needs no iteration and also tells the dimension.
"""

from hgmrl_lite.discovery.closed_form import discover, discover_batches
from hgmrl_lite.discovery.dictionaries import Dictionary, DictionarySymmetry
from hgmrl_lite.discovery.frame import Frame
from hgmrl_lite.discovery.nonlinear import discover_in_dictionary
from hgmrl_lite.discovery.null_space import affine_null_space
from hgmrl_lite.discovery.symmetry import CLEAR, NEARLY, Confidence, Symmetry

__all__ = [
    "CLEAR",
    "NEARLY",
    "Confidence",
    "Dictionary",
    "DictionarySymmetry",
    "Frame",
    "Symmetry",
    "affine_null_space",
    "discover",
    "discover_batches",
    "discover_in_dictionary",
]
