"""Adapter from the vectorised environment to Stable-Baselines3, which brings torch with it."""

from collections.abc import Callable, Sequence
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import ArrayLike, NDArray
from stable_baselines3.common.vec_env import VecEnv
from stable_baselines3.common.vec_env.base_vec_env import VecEnvIndices

from hgmrl_lite._validate import as_array, as_count
from hgmrl_lite.envs.vector import PointNavigationVector

Float32 = NDArray[np.float32]


class StableBaselinesVecEnv(VecEnv):
    """A :class:`~hgmrl_lite.envs.PointNavigationVector` as Stable-Baselines3's ``VecEnv``.

    Observations and rewards become float32, the type in which Stable-Baselines3 learns. Where an episode
    ended, the row's info holds ``terminal_observation`` and ``TimeLimit.truncated``; the other infos are
    empty.

    Parameters
    ----------
    env : PointNavigationVector
        The environment.

    Raises
    ------
    TypeError
        When ``env`` is no PointNavigationVector.
    """

    def __init__(self, env: PointNavigationVector) -> None:
        if not isinstance(env, PointNavigationVector):
            raise TypeError(f"env must be a PointNavigationVector, got {type(env).__name__}")
        self.env = env
        # Rounded outward, so that every float32 observation is inside.
        bound = np.nextafter(np.float32(env.dynamics.state_bound), np.float32(np.inf))
        super().__init__(
            env.num_envs, gymnasium.spaces.Box(-bound, bound, (2,), np.float32), env.single_action_space
        )
        self._actions: ArrayLike = np.zeros((env.num_envs, 2))

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
        return observations.astype(np.float32)

    def step_async(self, actions: ArrayLike) -> None:
        """Take the actions (num_envs, 2) of the next step."""
        self._actions = actions

    def step_wait(self) -> tuple[Float32, Float32, NDArray[np.bool_], list[dict[str, Any]]]:
        """Make the step; returns observations, rewards, whether an episode ended, and the infos."""
        observations, rewards, terminated, truncated, ended = self.env.step(self._actions)
        # New dictionaries every time: callbacks and wrappers write into them.
        infos: list[dict[str, Any]] = [{} for _ in range(self.num_envs)]
        dones = terminated | truncated
        if ended:
            for row in np.flatnonzero(dones):
                infos[row] = {
                    "terminal_observation": ended["final_obs"][row].astype(np.float32),
                    "TimeLimit.truncated": bool(truncated[row]),
                }
                self.reset_infos[row] = {}
        return observations.astype(np.float32), rewards.astype(np.float32), dones, infos

    def close(self) -> None:
        """Close the environment."""
        self.env.close()

    def get_images(self) -> Sequence[NDArray[np.uint8] | None]:
        """Return one picture a row, or None for each when nothing is drawn."""
        return self.env.render() or (None,) * self.num_envs

    def get_attr(self, attr_name: str, indices: VecEnvIndices = None) -> list[Any]:
        """Return an attribute for the named rows: each row's own ``goal``, anything else as they share it."""
        value = getattr(self.env, attr_name)
        return [value[row] if attr_name == "goal" else value for row in self._get_indices(indices)]

    def set_attr(self, attr_name: str, value: Any, indices: VecEnvIndices = None) -> None:
        """Set the ``goal`` (2,) of the named rows, from the next step on.

        Raises
        ------
        AttributeError
            For any other attribute: the rows share the rest, and it is fixed when the environment is made.
        ValueError
            When the goal is no point of the arena.
        """
        if attr_name != "goal":
            raise AttributeError(f"only 'goal' can be set in rows of a {self.env}, got {attr_name!r}")
        goals = self.env.goal
        goals[list(self._get_indices(indices))] = as_array("goal", value, (2,))
        self.env.goal = goals

    def env_method(
        self, method_name: str, *method_args: Any, indices: VecEnvIndices = None, **method_kwargs: Any
    ) -> list[Any]:
        """Raise an AttributeError: the rows are arrays, not objects that have methods."""
        raise AttributeError(
            f"the rows of a {self.env} are no objects, so none has a method {method_name!r}; "
            "use get_attr, set_attr('goal', ...), or the environment itself, in .env"
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
    env : PointNavigationVector
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
        env: PointNavigationVector,
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
