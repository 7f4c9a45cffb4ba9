"""The experiments: each one function with a progress bar, cached as it goes, and one frozen result.

The figures are in :mod:`hgmrl_lite.plots`, one for each experiment, by the same name.
"""

from hgmrl_lite.experiments.adapting import Adaptation, adaptation
from hgmrl_lite.experiments.cliff import CLIFF_DEG, RotationCase, RotationError, rotation_error
from hgmrl_lite.experiments.contenders import make_agent
from hgmrl_lite.experiments.distance import AGENTS, RegretByDistance, regret_by_distance
from hgmrl_lite.experiments.published import PublishedRegret, published
from hgmrl_lite.experiments.task_number import Coverage, CoverageCase, coverage

__all__ = [
    "AGENTS",
    "CLIFF_DEG",
    "Adaptation",
    "Coverage",
    "CoverageCase",
    "PublishedRegret",
    "RegretByDistance",
    "RotationCase",
    "RotationError",
    "adaptation",
    "coverage",
    "make_agent",
    "published",
    "regret_by_distance",
    "rotation_error",
]
