"""Descent on either loss, 16 seeds: steps until the generator of so(2) is found to 1°, and the closed form.

Data N(0, I), exact tangents, batch 64, Adam, W free or on the unit sphere, start U[0, 1]^{2×2}.
"""

from functools import partial

import numpy as np

from benchmarks.timing import cpu_seconds
from hgmrl_lite import descent, discovery, lie
from hgmrl_lite._validate import Array

RATES = (4.5e-4, 0.01)
# Steps at most, by learning rate: as many as the slowest reference quartile, and a margin.
STEPS = {4.5e-4: 30_000, 0.01: 10_000}
SAMPLES = 5000


def distance(points: Array) -> Array:
    """Return −‖p‖."""
    return -((points[..., 0] ** 2 + points[..., 1] ** 2) ** 0.5)


def square(points: Array) -> Array:
    """Return −‖p‖²."""
    return -(points[..., 0] ** 2 + points[..., 1] ** 2)


FUNCTIONS = {"distance": distance, "square": square}


def run(quick: bool) -> dict[str, float]:
    """Return the figures; a quartile that too few runs reach is left out, as JSON has no infinity."""
    points = np.random.default_rng(0).normal(size=(SAMPLES, 2))
    figures: dict[str, float] = {}
    for rate in RATES:
        for normalisation in ("free", "unit"):
            # The differential loss sees the level sets alone: one descent for both functions.
            losses: dict[str, descent.Differential | descent.Functional] = {
                "differential.both": descent.Differential(points, points),
                **{f"functional.{name}": descent.Functional(points, f) for name, f in FUNCTIONS.items()},
            }
            if rate == 0.01:
                losses["differential_relative.both"] = descent.Differential(points, points, relative=True)
            for name, loss in losses.items():
                result = descent.descend(
                    loss,
                    learning_rate=rate,
                    steps=600 if quick else STEPS[rate],
                    normalisation=normalisation,
                    runs=16,
                    reference=lie.J,
                    stop_below_deg=1.0,
                )
                figures |= _summary(f"descent.{name}.{rate:g}.{normalisation}", result)
    figures |= _condition(points) | _closed_form(points)
    return figures


def _summary(key: str, result: descent.Descent) -> dict[str, float]:
    steps = result.steps_to()
    arrived = steps[np.isfinite(steps)]
    figures = {
        f"{key}.reached": float(len(arrived)),
        f"{key}.norm_at_end_median": float(np.median(result.norm[-1])),
        f"{key}.ms_per_step": 1e3 * result.seconds / max(1, result.steps),
    }
    if len(arrived):
        figures[f"{key}.steps_sd_of_reached"] = float(arrived.std())
    for name, value in zip(("q1", "median", "q3"), result.quartiles(), strict=True):
        if np.isfinite(value):
            figures[f"{key}.steps_{name}"] = float(value)
    return figures


def _condition(points: Array) -> dict[str, float]:
    rng = np.random.default_rng(1)
    away = rng.normal(size=(200, 2, 2))
    mesh = lie.J + 0.1 * away / np.linalg.norm(away, axis=(1, 2), keepdims=True)
    losses = {"differential": descent.Differential(points, points)} | {
        f"functional.{name}": descent.Functional(points, f) for name, f in FUNCTIONS.items()
    }
    figures = {}
    for name, loss in losses.items():
        condition = descent.gauss_newton_condition
        figures[f"descent.condition.{name}.truth"] = float(condition(loss, lie.J, samples=SAMPLES))
        figures[f"descent.condition.{name}.at_0.1_median"] = float(np.median(condition(loss, mesh)))
    return figures


def _closed_form(points: Array) -> dict[str, float]:
    """Return time and angle of the closed form on the same points, from exact normals and from values."""

    def angle(generator: Array) -> float:
        return float(np.degrees(lie.principal_angles(generator[None], lie.J[None])[0]))

    null_space = partial(discovery.affine_null_space, points, points, algebra="linear")
    figures = {
        "descent.closed_form.normals.seconds": cpu_seconds(null_space, 7),
        "descent.closed_form.normals.angle_deg": angle(null_space()[1][0, :2, :2]),
    }
    for name, f in FUNCTIONS.items():
        discover = partial(discovery.discover, points, f(points), algebra="linear")
        found = discover()
        figures[f"descent.closed_form.{name}.seconds"] = cpu_seconds(discover, 5)
        if found.dimension == 1:
            figures[f"descent.closed_form.{name}.angle_deg"] = angle(found.generators[0, :2, :2])
    return figures
