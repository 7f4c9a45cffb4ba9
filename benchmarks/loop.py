"""The whole loop from nothing: time in a fresh process, and regret on twenty true goals."""

import statistics
import tempfile

from benchmarks.timing import in_fresh_process

BASE_TASKS = (0, 1)  # 135° and −18°: with box actions the easier and the harder base goal
SEEDS = (0, 1, 2)

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


def run(quick: bool = False) -> dict[str, float]:
    """Return the figures of the loop: worst over base goals and seeds, median time."""
    seconds, means, largest = [], [], []
    for base_index in BASE_TASKS:
        for seed in SEEDS[: 1 if quick else None]:
            with tempfile.TemporaryDirectory() as cache:
                took, regret = in_fresh_process(_LOOP, cache, base_index, seed)
            seconds.append(took)
            means.append(statistics.mean(regret))
            largest.append(max(regret))
    with tempfile.TemporaryDirectory() as cache:
        imports = [in_fresh_process(_IMPORT, cache)[1] for _ in range(5)]
    return {
        "loop.seconds": statistics.median(seconds),
        "loop.regret_mean": max(means),
        "loop.regret_max": max(largest),
        "import.seconds": statistics.median(imports),
    }
