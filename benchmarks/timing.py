"""How a figure is timed: by the CPU's clock in this process, or from nothing in a fresh one."""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any


def cpu_seconds(work: Callable[[], Any], runs: int) -> float:
    """Return the median CPU seconds of some work."""
    times = []
    for _ in range(runs):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return statistics.median(times)


def in_fresh_process(script: str, cache: str, *arguments: object) -> tuple[float, Any]:
    """Return the wall seconds of a script in a process of its own, and what it printed as JSON.

    Imports count, and no warm library helps; ``cache`` is the folder of cached results.
    """
    start = time.perf_counter()
    output = subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        env={**os.environ, "HGMRL_LITE_CACHE": cache},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return time.perf_counter() - start, json.loads(output)
