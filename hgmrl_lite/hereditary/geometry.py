"""Hereditary geometry: the group that carries one task to the others, found from transitions alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite import lie
from hgmrl_lite._validate import Array, as_array
from hgmrl_lite._verdict import Verdict
from hgmrl_lite.hereditary.chart import FoundChart
from hgmrl_lite.hereditary.evidence import BOUND, NORMAL, Told, overall
from hgmrl_lite.hereditary.frame import partners, skew_parts
from hgmrl_lite.hereditary.generators import (
    TaskAlgebra,
    action_form,
    action_generators,
    algebra_bound,
    task_algebra,
)
from hgmrl_lite.hereditary.left_actions import LeftActions, find_left_actions
from hgmrl_lite.hereditary.report import GeometryReport, make_report
from hgmrl_lite.hereditary.sharpening import sharpened
from hgmrl_lite.hereditary.system import SystemSymmetry
from hgmrl_lite.hereditary.task_data import AnyChart, TaskData
from hgmrl_lite.transitions import Transitions

#: Residual of a search, as the length of a difference of unit gradients, up to which its errors are stated.
LINEAR = 0.25
#: Share of estimated generators on actions that may fail to be skew before actions count as in unlike units.
UNLIKE = 0.2
#: No bound below this is stated, in radians: the bias of local fits to exact rewards is not known better.
FINEST = float(np.radians(0.02))


@dataclass(frozen=True, eq=False, repr=False)
class HereditaryGeometry(Told, LeftActions):
    """The group that relates a family of tasks, as it acts on states and on actions, and its left actions.

    Attributes
    ----------
    action_maps : ndarray, shape (k, m, m)
        K_k: the elements L_k as they move actions, those without a logarithm too.
    generators_states : ndarray, shape (d, n, n)
        W_S, a basis of the algebra on states, each scaled so that exp(2πW) = I for a rotation.
    generators_actions : ndarray, shape (d, m, m)
        W_A, the same elements as they move actions.
    thetas : ndarray, shape (k, d)
        Coordinates of the log L_k; NaN where there is no real logarithm.
    spectrum : ndarray
        Singular values of the stacked logarithms; those that count give the dimension they span.
    action_form : ndarray, shape (m, m)
        What the group keeps on actions: I, unless the W_A are clearly not skew.
    data : TaskData
        The transitions.

    See Also
    --------
    LeftActions : left_actions, standard_errors, residuals, inner_product, doubts and what else was found.
    """

    action_maps: Array
    generators_states: Array
    generators_actions: Array
    thetas: Array
    spectrum: Array
    action_form: Array
    data: TaskData

    @property
    def dimension(self) -> int:
        """Dimension d of the group."""
        return len(self.generators_states)

    @property
    def centres(self) -> Array:
        """Fixed points of the tasks' own symmetries, shape (k, n): the goals, as far as the data tell."""
        n = self.left_actions.shape[-1]
        linear, shift = self.task_generators[:, :n, :n], self.task_generators[:, :n, n:]
        return np.asarray(-np.linalg.solve(linear, shift)[..., 0], dtype=np.float64)

    @property
    def bounds_deg(self) -> Array:
        """Within what angle each left action is known, shape (k,): 95 % bounds in degrees.

        NaN where the data leave more than the report would call a defect, 8.6°, where what a search left
        over is so large that its linearisation says nothing, or where the symmetries of the system, in whose
        group was searched, are not certain: no number is right there.
        """
        bounds = NORMAL * self.standard_errors
        bounds = np.where(bounds > 0.0, np.maximum(bounds, FINEST), 0.0)
        near = (self.residuals < LINEAR) | (self.method == "intertwiner")
        # What rewards do not show of an element of the system's group rests on the law of motion.
        if self.method == "system" and not self.system.certain:
            near[:] = False
        return np.degrees(np.where((bounds < BOUND) & near, bounds, np.nan))

    @cached_property
    def generators_bound_deg(self) -> float:
        """Within what angle the span of the generators is known: a 95 % bound in degrees.

        The angle is that of the entries of W_S; of several generators the largest principal angle. NaN where
        ``bounds_deg`` has a NaN, where the bound is as large as those, or where there is no generator.
        """
        if not np.isfinite(self.bounds_deg).all():
            return float("nan")
        if self.algebra_error is None:
            bound = algebra_bound(
                self.left_actions, self.standard_errors, self.inner_product, self.form_error
            )
        else:
            bound = NORMAL * self.algebra_error
        return float(np.degrees(max(bound, FINEST))) if bound < BOUND else float("nan")

    @property
    def system(self) -> SystemSymmetry:
        """Symmetries of the system, from the same transitions; computed when first asked for."""
        return self.data.system

    @cached_property
    def report(self) -> GeometryReport:
        """Each property of a hereditary geometry, tested; computed when first asked for."""
        return make_report(self.data, self)

    @property
    def verdict(self) -> Verdict:
        """Whether the tasks are related: images of the base task under a compact group."""
        if self.doubts:
            return "undecided"
        return overall([self.report[name].verdict for name in ("aligned", "compact")])

    def element(self, theta: ArrayLike) -> tuple[Array, Array]:
        """Return (L_g, K_g) for g = exp(Σ θ_k W_k).

        Parameters
        ----------
        theta : array_like, shape (..., d), or a scalar when d = 1
            Coordinates in the basis.

        Returns
        -------
        tuple of ndarray, shapes (..., n, n) and (..., m, m)
        """
        theta = as_array("theta", theta)
        if theta.ndim == 0:
            theta = theta[None]
        if theta.shape[-1] != self.dimension:
            raise ValueError(f"theta must have shape (..., {self.dimension}), got {theta.shape}")
        return (
            lie.exp(np.einsum("...d,dij->...ij", theta, self.generators_states)),
            lie.exp(np.einsum("...d,dij->...ij", theta, self.generators_actions)),
        )

    def _facts(self) -> list[tuple[str, str]]:
        one = self.dimension == 1
        angles, digits = (self.thetas[:, 0], 2) if one else (np.linalg.norm(self.thetas, axis=1), 1)
        places = ", ".join(
            # Adding zero makes minus zero, which a reader would wonder at, plain zero.
            f"{np.degrees(angle).round(digits) + 0.0:.{digits}f}°{_within(bound)}"
            if np.isfinite(angle)
            else "no logarithm"
            for angle, bound in zip(angles, self.bounds_deg, strict=True)
        )
        facts = [
            ("dimension", str(self.dimension)),
            (f"tasks, from task {self.data.base_index} (95 %)", places),
        ]
        for number, generator in enumerate(self.generators_states[:3], start=1):
            text = np.array2string(generator.round(4) + 0.0, precision=4, suppress_small=True).replace(
                "\n", ""
            )
            facts.append((f"generator {number}", text))
        if self.dimension:
            bound = self.generators_bound_deg
            text = f"{bound:.2g}° (95 %)" if np.isfinite(bound) else "an angle that the data leave open"
            facts.append(("generators known to within", text))
        facts.append(("largest residual", f"{self.residuals.max():.2g}"))
        if self.freedom:
            facts.append(("freedom", f"{self.freedom}: the smallest logarithm was taken"))
        if self.doubts:
            facts.append(
                ("related", f"undecided, {self.doubts[0]}" + (" ..." if len(self.doubts) > 1 else ""))
            )
        return facts


