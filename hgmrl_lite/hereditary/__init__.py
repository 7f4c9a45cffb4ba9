"""Geometry of a family of tasks: left actions, generators, system symmetries, report, test-time inference."""

from hgmrl_lite.hereditary.findings import Finding
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
    "GeometryReport",
    "HereditaryGeometry",
    "Inference",
    "RewardModel",
    "SystemSymmetry",
    "check_left_actions",
    "discover_geometry",
    "infer",
    "intertwiner",
    "invariant_form",
    "system_symmetries",
    "task_generator",
]
