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

    @property
    def settings(self) -> dict[str, Any]:
        """Everything that is fixed, by name."""
        return asdict(self)

    def caption(self) -> str:
        """Return the protocol in words, as every figure shows it."""
        wind = f", wind ({self.wind[0]:g}, {self.wind[1]:g})" if any(self.wind) else ""
        seeds, contexts = len(self.seeds), self.contexts
        over = {
            (
                True,
                True,
            ): f"the wider of Student's over {seeds} training seeds and over the {contexts} context "
            "draws within a seed",
            (True, False): f"Student's over {seeds} training seeds",
            (False, True): f"Student's over {contexts} context draws of one training seed (what another seed "
            "would change is not in it)",
            (False, False): "",
        }[seeds > 1, contexts > 1]
        return (
            f"All agents: the same noisy environment ({self.action_set} actions, motion noise "
            f"{self.noise:g}{wind}, at most {MAX_STEPS} steps), {self.test_goals} true goals, "
            f"{_count(self.episodes, 'episode')} a goal in the same noise for every agent and the greedy "
            f"reference, {_count(contexts, 'context draw')}, {_count(seeds, 'training seed')}. Regret: "
            "return of the goal's greedy reference less the agent's. "
            + (f"Means with 95 % intervals: {over}." if over else "Means; one run has no interval.")
        )

    def __repr__(self) -> str:
        """Give the numbers."""
        wind = f", wind ({self.wind[0]:g}, {self.wind[1]:g})" if any(self.wind) else ""
        noise = f", noise {self.noise:g}" if self.noise != NOISE else ""
        return (
            f"Protocol({_count(self.test_goals, 'goal')} × {_count(len(self.seeds), 'seed')} × "
            f"{_count(self.contexts, 'context')} × {_count(self.episodes, 'episode')}, "
            f"{self.action_set} actions{noise}{wind})"
        )


def _count(number: int, word: str) -> str:
    """Return a number with its noun."""
    return f"{number} {word}" + ("s" if number != 1 else "")