def discover_geometry(
    tasks: Sequence[Transitions], base_index: int = 0, *, chart: AnyChart | None = None
) -> HereditaryGeometry:
    """Find how the tasks are related. No goal, angle, group or generator is given.

    In the plane, where every task has a rotation symmetry of its own, in closed form: normals of each reward
    by local regression, the own symmetries as null spaces, left actions as their intertwiners in the identity
    component; with noisy rewards, the rewards are matched as well. The intertwiners are then taken to the
    group that keeps an inner product: the one of the tasks' own symmetries as long as the intertwiners keep
    it, else the one of the system's compact symmetries. Elsewhere by a search over the group that
    keeps the law of the starts, and Gauss-Newton. The generators come from the logarithms; their partners on
    actions from the law of motion.

    A family that is not hereditary gives a geometry all the same, and its ``report`` says what fails.

    Parameters
    ----------
    tasks : sequence of Transitions
        One batch a task, at least two tasks, of one system.
    base_index : int, optional
        The base task's place in ``tasks``.
    chart : Chart or callable, optional
        φ, a map of states (N, n) to coordinates (N, n) in which the group is to act by matrices. Everything
        in the result is in these coordinates. A chart that was found, ``find_chart(tasks)``, is sharpened
        by the rewards, unless they are clearly no images of one another in it; ``data.chart`` of the result
        is the one in use.

    Returns
    -------
    HereditaryGeometry

    Raises
    ------
    ValueError
        When the list is too short, dimensions disagree, there are fewer different transitions than unknowns,
        the rewards of a task or a coordinate of the states are constant, or states or actions do not spread.
    """
    geometry = _geometry(TaskData(tasks, base_index, chart))
    if not isinstance(chart, FoundChart):
        return geometry
    # A chart can be bent until wrong rewards nearly fit: they are tested before.
    if "no" in (geometry.report[name].verdict for name in ("aligned", "same rewards")):
        return geometry
    better, left_actions = sharpened(
        chart, tasks, geometry.data.base_index, geometry.left_actions, geometry.generators_states
    )
    return _geometry(TaskData(tasks, base_index, better), replace(geometry, left_actions=left_actions))


