"""Error, honesty and time of the inference of a new task's group element from a short exploration."""

import statistics
import time
from collections.abc import Callable

import numpy as np

from benchmarks.discovery import wrapped
from hgmrl_lite import lie
from hgmrl_lite._validate import Array
from hgmrl_lite.envs import circle_tasks, navigation, sample_transitions
from hgmrl_lite.hereditary import Inference, RewardModel, infer
from hgmrl_lite.transitions import Transitions

Trial = Callable[[int], tuple[Inference, float, float]]


def run(quick: bool = False) -> dict[str, float]:
    """Return quantiles of the error, the rates of the verdicts and the time of one task, 1000 tasks each."""
    trials = 40 if quick else 1000
    base = navigation().explore(circle_tasks(1)[0], 5000, seed=0)
    exact = RewardModel.fit(base.next_states, base.rewards)
    base = navigation(reward_noise=0.05).explore(circle_tasks(1)[0], 5000, seed=0)
    noisy = RewardModel.fit(base.next_states, base.rewards)
    figures: dict[str, float] = {}
    for number in (5, 10, 20, 50, 500):
        figures |= _measure(f"N{number}", _planar(exact, number), trials)
        figures |= _measure(f"N{number}.noise", _planar(noisy, number, reward_noise=0.05), trials)
    figures |= _measure("N20.differential", _planar(exact, 20, method="differential"), trials)
    figures |= _measure("N20.both", _planar(exact, 20, method="both"), trials)
    figures |= _measure("N20.off_circle", _planar(exact, 20, radius=1.5), trials)
    return figures | _measure("so3.N50", _spatial(50), 20 if quick else 200)


def _planar(
    model: RewardModel,
    number: int,
    *,
    reward_noise: float = 0.0,
    method: str = "functional",
    radius: float = 1.0,
) -> Trial:
    """Return a trial on a goal of a circle; the base goal is on the unit circle."""
    goals = circle_tasks(1000, seed=1, radius=radius)

    def trial(index: int) -> tuple[Inference, float, float]:
        goal = goals[index]
        context = navigation(reward_noise=reward_noise).explore(goal, number, seed=10_000 + index)
        answer, seconds = _timed(lie.J, model, context, method)
        error = answer.angle - np.arctan2(goal[1], goal[0])
        return answer, float(abs(wrapped(error))), seconds

    return trial


def _spatial(number: int) -> Trial:
    """Return a trial on a goal of the unit sphere, where rotations about the base goal are as good as none.

    The error is the angle between the goal and where the base goal is carried.
    """
    origin = np.array([1.0, 0.0, 0.0])
    goals = np.random.default_rng(1).normal(size=(1000, 3))
    goals /= np.linalg.norm(goals, axis=1, keepdims=True)

    def task(goal: Array, count: int, seed: int) -> Transitions:
        return sample_transitions(
            lambda points: -np.linalg.norm(points - goal, axis=1), count, seed=seed, n=3, spread=0.5
        )

    base = task(origin, 5000, 0)
    model = RewardModel.fit(base.next_states, base.rewards)
    generators = lie.so(3).basis

    def trial(index: int) -> tuple[Inference, float, float]:
        answer, seconds = _timed(generators, model, task(goals[index], number, 10_000 + index), "functional")
        aim = answer.left @ origin
        return answer, float(2.0 * np.arcsin(0.5 * np.linalg.norm(aim - goals[index]))), seconds

    return trial


def _timed(
    generators: Array, model: RewardModel, context: Transitions, method: str
) -> tuple[Inference, float]:
    start = time.process_time()
    answer = infer(generators, model, context, method=method)
    return answer, time.process_time() - start


def _measure(name: str, trial: Trial, trials: int) -> dict[str, float]:
    """Return the figures of one row."""
    answers, errors, seconds = zip(*(trial(index) for index in range(trials)), strict=True)
    degrees = np.degrees(errors)
    verdicts = np.array([answer.verdict for answer in answers])
    return {
        f"inference.{name}.median_deg": float(np.median(degrees)),
        f"inference.{name}.p90_deg": float(np.quantile(degrees, 0.9)),
        f"inference.{name}.max_deg": float(degrees.max()),
        f"inference.{name}.over_8_deg": float((degrees > 8.0).sum()),
        f"inference.{name}.decided_over_8_deg": float(((degrees > 8.0) & (verdicts == "yes")).sum()),
        f"inference.{name}.undecided_rate": float((verdicts == "undecided").mean()),
        f"inference.{name}.unrelated_rate": float((verdicts == "no").mean()),
        f"inference.{name}.ms": 1e3 * statistics.median(seconds),
    }
