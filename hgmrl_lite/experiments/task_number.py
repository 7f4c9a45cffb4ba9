"""Experiment 2, coverage: how many training tasks an agent needs."""

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from hgmrl_lite._validate import Array, as_count
from hgmrl_lite.envs import circle_tasks, training_tasks
from hgmrl_lite.experiments.contenders import contender_units
from hgmrl_lite.experiments.units import Tabled, run_groups
from hgmrl_lite.meta import AgentResult, Interval, Protocol, goal_distances

CCM_TASKS: Final = (4, 8, 16, 32)
"""Numbers of evenly spaced training tasks of CCM."""
GEOMETRIC_TASKS: Final = (2, 3, 4)
"""Numbers of training tasks of the geometric agent: the first of experiment 1's."""


@dataclass(frozen=True, eq=False)
class CoverageCase:
    """One agent, trained on some tasks.

    Parameters
    ----------
    agent : str
        The agent's name.
    spacing : {"even", "experiment 1"}
        How its training tasks are placed.
    training_goals : ndarray, shape (t, 2)
        Goals of its training tasks.
    test : AgentResult
        Its regret on the test goals.
    train : AgentResult
        Its regret on its own training goals.
    """

    agent: str
    spacing: str
    training_goals: Array
    test: AgentResult
    train: AgentResult

    @property
    def tasks(self) -> int:
        """Number of training tasks."""
        return len(self.training_goals)

    @property
    def slope(self) -> Interval:
        """Slope of test regret against the angle to the nearest training goal, per radian."""
        return self.test.slope(goal_distances(self.test.tasks, self.training_goals))


@dataclass(frozen=True, eq=False, repr=False)
class Coverage(Tabled):
    """Regret against the number of training tasks.

    Parameters
    ----------
    protocol : Protocol
        What was the same for all.
    cases : tuple of CoverageCase
        One an agent, spacing and number of training tasks; the numbers ascend.
    """

    title: ClassVar = "Regret against the number of training tasks"

    protocol: Protocol
    cases: tuple[CoverageCase, ...]

    def caption(self) -> str:
        """Return how it was measured."""
        return (
            f"{len(self.protocol.family.test)} test tasks on the unit circle. Evenly spaced training goals "
            "lie half a spacing off angle 0, so that none is a test goal; the others are those of experiment "
            f"1. {self.protocol.caption()}"
        )

    def rows(self) -> list[tuple[str, ...]]:
        """Return one row a case."""
        return [
            (
                "agent",
                "training tasks",
                "training steps",
                "transitions of the new task",
                "regret on its training goals [95 %]",
                "on the test goals [95 %]",
                "slope per radian [95 %]",
            ),
            *(
                (
                    case.agent,
                    f"{case.tasks}, {'evenly spaced' if case.spacing == 'even' else 'of experiment 1'}",
                    f"{case.test.env_steps:,}".replace(",", " "),
                    str(case.test.context_size),
                    repr(case.train.mean),
                    repr(case.test.mean),
                    repr(case.slope),
                )
                for case in self.cases
            ),
        ]


def even_goals(tasks: int) -> Array:
    """Return evenly spaced goals on the unit circle, half a spacing off angle 0, shape (tasks, 2)."""
    return circle_tasks(tasks, phase=np.pi / as_count("tasks", tasks))


def coverage(
    protocol: Protocol | None = None, *, quick: bool = False, jobs: int = 2, progress: bool = True
) -> Coverage:
    """Train CCM on more and more tasks beside the geometric agent on few.

    CCM is also trained on the four tasks of experiment 1, which are not evenly spaced.

    Parameters
    ----------
    protocol : Protocol, optional
        What is fixed; ``Protocol()``, or ``Protocol.quick()`` in the quick form.
    quick : bool, optional
        The form for a lesson: CCM with 4, 8 and 16 evenly spaced tasks, trained in a third of the time.
    jobs, progress
        As in :func:`~hgmrl_lite.experiments.regret_by_distance`.

    Returns
    -------
    Coverage
    """
    protocol = protocol or (Protocol.quick(contexts=2, episodes=20) if quick else Protocol())
    first, test = training_tasks(), protocol.family.test
    # The largest first: they take longest.
    numbers = sorted(CCM_TASKS[:3] if quick else CCM_TASKS, reverse=True)
    wanted = [("CCM", "even", even_goals(tasks)) for tasks in numbers]
    if not quick:
        wanted.append(("CCM", "experiment 1", first))
    wanted += [("geometric", "experiment 1", first[:tasks]) for tasks in GEOMETRIC_TASKS]
    # All tests before all evaluations on training goals: by then each agent is trained and cached.
    groups = [
        contender_units(
            agent,
            protocol.of_family(train=goals, base_index=0, test=goals if on_own else test),
            quick=quick,
        )
        for on_own in (False, True)
        for agent, _, goals in wanted
    ]
    found = run_groups(groups, description="coverage", jobs=jobs, progress=progress)
    results = [AgentResult.from_seeds(parts) for parts in found]
    cases = [
        CoverageCase(*case, test, train)
        for case, test, train in zip(wanted, results[: len(wanted)], results[len(wanted) :], strict=True)
    ]
    order = {"geometric": 0, "CCM": 1}
    return Coverage(
        protocol, tuple(sorted(cases, key=lambda case: (order[case.agent], case.tasks, case.spacing)))
    )
