"""A point in the plane seen through a lens: what turns the plane is no matrix in what is seen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_array, as_real
from hgmrl_lite.actions import Chart
from hgmrl_lite.envs.car import turned
from hgmrl_lite.envs.goals import GoalTasks
from hgmrl_lite.envs.navigation import STEP, circle_tasks, training_tasks
from hgmrl_lite.envs.system import System
from hgmrl_lite.envs.tasks import Policy

SAG, CENTRE, CURVE = 0.6, np.array([0.5, -0.3]), 2.0
"""How much the parabola bends; the middle of the fisheye, and how much that bends."""


def _sag(points: Array, sign: float) -> Array:
    """Return (x, y + sign · 0.6 x²)."""
    return np.stack([points[..., 0], points[..., 1] + sign * SAG * points[..., 0] ** 2], axis=-1)


def _radially(points: Array, profile: np.ufunc) -> Array:
    """Return points (..., 2) with their distance r from the centre made profile(2 r) / 2, or its inverse."""
    away = points - CENTRE
    # The ratio of the profile to its argument goes to 1 at the centre.
    distance = np.maximum(CURVE * np.linalg.norm(away, axis=-1, keepdims=True), 1e-9)
    return np.asarray(CENTRE + away * profile(distance) / distance)


LENSES: Final[Mapping[str, Chart]] = MappingProxyType(
    {
        "parabola": Chart(lambda seen: _sag(seen, -1.0), lambda places: _sag(places, 1.0)),
        "fisheye": Chart(lambda seen: _radially(seen, np.sinh), lambda places: _radially(places, np.arcsinh)),
    }
)
"""Lenses by name: from what is seen to the place, and back. Both are smooth, and one to one on the plane."""


@dataclass(frozen=True)
class Lens(System):
    """The point p' = p + 0.1 · proj(a) of the plane, of which s = ψ(p) is seen; noise and starts are p's.

    Parameters
    ----------
    action_set, noise, start_std, max_steps
        As in :class:`~hgmrl_lite.envs.system.System`.
    lens : {"parabola", "fisheye"}
        ψ: (x, y + 0.6 x²), or distances r from (0.5, -0.3) shortened to arsinh(2 r) / 2.
    twist : float
        Angle in radians by which a step is turned, for each unit of p's first coordinate. No lens does that,
        and no chart undoes it: a closed round of commands no longer leads back.

    Raises
    ------
    ValueError
        When there is no such lens, or a number is out of range.
    """

    name = "lens"
    state_dim = action_dim = 2

    lens: str = "parabola"
    twist: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.lens not in LENSES:
            raise ValueError(f"lens must be one of {tuple(LENSES)}, got {self.lens!r}")
        object.__setattr__(self, "twist", float(as_array("twist", self.twist, ())))

    @property
    def straight(self) -> Chart:
        """The chart that undoes the lens: from what is seen to the place, and back."""
        return LENSES[self.lens]

    def mean_next_state(self, states: ArrayLike, actions: ArrayLike) -> Array:
        """Return T(s, a), what is seen of a step without noise, (..., 2), for raw actions (..., 2)."""
        return self.straight.back(self._moved(as_real("states", states), actions))

    def next_state(self, states: Array, actions: Array, normals: Array) -> Array:
        """Return s' of shape (..., 2) for standard normals (..., 2)."""
        return self.straight.back(self._moved(states, actions) + self.noise * normals)

    def start_state(self, normals: Array) -> Array:
        """Return a start state for each standard normal (..., 2)."""
        return self.straight.back(self.start_std * normals)

    def describe(self) -> str:
        """Return in words what a figure says of the system beside its name."""
        twist = f", twist {self.twist:g}" if self.twist else ""
        return f"{self.lens}, {super().describe()}{twist}"

    def _moved(self, states: Array, actions: ArrayLike) -> Array:
        """Return the places (..., 2) after a step without noise."""
        places = self.straight(states)
        steps = turned(STEP * self.project(actions), self.twist * places[..., 0])
        return np.asarray(places + steps)


@dataclass(frozen=True, eq=False)
class LensGoals(GoalTasks):
    """Goals on the unit circle of the plane: where they are, not where they are seen."""

    # As in the plane: uniform actions reach farther, and a chart is known where the data are.
    exploration = "uniform"
    system: Lens = field(default_factory=Lens)
    train: Array = field(default_factory=training_tasks)
    test: Array = field(default_factory=lambda: circle_tasks(20))

    def place(self, states: Array) -> Array:
        """Return the places (..., 2) of states (..., 2)."""
        return self.system.straight(states)

    def reference(self, task: ArrayLike) -> Policy:
        """Return the greedy policy of one who knows goal, lens and twist."""
        goal, system = self.as_task(task), self.system

        def greedy(observations: ArrayLike) -> Array:
            places = self.place(as_real("observations", observations))
            return system.project(turned((goal - places) / STEP, -system.twist * places[..., 0]))

        return greedy

    @property
    def reference_name(self) -> str:
        """What a figure calls the reference."""
        return "the greedy reference"


def lens(kind: str = "parabola", *, reward_noise: float = 0.0, **system: Any) -> LensGoals:
    """Return the family of goals seen through a lens of a kind. Settings of :class:`Lens` come by name."""
    return LensGoals(Lens(lens=kind, **system), reward_noise=reward_noise)
