"""Many rows of a family's tasks as a vectorised Gymnasium environment: all move in a few NumPy calls."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from gymnasium.error import ResetNeeded
from gymnasium.utils import seeding
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import ArrayLike, NDArray

from hgmrl_lite._validate import Array, as_array, as_count
from hgmrl_lite.envs.episodes import checked_outcome, draw_noise, empty_noise
from hgmrl_lite.envs.task_env import check_options, spaces_of
from hgmrl_lite.envs.tasks import Tasks


class TaskVectorEnv(VectorEnv[Array, Array, NDArray[Any]]):
    """Many :class:`~hgmrl_lite.envs.TaskEnv` environments at once.

    Row i of ``reset(seed=k)`` is the single environment of seed k + i, number for number and over all
    episodes: it has its own generator, from which each reset draws the noise of a whole episode. A row that
    ends is reset in the same step (``AutoresetMode.SAME_STEP``): the returned observation is the new
    episode's start, and ``infos["final_obs"][i]``, with the mask ``infos["_final_obs"]``, is the state in
    which the old one ended. Keys, masks and types are those of Gymnasium's ``SyncVectorEnv``.

    Parameters
    ----------
    family : Tasks
        The family, with a system that is simulated.
    num_envs : int
        Number of rows.
    task : array_like, shape (d,) or (num_envs, d)
        One task for all rows, or one a row.

    Raises
    ------
    ValueError
        When an argument is of the wrong shape, or a task is malformed.

    Examples
    --------
    >>> from hgmrl_lite import envs
    >>> rows = envs.navigation().vector_env((1.0, 0.0), 3)
    >>> observations, infos = rows.reset(seed=0)
    >>> observations.shape
    (3, 2)
    """

    def __init__(self, family: Tasks, num_envs: int, task: ArrayLike) -> None:
        self.num_envs = as_count("num_envs", num_envs)
        self.family, self.system = family, family.system
        self._task = family.tasks_of_rows(task, self.num_envs)
        self.metadata = {"autoreset_mode": AutoresetMode.SAME_STEP}
        self.single_observation_space, self.single_action_space = spaces_of(self.system)
        self.observation_space = batch_space(self.single_observation_space, self.num_envs)
        self.action_space = batch_space(self.single_action_space, self.num_envs)

        self._states = np.zeros((self.num_envs, self.system.state_dim))
        self._steps = np.zeros(self.num_envs, dtype=np.int64)
        self._normals, self._reward_normals = empty_noise(self.system, family.reward_noise, self.num_envs)
        # Where each row begins when its episodes' noise is laid end to end.
        self._offsets = np.arange(self.num_envs) * (self.system.max_steps + 1)
        self._generators: dict[int, np.random.Generator] = {}

    @property
    def task(self) -> Array:
        """The task of each row, shape (num_envs, d)."""
        return self._task.copy()

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Array, dict[str, Any]]:
        """Start an episode in every row.

        Parameters
        ----------
        seed : int or sequence of int, optional
            Row i gets seed + i, or the i-th of the sequence; a row whose seed is None goes on with its
            generator.
        options : dict, optional
            Has no meaning here and must be empty.

        Returns
        -------
        observations : ndarray, shape (num_envs, n)
        infos : dict
            Always empty.

        Raises
        ------
        ValueError
            When a seed is negative, their number is not ``num_envs``, or there are options.
        """
        check_options(options)
        if seed is None or isinstance(seed, (int, np.integer)):
            first = None if seed is None else as_count("seed", seed, 0)
            seeds: list[int | None] = [None if first is None else first + row for row in range(self.num_envs)]
        else:
            seeds = [None if value is None else as_count("seed", value, 0) for value in seed]
            if len(seeds) != self.num_envs:
                raise ValueError(f"seed must be one number or {self.num_envs} of them, got {len(seeds)}")
        for row, value in enumerate(seeds):
            if value is not None or row not in self._generators:
                self._generators[row], _ = seeding.np_random(value)
        self._start_episodes(np.arange(self.num_envs), self._states)
        return self._states.copy(), {}

    def step(
        self, actions: ArrayLike
    ) -> tuple[Array, Array, NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]]:
        """Move every row by one action; rows that end are reset at once.

        Parameters
        ----------
        actions : array_like, shape (num_envs, m)
            Raw actions; the environment projects them.

        Returns
        -------
        observations : ndarray, shape (num_envs, n)
        rewards : ndarray, shape (num_envs,)
        terminated, truncated : ndarray of bool, shape (num_envs,)
            Never both true.
        infos : dict
            Empty, or ``final_obs`` and ``final_info`` with their masks.

        Raises
        ------
        ValueError
            When the actions have another shape or are not finite.
        gymnasium.error.ResetNeeded
            Before the first reset.
        """
        if not self._generators:
            raise ResetNeeded(
                "step() was called before the first reset(); call reset() to start the episodes"
            )
        # What is as it should be skips the slower check, which says what is wrong.
        if not (
            isinstance(actions, np.ndarray)
            and actions.dtype == np.float64
            and actions.shape == (self.num_envs, self.system.action_dim)
            and np.isfinite(actions).all()
        ):
            actions = as_array("actions", actions, (self.num_envs, self.system.action_dim))
        steps = self._steps
        steps += 1
        normals = self._normals.reshape(-1, self.system.state_dim).take(self._offsets + steps, axis=0)
        states = self.system.next_state(self._states, actions, normals)
        rewards, terminated = checked_outcome(self.family.outcome(states, self._task), self.num_envs)
        if self.family.reward_noise:
            noise = self._reward_normals[np.arange(self.num_envs), steps - 1]
            rewards = rewards + self.family.reward_noise * noise
        truncated = (steps >= self.system.max_steps) & ~terminated
        ended = terminated | truncated
        infos = self._autoreset(ended, states) if np.count_nonzero(ended) else {}
        self._states = states
        # A copy, so that what a caller does with the observation does not reach the state.
        return states.copy(), rewards, terminated, truncated, infos

    def _autoreset(self, ended: NDArray[np.bool_], states: Array) -> dict[str, Any]:
        """Restart the ended rows of ``states``, in place, and return the infos on their old episodes."""
        rows = ended.nonzero()[0]
        # NumPy fills an empty array of objects with None.
        final_obs = np.empty(self.num_envs, dtype=object)
        for row, final in zip(rows.tolist(), states.take(rows, axis=0), strict=True):
            final_obs[row] = final
        self._start_episodes(rows, states)
        return {
            "final_obs": final_obs,
            "_final_obs": ended,
            "final_info": {},
            "_final_info": ended.copy(),
        }

    def _start_episodes(self, rows: NDArray[np.intp], states: Array) -> None:
        """Draw the noise of a new episode for each row and put its start state into ``states``."""
        for row in rows.tolist():
            draw_noise(self._generators[row], self._normals[row], self._reward_normals[row])
        states[rows] = self.system.start_state(self._normals[rows, 0])
        self._steps[rows] = 0
