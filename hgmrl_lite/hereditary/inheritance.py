"""Whether maps between tasks are symmetries of the system and keep the law of the starts."""

from dataclasses import replace

import numpy as np
from scipy.optimize import least_squares

from hgmrl_lite import lie
from hgmrl_lite._validate import Array
from hgmrl_lite.hereditary.evidence import (
    BOUND,
    ERRORS,
    START_BOUND,
    START_EXCLUDED,
    UNKNOWN,
    Defect,
    Finding,
    squared,
)
from hgmrl_lite.hereditary.frame import partners
from hgmrl_lite.hereditary.generators import STILL
from hgmrl_lite.hereditary.motion import FOLDS
from hgmrl_lite.hereditary.properties import Tested
from hgmrl_lite.hereditary.system import SystemSymmetry

#: Most groups of starts that are drawn anew for the error of their moments.
GROUPS = 1000
#: So near to the identity, in radians, a map that is known no better may be the identity.
STILL_AT_MOST = 0.02
#: Least spread of the starts that counts, in that of the states.
LEAST = 0.02


def find_inherited(tested: Tested) -> tuple[Finding, dict[int, str]]:
    """Tell whether every map, with its best partner on actions, is a symmetry of the system.

    Also return how each map of the other tasks belongs to the system: "algebra" (its logarithm does), "group"
    (it is a symmetry, but no logarithm of it is), or "none".
    """
    system = tested.data.system
    others = tested.data.others
    if not system.known:
        finding = Finding("inherited", "undecided", np.nan, BOUND, f"{system.reason}.")
        return finding, dict.fromkeys(others, "none")
    defects, parts = {}, {}
    for index in others:
        matrix = tested.maps[index]
        local = _algebra_defect(system, matrix, float(tested.found.standard_errors[index]))
        # In the plane every orientation-preserving symmetry but a discrete one has its logarithm there.
        reached = local is not None and local.verdict(BOUND) == "yes"
        if local is not None and (reached or (tested.n == 2 and not _in_finite_group(system, matrix))):
            defects[index], parts[index] = local, "algebra" if reached else "none"
            continue
        response = tested.data.response
        start = np.eye(system.law.m)
        if response is not None:
            start = partners(matrix[: tested.n, : tested.n], response.matrix)
        whole = _group_defect(system, matrix, start)
        parts[index] = "group" if whole.verdict(BOUND) == "yes" else "none"
        defects[index] = local if local is not None and parts[index] == "none" else whole
    finding, _ = tested.conclude(
        "inherited",
        defects,
        {
            "yes": "Every map is a symmetry of the system (defect {figure:.2f} of its motion).",
            "no": "The system does not move alike before and after the map to task {task}: the defect is "
            "{figure:.2f} of its motion.",
            "undecided": "The defect of the map to task {task}, {figure:.2f} of the motion, is too near the "
            "bound or too noisy.",
        },
    )
    if finding.verdict == "undecided" and system.broken and not system.turning and tested.differ:
        text = f"The system has no continuous symmetry that could relate the tasks: {system.reason}."
        if len(system.possible):
            text = (
                f"None of the system's {len(system.possible)} continuous symmetries could relate the tasks: "
                "none turns."
            )
        finding = Finding("inherited", "no", float(system.spectrum[len(system.possible)]), BOUND, text)
    if finding.verdict == "no" and system.finite is not None and system.finite.verdict == "yes":
        text = (
            f"{finding.text} What is left is finite: {system.finite.words}. Any other map carries a policy "
            "over only approximately."
        )
        finding = replace(finding, text=text)
    if finding.verdict == "yes" and system.unbounded_actions:
        text = (
            "The maps are symmetries of the motion that was seen, but so is every scaling: no raw action in "
            "these data was seen to meet the bound of the admissible set: its clipping cannot be seen."
        )
        finding = Finding("inherited", "undecided", finding.figure, BOUND, text)
    return finding, parts


