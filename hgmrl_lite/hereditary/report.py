"""The report on a family of tasks: each property of a hereditary geometry, tested on its transitions."""

from dataclasses import dataclass
from html import escape

import numpy as np

from hgmrl_lite import lie
from hgmrl_lite._validate import Array
from hgmrl_lite.hereditary.comparison import Comparison, PolynomialMap, compare
from hgmrl_lite.hereditary.family import TaskFamily
from hgmrl_lite.hereditary.findings import BOUND, Defect, Finding, overall, strain_defect
from hgmrl_lite.hereditary.generators import TaskAlgebra, task_algebra
from hgmrl_lite.hereditary.left_actions import LeftActions
from hgmrl_lite.hereditary.properties import (
    find_aligned,
    find_closed,
    find_compact,
    find_connected,
    find_inherited,
    find_linearizable,
    find_same_rewards,
    find_start_law,
)

#: The findings, in this order.
NAMES = (
    "aligned",
    "same rewards",
    "inherited",
    "start law",
    "linearizable",
    "connected",
    "compact",
    "closed",
)


@dataclass(frozen=True)
class Evidence:
    """What a report is made from.

    Parameters
    ----------
    family : TaskFamily
        The transitions.
    maps : ndarray, shape (k, n + 1, n + 1)
        Homogeneous maps from the base task's states to each task's.
    base_index : int
        The base task.
    raw : ndarray, shape (k, n, n)
        Linear parts before any step to a compact group.
    covariance : ndarray, shape (k, n², n²), or None
        Their error covariance; None for maps that are given.
    errors : ndarray, shape (k,)
        Standard errors of the maps, in radians.
    form : ndarray, shape (n, n)
        Inner product of the group.
    doubts : tuple of str
        Why the data do not decide, if so.
    freedom : int
        Dimension of the stabiliser that leaves the maps open.
    round_goals : bool
        Whether each task has a rotation symmetry of its own: then a reflection fits as well as a rotation.
    """

    family: TaskFamily
    maps: Array
    base_index: int
    raw: Array
    covariance: Array | None
    errors: Array
    form: Array
    doubts: tuple[str, ...] = ()
    freedom: int = 0
    round_goals: bool = False

    @classmethod
    def of_geometry(cls, family: TaskFamily, found: LeftActions, base_index: int) -> "Evidence":
        """Return the evidence for maps that were found: compact ones unless these are clearly worse."""
        n = found.raw.shape[-1]
        maps = np.tile(np.eye(n + 1), (len(found.raw), 1, 1))
        for index in range(len(maps)):
            stretched = (
                strain_defect(found.raw[index], found.covariance[index], found.form).verdict(BOUND) == "no"
            )
            maps[index, :n, :n] = found.raw[index] if stretched else found.compact[index]
        return cls(
            family,
            maps,
            base_index,
            found.raw,
            found.covariance,
            found.errors,
            found.form,
            found.doubts,
            found.freedom,
            found.method == "intertwiner",
        )

    @classmethod
    def of_maps(cls, family: TaskFamily, maps: Array, base_index: int) -> "Evidence":
        """Return the evidence for given homogeneous maps, taken as exact."""
        raw = maps[:, :-1, :-1]
        return cls(
            family, maps, base_index, raw, None, np.zeros(len(maps)), family.system.compact.inner_product
        )

    @property
    def others(self) -> list[int]:
        """All tasks but the base task."""
        return [index for index in range(len(self.maps)) if index != self.base_index]

    @property
    def algebra(self) -> TaskAlgebra:
        """What the logarithms of the maps' nearest compact elements span."""
        return task_algebra(lie.polar_factor(self.maps[:, :-1, :-1], self.form), self.errors, self.form)


