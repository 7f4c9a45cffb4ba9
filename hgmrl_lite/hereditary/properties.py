"""The tests behind a report, one function a property."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from hgmrl_lite import lie
from hgmrl_lite._validate import Array
from hgmrl_lite._verdict import Verdict
from hgmrl_lite.hereditary.comparison import BLOCKS, Comparison, PolynomialMap, compare
from hgmrl_lite.hereditary.evidence import (
    BOUND,
    ERRORS,
    Defect,
    Finding,
    overall,
    strain_defect,
    worst,
)
from hgmrl_lite.hereditary.generators import task_algebra
from hgmrl_lite.hereditary.left_actions import LeftActions
from hgmrl_lite.hereditary.task_data import TaskData
from hgmrl_lite.hereditary.task_search import fit_polynomial


@dataclass(frozen=True, eq=False)
class Tested:
    """What the findings are made from.

    Parameters
    ----------
    data : TaskData
        The transitions.
    found : LeftActions
        How the tasks are related, and how well that is known.
    maps : ndarray, shape (k, n + 1, n + 1)
        The homogeneous maps that are tested.
    """

    data: TaskData
    found: LeftActions
    maps: Array

    @property
    def n(self) -> int:
        """Dimension of the states."""
        return int(self.maps.shape[-1]) - 1

    @cached_property
    def comparisons(self) -> dict[int, Comparison]:
        """Each other task under its map."""
        scaled, base = self.data.in_scale(self.maps), self.data.model(self.data.base_index)
        return {
            index: compare(
                base,
                self.data.model(index),
                PolynomialMap.of_homogeneous(scaled[index]),
                np.linalg.inv(scaled[index]),
            )
            for index in self.data.others
        }

    @cached_property
    def differ(self) -> bool:
        """Whether some task surely has other rewards than the base task."""
        base, same = self.data.model(self.data.base_index), PolynomialMap.of_matrix(np.eye(self.n))
        return any(
            compare(base, self.data.model(index), same).same_rewards.verdict(BOUND) == "no"
            for index in self.data.others
        )

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
        scale = np.linalg.inv(self.data.system.law.state_scale).T
        return float(np.square(left @ scale).sum(axis=1).max())

    def settle(self, verdict: Verdict, keep_no: bool = False) -> tuple[Verdict, str]:
        """Return the verdict and a remark: maps in doubt support neither answer."""
        doubts = self.found.doubts
        if not doubts or (verdict == "no" and keep_no):
            return verdict, ""
        return "undecided", f" But {doubts[0]}."

    def conclude(
        self,
        name: str,
        defects: dict[int, Defect],
        texts: dict[Verdict, str],
        bound: float = BOUND,
        excluded: float | None = None,
    ) -> tuple[Finding, int]:
        """Return the finding on the defects of the tasks, and the task that carries it.

        ``texts`` hold a sentence for each verdict; there, ``figure`` is the defect, ``angle`` the same as an
        angle in degrees, ``growth`` as a factor less one, and ``task`` the task.
        """
        verdict, defect, place = worst(list(defects.values()), bound, excluded)
        task = list(defects)[place]
        # The words are on the defect alone: a doubt stands behind them.
        said, (verdict, remark) = verdict, self.settle(verdict)
        figure = defect.figure
        text = texts[said].format(
            figure=figure,
            angle=np.degrees(2.0 * np.arcsin(np.minimum(0.5 * figure, 1.0))),
            growth=np.expm1(figure),
            task=task,
        )
        return Finding(name, verdict, figure, bound, text + remark), task

    def compared(self, name: str, defects: dict[int, Defect], texts: dict[Verdict, str]) -> Finding:
        """Return the finding on what was compared, or why nothing could be."""
        finding, task = self.conclude(name, defects, texts)
        if not np.isnan(finding.figure):
            return finding
        text = f"The rewards are too rough or too noisy for these few data to compare task {task}."
        if self.comparisons[task].number < 2 * BLOCKS:
            text = f"The image of the base task's data misses those of task {task}: nothing can be compared."
        return Finding(name, finding.verdict, finding.figure, BOUND, text + self.settle(finding.verdict)[1])


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
    gains = {index: _gain_of_bending(tested, index) for index in tested.data.others}
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


def _gain_of_bending(tested: Tested, index: int) -> tuple[Verdict, Defect]:
    """Return whether one task is aligned as well as a quadratic map could, and what that would gain."""
    data, n, found = tested.data, tested.n, tested.comparisons[index]
    if not found.number or found.aligned.verdict(BOUND) == "yes":
        # Nothing to compare, or nothing left for a bent map to explain.
        return "yes" if found.number else "undecided", found.aligned
    base, other = data.model(tested.data.base_index), data.model(index)
    start = PolynomialMap.of_homogeneous(data.in_scale(tested.maps[index]))
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
    others = np.array(tested.data.others)
    raw = found.raw_left_actions[others]
    reversing = np.linalg.slogdet(raw)[0] < 0.0
    # Relative errors of the determinants: tr(L⁻¹ δL).
    rows = np.linalg.inv(raw).swapaxes(-1, -2).reshape(len(raw), -1)
    errors = np.sqrt(np.maximum(np.einsum("ki,kij,kj->k", rows, found.covariance[others], rows), 0.0))
    figure = float(reversing.mean())
    mirrored = others[reversing]
    apart = [task for task in others[~reversing] if parts[task] == "group"]
    if not (np.isfinite(errors) & (ERRORS * errors < 1.0)).all():
        text = "The maps are not known well enough to tell the sign of their determinants."
        return Finding("connected", "undecided", figure, 0.0, text)
    verdict: Verdict = "no"
    if len(mirrored):
        text = (
            f"The map to task {mirrored[0]} reverses orientation: no product of exponentials reaches a "
            "reflection."
        )
    elif apart:
        figure = len(apart) / len(others)
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
    for index in tested.data.others:
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
    verdict: Verdict = "no" if d > n * (n - 1) // 2 else Defect(algebra.bracket_defect**2, 0.0).verdict(BOUND)
    verdict, remark = tested.settle(verdict)
    return Finding("closed", verdict, algebra.bracket_defect, BOUND, text + remark)
