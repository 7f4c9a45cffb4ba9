"""One task of a family as a Gymnasium environment."""

from typing import Any

import gymnasium
import numpy as np
from gymnasium.error import ResetNeeded
from numpy.typing import ArrayLike, NDArray

from hgmrl_lite._validate import Array, as_array, as_count
from hgmrl_lite.envs.episodes import checked_outcome, draw_noise, empty_noise
from hgmrl_lite.envs.system import System
from hgmrl_lite.envs.tasks import Tasks


class TaskEnv(gymnasium.Env[Array, Array]):
    """One task of a family: the agent sees the state, and only the reward tells it the task.

    The observation is the state itself (float64). The action may be any finite vector: the environment alone
    projects it onto the admissible set. An episode is truncated after the system's ``max_steps`` and
    terminated by the task, never both at once.

    All the noise of an episode is drawn from ``np_random`` at its reset, so it does not depend on the
    actions: two agents that start from the same seed meet the same noise, step for step and in every
    following episode (*paired episodes*).

    Parameters
    ----------
    family : Tasks
        The family, with a system that is simulated.
    task : array_like, shape (d,)
        The task.
    render_mode : {None, "rgb_array"}, optional
        Whether :meth:`render` draws the episode.

    Raises
    ------
    ValueError
        When the task is malformed, or the family has no such render mode.

    Examples
    --------
    >>> from hgmrl_lite import envs
    >>> env = envs.navigation(noise=0.0, start_std=0.0).env((1.0, 0.0))
    >>> observation, info = env.reset(seed=0)
    >>> observation, reward, terminated, truncated, info = env.step(np.array([1.0, 0.0]))
    >>> observation, round(reward, 6), terminated
    (array([0.1, 0. ]), -0.9, False)
    """

    metadata = {"render_modes": ["rgb_array"], "render_fps": 15}  # noqa: RUF012

    def __init__(self, family: Tasks, task: ArrayLike, *, render_mode: str | None = None) -> None:
        self.family, self.system = family, family.system
        self._task = family.as_task(task)
        if render_mode not in family.render_modes:
            raise ValueError(
                f"render_mode must be one of {family.render_modes} for the tasks of {family.system.name}, "
                f"got {render_mode!r}"
            )
        self.render_mode = render_mode
        self.observation_space, self.action_space = spaces_of(self.system)
        (self._normals,), (self._reward_normals,) = empty_noise(self.system, family.reward_noise, 1)
        # The states of this episode, start first; those still to come are not yet filled.
        self._path = np.full((self.system.max_steps + 1, self.system.state_dim), np.nan)
        self._steps = 0
        self._running = self._has_reset = False

    @property
    def task(self) -> Array:
        """The task, shape (d,)."""
        return self._task.copy()

    @property
    def path(self) -> Array:
        """The states of this episode so far, shape (t + 1, n)."""
        return self._path[: self._steps + self._has_reset].copy()

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Array, dict[str, Any]]:
        """Start an episode and return its start state; ``options`` has no meaning here and must be empty."""
        check_options(options)
        super().reset(seed=None if seed is None else as_count("seed", seed, 0))
        draw_noise(self.np_random, self._normals, self._reward_normals)
        self._path[0] = self.system.start_state(self._normals[0])
        self._steps, self._running, self._has_reset = 0, True, True
        return self._path[0].copy(), {}

    def step(self, action: ArrayLike) -> tuple[Array, float, bool, bool, dict[str, Any]]:
        """Move by one action of shape (m,).

        Raises
        ------
        ValueError
            When the action has another shape or is not finite.
        gymnasium.error.ResetNeeded
            Before the first reset and after the episode's end.
        """
        if not self._running:
            when = "after the episode's end" if self._has_reset else "before the first reset()"
            raise ResetNeeded(f"step() was called {when}; call reset() to start an episode")
        action = as_array("action", action, (self.system.action_dim,))
        index, self._steps = self._steps, self._steps + 1
        state = self.system.next_state(self._path[index], action, self._normals[self._steps])
        self._path[self._steps] = state
        rewards, ended = checked_outcome(self.family.outcome(state[None], self._task[None]), 1)
        reward, terminated = float(rewards[0]), bool(ended[0])
        if self.family.reward_noise:
            reward += self.family.reward_noise * float(self._reward_normals[index])
        truncated = not terminated and self._steps >= self.system.max_steps
        self._running = not (terminated or truncated)
        return state, reward, terminated, truncated, {}

    def render(self) -> NDArray[np.uint8] | None:
        """Return a picture of the episode, uint8 of shape (H, W, 3), or None when ``render_mode`` is None."""
        if self.render_mode is None:
            return None
        if not self._has_reset:
            raise ResetNeeded(
                "render() was called before the first reset(); call reset() to start an episode"
            )
        return self.family.draw(self._task, self._path[: self._steps + 1])


def spaces_of(system: System) -> tuple[gymnasium.Space[Any], gymnasium.Space[Any]]:
    """Return the spaces of one environment: observations (float64) and actions in [-1, 1]^m (float32)."""
    bound = system.state_bound
    return (
        gymnasium.spaces.Box(-bound, bound, (system.state_dim,), np.float64),
        gymnasium.spaces.Box(-1.0, 1.0, (system.action_dim,), np.float32),
    )


def check_options(options: dict[str, Any] | None) -> None:
    """Raise a ValueError when there are reset options: ignoring them in silence would mislead."""
    if options:
        raise ValueError(f"options must be empty or None, got {sorted(options)}")
