"""Experiment 1: regret against the angular distance to the nearest training goal, ours and as published."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import ClassVar, Final

import numpy as np

from hgmrl_lite._validate import Array
from hgmrl_lite.experiments.contenders import contender_units
from hgmrl_lite.experiments.units import Tabled, run_groups
from hgmrl_lite.meta import AgentResult, Protocol, goal_distances

AGENTS: Final = (
    "geometric",
    "base policy",
    "nearest task",
    "goal-conditioned",
    "CCM",
    "true rotation",
    "trained on the test task",
)
"""The agents in the order of tables and figures; the last two are upper bounds."""
REFERENCE: Final = "greedy reference"
TRAINED_ON: Final = 5
"""On so many of the test goals a policy is trained on the test task itself."""

# The slow ones first; those that share a base policy come after the one that trains it. In the quick form
# that is not "nearest task", whose policies get a shorter training there.
_SCHEDULE = ("nearest task", "CCM", "goal-conditioned", "trained on the test task")
_QUICK_SCHEDULE = ("base policy", *_SCHEDULE)


@dataclass(frozen=True, eq=False, repr=False)
class RegretByDistance(Tabled):
    """Regret of several agents on the same test goals.

    Parameters
    ----------
    protocol : Protocol
        What was the same for all, training and test goals included.
    agents : tuple of AgentResult
        The agents' results. "trained on the test task" has only some of the goals.
    reference : AgentResult
        The greedy reference by the same protocol: regret 0, and its paths.
    """

    title: ClassVar = "Regret on the test goals"

    protocol: Protocol
    agents: tuple[AgentResult, ...]
    reference: AgentResult

    @property
    def names(self) -> tuple[str, ...]:
        """The agents' names."""
        return tuple(agent.name for agent in self.agents)

    @property
    def goals(self) -> Array:
        """The test goals, shape (k, 2)."""
        return self.protocol.family.test

    @property
    def training_goals(self) -> Array:
        """The goals of the training tasks, shape (t, 2)."""
        return self.protocol.family.train

    @property
    def base_index(self) -> int:
        """Which of them the base policy was trained on."""
        return self.protocol.family.base_index

    def __getitem__(self, name: str) -> AgentResult:
        """Return one agent's result by its name."""
        for agent in self.agents:
            if agent.name == name:
                return agent
        raise KeyError(f"name must be one of {', '.join(self.names)}, got {name!r}")

    def distances(self, name: str | None = None) -> Array:
        """Return the angle of the test goals, or of one agent's, to the nearest training goal, in radians."""
        return goal_distances(self.goals if name is None else self[name].tasks, self.training_goals)

    def caption(self) -> str:
        """Return how it was measured."""
        text = (
            f"{len(self.training_goals)} training tasks, {len(self.goals)} test tasks on the unit circle. "
            f"{self.protocol.caption()}"
        )
        if "trained on the test task" in self.names:
            number = len(self["trained on the test task"].tasks)
            text += f" Trained on the test task: on {number} of the goals."
        return text

    def rows(self) -> list[tuple[str, ...]]:
        """Return one row an agent."""
        return [
            (
                "agent",
                "training steps",
                "transitions of the new task",
                "told the goal",
                "regret [95 %]",
                "slope per radian [95 %]",
                "worst goal",
                "goal reached",
            ),
            *(
                (
                    agent.name,
                    f"{agent.env_steps:,}".replace(",", " ")
                    + (" a task" if agent.name == "trained on the test task" else ""),
                    str(agent.context_size or "none"),
                    "yes" if agent.uses_goal else "no",
                    repr(agent.mean),
                    repr(agent.slope(self.distances(agent.name))),
                    f"{agent.by_task.mean.max():.2f}".replace("-", "−"),
                    f"{agent.success.mean():.1%}",
                )
                for agent in self.agents
            ),
        ]


def regret_by_distance(
    protocol: Protocol | None = None,
    *,
    quick: bool = False,
    agents: Sequence[str] | None = None,
    jobs: int = 2,
    progress: bool = True,
) -> RegretByDistance:
    """Train every agent on the same tasks and measure its regret on the same test goals.

    Parameters
    ----------
    protocol : Protocol, optional
        What is fixed; ``Protocol()``, or ``Protocol.quick()`` in the quick form.
    quick : bool, optional
        The form for a lesson: one seed, the rivals trained with about half the steps, and without the
        policies trained on the test tasks.
    agents : sequence of str, optional
        Which of :data:`AGENTS`; all of them when left out.
    jobs : int, optional
        Processes that work beside each other.
    progress : bool, optional
        Show a progress bar.

    Returns
    -------
    RegretByDistance

    Raises
    ------
    ValueError
        When a name is no agent's.
    """
    protocol = protocol or (Protocol.quick() if quick else Protocol())
    if agents is None:
        agents = AGENTS[:-1] if quick else AGENTS
    unknown = [name for name in agents if name not in AGENTS]
    if unknown or not agents or len(set(agents)) < len(agents):
        raise ValueError(f"agents must be different ones of {', '.join(AGENTS)}, got {list(agents)}")
    schedule = _QUICK_SCHEDULE if quick else _SCHEDULE
    order = sorted((*agents, REFERENCE), key=lambda name: (*schedule, name).index(name))
    test = protocol.family.test
    few = protocol.of_family(test=test[:: max(1, len(test) // TRAINED_ON)][:TRAINED_ON])
    groups = [
        contender_units(name, few if name == "trained on the test task" else protocol, quick=quick)
        for name in order
    ]
    found = run_groups(groups, description="regret by distance", jobs=jobs, progress=progress)
    results = dict(zip(order, map(AgentResult.from_seeds, found), strict=True))
    return RegretByDistance(protocol, tuple(results[name] for name in agents), results[REFERENCE])


@dataclass(frozen=True, eq=False)
class PublishedRegret:
    """The regret of two agents on 20 test goals that the paper's figure shows, digitised.

    Parameters
    ----------
    goal_degrees : ndarray, shape (20,)
        Polar angle of each test goal, in degrees.
    distance : ndarray, shape (20,)
        Its angle to the nearest of the paper's training goals, in radians, ascending.
    regret : dict of str to ndarray, shape (20,)
        Regret of "CCM" and of "geometric": −3 less the return.
    differences : str
        Where it is from, and in what the protocol was another than ours.
    """

    goal_degrees: Array
    distance: Array
    regret: dict[str, Array]
    differences: str = (
        "Hollow marks: published (Nitschke and Talebi, 2026, arXiv:2603.00396, digitised), by another "
        "protocol: other training goals (so only the distance axis is common), box actions, regret against a "
        "constant return of −3; as released, CCM runs in the noisy environment, the geometric agent without "
        "noise from the exact origin, at most 15 steps, to the goal that its own inferred action defines."
    )


def published() -> PublishedRegret:
    """Return the paper's figure of regret against distance.

    Examples
    --------
    >>> float(published().regret["CCM"].mean().round(2))
    43.36
    """
    text = files("hgmrl_lite").joinpath("data", "published_regret.csv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    names = lines[0].split(",")
    columns = dict(zip(names, np.loadtxt(lines[1:], delimiter=",").T, strict=True))
    return PublishedRegret(
        columns["goal_degrees"],
        columns["distance_radians"],
        {"CCM": columns["regret_ccm"], "geometric": columns["regret_geometric"]},
    )
