"""The tests behind a report, one function a property."""

from typing import TYPE_CHECKING

import numpy as np
import scipy.optimize

from hgmrl_lite import lie
from hgmrl_lite._validate import Array
from hgmrl_lite.hereditary.comparison import BLOCKS, Comparison, PolynomialMap, compare
from hgmrl_lite.hereditary.findings import (
    BOUND,
    ERRORS,
    START_BOUND,
    START_EXCLUDED,
    Defect,
    Finding,
    overall,
    start_defect,
    strain_defect,
    worst,
)
from hgmrl_lite.hereditary.generators import STILL, TaskAlgebra
from hgmrl_lite.hereditary.motion import FOLDS
from hgmrl_lite.hereditary.system import SystemSymmetry
from hgmrl_lite.hereditary.task_search import fit_polynomial

if TYPE_CHECKING:
    from hgmrl_lite.hereditary.report import Evidence


def _settle(evidence: "Evidence", verdict: str, keep_no: bool = False) -> tuple[str, str]:
    """Return the verdict and a remark: maps in doubt support neither answer."""
    if not evidence.doubts:
        return verdict, ""
    if verdict == "no" and keep_no:
        return verdict, ""
    return "undecided", f" But {evidence.doubts[0]}."


def _nothing(found: Comparison, task: int) -> str:
    """Return why two tasks could not be compared."""
    if found.number < 2 * BLOCKS:
        return f"The image of the base task's data misses those of task {task}: nothing can be compared."
    return f"The rewards are too rough or too noisy for these few data to compare task {task}."


def find_aligned(evidence: "Evidence", comparisons: dict[int, Comparison]) -> Finding:
    """Tell whether the base task's kernel distributions, carried along, are those of every task."""
    defects = [Defect(found.alignment, found.alignment_error) for found in comparisons.values()]
    verdict, defect, place = worst(defects, BOUND)
    task = list(comparisons)[place]
    verdict, remark = _settle(evidence, verdict)
    angle = (
        np.degrees(2.0 * np.arcsin(min(0.5 * defect.figure, 1.0))) if np.isfinite(defect.figure) else np.nan
    )
    if np.isnan(angle):
        text = _nothing(comparisons[task], task)
    elif verdict == "yes":
        text = (
            "The base task's kernel distributions, carried along, are those of every task to within "
            f"{angle:.1f}°."
        )
    elif verdict == "no":
        text = (
            f"Carried along, the base task's kernel distributions are {angle:.0f}° off those of task {task}."
        )
    else:
        text = (
            f"The kernel distributions of task {task} are {angle:.1f}° off, too near the bound or too noisy."
        )
    return Finding("aligned", verdict, defect.figure, BOUND, text + remark)


def find_same_rewards(evidence: "Evidence", comparisons: dict[int, Comparison]) -> Finding:
    """Tell whether the rewards themselves are carried along, not only their level sets."""
    defects = [Defect(found.rewards, found.rewards_error) for found in comparisons.values()]
    verdict, defect, place = worst(defects, BOUND)
    task = list(comparisons)[place]
    verdict, remark = _settle(evidence, verdict)
    share = f"{defect.figure:.1%} of the rewards' spread"
    if np.isnan(defect.figure):
        text = _nothing(comparisons[task], task)
    elif verdict == "yes":
        text = f"R_z(L p) = R_0(p) for every task, to within {share}."
    elif verdict == "no":
        text = f"R_z(L p) and R_0(p) differ by {share} in task {task}: a policy need not carry over."
    else:
        text = f"R_z(L p) and R_0(p) differ by {share} in task {task}, too near the bound or too noisy."
    return Finding("same rewards", verdict, defect.figure, BOUND, text + remark)


