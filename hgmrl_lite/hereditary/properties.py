"""The tests behind a report, one function a property."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from hgmrl_lite import lie
from hgmrl_lite._validate import Array
from hgmrl_lite.hereditary.comparison import BLOCKS, Comparison, PolynomialMap, compare
from hgmrl_lite.hereditary.family import TaskFamily
from hgmrl_lite.hereditary.findings import (
    BOUND,
    ERRORS,
    START_BOUND,
    START_EXCLUDED,
    UNKNOWN,
    Defect,
    Finding,
    overall,
    resampled_moments,
    start_defect,
    strain_defect,
    worst,
)
from hgmrl_lite.hereditary.frame import partners
from hgmrl_lite.hereditary.generators import STILL, task_algebra
from hgmrl_lite.hereditary.left_actions import LeftActions
from hgmrl_lite.hereditary.motion import FOLDS
from hgmrl_lite.hereditary.search import refine
from hgmrl_lite.hereditary.system import SystemSymmetry
from hgmrl_lite.hereditary.task_search import fit_polynomial

#: When the best partner of a map has arrived, relative to a partner of size one.
_ARRIVED = 1e-7
#: Step of the derivatives by the partner's entries.
_STEP = 1e-6


@dataclass(frozen=True, eq=False)
class Tested:
    """What the findings are made from.

    Parameters
    ----------
    family : TaskFamily
        The transitions.
    found : LeftActions
        How the tasks are related, and how well that is known.
    maps : ndarray, shape (k, n + 1, n + 1)
        The homogeneous maps that are tested.
    comparisons : dict of int to Comparison
        Each other task under its map.
    """

    family: TaskFamily
    found: LeftActions
    maps: Array
    comparisons: dict[int, Comparison]

    @property
    def n(self) -> int:
        """Dimension of the states."""
        return int(self.maps.shape[-1]) - 1

    @cached_property
    def slip(self) -> float:
        """The largest squared shift of the best common fixed point, in units of the states' spread."""
        n = self.n
        shift = self.maps[:, :n, n]
        if not shift.any():
            return 0.0
        system = self.maps[:, :n, :n] - np.eye(n)
        stacked, target = system.reshape(-1, n), -shift.ravel()
        # Directions that hardly move have no fixed point worth the name.
        point = np.linalg.lstsq(stacked, target, rcond=1e-6)[0]
        left = (stacked @ point - target).reshape(-1, n)
        scale = np.linalg.inv(self.family.system.law.state_scale).T
        return float(np.square(left @ scale).sum(axis=1).max())

    def settle(self, verdict: str, keep_no: bool = False) -> tuple[str, str]:
        """Return the verdict and a remark: maps in doubt support neither answer."""
        doubts = self.found.doubts
        if not doubts or (verdict == "no" and keep_no):
            return verdict, ""
        return "undecided", f" But {doubts[0]}."

    def conclude(
        self,
        name: str,
        defects: dict[int, Defect],
        texts: dict[str, str],
        bound: float = BOUND,
        excluded: float | None = None,
    ) -> tuple[Finding, int]:
        """Return the finding on the defects of the tasks, and the task that carries it.

        ``texts`` hold a sentence for each verdict; there, ``figure`` is the defect, ``angle`` the same as an
        angle in degrees, ``growth`` as a factor less one, and ``task`` the task.
        """
        verdict, defect, place = worst(list(defects.values()), bound, excluded)
        task = list(defects)[place]
        verdict, remark = self.settle(verdict)
        figure = defect.figure
        text = texts[verdict].format(
            figure=figure,
            angle=np.degrees(2.0 * np.arcsin(np.minimum(0.5 * figure, 1.0))),
            growth=np.expm1(figure),
            task=task,
        )
        return Finding(name, verdict, figure, bound, text + remark), task

    def compared(self, name: str, defects: dict[int, Defect], texts: dict[str, str]) -> Finding:
        """Return the finding on what was compared, or why nothing could be."""
        finding, task = self.conclude(name, defects, texts)
        if not np.isnan(finding.figure):
            return finding
        text = f"The rewards are too rough or too noisy for these few data to compare task {task}."
        if self.comparisons[task].number < 2 * BLOCKS:
            text = f"The image of the base task's data misses those of task {task}: nothing can be compared."
        return Finding(name, finding.verdict, finding.figure, BOUND, text + self.settle("")[1])


