"""The experiments: each one function with a progress bar, cached as it goes, and one frozen result.

The figures are in :mod:`hgmrl_lite.plots`, one for each experiment, by the same name.
"""

from hgmrl_lite.experiments.contenders import make_agent
from hgmrl_lite.experiments.distance import AGENTS, RegretByDistance, regret_by_distance
from hgmrl_lite.experiments.published import PublishedRegret, published

__all__ = [
    "AGENTS",
    "PublishedRegret",
    "RegretByDistance",
    "make_agent",
    "published",
    "regret_by_distance",
]
