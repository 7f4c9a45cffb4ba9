"""The elements of the system's group that carry the base task to the others, and where that group is.

The law of motion gives the group only roughly: the elements of all tasks, and the place of the group, are
fitted together. First the directions of the rewards' gradients, which a relabelling leaves as they are; then
the rewards themselves, where they agree.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from hgmrl_lite import lie
from hgmrl_lite._validate import Array
from hgmrl_lite.hereditary.comparison import PolynomialMap, same_rewards
from hgmrl_lite.hereditary.conjugation import Matched, everything, moved_together
from hgmrl_lite.hereditary.evidence import BOUND
from hgmrl_lite.hereditary.frame import in_units, symmetric_basis
from hgmrl_lite.hereditary.group import CompactGroup, compact_group
from hgmrl_lite.hereditary.matching import RewardMatching
from hgmrl_lite.hereditary.reward_model import RewardModel
from hgmrl_lite.hereditary.search import nearest_to_identity, stabiliser
from hgmrl_lite.hereditary.task_data import TaskData
from hgmrl_lite.hereditary.task_matching import TurnMatching
from hgmrl_lite.hereditary.task_search import common, first_element

#: Relative error of generators that come from the law of motion alone.
ROUGHLY = 0.3
#: What is left over of exact rewards is smooth: as so many independent residuals they count at most.
INDEPENDENT = 50
#: How many times as large as the linearised fit tells errors are taken to be: of 81 tasks of spheres, masses,
#: cars and two points in two planes seven were off by more than their 95 % bounds, by up to 1.25 times.
WIDER = 1.25
#: A way along the base task's stabiliser that is long, in radians, and how much nearer to the identity it
#: must lead, as a share of it.
LONG, WORTH = 0.5, 0.05
#: Transitions of each task whose rewards are matched.
MATCHED = 2500
#: Rounds of matching: with the reward model of the base task alone, which pulls hard, then with that of all.
ROUNDS = (False, False, True)


@dataclass(frozen=True, eq=False)
class Carried:
    """What the system's group says of the tasks.

    Attributes
    ----------
    rough : CompactGroup
        The group, as the law of motion has it.
    change : ndarray, shape (n, n)
        C: as the tasks have it, the group is C G C⁻¹.
    elements : dict of int to ndarray, shape (n, n)
        L of each task that an element explains.
    spreads : dict of int to ndarray, shape (n², n²)
        Error covariances of ξ in L ← exp(ξ) L, entries in the frame of ``rough`` in rows.
    moves : ndarray, shape (n², n²)
        Error covariance of ε in C ← exp(ε) C, likewise.
    reward : RewardModel
        The base task's.
    """

    rough: CompactGroup
    change: Array
    elements: dict[int, Array]
    spreads: dict[int, Array]
    moves: Array
    reward: RewardModel

    @cached_property
    def group(self) -> CompactGroup:
        """The group, as the tasks have it."""
        return self.rough.conjugated(self.change)

    @cached_property
    def free(self) -> Array:
        """Directions (f, d) of the base task's stabiliser, along ``group.directions``."""
        return stabiliser(self.reward, self.group)[0]

    def nearest(self) -> "Carried":
        """Return the same with, of all elements that are as good, those with the smallest logarithm."""
        if not len(self.free) or not self.elements:
            return self
        group, elements = self.group, np.array(list(self.elements.values()))
        near = nearest_to_identity(group, elements, self.free)
        before, after, way = (
            np.linalg.norm(group.unit(group.log(left)), axis=1)
            for left in (elements, near, np.linalg.inv(elements) @ near)
        )
        # The stabiliser is estimated: a long way along it, as opposite tasks invite, must be worth its error.
        kept = (way > LONG) & (before - after < WORTH * way)
        elements = np.where(kept[:, None, None], elements, near)
        return replace(self, elements=dict(zip(self.elements, elements, strict=True)))

    def error(self, index: int) -> float:
        """Return the standard error of a task's element as an angle in radians."""
        group, element, frame = self.group, self.elements[index], self.rough.frame
        # Directions that leave the task as it is do not matter.
        idle = frame.inside(np.tensordot(self.free @ group.adjoint(element).T, group.directions, axes=1))
        # A turn by θ has ‖ξ‖ = √2 θ.
        return WIDER * float(np.sqrt(0.5 * np.trace(_across(idle) @ self.spreads[index])))

    @property
    def form_error(self) -> float:
        """The standard error of the inner product, per entry, in the frame where it is I."""
        n = len(self.change)
        strains = symmetric_basis(n).reshape(-1, n * n)
        # The form moves by ε + εᵀ.
        return float(2.0 * np.sqrt(np.trace(strains @ self.moves @ strains.T)) / n)

    @property
    def algebra_error(self) -> float:
        """The standard error of the generators as an angle in radians."""
        directions = self.rough.frame.inside(self.group.directions)
        n = directions.shape[-1]
        whole = np.eye(n * n).reshape(-1, n, n)
        across, total = _across(directions), 0.0
        for direction in directions:
            moved = lie.bracket(whole, direction).reshape(n * n, n * n) @ across
            total += np.trace(moved.T @ self.moves @ moved) / np.square(direction).sum()
        return WIDER * float(np.sqrt(total))


