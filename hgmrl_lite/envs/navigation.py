"""Point navigation as a Gymnasium environment."""

from typing import Any

import gymnasium
import numpy as np
from gymnasium.error import ResetNeeded
from numpy.typing import ArrayLike, NDArray

from hgmrl_lite._validate import Array, as_array, as_count
from hgmrl_lite.envs.dynamics import (
    GOAL_RADIUS,
    MAX_STEPS,
    NOISE,
    START_STD,
    NavigationDynamics,
    as_goals,
    distance,
)
from hgmrl_lite.envs.rendering import RENDER_FPS, PlaneRenderer, check_render_mode


class PointNavigation(gymnasium.Env[Array, Array]):
    """A point in the plane that is to reach a goal it cannot see: only the reward tells where the goal is.

    The observation is the state p itself (float64). The action is taken in units of the largest step, 0.1,
    and may be any finite vector: the environment alone projects it onto the admissible set. The start is
    drawn from N(0, 0.05² I); p' = clip(p + 0.1 · proj(a) + wind, ±5) + N(0, 0.05² I); the reward is
    −‖p' − goal‖. An episode terminates when ‖p' − goal‖ < 0.1 √2 and is truncated after ``max_steps`` steps,
    never both at once.

    All the noise of an episode is drawn from ``np_random`` at its reset, so it does not depend on the
    actions: two agents that start from the same seed meet the same noise, step for step and in every
    following episode (*paired episodes*).

    Parameters
    ----------
    goal : array_like, shape (2,)
        The task's goal, inside the square [-5, 5]².
    action_set : {"disc", "box"}, optional
        Admissible actions: the unit disc, on which the rotation symmetry is exact, or the paper's box.
    noise, start_std : float, optional
        Standard deviations of the motion noise and of the start state, per coordinate.
    max_steps : int, optional
        Steps after which an episode is truncated.
    reward_noise : float, optional
        Standard deviation of Gaussian noise on the observed reward.
    wind : array_like, shape (2,), optional
        A constant drift in every step, in units of the state.
    render_mode : {None, "rgb_array"}, optional
        Whether :meth:`render` draws the plane.

    Raises
    ------
    ValueError
        When an argument is of the wrong shape, not finite, or the goal is outside the arena.

    Examples
    --------
    >>> env = PointNavigation(goal=(1.0, 0.0), noise=0.0, start_std=0.0)
    >>> observation, info = env.reset(seed=0)
    >>> observation, reward, terminated, truncated, info = env.step(np.array([1.0, 0.0]))
    >>> observation, round(reward, 6), terminated
    (array([0.1, 0. ]), -0.9, False)
    """

    metadata = {"render_modes": ["rgb_array"], "render_fps": RENDER_FPS}  # noqa: RUF012

    def __init__(
        self,
        goal: ArrayLike,
        *,
        action_set: str = "disc",
        noise: float = NOISE,
        start_std: float = START_STD,
        max_steps: int = MAX_STEPS,
        reward_noise: float = 0.0,
        wind: tuple[float, ...] = (0.0, 0.0),
        render_mode: str | None = None,
    ) -> None:
        self.dynamics = NavigationDynamics(action_set, noise, start_std, max_steps, reward_noise, wind)
        self._goal = as_goals("goal", goal, (2,))
        self.render_mode = check_render_mode(render_mode)
        self.observation_space, self.action_space = navigation_spaces(self.dynamics)
        # The states of this episode, start first; those still to come are not yet filled.
        self._path = np.full((self.dynamics.max_steps + 1, 2), np.nan)
        self._steps = 0
        self._running = self._has_reset = False
        self._renderer: PlaneRenderer | None = None

    @property
    def goal(self) -> Array:
        """The goal, shape (2,); assigning another one changes the task from the next step on."""
        return self._goal.copy()

    @goal.setter
    def goal(self, goal: ArrayLike) -> None:
        self._goal = as_goals("goal", goal, (2,))

    @property
    def path(self) -> Array:
        """The states of this episode so far, shape (t + 1, 2)."""
        return self._path[: self._steps + self._has_reset].copy()

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Array, dict[str, Any]]:
        """Start an episode and return its start state; ``options`` has no meaning here and must be empty."""
        check_options(options)
        super().reset(seed=None if seed is None else as_count("seed", seed, 0))
        self._normals, self._reward_normals = self.dynamics.draw_episode(self.np_random)
        self._path[0] = self.dynamics.start_state(self._normals[0])
        self._steps, self._running, self._has_reset = 0, True, True
        return self._path[0].copy(), {}

    def step(self, action: ArrayLike) -> tuple[Array, float, bool, bool, dict[str, Any]]:
        """Move by one action of shape (2,).

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
        action = as_array("action", action, (2,))
        index, self._steps = self._steps, self._steps + 1
        state = self.dynamics.next_state(self._path[index], action, self._normals[self._steps])
        self._path[self._steps] = state
        gap = float(distance(state, self._goal))
        reward = -gap
        if self._reward_normals is not None:
            reward += self.dynamics.reward_noise * float(self._reward_normals[index])
        terminated = gap < GOAL_RADIUS
        truncated = not terminated and self._steps >= self.dynamics.max_steps
        self._running = not (terminated or truncated)
        return state, reward, terminated, truncated, {}

    def render(self) -> NDArray[np.uint8] | None:
        """Return a picture of the plane, uint8 of shape (H, W, 3), or None when ``render_mode`` is None."""
        if self.render_mode is None:
            return None
        if not self._has_reset:
            raise ResetNeeded(
                "render() was called before the first reset(); call reset() to start an episode"
            )
        if self._renderer is None:
            self._renderer = PlaneRenderer()
        return self._renderer.draw(self._goal, self._path[: self._steps + 1])

    def close(self) -> None:
        """Release the figure."""
        self._renderer = None


def navigation_spaces(dynamics: NavigationDynamics) -> tuple[gymnasium.Space[Any], gymnasium.Space[Any]]:
    """Return the spaces of one environment: observations (float64) and actions in [-1, 1]² (float32)."""
    bound = dynamics.state_bound
    return (
        gymnasium.spaces.Box(-bound, bound, (2,), np.float64),
        gymnasium.spaces.Box(-1.0, 1.0, (2,), np.float32),
    )


def check_options(options: dict[str, Any] | None) -> None:
    """Raise a ValueError when there are reset options: ignoring them in silence would mislead."""
    if options:
        raise ValueError(f"options must be empty or None, got {sorted(options)}")