def _geometry(data: TaskData, known: LeftActions | None = None) -> HereditaryGeometry:
    """Return the geometry of tasks, in their chart, perhaps with left actions that are known already."""
    found = find_left_actions(data)
    if known is not None:
        kept = ("left_actions", "inner_product", "form_error")
        found = replace(found, **{name: getattr(known, name) for name in kept})
    algebra = task_algebra(found.left_actions, found.standard_errors, found.inner_product)
    moved = _on_actions(data, found, algebra)
    return HereditaryGeometry(
        **vars(found),
        action_maps=moved.maps,
        generators_states=algebra.basis,
        generators_actions=moved.generators,
        thetas=algebra.thetas,
        spectrum=algebra.spectrum,
        action_form=moved.form,
        data=data,
    )


@dataclass(frozen=True, eq=False)
class OnActions:
    """How a group moves actions: its generators (d, m, m), the left actions (k, m, m), and what is kept."""

    generators: Array
    maps: Array
    form: Array


def _on_actions(data: TaskData, found: LeftActions, algebra: TaskAlgebra) -> OnActions:
    """Return how the group moves actions.

    By the law of motion where the group is one of the system's symmetries, else by the mean response, if
    there is one: of a car, say, that drives in all directions, it is none. Where neither is known actions
    stay as they are, and the report says that K is not known.
    """
    response, form = data.response, found.inner_product
    if found.method == "system" or response is None:
        if not data.system.known:
            k, d, still = len(data.tasks), len(algebra.basis), np.eye(data.system.law.m)
            return OnActions(np.zeros((d, *still.shape)), np.tile(still, (k, 1, 1)), still)
        raw = data.system.partners(algebra.basis)
        strain = 0.5 * (raw + raw.swapaxes(-1, -2))
        m = raw.shape[-1]
        kept = np.eye(m)
        if np.linalg.norm(strain) > UNLIKE * np.linalg.norm(raw):
            kept = skew_parts(raw, data.system.law.action_scale)[1]
        generators = action_generators(raw, kept, algebra.basis)
        thetas = algebra.thetas
        maps = lie.exp(np.einsum("kd,dij->kij", np.nan_to_num(thetas), generators))
        lost = ~np.isfinite(algebra.logs).all(axis=(1, 2))
        if lost.any() and response is not None:
            maps[lost] = lie.polar_factor(partners(found.left_actions[lost], response.matrix), kept)
        return OnActions(generators, maps, kept)
    kept = action_form(algebra.basis, response, form, found.form_error, doubted=bool(found.doubts))
    generators = action_generators(partners(algebra.basis, response.matrix), kept, algebra.basis)
    maps = lie.polar_factor(partners(found.left_actions, response.matrix), kept)
    return OnActions(generators, maps, kept)


def _within(bound: float) -> str:
    """Return a 95 % bound as it stands behind an angle; nothing behind the base task's, which is 0."""
    if bound == 0.0:
        return ""
    return f" ± {bound:.2g}°" if np.isfinite(bound) else " ± unknown"
