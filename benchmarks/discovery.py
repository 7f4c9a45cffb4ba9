"""Accuracy and time of the discovery of left actions from random transitions of twenty tasks."""

import statistics
import time

import numpy as np

from hgmrl_lite.envs import circle_tasks, explore, training_tasks
from hgmrl_lite.hereditary import discover_geometry

SEEDS = range(5)


def angle_errors_deg(transitions: int, seed: int) -> np.ndarray:
    """Return the error of the left action of each of twenty tasks, in degrees."""
    # The base goal and nineteen others at random angles: evenly spaced goals would share their errors.
    goals = np.concatenate([training_tasks()[:1], circle_tasks(19, seed=seed)])
    tasks = [explore(goal, transitions, seed=1000 * seed + index) for index, goal in enumerate(goals)]
    angles = np.arctan2(goals[:, 1], goals[:, 0])
    left = discover_geometry(tasks).left_actions
    found = np.arctan2(left[:, 1, 0] - left[:, 0, 1], left[:, 0, 0] + left[:, 1, 1])
    wrapped = (found - (angles - angles[0]) + np.pi) % (2.0 * np.pi) - np.pi
    return np.degrees(np.abs(wrapped[1:]))


def run(quick: bool = False) -> dict[str, float]:
    """Return worst-of-seeds angle errors at 5000 transitions a task, and the CPU time of four tasks."""
    errors = [angle_errors_deg(5000, seed) for seed in (SEEDS[:2] if quick else SEEDS)]
    tasks = [explore(goal, 5000, seed=index) for index, goal in enumerate(training_tasks())]
    seconds = []
    for _ in range(7):
        start = time.process_time()
        discover_geometry(tasks)
        seconds.append(time.process_time() - start)
    return {
        "discovery.angle_error_max_deg": float(max(error.max() for error in errors)),
        "discovery.angle_error_mean_deg": float(max(error.mean() for error in errors)),
        "discovery.seconds": statistics.median(seconds),
    }
