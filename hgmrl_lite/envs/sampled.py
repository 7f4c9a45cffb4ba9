"""Families of environments that were written elsewhere: sampled by Gymnasium's interface, law unknown."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ClassVar

import gymnasium
import numpy as np
from gymnasium.spaces import Box
from gymnasium.vector import AutoresetMode, SyncVectorEnv, VectorEnv
from gymnasium.wrappers import TimeLimit, TransformAction, TransformObservation
from numpy.typing import ArrayLike, NDArray

from hgmrl_lite._validate import Array, as_array, as_count
from hgmrl_lite.actions import Chart
from hgmrl_lite.envs.episodes import Act, Episodes
from hgmrl_lite.envs.family import TaskFamily
from hgmrl_lite.envs.state_vector_env import StateVectorEnv
from hgmrl_lite.envs.system import System
from hgmrl_lite.envs.tasks import Policy

SingleEnv = gymnasium.Env[Any, Any]
Rows = VectorEnv[Any, Any, Any]
Make = Callable[[Array], SingleEnv | Rows]

# Larger actions than this are out of reach of a policy that begins with a deviation of about one.
_REACH = 3.0
# So many single environments of one task are stepped together.
_TOGETHER = 16


@dataclass(frozen=True)
class Unknown(System):
    """A system of which only dimensions, admissible actions and longest episode are known.

    Parameters
    ----------
    name : str
        What it is called.
    state_dim, action_dim : int
        Dimensions n and m.
    low, high : tuple of float, length m
        Bounds of the admissible actions.
    projection : callable, optional
        From raw actions (..., m) to admissible ones; clipping to the bounds when left out.
    max_steps : int
        Longest episode that is played.
    """

    name: str = "environment"
    state_dim: int = 1
    action_dim: int = 1
    low: tuple[float, ...] = (-1.0,)
    high: tuple[float, ...] = (1.0,)
    projection: Callable[[Array], ArrayLike] | None = None

    def project(self, actions: ArrayLike) -> Array:
        """Return the admissible actions (..., m) nearest to raw ones."""
        admissible = as_array("actions", actions, ("...", self.action_dim))
        if self.projection is not None:
            shape = admissible.shape
            admissible = as_array("project(actions)", self.projection(admissible), shape)
        return np.clip(admissible, self.low, self.high)

    def describe(self) -> str:
        """Return in words what a figure says of the system beside its name."""
        return "an environment from outside, sampled"

    def mean_next_state(self, states: ArrayLike, actions: ArrayLike) -> Array:
        """Raise a ValueError: the law of this system is not known."""
        raise ValueError(f"the law of motion of {self.name} is not known: it can only be sampled")


@dataclass(frozen=True, eq=False)
class SampledFamily(TaskFamily):
    """Tasks whose environments are made by a function; see :func:`sampled_family`.

    Its environments have the states for observations and take raw actions, as those of any family.

    Parameters
    ----------
    make : callable
        From a task (d,) to its environment.
    observe : callable, optional
        From a batch of observations to states (B, n).
    give_reference : callable, optional
        From a task to the policy that regret is measured against; trained when left out.
    rows : int, optional
        How many rows ``make`` gives; None when it gives single environments.
    """

    simulates: ClassVar[bool] = False

    system: Unknown
    make: Make = field(kw_only=True)
    observe: Callable[[Any], ArrayLike] | None = None
    give_reference: Callable[[Array], Policy] | None = None
    rows: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.reward_noise:
            raise ValueError("reward_noise must be 0: an environment from outside gives its own rewards")

    def outcome(self, next_states: Array, tasks: Array) -> tuple[Array, NDArray[np.bool_]]:
        """Raise a ValueError: only the environment knows its rewards."""
        raise ValueError(f"the rewards of {self.system.name} are not known: they can only be sampled")

    def reference(self, task: ArrayLike) -> Policy | None:
        """Return the reference that was given for a task (d,); None to train it on the task."""
        return None if self.give_reference is None else self.give_reference(self.as_task(task))

    def env(self, task: ArrayLike, *, render_mode: str | None = None) -> SingleEnv:
        """Return the environment that ``make`` makes of a task, seen as a state and driven by raw actions.

        Raises
        ------
        ValueError
            When ``make`` gives rows, or a ``render_mode`` is asked for: that is for ``make`` to set.
        """
        if render_mode is not None:
            raise ValueError(f"render_mode must be set in make, got {render_mode!r}")
        env = self.make(self.as_task(task))
        if isinstance(env, VectorEnv):
            raise ValueError(f"make gives {env.num_envs} rows, no single environment; use vector_env")
        space, dtype = Box(-np.inf, np.inf, (self.state_dim,), np.float64), env.action_space.dtype
        seen = TransformObservation(env, lambda observation: self._states(observation[None])[0], space)
        driven = TransformAction(seen, lambda raw: self.system.project(raw).astype(dtype), None)
        limited: SingleEnv = TimeLimit(driven, self.system.max_steps)
        return limited

    def vector_env(self, task: ArrayLike, num_envs: int) -> Rows:
        """Return rows of one task (d,) or of one task a row, stepped together and reset in the same step.

        Raises
        ------
        ValueError
            When ``make`` gives another number of rows, or the rows are to have different tasks.
        """
        tasks = self.tasks_of_rows(task, as_count("num_envs", num_envs))
        if self.rows is None:
            makers = [partial(self.env, one) for one in tasks]
            together = SyncVectorEnv(makers, autoreset_mode=AutoresetMode.SAME_STEP)
            if len({id(env.unwrapped) for env in together.envs}) < num_envs:
                raise ValueError(
                    "make must make a new environment each time it is called, not give one again"
                )
            return together
        if num_envs != self.rows or (tasks != tasks[0]).any():
            raise ValueError(f"num_envs must be the {self.rows} rows that make gives, all of one task")
        rows = self.make(tasks[0])
        assert isinstance(rows, VectorEnv)
        return StateVectorEnv(
            rows, self._states, self.system.project, state_dim=self.state_dim, max_steps=self.system.max_steps
        )

    def play(self, tasks: Array, seeds: list[int], act: Act, *, reward_noise: float = 0.0) -> Episodes:
        """Play one episode a row: the first after a reset with the row's seed."""
        record = Episodes.blank(len(tasks), self.system.max_steps, self.state_dim, self.action_dim)
        for task in np.unique(tasks, axis=0):
            rows = np.flatnonzero((tasks == task).all(axis=1))
            env = self.vector_env(task, self.rows or min(len(rows), _TOGETHER))
            for first in range(0, len(rows), env.num_envs):
                _play_rows(env, rows[first : first + env.num_envs], seeds, act, record)
            env.close()
        return record

    def _states(self, observations: Array) -> Array:
        """Return the states (B, n) of observations (B, ...), checked."""
        return _states(observations, self.observe, self.state_dim)

    def _random_policy(self, law: str, seed: int, first: int, last: int) -> Array:
        """Return random actions as of any family, uniform ones stretched to the bounds of the actions."""
        drawn = super()._random_policy(law, seed, first, last)
        if law != "uniform":
            return drawn
        low, high = np.array(self.system.low), np.array(self.system.high)
        if not np.isfinite(high - low).all():
            raise ValueError("policy must be 'gaussian' or a callable: the actions have no bounds")
        return np.asarray(0.5 * (high + low) + 0.5 * (high - low) * drawn)


