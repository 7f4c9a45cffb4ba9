"""Goals on a sphere, as GoalDrag shows them on a globe: longitude and latitude."""

from typing import TYPE_CHECKING, Any

import numpy as np

from hgmrl_lite._validate import Array
from hgmrl_lite.agents import GeometricAgent
from hgmrl_lite.envs.sphere import SphereGoals
from hgmrl_lite.hereditary.frame import skew
from hgmrl_lite.hereditary.group import CompactGroup, compact_group
from hgmrl_lite.hereditary.search import REFINED, STILL, coset_cover, stabiliser
from hgmrl_lite.widgets.goal_drag.scenes import Scene, apart, direction

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class SphereScene(Scene):
    """A globe, with the test goal as far from its middle as the base goal."""

    kind = "globe"
    place_traits = ("goal_degrees", "goal_latitude")
    least_context = 4
    left_out = ("rivals", "rediscover", "ring")
    what = "goals on a sphere"
    family: SphereGoals

    @property
    def goal_radius(self) -> float:
        """Distance from a goal within which an episode ends."""
        return float(self.family.radius)

    def check(self, agent: GeometricAgent) -> None:
        """Raise a ValueError unless the agent's group is that of the rotations of space.

        The base task's rewards must stay as they are under the rotations about one axis.
        """
        n = agent.geometry.generators_states.shape[-1]
        if n != 3:
            raise ValueError(f"agent must be one of space, with states of dimension 3; got dimension {n}")
        group, free = _group(agent)
        if group.dimension != 3 or len(free) != 1:
            raise ValueError(
                "agent.geometry must be of all rotations of space, of dimension 3, of which those about one "
                f"axis leave the base task as it is; got a group of dimension {group.dimension} and "
                f"{len(free)} such rotations"
            )
        rows = len(agent.reward_model.along)
        if rows != 3:
            raise ValueError(
                f"agent.reward_model must depend on all 3 coordinates, got one that depends on {rows}"
            )

    def arrays(self, agent: GeometricAgent) -> dict[str, Array]:
        """Return the group: its frame, how it moves actions, the base task's axis, and a cover of a sphere.

        ``root`` and ``inverse`` (3, 3) lead into the frame where the group is that of all rotations, and
        back; ``action_basis`` (3, 3, 3) is how rotations about the frame's axes move actions; ``axis`` (3,)
        is what the base task is symmetric about, in the frame; ``cover`` (S, 3, 3) are rotations spread over
        the group, ``neighbours`` (S, k) those beside each.
        """
        group, free = _group(agent)
        assert group.generators_actions is not None
        # Rows: the axes of the generators, in the frame.
        axes = _axes(skew(group.frame.inside(group.generators_states)))
        cover = coset_cover(agent.reward_model, group)
        axis = free[0] @ _axes(skew(group.frame.inside(group.directions)))
        return {
            "root": group.frame.root,
            "inverse": group.frame.inverse,
            "axis": axis,
            "action_basis": np.tensordot(np.linalg.inv(axes), group.generators_actions, axes=1),
            "cover": group.frame.inside(cover.elements),
            "neighbours": cover.neighbours.astype(float),
        }

    def settings(self, agent: GeometricAgent) -> dict[str, Any]:
        """Return the distance of neighbours in the cover, how many minima are refined, and where to stop."""
        group = _group(agent)[0]
        return {
            "spacing": group.cover.spacing,
            "most": REFINED,
            "still": STILL,
            "least": group.dimension + 1,
        }

    def goal(self, *degrees: float) -> Array:
        """Return the goal (3,) at a longitude and a latitude."""
        return self.radius * direction(*degrees)

    def degrees(self, goal: Array) -> tuple[float, ...]:
        """Return longitude and latitude of a goal (3,)."""
        x, y, z = goal
        return float(np.degrees(np.arctan2(y, x))), float(np.degrees(np.arctan2(z, np.hypot(x, y))))

    def view(self, goal: Array) -> tuple[float, ...]:
        """Return from where the base goal and a goal (3,) are both in front, with a bend in their way."""
        base = self.family.base_task
        middle, aside = goal + base, np.cross(goal, base)
        if np.linalg.norm(aside) < 0.1 * self.radius**2:
            return self.degrees(goal)
        aside *= np.linalg.norm(middle) / np.linalg.norm(aside)
        return min((self.degrees(middle + side * aside) for side in (1.0, -1.0)), key=_tilt)

    def told(self, *degrees: float) -> str:
        """Return a place in words."""
        return f"longitude {degrees[0]:.1f}°, latitude {degrees[1]:.1f}°"

    def found(self, aim: Array, goal: Array, base: Array) -> str:
        """Return in words how far the base policy is rotated, and by how much it misses."""
        return f"base policy rotated by {apart(base, aim):.1f}° (error {apart(aim, goal):.1f}°)"

    def picture(self, drag: Any) -> "Figure":
        """Return the widget's state as a Matplotlib figure."""
        from hgmrl_lite.widgets.goal_drag.globe_picture import globe_picture

        return globe_picture(drag)


def _tilt(place: tuple[float, ...]) -> float:
    """Return how far a view is from the usual one, somewhat from the north."""
    return abs(place[1] - 20.0)


def _group(agent: GeometricAgent) -> tuple[CompactGroup, Array]:
    """Return the agent's group and the directions (f, d) of the base task's stabiliser."""
    geometry = agent.geometry
    group = compact_group(geometry.generators_states, geometry.generators_actions)
    return group, stabiliser(agent.reward_model, group)[0]


def _axes(generators: Array) -> Array:
    """Return the vectors w (k, 3) of skew matrices v ↦ w × v (k, 3, 3)."""
    return np.stack([generators[:, 2, 1], generators[:, 0, 2], generators[:, 1, 0]], axis=1)
