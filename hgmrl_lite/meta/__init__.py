"""Meta-reinforcement learning: the loop from training tasks to regret, and the experiments' protocol."""

from hgmrl_lite.meta.evaluation import Evaluation, evaluate
from hgmrl_lite.meta.intervals import Interval, mean_interval
from hgmrl_lite.meta.loop import meta_test, meta_train
from hgmrl_lite.meta.protocol import Protocol
from hgmrl_lite.meta.results import AgentResult, goal_distances
from hgmrl_lite.meta.runs import evaluate_seed, run_protocol

__all__ = [
    "AgentResult",
    "Evaluation",
    "Interval",
    "Protocol",
    "evaluate",
    "evaluate_seed",
    "goal_distances",
    "mean_interval",
    "meta_test",
    "meta_train",
    "run_protocol",
]
