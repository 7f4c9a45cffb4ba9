"""Experiment 1: regret against the angular distance to the nearest training goal, every agent."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hgmrl_lite._validate import Array
from hgmrl_lite.experiments.contenders import contender_units
from hgmrl_lite.experiments.tables import Table, Tabled
from hgmrl_lite.experiments.units import run_units
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

    @property
    def table(self) -> Table:
        """One row an agent."""
        rows = []
        for agent in self.agents:
            per_task = " a task" if agent.name == "trained on the test task" else ""
            rows.append(
                (
                    agent.name,
                    f"{agent.env_steps:,}".replace(",", " ") + per_task,
                    str(agent.context_size or "none"),
                    "yes" if agent.uses_goal else "no",
                    repr(agent.mean),
                    repr(agent.slope(self.distances(agent.name))),
                    f"{agent.by_task.mean.max():.2f}".replace("-", "−"),
                    f"{agent.success.mean():.1%}",
                )
            )
        header = (
            "agent",
            "training steps",
            "transitions of the new task",
            "told the goal",
            "regret [95 %]",
            "slope per radian [95 %]",
            "worst goal",
            "goal reached",
        )
        return Table("Regret on the test goals", header, rows, self.caption())


def regret_by_distance(
    protocol: Protocol | None = None,
    *,
    quick: bool = False,
    agents: Sequence[str] | None = None,
    jobs: int = 2,
    progress: bool = True,
    refresh: bool = False,
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
    refresh : bool, optional
        Evaluate anew what is cached; trained policies have a cache of their own.

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
    units = {
        name: contender_units(name, few if name == "trained on the test task" else protocol, quick=quick)
        for name in order
    }
    parts = iter(
        run_units(
            [unit for name in order for unit in units[name]],
            description="regret by distance",
            jobs=jobs,
            progress=progress,
            refresh=refresh,
        )
    )
    results = {name: AgentResult.from_seeds([next(parts) for _ in units[name]]) for name in order}
    return RegretByDistance(protocol, tuple(results[name] for name in agents), results[REFERENCE])
