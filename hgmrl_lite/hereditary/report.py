"""The report on a family of tasks: each property of a hereditary geometry, tested on its transitions."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_array
from hgmrl_lite._verdict import Verdict
from hgmrl_lite.hereditary.evidence import Finding, overall, table_of
from hgmrl_lite.hereditary.frame import homogeneous
from hgmrl_lite.hereditary.inheritance import find_inherited, find_start_law
from hgmrl_lite.hereditary.inner_product import stretches
from hgmrl_lite.hereditary.left_actions import LeftActions
from hgmrl_lite.hereditary.properties import (
    Tested,
    find_aligned,
    find_closed,
    find_compact,
    find_connected,
    find_linearizable,
    find_same_rewards,
)
from hgmrl_lite.hereditary.task_data import AnyChart, TaskData
from hgmrl_lite.transitions import Transitions


@dataclass(frozen=True, eq=False, repr=False)
class GeometryReport:
    """What holds of a family of tasks, each answer with its figure, its bound and one sentence.

    Attributes
    ----------
    findings : tuple of Finding
        In this order: "aligned", "same rewards", "inherited", "start law", "linearizable", "connected",
        "compact", "closed".
    """

    findings: tuple[Finding, ...]

    def __getitem__(self, name: str) -> Finding:
        """Return the finding of a name."""
        named = {finding.name: finding for finding in self.findings}
        if name not in named:
            raise KeyError(f"no finding {name!r}; there are {', '.join(named)}")
        return named[name]

    @property
    def verdict(self) -> Verdict:
        """Whether the geometry is hereditary: "no" if any finding is, else "undecided" if any is."""
        return overall([finding.verdict for finding in self.findings])

    def __repr__(self) -> str:
        """Tell every finding in a table."""
        lines = [f"Hereditary geometry: {self.verdict}"]
        for finding in self.findings:
            figure = "-" if np.isnan(finding.figure) else f"{finding.figure:.3f}"
            lines.append(
                f"  {finding.name:<13} {finding.verdict:<10} {figure:>6} (bound {finding.bound:.2g})  "
                f"{finding.text}"
            )
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """Tell the same as an HTML table; shape as well as colour marks the answers."""
        marks: dict[Verdict, tuple[str, str]] = {
            "yes": ("✓", "#009E73"),
            "no": ("✗", "#D55E00"),
            "undecided": ("?", "#999999"),
        }
        rows = []
        for finding in self.findings:
            mark, colour = marks[finding.verdict]
            figure = "–" if np.isnan(finding.figure) else f"{finding.figure:.3f}"
            answer = f"<span style='color:{colour};font-weight:bold'>{mark}</span> {finding.verdict}"
            rows.append((finding.name, answer, f"{figure} (≤ {finding.bound:.2g})", escape(finding.text)))
        head = ("property", "answer", "defect", "in words")
        return table_of(f"Hereditary geometry: {self.verdict}", rows, head)


def make_report(data: TaskData, found: LeftActions, maps: Array | None = None) -> GeometryReport:
    """Test every property.

    Parameters
    ----------
    data : TaskData
        The transitions.
    found : LeftActions
        How the tasks are related, and how well that is known.
    maps : ndarray, shape (k, n + 1, n + 1), optional
        The homogeneous maps to test. When left out, those found: the compact ones, but the raw ones that
        clearly stretch.

    Returns
    -------
    GeometryReport
    """
    if maps is None:
        form, linear = found.inner_product, zip(found.raw_left_actions, found.covariance, strict=True)
        raw = np.array([stretches(matrix, covariance, form) for matrix, covariance in linear])
        maps = homogeneous(np.where(raw[:, None, None], found.raw_left_actions, found.left_actions))
    tested = Tested(data, found, maps)
    aligned = find_aligned(tested)
    inherited, parts = find_inherited(tested)
    return GeometryReport(
        (
            aligned,
            find_same_rewards(tested),
            inherited,
            find_start_law(tested),
            find_linearizable(tested, aligned),
            find_connected(tested, parts),
            find_compact(tested),
            find_closed(tested),
        )
    )


def check_left_actions(
    tasks: Sequence[Transitions],
    maps: ArrayLike,
    base_index: int = 0,
    *,
    chart: AnyChart | None = None,
) -> GeometryReport:
    """Test given maps between tasks as `HereditaryGeometry.report` tests those it found.

    Parameters
    ----------
    tasks : sequence of Transitions
        One batch a task.
    maps : array_like, shape (k, n, n) or (k, n + 1, n + 1)
        A map from the base task's states to each task's: linear, or affine and homogeneous.
    base_index : int, optional
        The base task's place in ``tasks``.
    chart : Chart or callable, optional
        As in `discover_geometry`.

    Returns
    -------
    GeometryReport

    Raises
    ------
    ValueError
        As `discover_geometry`; also when the maps have another shape or are singular.
    """
    data = TaskData(tasks, base_index, chart)
    n = data.tasks[0].states.shape[1]
    maps = as_array("maps", maps, (len(tasks), "n", "n"))
    if maps.shape[1] != maps.shape[2] or maps.shape[1] not in (n, n + 1):
        raise ValueError(
            f"maps must have shape ({len(tasks)}, {n}, {n}), or ({len(tasks)}, {n + 1}, {n + 1}) when "
            f"homogeneous, got {maps.shape}"
        )
    if maps.shape[1] == n:
        maps = homogeneous(maps)
    if np.abs(maps[:, -1] - np.eye(n + 1)[-1]).max() > 1e-12:
        raise ValueError("maps must be homogeneous, with last row (0, ..., 0, 1)")
    stretch = np.linalg.svd(maps[:, :n, :n], compute_uv=False)
    if (stretch[:, -1] <= 1e-12 * stretch[:, 0]).any():
        raise ValueError(f"maps must be invertible, got smallest stretch {stretch[:, -1].min():.3g}")
    k = len(maps)
    given = LeftActions(
        left_actions=maps[:, :n, :n],
        standard_errors=np.zeros(k),
        raw_left_actions=maps[:, :n, :n],
        covariance=np.zeros((k, n * n, n * n)),
        residuals=np.zeros(k),
        inner_product=data.system.compact.inner_product,
        form_error=0.0,
        task_generators=np.full((k, n + 1, n + 1), np.nan),
        freedom=0,
        doubts=(),
        method="given",
        algebra_error=None,
    )
    return make_report(data, given, maps)
