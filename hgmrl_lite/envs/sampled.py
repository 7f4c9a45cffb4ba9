"""Families of environments that were written elsewhere: sampled by Gymnasium's interface, law unknown."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

import gymnasium
import numpy as np
from gymnasium.vector import AutoresetMode, SyncVectorEnv, VectorEnv
from numpy.typing import ArrayLike, NDArray

from hgmrl_lite._validate import Array, as_array, as_count
from hgmrl_lite.envs.episodes import Act, Episodes
from hgmrl_lite.envs.family import Policy, TaskFamily
from hgmrl_lite.envs.system import System

Environment = gymnasium.Env[Any, Any] | VectorEnv[Any, Any, Any]
Make = Callable[[Array], Environment]
Observe = Callable[[Any], ArrayLike]


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
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    projection: Callable[[Array], Array] | None = None

    def project(self, actions: ArrayLike) -> Array:
        """Return the admissible actions (..., m) nearest to raw ones."""
        actions = as_array("actions", actions, ("...", self.action_dim))
        projected = (
            actions if self.projection is None else as_array("project(actions)", self.projection(actions))
        )
        return np.clip(projected, self.low, self.high)

    def describe(self) -> str:
        """Return in words what a figure says of the system beside its name."""
        return "an environment from outside, sampled"

    def mean_next_state(self, states: ArrayLike, actions: ArrayLike) -> Array:
        """Raise a ValueError: the law of this system is not known."""
        raise ValueError(
            f"the law of motion of {self.name} is not known: the environment can only be sampled"
        )


@dataclass(frozen=True, eq=False)
class SampledFamily(TaskFamily):
    """Tasks whose environments are made by a function; see :func:`sampled_family`.

    Parameters
    ----------
    make : callable
        From a task (d,) to its environment.
    observe : callable, optional
        From a batch of observations to states (B, n).
    give_reference : callable, optional
        From a task to the policy that regret is measured against; trained when left out.
    """

    simulates: ClassVar[bool] = False

    system: Unknown
    make: Make = field(kw_only=True)
    observe: Observe | None = None
    give_reference: Callable[[Array], Policy] | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.reward_noise:
            raise ValueError("reward_noise must be 0: an environment from outside gives its own rewards")
        object.__setattr__(self, "_made", {})

    def outcome(self, next_states: Array, tasks: Array) -> tuple[Array, NDArray[np.bool_]]:
        """Raise a ValueError: only the environment knows its rewards."""
        raise ValueError(
            f"the rewards of {self.system.name} are not known: the environment can only be sampled"
        )

    def reference(self, task: ArrayLike) -> Policy | None:
        """Return the reference that was given for a task (d,); None to train it on the task."""
        return None if self.give_reference is None else self.give_reference(self.as_tasks("task", [task])[0])

    @property
    def rows(self) -> int | None:
        """How many rows ``make`` gives at once; None when it gives single environments."""
        env = self._environment(self.base_task)
        return env.num_envs if isinstance(env, VectorEnv) else None

    def _random_policy(self, law: str, seed: int, first: int, last: int) -> Array:
        """Return random actions as of any family, uniform ones stretched to the bounds of the actions."""
        drawn = super()._random_policy(law, seed, first, last)
        low, high = np.array(self.system.low), np.array(self.system.high)
        if law != "uniform":
            return drawn
        if not np.isfinite(high - low).all():
            raise ValueError(
                "policy must be 'gaussian' or a callable: the actions have no bounds to draw within"
            )
        return low + 0.5 * (high - low) * (drawn + 1.0)

    def env(self, task: ArrayLike, *, render_mode: str | None = None) -> Any:
        """Return the environment that ``make`` makes of a task.

        Raises
        ------
        ValueError
            When a ``render_mode`` is asked for: it is for ``make`` to set.
        """
        if render_mode is not None:
            raise ValueError(f"render_mode must be set in make, got {render_mode!r}")
        return self.make(self.as_tasks("task", [task])[0])

    def vector_env(self, task: ArrayLike, num_envs: int, *, render_mode: str | None = None) -> Any:
        """Return rows of one task (d,) or of one task a row, stepped together; raises as :meth:`env` does."""
        num_envs = as_count("num_envs", num_envs)
        tasks = np.broadcast_to(self.as_tasks("task", np.atleast_2d(task)), (num_envs, np.shape(task)[-1]))
        first = self.env(tasks[0], render_mode=render_mode)
        if isinstance(first, VectorEnv):
            if first.num_envs != num_envs or (tasks != tasks[0]).any():
                raise ValueError(
                    f"num_envs must be the {first.num_envs} rows of one task that make gives, got {num_envs}"
                )
            return first
        first.close()
        return SyncVectorEnv(
            [lambda one=one: self.env(one) for one in tasks], autoreset_mode=AutoresetMode.SAME_STEP
        )

    def play(self, tasks: Array, seeds: list[int], act: Act, *, reward_noise: float = 0.0) -> Episodes:
        """Play one episode a row; rows of one task share an environment, reset by each row's seed."""
        record = Episodes.blank(len(tasks), self.system.max_steps, self.state_dim, self.action_dim)
        for task in np.unique(tasks, axis=0):
            rows = np.flatnonzero((tasks == task).all(axis=1))
            env = self._environment(task)
            width = env.num_envs if isinstance(env, VectorEnv) else 1
            for first in range(0, len(rows), width):
                chunk = rows[first : first + width]
                _play_rows(self, env, chunk, [seeds[row] for row in chunk], act, record)
        return record

    def states(self, observations: Any, rows: int) -> Array:
        """Return the states (rows, n) of a batch of observations, checked."""
        seen = observations if self.observe is None else self.observe(observations)
        return as_array("the states that are observed", seen, (rows, self.state_dim))

    def _environment(self, task: Array) -> Environment:
        """Return the environment of a task, made once."""
        made: dict[bytes, Environment] = self._made  # type: ignore[attr-defined] # set in __post_init__
        if task.tobytes() not in made:
            made[task.tobytes()] = self.make(task)
        return made[task.tobytes()]

    def __getstate__(self) -> dict[str, Any]:
        """Leave out the environments that are open: a copy makes its own."""
        return {**self.__dict__, "_made": {}}


