"""Experiment 5: what breaks the geometric agent, and whether it says so."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from hgmrl_lite._validate import Array
from hgmrl_lite._verdict import Verdict
from hgmrl_lite.experiments.trials import (
    VERDICTS,
    carried_states,
    off_circle_trial,
    reflection_trial,
    symmetry_trial,
)
from hgmrl_lite.experiments.units import Arrays, Tabled, Unit, run_groups, seed_units, stacked
from hgmrl_lite.meta import Interval, Protocol, mean_interval

RADII: Final = (0.4, 0.7, 1.0, 1.3, 1.6)
"""Distances of the test goals from the origin; the training goals are at 1."""
WINDS: Final = (0.0, 0.01, 0.02, 0.04, 0.06)
"""Strengths of the wind, in units of the state in a step; an action moves by 0.1 at most."""
ACTION_SETS: Final = (("disc", 0), ("box", 0), ("box", 1))
"""Action set, and which of the training tasks is the base task: the one at 135°, or the one at −18°."""
AXES: Final = {
    "action set": "admissible actions and base goal",
    "off the circle": "distance of the test goals from the origin",
    "wind": "strength of the wind",
    "reflection": "tasks of a bent valley",
}
"""The ways to break the agent, and what is varied in each, as an axis names it."""
HIGH: Final = 5.0
"""A mean regret above this is high: the agent must not call itself trusted there."""


@dataclass(frozen=True, eq=False)
class Trial:
    """One agent under one condition.

    Parameters
    ----------
    case : str
        One of :data:`AXES`.
    agent : str
        The agent's name.
    condition : str
        What the condition is called.
    value : float
        The condition as a number, for an axis.
    regret : ndarray, shape (S, C, k)
        Mean over the episodes, for each training seed, context draw and test task; C = 1 without context.
    verdicts : ndarray of int, shape (S, C, k), or None
        Whether the agent trusts each adaptation, as an index into "yes", "undecided", "no"; None for an agent
        that says nothing.
    """

    case: str
    agent: str
    condition: str
    value: float
    regret: Array
    verdicts: NDArray[np.int_] | None = None

    @property
    def mean(self) -> Interval:
        """Mean regret over the test tasks with its interval."""
        return mean_interval(self.regret.mean(axis=-1))

    def share(self, verdict: Verdict) -> float:
        """Return the share of adaptations with a verdict on trust; NaN for an agent that says nothing."""
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
        return float(((self.verdicts == VERDICTS.index("yes")) & (self.regret > HIGH)).mean())


@dataclass(frozen=True, eq=False, repr=False)
class Breaking(Tabled):
    """Regret of the geometric agent where its assumptions fail, and what it says of itself there.

    Parameters
    ----------
    protocol : Protocol
        What was the same for all; action set and wind are each case's.
    trials : tuple of Trial
        Agents and conditions, case by case in the order of :data:`AXES`.
    own_states : ndarray, shape (M, 2)
        States that the base policy meets on its own task.
    translated_states : ndarray, shape (M', 2)
        Where the base policy runs, in its own coordinates, when it is carried by a translation to the goals
        farthest off the circle.
    """

    title: ClassVar = "What breaks the geometric agent, and what it says"

    protocol: Protocol
    trials: tuple[Trial, ...]
    own_states: Array
    translated_states: Array

    def agents(self, case: str) -> tuple[str, ...]:
        """Return the names of the agents of one case, in order."""
        return tuple(dict.fromkeys(trial.agent for trial in self.trials if trial.case == case))

    def of(self, case: str, agent: str = "geometric") -> tuple[Trial, ...]:
        """Return the trials of one agent in one case, in order."""
        return tuple(trial for trial in self.trials if (trial.case, trial.agent) == (case, agent))

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

    def rows(self) -> list[tuple[str, ...]]:
        """Return one row a trial."""
        rows = [("case", "condition", "agent", "regret [95 %]", *(f"trusted: {word}" for word in VERDICTS))]
        for trial in self.trials:
            shares = [trial.share(verdict) for verdict in VERDICTS]
            said = ["" if np.isnan(share) else f"{share:.0%}" for share in shares]
            rows.append((trial.case, trial.condition, trial.agent, repr(trial.mean), *said))
        return rows


def breaking(
    protocol: Protocol | None = None, *, quick: bool = False, jobs: int = 2, progress: bool = True
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
    jobs, progress
        As in :func:`~hgmrl_lite.experiments.regret_by_distance`.

    Returns
    -------
    Breaking
    """
    protocol = protocol or (Protocol.quick() if quick else Protocol())
    radii, winds = (RADII[::2], WINDS[::2]) if quick else (RADII, WINDS)
    # The case, its condition in words and as a number, the function of a unit and its settings.
    plan: list[tuple[str, str, float, Callable[..., Arrays], dict[str, Any]]] = [
        (
            "action set",
            f"{action_set}, base goal {('135°', '−18°')[base_index]}",
            float(position),
            symmetry_trial,
            {"action_set": action_set, "base_index": base_index, "wind": 0.0},
        )
        for position, (action_set, base_index) in enumerate(ACTION_SETS)
    ]
    plan += [
        ("off the circle", f"radius {radius:g}", radius, off_circle_trial, {"radius": radius})
        for radius in radii
    ]
    disc = {"action_set": "disc", "base_index": 0}
    plan += [("wind", f"{wind:g} a step", wind, symmetry_trial, {**disc, "wind": wind}) for wind in winds]
    plan.append(("reflection", "reflected tasks", 0.0, reflection_trial, {}))
    groups = [
        seed_units(f"{case}: {condition}", compute, protocol, **settings)
        for case, condition, _, compute, settings in plan
    ]
    farthest = {"radius": max(radii), "protocol": protocol.of_seeds()[0]}
    groups.append([Unit("states of the base policy", carried_states, farthest)])
    *found, (states,) = run_groups(groups, description="breaking", jobs=jobs, progress=progress)
    trials = []
    for (case, condition, value, *_), parts in zip(plan, found, strict=True):
        arrays = stacked(parts)
        for name, regret in arrays.items():
            kind, agent = name.split(":", 1)
            if kind == "regret":
                trials.append(Trial(case, agent, condition, value, regret, arrays.get(f"verdicts:{agent}")))
    return Breaking(protocol, tuple(trials), states["own"], states["translated"])