def find_aligned(tested: Tested) -> Finding:
    """Tell whether the base task's kernel distributions, carried along, are those of every task."""
    return tested.compared(
        "aligned",
        {index: found.aligned for index, found in tested.comparisons.items()},
        {
            "yes": "The base task's kernel distributions, carried along, are those of every task to within "
            "{angle:.1f}°.",
            "no": "Carried along, the base task's kernel distributions are {angle:.0f}° off those of task "
            "{task}.",
            "undecided": "The kernel distributions of task {task} are {angle:.1f}° off, too near the bound "
            "or too noisy.",
        },
    )


def find_same_rewards(tested: Tested) -> Finding:
    """Tell whether the rewards themselves are carried along, not only their level sets."""
    differ = "R_z(L p) and R_0(p) differ by {figure:.1%} of the rewards' spread in task {task}"
    return tested.compared(
        "same rewards",
        {index: found.same_rewards for index, found in tested.comparisons.items()},
        {
            "yes": "R_z(L p) = R_0(p) for every task, to within {figure:.1%} of the rewards' spread.",
            "no": f"{differ}: a policy need not carry over.",
            "undecided": f"{differ}, too near the bound or too noisy.",
        },
    )


def find_inherited(tested: Tested) -> tuple[Finding, dict[int, str]]:
    """Tell whether every map, with its best partner on actions, is a symmetry of the system.

    Also return how each map of the other tasks belongs to the system: "algebra" (its logarithm does), "group"
    (it is a symmetry, but no logarithm of it is), or "none".
    """
    system = tested.family.system
    others = tested.found.others
    if not system.known:
        finding = Finding("inherited", "undecided", np.nan, BOUND, f"{system.reason}.")
        return finding, dict.fromkeys(others, "none")
    defects, parts = {}, {}
    for index in others:
        matrix = tested.maps[index]
        local = _algebra_defect(system, matrix)
        # In the plane every orientation-preserving symmetry but a discrete one has its logarithm there.
        if local is not None and (tested.n == 2 or local.verdict(BOUND) == "yes"):
            defects[index], parts[index] = local, "algebra" if local.verdict(BOUND) == "yes" else "none"
            continue
        whole = _group_defect(system, matrix, tested.family.response.matrix)
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
    if finding.verdict == "yes" and system.unbounded_actions:
        text = (
            "The maps are symmetries of the motion that was seen, but so is every scaling: no raw action in "
            "these data met the bound of the admissible set, so its clipping cannot be seen."
        )
        finding = Finding("inherited", "undecided", finding.figure, BOUND, text)
    return finding, parts


def _algebra_defect(system: SystemSymmetry, matrix: Array) -> Defect | None:
    """Return how far the logarithm of a homogeneous map is from the system's algebra; None without one."""
    try:
        generator = lie.log(matrix)
    except ValueError:
        return None
    if np.abs(generator).max() < STILL:
        # The identity is a symmetry of every system; the direction of a rounding error is none of its doing.
        return Defect(0.0, 0.0)
    return system.defect(generator)[1]


def _group_defect(system: SystemSymmetry, matrix: Array, response: Array) -> Defect:
    """Return how far T(L s, K a) is from L T(s, a), for the best K, in units of the motion."""
    law = system.law
    n, m = law.n, law.m
    linear, shift = matrix[:n, :n], matrix[:n, n]
    states, actions = law.sample
    moved = states @ linear.T + shift
    target = law(states, actions) @ linear.T
    unit = np.linalg.inv(law.motion_scale).T

    def residuals(right: Array) -> Array:
        return ((law(moved, actions @ right.T) - target) @ unit).ravel()

    def linearise(right: Array) -> tuple[Array, Array]:
        steps = _STEP * np.eye(m * m).reshape(-1, m, m)
        slopes = [(residuals(right[0] + step) - residuals(right[0] - step)) / (2.0 * _STEP) for step in steps]
        return residuals(right[0])[None], np.array(slopes).T[None]

    start = partners(linear, response)[None]
    rest = refine(
        linearise, start, lambda right, step: right + step.reshape(-1, m, m), m * m, np.inf, _ARRIVED
    )[2]
    square = float(np.square(rest).sum() / len(states)) / (2.0 * n)
    # Both predictions bring the law's own error; it is the same everywhere on average.
    noise = 2.0 * float(np.square(law.deviations).sum()) / (FOLDS * (FOLDS - 1)) / (2.0 * n)
    return Defect(square - noise, noise * np.sqrt(2.0 / law.coefficients.size) + 0.1 * noise)


