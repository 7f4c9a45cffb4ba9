"""Accuracy and time of the discovery of left actions from random transitions of twenty tasks."""

import statistics
import time

import numpy as np

from hgmrl_lite._validate import Array
from hgmrl_lite.envs import circle_tasks, navigation, training_tasks
from hgmrl_lite.hereditary import HereditaryGeometry, discover_geometry

SEEDS = range(5)
REWARD_NOISE = 0.05


def discover_twenty(
    transitions: int, seed: int, reward_noise: float = 0.0
) -> tuple[HereditaryGeometry, Array]:
    """Return the geometry of twenty tasks and the true angles (20,) from the base task to each."""
    # The base goal and nineteen others at random angles: evenly spaced goals would share their errors.
    goals = np.concatenate([training_tasks()[:1], circle_tasks(19, seed=seed)])
    tasks = [
        navigation(reward_noise=reward_noise).explore(goal, transitions, seed=1000 * seed + index)
        for index, goal in enumerate(goals)
    ]
    angles = np.arctan2(goals[:, 1], goals[:, 0])
    return discover_geometry(tasks), angles - angles[0]


def angle_errors_deg(geometry: HereditaryGeometry, angles: Array) -> Array:
    """Return the error of the left action of each of the other tasks, in degrees."""
    left = geometry.left_actions
    found = np.arctan2(left[:, 1, 0] - left[:, 0, 1], left[:, 0, 0] + left[:, 1, 1])
    return np.degrees(np.abs(wrapped(found - angles)[1:]))


def wrapped(angle: Array) -> Array:
    """Return angles in [−π, π)."""
    return (angle + np.pi) % (2.0 * np.pi) - np.pi


def accuracy(transitions: int, reward_noise: float, seeds: range) -> dict[str, float]:
    """Return the worst mean and largest error over the seeds, in degrees."""
    means, largest = [], []
    for seed in seeds:
        errors = angle_errors_deg(*discover_twenty(transitions, seed, reward_noise))
        means.append(float(errors.mean()))
        largest.append(float(errors.max()))
    return {"mean": max(means), "max": max(largest)}


def undecided_rate(transitions: int, reward_noise: float, seeds: range) -> float:
    """Return how often the answer on twenty tasks is "undecided"."""
    verdicts = [discover_twenty(transitions, seed, reward_noise)[0].verdict for seed in seeds]
    return verdicts.count("undecided") / len(verdicts)


def run(quick: bool = False) -> dict[str, float]:
    """Return worst-of-seeds errors by transitions a task, with and without reward noise, and the CPU time."""
    seeds = SEEDS[:2] if quick else SEEDS
    figures: dict[str, float] = {}
    for transitions in (1000, 300):
        errors = accuracy(transitions, 0.0, seeds)
        figures |= {
            f"discovery.angle_error_{transitions}.{name}_deg": value for name, value in errors.items()
        }
    errors = accuracy(5000, 0.0, seeds)
    figures |= {f"discovery.angle_error_{name}_deg": value for name, value in errors.items()}
    errors = accuracy(5000, REWARD_NOISE, seeds)
    figures |= {f"discovery.noise.angle_error_{name}_deg": value for name, value in errors.items()}
    figures["discovery.noise300.undecided_rate"] = undecided_rate(300, REWARD_NOISE, seeds)
    tasks = [navigation().explore(goal, 5000, seed=index) for index, goal in enumerate(training_tasks())]
    seconds = []
    for _ in range(7):
        start = time.process_time()
        discover_geometry(tasks)
        seconds.append(time.process_time() - start)
    figures["discovery.seconds"] = statistics.median(seconds)
    return figures
