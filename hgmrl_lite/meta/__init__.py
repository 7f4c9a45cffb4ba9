"""Meta-reinforcement learning: the loop from training tasks to regret, and the experiments' protocol."""

from hgmrl_lite.meta.evaluation import Evaluation, evaluate
from hgmrl_lite.meta.loop import meta_test, meta_train
from hgmrl_lite.meta.protocol import Protocol, evaluate_seed, run_protocol
from hgmrl_lite.meta.results import AgentResult, Interval, goal_distances, mean_interval

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