@dataclass(frozen=True, repr=False)
class GeometryReport:
    """What holds of a family of tasks, each answer with its figure, its bound and one sentence.

    Attributes
    ----------
    findings : tuple of Finding
        In this order: "aligned", "same rewards", "inherited", "start law", "linearizable", "connected",
        "compact", "closed".
    alignment : ndarray, shape (k,)
        Root mean square sine between carried normals of the base task and those of each task, noise
        subtracted; 2 where the rewards rise in opposite directions.
    reward_residuals : ndarray, shape (k,)
        Root mean square of R_z(L p) − R_0(p) in units of the rewards' spread, noise subtracted.
    maps : ndarray, shape (k, n + 1, n + 1)
        The maps that were tested.
    """

    findings: tuple[Finding, ...]
    alignment: Array
    reward_residuals: Array
    maps: Array

    def __getitem__(self, name: str) -> Finding:
        """Return the finding of a name."""
        for finding in self.findings:
            if finding.name == name:
                return finding
        raise KeyError(
            f"no finding {name!r}; there are {', '.join(finding.name for finding in self.findings)}"
        )

    @property
    def verdict(self) -> str:
        """All findings in one word: "no" if any is, else "undecided" if any is, else "yes"."""
        return overall([finding.verdict for finding in self.findings])

    def __repr__(self) -> str:
        """Tell every finding in a table."""
        lines = [f"GeometryReport: {self.verdict}"]
        for finding in self.findings:
            figure = "-" if np.isnan(finding.figure) else f"{finding.figure:.3f}"
            lines.append(
                f"  {finding.name:<13} {finding.verdict:<10} {figure:>6} (bound {finding.bound:g})  "
                f"{finding.text}"
            )
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """Tell the same as an HTML table; shape as well as colour marks the answers."""
        marks = {"yes": ("✓", "#009E73"), "no": ("✗", "#D55E00"), "undecided": ("?", "#999999")}
        rows = []
        for finding in self.findings:
            mark, colour = marks[finding.verdict]
            figure = "–" if np.isnan(finding.figure) else f"{finding.figure:.3f}"
            cells = (
                f"<b>{escape(finding.name)}</b>",
                f"<span style='color:{colour};font-weight:bold'>{mark}</span> {finding.verdict}",
                f"{figure} (≤ {finding.bound:g})",
                escape(finding.text),
            )
            # Only the words may be broken.
            styles = ["text-align:left;white-space:nowrap"] * 3 + ["text-align:left"]
            row = "".join(
                f"<td style='{style}'>{cell}</td>" for style, cell in zip(styles, cells, strict=True)
            )
            rows.append(f"<tr>{row}</tr>")
        head = "".join(
            f"<th style='text-align:left'>{name}</th>"
            for name in ("property", "answer", "defect", "in words")
        )
        caption = f"<caption>Hereditary geometry: {self.verdict}</caption>"
        return f"<table>{caption}<tr>{head}</tr>{''.join(rows)}</table>"


def make_report(evidence: Evidence) -> GeometryReport:
    """Test every property.

    Parameters
    ----------
    evidence : Evidence
        The transitions and the maps.

    Returns
    -------
    GeometryReport
    """
    family, base = evidence.family, evidence.family.model(evidence.base_index)
    scaled = family.in_scale(evidence.maps)
    comparisons: dict[int, Comparison] = {
        index: compare(
            base,
            family.model(index),
            PolynomialMap.of_matrix(scaled[index]),
            np.linalg.inv(scaled[index]),
        )
        for index in evidence.others
    }
    alignment, rewards = np.zeros(len(evidence.maps)), np.zeros(len(evidence.maps))
    for index, found in comparisons.items():
        alignment[index] = Defect(found.alignment, found.alignment_error).figure
        rewards[index] = Defect(found.rewards, found.rewards_error).figure
    aligned = find_aligned(evidence, comparisons)
    algebra = evidence.algebra
    inherited, parts = find_inherited(evidence)
    findings = (
        aligned,
        find_same_rewards(evidence, comparisons),
        inherited,
        find_start_law(evidence),
        find_linearizable(evidence, comparisons, aligned),
        find_connected(evidence, parts),
        find_compact(evidence),
        find_closed(evidence, algebra),
    )
    assert tuple(finding.name for finding in findings) == NAMES
    return GeometryReport(findings, alignment, rewards, evidence.maps)
