"""Hereditary geometric meta-RL: transitions → tangents → symmetries → left actions → policy → regret.

The submodules are imported on first use, so that ``import hgmrl_lite`` loads no torch, Matplotlib, Plotly or
anywidget. The theory follows P. Nitschke and S. Talebi, *Hereditary Geometric Meta-RL: Nonlocal
Generalization via Task Symmetries*, 2026, arXiv:2603.00396.
"""

import importlib
from types import ModuleType

import gymnasium

__version__ = "0.1.0"

ENV_ID = "hgmrl_lite/PointNavigation-v0"

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


def register_envs() -> None:
    """Register ``hgmrl_lite/PointNavigation-v0`` with Gymnasium unless it is registered already.

    Importing :mod:`hgmrl_lite` calls this. Gymnasium 1 imports no plugin by itself; without an import, name
    the module in the identifier: ``gymnasium.make("hgmrl_lite:hgmrl_lite/PointNavigation-v0", ...)``.
    """
    if ENV_ID in gymnasium.registry:
        return
    # By import paths, which import nothing yet. No max_episode_steps: the environment truncates by itself, at
    # its own ``max_steps``.
    gymnasium.register(
        id=ENV_ID,
        entry_point="hgmrl_lite.envs.navigation:make_env",
        vector_entry_point="hgmrl_lite.envs.navigation:make_vector_env",
    )


register_envs()


def __getattr__(name: str) -> ModuleType:
    """Import a submodule when it is first asked for."""
    if name in _SUBMODULES:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    """List the submodules too, so that completion finds them."""
    return sorted(__all__)
