"""Hereditary geometric meta-RL: transitions → tangents → symmetries → left actions → policy → regret.

The submodules are imported on first use, so that ``import hgmrl_lite`` loads no torch, Matplotlib, Plotly or
anywidget. The theory follows P. Nitschke and S. Talebi, *Hereditary Geometric Meta-RL: Nonlocal
Generalization via Task Symmetries*, 2026, arXiv:2603.00396.
"""

import importlib
from types import ModuleType

from hgmrl_lite._gymnasium import register_envs

__version__ = "0.1.0"

_SUBMODULES = (
    "lie",
    "actions",
    "transitions",
    "tangents",
    "discovery",
    "descent",
    "hereditary",
    "envs",
    "agents",
    "meta",
    "experiments",
    "plots",
    "widgets",
    "course",
)
__all__ = ["__version__", *_SUBMODULES]

# So that gymnasium.make("hgmrl_lite/PointNavigation-v0", goal=...) works after a plain import.
register_envs()


def __getattr__(name: str) -> ModuleType:
    """Import a submodule when it is first asked for."""
    if name in _SUBMODULES:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    """List the submodules too, so that completion finds them."""
    return sorted(__all__)
