"""Adapter from vectorised environments to Stable-Baselines3, which brings torch with it."""

from collections.abc import Callable, Sequence
from typing import Any

import gymnasium
import numpy as np
from gymnasium.spaces import Box
from gymnasium.vector import AutoresetMode, VectorEnv
from numpy.typing import ArrayLike, NDArray
from stable_baselines3.common.vec_env import VecEnv
from stable_baselines3.common.vec_env.base_vec_env import VecEnvIndices

from hgmrl_lite._validate import as_array, as_count

Float32 = NDArray[np.float32]
Rows = VectorEnv[Any, Any, Any]


class StableBaselinesVecEnv(VecEnv):
    """A vectorised Gymnasium environment as Stable-Baselines3's ``VecEnv``.

    Observations and rewards become float32, the type in which Stable-Baselines3 learns. Where an episode
    ended, the row's info holds ``terminal_observation`` and ``TimeLimit.truncated``; the other infos are
    empty.

    Parameters
    ----------
    env : gymnasium.vector.VectorEnv
        The environment; it resets a row in the step that ends it (``AutoresetMode.SAME_STEP``), as those of
        every family do.

    Raises
    ------
    TypeError
        When ``env`` is no VectorEnv.
    ValueError
        When it has another autoreset mode, or its observations are in no Box.
    """

    def __init__(self, env: Rows) -> None:
        if not isinstance(env, VectorEnv):
            raise TypeError(f"env must be a gymnasium.vector.VectorEnv, got {type(env).__name__}")
        mode, states = env.metadata.get("autoreset_mode"), env.single_observation_space
        if mode != AutoresetMode.SAME_STEP or not isinstance(states, Box):
            raise ValueError(f"env must have the autoreset mode SAME_STEP and a Box, got {mode} and {states}")
        self.env = env
        # Rounded outward, so that every float32 observation is inside.
        far = np.float32(np.inf)
        low = np.nextafter(states.low.astype(np.float32), -far)
        space = Box(low, np.nextafter(states.high.astype(np.float32), far))
        super().__init__(env.num_envs, space, env.single_action_space)
        self._actions = np.zeros(env.action_space.shape or ())

    def reset(self) -> Float32:
        """Start an episode in every row, with the seeds of the last :meth:`seed` (used once)."""
        # One seed a row, as SyncVectorEnv takes them; the interface speaks of one for all.
        seeds: Any = list(self._seeds)
        for options in self._options:
            if options:
                raise ValueError(f"options must be empty, got {sorted(options)}")
        observations, _ = self.env.reset(seed=seeds)
        self.reset_infos = [{} for _ in range(self.num_envs)]
        self._reset_seeds()
        self._reset_options()
        return np.asarray(observations, dtype=np.float32)

    def step_async(self, actions: NDArray[Any]) -> None:
        """Take the actions (num_envs, m) of the next step."""
        self._actions = actions

    def step_wait(self) -> tuple[Float32, Float32, NDArray[np.bool_], list[dict[str, Any]]]:
        """Make the step; returns observations, rewards, whether an episode ended, and the infos."""
        observations, rewards, terminated, truncated, ended = self.env.step(self._actions)
        # New dictionaries every time: callbacks and wrappers write into them.
        infos: list[dict[str, Any]] = [{} for _ in range(self.num_envs)]
        dones = terminated | truncated
        for row in np.flatnonzero(dones):
            infos[row] = {
                "terminal_observation": ended["final_obs"][row].astype(np.float32),
                "TimeLimit.truncated": bool(truncated[row] and not terminated[row]),
            }
            self.reset_infos[row] = {}
        return observations.astype(np.float32), rewards.astype(np.float32), dones, infos

    def close(self) -> None:
        """Close the environment."""
        self.env.close()

    def get_images(self) -> Sequence[NDArray[np.uint8] | None]:
        """Return None for each row: nothing is drawn."""
        return (None,) * self.num_envs

    def get_attr(self, attr_name: str, indices: VecEnvIndices = None) -> list[Any]:
        """Return an attribute of the environment, which all rows share, for each of the named rows."""
        return [getattr(self.env, attr_name) for _ in self._get_indices(indices)]

    def set_attr(self, attr_name: str, value: Any, indices: VecEnvIndices = None) -> None:
        """Raise an AttributeError: what the rows share is fixed when the environment is made."""
        raise AttributeError(f"{attr_name!r} of the rows of a {self.env} cannot be set; make another one")

    def env_method(
        self, method_name: str, *method_args: Any, indices: VecEnvIndices = None, **method_kwargs: Any
    ) -> list[Any]:
        """Raise an AttributeError: the rows are arrays, not objects that have methods."""
        raise AttributeError(
            f"the rows of a {self.env} are no objects, so none has a method {method_name!r}; "
            "use get_attr, or the environment itself, in .env"
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
    env : gymnasium.vector.VectorEnv
        The environment, as for :class:`StableBaselinesVecEnv`.
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
        env: Rows,
        code_dim: int,
        draw_codes: Callable[[NDArray[np.intp]], ArrayLike],
    ) -> None:
        super().__init__(env)
        self.code_dim = as_count("code_dim", code_dim)
        self._draw_codes = draw_codes
        self._codes = np.zeros((env.num_envs, code_dim), dtype=np.float32)
        unbounded = np.full(code_dim, np.inf, dtype=np.float32)
        states = self.observation_space
        assert isinstance(states, Box)
        self.observation_space = Box(
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