def _play_rows(
    family: SampledFamily,
    env: Environment,
    rows: NDArray[np.intp],
    seeds: list[int],
    act: Act,
    record: Episodes,
) -> None:
    """Play the first episode after a reset in each row of an environment, and record it."""
    one = not isinstance(env, VectorEnv)
    width, used = 1 if one else env.num_envs, len(rows)
    # Gymnasium takes seeds of 32 bits in some environments.
    words = [seed % 2**31 for seed in seeds] + [0] * (width - used)
    observations, _ = env.reset(seed=words[0] if one else words)
    current = family.states(observations[None] if one else observations, width)
    alive = np.arange(width) < used
    record.states[0, rows] = current[:used]
    space = env.action_space if one else env.single_action_space
    for t in range(family.system.max_steps):
        raw = np.zeros((width, family.action_dim))
        raw[alive] = as_array(
            "the policy's actions",
            act(t, rows[alive[:used]], current[alive]),
            (alive.sum(), family.action_dim),
        )
        moved = family.system.project(raw).astype(space.dtype)
        observations, rewards, terminated, truncated, infos = env.step(moved[0] if one else moved)
        if one:
            observations = observations[None]
        reward, end, cut = (np.atleast_1d(value) for value in (rewards, terminated, truncated))
        seen = family.states(observations, width)
        done = end | cut
        if not one and done.any() and env.metadata.get("autoreset_mode") == AutoresetMode.SAME_STEP:
            ended = np.flatnonzero(done)
            final = np.stack([infos["final_obs"][row] for row in ended])
            after = seen.copy()
            after[ended] = family.states(final, len(ended))
        else:
            after = seen
        now = np.flatnonzero(alive)
        record.states[t + 1, rows[now]], record.actions[t, rows[now]] = after[now], raw[now]
        record.rewards[t, rows[now]], record.lengths[rows[now]] = reward[now], t + 1
        record.terminated[rows[now]] = end[now]
        alive = alive & ~done
        if not alive.any():
            break
        if not one and done.any() and env.metadata.get("autoreset_mode") == AutoresetMode.DISABLED:
            seen = family.states(env.reset(options={"reset_mask": done})[0], width)
        current = seen


def sampled_family(
    make: Make,
    *,
    train: ArrayLike,
    test: ArrayLike,
    base_index: int = 0,
    observe: Observe | None = None,
    chart: Any = None,
    project: Callable[[Array], Array] | None = None,
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
        From a task (d,) to a ``gymnasium.Env``, or to a ``VectorEnv`` of any autoreset mode.
    train, test : array_like, shape (k, d) and (j, d)
        Training and test tasks.
    base_index : int, optional
        Which training task the base policy is trained on.
    observe : callable, optional
        From a batch of observations (B, ...) to states (B, n), where they are not the states themselves.
    chart : Chart, optional
        Coordinates in which the group acts by matrices.
    project : callable, optional
        From raw actions (..., m) to admissible ones; clipping to the action space when left out.
    reference : callable, optional
        From a task to the policy that regret is measured against. When left out, one is trained on the task;
        then regret is measured on four tasks at most.
    max_steps : int, optional
        Longest episode; that of the environment's time limit when left out.
    name : str, optional
        What the family is called.

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
    one = not isinstance(env, VectorEnv)
    spaces = (env.observation_space, env.action_space) if one else (
        env.single_observation_space, env.single_action_space
    )  # fmt: skip
    if observe is None and not isinstance(spaces[0], gymnasium.spaces.Box):
        raise ValueError(f"the observation space must be a Box, or observe be given; got {spaces[0]}")
    box = spaces[1]
    if not isinstance(box, gymnasium.spaces.Box) or len(box.shape) != 1:
        raise ValueError(f"the action space must be a Box of vectors, got {box}")
    limit = max_steps if max_steps is not None else getattr(env.spec, "max_episode_steps", None)
    if limit is None:
        raise ValueError("max_steps must be given: the environment names no limit of its episodes")
    observations, _ = env.reset(seed=0)
    seen = np.asarray(observations)[None] if one and observe is None else observations
    if observe is not None:
        seen = observe(observations[None] if one else observations)
    states = as_array("the states that are observed", seen, ("B", "n"))
    env.close()
    system = Unknown(
        action_set=None,
        name=name or "environment",
        state_dim=states.shape[1],
        action_dim=box.shape[0],
        low=tuple(box.low.astype(float).tolist()),
        high=tuple(box.high.astype(float).tolist()),
        projection=project,
        max_steps=as_count("max_steps", limit),
    )
    return SampledFamily(
        system, tasks, as_array("test", test), base_index, chart=chart, make=make, observe=observe,
        give_reference=reference,
    )  # fmt: skip