def find_inherited(evidence: "Evidence") -> tuple[Finding, list[str]]:
    """Tell whether every map, with its best partner on actions, is a symmetry of the system.

    Also return how each map of the other tasks belongs to the system: "algebra" (its logarithm does), "group"
    (it is a symmetry, but no logarithm of it is), or "none".
    """
    system = evidence.family.system
    if not system.known:
        finding = Finding("inherited", "undecided", np.nan, BOUND, f"{system.reason}.")
        return finding, ["none"] * len(evidence.others)
    defects, parts = [], []
    for index in evidence.others:
        matrix = evidence.maps[index]
        local = _algebra_defect(system, matrix)
        if local is not None and local.verdict(BOUND) == "yes":
            defects.append(local)
            parts.append("algebra")
            continue
        if local is not None and len(matrix) == 3:
            # In the plane every orientation-preserving symmetry but a discrete one has its logarithm there.
            defects.append(local)
            parts.append("none")
            continue
        whole = _group_defect(system, matrix)
        if whole.verdict(BOUND) == "yes":
            defects.append(whole)
            parts.append("group")
        else:
            defects.append(local if local is not None else whole)
            parts.append("none")
    verdict, defect, place = worst(defects, BOUND)
    task = evidence.others[place]
    verdict, remark = _settle(evidence, verdict)
    if verdict == "yes" and system.unbounded_actions:
        verdict = "undecided"
        text = (
            "The maps are symmetries of the motion that was seen, but so is every scaling: no raw action in "
            "these data met the bound of the admissible set, so its clipping cannot be seen."
        )
    elif verdict == "yes":
        text = f"Every map is a symmetry of the system (defect {defect.figure:.2f} of its motion)."
    elif verdict == "no":
        text = (
            f"The system does not move alike before and after the map to task {task}: the defect is "
            f"{defect.figure:.2f} of its motion."
        )
    else:
        text = (
            f"The defect of the map to task {task}, {defect.figure:.2f} of the motion, is too near the bound "
            "or too noisy."
        )
    return Finding("inherited", verdict, defect.figure, BOUND, text + remark), parts


def _algebra_defect(system: SystemSymmetry, matrix: Array) -> Defect | None:
    """Return how far the logarithm of a homogeneous map is from the system's algebra; None without one."""
    try:
        generator = lie.log(matrix)
    except ValueError:
        return None
    if np.abs(generator).max() < STILL:
        # The identity is a symmetry of every system; the direction of a rounding error is none of its doing.
        return Defect(0.0, 0.0)
    _, square, error = system.defect(generator)
    return Defect(square, error)


def _group_defect(system: SystemSymmetry, matrix: Array) -> Defect:
    """Return how far T(L s, K a) is from L T(s, a), for the best K, in units of the motion."""
    law = system.law
    n, m = law.n, law.m
    linear, shift = matrix[:n, :n], matrix[:n, n]
    states, actions = law.sample
    moved = states @ linear.T + shift
    target = law(states, actions) @ linear.T
    unit = np.linalg.inv(law.motion_scale).T

    def residuals(entries: Array) -> Array:
        return ((law(moved, actions @ entries.reshape(m, m).T) - target) @ unit).ravel()

    start = np.linalg.pinv(law.response) @ linear @ law.response
    best = scipy.optimize.least_squares(residuals, start.ravel(), method="lm", max_nfev=40 * m * m)
    square = float(np.square(best.fun).sum() / len(states)) / (2.0 * n)
    # Both predictions bring the law's own error; it is the same everywhere on average.
    noise = 2.0 * float(np.square(law.deviations).sum()) / (FOLDS * (FOLDS - 1)) / (2.0 * n)
    return Defect(square - noise, noise * np.sqrt(2.0 / law.coefficients.size) + 0.1 * noise)


def find_start_law(evidence: "Evidence") -> Finding:
    """Tell whether every map carries mean and covariance of the starts to themselves."""
    starts = evidence.family.system.starts
    maps, scale = evidence.family.in_scale(evidence.maps), evidence.family.scale
    defects = [start_defect(maps[index], starts / scale) for index in evidence.others]
    verdict, defect, place = worst(defects, START_BOUND, START_EXCLUDED)
    task = evidence.others[place]
    verdict, remark = _settle(evidence, verdict)
    if verdict == "yes":
        text = (
            f"The {len(starts)} starts keep their mean and covariance, to within {defect.figure:.2f} "
            "standard deviations."
        )
    elif verdict == "no":
        text = (
            f"The map to task {task} moves the starts by {defect.figure:.1f} of their standard deviations: a "
            "carried policy would run where it was never trained."
        )
        mean = starts.mean(axis=0)
        away = float(np.max(np.abs(mean) / (starts.std(axis=0) + np.finfo(float).tiny)))
        if away > 1.0 and not evidence.maps[:, :-1, -1].any():
            text += (
                f" Linear maps fix the origin, and the mean start, {np.array2string(mean, precision=3)}, is "
                "not there: subtract it from the states first."
            )
    elif np.isnan(defect.figure):
        text = f"{len(starts)} starts are too few to know their law."
    else:
        text = (
            f"The map to task {task} moves the {len(starts)} starts by {defect.figure:.2f} of their standard "
            "deviations: too near the bound, or too few starts to tell."
        )
    return Finding("start law", verdict, defect.figure, START_BOUND, text + remark)


