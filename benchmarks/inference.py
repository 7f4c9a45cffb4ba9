"""Error and time of the inference of a new task's angle from a short exploration."""

import statistics
import time

import numpy as np

from hgmrl_lite.envs import circle_tasks, explore
from hgmrl_lite.hereditary import RewardModel, infer

J = np.array([[0.0, -1.0], [1.0, 0.0]])


def run(quick: bool = False) -> dict[str, float]:
    """Return quantiles of the angle error over many tasks with twenty transitions each."""
    trials = 100 if quick else 1000
    base = explore(circle_tasks(1)[0], 5000, seed=0)
    model = RewardModel.fit(base.next_states, base.rewards)
    errors, seconds = [], []
    for index, goal in enumerate(circle_tasks(trials, seed=1)):
        context = explore(goal, 20, seed=10_000 + index)
        start = time.process_time()
        theta = infer(J, model, context).theta
        seconds.append(time.process_time() - start)
        error = theta - np.arctan2(goal[1], goal[0])
        errors.append(np.degrees(abs((error + np.pi) % (2.0 * np.pi) - np.pi)))
    return {
        "inference.N20.median_deg": float(np.median(errors)),
        "inference.N20.p90_deg": float(np.quantile(errors, 0.9)),
        "inference.N20.max_deg": max(errors),
        "inference.N20.over_8_deg": float(sum(error > 8.0 for error in errors)),
        "inference.N20.ms": 1e3 * statistics.median(seconds),
    }
