"""Navigation in the plane: the system, and its tasks, each of them a goal."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hgmrl_lite._validate import Array, as_array, as_count, as_real
from hgmrl_lite.envs.family import TaskFamily
from hgmrl_lite.envs.system import LARGEST_NORMAL, System, norms_of
from hgmrl_lite.envs.task_env import TaskEnv
from hgmrl_lite.envs.task_vector_env import TaskVectorEnv
from hgmrl_lite.envs.tasks import Policy

ARENA: Final = 5.0
"""Half the side of the square onto which the mean next state is clipped."""
STEP: Final = 0.1
"""Length of one unit of action."""
GOAL_RADIUS: Final = STEP * 2**0.5
"""An episode terminates when the next state is nearer to the goal than this."""
NOISE: Final = 0.05
"""Standard deviation of the motion noise, per coordinate, when nothing else is said."""
TRAINING_ANGLES_DEG: Final = (135.0, -18.0, -96.5, -144.5)
"""Polar angles of the four training goals in degrees; the base task comes first."""
TEST_TASKS: Final = 20
"""Test goals, evenly spaced on the unit circle, when nothing else is said."""


@dataclass(frozen=True)
class Navigation(System):
    """A point in the plane: T(p, a) = clip(p + 0.1 · proj(a) + wind, ±5).

    ``proj`` maps a to the nearest admissible action. On the disc, T commutes with every rotation about the
    origin (as long as the clip at the border is not met); on the box only with quarter turns and reflections;
    in a wind with no rotation at all. The experiment is that of Nitschke and Talebi (2026), arXiv:2603.00396,
    which uses the box; the disc and the wind are ours.

    Parameters
    ----------
    action_set, noise, start_std, max_steps
        As in :class:`System`.
    wind : tuple of float, length 2
        A constant drift in every step, in units of the state.

    Raises
    ------
    ValueError
        When ``wind`` is no vector of the plane, or another argument is not as in :class:`System`.

    Examples
    --------
    >>> Navigation().mean_next_state([0.0, 0.0], [3.0, 4.0])
    array([0.06, 0.08])
    """

    name = "navigation"
    state_dim = action_dim = 2

    wind: tuple[float, ...] = (0.0, 0.0)

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "wind", tuple(as_array("wind", self.wind, (2,)).tolist()))

    def mean_next_state(self, states: ArrayLike, actions: ArrayLike) -> Array:
        """Return T(s, a), shape (..., 2), for states and raw actions (..., 2)."""
        moved = STEP * self.project(actions)
        moved += as_real("states", states)
        if any(self.wind):
            moved += self.wind
        # np.clip does the same in twice the time.
        return np.minimum(np.maximum(moved, -ARENA, out=moved), ARENA, out=moved)

    def describe(self) -> str:
        """Return in words what a figure says of the system beside its name."""
        wind = f", wind ({self.wind[0]:g}, {self.wind[1]:g})" if any(self.wind) else ""
        return super().describe() + wind

    @property
    def state_bound(self) -> float:
        """Largest size a coordinate of a state can have."""
        return max(ARENA + LARGEST_NORMAL * self.noise, LARGEST_NORMAL * self.start_std)


@dataclass(frozen=True, eq=False)
class NavigationTasks(TaskFamily):
    """Goals in the plane: the reward is −‖p' − goal‖, and an episode ends where that is less than 0.1 √2.

    Parameters
    ----------
    system : Navigation
        The system.
    train, test : array_like, shape (k, 2) and (j, 2)
        Goals inside the square [-5, 5]².
    base_index, reward_noise, chart
        As in :class:`TaskFamily`.

    Raises
    ------
    ValueError
        When a goal is outside the square, or another argument is not as in :class:`TaskFamily`.
    """

    render_modes = (None, "rgb_array")

    system: Navigation = field(default_factory=Navigation)
    train: Array = field(default_factory=lambda: training_tasks())
    test: Array = field(default_factory=lambda: circle_tasks(TEST_TASKS))

    def as_tasks(self, name: str, tasks: ArrayLike) -> Array:
        """Return one or more goals as a new array (k, 2), checked to lie in the square."""
        goals = as_array(name, super().as_tasks(name, tasks), ("k", 2))
        outside = np.abs(goals).max(axis=1) > ARENA
        if outside.any():
            raise ValueError(
                f"{name} must lie in the arena, with coordinates from {-ARENA:g} to {ARENA:g}, "
                f"got {goals[outside][0].tolist()}"
            )
        return goals

    def outcome(self, next_states: Array, tasks: Array) -> tuple[Array, NDArray[np.bool_]]:
        """Return −‖p' − goal‖ and whether the goal is reached, each (B,)."""
        gaps = norms_of(next_states - tasks)
        return -gaps, gaps < GOAL_RADIUS

    def reference(self, task: ArrayLike) -> Policy:
        """Return the greedy policy of a known goal: the admissible action nearest to (goal − p − wind) / 0.1.

        Without wind no policy has a larger return on average; in single episodes one may.
        """
        aim = self.as_task(task) - self.system.wind
        project = self.system.project

        def greedy(observations: ArrayLike) -> Array:
            return project((aim - as_real("observations", observations)) / STEP)

        return greedy

    @property
    def reference_name(self) -> str:
        """What a figure calls the reference."""
        return "the greedy reference"

    def draw(self, task: Array, path: Array) -> NDArray[np.uint8]:
        """Return a picture (400, 400, 3) of the plane: a goal (2,) and the states so far, path (t + 1, 2).

        The view is the square [-1.6, 1.6]², wider when the goal or the path is outside it.
        """
        # Slow to import, and needed for pictures only.
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
        from matplotlib.patches import Circle

        view = max(1.6, float(np.abs(task).max()) + 0.3, float(np.abs(path).max()) + 0.1)
        figure = Figure(figsize=(4.0, 4.0), dpi=100, layout="constrained")
        # Typed as anything: Matplotlib's canvas states no types.
        canvas: Any = FigureCanvasAgg(figure)
        axes = figure.add_subplot(aspect="equal", xlim=(-view, view), ylim=(-view, view))
        axes.set_axisbelow(True)
        axes.grid(color="0.92")
        axes.add_patch(Circle((0.0, 0.0), 1.0, fill=False, color="0.6", linestyle="--"))
        goal = (float(task[0]), float(task[1]))
        axes.add_patch(Circle(goal, GOAL_RADIUS, facecolor="#009E73", edgecolor="black", alpha=0.8))
        axes.plot(*path.T, color="#0072B2", linewidth=1.5)
        axes.plot(*path[0], "s", color="black", markersize=5)
        axes.plot(*path[-1], "o", color="#D55E00", markeredgecolor="black", markersize=8)
        canvas.draw()
        return np.array(canvas.buffer_rgba(), dtype=np.uint8)[..., :3]


