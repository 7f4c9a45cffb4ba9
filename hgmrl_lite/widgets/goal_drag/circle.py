"""Goals on a circle in the plane, as GoalDrag shows them: one angle."""

from typing import TYPE_CHECKING, Any

import numpy as np

from hgmrl_lite import lie
from hgmrl_lite._validate import Array, as_array
from hgmrl_lite.agents import GeometricAgent
from hgmrl_lite.envs import ARENA, GOAL_RADIUS, NavigationTasks
from hgmrl_lite.widgets.base import direction_degrees, wrap_degrees
from hgmrl_lite.widgets.goal_drag.scenes import Scene

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class CircleScene(Scene):
    """The plane, with the test goal on the base goal's circle."""

    kind = "plane"
    place_traits = ("goal_degrees",)
    least_context = 2
    family: NavigationTasks

    @property
    def goal_radius(self) -> float:
        """Distance from a goal within which an episode ends."""
        return float(GOAL_RADIUS)

    @property
    def drift(self) -> Array:
        """The wind, shape (2,)."""
        return np.asarray(self.family.system.wind, dtype=np.float64)

    @property
    def arena(self) -> float | None:
        """Half the side of the arena."""
        return float(ARENA)

    def check(self, agent: GeometricAgent) -> None:
        """Raise a ValueError unless the agent is one of the plane whose group closes after 2π."""
        policy = agent.base_policy
        if (policy.state_dim, policy.action_dim) != (2, 2):
            raise ValueError(
                "agent.base_policy must map the plane to the plane, got dimensions "
                f"{policy.state_dim} to {policy.action_dim}"
            )
        as_array("agent.generator_actions", agent.generator_actions, (2, 2))
        generator = as_array("agent.generator_states", agent.generator_states, (2, 2))
        if np.abs(lie.exp(2.0 * np.pi * generator) - np.eye(2)).max() > 1e-6:
            raise ValueError(
                f"agent.generator_states must close after 2π: exp(2πW) = I; got W =\n{generator}"
            )
        dimension = agent.reward_model.along.shape[1]
        if dimension != 2:
            raise ValueError(f"agent.reward_model must take points of the plane, got dimension {dimension}")

    def arrays(self, agent: GeometricAgent) -> dict[str, Array]:
        """Return the generator on states and on actions."""
        return {"generator_states": agent.generator_states, "generator_actions": agent.generator_actions}

    def settings(self, agent: GeometricAgent) -> dict[str, Any]:
        """Return nothing more."""
        return {}

    def goal(self, *degrees: float) -> Array:
        """Return the goal (2,) at an angle."""
        angle = np.radians(degrees[0])
        return self.radius * np.array([np.cos(angle), np.sin(angle)])

    def degrees(self, goal: Array) -> tuple[float, ...]:
        """Return the angle of a goal (2,)."""
        return (direction_degrees(goal),)

    def told(self, *degrees: float) -> str:
        """Return an angle in words."""
        return f"{degrees[0]:.1f}°"

    def found(self, aim: Array, goal: Array, base: Array) -> str:
        """Return in words at which angle the policy is, and its error."""
        inferred = direction_degrees(aim)
        error = abs(wrap_degrees(inferred - direction_degrees(goal)))
        return f"policy at the inferred angle {inferred:.1f}° (error {error:.1f}°)"

    def picture(self, drag: Any) -> "Figure":
        """Return the widget's state as a Matplotlib figure."""
        from hgmrl_lite.widgets.goal_drag.picture import goal_picture

        return goal_picture(drag)
