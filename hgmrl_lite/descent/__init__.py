"""Symmetry discovery by gradient descent: the differential and the functional loss, one interface.

Both losses look for a generator W of the invariance f(exp(tW) p) = f(p). The functional loss asks for the
equation itself, at random t; the differential loss asks for what it says locally, W p ∈ D^f_p. The comparison
follows P. Nitschke and S. Talebi, *Hereditary Geometric Meta-RL*, 2026, arXiv:2603.00396. For the answer
without any descent see `hgmrl_lite.discovery`. PyTorch is loaded on the first call.
"""

from hgmrl_lite.descent.losses import Differential, Functional, gauss_newton_condition
from hgmrl_lite.descent.optimise import Descent, descend

__all__ = ["Descent", "Differential", "Functional", "descend", "gauss_newton_condition"]
