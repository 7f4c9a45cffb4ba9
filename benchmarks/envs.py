"""Speed of the vectorised environment."""

import statistics
import time

import numpy as np

from hgmrl_lite.envs import navigation


def run(quick: bool = False) -> dict[str, float]:
    """Return environment steps per CPU second with 256 environments and random actions."""
    environment = navigation().vector_env([1.0, 0.0], 256)
    actions = np.random.default_rng(0).uniform(-1.0, 1.0, (100, 256, 2))
    speeds = []
    for seed in range(3 if quick else 9):
        environment.reset(seed=seed)
        start = time.process_time()
        for _ in range(10):
            for batch in actions:
                environment.step(batch)
        speeds.append(256 * 1000 / (time.process_time() - start))
    return {"envs.steps_per_cpu_second": statistics.median(speeds)}
