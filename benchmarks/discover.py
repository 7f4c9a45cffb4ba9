"""Symmetry discovery from samples of values: dimension, angle and time, and how both grow with N.

Each case draws its function anew from the seed: unknown centre, unknown axes. Points are N(0, I), but for
r1 + r2⁴ on R² × R², which is sampled from N(0, I/4): under N(0, I) its second term is 27 times the first in
standard deviation, 5 % of noise drown the first, and four other candidates truly have defects of 0.04, below
the tolerance. The same case under N(0, I) is run as ``radii_wide``, to show what happens then: six fields.
"""

import multiprocessing
import resource
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.timing import cpu_seconds
from hgmrl_lite._validate import Array
from hgmrl_lite.discovery import discover
from hgmrl_lite.lie import J, principal_angles, so, so2_exp

Function = Callable[[Array], Array]
NOISES = {"0": 0.0, "1": 0.01, "5": 0.05}
SAMPLES = 5000


def about(linear: NDArray[np.floating[Any]], centre: Array) -> Array:
    """Return the homogeneous generator with this linear part that fixes the centre."""
    n = len(centre)
    generator = np.zeros((n + 1, n + 1))
    generator[:n, :n], generator[:n, n] = linear, -linear @ centre
    return generator


def centre_of(rng: np.random.Generator, n: int = 2) -> Array:
    """Return an unknown centre."""
    return 0.5 * rng.normal(size=n)


def distance(rng: np.random.Generator) -> tuple[Function, list[Array]]:
    """Return −‖p − c‖ for an unknown c: rotation about c."""
    c = centre_of(rng)
    return lambda p: -np.linalg.norm(p - c, axis=1), [about(J, c)]


def bump(rng: np.random.Generator) -> tuple[Function, list[Array]]:
    """Return a Gaussian bump: rotation about its centre."""
    c = centre_of(rng)
    return lambda p: np.exp(-0.5 * np.square(p - c).sum(axis=1)), [about(J, c)]


def ellipse(rng: np.random.Generator) -> tuple[Function, list[Array]]:
    """Return the distance in an unknown inner product: a conjugated rotation."""
    c, axes = centre_of(rng), so2_exp(rng.uniform(0.0, np.pi))
    squeeze = axes @ np.diag([1.0, rng.uniform(0.4, 0.7)]) @ axes.T
    inverse = np.linalg.inv(squeeze)
    return lambda p: -np.linalg.norm((p - c) @ inverse, axis=1), [about(squeeze @ J @ inverse, c)]


def sphere(rng: np.random.Generator) -> tuple[Function, list[Array]]:
    """Return the distance in space: so(3) about an unknown centre."""
    c = centre_of(rng, 3)
    return lambda p: -np.linalg.norm(p - c, axis=1), [about(skew, c) for skew in so(3).basis]


def hyperbolic(rng: np.random.Generator) -> tuple[Function, list[Array]]:
    """Return tanh(uv) in unknown axes about an unknown centre: a squeeze."""
    c, axes = centre_of(rng), so2_exp(rng.uniform(0.0, np.pi))
    return (
        lambda p: np.tanh(((p - c) @ axes).prod(axis=1)),
        [about(axes @ np.diag([1.0, -1.0]) @ axes.T, c)],
    )


def scaling(rng: np.random.Generator) -> tuple[Function, list[Array]]:
    """Return cos(angle − α): scaling about the origin, where f has no limit."""
    direction = so2_exp(rng.uniform(0.0, 2.0 * np.pi))[:, 0]
    return lambda p: p @ direction / np.linalg.norm(p, axis=1), [about(np.eye(2), np.zeros(2))]


def coordinate(rng: np.random.Generator) -> tuple[Function, list[Array]]:
    """Return a function of one unknown coordinate u: ∂v, u∂v and v∂v."""
    u, v = so2_exp(rng.uniform(0.0, 2.0 * np.pi)).T
    shift = np.zeros((3, 3))
    shift[:2, 2] = v
    zero = np.zeros(2)
    return lambda p: np.sin(p @ u), [shift, about(np.outer(v, u), zero), about(np.outer(v, v), zero)]


def radii(rng: np.random.Generator) -> tuple[Function, list[Array]]:
    """Return r1 + r2⁴ on R² × R², with radii r1, r2: a rotation of each plane."""
    zero = np.zeros(4)
    return (
        lambda p: np.hypot(p[:, 0], p[:, 1]) + np.hypot(p[:, 2], p[:, 3]) ** 4,
        [about(np.kron(np.diag(which), J), zero) for which in ([1.0, 0.0], [0.0, 1.0])],
    )


