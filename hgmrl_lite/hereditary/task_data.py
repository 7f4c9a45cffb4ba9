"""Transitions of several tasks of one system, and what is fitted to them on first use."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array
from hgmrl_lite.actions import Chart
from hgmrl_lite.hereditary.comparison import TaskModel
from hgmrl_lite.hereditary.frame import binary_units, in_units
from hgmrl_lite.hereditary.generators import MeanResponse, mean_response
from hgmrl_lite.hereditary.system import (
    CompactSymmetries,
    SystemSymmetry,
    check_dimensions,
    system_symmetries,
)
from hgmrl_lite.transitions import Transitions

AnyChart = Chart | Callable[[Array], ArrayLike]


class TaskData:
    """Transitions of several tasks, with the models and the system symmetries fitted to them on first use.

    Parameters
    ----------
    tasks : sequence of Transitions
        One batch a task, at least two tasks.
    base_index : int, optional
        The base task's place in ``tasks``.
    chart : Chart or callable, optional
        Map of states (N, n) to coordinates (N, n) in which to work.

    Attributes
    ----------
    tasks : tuple of Transitions
        The tasks, in the chart.
    base_index : int
        The base task's place, not negative.
    chart : Chart or None
        The chart.
    scale : ndarray, shape (n,)
        The power of two next to the spread of each coordinate: what is found does not depend on units, and
        dividing by it rounds nothing.

    Raises
    ------
    ValueError
        When the list is too short, the base task is none of it, dimensions disagree, there are fewer
        transitions than unknowns, a task's rewards or a coordinate of the states are constant, or the chart
        returns another shape, NaN or infinity.
    """

    def __init__(
        self, tasks: Sequence[Transitions], base_index: int = 0, chart: AnyChart | None = None
    ) -> None:
        if len(tasks) < 2:
            raise ValueError(
                f"tasks must hold at least two tasks, the base task and another, got {len(tasks)}"
            )
        if not -len(tasks) <= base_index < len(tasks):
            raise ValueError(f"base_index must name one of the {len(tasks)} tasks, got {base_index}")
        self.base_index = base_index % len(tasks)
        check_dimensions(tasks)
        n = tasks[0].states.shape[1]
        least = 5 * n * (n + 1)
        for index, task in enumerate(tasks):
            number = len(np.unique(np.column_stack([task.next_states, task.rewards]), axis=0))
            if number <= least:
                raise ValueError(
                    f"tasks must have more than {least} transitions each (five for each of the {n * (n + 1)} "
                    f"entries of an affine generator), got {number} different ones in task {index}"
                )
        self.chart = chart if chart is None or isinstance(chart, Chart) else Chart(chart)
        self.tasks = tuple(in_chart(task, self.chart) for task in tasks)
        for index, task in enumerate(self.tasks):
            if np.ptp(task.rewards) <= 1e-12 * np.abs(task.rewards).max():
                raise ValueError(
                    "tasks must hold rewards that differ, or there is nothing to align: "
                    f"those of task {index} are all {task.rewards[0]:.6g}"
                )
        self.scale = binary_units(np.concatenate([task.next_states for task in self.tasks]))
        self._models: dict[int, TaskModel] = {}

    @cached_property
    def scaled(self) -> tuple[Transitions, ...]:
        """The tasks with their states in units of ``scale``."""
        return tuple(measured_in(task, self.scale) for task in self.tasks)

    @property
    def others(self) -> list[int]:
        """All tasks but the base task."""
        return [index for index in range(len(self.tasks)) if index != self.base_index]

    def model(self, index: int) -> TaskModel:
        """Return the reward model of one task, over states in units of ``scale``."""
        if index not in self._models:
            self._models[index] = TaskModel(self.scaled[index])
        return self._models[index]

    def in_scale(self, maps: Array) -> Array:
        """Return homogeneous maps (..., n + 1, n + 1) as they act on states in units of ``scale``."""
        return in_units(maps, 1.0 / self.scale)

    @cached_property
    def response(self) -> MeanResponse | None:
        """How an action moves the state on average, over all tasks; None where that is not seen."""
        return mean_response(self.tasks)

    @cached_property
    def system(self) -> SystemSymmetry:
        """The symmetries of the system that the tasks share."""
        return system_symmetries(self.tasks)

    @cached_property
    def compact(self) -> CompactSymmetries:
        """Those that keep the law of the starts, for states in units of ``scale``."""
        return self.system.compact.in_units(1.0 / self.scale)


def measured_in(task: Transitions, scale: Array) -> Transitions:
    """Return transitions with their states in units of a scale (n,)."""
    return replace(task, states=task.states / scale, next_states=task.next_states / scale)


def in_chart(task: Transitions, chart: Chart | None) -> Transitions:
    """Return transitions with their states in a chart; as they are without one."""
    if chart is None:
        return task
    return replace(task, states=chart(task.states), next_states=chart(task.next_states))
