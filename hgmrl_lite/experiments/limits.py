"""Experiment 5: what breaks the geometric agent, and whether it says so."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hgmrl_lite._validate import Array
from hgmrl_lite.experiments.tables import Table, Tabled
from hgmrl_lite.experiments.trials import (
    VERDICTS,
    carried_states,
    off_circle_trial,
    reflection_trial,
    symmetry_trial,
)
from hgmrl_lite.experiments.units import Unit, run_units
from hgmrl_lite.meta import Interval, Protocol, mean_interval

RADII: Final = (0.4, 0.7, 1.0, 1.3, 1.6)
"""Distances of the test goals from the origin; the training goals are at 1."""
WINDS: Final = (0.0, 0.01, 0.02, 0.04, 0.06)
"""Strengths of the wind, in units of the state in a step; an action moves by 0.1 at most."""
ACTION_SETS: Final = (("disc", 0), ("box", 0), ("box", 1))
"""Action set, and which of the training tasks is the base task: the one at 135°, or the one at −18°."""
HIGH: Final = 5.0
"""A mean regret above this is high: the agent must not call itself trusted there."""


@dataclass(frozen=True, eq=False)
class Trial:
    """One agent under one condition.

    Parameters
    ----------
    agent : str
        The agent's name.
    condition : str
        What the condition is called.
    value : float
        The condition as a number, for an axis.
    regret : ndarray, shape (S, C, k)
        Mean over the episodes, for each training seed, context draw and test task; C = 1 without context.
    verdicts : ndarray of int, shape (S, C, k), or None
        What the agent said of each adaptation, as an index into "trusted", "undecided", "not trusted"; None
        for an agent that says nothing.
    """

    agent: str
    condition: str
    value: float
    regret: Array
    verdicts: NDArray[np.int_] | None = None

    @property
    def mean(self) -> Interval:
        """Mean regret over the test tasks with its interval."""
        return mean_interval(self.regret.mean(axis=-1))

    def share(self, verdict: str) -> float:
        """Return the share of adaptations with a verdict; NaN for an agent that says nothing."""
        if verdict not in VERDICTS:
            raise ValueError(f"verdict must be one of {', '.join(VERDICTS)}, got {verdict!r}")
        if self.verdicts is None:
            return float("nan")
        return float((self.verdicts == VERDICTS.index(verdict)).mean())

    @property
    def trusted_and_bad(self) -> float:
        """Share of adaptations that were called trusted and have a regret above 5; NaN without verdicts."""
        if self.verdicts is None:
            return float("nan")
        return float(((self.verdicts == VERDICTS.index("trusted")) & (self.regret > HIGH)).mean())


@dataclass(frozen=True, eq=False)
class Case:
    """One way to break the geometric agent.

    Parameters
    ----------
    name : str
        "action set", "off the circle", "wind" or "reflection".
    axis : str
        What is varied, as an axis names it.
    trials : tuple of Trial
        Agents and conditions.
    """

    name: str
    axis: str
    trials: tuple[Trial, ...]

    @property
    def agents(self) -> tuple[str, ...]:
        """The agents' names, in order."""
        return tuple(dict.fromkeys(trial.agent for trial in self.trials))

    def of(self, agent: str) -> tuple[Trial, ...]:
        """Return the trials of one agent, in order."""
        return tuple(trial for trial in self.trials if trial.agent == agent)


@dataclass(frozen=True, eq=False, repr=False)
class Breaking(Tabled):
    """Regret of the geometric agent where its assumptions fail, and what it says of itself there.

    Parameters
    ----------
    protocol : Protocol
        What was the same for all; action set and wind are each case's.
    cases : tuple of Case
        The four cases.
    own_states : ndarray, shape (M, 2)
        States that the base policy meets on its own task.
    translated_states : ndarray, shape (M', 2)
        Where the base policy runs, in its own coordinates, when it is carried by a translation to the goals
        farthest off the circle.
    """

    protocol: Protocol
    cases: tuple[Case, ...]
    own_states: Array
    translated_states: Array

    def __getitem__(self, name: str) -> Case:
        """Return one case by its name."""
        for case in self.cases:
            if case.name == name:
                return case
        raise KeyError(f"name must be one of {', '.join(case.name for case in self.cases)}, got {name!r}")

    def caption(self) -> str:
        """Return how it was measured."""
        return (
            "The geometric agent, trained anew under each condition and adapted from 20 transitions. True "
            "translation: the base policy carried by the true goal less the base goal, which it is told. "
            "Reflection: the reward is a bent valley without symmetry of its own, the training tasks are "
            "reflections of the base task, the base policy is the best single step on the base reward, and "
            "episodes of 50 steps start from N(0, I); regret against the best single step on the task's own "
            f"reward. {self.protocol.caption(environment='actions and wind as named')}"
        )

    @property
    def table(self) -> Table:
        """One row a trial."""
        rows = []
        for case in self.cases:
            for trial in case.trials:
                shares = [trial.share(verdict) for verdict in VERDICTS]
                said = ["" if np.isnan(share) else f"{share:.0%}" for share in shares]
                rows.append((case.name, trial.condition, trial.agent, repr(trial.mean), *said))
        header = ("case", "condition", "agent", "regret [95 %]", *(f"said: {word}" for word in VERDICTS))
        return Table("What breaks the geometric agent, and what it says", header, rows, self.caption())