def waves(rng: np.random.Generator) -> tuple[Function, list[Array]]:
    """Return a function without symmetry."""
    return lambda p: np.sin(2 * p[:, 0]) + 0.5 * np.cos(3 * p[:, 1]) + 0.3 * p[:, 0] * p[:, 1], []


def squircle(rng: np.random.Generator) -> tuple[Function, list[Array]]:
    """Return a function that is nearly, but not, symmetric."""
    return lambda p: -np.power(np.power(p, 4).sum(axis=1), 0.25), []


#: Name: builder, dimension of the points, their standard deviation.
CASES: dict[str, tuple[Callable[[np.random.Generator], tuple[Function, list[Array]]], int, float]] = {
    "distance": (distance, 2, 1.0),
    "bump": (bump, 2, 1.0),
    "ellipse": (ellipse, 2, 1.0),
    "so3": (sphere, 3, 1.0),
    "hyperbolic": (hyperbolic, 2, 1.0),
    "scaling": (scaling, 2, 1.0),
    "coordinate": (coordinate, 2, 1.0),
    "radii": (radii, 4, 0.5),
    "radii_wide": (radii, 4, 1.0),
    "none": (waves, 2, 1.0),
    "nearly": (squircle, 2, 1.0),
}


def draw(case: str, noise: float, seed: int, samples: int = SAMPLES) -> tuple[Array, Array, Array]:
    """Return points, noisy values and the true generators of one run of a case."""
    build, n, spread = CASES[case]
    rng = np.random.default_rng([seed, *case.encode()])
    function, generators = build(rng)
    points = spread * rng.normal(size=(samples, n))
    values = function(points)
    values = values + noise * values.std() * rng.normal(size=samples)
    return points, values, np.array(generators).reshape(-1, n + 1, n + 1)


def run_case(case: str, noise: str, seeds: int) -> dict[str, float]:
    """Return the figures of one row of the table: dimension rate, and worst and median angle.

    A run counts as right when both the verdict and the dimension are; the angle is the largest principal
    angle between the algebras, over the runs with the right dimension.
    """
    right, angles, spreads = 0, [], []
    for seed in range(seeds):
        points, values, truth = draw(case, NOISES[noise], seed)
        found = discover(points, values)
        expected = "yes" if len(truth) else "no"
        right += found.verdict == expected and found.dimension == len(truth)
        if len(truth) and found.dimension == len(truth):
            angles.append(float(np.degrees(principal_angles(found.generators, truth).max())))
            spreads.append(found.angle_deg)
    figures = {"dimension_rate": right / seeds}
    if angles:
        figures["angle_deg"] = max(angles)
        figures["angle_median_deg"] = statistics.median(angles)
        figures["angle_bootstrap_deg"] = statistics.median(spreads)
    return {f"discover.{case}.{noise}.{name}": figure for name, figure in figures.items()}


def seconds(case: str = "distance", noise: str = "0", runs: int = 9) -> float:
    """Return the median CPU time of one discovery, after one to warm up."""
    points, values, _ = draw(case, NOISES[noise], 0)
    discover(points, values)
    return cpu_seconds(lambda: discover(points, values), runs)


def scale(n: int, samples: int) -> tuple[float, float]:
    """Return CPU seconds and the growth of the peak memory in MB, for −‖p − c‖, in a fresh process."""
    centre = 0.3 * np.ones(n)

    def draw_all(size: int) -> tuple[Array, Array]:
        points = np.random.default_rng(0).normal(size=(size, n))
        return points, -np.linalg.norm(points - centre, axis=1)

    # Kilobytes on Linux, bytes on macOS.
    unit = 1e6 if sys.platform == "darwin" else 1e3
    discover(*draw_all(1000))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    discover(*draw_all(samples))
    return time.process_time() - start, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / unit


def scaling_figures(largest: int = 10**6) -> dict[str, float]:
    """Return time and memory for N = 10³ to ``largest``, n = 2 and 3."""
    figures: dict[str, float] = {}
    for n in (2, 3):
        for samples in (10**3, 10**4, 10**5, 10**6):
            if samples > largest:
                continue
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                used, peak = pool.apply(scale, (n, samples))
            name = f"scaling.{n}d.{samples}"
            figures |= {f"{name}.seconds": used, f"{name}.peak_mb": peak}
    return figures


def run(quick: bool = False) -> dict[str, float]:
    """Return the whole table: 20 seeds a row, or 3, with N up to 10⁶, or 10⁵."""
    figures: dict[str, float] = {
        "discover.distance.0.seconds": seconds(),
        "discover.distance.5.seconds": seconds(noise="5"),
    }
    for case in CASES:
        for noise in NOISES:
            figures |= run_case(case, noise, 3 if quick else 20)
    return figures | scaling_figures(10**5 if quick else 10**6)
