"""The protocol of every experiment: what is the same for all agents, and one agent run by it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from hgmrl_lite._validate import as_count
from hgmrl_lite.agents import Agent
from hgmrl_lite.envs import Policy, TaskFamily, navigation
from hgmrl_lite.meta.evaluation import evaluate
from hgmrl_lite.meta.results import AgentResult
from hgmrl_lite.streams import stream_seed
from hgmrl_lite.transitions import Transitions

SHOWN: Final = 8
"""Episodes of each task whose states are kept."""

# Contexts are numbered by draw and task: another number of tasks or draws changes none of them.
_MOST_TASKS = 100_000


@dataclass(frozen=True, eq=False)
class Protocol:
    """How agents are compared: one noisy environment, true tasks, the same noise for all.

    Each training seed makes an agent of its own, explorations of its own and episodes of its own. Within a
    seed, episode j has the same start and the same noise for every agent, every task, every context draw and
    the reference; agents that look at a context see the same exploration of the new task, each as much of it
    as it wants.

    Parameters
    ----------
    family : TaskFamily
        System, training tasks and test tasks; navigation with its 20 test goals when left out.
    episodes : int
        Episodes on each task, for each context draw of each seed.
    contexts : int
        Independent explorations of each test task from which an agent adapts anew.
    seeds : tuple of int
        Training seeds.

    Raises
    ------
    ValueError
        When a count is below 1, or a seed is negative or there twice.

    Examples
    --------
    >>> Protocol.quick()
    Protocol(navigation: 20 test tasks × 1 seed × 3 contexts × 50 episodes; disc actions, motion noise 0.05)
    """

    family: TaskFamily = field(default_factory=navigation)
    episodes: int = 200
    contexts: int = 10
    seeds: tuple[int, ...] = (0, 1, 2)

    def __post_init__(self) -> None:
        for name in ("episodes", "contexts"):
            object.__setattr__(self, name, as_count(name, getattr(self, name)))
        if not self.seeds or len(set(self.seeds)) < len(self.seeds):
            raise ValueError(f"seeds must be one or more different numbers, got {tuple(self.seeds)}")
        object.__setattr__(self, "seeds", tuple(as_count("seeds", seed, 0) for seed in self.seeds))

    @classmethod
    def quick(cls, **changes: Any) -> "Protocol":
        """Return a protocol with 1 seed, 3 contexts and 50 episodes: for a lesson, not for a claim.

        Parameters
        ----------
        **changes
            Whatever else is to differ from the default.
        """
        return cls(**{"episodes": 50, "contexts": 3, "seeds": (0,), **changes})

    @property
    def seed(self) -> int:
        """The only training seed, of a protocol that has one."""
        (seed,) = self.seeds
        return seed

    def of_seeds(self) -> "list[Protocol]":
        """Return the same protocol with one seed each."""
        return [replace(self, seeds=(seed,)) for seed in self.seeds]

    def of_family(self, **changes: Any) -> "Protocol":
        """Return the same protocol for a family that differs in some fields."""
        return replace(self, family=replace(self.family, **changes))

    def caption(self, *, environment: str | None = None, draws: bool = True) -> str:
        """Return the protocol in words, as every figure shows it.

        Parameters
        ----------
        environment : str, optional
            What to say of the environment where an experiment varies it.
        draws : bool, optional
            False for an experiment of agents that look at no context.
        """
        system, reference = self.family.system, self.family.reference_name
        counts = [count(len(self.seeds), "training seed")]
        if draws:
            counts.append(count(self.contexts, "context draw") + " each")
        paired = "in the same noise" if self.family.simulates else "paired by their seeds"
        return (
            f"All agents in the same noisy environment ({environment or system.describe()}; at most "
            f"{system.max_steps} steps), on true tasks, {count(self.episodes, 'episode')} a task {paired} "
            f"for every agent and {reference}; {', '.join(counts)}. Regret: return of {reference} less the "
            f"agent's. {self._intervals(draws)}"
        )

    def _intervals(self, draws: bool) -> str:
        """Say how the intervals are made."""
        seeds = len(self.seeds)
        of_draws = f"{self.contexts} context draws"
        if seeds > 1 and self.contexts > 1 and draws:
            return (
                f"Means with 95 % intervals: the wider of Student's over the means of the {seeds} seeds and "
                f"over the {of_draws} within a seed."
            )
        if seeds > 1:
            return f"Means with 95 % intervals: Student's over the means of the {seeds} seeds."
        if self.contexts > 1 and draws:
            return (
                f"Means with 95 % intervals: Student's over the {of_draws}; what another training seed would "
                "change is not in them."
            )
        return "Means; one run has no interval."

    def __repr__(self) -> str:
        """Give the numbers."""
        return (
            f"Protocol({self.family.system.name}: {count(len(self.family.test), 'test task')} × "
            f"{count(len(self.seeds), 'seed')} × {count(self.contexts, 'context')} × "
            f"{count(self.episodes, 'episode')}; {self.family.system.describe()})"
        )


def count(number: int, word: str) -> str:
    """Return a number with its noun."""
    return f"{number} {word}" + ("s" if number != 1 else "")


def run_protocol(
    make_agent: Callable[[int], Agent], protocol: Protocol | None = None, *, progress: bool = True
) -> AgentResult:
    """Make an agent for each training seed and evaluate it.

    Parameters
    ----------
    make_agent : callable
        From a training seed to an agent trained with it.
    protocol : Protocol, optional
        What is fixed.
    progress : bool, optional
        Show a progress bar.

    Returns
    -------
    AgentResult
    """
    parts = (protocol or Protocol()).of_seeds()
    bar = tqdm(parts, desc="training seeds", unit="seed", disable=not progress)
    return AgentResult.from_seeds([evaluate_seed(make_agent(part.seed), part) for part in bar])


def evaluate_seed(agent: Agent, protocol: Protocol) -> dict[str, NDArray[Any]]:
    """Evaluate an agent that was trained with one seed, on every test task and from every context draw.

    An agent that wants no context is adapted once and evaluated once a task.

    Parameters
    ----------
    agent : Agent
        The agent.
    protocol : Protocol
        What is fixed, with the training seed as its only one: it is also that of the contexts and the noise.

    Returns
    -------
    dict of str to ndarray
        ``regret`` and ``success`` (k, C, E), ``paths`` (k, P, max_steps + 1, n), ``tasks`` (k, d), and the
        agent's ``name``, ``env_steps``, ``context_size`` and ``uses_goal``: what
        :meth:`AgentResult.from_seeds <hgmrl_lite.meta.AgentResult.from_seeds>` puts together.
    """
    family, seed, tasks = protocol.family, protocol.seed, protocol.family.test
    draws = protocol.contexts if agent.context_size else 1
    shape = (len(tasks), draws, protocol.episodes)
    regret, success = np.empty(shape), np.empty(shape, dtype=bool)
    paths = np.empty(0)
    for draw in range(draws):
        played = evaluate(
            family,
            adapted_policies(agent, family, seed, draw),
            episodes=protocol.episodes,
            seed=seed,
            trajectories=draw == 0,
            progress=False,
        )
        regret[:, draw], success[:, draw] = played.regret, played.success
        if played.trajectories is not None:
            paths = played.trajectories[:, :SHOWN].astype(np.float32)
    return {
        "name": np.array(agent.name),
        "env_steps": np.array(agent.env_steps),
        "context_size": np.array(agent.context_size),
        "uses_goal": np.array(agent.uses_goal),
        "tasks": tasks,
        "regret": regret,
        "success": success,
        "paths": paths,
    }


def adapted_policies(agent: Agent, family: TaskFamily, seed: int, draw: int) -> list[Policy]:
    """Return the agent's policy for each test task, from one context draw; only who may is told the task."""
    contexts = (
        draw_contexts(family, seed, draw, agent.context_size)
        if agent.context_size
        else [None] * len(family.test)
    )
    return [
        agent.adapt(context, task if agent.uses_goal else None)
        for context, task in zip(contexts, family.test, strict=True)
    ]


def draw_contexts(family: TaskFamily, seed: int, draw: int, size: int) -> list[Transitions]:
    """Explore each test task; the fewer transitions of a draw are the first of the more."""
    return [
        family.explore(task, size, seed=stream_seed(seed, "context", index + _MOST_TASKS * draw))
        for index, task in enumerate(family.test)
    ]