def find_linearizable(evidence: "Evidence", comparisons: dict[int, Comparison], aligned: Finding) -> Finding:
    """Tell whether a quadratic map would align the tasks clearly better than the best linear one."""
    n = evidence.raw.shape[-1]
    if aligned.verdict == "yes":
        text = "Matrices align the tasks in this chart; a bent map could not do noticeably better."
        if evidence.maps[:, :n, n].any():
            text = "Affine maps align the tasks in this chart; a bent map could not do noticeably better."
        if _common_slip(evidence) > BOUND**2:
            # A matrix fixes 0, so the image of a chart that makes these maps matrices cannot hold it.
            text += (
                " They have no common fixed point: a chart in which they are matrices leaves out 0, as "
                "(eˣ, eʸ) does for shifts."
            )
        return Finding("linearizable", "yes", aligned.figure, BOUND, text)
    family = evidence.family
    base = family.model(evidence.base_index)
    gains, verdicts = [], []
    for index in evidence.others:
        other, found = family.model(index), comparisons[index]
        before = Defect(found.alignment, found.alignment_error)
        if not found.number or before.verdict(BOUND) == "yes":
            # Nothing to compare, or nothing left for a bent map to explain.
            gains.append(before)
            verdicts.append("yes" if found.number else "undecided")
            continue
        start = PolynomialMap.of_matrix(family.in_scale(evidence.maps[index]))
        free = np.ones((n, 1 + n + n * (n + 1) // 2), dtype=bool)
        # A map that is given with a shift may shift; maps between tasks fix the origin.
        free[:, 0] = bool(start.coefficients[:, 0].any())
        straight = fit_polynomial(base, other, start, free[:, : n + 1])
        lifted = np.hstack([straight.coefficients, np.zeros((n, n * (n + 1) // 2))])
        bent = fit_polynomial(base, other, PolynomialMap(lifted), free)
        without, with_it = compare(base, other, straight), compare(base, other, bent)
        gain = Defect(
            without.alignment - with_it.alignment,
            float(np.hypot(without.alignment_error, with_it.alignment_error)),
        )
        explained = gain.verdict(BOUND) == "no" and with_it.alignment < 0.5 * without.alignment
        gains.append(gain)
        verdicts.append("no" if explained else "undecided")
    verdict = overall(verdicts)
    places = [place for place, found in enumerate(verdicts) if found == verdict]
    place = max(places, key=lambda i: np.nan_to_num(gains[i].square, nan=-1.0))
    gain, task = gains[place], evidence.others[place]
    verdict, _ = _settle(evidence, verdict, keep_no=True)
    if verdict == "no":
        text = (
            f"A quadratic map aligns task {task} much better than any matrix: the action is bent in this "
            "chart. Another chart may straighten it."
        )
    else:
        text = "Neither a matrix nor a quadratic map clearly aligns the tasks, so the chart cannot be judged."
    return Finding("linearizable", verdict, gain.figure, BOUND, text)


def find_connected(evidence: "Evidence", parts: list[str]) -> Finding:
    """Tell whether every map is reached from the identity: about the maps, not about the generators."""
    n = evidence.raw.shape[-1]
    signs, errors = [], []
    for index in evidence.others:
        signs.append(float(np.linalg.slogdet(evidence.raw[index])[0]))
        if evidence.covariance is None:
            errors.append(0.0)
        else:
            # Relative error of the determinant: tr(L⁻¹ δL).
            row = np.linalg.inv(evidence.raw[index]).T.ravel()
            errors.append(float(np.sqrt(row @ evidence.covariance[index] @ row)))
    figure = float(np.mean(np.array(signs) < 0.0))
    mirrored = [task for task, sign in zip(evidence.others, signs, strict=True) if sign < 0.0]
    apart = [
        task
        for task, sign, part in zip(evidence.others, signs, parts, strict=True)
        if sign > 0.0 and part == "group"
    ]
    if not all(np.isfinite(error) and ERRORS * error < 1.0 for error in errors):
        text = "The maps are not known well enough to tell the sign of their determinants."
        return Finding("connected", "undecided", figure, 0.0, text)
    if mirrored:
        verdict = "no"
        text = (
            f"The map to task {mirrored[0]} reverses orientation: no product of exponentials reaches a "
            "reflection."
        )
    elif apart:
        verdict, figure = "no", len(apart) / len(evidence.others)
        text = (
            f"The map to task {apart[0]} is a symmetry of the system with positive determinant, but no "
            "exponential of the system's algebra reaches it."
        )
    else:
        verdict = "yes"
        text = "Every map preserves orientation and is reached from the identity."
        if evidence.round_goals and n == 2:
            text += " (Round goals fit a reflection as well; the rotation was taken.)"
    verdict, remark = _settle(evidence, verdict)
    return Finding("connected", verdict, figure, 0.0, text + remark)


def find_compact(evidence: "Evidence") -> Finding:
    """Tell whether the maps keep the group's inner product, so that their products stay bounded."""
    covariances = [None] * len(evidence.maps) if evidence.covariance is None else list(evidence.covariance)
    slip = _common_slip(evidence)
    defects = []
    for index in evidence.others:
        found = strain_defect(evidence.raw[index], covariances[index], evidence.form)
        defects.append(Defect(found.square + slip, found.error))
    verdict, defect, place = worst(defects, BOUND)
    task = evidence.others[place]
    verdict, remark = _settle(evidence, verdict)
    if verdict == "yes":
        text = (
            f"The maps keep an inner product to within {defect.figure:.1%} of stretch: the search is over a "
            "bounded set."
        )
    elif verdict == "no" and slip > BOUND**2:
        text = "The maps have no common fixed point: combined, they run away."
    elif verdict == "no":
        text = (
            f"The map to task {task} stretches or shrinks lengths by {np.expm1(defect.figure):.0%}: "
            "it is in no group that keeps this inner product, and nothing here bounds a search."
        )
    else:
        text = f"The stretch of the map to task {task} ({defect.figure:.1%}) is not known well enough."
    if evidence.freedom:
        text += (
            f" The base task's own symmetry leaves {evidence.freedom} dimension"
            f"{'s' if evidence.freedom > 1 else ''} open; the smallest logarithm was taken."
        )
    return Finding("compact", verdict, defect.figure, BOUND, text + remark)


def _common_slip(evidence: "Evidence") -> float:
    """Return the largest squared shift of the best common fixed point, in units of the states' spread."""
    n = evidence.raw.shape[-1]
    shift = evidence.maps[:, :n, n]
    if not shift.any():
        return 0.0
    system = evidence.maps[:, :n, :n] - np.eye(n)
    stacked, target = system.reshape(-1, n), -shift.ravel()
    # Directions that hardly move have no fixed point worth the name.
    point = np.linalg.lstsq(stacked, target, rcond=1e-6)[0]
    left = (stacked @ point - target).reshape(-1, n)
    scale = np.linalg.inv(evidence.family.system.law.state_scale).T
    return float(np.square(left @ scale).sum(axis=1).max())


def find_closed(evidence: "Evidence", algebra: TaskAlgebra) -> Finding:
    """Tell whether the generators span an algebra, closed under the bracket."""
    d, spanned = len(algebra.basis), algebra.spanned
    n = evidence.raw.shape[-1]
    if d == 0:
        text = "No map is further from the identity than its error, or none has a logarithm: no generator."
    elif d == spanned:
        text = f"The logarithms span {d} dimension{'s' if d > 1 else ''}, closed under the bracket."
    else:
        text = (
            f"The logarithms span {spanned} dimensions, their brackets add {d - spanned}: then it is closed."
        )
    # More than all rotations: the logarithms are those of no compact group.
    verdict = "no" if d > n * (n - 1) // 2 else Defect(algebra.bracket_defect**2, 0.0).verdict(BOUND)
    verdict, remark = _settle(evidence, verdict)
    return Finding("closed", verdict, algebra.bracket_defect, BOUND, text + remark)
