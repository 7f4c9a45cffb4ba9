"""Accuracy and time of the discovery of left actions from random transitions of twenty tasks."""

import numpy as np

from benchmarks.timing import cpu_seconds
from hgmrl_lite._validate import Array
from hgmrl_lite.envs import circle_tasks, navigation, training_tasks
from hgmrl_lite.hereditary import HereditaryGeometry, discover_geometry

SEEDS = range(5)
REWARD_NOISE = 0.05


def discover_circle(
    others: int, transitions: int, seed: int, reward_noise: float = 0.0
) -> tuple[HereditaryGeometry, Array]:
    """Return the geometry of the base task and others, and the true angles from the base task to each."""
    # At random angles: evenly spaced goals would share their errors.
    goals = np.concatenate([training_tasks()[:1], circle_tasks(others, seed=seed)])
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
        errors = angle_errors_deg(*discover_circle(19, transitions, seed, reward_noise))
        means.append(float(errors.mean()))
        largest.append(float(errors.max()))
    return {"mean": max(means), "max": max(largest)}


def undecided_rate(transitions: int, reward_noise: float, seeds: range) -> float:
    """Return how often the answer on twenty tasks is "undecided"."""
    verdicts = [discover_circle(19, transitions, seed, reward_noise)[0].verdict for seed in seeds]
    return verdicts.count("undecided") / len(verdicts)


def run(quick: bool = False) -> dict[str, float]:
    """Return worst-of-seeds errors by transitions a task, with and without reward noise, and the CPU time."""
    seeds = SEEDS[:2] if quick else SEEDS
    figures: dict[str, float] = {}
    for name, transitions, noise in (
        ("angle_error_1000.", 1000, 0.0),
        ("angle_error_300.", 300, 0.0),
        ("angle_error_", 5000, 0.0),
        ("noise.angle_error_", 5000, REWARD_NOISE),
    ):
        for which, error in accuracy(transitions, noise, seeds).items():
            figures[f"discovery.{name}{which}_deg"] = error
    figures["discovery.noise300.undecided_rate"] = undecided_rate(300, REWARD_NOISE, seeds)
    tasks = [navigation().explore(goal, 5000, seed=index) for index, goal in enumerate(training_tasks())]
    return figures | {"discovery.seconds": cpu_seconds(lambda: discover_geometry(tasks), 7)}
