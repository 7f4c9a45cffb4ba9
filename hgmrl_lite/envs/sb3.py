"""Adapter from vectorised environments to Stable-Baselines3, which brings torch with it."""

from collections.abc import Callable, Sequence
from typing import Any

import gymnasium
import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from numpy.typing import ArrayLike, NDArray
from stable_baselines3.common.vec_env import VecEnv
from stable_baselines3.common.vec_env.base_vec_env import VecEnvIndices

from hgmrl_lite._validate import as_array, as_count
from hgmrl_lite.envs.family import TaskFamily
from hgmrl_lite.envs.task_vector_env import TaskVectorEnv

Float32 = NDArray[np.float32]
Observe = Callable[[Any], ArrayLike]


class StableBaselinesVecEnv(VecEnv):
    """A vectorised Gymnasium environment as Stable-Baselines3's ``VecEnv``.

    Observations and rewards become float32, the type in which Stable-Baselines3 learns. Where an episode
    ended, the row's info holds ``terminal_observation`` and ``TimeLimit.truncated``; the other infos are
    empty.

    Parameters
    ----------
    env : gymnasium.vector.VectorEnv
        The environment, in any autoreset mode that its metadata name. Unless that is ``SAME_STEP``, it has to
        know ``reset(options={"reset_mask": ...})``.
    observe : callable, optional
        From observations (B, ...) to states (B, n); the identity when left out.

    Raises
    ------
    TypeError
        When ``env`` is no VectorEnv.
    """

    def __init__(self, env: VectorEnv[Any, Any, Any], observe: Observe | None = None) -> None:
        if not isinstance(env, VectorEnv):
            raise TypeError(f"env must be a gymnasium.vector.VectorEnv, got {type(env).__name__}")
        self.env, self._observe = env, observe
        self._same_step = env.metadata.get("autoreset_mode") == AutoresetMode.SAME_STEP
        super().__init__(env.num_envs, self._states_space(), env.single_action_space)
        self._actions: ArrayLike = np.zeros((env.num_envs, *env.single_action_space.shape))

    def _states_space(self) -> gymnasium.spaces.Box:
        """Return the space of the states, in float32."""
        own = self.env.single_observation_space
        if self._observe is None:
            assert isinstance(own, gymnasium.spaces.Box)
            # Rounded outward, so that every float32 observation is inside.
            far = np.float32(np.inf)
            low = np.nextafter(own.low.astype(np.float32), -far)
            return gymnasium.spaces.Box(low, np.nextafter(own.high.astype(np.float32), far))
        states, _ = self.env.reset(seed=0)
        shape = self._states(states).shape[1:]
        return gymnasium.spaces.Box(-np.inf, np.inf, shape, np.float32)

    def _states(self, observations: Any) -> Float32:
        """Return the states (B, n) of observations (B, ...)."""
        states = observations if self._observe is None else self._observe(observations)
        return np.asarray(states, dtype=np.float32)

    def reset(self) -> Float32:
        """Start an episode in every row, with the seeds of the last :meth:`seed` (used once)."""
        seeds = list(self._seeds)
        for options in self._options:
            if options:
                raise ValueError(f"options must be empty, got {sorted(options)}")
        observations, _ = self.env.reset(seed=seeds)
        self.reset_infos = [{} for _ in range(self.num_envs)]
        self._reset_seeds()
        self._reset_options()
        return self._states(observations)

    def step_async(self, actions: ArrayLike) -> None:
        """Take the actions (num_envs, m) of the next step."""
        self._actions = actions

    def step_wait(self) -> tuple[Float32, Float32, NDArray[np.bool_], list[dict[str, Any]]]:
        """Make the step; returns observations, rewards, whether an episode ended, and the infos."""
        observations, rewards, terminated, truncated, ended = self.env.step(self._actions)
        # New dictionaries every time: callbacks and wrappers write into them.
        infos: list[dict[str, Any]] = [{} for _ in range(self.num_envs)]
        dones = terminated | truncated
        rows = np.flatnonzero(dones)
        if len(rows):
            if self._same_step:
                final = self._states(np.stack([ended["final_obs"][row] for row in rows]))
            else:
                final = self._states(observations)[rows]
                observations, _ = self.env.reset(options={"reset_mask": dones})
            for row, state in zip(rows, final, strict=True):
                infos[row] = {
                    "terminal_observation": state,
                    "TimeLimit.truncated": bool(truncated[row] and not terminated[row]),
                }
                self.reset_infos[row] = {}
        return self._states(observations), rewards.astype(np.float32), dones, infos

    def close(self) -> None:
        """Close the environment."""
        self.env.close()

    def get_images(self) -> Sequence[NDArray[np.uint8] | None]:
        """Return one picture a row, or None for each when nothing is drawn."""
        return self.env.render() or (None,) * self.num_envs

    def get_attr(self, attr_name: str, indices: VecEnvIndices = None) -> list[Any]:
        """Return an attribute for the named rows: each row's own ``task``, anything else as they share it."""
        value = getattr(self.env, attr_name)
        return [value[row] if attr_name == "task" else value for row in self._get_indices(indices)]

    def set_attr(self, attr_name: str, value: Any, indices: VecEnvIndices = None) -> None:
        """Set the ``task`` (d,) of the named rows, from the next step on.

        Raises
        ------
        AttributeError
            For any other attribute: the rows share the rest, and it is fixed when the environment is made.
        ValueError
            When the task is malformed.
        """
        if attr_name != "task" or not isinstance(self.env, TaskVectorEnv):
            raise AttributeError(
                f"only the 'task' of our own rows can be set, got {attr_name!r} of {self.env}"
            )
        tasks = self.env.task
        tasks[list(self._get_indices(indices))] = as_array("task", value, (tasks.shape[1],))
        self.env.task = tasks

    def env_method(
        self, method_name: str, *method_args: Any, indices: VecEnvIndices = None, **method_kwargs: Any
    ) -> list[Any]:
        """Raise an AttributeError: the rows are arrays, not objects that have methods."""
        raise AttributeError(
            f"the rows of a {self.env} are no objects, so none has a method {method_name!r}; "
            "use get_attr, set_attr('task', ...), or the environment itself, in .env"
        )

    def env_is_wrapped(
        self, wrapper_class: type[gymnasium.Wrapper], indices: VecEnvIndices = None
    ) -> list[bool]:
        """Return False for each of the named rows: a row cannot be wrapped."""
        return [False for _ in self._get_indices(indices)]


