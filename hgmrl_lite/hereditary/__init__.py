"""Geometry of a family of tasks: left actions, generators and test-time inference."""

from hgmrl_lite.hereditary.closed_form import intertwiner, invariant_form, left_actions, task_generator
from hgmrl_lite.hereditary.geometry import HereditaryGeometry, discover_geometry
from hgmrl_lite.hereditary.inference import Inference, infer
from hgmrl_lite.hereditary.reward_model import RewardModel

__all__ = [
    "HereditaryGeometry",
    "Inference",
    "RewardModel",
    "discover_geometry",
    "infer",
    "intertwiner",
    "invariant_form",
    "left_actions",
    "task_generator",
]
