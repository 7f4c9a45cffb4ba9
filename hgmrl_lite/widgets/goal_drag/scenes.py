"""What GoalDrag draws a family on: a circle in the plane or a globe; each says what is particular to it."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from hgmrl_lite._validate import Array
from hgmrl_lite.agents import GeometricAgent
from hgmrl_lite.envs import STEP, Policy, TaskFamily

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# A coordinate that no episode reaches.
_FAR = 1e3


class Scene(ABC):
    """How the tasks of one kind of family are placed, shown and told.

    Parameters
    ----------
    family : TaskFamily
        The family.

    Attributes
    ----------
    kind : str
        What JavaScript draws it on.
    place_traits : tuple of str
        The widget's traits that say where the test goal is, in degrees.
    least_context : int
        Fewest random steps from which an element is inferred.
    left_out : tuple of str
        Options of the widget that it has nothing for.
    what : str
        What its goals are, for such a case.
    reference : str
        What regret is counted against.
    circles : tuple of int
        Numbers of the coordinates at which unit vectors begin.
    place : int
        Number of the coordinate at which the place of a state begins.
    radius : float
        Distance of the base goal, and of the test goal, from the start.
    """

    kind: ClassVar[str]
    place_traits: ClassVar[tuple[str, ...]]
    least_context: ClassVar[int]
    left_out: ClassVar[tuple[str, ...]] = ()
    what: ClassVar[str] = ""
    reference: ClassVar[str] = "steering straight at the goal"
    circles: ClassVar[tuple[int, ...]] = ()
    place: ClassVar[int] = 0

    def __init__(self, family: TaskFamily) -> None:
        self.family = family
        self.radius = float(np.linalg.norm(family.base_task))
        if self.radius <= self.goal_radius:
            raise ValueError(
                f"family must have a base goal farther than {self.goal_radius:.3f} from the origin, "
                f"got {family.base_task.tolist()}"
            )

    @property
    @abstractmethod
    def goal_radius(self) -> float:
        """Distance from a goal within which an episode ends."""

    @property
    def motion(self) -> dict[str, Any]:
        """How the state moves, for JavaScript: the name of the law, and its constants."""
        return {"motion": "point", "step": STEP, "arena": None, "wind": [0.0] * self.family.state_dim}

    @property
    def least_steps(self) -> float:
        """How many steps it takes at least from a start to a goal."""
        return self.radius / STEP

    @property
    def far(self) -> Array:
        """A goal out of reach."""
        return np.full(len(self.family.base_task), _FAR)

    def noise(self, mean: Array, moved: Array) -> Array:
        """Return what leads from T(s, a) to s' (..., n): what is added, and what turns unit vectors."""
        noise = moved - mean
        for first in self.circles:
            pair = slice(first, first + 2)
            before, after = (states[..., pair] @ np.array([1.0, 1.0j]) for states in (mean, moved))
            turn = after / before
            noise[..., pair] = np.stack([turn.real, turn.imag], axis=-1)
        return noise

    def carried(self, left: Array, goal: Array) -> Array:
        """Return where an element L (n, n) carries a goal: it moves places as part of their states."""
        own = slice(self.place, self.place + len(goal))
        return np.asarray(left[own, own] @ goal)

    def regrets(self, drag: Any, policies: list[Policy], episodes: int) -> Array:
        """Return the mean regret of each policy on the test goal."""
        from hgmrl_lite.meta import evaluate

        goals = np.tile(drag.goal, (len(policies), 1))
        return evaluate(self.family, policies, goals, episodes=episodes, seed=drag.seed).regret_by_task

    @abstractmethod
    def check(self, agent: GeometricAgent) -> None:
        """Raise a ValueError unless the agent is one that can be shown here."""

    @abstractmethod
    def arrays(self, agent: GeometricAgent) -> dict[str, Array]:
        """Return what JavaScript needs of the agent's group."""

    @abstractmethod
    def settings(self, agent: GeometricAgent) -> dict[str, Any]:
        """Return what else it needs, beside the constants of the inference."""

    @abstractmethod
    def goal(self, *degrees: float) -> Array:
        """Return the goal (n,) at a place."""

    @abstractmethod
    def degrees(self, goal: Array) -> tuple[float, ...]:
        """Return the place of a goal (n,), in degrees."""

    @abstractmethod
    def told(self, *degrees: float) -> str:
        """Return a place in words."""

    @abstractmethod
    def found(self, aim: Array, goal: Array, base: Array) -> str:
        """Return in words what was inferred: the ``base`` goal goes to ``aim``, and should go to ``goal``."""

    def ending(self, drag: Any) -> str:
        """Return in words how the geometric agent's episode ends that is shown in full, "" for none."""
        return ""

    @abstractmethod
    def picture(self, drag: Any) -> "Figure":
        """Return the widget's state as a Matplotlib figure."""


def direction(longitude: float, latitude: float) -> Array:
    """Return the unit vector (3,) with a longitude and a latitude, in degrees."""
    turn, height = np.radians([longitude, latitude])
    return np.array([np.cos(height) * np.cos(turn), np.cos(height) * np.sin(turn), np.sin(height)])


def apart(one: Array, other: Array) -> float:
    """Return the angle between two points (3,) of a sphere, in degrees."""
    return float(np.degrees(np.arctan2(np.linalg.norm(np.cross(one, other)), one @ other)))
