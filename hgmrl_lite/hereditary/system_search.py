"""The elements of the system's group that carry the base task to the others, and where that group is.

The law of motion gives the group only roughly: the elements of all tasks, and the place of the group, are
fitted together. First the directions of the rewards' gradients, which a relabelling leaves as they are; then
the rewards themselves, where they agree.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.spatial import cKDTree

from hgmrl_lite._validate import Array
from hgmrl_lite.hereditary.comparison import PolynomialMap, same_rewards
from hgmrl_lite.hereditary.conjugation import everything, moved_together
from hgmrl_lite.hereditary.evidence import BOUND
from hgmrl_lite.hereditary.frame import in_units
from hgmrl_lite.hereditary.group import CompactGroup, compact_group
from hgmrl_lite.hereditary.matching import Matching, RewardMatching
from hgmrl_lite.hereditary.reward_model import RewardModel
from hgmrl_lite.hereditary.search import nearest_to_identity, stabiliser
from hgmrl_lite.hereditary.task_data import TaskData
from hgmrl_lite.hereditary.task_matching import TurnMatching
from hgmrl_lite.hereditary.task_search import common, first_element
from hgmrl_lite.transitions import Transitions

#: Relative error of generators that come from the law of motion alone.
ROUGHLY = 0.3
#: How many times as large as a fit tells errors are taken to be. Those of a mass, a car and two points in two
#: planes were up to 2.2 times its 95 % bounds: the polynomials of the law of motion are not the law.
WIDER = 2.5
#: Transitions of each task whose rewards are matched.
MATCHED = 2500
#: Rounds of matching: with the reward model of the base task alone, which pulls hard, then with that of all.
ROUNDS = (False, False, True)


@dataclass(frozen=True, eq=False)
class Carried:
    """What the system's group says of the tasks.

    Attributes
    ----------
    group : CompactGroup
        The group, as the tasks have it.
    elements : dict of int to ndarray, shape (n, n)
        L of each task that an element explains.
    spreads : dict of int to ndarray, shape (n², n²)
        Error covariances of ξ in L ← exp(ξ) L, entries in the frame of the group in rows.
    form_error : float
        Standard error of the inner product, per entry, in the frame where it is I.
    reward : RewardModel
        The base task's.
    """

    group: CompactGroup
    elements: dict[int, Array]
    spreads: dict[int, Array]
    form_error: float
    reward: RewardModel

    @cached_property
    def free(self) -> Array:
        """Directions (f, d) of the base task's stabiliser, along ``group.directions``."""
        return stabiliser(self.reward, self.group)[0]

    def nearest(self) -> "Carried":
        """Return the same with, of all elements that are as good, those with the smallest logarithm."""
        if not len(self.free):
            return self
        elements = {
            index: nearest_to_identity(self.group, element[None], self.free)[0]
            for index, element in self.elements.items()
        }
        return replace(self, elements=elements)

    def error(self, index: int) -> float:
        """Return the standard error of a task's element as an angle in radians."""
        group, element, frame = self.group, self.elements[index], self.group.frame
        turns = frame.inside(frame.turns).reshape(len(frame.turns), -1) / np.sqrt(2.0)
        # Directions that leave the task as it is do not matter.
        idle = frame.inside(np.tensordot(self.free @ group.adjoint(element).T, group.directions, axes=1))
        idle = np.linalg.qr(idle.reshape(len(self.free), element.size).T)[0]
        turns = turns - turns @ idle @ idle.T
        # A turn by θ has ‖ξ‖ = √2 θ.
        return WIDER * float(np.sqrt(0.5 * np.trace(turns @ self.spreads[index] @ turns.T)))


def carried_by_system(data: TaskData) -> Carried | None:
    """Return the elements of the system's group that carry the base task; None where no group is known."""
    if not data.compact.dimension:
        return None
    rough = compact_group(data.compact.linear, tol=ROUGHLY)
    units = np.reshape(data.scale[:, None] / data.scale, -1)
    law = data.system.losses(in_units(rough.directions, data.scale)) * units
    base = data.model(data.base_index)

    n = len(data.scale)
    starts = {index: first_element(base, data.model(index), rough, np.eye(n)) for index in data.others}
    begun = Carried(rough, starts, {}, ROUGHLY, base.halves[0])
    matchings = {index: _turning(data, begun, index) for index in starts}
    matchings = {index: matching for index, matching in matchings.items() if len(matching.points) >= 2 * n}
    while matchings:
        tried = replace(begun, elements={index: starts[index] for index in matchings})
        found = _moved(data, tried, matchings, law)
        misfits = {index: _misfit(data, found, index) for index in matchings}
        worst = max(misfits, key=lambda index: misfits[index])
        if misfits[worst] <= BOUND**2:
            return _by_rewards(data, found, law)
        del matchings[worst]
    return replace(begun, elements={})


def _turning(data: TaskData, found: Carried, index: int) -> TurnMatching:
    """Return the matching of unit gradients of a task, where its data and the base task's meet."""
    base, other, element = data.model(data.base_index), data.model(index), found.elements[index]
    points = common(base, other, PolynomialMap.of_matrix(element))
    return TurnMatching(base, other, everything(found.group), points, np.eye(len(element)))


def _misfit(data: TaskData, found: Carried, index: int) -> float:
    """Return the mean square difference of unit gradients under the element of a task."""
    matching = _turning(data, found, index)
    if not len(matching.points):
        return float("inf")
    rest = matching.linearise(found.elements[index][None])[0]
    return float(np.square(rest).sum() / len(matching.points))


def _by_rewards(data: TaskData, found: Carried, law: Array) -> Carried:
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
        matchings = {index: _rewards(data.scaled[index][:MATCHED], found, index) for index in agreeing}
        found = _moved(data, found, matchings, law)
    return found


def _rewards(task: Transitions, found: Carried, index: int) -> RewardMatching:
    """Return the matching of a task's rewards, where the base task's are known."""
    pulled = task.next_states @ np.linalg.inv(found.elements[index]).T
    known = np.flatnonzero(np.isfinite(found.reward.local_misfit(pulled)))
    # Neighbours stand together.
    known = known[cKDTree(pulled[known]).indices]
    directions = everything(found.group)
    return RewardMatching(directions, found.reward, task.next_states[known], task.rewards[known])


def _moved(data: TaskData, found: Carried, matchings: Mapping[int, Matching], law: Array) -> Carried:
    """Return group and elements moved to where the matched tasks fit; other tasks go with the group."""
    which = list(matchings)
    elements = np.array([found.elements[index] for index in which])
    seen = [data.model(index).seen for index in which]
    fitted = moved_together(found.group, elements, list(matchings.values()), seen, law)
    change, inverse = fitted.change, np.linalg.inv(fitted.change)
    moved = {index: change @ left @ inverse for index, left in found.elements.items()}
    return replace(
        found,
        group=found.group.conjugated(change),
        elements=moved | dict(zip(which, fitted.elements, strict=True)),
        spreads=found.spreads | dict(zip(which, fitted.spreads, strict=True)),
        form_error=fitted.form_error,
    )


def _base_reward(data: TaskData, found: Carried, agreeing: list[int]) -> RewardModel:
    """Return the base task's reward, fitted to its transitions and those of others, pulled back."""
    base = data.scaled[data.base_index]
    points, rewards = [base.next_states], [base.rewards]
    for index in agreeing:
        task = data.scaled[index]
        points.append(task.next_states @ np.linalg.inv(found.elements[index]).T)
        rewards.append(task.rewards)
    return RewardModel.fit(np.concatenate(points), np.concatenate(rewards))