def find_start_law(tested: Tested) -> Finding:
    """Tell whether every map carries mean and covariance of the starts to themselves."""
    starts = tested.family.system.starts
    maps, scale = tested.family.in_scale(tested.maps), tested.family.scale
    known = len(starts) > 2 * tested.n
    moments = resampled_moments(starts / scale)
    finding, _ = tested.conclude(
        "start law",
        {index: start_defect(maps[index], *moments) if known else UNKNOWN for index in tested.found.others},
        {
            "yes": f"The {len(starts)} starts keep their mean and covariance, to within {{figure:.2f}} "
            "standard deviations.",
            "no": "The map to task {task} moves the starts by {figure:.1f} of their standard deviations: a "
            "carried policy would run where it was never trained.",
            "undecided": f"The map to task {{task}} moves the {len(starts)} starts by {{figure:.2f}} of "
            "their standard deviations: too near the bound, or too few starts to tell.",
        },
        START_BOUND,
        START_EXCLUDED,
    )
    text = finding.text
    if np.isnan(finding.figure):
        text = f"{len(starts)} starts are too few to know their law." + tested.settle("")[1]
    mean = starts.mean(axis=0)
    away = float(np.max(np.abs(mean) / (starts.std(axis=0) + np.finfo(float).tiny)))
    if finding.verdict == "no" and away > 1.0 and not tested.maps[:, :-1, -1].any():
        text += (
            f" Linear maps fix the origin, and the mean start, {np.array2string(mean, precision=3)}, is "
            "not there: subtract it from the states first."
        )
    return replace(finding, text=text)


def find_linearizable(tested: Tested, aligned: Finding) -> Finding:
    """Tell whether a quadratic map would align the tasks clearly better than the best linear one."""
    n = tested.n
    if aligned.verdict == "yes":
        kind = "Affine maps" if tested.maps[:, :n, n].any() else "Matrices"
        text = f"{kind} align the tasks in this chart; a bent map could not do noticeably better."
        if tested.slip > BOUND**2:
            # A matrix fixes 0, so the image of a chart that makes these maps matrices cannot hold it.
            text += (
                " They have no common fixed point: a chart in which they are matrices leaves out 0, as "
                "(eˣ, eʸ) does for shifts."
            )
        return Finding("linearizable", "yes", aligned.figure, BOUND, text)
    gains = {index: _gain_of_bending(tested, index) for index in tested.found.others}
    verdict = overall([found for found, _ in gains.values()])
    task, gain = max(
        ((index, gain) for index, (found, gain) in gains.items() if found == verdict),
        key=lambda pair: np.nan_to_num(pair[1].square, nan=-1.0),
    )
    verdict, _ = tested.settle(verdict, keep_no=True)
    if verdict == "no":
        text = (
            f"A quadratic map aligns task {task} much better than any matrix: the action is bent in this "
            "chart. Another chart may straighten it."
        )
    else:
        text = "Neither a matrix nor a quadratic map clearly aligns the tasks, so the chart cannot be judged."
    return Finding("linearizable", verdict, gain.figure, BOUND, text)


