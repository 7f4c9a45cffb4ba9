"""Widgets for Jupyter: figures that a hand can take hold of. Each is imported on first use."""

import importlib
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hgmrl_lite.widgets.base import HgmrlWidget
    from hgmrl_lite.widgets.descent_race import DescentRace
    from hgmrl_lite.widgets.generator_flow import GeneratorFlow
    from hgmrl_lite.widgets.goal_drag import GoalDrag
    from hgmrl_lite.widgets.kernel_probe import KernelProbe
    from hgmrl_lite.widgets.orbit_explorer import OrbitExplorer
    from hgmrl_lite.widgets.regret_explorer import RegretExplorer
    from hgmrl_lite.widgets.task_aligner import TaskAligner
    from hgmrl_lite.widgets.task_puller import TaskPuller

__all__ = [
    "DescentRace",
    "GeneratorFlow",
    "GoalDrag",
    "HgmrlWidget",
    "KernelProbe",
    "OrbitExplorer",
    "RegretExplorer",
    "TaskAligner",
    "TaskPuller",
]


def __getattr__(name: str) -> Any:
    """Import a widget when it is first asked for."""
    if name in __all__:
        # GoalDrag is in the folder goal_drag.
        folder = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
        module = "base" if name == "HgmrlWidget" else folder
        return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    """List the widgets, so that completion finds them."""
    return sorted(__all__)