def _states(observations: Array, observe: Callable[[Any], ArrayLike] | None, n: int | str) -> Array:
    """Return the states (B, n) of observations (B, ...), or raise a ValueError when they are none."""
    seen = observations if observe is None else observe(observations)
    return as_array("the states that are observed", seen, (len(observations), n))


def _play_rows(env: Rows, rows: NDArray[np.intp], seeds: list[int], act: Act, record: Episodes) -> None:
    """Play the episodes ``rows`` of a record in the first rows of an environment."""
    # Some environments take seeds of 32 bits only.
    words = [seeds[row] % 2**31 for row in rows]
    # SyncVectorEnv takes one seed a row; the interface speaks of one for all.
    all_words: Any = words + [0] * (env.num_envs - len(rows))
    states, _ = env.reset(seed=all_words)
    record.states[0, rows] = states[: len(rows)]
    playing = np.arange(len(rows))
    actions = np.zeros((env.num_envs, record.actions.shape[-1]))
    for t in range(len(record.actions)):
        chosen, now = act(t, rows[playing], states[playing]), rows[playing]
        actions[playing] = as_array("the policy's actions", chosen, (len(now), actions.shape[1]))
        states, rewards, terminated, truncated, infos = env.step(actions)
        as_array("the environment's rewards", rewards[playing])
        after = states.copy()
        for row in np.flatnonzero(terminated | truncated):
            after[row] = infos["final_obs"][row]
        record.states[t + 1, now], record.actions[t, now] = after[playing], actions[playing]
        record.rewards[t, now], record.lengths[now] = rewards[playing], t + 1
        record.terminated[now] = terminated[playing]
        playing = playing[~(terminated | truncated)[playing]]
        if not len(playing):
            return


