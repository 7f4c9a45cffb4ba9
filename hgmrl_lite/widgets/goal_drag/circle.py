"""Goals on a circle in the plane, as GoalDrag shows them: one angle, of a point, a car or an arm."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hgmrl_lite import lie
from hgmrl_lite._validate import Array, as_array
from hgmrl_lite.agents import GeometricAgent
from hgmrl_lite.envs import ARENA, GOAL_RADIUS, STEP, NavigationTasks
from hgmrl_lite.hereditary.frame import Frame
from hgmrl_lite.hereditary.group import compact_group
from hgmrl_lite.widgets.base import direction_degrees, wrap_degrees
from hgmrl_lite.widgets.goal_drag.scenes import Scene

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from hgmrl_lite.widgets.picture import PlanePicture


class CircleScene(Scene):
    """The plane, with the test goal on the base goal's circle; the group has one parameter."""

    kind = "plane"
    place_traits = ("goal_degrees",)
    least_context = 2

    def check(self, agent: GeometricAgent) -> None:
        """Raise a ValueError unless the agent's group is one turn that closes after 2π."""
        policy, n, m = agent.base_policy, self.family.state_dim, self.family.action_dim
        if (policy.state_dim, policy.action_dim) != (n, m):
            raise ValueError(
                f"agent.base_policy must map states of dimension {n} to actions of dimension {m}, got "
                f"dimensions {policy.state_dim} to {policy.action_dim}"
            )
        as_array("agent.generator_actions", agent.generator_actions, (m, m))
        generator = as_array("agent.generator_states", agent.generator_states, (n, n))
        if np.abs(lie.exp(2.0 * np.pi * generator) - np.eye(n)).max() > 1e-6:
            raise ValueError(
                f"agent.generator_states must close after 2π: exp(2πW) = I; got W =\n{generator}"
            )
        if agent.geometry.dimension != 1:
            raise ValueError(f"agent.geometry must be of dimension 1, got {agent.geometry.dimension}")
        rows, dimension = agent.reward_model.along.shape
        if dimension != n or rows > 3:
            raise ValueError(
                f"agent.reward_model must take states of dimension {n} and depend on at most 3 combinations "
                f"of their coordinates, got dimension {dimension} and {rows}"
            )

    def arrays(self, agent: GeometricAgent) -> dict[str, Array]:
        """Return the group on states and on actions, and the combinations ``along`` that rewards depend on.

        exp(θW) = Σ cos(ω_k θ) C_k + sin(ω_k θ) S_k, with ``<name>_parts`` C_0, S_0, C_1, ... (2F, n, n) and
        ``<name>_frequencies`` (F,).
        """
        geometry = agent.geometry
        group = compact_group(geometry.generators_states, geometry.generators_actions)
        assert group.generators_actions is not None
        parts = {"states": group.generators_states[0], "actions": group.generators_actions[0]}
        arrays = {"along": agent.reward_model.along}
        for name, generator in parts.items():
            arrays[f"{name}_parts"], arrays[f"{name}_frequencies"] = harmonics(generator)
        return arrays

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

    def places(self, states: Array) -> Array:
        """Return the places (..., 2) of states (..., n)."""
        return states[..., self.place : self.place + 2]

    def draw(
        self, picture: "PlanePicture", states: Array, lengths: NDArray[np.int_], colour: str, name: str,
        **style: Any,
    ) -> None:  # fmt: skip
        """Draw what stands out of one agent's episodes, states (E, T, n) that end after ``lengths`` (E,)."""
        from hgmrl_lite.widgets.goal_drag.picture import mean_path

        picture.line(mean_path(states, lengths), colour, name, **style)

    def picture(self, drag: Any) -> "Figure":
        """Return the widget's state as a Matplotlib figure."""
        from hgmrl_lite.widgets.goal_drag.picture import goal_picture

        return goal_picture(drag, self)


class PlaneScene(CircleScene):
    """A point in the plane."""

    family: NavigationTasks

    @property
    def goal_radius(self) -> float:
        """Distance from a goal within which an episode ends."""
        return float(GOAL_RADIUS)

    @property
    def motion(self) -> dict[str, Any]:
        """How the state moves, for JavaScript."""
        wind = np.asarray(self.family.system.wind, dtype=np.float64)
        return {**super().motion, "arena": float(ARENA), "wind": wind.tolist()}

    @property
    def least_steps(self) -> float:
        """How many steps it takes at least from a start to a goal: the wind may help."""
        return self.radius / (STEP + float(np.linalg.norm(self.family.system.wind)))

    @property
    def far(self) -> Array:
        """A goal out of reach, in the corner of the arena."""
        return np.full(2, float(ARENA))


def harmonics(generator: Array) -> tuple[Array, Array]:
    """Return (C_0, S_0, C_1, ...) (2F, n, n) and ω (F,) with exp(θW) = Σ cos(ω_k θ) C_k + sin(ω_k θ) S_k."""
    form = lie.find_inner_product(generator[None])
    if form is None:
        raise ValueError(f"generator must keep an inner product, got\n{generator}")
    frame = Frame.of(form)
    inside = frame.inside(generator)
    values, vectors = np.linalg.eigh(0.5j * (inside - inside.T))
    sizes, sides = np.abs(values).round(9), np.sign(values)
    frequencies = np.unique(sizes)
    parts = []
    for frequency in frequencies:
        # H v = λ v for the Hermitian H = i W, so that exp(θW) is the real part of Σ exp(-i λ θ) v v*.
        chosen = vectors[:, sizes == frequency]
        parts.append((chosen @ chosen.conj().T).real)
        parts.append(((chosen * sides[sizes == frequency]) @ chosen.conj().T).imag)
    return frame.outside(np.array(parts)), frequencies
