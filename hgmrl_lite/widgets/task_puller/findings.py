"""Whether a map carries one task onto another, and what it keeps: in Python what js/task_findings.js has."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from hgmrl_lite import actions
from hgmrl_lite._validate import Array
from hgmrl_lite.envs import NOISE, STEP, project_action
from hgmrl_lite.hereditary.evidence import BOUND, START_BOUND
from hgmrl_lite.widgets.task_puller.maps import BASE_GOAL, MAPS, REWARDS, TARGETS, task_map

#: Up to where a figure counts as zero, by the bounds of a geometry's report: degrees, and shares of the
#: rewards' spread, of a step, of the starts' size.
BOUNDS: Mapping[str, float] = MappingProxyType(
    {"aligned": float(np.degrees(np.arcsin(BOUND))), "rewards": BOUND, "system": BOUND, "starts": START_BOUND}
)
#: How often a map is repeated to see whether its family stays bounded.
TIMES = 20
ACTIONS = ("disc", "box", "unbounded")
#: Verdicts, from the first test that fails to none.
VERDICTS: Mapping[str, str] = MappingProxyType(
    {
        "no map": "It does not carry one task onto the other: the level sets do not fit.",
        "level sets only": "The level sets fit, the rewards do not: evidence for a map between the tasks, "
        "and no licence to carry the policy.",
        "no symmetry": "It carries the reward, but it is no symmetry of the system: carried actions or "
        "carried noise are not what the system has.",
        "starts lost": "A symmetry of the system that relates the tasks. But it carries the starts away: a "
        "learned policy would run where it was never trained.",
        "not connected": "Everything fits, but it is a mirror: no product of exponentials leads there.",
        "hereditary": "Everything fits. Carry the policy along, however far apart the tasks are.",
    }
)


@dataclass(frozen=True)
class MapFinding:
    """One test of a map.

    Parameters
    ----------
    holds : bool
        Whether the map passes.
    figure : float
        What was measured.
    """

    holds: bool
    figure: float


def sample_arrays(seed: int = 0, number: int = 120) -> dict[str, Array]:
    """Return ``points`` where tasks are compared, ``actions`` for the system's test and ``starts`` of ρ_0."""
    rng = np.random.default_rng(seed)
    half = number // 2
    raw = np.concatenate([rng.normal(size=(half, 2)), rng.uniform(-1.0, 1.0, (number - half, 2))])
    return {
        "points": rng.normal(scale=0.9, size=(number, 2)),
        "states": rng.normal(size=(number, 2)),
        "actions": raw,
        "starts": NOISE * rng.normal(size=(60, 2)),
    }


def mean_next_state(states: Array, raw: Array, action_set: str) -> Array:
    """Return T(s, a) of the point in the plane; ``action_set`` is one of :data:`ACTIONS`."""
    moved = raw if action_set == "unbounded" else project_action(raw, action_set)
    return np.asarray(states + STEP * moved)


def find(
    kind: str,
    t: float,
    direction: float,
    *,
    reward: str,
    target: str,
    action_set: str,
    samples: Mapping[str, Array],
) -> dict[str, MapFinding]:
    """Return the tests of one map between the base task and a target, by name.

    "aligned" has the mean angle in degrees between the carried normals and those of the target; "rewards"
    the root mean square of R_z(L p) − R_0(p) in units of the rewards' spread; "system" that of T(L s, K a)
    − L T(s, a) in units of a step, where K is the linear part; "noise" the largest stretch of the noise, as
    a share; "starts" the Wasserstein distance from ρ_0 to its image, in units of the starts' own size;
    "connected" the determinant; "compact" how far from the origin the map carries the base goal when it is
    done :data:`TIMES` times.
    """
    g, h = task_map(kind, t, direction), task_map(*TARGETS[target])
    linear, shift = g.matrix[:2, :2], g.matrix[:2, 2]
    base, back = REWARDS[reward], h.inverse()
    points = samples["points"]
    here = back(g(points))
    ours = g.push_covector(points, base.gradient(points))
    theirs = h.push_covector(here, base.gradient(here))
    cross = ours[:, 0] * theirs[:, 1] - ours[:, 1] * theirs[:, 0]
    angle = np.degrees(np.arctan2(np.abs(cross), np.abs((ours * theirs).sum(axis=1)))).mean()
    values = base.value(points)
    gap = np.sqrt(np.square(base.value(here) - values).mean()) / values.std()

    states, raw = samples["states"], samples["actions"]
    mean = mean_next_state(states, raw, action_set)
    off = mean_next_state(g(states), raw @ linear.T, action_set) - g(mean)
    step = np.sqrt(np.square(off).sum(axis=1).mean() / np.square(mean - states).sum(axis=1).mean())
    stretch = np.linalg.svd(linear, compute_uv=False)
    noise = np.abs(stretch - 1.0).max()
    # Between the centred Gaussian of standard deviation σ and its image: |shift|² + σ² Σ (stretch − 1)².
    apart = np.sqrt(shift @ shift + NOISE**2 * np.square(stretch - 1.0).sum())
    away = apart / (NOISE * np.sqrt(2.0))
    often = actions.AffineAction(np.linalg.matrix_power(g.matrix, TIMES))(BASE_GOAL)
    determinant = float(np.linalg.det(linear))
    return {
        "aligned": MapFinding(bool(angle <= BOUNDS["aligned"]), float(angle)),
        "rewards": MapFinding(bool(gap <= BOUNDS["rewards"]), float(gap)),
        "system": MapFinding(bool(step <= BOUNDS["system"]), float(step)),
        "noise": MapFinding(bool(noise <= BOUNDS["system"]), float(noise)),
        "starts": MapFinding(bool(away <= BOUNDS["starts"]), float(away)),
        "connected": MapFinding(determinant > 0.0, determinant),
        "compact": MapFinding(bool(MAPS[kind]["compact"]), float(np.hypot(*often))),
    }


def verdict(findings: Mapping[str, MapFinding]) -> str:
    """Return which of :data:`VERDICTS` the tests come to."""
    for name, fails in (
        ("level sets only" if findings["aligned"].holds else "no map", ("rewards",)),
        ("no symmetry", ("system", "noise")),
        ("starts lost", ("starts",)),
        ("not connected", ("connected",)),
    ):
        if not all(findings[key].holds for key in fails):
            return name
    return "hereditary"
