"""The protocol of every experiment, fixed in one place: what is the same for all agents."""

from dataclasses import asdict, dataclass
from typing import Any

from hgmrl_lite._validate import Array, as_count
from hgmrl_lite.envs import MAX_STEPS, NOISE, NavigationDynamics, circle_tasks


@dataclass(frozen=True)
class Protocol:
    """How agents are compared: one noisy environment, true goals, the same noise for all.

    Each training seed makes an agent of its own, explorations of its own and episodes of its own. Within a
    seed, episode j has the same start and the same noise for every agent, every goal, every context draw and
    the greedy reference; agents that look at a context see the same exploration of the new task, each as much
    of it as it wants.

    Parameters
    ----------
    test_goals : int
        Test tasks, evenly spaced on the unit circle from angle 0.
    episodes : int
        Episodes on each goal, for each context draw of each seed.
    contexts : int
        Independent explorations of each test task from which an agent adapts anew.
    seeds : tuple of int
        Training seeds.
    action_set, noise, wind
        The environment, as in :class:`~hgmrl_lite.envs.PointNavigation`.

    Raises
    ------
    ValueError
        When a count is below 1, a seed is negative or there twice, or the environment is not as it must be.

    Examples
    --------
    >>> Protocol.quick()
    Protocol(20 goals × 1 seed × 3 contexts × 50 episodes, disc actions)
    """

    test_goals: int = 20
    episodes: int = 200
    contexts: int = 10
    seeds: tuple[int, ...] = (0, 1, 2)
    action_set: str = "disc"
    noise: float = NOISE
    wind: tuple[float, ...] = (0.0, 0.0)

    def __post_init__(self) -> None:
        for name in ("test_goals", "episodes", "contexts"):
            object.__setattr__(self, name, as_count(name, getattr(self, name)))
        if not self.seeds or len(set(self.seeds)) < len(self.seeds):
            raise ValueError(f"seeds must be one or more different numbers, got {tuple(self.seeds)}")
        object.__setattr__(self, "seeds", tuple(as_count("seeds", seed, 0) for seed in self.seeds))
        dynamics = NavigationDynamics(self.action_set, self.noise, wind=self.wind)
        object.__setattr__(self, "noise", dynamics.noise)
        object.__setattr__(self, "wind", dynamics.wind)

    @classmethod
    def quick(cls, **changes: Any) -> "Protocol":
        """Return a protocol with 1 seed, 3 contexts and 50 episodes: for a lesson, not for a claim.

        Parameters
        ----------
        **changes
            Whatever else is to differ from the default, ``action_set="box"`` say.
        """
        return cls(**{"episodes": 50, "contexts": 3, "seeds": (0,), **changes})

    @property
    def goals(self) -> Array:
        """The true goals, shape (test_goals, 2)."""
        return circle_tasks(self.test_goals)

    @property
    def environment(self) -> dict[str, Any]:
        """Options of the environment, for agents, :func:`~hgmrl_lite.envs.explore` and rollouts."""
        return {"action_set": self.action_set, "noise": self.noise, "wind": self.wind}

    def of_seed(self, seed: int) -> dict[str, Any]:
        """Return everything that is fixed by name, as JSON values, with one seed for all seeds."""
        return {**asdict(self), "seeds": [as_count("seed", seed, 0)], "wind": list(self.wind)}

    def caption(self, *, environment: str | None = None, draws: bool = True) -> str:
        """Return the protocol in words, as every figure shows it.

        Parameters
        ----------
        environment : str, optional
            What to say of the action set and the wind where an experiment varies them.
        draws : bool, optional
            False for an experiment of agents that look at no context.
        """
        if environment is None:
            wind = f" in a wind ({self.wind[0]:g}, {self.wind[1]:g})" if any(self.wind) else ""
            environment = f"{self.action_set} actions{wind}"
        counts = [count(len(self.seeds), "training seed")]
        if draws:
            counts.append(count(self.contexts, "context draw") + " each")
        return (
            f"All agents in the same noisy environment ({environment}; motion noise {self.noise:g}, at most "
            f"{MAX_STEPS} steps), on true goals, {count(self.episodes, 'episode')} a goal in the same noise "
            f"for every agent and the greedy reference; {', '.join(counts)}. Regret: return of the goal's "
            f"greedy reference less the agent's. {self._intervals(draws)}"
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
        wind = f", wind ({self.wind[0]:g}, {self.wind[1]:g})" if any(self.wind) else ""
        noise = f", noise {self.noise:g}" if self.noise != NOISE else ""
        return (
            f"Protocol({count(self.test_goals, 'goal')} × {count(len(self.seeds), 'seed')} × "
            f"{count(self.contexts, 'context')} × {count(self.episodes, 'episode')}, "
            f"{self.action_set} actions{noise}{wind})"
        )


def count(number: int, word: str) -> str:
    """Return a number with its noun."""
    return f"{number} {word}" + ("s" if number != 1 else "")