def _limit_of(env: SingleEnv | Rows) -> int | None:
    """Return the longest episode that an environment names, by its registration or a time limit around it."""
    limit: int | None = getattr(env.spec, "max_episode_steps", None)
    if limit is None and isinstance(env, gymnasium.Wrapper) and env.has_wrapper_attr("_max_episode_steps"):
        limit = env.get_wrapper_attr("_max_episode_steps")
    return limit


def sampled_family(
    make: Make,
    *,
    train: ArrayLike,
    test: ArrayLike,
    base_index: int = 0,
    observe: Callable[[Any], ArrayLike] | None = None,
    chart: Chart | None = None,
    project: Callable[[Array], ArrayLike] | None = None,
    reference: Callable[[Array], Policy] | None = None,
    max_steps: int | None = None,
    name: str | None = None,
) -> SampledFamily:
    """Return a family of environments that were written elsewhere.

    Their law is not known, so it is fitted where it is needed; the agent and its reference are paired by the
    seeds of the episodes, and meet the same noise as far as the environment draws it at its reset.

    Parameters
    ----------
    make : callable
        From a task (d,) to a ``gymnasium.Env``, or to a ``VectorEnv`` of any autoreset mode (see
        :class:`~hgmrl_lite.envs.state_vector_env.StateVectorEnv`).
    train, test : array_like, shape (k, d) and (j, d)
        Training and test tasks.
    base_index : int, optional
        Which training task the base policy is trained on.
    observe : callable, optional
        From a batch of observations (B, ...) to states (B, n), where they are not the states themselves.
    chart : Chart, optional
        Coordinates in which the group acts by matrices.
    project : callable, optional
        From raw actions (..., m) to admissible ones, before they are clipped to the action space.
    reference : callable, optional
        From a task to the policy that regret is measured against. When left out, one is trained on the task;
        then regret is measured on four tasks at most.
    max_steps : int, optional
        Longest episode; that of the environment's time limit when left out.
    name : str, optional
        What the system is called; the environment's own name when left out.

    Returns
    -------
    SampledFamily

    Raises
    ------
    ValueError
        When spaces are not boxes, an observation is no vector, the episodes have no limit, or tasks are
        malformed.
    """
    tasks = as_array("train", train, ("k", "d"))
    if not len(tasks):
        raise ValueError("train must hold at least one task, got none")
    env = make(tasks[0].copy())
    if isinstance(env, VectorEnv):
        rows, seen, moved = env.num_envs, env.single_observation_space, env.single_action_space
    else:
        rows, seen, moved = None, env.observation_space, env.action_space
    if not isinstance(seen, Box) or not isinstance(moved, Box) or len(moved.shape) != 1:
        raise ValueError(
            f"make must give observations in a Box (gymnasium.wrappers.FlattenObservation makes one) and "
            f"actions in a Box of vectors, got {seen} and {moved}"
        )
    reach = np.maximum(np.abs(moved.low), np.abs(moved.high))
    if (reach[np.isfinite(reach)] > _REACH).any():
        raise ValueError(
            f"make must give actions of about one unit, or a policy learns nothing of them; got {moved}: "
            "wrap it by gymnasium.wrappers.RescaleAction(env, -1.0, 1.0)"
        )
    limit = _limit_of(env) if max_steps is None else max_steps
    if limit is None:
        raise ValueError(f"max_steps must be given: {env} names no limit of its episodes")
    observations, _ = env.reset()
    states = _states(np.asarray(observations)[None if rows is None else ...], observe, "n")
    env.close()
    system = Unknown(
        action_set=None,
        name=name or str(getattr(env.spec, "id", "environment")),
        state_dim=states.shape[1],
        action_dim=moved.shape[0],
        low=tuple(moved.low.astype(float).tolist()),
        high=tuple(moved.high.astype(float).tolist()),
        projection=project,
        max_steps=as_count("max_steps", limit),
    )
    return SampledFamily(
        system,
        tasks,
        as_array("test", test),
        base_index,
        chart=chart,
        make=make,
        observe=observe,
        give_reference=reference,
        rows=rows,
    )
