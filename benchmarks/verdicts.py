"""How often a verdict of `discover` is wrong, and how often it finds what is there.

Forty-eight cells of fifty runs: sixteen combinations of a function, a law of the data and a noise, each at
1000, 4000 and 16,000 samples. Every run draws its centre, axes and points anew from its seed. The truth is
computed from the function's gradient at the run's own points, with the defect that `discover` documents: the
root mean square cosine between gradient and field in standardised coordinates, weighted by the squared
lengths of both, where gradients and points above the median length count alike.

Two more combinations are only reported: ripples finer than any neighbourhood, and four dimensions.
"""

import itertools
import multiprocessing
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import scipy.stats

from benchmarks.discover import Function, about
from hgmrl_lite._validate import Array
from hgmrl_lite._verdict import Verdict
from hgmrl_lite.discovery import discover
from hgmrl_lite.lie import J, principal_angles, so, so2_exp

NUMBERS = (1000, 4000, 16_000)
TOLERANCE = 0.1
#: Step of the central differences that give the true gradients.
STEP = 1e-5

#: Function, law of the data, noise in percent of the values' standard deviation. Fixed before anything was
#: tuned.
COMBINATIONS = (
    ("distance", "normal", 5), ("distance", "heavy_tails", 20), ("bump", "box", 1), ("bump", "outliers", 0),
    ("ellipse", "normal", 1), ("ellipse", "clusters", 5), ("ellipsoid", "box", 5), ("screw", "normal", 0),
    ("quartic", "box", 20), ("nearly_half", "heavy_tails", 0), ("nearly_1.5", "sector", 1),
    ("nearly_3", "rounding", 1), ("smooth_1", "outliers", 5), ("smooth_3", "sector", 20),
    ("petal", "clusters", 0), ("squircle", "rounding", 20),
)  # fmt: skip
REPORTED = (("ripples", "normal", 1), ("radii", "normal", 1))
EXACT = ("distance", "bump", "ellipse", "ellipsoid", "screw", "quartic", "radii")
MISTAKES = ("false_symmetric", "false_none")
#: Without a symmetry, whatever is drawn.
ASYMMETRIC = ("nearly_1.5", "nearly_3", "smooth_1", "squircle")


@dataclass(frozen=True)
class Case:
    """A function, its dimension, the algebra that is searched, and its symmetries where it has some."""

    function: Function
    n: int = 2
    algebra: str = "affine"
    truth: tuple[Array, ...] = ()


def turned(rng: np.random.Generator, n: int) -> Array:
    """Return a random rotation, up to sign."""
    return np.linalg.qr(rng.normal(size=(n, n)))[0]


def coordinates(points: Array) -> list[Array]:
    """Return the coordinates of points (N, n), n arrays of N."""
    return list(points.T)


def make(name: str, points: Array, rng: np.random.Generator) -> Case:
    """Return one draw of a function; those that are nearly symmetric are fitted to the points."""
    n = points.shape[1]
    centre = points.mean(axis=0) + 0.3 * points.std(axis=0) * rng.normal(size=n)
    axes = turned(rng, n)
    local: Callable[[Array], Array] = lambda p: (p - centre) @ axes  # noqa: E731
    if name == "distance":
        return Case(lambda p: -np.linalg.norm(p - centre, axis=1), truth=(about(J, centre),))
    if name == "bump":
        return Case(lambda p: np.exp(-0.5 * np.square(p - centre).sum(axis=1)), truth=(about(J, centre),))
    if name in ("ellipse", "ellipsoid"):
        squeeze = axes @ np.diag(rng.uniform(0.4, 1.0, size=n)) @ axes.T
        inverse = np.linalg.inv(squeeze)
        turns = tuple(about(squeeze @ skew @ inverse, centre) for skew in so(n).basis)
        return Case(lambda p: -np.linalg.norm((p - centre) @ inverse, axis=1), n, truth=turns)
    if name == "screw":
        pitch = rng.uniform(0.5, 1.5)
        linear, shift = np.zeros((3, 3)), np.zeros(3)
        linear[:2, :2], shift[2] = J, pitch
        generator = about(axes @ linear @ axes.T, centre)
        generator[:3, 3] += axes @ shift

        def screw(p: Array) -> Array:
            x, y, z = coordinates(local(p))
            # Constant along (x, y) turning by t while z rises by pitch t.
            return x * np.cos(z / pitch) + y * np.sin(z / pitch)

        return Case(screw, 3, truth=(generator,))
    if name == "quartic":

        def quartic(p: Array) -> Array:
            square: Array = np.square(p).sum(axis=1)
            return square - 0.5 * square**2

        return Case(quartic, algebra="linear", truth=(about(J, np.zeros(2)),))
    if name.startswith("nearly"):
        multiple = {"nearly_half": 0.5, "nearly_1.5": 1.5, "nearly_3": 3.0}[name]
        return Case(nearly(multiple * TOLERANCE, local, points))
    if name.startswith("smooth"):
        length = float(name.split("_")[1])
        waves, phases = rng.normal(size=(200, n)) / length, rng.uniform(0.0, 2.0 * np.pi, size=200)
        return Case(lambda p: np.cos(p @ waves.T + phases).mean(axis=1) * np.sqrt(400.0))
    if name in ("petal", "ripples"):
        depth, fold = {"petal": (0.05, 6), "ripples": (0.01, 20)}[name]

        def petal(p: Array) -> Array:
            x, y = coordinates(local(p))
            waves: Array = np.cos(fold * np.arctan2(y, x))
            return (1.0 + depth * waves) * np.hypot(x, y)

        return Case(petal)
    if name == "squircle":
        return Case(lambda p: -np.power(np.power(local(p), 4).sum(axis=1), 0.25))
    if name == "radii":
        truth = tuple(about(np.kron(np.diag(which), J), np.zeros(4)) for which in ([1.0, 0.0], [0.0, 1.0]))
        return Case(
            lambda p: np.hypot(p[:, 0], p[:, 1]) + 0.1 * np.hypot(p[:, 2], p[:, 3]) ** 4, 4, truth=truth
        )
    raise ValueError(f"name must be a function of the suite, got {name!r}")