class ConditionedVecEnv(StableBaselinesVecEnv):
    """The same with a code behind each state: the observation is [s, c], and c stays for an episode.

    Parameters
    ----------
    env : TaskVectorEnv
        The environment.
    code_dim : int
        Dimension of the code c.
    draw_codes : callable
        From indices of rows (B,) to their codes (B, code_dim); called for the rows that begin an episode.

    Raises
    ------
    ValueError
        When ``code_dim`` is below 1, or the codes that are drawn have another shape, NaN or infinity.
    """

    def __init__(
        self,
        env: TaskVectorEnv,
        code_dim: int,
        draw_codes: Callable[[NDArray[np.intp]], ArrayLike],
    ) -> None:
        super().__init__(env)
        self.code_dim = as_count("code_dim", code_dim)
        self._draw_codes = draw_codes
        self._codes = np.zeros((env.num_envs, code_dim), dtype=np.float32)
        unbounded = np.full(code_dim, np.inf, dtype=np.float32)
        states = self.observation_space
        assert isinstance(states, gymnasium.spaces.Box)
        self.observation_space = gymnasium.spaces.Box(
            np.concatenate([states.low, -unbounded]), np.concatenate([states.high, unbounded])
        )

    def reset(self) -> Float32:
        """Start an episode in every row, with a new code."""
        states = super().reset()
        self._redraw(np.arange(self.num_envs))
        return np.hstack([states, self._codes])

    def step_wait(self) -> tuple[Float32, Float32, NDArray[np.bool_], list[dict[str, Any]]]:
        """Make the step; a row whose episode ended gets a new code with its new start state."""
        states, rewards, dones, infos = super().step_wait()
        rows = np.flatnonzero(dones)
        if len(rows):
            for row in rows:
                info = infos[row]
                info["terminal_observation"] = np.hstack([info["terminal_observation"], self._codes[row]])
            self._redraw(rows)
        return np.hstack([states, self._codes]), rewards, dones, infos

    def _redraw(self, rows: NDArray[np.intp]) -> None:
        """Give the rows new codes."""
        self._codes[rows] = as_array(
            "the codes that draw_codes returns", self._draw_codes(rows), (len(rows), self.code_dim)
        )


def learner_env(family: TaskFamily, task: ArrayLike, num_envs: int) -> StableBaselinesVecEnv:
    """Return rows of one task for a learner: ``num_envs`` of them, or as many as the family's maker gives."""
    rows = family.rows or num_envs
    return StableBaselinesVecEnv(family.vector_env(task, rows), family.observe)
