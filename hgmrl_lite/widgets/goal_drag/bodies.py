"""Goals in the plane for a body, as GoalDrag shows them: a car with its tyre tracks, an arm that reaches."""

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from hgmrl_lite import lie
from hgmrl_lite._validate import Array
from hgmrl_lite.agents import TransformedPolicy
from hgmrl_lite.envs import GoalTasks, Policy
from hgmrl_lite.envs.arm import LINKS
from hgmrl_lite.envs.arm import TURN as JOINT_TURN
from hgmrl_lite.envs.car import SPEED, TURN
from hgmrl_lite.widgets.base import direction_degrees
from hgmrl_lite.widgets.goal_drag.circle import CircleScene

if TYPE_CHECKING:
    from hgmrl_lite.widgets.picture import PlanePicture

# Distance of a car's wheel from its middle, and half of its length.
_WHEEL, _HALF = 0.05, 0.11


class BodyScene(CircleScene):
    """A body of which one episode is drawn in full.

    Attributes
    ----------
    turning : tuple of float
        Which pairs of coordinates really turn with the goal, by 1 or 0.
    """

    left_out = ("rivals", "rediscover", "ring")
    reference = "the base policy turned by the goal's true angle"
    turning: ClassVar[tuple[float, ...]]
    family: GoalTasks

    @property
    def goal_radius(self) -> float:
        """Distance from a goal within which an episode ends."""
        return float(self.family.radius)

    def regrets(self, drag: Any, policies: list[Policy], episodes: int) -> Array:
        """Return what each policy loses on the test goal against the base policy turned by the true angle."""
        angle = np.radians(drag.goal_degrees - direction_degrees(self.family.base_task))
        turn = lie.exp(angle * np.kron(np.diag(self.turning), lie.J))
        best = TransformedPolicy(drag.agent.base_policy, turn, np.eye(self.family.action_dim))
        goals = np.tile(drag.goal, (len(policies) + 1, 1))
        played = self.family.rollout([best, *policies], goals, episodes=episodes, seed=drag.seed)
        return np.asarray(played.mean_return[0] - played.mean_return[1:])


class CarScene(BodyScene):
    """A car, seen from above, with its tyre tracks."""

    what = "a car"
    circles = (2,)
    turning = (1.0, 1.0)

    @property
    def motion(self) -> dict[str, Any]:
        """How the state moves, for JavaScript."""
        return {"motion": "car", "speed": SPEED, "turn": TURN}

    def draw(
        self, picture: "PlanePicture", states: Array, lengths: NDArray[np.int_], colour: str, name: str,
        **style: Any,
    ) -> None:  # fmt: skip
        """Draw the tracks of the first episode's car, and the car where it ended."""
        driven = states[0, : lengths[0] + 1]
        aside = _WHEEL * np.stack([-driven[:, 3], driven[:, 2]], axis=1)
        picture.line(
            np.stack([driven[:, :2] - aside, driven[:, :2] + aside]), colour, name, **style | {"lw": 1.6}
        )
        place, ahead = driven[-1, :2], _HALF * driven[-1, 2:]
        picture.line(np.stack([place - ahead, place + ahead]), colour, lw=9)

    def ending(self, drag: Any) -> str:
        """Return in words whether and how the car arrives."""
        from hgmrl_lite.widgets.goal_drag.picture import shown_episodes

        states, lengths = shown_episodes(drag, drag.policy)
        before, last = states[0, lengths[0] - 1 : lengths[0] + 1]
        if np.linalg.norm(last[:2] - drag.goal) >= self.goal_radius:
            return "the car does not arrive"
        way = "in reverse" if (last[:2] - before[:2]) @ last[2:] < 0.0 else "forwards"
        return f"the car arrives {way}, heading {direction_degrees(last[2:]):.0f}°"


class ArmScene(BodyScene):
    """An arm that reaches for the goal."""

    what = "an arm"
    circles = (0, 2)
    turning = (1.0, 0.0, 1.0)
    place = 4

    @property
    def motion(self) -> dict[str, Any]:
        """How the state moves, for JavaScript."""
        return {"motion": "arm", "links": list(LINKS), "turn": JOINT_TURN}

    @property
    def least_steps(self) -> float:
        """How many steps it takes at least: the tip starts anywhere, but seldom twice beside the goal."""
        return 4.0

    def draw(
        self, picture: "PlanePicture", states: Array, lengths: NDArray[np.int_], colour: str, name: str,
        **style: Any,
    ) -> None:  # fmt: skip
        """Draw the way of the first episode's tip, and the arm where it ended."""
        moved = states[0, : lengths[0] + 1]
        picture.line(moved[:, 4:], colour, name, **style)
        limbs = np.stack([np.zeros(2), LINKS[0] * moved[-1, :2], moved[-1, 4:]])
        picture.line(limbs, colour, lw=5, alpha=0.6, marker="o")