def nearly(defect: float, local: Callable[[Array], Array], points: Array) -> Function:
    """Return r (1 + ε cos 3φ) with the ε that makes the least defect over the points what is asked."""

    def bent(depth: float) -> Function:
        def function(p: Array) -> Array:
            x, y = coordinates(local(p))
            radius: Array = np.hypot(x, y)
            return radius * (1.0 + depth * np.cos(3.0 * np.arctan2(y, x)))

        return function

    low, high = 0.0, 1.0
    for _ in range(30):
        middle = 0.5 * (low + high)
        if defects(bent(middle), points, "affine")[0] < defect:
            low = middle
        else:
            high = middle
    return bent(0.5 * (low + high))


def draw_points(law: str, n: int, number: int, rng: np.random.Generator) -> Array:
    """Return points (number, n) of a law; the last two laws concern the values and have normal points."""
    if law == "box":
        return rng.uniform(-1.0, 1.0, size=(number, n))
    if law == "sector":
        radius, angle = np.sqrt(rng.uniform(0.25, 2.25, size=number)), rng.uniform(-1.0, 1.0, size=number)
        return np.column_stack([radius * np.cos(np.pi / 3 * angle), radius * np.sin(np.pi / 3 * angle)])
    if law == "clusters":
        side: Array = rng.choice([-1.0, 1.0], size=number)
        return 0.35 * rng.normal(size=(number, n)) + side[:, None] * 1.2 * so2_exp(0.4)[:1]
    if law == "heavy_tails":
        return rng.standard_t(3, size=(number, n))
    return rng.normal(size=(number, n))


def spoil(values: Array, law: str, noise: float, rng: np.random.Generator) -> Array:
    """Return the values as they are seen: with noise, and with what the law adds."""
    spread = values.std()
    draws = rng.standard_t(3, size=len(values)) / np.sqrt(3.0) if law == "heavy_tails" else None
    seen: Array = values + noise * spread * (rng.normal(size=len(values)) if draws is None else draws)
    if law == "outliers":
        wrong = rng.choice(len(values), size=len(values) // 100, replace=False)
        seen[wrong] += 10.0 * spread * rng.normal(size=len(wrong))
    if law == "rounding":
        step = 0.5 * spread
        seen = np.round(seen / step) * step
    return seen


def gradients(function: Function, points: Array) -> Array:
    """Return the true gradients (N, n), by central differences."""
    n = points.shape[1]
    return np.stack(
        [(function(points + STEP * e) - function(points - STEP * e)) / (2.0 * STEP) for e in np.eye(n)],
        axis=1,
    )


def forms(function: Function, points: Array, algebra: str) -> tuple[Array, Array]:
    """Return Σ (g·Wh)² and Σ ‖g‖² ‖Wh‖² as forms on the entries of W, row by row.

    Lengths are measured where the data have unit covariance (for a linear algebra: unit second moment).
    """
    g = gradients(function, points)
    lifted = np.hstack([points, np.ones((len(points), 1))]) if algebra == "affine" else points
    moved = points - points.mean(axis=0) if algebra == "affine" else points
    moment = moved.T @ moved / len(points)
    size = np.einsum("mi,ij,mj->m", g, moment, g)
    far = np.einsum("mi,ij,mj->m", moved, np.linalg.inv(moment), moved) + (algebra == "affine")
    weights = np.ones(len(points))
    for length in (size, far):
        # Above the median, lengths count alike.
        weights *= np.minimum(1.0, np.median(length) / np.maximum(length, np.finfo(float).tiny))
    g, size = g * np.sqrt(weights)[:, None], size * weights
    rows = (g[:, :, None] * lifted[:, None, :]).reshape(len(points), -1)
    speed = np.kron(np.linalg.inv(moment), (lifted * size[:, None]).T @ lifted)
    return rows.T @ rows, speed


def defects(function: Function, points: Array, algebra: str, span: Array | None = None) -> Array:
    """Return the defects, ascending, of all fields of an algebra, or of those in a span of generators."""
    change, speed = forms(function, points, algebra)
    if span is not None:
        n = points.shape[1]
        width = n + (algebra == "affine")
        basis = span[:, :n, :width].reshape(len(span), -1)
        change, speed = basis @ change @ basis.T, basis @ speed @ basis.T
    root = np.linalg.inv(np.linalg.cholesky(speed))
    roots: Array = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ change @ root.T), 0.0))
    return roots


