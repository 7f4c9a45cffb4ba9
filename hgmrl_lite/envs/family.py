"""A family of tasks that can be played: explored, rolled out, and handed on as Gymnasium environments."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import gymnasium
import numpy as np
from numpy.typing import ArrayLike, NDArray

from hgmrl_lite._validate import Array, as_array, as_count
from hgmrl_lite.envs.episodes import Act, Episodes, Rollouts, simulate
from hgmrl_lite.envs.task_env import TaskEnv
from hgmrl_lite.envs.task_vector_env import TaskVectorEnv
from hgmrl_lite.envs.tasks import Policy, Tasks
from hgmrl_lite.streams import EXPLORED, RANDOM_POLICY, episode_seeds
from hgmrl_lite.transitions import Transitions

EXPLORATION_LAWS: Final = ("uniform", "gaussian")
"""Random policies: uniform on [-1, 1]^m as ``action_space.sample()`` is, or N(0, I), the paper's σ = 0.1."""


@dataclass(frozen=True, eq=False)
class TaskFamily(Tasks):
    """Tasks of one system, a task being a vector (of a goal's coordinates, say), and how they are played.

    A subclass says what a task rewards and where it ends (:meth:`outcome`), and may give the policy that
    regret is measured against (:meth:`reference`).

    Parameters
    ----------
    system, train, test, base_index, reward_noise, chart
        As in :class:`~hgmrl_lite.envs.tasks.Tasks`.

    Attributes
    ----------
    simulates : bool
        True when the law of motion is known, as here: any number of episodes together, and noise that is the
        same whatever a policy does. An environment from outside can only be sampled.
    exploration : {"uniform", "gaussian"}
        How its tasks are explored when nothing else is said. Gaussian actions show more of where the actions
        are clipped.

    Raises
    ------
    ValueError
        When tasks are malformed, ``base_index`` names none, or a number is out of range.
    """

    simulates: ClassVar[bool] = True
    exploration: ClassVar[str] = "uniform"

    def play(self, tasks: Array, seeds: list[int], act: Act, *, reward_noise: float = 0.0) -> Episodes:
        """Play one episode a row: of the tasks (B, d), in the noise of the seeds, by what ``act`` chooses."""
        return simulate(self.system, self.outcome, reward_noise, tasks, seeds, act)

    def explore(
        self, task: ArrayLike, n_transitions: int, *, seed: int, policy: str | Policy | None = None
    ) -> Transitions:
        """Collect transitions of one task, episode after episode, under a policy that knows nothing of it.

        The result has the law of one environment that plays its episodes in sequence and is stopped after
        ``n_transitions``. The episodes come in order, so a prefix is contiguous experience, and fewer
        transitions of a seed are the first of more.

        Parameters
        ----------
        task : array_like, shape (d,)
            The task; only its rewards and terminations show in the result.
        n_transitions : int
            How many transitions, N.
        seed : int
            Seed of the environment and of the random policy.
        policy : {"uniform", "gaussian"} or callable, optional
            Random actions from one of :data:`EXPLORATION_LAWS`, or a policy from states (B, n) to raw actions
            (B, m); ``exploration`` when left out.

        Returns
        -------
        Transitions
            The actions are raw: as the policy gave them. A terminal transition keeps its own next state.

        Raises
        ------
        ValueError
            When the task is malformed, a number is out of range, or the policy is unknown or returns another
            shape, NaN or infinity.

        Examples
        --------
        >>> from hgmrl_lite import envs
        >>> envs.navigation().explore((1.0, 0.0), 20, seed=0)
        Transitions(N=20, n=2, m=2)
        """
        task = self.as_task(task)[None]
        n_transitions = as_count("n_transitions", n_transitions)
        policy = self.exploration if policy is None else policy
        if not callable(policy) and policy not in EXPLORATION_LAWS:
            raise ValueError(f"policy must be a callable or one of {EXPLORATION_LAWS}, got {policy!r}")
        parts: list[tuple[NDArray[Any], ...]] = []
        collected = played = 0
        while collected < n_transitions:
            # As many episodes as it takes at the mean length so far: too many are cut, too few made up for.
            length = collected / played if played else self.system.max_steps
            last = played + math.ceil((n_transitions - collected) / length)
            seeds = episode_seeds(seed, last, EXPLORED)[played:]
            chooser = policy if callable(policy) else self._random_policy(policy, seed, played, last)
            rows = np.repeat(task, last - played, axis=0)
            parts.append(self.play(rows, seeds, _acting(chooser), reward_noise=self.reward_noise).flat())
            collected += len(parts[-1][0])
            played = last
        columns = [np.concatenate(column)[:n_transitions] for column in zip(*parts, strict=True)]
        return Transitions(*columns)

    def _random_policy(self, law: str, seed: int, first: int, last: int) -> Array:
        """Return the random actions of the episodes ``first`` to ``last - 1``, shape (T, last - first, m)."""
        # The policy has random numbers of its own, one stream an episode, apart from the environment's.
        size = (self.system.max_steps, self.action_dim)
        drawn = []
        for index in range(first, last):
            rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(*RANDOM_POLICY, index)))
            drawn.append(rng.uniform(-1.0, 1.0, size) if law == "uniform" else rng.standard_normal(size))
        return np.stack(drawn, axis=1)

    def rollout(
        self,
        policies: Policy | Sequence[Policy],
        tasks: ArrayLike,
        *,
        episodes: int = 100,
        seed: int = 0,
        trajectories: bool = False,
    ) -> Rollouts:
        """Play each policy on its task, over episodes whose noise depends on the seed alone.

        Episode j has the same start and the same noise for every task, every policy and every call with this
        seed, so that returns can be compared episode by episode.

        Parameters
        ----------
        policies : callable or sequence of callable
            Maps states (B, n) to raw actions (B, m): one for all tasks, or one a task.
        tasks : array_like, shape (k, d)
            The tasks.
        episodes : int, optional
            Episodes on each task.
        seed : int, optional
            Seed of the noise.
        trajectories : bool, optional
            Keep the states.

        Returns
        -------
        Rollouts

        Raises
        ------
        ValueError
            When a task is malformed, the policies are not one or k, or a policy returns another shape, NaN or
            infinity.

        Examples
        --------
        >>> from hgmrl_lite import envs
        >>> family = envs.navigation()
        >>> float(family.rollout(family.reference((1.0, 0.0)), [(1.0, 0.0)], episodes=50).success.mean())
        1.0
        """
        tasks = self.as_tasks("tasks", tasks)
        episodes = as_count("episodes", episodes)
        if not callable(policies) and len(policies) != len(tasks):
            raise ValueError(f"policies must be one policy or {len(tasks)}, one a task, got {len(policies)}")
        seeds = episode_seeds(seed, episodes)

        def act(t: int, rows: NDArray[np.intp], states: Array) -> Array:
            if callable(policies):
                return np.asarray(policies(states))
            # The rows come task by task, so those of one task are a slice.
            cuts = np.searchsorted(rows, np.arange(len(tasks) + 1) * episodes)
            chosen = np.empty((len(rows), self.action_dim))
            for index, (policy, first, last) in enumerate(zip(policies, cuts, cuts[1:], strict=False)):
                if last > first:
                    name, shape = f"the actions of policies[{index}]", (last - first, self.action_dim)
                    chosen[first:last] = as_array(name, policy(states[first:last]), shape)
            return chosen

        played = self.play(np.repeat(tasks, episodes, axis=0), seeds * len(tasks), act)
        shape = (len(tasks), episodes)
        return Rollouts(
            tasks,
            np.nansum(played.rewards, axis=0).reshape(shape),
            played.lengths.reshape(shape),
            played.terminated.reshape(shape),
            tuple(seeds),
            played.states.swapaxes(0, 1).reshape(*shape, -1, self.state_dim).copy() if trajectories else None,
        )

    def env(self, task: ArrayLike, *, render_mode: str | None = None) -> TaskEnv | gymnasium.Env[Any, Any]:
        """Return one task as a Gymnasium environment."""
        return TaskEnv(self, task, render_mode=render_mode)

    def vector_env(
        self, task: ArrayLike, num_envs: int
    ) -> TaskVectorEnv | gymnasium.vector.VectorEnv[Any, Any, Any]:
        """Return many rows of one task (d,), or of one task a row (num_envs, d), stepped together."""
        return TaskVectorEnv(self, num_envs, task)

    @staticmethod
    def from_gymnasium(make: "Callable[[Array], gymnasium.Env[Any, Any]]", **options: Any) -> "TaskFamily":
        """Return a family of environments that were written elsewhere.

        Parameters
        ----------
        make : callable
            From a task (d,) to a new ``gymnasium.Env``, or to a ``VectorEnv``.
        **options
            ``train``, ``test``, ``base_index``, ``observe``, ``chart``, ``project``, ``reference``,
            ``max_steps``, ``name``: see ``hgmrl_lite.envs.sampled.sampled_family``.
        """
        from hgmrl_lite.envs.sampled import sampled_family

        return sampled_family(make, **options)


def _acting(chooser: Policy | Array) -> Act:
    """Return the actions of a policy of the state, or those drawn beforehand, shape (T, B, m)."""
    if isinstance(chooser, np.ndarray):
        drawn = chooser
        return lambda t, rows, states: drawn[t, rows]
    policy = chooser
    return lambda t, rows, states: np.asarray(policy(states))