def breaking(
    protocol: Protocol | None = None,
    *,
    quick: bool = False,
    jobs: int = 2,
    progress: bool = True,
    refresh: bool = False,
) -> Breaking:
    """Break each of the geometric agent's assumptions, and ask it each time whether it is to be trusted.

    Box actions; goals off the circle, where no rotation can and a translation does it; a wind of growing
    strength, which no rotation keeps; and tasks that only a reflection relates.

    Parameters
    ----------
    protocol : Protocol, optional
        What is fixed; ``Protocol()``, or ``Protocol.quick()`` in the quick form.
    quick : bool, optional
        The form for a lesson, with fewer radii and winds.
    jobs, progress, refresh
        As in :func:`~hgmrl_lite.experiments.regret_by_distance`.

    Returns
    -------
    Breaking
    """
    protocol = protocol or (Protocol.quick() if quick else Protocol())
    radii, winds = (RADII[::2], WINDS[::2]) if quick else (RADII, WINDS)
    # Conditions by case: the function of a unit, its settings, and what the condition is called.
    plan: list[tuple[str, Any, dict[str, Any], str, float]] = [
        (
            "action set",
            symmetry_trial,
            {"action_set": action_set, "base_index": base_index, "wind": 0.0},
            f"{action_set}, base goal {('135°', '−18°')[base_index]}",
            float(position),
        )
        for position, (action_set, base_index) in enumerate(ACTION_SETS)
    ]
    plan += [
        (
            "wind",
            symmetry_trial,
            {"action_set": "disc", "base_index": 0, "wind": wind},
            f"{wind:g} a step",
            wind,
        )
        for wind in winds
    ]
    plan += [
        ("off the circle", off_circle_trial, {"radius": radius}, f"radius {radius:g}", radius)
        for radius in radii
    ]
    plan.append(("reflection", reflection_trial, {}, "reflected tasks", 0.0))
    units = [
        Unit(f"{case}: {condition}, seed {part.seed}", compute, {**settings, "protocol": part})
        for case, compute, settings, condition, _ in plan
        for part in protocol.of_seeds()
    ]
    units.append(
        Unit(
            "states of the base policy",
            carried_states,
            {"radius": max(radii), "protocol": protocol.of_seeds()[0]},
        )
    )
    *parts, states = run_units(units, description="breaking", jobs=jobs, progress=progress, refresh=refresh)
    trials: dict[str, list[Trial]] = {}
    seeds = len(protocol.seeds)
    for number, (case, _, _, condition, value) in enumerate(plan):
        of_seeds = parts[number * seeds : (number + 1) * seeds]
        trials.setdefault(case, []).extend(_trials(of_seeds, condition, value))
    axes = {
        "action set": "admissible actions and base goal",
        "off the circle": "distance of the test goals from the origin",
        "wind": "strength of the wind",
        "reflection": "tasks of a bent valley",
    }
    return Breaking(
        protocol,
        tuple(Case(name, axis, tuple(trials[name])) for name, axis in axes.items()),
        states["own"],
        states["translated"],
    )


def _trials(parts: Sequence[dict[str, NDArray[Any]]], condition: str, value: float) -> list[Trial]:
    """Return one trial an agent from the seeds' parts, ``regret:AGENT`` and, of some, ``verdicts:AGENT``."""
    agents = [name.split(":", 1)[1] for name in parts[0] if name.startswith("regret:")]
    return [
        Trial(
            agent,
            condition,
            value,
            np.stack([part[f"regret:{agent}"] for part in parts]),
            np.stack([part[f"verdicts:{agent}"] for part in parts])
            if f"verdicts:{agent}" in parts[0]
            else None,
        )
        for agent in agents
    ]
