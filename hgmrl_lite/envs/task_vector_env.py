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
from hgmrl_lite.envs.task_env import METADATA, check_options, checked_mode, spaces_of
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
    render_mode : {None, "rgb_array"}, optional
        Whether :meth:`render` draws the rows.

    Raises
    ------
    ValueError
        When an argument is of the wrong shape, a task is malformed, or the family has no such render mode.

    Examples
    --------
    >>> from hgmrl_lite import envs
    >>> rows = envs.navigation().vector_env((1.0, 0.0), 3)
    >>> observations, infos = rows.reset(seed=0)
    >>> observations.shape
    (3, 2)
    """

    def __init__(
        self, family: Tasks, num_envs: int, task: ArrayLike, *, render_mode: str | None = None
    ) -> None:
        self.num_envs = as_count("num_envs", num_envs)
        self.family, self.system = family, family.system
        self.task = family.tasks_of_rows(task, self.num_envs)
        self.render_mode = checked_mode(family, render_mode)
        self.metadata = {**METADATA, "autoreset_mode": AutoresetMode.SAME_STEP}
        self.single_observation_space, self.single_action_space = spaces_of(self.system)
        self.observation_space = batch_space(self.single_observation_space, self.num_envs)
        self.action_space = batch_space(self.single_action_space, self.num_envs)

        self._states = np.zeros((self.num_envs, self.system.state_dim))
        self._steps = np.zeros(self.num_envs, dtype=np.int64)
        self._normals, self._reward_normals = empty_noise(self.system, family.reward_noise, self.num_envs)
        # Where each row begins when its episodes' noise is laid end to end.
        self._offsets = np.arange(self.num_envs) * (self.system.max_steps + 1)
        self._paths = np.zeros_like(self._normals) if render_mode else None
        self._generators: dict[int, np.random.Generator] = {}
        self._has_reset = False

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Array, dict[str, Any]]:
        """Start an episode in every row, or in those of ``options["reset_mask"]``.

        Parameters
        ----------
        seed : int or sequence of int, optional
            Row i gets seed + i, or the i-th of the sequence; a row whose seed is None goes on with its
            generator.
        options : dict, optional
            ``{"reset_mask": mask}`` with a boolean array (num_envs,) restarts these rows only.

        Returns
        -------
        observations : ndarray, shape (num_envs, n)
        infos : dict
            Always empty.

        Raises
        ------
        ValueError
            When a seed is negative, their number is not ``num_envs``, or the mask is of another shape or
            type.
        """
        rows = self._rows_to_reset(options)
        if seed is None or isinstance(seed, (int, np.integer)):
            first = None if seed is None else as_count("seed", seed, 0)
            seeds: list[int | None] = [None if first is None else first + row for row in range(self.num_envs)]
        else:
            seeds = [None if value is None else as_count("seed", value, 0) for value in seed]
            if len(seeds) != self.num_envs:
                raise ValueError(f"seed must be one number or {self.num_envs} of them, got {len(seeds)}")
        self._seed_rows(rows, seeds)
        self._start_episodes(rows, self._states)
        self._has_reset = True
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
        if not self._has_reset:
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
        rewards, terminated = checked_outcome(self.family.outcome(states, self.task), self.num_envs)
        if self.family.reward_noise:
            noise = self._reward_normals[np.arange(self.num_envs), steps - 1]
            rewards = rewards + self.family.reward_noise * noise
        truncated = (steps >= self.system.max_steps) & ~terminated
        if self._paths is not None:
            self._paths[np.arange(self.num_envs), steps] = states
        ended = terminated | truncated
        infos = self._autoreset(ended, states) if np.count_nonzero(ended) else {}
        self._states = states
        # A copy, so that what a caller does with the observation does not reach the state.
        return states.copy(), rewards, terminated, truncated, infos

    def render(self) -> tuple[NDArray[np.uint8], ...] | None:
        """Return one picture a row, uint8 of shape (H, W, 3), or None when ``render_mode`` is None."""
        if self._paths is None:
            return None
        if not self._has_reset:
            raise ResetNeeded(
                "render() was called before the first reset(); call reset() to start the episodes"
            )
        return tuple(
            self.family.draw(task, path[: steps + 1])
            for task, path, steps in zip(self.task, self._paths, self._steps, strict=True)
        )

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
        if self._paths is not None:
            self._paths[rows, 0] = states[rows]

    def _seed_rows(self, rows: NDArray[np.intp], seeds: Sequence[int | None]) -> None:
        """Give the rows generators of their seeds; a random one to a row that has neither."""
        for row in rows.tolist():
            if seeds[row] is not None or row not in self._generators:
                self._generators[row], _ = seeding.np_random(seeds[row])

    def _rows_to_reset(self, options: dict[str, Any] | None) -> NDArray[np.intp]:
        """Return the rows that ``options`` names."""
        others = dict(options or {})
        mask = others.pop("reset_mask", None)
        check_options(others)
        if mask is None:
            return np.arange(self.num_envs)
        mask = np.asarray(mask)
        if mask.shape != (self.num_envs,) or mask.dtype != np.bool_ or not mask.any():
            raise ValueError(
                f"options['reset_mask'] must be a boolean array of shape ({self.num_envs},) not all False, "
                f"got shape {mask.shape}, type {mask.dtype}"
            )
        if not (self._has_reset or mask.all()):
            raise ResetNeeded("the first reset() must reset every row; call it without a reset_mask")
        return np.flatnonzero(mask)
