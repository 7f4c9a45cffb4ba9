"""Speed of the vectorised environment, and of the closed forms on the rotations of space."""

import numpy as np

from benchmarks.timing import cpu_seconds
from hgmrl_lite import lie
from hgmrl_lite.envs import navigation

ENVIRONMENTS, ELEMENTS = 256, 100_000


def run(quick: bool = False) -> dict[str, float]:
    """Return environment steps per CPU second with random actions, and CPU milliseconds of exp and log."""
    environment = navigation().vector_env([1.0, 0.0], ENVIRONMENTS)
    actions = np.random.default_rng(0).uniform(-1.0, 1.0, (100, ENVIRONMENTS, 2))

    def steps() -> None:
        environment.reset(seed=0)
        for _ in range(10):
            for batch in actions:
                environment.step(batch)

    rng = np.random.default_rng(0)
    axes = rng.normal(size=(ELEMENTS, 3))
    omega = axes / np.linalg.norm(axes, axis=1, keepdims=True) * rng.uniform(0.0, np.pi, (ELEMENTS, 1))
    rotations, runs = lie.so3_exp(omega), 5 if quick else 31
    return {
        "envs.steps_per_cpu_second": ENVIRONMENTS * 1000 / cpu_seconds(steps, 3 if quick else 9),
        "lie.so3_exp_ms": 1e3 * cpu_seconds(lambda: lie.so3_exp(omega), runs),
        "lie.so3_log_ms": 1e3 * cpu_seconds(lambda: lie.so3_log(rotations), runs),
    }
