"""Whether stated 95 % bounds hold: left actions, generators and inferred angles, with and without noise."""

from collections import defaultdict

import numpy as np

from benchmarks.discovery import angle_errors_deg, discover_circle, wrapped
from hgmrl_lite import lie
from hgmrl_lite.envs import circle_tasks, navigation, training_tasks
from hgmrl_lite.hereditary import RewardModel, infer

NOISES = (0.0, 0.0144, 0.05)
NUMBERS = (400, 2000, 5000)
#: Families, each of a base task and three others, and base models with ten new tasks each, by the number.
FAMILIES = {400: 40, 2000: 16, 5000: 8}
CONTEXTS = (20, 100)
NEW_TASKS = 10
#: The first seed: the rules behind the bounds were made on seeds below it.
FIRST = 1000

Answers = list[tuple[float, float, bool]]


def run(quick: bool = False) -> dict[str, float]:
    """Return coverage, share decided and half-widths over errors: overall, by kind, and by cell.

    An answer without a bound counts neither as covered nor as missed, but as undecided; a right answer is one
    within 8.6°, the largest error that counts as none.
    """
    answers: dict[tuple[str, float, int], Answers] = {}
    for noise in NOISES:
        for number in NUMBERS:
            count = 2 if quick else FAMILIES[number]
            found: dict[str, Answers] = defaultdict(list)
            for seed in range(FIRST, FIRST + count):
                for kind, rows in {**_family(number, noise, seed), **_contexts(number, noise, seed)}.items():
                    found[kind] += rows
            for kind, rows in found.items():
                answers[kind, noise, number] = rows
    figures: dict[str, float] = {}
    for (kind, noise, number), rows in answers.items():
        figures |= _summary(f"intervals.{kind}.noise{noise:g}.N{number}", rows)
    kinds = sorted({kind for kind, _, _ in answers})
    for kind in kinds:
        noisy = [row for key, rows in answers.items() if key[0] == kind and key[1] for row in rows]
        exact = [row for key, rows in answers.items() if key[0] == kind and not key[1] for row in rows]
        figures |= _summary(f"verdict.interval.{kind}", noisy) | _summary(
            f"verdict.interval.{kind}.exact", exact
        )
    # Each kind counts alike, however many of its answers were drawn.
    for name, suffix in (("verdict.interval_coverage", ""), ("verdict.interval_coverage_exact", ".exact")):
        figures[name] = float(
            np.mean([figures[f"verdict.interval.{kind}{suffix}.coverage"] for kind in kinds])
        )
    return figures


def _family(number: int, noise: float, seed: int) -> dict[str, Answers]:
    """Return errors and bounds of left actions and generators, in degrees, and whether they are stated."""
    geometry, angles = discover_circle(3, number, seed, noise)
    errors = angle_errors_deg(geometry, angles)
    sure = not geometry.doubts
    out = {"left": list(zip(errors, geometry.bounds_deg[1:], [sure] * 3, strict=True))}
    generators = geometry.generators_states
    if len(generators) == 1:
        unit = generators[0] / np.linalg.norm(generators[0])
        away = unit - np.vdot(unit, lie.J) / 2.0 * lie.J
        error = float(np.degrees(np.arcsin(min(float(np.linalg.norm(away)), 1.0))))
        out["generator"] = [(error, geometry.generators_bound_deg, sure)]
    else:
        out["generator"] = [(90.0, float("nan"), sure)]
    return out


def _contexts(number: int, noise: float, seed: int) -> dict[str, Answers]:
    """Return errors and bounds of the angles of new tasks, from short explorations, in degrees."""
    start = training_tasks()[0]
    base = navigation(reward_noise=noise).explore(start, number, seed=500 + seed)
    model = RewardModel.fit(base.next_states, base.rewards)
    goals = circle_tasks(NEW_TASKS, seed=seed)
    turns = np.arctan2(goals[:, 1], goals[:, 0]) - np.arctan2(start[1], start[0])
    out: dict[str, Answers] = {}
    for context in CONTEXTS:
        rows = []
        for index, (goal, turn) in enumerate(zip(goals, turns, strict=True)):
            seen = navigation(reward_noise=noise).explore(goal, context, seed=9000 + 100 * seed + index)
            answer = infer(lie.J, model, seen)
            error = float(np.degrees(abs(wrapped(answer.angle - turn))))
            rows.append((error, answer.bound_deg, answer.verdict == "yes"))
        out[f"inferred{context}"] = rows
    return out


def _summary(name: str, rows: Answers) -> dict[str, float]:
    """Return the figures of some answers."""
    errors, bounds, sure = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    stated = np.isfinite(bounds) & (sure > 0.0)
    figures = {
        f"{name}.decided_rate": float(stated.mean()),
        f"{name}.right_rate": float((errors < 8.6).mean()),
    }
    if stated.any():
        errors, bounds = errors[stated], bounds[stated]
        figures |= {
            f"{name}.coverage": float((errors <= bounds).mean()),
            f"{name}.width_over_error": float(np.median(bounds) / np.median(errors)),
            f"{name}.error_median_deg": float(np.median(errors)),
            f"{name}.worst_ratio": float((errors / np.maximum(bounds, 1e-12)).max()),
        }
    return figures