def _across(directions: Array) -> Array:
    """Return the projection (n², n²) away from directions (f, n, n)."""
    size = directions.shape[-1] ** 2
    inside = np.linalg.qr(directions.reshape(-1, size).T)[0]
    return np.asarray(np.eye(size) - inside @ inside.T)


def carried_by_system(data: TaskData) -> Carried | None:
    """Return the elements of the system's group that carry the base task; None where no group is known."""
    if not data.compact.dimension:
        return None
    rough = compact_group(data.compact.linear, tol=ROUGHLY)
    units = np.reshape(data.scale[:, None] / data.scale, -1)
    rows, errors = data.system.losses(in_units(rough.directions, data.scale))
    law = rows * units, errors
    base = data.model(data.base_index)

    n = len(data.scale)
    starts = {index: first_element(base, data.model(index), rough) for index in data.others}
    begun = Carried(rough, np.eye(n), starts, {}, ROUGHLY**2 * np.eye(n * n), base.halves[0])
    matchings = {index: _turning(data, begun, index) for index in starts}
    matchings = {index: task for index, task in matchings.items() if len(task.places) >= 2 * n * n}
    while matchings:
        tried = replace(begun, elements={index: starts[index] for index in matchings})
        found = _moved(data, tried, matchings, law)
        misfits = {index: _misfit(data, found, index) for index in matchings}
        worst = max(misfits, key=lambda index: misfits[index])
        if misfits[worst] <= BOUND**2:
            return _by_rewards(data, found, law)
        del matchings[worst]
    return replace(begun, elements={})


def _turning(data: TaskData, found: Carried, index: int) -> Matched:
    """Return the matching of unit gradients of a task, where its data and the base task's meet."""
    base, other, element = data.model(data.base_index), data.model(index), found.elements[index]
    points = common(base, other, PolynomialMap.of_matrix(element))
    matching = TurnMatching(base, other, everything(found.rough), points, np.eye(len(element)))
    return Matched(matching, np.repeat(points, points.shape[1], axis=0), INDEPENDENT)


def _misfit(data: TaskData, found: Carried, index: int) -> float:
    """Return the mean square difference of unit gradients under the element of a task."""
    task = _turning(data, found, index)
    if not len(task.places):
        return float("inf")
    rest = task.matching.linearise(found.elements[index][None])[0]
    return float(np.square(rest).sum() * len(found.elements[index]) / len(task.places))


def _by_rewards(data: TaskData, found: Carried, law: tuple[Array, Array]) -> Carried:
    """Return the elements after the rewards that agree have been matched."""
    base = data.model(data.base_index)
    agreeing = [
        index for index, element in found.elements.items() if same_rewards(base, data.model(index), element)
    ]
    if not agreeing:
        return found.nearest()
    alone = _base_reward(data, found, [])
    for pooled in ROUNDS:
        model = _base_reward(data, found, agreeing) if pooled else alone
        found = replace(found, reward=model).nearest()
        matchings = {index: _rewards(data, found, index) for index in agreeing}
        found = _moved(data, found, matchings, law)
    return found.nearest()


def _rewards(data: TaskData, found: Carried, index: int) -> Matched:
    """Return the matching of a task's rewards, inside the data of the base task."""
    task, model = data.scaled[index][:MATCHED], found.reward
    pulled = task.next_states @ np.linalg.inv(found.elements[index]).T
    known = np.flatnonzero(data.model(data.base_index).inside(pulled))
    directions = everything(found.rough)
    matching = RewardMatching(directions, model, task.next_states[known], task.rewards[known])
    noisy = min(1.0, (model.reward_noise / model.noise) ** 2)
    number = len(known) / (noisy + (1.0 - noisy) * max(len(known) / INDEPENDENT, 1.0))
    return Matched(matching, pulled[known], number)


def _moved(
    data: TaskData, found: Carried, matchings: Mapping[int, Matched], law: tuple[Array, Array]
) -> Carried:
    """Return group and elements moved to where the matched tasks fit; other tasks go with the group."""
    which = list(matchings)
    elements = np.array([found.elements[index] for index in which])
    fitted = moved_together(found.rough, found.change, elements, list(matchings.values()), law)
    step = fitted.change @ np.linalg.inv(found.change)
    back = np.linalg.inv(step)
    moved = {index: step @ left @ back for index, left in found.elements.items()}
    return replace(
        found,
        change=fitted.change,
        elements=moved | dict(zip(which, fitted.elements, strict=True)),
        spreads=found.spreads | dict(zip(which, fitted.spreads, strict=True)),
        moves=fitted.moves,
    )


def _base_reward(data: TaskData, found: Carried, agreeing: list[int]) -> RewardModel:
    """Return the base task's reward, fitted to its transitions and those of others, pulled back."""
    base, along = data.scaled[data.base_index], None
    points, rewards = [base.next_states], [base.rewards]
    if not agreeing:
        along = data.model(data.base_index).along
    for index in agreeing:
        task = data.scaled[index][:MATCHED]
        points.append(task.next_states @ np.linalg.inv(found.elements[index]).T)
        rewards.append(task.rewards)
    return RewardModel.fit(np.concatenate(points), np.concatenate(rewards), along=along)