def _gain_of_bending(tested: Tested, index: int) -> tuple[str, Defect]:
    """Return whether one task is aligned as well as a quadratic map could, and what that would gain."""
    family, n, found = tested.family, tested.n, tested.comparisons[index]
    if not found.number or found.aligned.verdict(BOUND) == "yes":
        # Nothing to compare, or nothing left for a bent map to explain.
        return "yes" if found.number else "undecided", found.aligned
    base, other = family.model(tested.found.base_index), family.model(index)
    start = PolynomialMap.of_homogeneous(family.in_scale(tested.maps[index]))
    free = np.ones((n, 1 + n + n * (n + 1) // 2), dtype=bool)
    # A map that is given with a shift may shift; maps between tasks fix the origin.
    free[:, 0] = bool(start.coefficients[:, 0].any())
    straight = fit_polynomial(base, other, start, free[:, : n + 1])
    lifted = np.hstack([straight.coefficients, np.zeros((n, n * (n + 1) // 2))])
    bent = fit_polynomial(base, other, PolynomialMap(lifted), free)
    without, with_it = compare(base, other, straight).aligned, compare(base, other, bent).aligned
    gain = Defect(without.square - with_it.square, float(np.hypot(without.error, with_it.error)))
    explained = gain.verdict(BOUND) == "no" and with_it.square < 0.5 * without.square
    return "no" if explained else "undecided", gain


def find_connected(tested: Tested, parts: dict[int, str]) -> Finding:
    """Tell whether every map is reached from the identity: about the maps, not about the generators."""
    found = tested.found
    signs, errors = {}, []
    for index in found.others:
        raw = found.raw_left_actions[index]
        signs[index] = float(np.linalg.slogdet(raw)[0])
        # Relative error of the determinant: tr(L⁻¹ δL).
        row = np.linalg.inv(raw).T.ravel()
        errors.append(float(np.sqrt(row @ found.covariance[index] @ row)))
    figure = float(np.mean([sign < 0.0 for sign in signs.values()]))
    mirrored = [task for task, sign in signs.items() if sign < 0.0]
    apart = [task for task, sign in signs.items() if sign > 0.0 and parts[task] == "group"]
    if not all(np.isfinite(error) and ERRORS * error < 1.0 for error in errors):
        text = "The maps are not known well enough to tell the sign of their determinants."
        return Finding("connected", "undecided", figure, 0.0, text)
    verdict = "no"
    if mirrored:
        text = (
            f"The map to task {mirrored[0]} reverses orientation: no product of exponentials reaches a "
            "reflection."
        )
    elif apart:
        figure = len(apart) / len(signs)
        text = (
            f"The map to task {apart[0]} is a symmetry of the system with positive determinant, but no "
            "exponential of the system's algebra reaches it."
        )
    else:
        verdict = "yes"
        text = "Every map preserves orientation and is reached from the identity."
        if found.method == "intertwiner":
            text += " (Round goals fit a reflection as well; the rotation was taken.)"
    verdict, remark = tested.settle(verdict)
    return Finding("connected", verdict, figure, 0.0, text + remark)


def find_compact(tested: Tested) -> Finding:
    """Tell whether the maps keep the group's inner product, so that their products stay bounded."""
    found = tested.found
    defects = {}
    for index in found.others:
        strain = strain_defect(found.raw_left_actions[index], found.covariance[index], found.inner_product)
        defects[index] = Defect(strain.square + tested.slip, strain.error)
    apart = tested.slip > BOUND**2
    finding, _ = tested.conclude(
        "compact",
        defects,
        {
            "yes": "The maps keep an inner product to within {figure:.1%} of stretch: the search is over a "
            "bounded set.",
            "no": "The maps have no common fixed point: combined, they run away."
            if apart
            else "The map to task {task} stretches or shrinks lengths by {growth:.0%}: it is in no group "
            "that keeps this inner product, and nothing here bounds a search.",
            "undecided": "The stretch of the map to task {task} ({figure:.1%}) is not known well enough.",
        },
    )
    if not found.freedom:
        return finding
    dimensions = f"{found.freedom} dimension{'s' if found.freedom > 1 else ''}"
    text = f" The base task's own symmetry leaves {dimensions} open; the smallest logarithm was taken."
    return replace(finding, text=finding.text + text)


def find_closed(tested: Tested) -> Finding:
    """Tell whether the logarithms of the maps span an algebra, closed under the bracket."""
    found, n = tested.found, tested.n
    nearest = lie.polar_factor(tested.maps[:, :n, :n], found.inner_product)
    algebra = task_algebra(nearest, found.standard_errors, found.inner_product)
    d, spanned = len(algebra.basis), algebra.spanned
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
    verdict, remark = tested.settle(verdict)
    return Finding("closed", verdict, algebra.bracket_defect, BOUND, text + remark)