def _algebra_defect(system: SystemSymmetry, matrix: Array, error: float) -> Defect | None:
    """Return how far the logarithm of a homogeneous map is from the system's algebra; None without one.

    The map is known up to a standard error in radians.
    """
    try:
        generator = lie.log(matrix)
    except ValueError:
        return None
    still = min(max(STILL, ERRORS * error), STILL_AT_MOST) if np.isfinite(error) else STILL
    if np.abs(generator).max() < still:
        # The identity is a symmetry of every system; the direction of an error is none of its doing.
        return Defect(0.0, 0.0)
    return system.defect(generator)[1]


def _in_finite_group(system: SystemSymmetry, matrix: Array) -> bool:
    """Return whether a homogeneous map is near one of the turns and mirrors that the system has left."""
    if system.finite is None or system.finite.verdict != "yes":
        return False
    unit = system.law.state_scale
    apart = np.linalg.solve(unit, (matrix - system.finite.elements)[:, :2])
    linear, shift = apart[..., :2] @ unit, apart[..., :2] @ system.law.centre + apart[..., 2]
    squares = 0.5 * (np.square(linear).sum(axis=(1, 2)) + np.square(shift).sum(axis=1))
    return bool(squares.min() < BOUND**2)


def _group_defect(system: SystemSymmetry, matrix: Array, start: Array) -> Defect:
    """Return how far T(L s, K a) is from L T(s, a), for the best K near a start, in units of the motion."""
    law = system.law
    n, m = law.n, law.m
    linear, shift = matrix[:n, :n], matrix[:n, n]
    states, actions = law.sample
    moved = states @ linear.T + shift
    target = law(states, actions) @ linear.T
    unit = np.linalg.inv(law.motion_scale).T

    def residuals(right: Array) -> Array:
        return ((law(moved, actions @ right.T) - target) @ unit).ravel()

    found = least_squares(lambda right: residuals(right.reshape(m, m)), start.ravel(), jac="3-point")
    square = 2.0 * float(found.cost) / len(states) / (2.0 * n)
    # Both predictions bring the law's own error; it is the same everywhere on average.
    noise = 2.0 * float(np.square(law.deviations).sum()) / (FOLDS * (FOLDS - 1)) / (2.0 * n)
    return Defect(square - noise, noise * np.sqrt(2.0 / law.coefficients.size) + 0.1 * noise)


def find_start_law(tested: Tested) -> Finding:
    """Tell whether every map carries mean and covariance of the starts to themselves."""
    system = tested.data.system
    starts = system.starts
    maps, scale = tested.data.in_scale(tested.maps), tested.data.scale
    known = len(starts) > 2 * tested.n
    mean, covariance = resampled_moments(starts / scale)
    covariance = with_least_spread(covariance, system.law.state_scale / scale[:, None])
    # Every coordinate may move by as much.
    wider = np.sqrt(tested.n / 2.0)
    finding, _ = tested.conclude(
        "start law",
        {
            index: start_defect(maps[index], mean, covariance) if known else UNKNOWN
            for index in tested.data.others
        },
        {
            "yes": f"The {len(starts)} starts keep their mean and covariance, to within {{figure:.2f}} "
            "standard deviations.",
            "no": "The map to task {task} moves the starts by {figure:.1f} of their standard deviations: a "
            "carried policy would run where it was never trained.",
            "undecided": f"The map to task {{task}} moves the {len(starts)} starts by {{figure:.2f}} of "
            "their standard deviations: too near the bound, or too few starts to tell.",
        },
        START_BOUND * wider,
        START_EXCLUDED * wider,
    )
    surely = system.broken and system.least_start_move > finding.bound
    if finding.verdict == "undecided" and surely and system.turning and tested.differ:
        count = len(system.possible)
        which = (
            "the system's symmetry does not keep"
            if count == 1
            else f"none of the system's {count} symmetries keeps"
        )
        text = (
            f"Nothing continuous relates the tasks: {which} the law of the {len(starts)} starts, so that a "
            "carried policy would run where it was never trained."
        )
        return Finding("start law", "no", system.least_start_move, finding.bound, text)
    text = finding.text
    if np.isnan(finding.figure):
        text = f"{len(starts)} starts are too few to know their law." + tested.settle(finding.verdict)[1]
    centre = starts.mean(axis=0)
    away = float(np.max(np.abs(centre) / (starts.std(axis=0) + np.finfo(float).tiny)))
    if finding.verdict == "no" and away > 1.0 and not tested.maps[:, :-1, -1].any():
        text += (
            f" Linear maps fix the origin, and the mean start, {np.array2string(centre, precision=3)}, is "
            "not there: subtract it from the states first."
        )
    return replace(finding, text=text)


