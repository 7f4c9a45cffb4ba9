"""The protocol of every experiment, fixed in one place: what is the same for all agents."""

from dataclasses import dataclass, field, replace
from typing import Any

from hgmrl_lite._validate import as_count
from hgmrl_lite.envs import TaskFamily, navigation


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
