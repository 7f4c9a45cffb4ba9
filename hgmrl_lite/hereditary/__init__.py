"""Geometry of a family of tasks: left actions, generators, system symmetries, report, test-time inference.

From transitions to an answer, in the order of reading:

- `reward_model`: one task's reward; `comparison`: two tasks under a map.
- `chart` (on `spline_map`, `increments`), `sharpening`: coordinates in which a group is linear.
- `motion` (on `polynomials`), `system`: the law of motion and its symmetries.
- `own_symmetry`: a task's own rotations, and the intertwiner of two of them.
- `frame`, `inner_product`: the coordinates in which a group is orthogonal, and what it keeps.
- `group` (on `closure`), `search`: a compact group, its cover, and the one search and refinement in it.
- `matching`, `inference`: what a few transitions of a new task say.
- `task_matching`, `task_search`, `left_actions`: the same search for the training tasks.
- `task_data`, `generators`, `geometry`: the tasks and what is fitted to them; the algebra; all together.
- `evidence`, `properties`, `inheritance`, `report`: whether it holds.
"""

from hgmrl_lite.hereditary.chart import FoundChart, find_chart
from hgmrl_lite.hereditary.evidence import Finding
from hgmrl_lite.hereditary.geometry import HereditaryGeometry, discover_geometry
from hgmrl_lite.hereditary.inference import Inference, infer
from hgmrl_lite.hereditary.inner_product import invariant_form
from hgmrl_lite.hereditary.own_symmetry import intertwiner, task_generator
from hgmrl_lite.hereditary.report import GeometryReport, check_left_actions
from hgmrl_lite.hereditary.reward_model import RewardModel
from hgmrl_lite.hereditary.system import CompactSymmetries, SystemSymmetry, system_symmetries

__all__ = [
    "CompactSymmetries",
    "Finding",
    "FoundChart",
    "GeometryReport",
    "HereditaryGeometry",
    "Inference",
    "RewardModel",
    "SystemSymmetry",
    "check_left_actions",
    "discover_geometry",
    "find_chart",
    "infer",
    "intertwiner",
    "invariant_form",
    "system_symmetries",
    "task_generator",
]