def resampled_moments(starts: Array, draws: int = 200) -> tuple[Array, Array]:
    """Return mean (1 + draws, n) and covariance (1 + draws, n, n) of starts (k, n), then of resamples.

    Of many starts, groups are drawn instead of single ones.
    """
    number, n = starts.shape
    centred = starts - starts.mean(axis=0)
    rows = np.hstack(
        [np.ones((number, 1)), centred, (centred[:, :, None] * centred[:, None]).reshape(number, -1)]
    )
    first = np.unique(np.linspace(0, number, min(number, GROUPS), endpoint=False).astype(int))
    sums = np.add.reduceat(rows, first, axis=0)
    drawn = np.random.default_rng(0).integers(0, len(sums), (draws, len(sums)))
    total = np.concatenate([sums.sum(axis=0)[None], sums[drawn].sum(axis=1)])
    count, away = total[:, :1], total[:, 1 : n + 1] / total[:, :1]
    outer = total[:, n + 1 :].reshape(-1, n, n) - count[..., None] * away[:, :, None] * away[:, None]
    return starts.mean(axis=0) + away, outer / (count[..., None] - 1.0)


def with_least_spread(covariance: Array, unit: Array) -> Array:
    """Return covariances (..., n, n) of starts that are spread in every direction.

    Starts in one place, or at rest, have no spread of their own by which a displacement could be measured;
    they get a least share of the states' spread, whose covariance is ``unit @ unit.T``.
    """
    inverse = np.linalg.inv(unit)
    values, axes = np.linalg.eigh(inverse @ covariance @ inverse.T)
    root = unit @ axes * np.sqrt(np.maximum(values, LEAST**2))[..., None, :]
    return np.asarray(root @ root.swapaxes(-1, -2))


def start_defect(matrix: Array, mean: Array, covariance: Array) -> Defect:
    """Return how far a homogeneous map moves mean and covariance of the starts, in their standard deviations.

    The squared displacement of the mean plus the squared logarithms of the ratios of standard deviations, for
    moments (1 + draws, n) and (1 + draws, n, n) as `resampled_moments` gives them.
    """
    n = mean.shape[-1]
    values, axes = np.linalg.eigh(covariance)
    deviations = np.sqrt(np.maximum(values, 1e-12 * values[..., -1:] + np.finfo(float).tiny))[..., None, :]
    root = (axes * deviations) @ axes.swapaxes(-1, -2)
    inverse = (axes / deviations) @ axes.swapaxes(-1, -2)
    linear, shift = matrix[:n, :n], matrix[:n, n]
    displaced = (inverse @ (mean @ linear.T + shift - mean)[..., None])[..., 0]
    moved = inverse @ linear @ root
    values, axes = np.linalg.eigh(moved @ moved.swapaxes(-1, -2))
    stretch = (axes * (0.5 * np.log(np.maximum(values, 1e-18)))[..., None, :]) @ axes.swapaxes(-1, -2)
    change = np.concatenate([displaced, stretch.reshape(len(stretch), n * n)], axis=-1)
    drawn = change[1:] - change[1:].mean(axis=0)
    return squared(change[0], drawn / np.sqrt(len(drawn) - 1))
