"""Time of the closed forms on the rotations of space."""

import statistics
import time

import numpy as np

from hgmrl_lite import lie

ELEMENTS = 100_000


def run(quick: bool = False) -> dict[str, float]:
    """Return median CPU milliseconds of exp and log for 100,000 elements of so(3), on one thread."""
    rng = np.random.default_rng(0)
    axes = rng.normal(size=(ELEMENTS, 3))
    omega = axes / np.linalg.norm(axes, axis=1, keepdims=True) * rng.uniform(0.0, np.pi, (ELEMENTS, 1))
    rotations = lie.so3_exp(omega)
    figures = {}
    for name, function, argument in (("exp", lie.so3_exp, omega), ("log", lie.so3_log, rotations)):
        times = []
        for _ in range(5 if quick else 31):
            start = time.process_time()
            function(argument)
            times.append(1e3 * (time.process_time() - start))
        figures[f"lie.so3_{name}_ms"] = statistics.median(times)
    return figures