def navigation(
    train: ArrayLike | None = None,
    test: ArrayLike | None = None,
    *,
    base_index: int = 0,
    reward_noise: float = 0.0,
    **system: Any,
) -> NavigationTasks:
    """Return the family of navigation tasks, on which the lessons and experiments rest.

    Parameters
    ----------
    train, test : array_like, shape (k, 2) and (j, 2), optional
        Goals of the training and test tasks; :func:`training_tasks` and 20 evenly spaced ones on the unit
        circle when left out.
    base_index : int, optional
        Which training task the base policy is trained on.
    reward_noise : float, optional
        Standard deviation of noise on the rewards that exploration observes.
    **system
        What differs from the defaults of :class:`Navigation`: ``action_set``, ``noise``, ``start_std``,
        ``max_steps``, ``wind``.

    Returns
    -------
    NavigationTasks

    Raises
    ------
    ValueError
        When a goal is no point of the arena, or a setting is out of range.

    Examples
    --------
    >>> navigation(action_set="box").system.project([2.0, 0.5])
    array([1. , 0.5])
    """
    tasks: Mapping[str, ArrayLike | None] = {"train": train, "test": test}
    given: dict[str, Any] = {name: value for name, value in tasks.items() if value is not None}
    return NavigationTasks(Navigation(**system), base_index=base_index, reward_noise=reward_noise, **given)


def make_env(goal: ArrayLike, *, render_mode: str | None = None, **options: Any) -> TaskEnv:
    """Return ``gymnasium.make("hgmrl_lite/PointNavigation-v0", goal=...)``, with options of `navigation`."""
    return TaskEnv(navigation(**options), goal, render_mode=render_mode)


def make_vector_env(
    num_envs: int, goal: ArrayLike, *, render_mode: None = None, **options: Any
) -> TaskVectorEnv:
    """Return the same as many rows, which have no pictures, for ``gymnasium.make_vec``."""
    if render_mode is not None:
        raise ValueError(
            f"render_mode must be None, got {render_mode!r}: rows have no pictures; gymnasium.make has, and "
            'gymnasium.make_vec with vectorization_mode="sync"'
        )
    return TaskVectorEnv(navigation(**options), num_envs, goal)


def goals_at(angles: ArrayLike, radius: float = 1.0) -> Array:
    """Return the goals at given polar angles.

    Parameters
    ----------
    angles : array_like, shape (...)
        Polar angles in radians.
    radius : float, optional
        Distance from the origin, above 0 and at most 5.

    Returns
    -------
    ndarray, shape (..., 2)

    Raises
    ------
    ValueError
        When an angle is not finite, or the circle is not inside the arena.

    Examples
    --------
    >>> goals_at(0.0, radius=2.0)
    array([2., 0.])
    """
    angles = as_array("angles", angles)
    radius = float(as_array("radius", radius, ()))
    if not 0.0 < radius <= ARENA:
        raise ValueError(f"radius must be above 0 and at most {ARENA:g}, got {radius}")
    return radius * np.stack([np.cos(angles), np.sin(angles)], axis=-1)


def circle_tasks(n: int, *, seed: int | None = None, radius: float = 1.0, phase: float = 0.0) -> Array:
    """Return n goals on a circle about the origin: evenly spaced, or at random from a seed.

    Parameters
    ----------
    n : int
        Number of tasks, at least 1.
    seed : int, optional
        Draw the angles uniformly from this seed; evenly spaced when left out.
    radius : float, optional
        Radius of the circle.
    phase : float, optional
        Angle in radians by which all goals are turned; that of the first goal when they are evenly spaced.

    Returns
    -------
    ndarray, shape (n, 2)

    Raises
    ------
    ValueError
        When ``n`` is below 1, ``seed`` is negative, or the circle is not inside the arena.

    Examples
    --------
    >>> circle_tasks(4).round(6) + 0.0
    array([[ 1.,  0.],
           [ 0.,  1.],
           [-1.,  0.],
           [ 0., -1.]])
    """
    n = as_count("n", n)
    phase = float(as_array("phase", phase, ()))
    if seed is None:
        angles = 2.0 * np.pi * np.arange(n) / n
    else:
        angles = np.random.default_rng(as_count("seed", seed, 0)).uniform(0.0, 2.0 * np.pi, n)
    return goals_at(phase + angles, radius)


def training_tasks() -> Array:
    """Return the four training goals on the unit circle, shape (4, 2), the base task first."""
    return goals_at(np.deg2rad(TRAINING_ANGLES_DEG))
