"""Left actions from the base task to each task: the intertwiner where it applies, the search elsewhere."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from hgmrl_lite import lie
from hgmrl_lite._validate import Array
from hgmrl_lite.hereditary.closed_form import (
    OwnSymmetry,
    form_error,
    invariant_form,
    own_symmetry,
    raw_left_action,
)
from hgmrl_lite.hereditary.comparison import TaskModel
from hgmrl_lite.hereditary.findings import BOUND, ERRORS, strain, strain_defect
from hgmrl_lite.hereditary.pooled_matching import match_rewards, nearest_turn
from hgmrl_lite.hereditary.system import SystemSymmetry
from hgmrl_lite.hereditary.task_search import (
    refine_in_group,
    same_rewards,
    search,
    skew_basis,
    smallest_element,
    strain_basis,
)
from hgmrl_lite.transitions import Transitions

#: A closed form this sure, in radians, is left as it is: matching rewards would not make it better.
SURE = 2e-3
#: How many times its own error the centre of the base task's symmetry must be away from the origin.
AWAY = 4.0
#: Relative error of the inner product that the system's symmetries give.
ROUGH = 0.05
#: Mean square turn of the unit gradients, per radian, below which a direction of the group changes nothing.
FREE = 0.01


@dataclass(frozen=True)
class LeftActions:
    """What carries the base task to each task, before and after the step to the compact group.

    Attributes
    ----------
    raw, covariance : ndarray, shape (k, n, n) and (k, n², n²)
        The maps over all matrices, with their error covariance, entries in rows.
    compact : ndarray, shape (k, n, n)
        The nearest elements that keep the inner product.
    errors : ndarray, shape (k,)
        Their standard errors, as angles in radians.
    form : ndarray, shape (n, n)
        The inner product.
    form_error : float
        Its standard error, per entry, in the frame where it is I.
    residuals : ndarray, shape (k,)
        How far each task is from being an image of the base task under its element.
    own : ndarray, shape (k, n + 1, n + 1)
        Each task's own rotation symmetry, NaN where there is none.
    freedom : int
        Dimension of the stabiliser that leaves the elements open; the smallest logarithm was taken.
    doubts : tuple of str
        Why nothing should be claimed, if so.
    method : {"intertwiner", "search"}
        Where the maps come from.
    """

    raw: Array
    covariance: Array
    compact: Array
    errors: Array
    form: Array
    form_error: float
    residuals: Array
    own: Array
    freedom: int
    doubts: tuple[str, ...]
    method: str


def find_left_actions(
    tasks: Sequence[Transitions],
    base_index: int,
    models: Callable[[int], TaskModel],
    system: Callable[[], SystemSymmetry],
    seed: int,
) -> LeftActions:
    """Return the left actions, by the way that the tasks' own symmetries allow.

    Parameters
    ----------
    tasks : sequence of Transitions
        The tasks.
    base_index : int
        The base task.
    models, system : callable
        Reward model of a task and symmetries of the system, made on first use: the closed form needs neither.
    seed : int
        Of the search.
    """
    if tasks[0].states.shape[1] == 2:
        own = [own_symmetry(task) for task in tasks]
        if all(symmetry.generator is not None and symmetry.verdict != "none" for symmetry in own):
            found = _intertwined(own, base_index, models)
            if found is not None:
                return found
        doubts = [
            f"the own symmetry of task {index} is undecided: {symmetry.reason}"
            for index, symmetry in enumerate(own)
            if symmetry.verdict == "undecided" and symmetry.generator is None
        ]
        return _searched(tasks, base_index, models, system(), seed, doubts)
    return _searched(tasks, base_index, models, system(), seed, [])


def _intertwined(
    own: list[OwnSymmetry], base_index: int, models: Callable[[int], TaskModel]
) -> LeftActions | None:
    """Return the left actions in closed form, or None when no intertwiner keeps the orientation."""
    generators = np.array([symmetry.generator for symmetry in own])
    form = invariant_form(generators)
    doubts = [
        f"the own symmetry of task {index} is undecided: {symmetry.reason}"
        for index, symmetry in enumerate(own)
        if symmetry.verdict == "undecided"
    ]
    k = len(own)
    raw, covariance = np.tile(np.eye(2), (k, 1, 1)), np.zeros((k, 4, 4))
    residuals, errors = np.zeros(k), np.zeros(k)
    shift, spread = generators[base_index][:2, 2], own[base_index].covariance[[2, 5], [2, 5]].sum()
    linear = generators[base_index][:2, :2]
    # A centre that is poorly known is not at the origin for that.
    near = min(AWAY * np.sqrt(spread), BOUND * np.linalg.norm(linear))
    freedom = int(np.linalg.norm(shift) < max(1e-3 * np.linalg.norm(linear), near))
    rough = min(form_error(own, form), ROUGH)
    compact = raw.copy()
    for index, symmetry in enumerate(own):
        if index == base_index:
            continue
        if freedom:
            # Every rotation intertwines; the smallest is none.
            residuals[index] = np.linalg.norm(generators[index][:2, 2]) / np.sqrt(2.0)
            continue
        try:
            raw[index], covariance[index], residuals[index] = raw_left_action(own[base_index], symmetry)
        except ValueError:
            return None
        compact[index] = lie.polar_factor(raw[index], form)
        errors[index] = _angle_error(compact[index], covariance[index], form)
        residuals[index] = max(residuals[index], float(np.abs(raw[index] - compact[index]).max()))
        if errors[index] > SURE:
            compact[index], errors[index] = _sharpened(
                models(base_index), models(index), compact[index], float(errors[index]), form, rough
            )
    doubts += _unsure(errors)
    return LeftActions(
        raw,
        covariance,
        compact,
        errors,
        form,
        rough,
        residuals,
        generators,
        freedom,
        tuple(doubts),
        "intertwiner",
    )


def _sharpened(
    base: TaskModel, other: TaskModel, left: Array, error: float, form: Array, rough: float
) -> tuple[Array, float]:
    """Return a left action and its error from the rewards where these agree, else as they come.

    The inner product is known to within ``rough``: the map may strain by as much while it is fitted.
    """
    turns = skew_basis(form)
    generators = np.concatenate([turns, strain_basis(form)])
    tied = np.append(np.full(len(turns), np.inf), np.full(len(generators) - len(turns), rough))
    match = match_rewards(base, other, nearest_turn(base, other, left, turns[0]), generators, tied)
    matched = lie.polar_factor(match.left, form)
    if not same_rewards(base, other, matched, BOUND):
        return left, error
    return matched, float(np.sqrt(match.covariance[0, 0]))


def _searched(
    tasks: Sequence[Transitions],
    base_index: int,
    models: Callable[[int], TaskModel],
    system: SystemSymmetry,
    seed: int,
    doubts: list[str],
) -> LeftActions:
    """Return the left actions by search and Gauss-Newton."""
    form = system.compact.inner_product
    k, n = len(tasks), len(form)
    generators = system.compact.linear if system.compact.dimension else skew_basis(form)
    raw, covariance = np.tile(np.eye(n), (k, 1, 1)), np.zeros((k, n * n, n * n))
    compact, errors, residuals = raw.copy(), np.zeros(k), np.zeros(k)
    base = models(base_index)
    others = [index for index in range(k) if index != base_index]
    matches = {index: search(base, models(index), form, generators, seed)[0] for index in others}
    for index, match in matches.items():
        raw[index], covariance[index] = match.matrix, match.covariance
    # Where no generator says what is kept, the covariance of the starts does.
    starts = sum(int(task.starts.shape[0]) for task in tasks)
    prior = ROUGH if system.compact.dimension else float(np.hypot(ROUGH, np.sqrt(2.0 / starts)))
    rough = sharpened_error(form, raw[others], covariance[others], prior)
    form = sharpened_form(form, raw[others], covariance[others], prior)
    generators = skew_part(generators, form)
    freedoms = []
    for index, match in matches.items():
        other = models(index)
        left = lie.polar_factor(match.matrix, form)
        left, spread, information = refine_in_group(base, other, left, generators)
        values, axes = np.linalg.eigh(information)
        free = values < FREE
        if same_rewards(base, other, left, BOUND):
            pooled = match_rewards(base, other, left, generators)
            left, spread = pooled.left, pooled.covariance
        if free.any():
            left = smallest_element(left, np.tensordot(axes[:, free].T, generators, axes=1), form)
        kept = axes[:, ~free]
        compact[index] = left
        errors[index] = np.sqrt(np.trace(kept.T @ spread @ kept) / 1.0)
        residuals[index] = max(np.sqrt(match.misfit), np.sqrt(strain(match.matrix, form)))
        freedoms.append(int(free.sum()))
    doubts = [*doubts, *_unsure(errors)]
    if rough > BOUND:
        doubts.append(f"the inner product is only known to within {100.0 * rough:.0f} %")
    own = np.full((k, n + 1, n + 1), np.nan)
    freedom = max(freedoms, default=0)
    return LeftActions(
        raw, covariance, compact, errors, form, rough, residuals, own, freedom, tuple(doubts), "search"
    )


def sharpened_form(form: Array, raw: Array, covariance: Array, prior: float = ROUGH) -> Array:
    """Return the inner product that the maps keep as well, near one that is only known roughly.

    Least squares for P in LᵀPL = P, in the frame of the rough one, which is known to within ``prior`` per
    entry, each map by its own error; when the maps stretch more than their errors and the bound explain, the
    rough one.
    """
    if not _keep(form, raw, covariance):
        return form
    n = len(form)
    root = np.linalg.cholesky(form).T
    basis, systems, targets = _form_equations(form, raw, covariance, prior)
    change = np.linalg.lstsq(systems, targets)[0]
    kept = np.eye(n) + np.tensordot(change, basis, axes=1)
    if np.linalg.eigvalsh(kept)[0] <= 0.0:
        return form
    sharp = root.T @ kept @ root
    return sharp / np.linalg.det(sharp) ** (1.0 / n)


def sharpened_error(form: Array, raw: Array, covariance: Array, prior: float = ROUGH) -> float:
    """Return the standard error of `sharpened_form`, per entry, in the frame where the form is I."""
    if not _keep(form, raw, covariance):
        return prior
    _, systems, _ = _form_equations(form, raw, covariance, prior)
    return float(np.sqrt(np.trace(np.linalg.inv(systems.T @ systems)) / systems.shape[1]))


def _keep(form: Array, raw: Array, covariance: Array) -> bool:
    """Return whether maps stretch no more than their errors and the bound explain."""
    return all(
        strain_defect(matrix, spread, form).verdict(BOUND) != "no"
        for matrix, spread in zip(raw, covariance, strict=True)
    )


def _form_equations(form: Array, raw: Array, covariance: Array, prior: float) -> tuple[Array, Array, Array]:
    """Return a basis of the changes of a form, and LᵀPL = P for them, each map by its own error."""
    n = len(form)
    root = np.linalg.cholesky(form).T
    inverse = np.linalg.inv(root)
    rows, columns = np.triu_indices(n)
    basis = np.zeros((len(rows), n, n))
    basis[np.arange(len(rows)), rows, columns] = basis[np.arange(len(rows)), columns, rows] = 1.0
    systems, targets = [np.eye(len(rows)) / prior], [np.zeros(len(rows))]
    for matrix, spread in zip(raw, covariance, strict=True):
        inside = root @ matrix @ inverse
        error = np.sqrt(np.trace(spread) / n**2) + ROUGH**2
        moved = (inside.T @ basis @ inside - basis)[:, rows, columns]
        systems.append(moved.T / error)
        targets.append((np.eye(n) - inside.T @ inside)[rows, columns] / error)
    return basis, np.vstack(systems), np.concatenate(targets)


def skew_part(generators: Array, form: Array) -> Array:
    """Return the part of linear generators (d, n, n) that keeps an inner product, at unit speed."""
    n = len(form)
    if len(generators) == n * (n - 1) // 2:
        return skew_basis(form)
    kept = 0.5 * (generators - np.linalg.inv(form) @ generators.swapaxes(-1, -2) @ form)
    return kept / np.abs(np.linalg.eigvals(kept).imag).max(axis=1)[:, None, None]


def _angle_error(left: Array, covariance: Array, form: Array) -> float:
    """Return the standard error of an element of the group, as an angle, from that of the raw map."""
    root = np.linalg.cholesky(form).T
    inverse = np.linalg.inv(root)
    total = 0.0
    for generator in skew_basis(form):
        # The share of an error δL along L W, in the frame in which L is orthogonal.
        direction = (root @ left @ generator @ inverse).ravel()
        row = np.kron(root, inverse.T).T @ direction / float(direction @ direction)
        total += float(row @ covariance @ row)
    return float(np.sqrt(total))


def _unsure(errors: Array) -> list[str]:
    """Return which left actions are known too poorly for anything to be said about them."""
    return [
        f"the left action of task {index} is only known to within {np.degrees(error):.1f}°"
        for index, error in enumerate(errors)
        if not ERRORS * error < BOUND
    ]