class Run(NamedTuple):
    """What one run said, and whether it was right."""

    verdict: Verdict
    false_symmetric: bool = False
    false_none: bool = False
    detected: bool = False


def run_one(task: tuple[str, str, int, int, int]) -> Run:
    """Return what one run says: function, law of the data, noise, samples and seed."""
    name, law, noise, number, seed = task
    rng = np.random.default_rng([seed, number, noise, *name.encode(), *law.encode()])
    n = {"ellipsoid": 3, "screw": 3, "radii": 4}.get(name, 2)
    points = draw_points(law, n, number, rng)
    case = make(name, points, rng)
    values = spoil(case.function(points), law, 0.01 * noise, rng)
    found = discover(points, values, algebra=case.algebra, tolerance=TOLERANCE)
    if found.verdict == "yes":
        worst = defects(case.function, points, case.algebra, found.generators)[-1]
        detected = bool(case.truth) and all(
            np.degrees(principal_angles(one[None], found.generators).max()) < 5.0 for one in case.truth
        )
        return Run(found.verdict, false_symmetric=bool(worst > TOLERANCE), detected=detected)
    if found.verdict == "no":
        least = defects(case.function, points, case.algebra)[0]
        return Run(found.verdict, false_none=bool(least < TOLERANCE))
    return Run(found.verdict)


def cells(quick: bool = False) -> list[tuple[str, str, int, int]]:
    """Return all cells, those that are only reported last."""
    numbers = NUMBERS[:1] if quick else NUMBERS
    return [(*combination, number) for combination in (*COMBINATIONS, *REPORTED) for number in numbers]


def counts(runs: list[Run]) -> dict[str, int]:
    """Return how many runs were wrong in which way, how many detected, and how many said which verdict."""
    right_or_wrong = {name: sum(getattr(run, name) for run in runs) for name in (*MISTAKES, "detected")}
    said = {"symmetric": "yes", "none": "no"}
    return right_or_wrong | {
        name: sum(run.verdict == verdict for run in runs) for name, verdict in said.items()
    }


def worsening(fewer: int, more: int, runs: int) -> float:
    """Return the probability of a fall from ``fewer`` to ``more`` successes by luck (Fisher's exact test)."""
    table = [[fewer, runs - fewer], [more, runs - more]]
    return float(scipy.stats.fisher_exact(table, alternative="greater").pvalue)


def run(quick: bool = False) -> dict[str, float]:
    """Return the rates over all cells, the worst cell, and the rates of detection."""
    seeds = 5 if quick else 50
    tasks = [(*cell, seed) for cell in cells(quick) for seed in range(seeds)]
    with multiprocessing.get_context("spawn").Pool() as pool:
        done = pool.map(run_one, tasks, chunksize=5)
    return summary(
        {cell: counts(done[i * seeds : (i + 1) * seeds]) for i, cell in enumerate(cells(quick))}, seeds
    )


def summary(counted: dict[tuple[str, str, int, int], dict[str, int]], seeds: int) -> dict[str, float]:
    """Return the figures of all cells from what was counted in each, of so many runs a cell."""
    judged = {cell: count for cell, count in counted.items() if cell[:3] in COMBINATIONS}
    figures = {
        f"verdict.{name}_rate": sum(count[name] for count in judged.values()) / (seeds * len(judged))
        for name in MISTAKES
    }
    figures["verdict.worst_cell"] = (
        max(count[name] for count in judged.values() for name in MISTAKES) * 50 / seeds
    )
    groups: dict[str, list[float]] = {}
    for (name, law, noise, number), count in judged.items():
        if name in EXACT and law in ("normal", "box") and noise <= 5:
            key = "0_1" if noise <= 1 else f"5.{number}"
            groups.setdefault(key, []).append(count["detected"] / seeds)
    figures |= {f"verdict.detected_rate.{key}": float(np.mean(shares)) for key, shares in groups.items()}
    falls = [1.0]
    for combination in COMBINATIONS:
        by_number = [counted[*combination, number] for number in NUMBERS if (*combination, number) in counted]
        wanted = [
            name for name, those in (("detected", EXACT), ("none", ASYMMETRIC)) if combination[0] in those
        ]
        for fewer, more in itertools.combinations(by_number, 2):
            falls += [worsening(seeds - fewer[name], seeds - more[name], seeds) for name in MISTAKES]
            falls += [worsening(fewer[name], more[name], seeds) for name in wanted]
    figures["verdict.least_p_of_worsening"] = min(falls)
    for cell, count in counted.items():
        key = "verdict.cell." + ".".join(str(part) for part in cell)
        figures |= {f"{key}.{name}": number / seeds for name, number in count.items()}
    return figures
