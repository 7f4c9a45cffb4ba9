"""Left actions from the base task to each task: the intertwiner where it applies, the search elsewhere."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

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
from hgmrl_lite.hereditary.system import CompactSymmetries
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
#: Mean logarithm of the stretches from which on a closed form is held against the system's inner product.
STRAINED = 1e-3
#: Relative error of the inner product that the system's symmetries give.
ROUGH = 0.05
#: Mean square cosine of the slope with a direction, below which the reward does not change along it.
FLAT = 0.02
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

    def in_units(self, scale: Array) -> "LeftActions":
        """Return the same maps for states that are ``scale`` (n,) times those they were found for."""
        stretch = scale[:, None] / scale
        lifted = np.append(scale, 1.0)
        size = np.exp(np.log(scale).mean())
        return replace(
            self,
            raw=self.raw * stretch,
            covariance=self.covariance * np.outer(stretch.ravel(), stretch.ravel()),
            compact=self.compact * stretch,
            form=self.form * np.outer(size / scale, size / scale),
            own=self.own * (lifted[:, None] / lifted),
        )


def find_left_actions(
    tasks: Sequence[Transitions],
    base_index: int,
    models: Callable[[int], TaskModel],
    system: Callable[[], CompactSymmetries],
    seed: int,
) -> LeftActions:
    """Return the left actions, by the way that the tasks' own symmetries allow.

    Parameters
    ----------
    tasks : sequence of Transitions
        The tasks, their states in units of about their spread; models and system in the same units.
    base_index : int
        The base task.
    models, system : callable
        Reward model of a task and the compact symmetries of the system, made on first use: the closed form
        needs neither where the maps keep the inner product of the tasks' own symmetries.
    seed : int
        Of the search.
    """
    if tasks[0].states.shape[1] == 2:
        own = [own_symmetry(task) for task in tasks]
        if all(symmetry.generator is not None and symmetry.verdict != "none" for symmetry in own):
            found = _intertwined(own, base_index, models, system)
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
    own: list[OwnSymmetry],
    base_index: int,
    models: Callable[[int], TaskModel],
    system: Callable[[], CompactSymmetries],
) -> LeftActions | None:
    """Return the left actions in closed form, or None when no intertwiner keeps the orientation."""
    generators = np.array([symmetry.generator for symmetry in own])
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
    others = [index for index in range(k) if index != base_index]
    for index in others:
        if freedom:
            # Every rotation intertwines; the smallest is none.
            residuals[index] = np.linalg.norm(generators[index][:2, 2]) / np.sqrt(2.0)
            continue
        try:
            raw[index], covariance[index], residuals[index] = raw_left_action(own[base_index], own[index])
        except ValueError:
            return None
    form = invariant_form(generators)
    rough = form_error(own, form)
    if any(_strains(raw[index], covariance[index], form) for index in others):
        # That form is the tasks' own and need not be the group's: elliptic rewards turned in a round system.
        shared = system().inner_product
        for index in others:
            if _stretches(raw[index], covariance[index], shared):
                try:
                    mirrored = raw_left_action(own[base_index], own[index], mirrored=True)
                except ValueError:
                    continue
                if not _stretches(*mirrored[:2], shared):
                    raw[index], covariance[index], residuals[index] = mirrored
        given, shared = shared, sharpened_form(shared, raw[others], covariance[others])
        # Maps that stretch in both, as scalings do, do not tell the forms apart.
        if 2.0 * strain(raw, shared).sum() < strain(raw, form).sum():
            form, rough = shared, sharpened_error(given, raw[others], covariance[others])
    elif _half_turns(raw[others]) and system().dimension:
        # These keep every form.
        shared = system().inner_product
        ratios = np.linalg.eigvals(np.linalg.solve(form, shared)).real
        if np.square(0.5 * np.log(ratios)).mean() > BOUND**2:
            form, rough = shared, ROUGH
    compact = raw.copy()
    for index in [] if freedom else others:
        compact[index] = lie.polar_factor(raw[index], form)
        errors[index] = _angle_error(compact[index], covariance[index], form)
        residuals[index] = max(residuals[index], float(np.abs(raw[index] - compact[index]).max()))
        if errors[index] > SURE:
            compact[index], errors[index] = _sharpened(
                models(base_index),
                models(index),
                compact[index],
                float(errors[index]),
                form,
                min(rough, ROUGH),
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


def _half_turns(matrices: Array) -> bool:
    """Return whether maps (k, 2, 2) are half turns, and identities, up to a few degrees."""
    apart = np.linalg.norm(matrices - np.linalg.inv(matrices), axis=(1, 2))
    return bool((apart < ROUGH).all() and (np.trace(matrices, axis1=1, axis2=2) < 0.0).any())


def _strains(left: Array, covariance: Array, form: Array) -> bool:
    """Return whether a map clearly fails to keep an inner product, however little."""
    found = strain_defect(left, covariance, form)
    return found.square - AWAY * found.error > STRAINED**2


def _stretches(left: Array, covariance: Array, form: Array) -> bool:
    """Return whether a map stretches more than a map of a group that keeps the inner product may."""
    return strain_defect(left, covariance, form).verdict(BOUND) == "no"


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
    system: CompactSymmetries,
    seed: int,
    doubts: list[str],
) -> LeftActions:
    """Return the left actions by search and Gauss-Newton."""
    form = system.inner_product
    k, n = len(tasks), len(form)
    generators = system.linear if system.dimension else skew_basis(form)
    raw, covariance = np.tile(np.eye(n), (k, 1, 1)), np.zeros((k, n * n, n * n))
    compact, errors, residuals = raw.copy(), np.zeros(k), np.zeros(k)
    base = models(base_index)
    others = [index for index in range(k) if index != base_index]
    matches = {index: search(base, models(index), form, generators, seed)[0] for index in others}
    for index, match in matches.items():
        raw[index], covariance[index] = match.matrix, match.covariance
    # Where no generator says what is kept, the covariance of the starts does.
    starts = sum(int(task.starts.shape[0]) for task in tasks)
    prior = ROUGH if system.dimension else float(np.hypot(ROUGH, np.sqrt(2.0 / starts)))
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
    if flat_direction(base):
        doubts.append(
            "the rewards of the base task do not change along some direction of the states: what a map does "
            "there cannot be seen"
        )
    if rough > BOUND:
        doubts.append(f"the inner product is only known to within {100.0 * rough:.0f} %")
    own = np.full((k, n + 1, n + 1), np.nan)
    freedom = max(freedoms, default=0)
    return LeftActions(
        raw, covariance, compact, errors, form, rough, residuals, own, freedom, tuple(doubts), "search"
    )


def flat_direction(task: TaskModel) -> bool:
    """Return whether a task's reward does not change along some direction of the states."""
    first, second = (half.gradient(task.core) for half in task.halves)
    tiny = np.finfo(float).tiny
    first, second = (part / (np.linalg.norm(part, axis=1)[:, None] + tiny) for part in (first, second))
    # The halves' errors are independent: they do not count as slope.
    shared = first.T @ second / len(first)
    return bool(np.linalg.eigvalsh(0.5 * (shared + shared.T))[0] < FLAT)


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
    return not any(_stretches(matrix, spread, form) for matrix, spread in zip(raw, covariance, strict=True))


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
