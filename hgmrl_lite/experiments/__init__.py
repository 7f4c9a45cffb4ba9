"""The experiments: each one function with a progress bar, cached as it goes, and one frozen result.

The figures are in :mod:`hgmrl_lite.plots`, one for each experiment, by the same name.
"""

from hgmrl_lite.experiments.adapting import Adaptation, adaptation
from hgmrl_lite.experiments.cliff import CLIFF_DEG, RotationError, rotation_error
from hgmrl_lite.experiments.contenders import make_agent
from hgmrl_lite.experiments.distance import AGENTS, RegretByDistance, published, regret_by_distance
from hgmrl_lite.experiments.limits import AXES, HIGH, Breaking, Trial, breaking
from hgmrl_lite.experiments.sample_efficiency import SampleEfficiency, sample_efficiency
from hgmrl_lite.experiments.task_number import Coverage, CoverageCase, coverage
from hgmrl_lite.experiments.trials import VERDICTS

__all__ = [
    "AGENTS",
    "AXES",
    "CLIFF_DEG",
    "HIGH",
    "VERDICTS",
    "Adaptation",
    "Breaking",
    "Coverage",
    "CoverageCase",
    "RegretByDistance",
    "RotationError",
    "SampleEfficiency",
    "Trial",
    "adaptation",
    "breaking",
    "coverage",
    "make_agent",
    "published",
    "regret_by_distance",
    "rotation_error",
    "sample_efficiency",
]
