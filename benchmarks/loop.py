"""The whole loop from nothing: time in a fresh process, and regret on twenty true goals."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

BASE_TASKS = (0, 1)  # 135° and −18°: with box actions the easier and the harder base goal
SEEDS = (0, 1, 2)

# Run in a process of its own, so that imports count and no cache or warm library helps.
_LOOP = """
import json, sys
from hgmrl_lite.envs import navigation
from hgmrl_lite.meta import meta_test, meta_train
base_index, seed = int(sys.argv[1]), int(sys.argv[2])
family = navigation(base_index=base_index)
agent = meta_train(family, seed=seed, refresh=True, progress=False)
result = meta_test(agent, family, context_size=20, episodes=100, seed=seed)
print(json.dumps(result.regret_by_task.tolist()))
"""

_IMPORT = "import time; start = time.perf_counter(); import hgmrl_lite; print(time.perf_counter() - start)"


def run_once(base_index: int, seed: int) -> tuple[float, list[float]]:
    """Return the wall seconds of one loop, in a fresh process with an empty cache, and each goal's regret."""
    with tempfile.TemporaryDirectory() as cache:
        start = time.perf_counter()
        output = subprocess.run(
            [sys.executable, "-c", _LOOP, str(base_index), str(seed)],
            env={**os.environ, "HGMRL_LITE_CACHE": cache},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        return time.perf_counter() - start, json.loads(output)


def run(quick: bool = False) -> dict[str, float]:
    """Return the figures of the loop: worst over base goals and seeds, median time."""
    seconds, means, largest = [], [], []
    for base_index in BASE_TASKS:
        for seed in SEEDS[: 1 if quick else None]:
            took, regret = run_once(base_index, seed)
            seconds.append(took)
            means.append(statistics.mean(regret))
            largest.append(max(regret))
    imports = [
        float(
            subprocess.run([sys.executable, "-c", _IMPORT], check=True, capture_output=True, text=True).stdout
        )
        for _ in range(5)
    ]
    return {
        "loop.seconds": statistics.median(seconds),
        "loop.regret_mean": max(means),
        "loop.regret_max": max(largest),
        "import.seconds": statistics.median(imports),
    }
