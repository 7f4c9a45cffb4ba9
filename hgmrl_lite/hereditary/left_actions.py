"""Left actions from the base task to each task: the intertwiner where it applies, the search elsewhere."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from hgmrl_lite import lie
from hgmrl_lite._validate import Array
from hgmrl_lite.hereditary.comparison import TaskModel, same_rewards
from hgmrl_lite.hereditary.evidence import BOUND, ERRORS
from hgmrl_lite.hereditary.frame import Frame, form_in_units, in_units
from hgmrl_lite.hereditary.group import compact_group
from hgmrl_lite.hereditary.inner_product import (
    ROUGH,
    form_error,
    invariant_form,
    sharpened_form,
    stretches,
)
from hgmrl_lite.hereditary.own_symmetry import (
    OwnSymmetry,
    own_symmetry,
    raw_left_action,
)
from hgmrl_lite.hereditary.system_search import carried_by_system
from hgmrl_lite.hereditary.task_data import TaskData
from hgmrl_lite.hereditary.task_matching import PooledMatching
from hgmrl_lite.hereditary.task_search import best_match, first_turn

#: A closed form this sure, in radians, is left as it is: matching rewards would not make it better.
SURE = 2e-3
#: How many times its own error the centre of the base task's symmetry must be away from the origin.
AWAY = 4.0
#: Mean logarithm of the stretches from which on a closed form is held against the system's inner product.
STRAINED = 1e-3


@dataclass(frozen=True, eq=False, repr=False)
class LeftActions:
    """What carries the base task to each task, before and after the step to the compact group.

    Attributes
    ----------
    left_actions : ndarray, shape (k, n, n)
        L_k: how the group moves the base task's states onto task k's.
    standard_errors : ndarray, shape (k,)
        Of the L_k, as angles in radians. 1.96 of them make ``bounds_deg``.
    raw_left_actions : ndarray, shape (k, n, n)
        The maps before the step to the group that keeps the inner product: what the report tests.
    covariance : ndarray, shape (k, n², n²)
        Their error covariance, entries in rows; zero for maps that are given.
    residuals : ndarray, shape (k,)
        How far each task is from being an image of the base task.
    inner_product : ndarray, shape (n, n)
        What the group keeps.
    form_error : float
        Its standard error, per entry, in the frame where it is I.
    task_generators : ndarray, shape (k, n + 1, n + 1)
        Each task's own symmetry X_k (affine) in the plane: conjugate to the group, not equal to it. NaN where
        none was looked for or found.
    freedom : int
        Dimension of what the base task's own symmetry leaves open in the L_k: of all elements that fit, those
        with the smallest logarithm were taken.
    doubts : tuple of str
        Why the data do not decide, if so.
    method : {"intertwiner", "system", "search", "given"}
        Where the maps come from: "system" where they were searched in the group of the system, "search" where
        no such group is known.
    algebra_error : float or None
        Standard error of the group's generators as an angle in radians; None where they are the span of the
        left actions and have no errors but theirs.
    """

    left_actions: Array
    standard_errors: Array
    raw_left_actions: Array
    covariance: Array
    residuals: Array
    inner_product: Array
    form_error: float
    task_generators: Array
    freedom: int
    doubts: tuple[str, ...]
    method: str
    algebra_error: float | None

    @property
    def known(self) -> bool:
        """Whether an element was found for every task, however rough."""
        return bool(np.isfinite(self.standard_errors).all())

    def in_units(self, scale: Array) -> "LeftActions":
        """Return the same maps for states that are ``scale`` (n,) times those they were found for."""
        stretch = (scale[:, None] / scale).ravel()
        return replace(
            self,
            left_actions=in_units(self.left_actions, scale),
            raw_left_actions=in_units(self.raw_left_actions, scale),
            covariance=self.covariance * np.outer(stretch, stretch),
            inner_product=form_in_units(self.inner_product, scale),
            task_generators=in_units(self.task_generators, scale),
        )


def find_left_actions(data: TaskData) -> LeftActions:
    """Return the left actions, by the way that the tasks' own symmetries allow.

    The closed form needs neither reward models nor the system's symmetries where the maps keep the inner
    product of the tasks' own symmetries: both are made on first use.
    """
    doubts = []
    if len(data.scale) == 2:
        own = [own_symmetry(task) for task in data.scaled]
        if all(symmetry.generator is not None and symmetry.verdict != "no" for symmetry in own):
            found = _intertwined(own, data)
            if found is not None:
                return found.in_units(data.scale)
        doubts = _open_symmetries(own, lambda symmetry: symmetry.generator is None)
    return _searched(data, doubts).in_units(data.scale)


def _open_symmetries(own: list[OwnSymmetry], which: Callable[[OwnSymmetry], bool]) -> list[str]:
    """Return which own symmetries, of those asked for, the data leave undecided."""
    return [
        f"the own symmetry of task {index} is undecided: {symmetry.reason}"
        for index, symmetry in enumerate(own)
        if symmetry.verdict == "undecided" and which(symmetry)
    ]


def _intertwined(own: list[OwnSymmetry], data: TaskData) -> LeftActions | None:
    """Return the left actions in closed form, or None when no intertwiner keeps the orientation."""
    generators = np.array([symmetry.generator for symmetry in own])
    doubts = _open_symmetries(own, lambda symmetry: True)
    k, base_index, others = len(own), data.base_index, data.others
    raw, covariance = np.tile(np.eye(2), (k, 1, 1)), np.zeros((k, 4, 4))
    residuals, errors = np.zeros(k), np.zeros(k)
    shift, spread = generators[base_index][:2, 2], own[base_index].covariance[[2, 5], [2, 5]].sum()
    linear = generators[base_index][:2, :2]
    # A centre that is poorly known is not at the origin for that.
    near = min(AWAY * np.sqrt(spread), BOUND * np.linalg.norm(linear))
    freedom = int(np.linalg.norm(shift) < max(1e-3 * np.linalg.norm(linear), near))
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
    if any(stretches(raw[index], covariance[index], form, STRAINED, AWAY) for index in others):
        # That form is the tasks' own and need not be the group's: elliptic rewards turned in a round system.
        shared = data.compact.inner_product
        for index in others:
            if stretches(raw[index], covariance[index], shared):
                try:
                    mirrored = raw_left_action(own[base_index], own[index], mirrored=True)
                except ValueError:
                    continue
                if not stretches(*mirrored[:2], shared):
                    raw[index], covariance[index], residuals[index] = mirrored
        shared, error = sharpened_form(shared, raw[others], covariance[others])
        # Maps that stretch in both, as scalings do, do not tell the forms apart.
        if 2.0 * Frame.of(shared).stretch(raw).sum() < Frame.of(form).stretch(raw).sum():
            form, rough = shared, error
    elif _half_turns(raw[others]) and data.compact.dimension:
        # These keep every form.
        shared = data.compact.inner_product
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
                data.model(data.base_index),
                data.model(index),
                compact[index],
                float(errors[index]),
                form,
                min(rough, ROUGH),
            )
    return LeftActions(
        left_actions=compact,
        standard_errors=errors,
        raw_left_actions=raw,
        covariance=covariance,
        residuals=residuals,
        inner_product=form,
        form_error=rough,
        task_generators=generators,
        freedom=freedom,
        doubts=(*doubts, *_unsure(errors)),
        method="intertwiner",
        algebra_error=None,
    )


def _half_turns(matrices: Array) -> bool:
    """Return whether maps (k, 2, 2) are half turns, and identities, up to a few degrees."""
    apart = np.linalg.norm(matrices - np.linalg.inv(matrices), axis=(1, 2))
    return bool((apart < ROUGH).all() and (np.trace(matrices, axis1=1, axis2=2) < 0.0).any())


def _sharpened(
    base: TaskModel, other: TaskModel, left: Array, error: float, form: Array, rough: float
) -> tuple[Array, float]:
    """Return a left action and its error from the rewards where these agree, else as they come.

    The inner product is known to within ``rough``: the map may strain by as much while it is fitted.
    """
    frame = Frame.of(form)
    generators = np.concatenate([frame.turns, frame.strains])
    tied = np.append(np.full(len(frame.turns), np.inf), np.full(len(frame.strains), rough))
    # Of poor own symmetries the intertwiner can be off by any angle, and end in another valley.
    start = first_turn(base, other, left, compact_group(frame.turns))
    fitted, spread = PooledMatching(base, other, start, generators, tied).fit()
    matched = lie.polar_factor(fitted, form)
    if not same_rewards(base, other, matched):
        return left, error
    return matched, float(np.sqrt(spread[0, 0]))


def _searched(data: TaskData, doubts: list[str]) -> LeftActions:
    """Return the left actions by search and Gauss-Newton, in the group that system and starts allow."""
    system, inside = data.compact, carried_by_system(data)
    form = system.inner_product
    k, n = len(data.tasks), len(form)
    base = data.model(data.base_index)
    elements = {} if inside is None else inside.elements
    matches = {
        index: best_match(base, data.model(index), Frame.of(form), elements.get(index))
        for index in data.others
    }
    raw, covariance = np.tile(np.eye(n), (k, 1, 1)), np.zeros((k, n * n, n * n))
    for index, match in matches.items():
        raw[index], covariance[index] = match.matrix, match.covariance
    algebra_error = None
    if inside is not None and len(elements) == len(matches):
        form, rough, algebra_error = inside.group.frame.form, inside.form_error, inside.algebra_error
    else:
        # Where no generator says what is kept, the covariance of the starts does.
        starts = sum(int(task.starts.shape[0]) for task in data.tasks)
        prior = ROUGH if system.dimension else float(np.hypot(ROUGH, np.sqrt(2.0 / starts)))
        others = list(matches)
        form, rough = sharpened_form(form, raw[others], covariance[others], prior)
    frame = Frame.of(form)
    compact, errors, residuals = raw.copy(), np.zeros(k), np.zeros(k)
    for index, match in matches.items():
        if inside is not None and index in elements:
            compact[index], errors[index] = elements[index], inside.error(index)
        else:
            compact[index] = lie.polar_factor(match.matrix, form)
            errors[index] = _angle_error(compact[index], covariance[index], form)
        residuals[index] = np.sqrt(max(match.misfit, float(frame.stretch(match.matrix))))
    doubts = [*doubts, *_unsure(errors)]
    if elements and not data.system.certain:
        # What rewards do not show rests on the law of motion.
        doubts.append(f"the system's symmetries are not certain: {data.system.reason}")
    if len(base.flat) and len(elements) < len(matches):
        doubts.append(
            "the rewards of the base task do not change along some direction of the states: what a map does "
            "there cannot be seen"
        )
    if rough > BOUND:
        doubts.append(f"the inner product is only known to within {100.0 * rough:.0f} %")
    return LeftActions(
        left_actions=compact,
        standard_errors=errors,
        raw_left_actions=raw,
        covariance=covariance,
        residuals=residuals,
        inner_product=form,
        form_error=rough,
        task_generators=np.full((k, n + 1, n + 1), np.nan),
        freedom=len(inside.free) if inside is not None and elements else 0,
        doubts=tuple(doubts),
        method="search" if inside is None else "system",
        algebra_error=algebra_error,
    )


def _angle_error(left: Array, covariance: Array, form: Array) -> float:
    """Return the standard error of an element of the group, as an angle, from that of the raw map."""
    if not np.isfinite(covariance).all():
        return float("inf")
    frame, total = Frame.of(form), 0.0
    for generator in frame.turns:
        # The share of an error δL along L W, in the frame in which L is orthogonal.
        direction = frame.inside(left @ generator).ravel()
        row = np.kron(frame.root, frame.inverse.T).T @ direction / float(direction @ direction)
        total += float(row @ covariance @ row)
    return float(np.sqrt(total))


def _unsure(errors: Array) -> list[str]:
    """Return which left actions are known too poorly for anything to be said about them."""
    return [
        f"the left action of task {index} is only known to within {np.degrees(error):.1f}°"
        if np.isfinite(error)
        else f"no left action was found for task {index}"
        for index, error in enumerate(errors)
        if not ERRORS * error < BOUND
    ]
