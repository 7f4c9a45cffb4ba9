"""TaskAligner: turn the kernel distributions of one task onto those of another, by hand."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from hgmrl_lite import lie, tangents
from hgmrl_lite._looks import BLUE, VERMILLION
from hgmrl_lite._validate import Array, as_array
from hgmrl_lite.envs import ARENA, navigation
from hgmrl_lite.hereditary import Inference, RewardModel, infer
from hgmrl_lite.transitions import Transitions
from hgmrl_lite.widgets.base import (
    AnsweringWidget,
    context_seed,
    css,
    direction_degrees,
    esm,
    pack_arrays,
    wrap_degrees,
)
from hgmrl_lite.widgets.traits import Coordinates, Flag, Number, Whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Half the side of the window, the radius of the ring that turns, and how far from the origin a goal may be.
HALF, RING, REACH = 1.9, 1.68, (0.3, 1.4)
#: Samples behind each line of the new task, itself included, in a local linear regression.
NEIGHBOURS = 8
#: Turns at which the curve is computed, in degrees.
CURVE = np.arange(-180.0, 180.0, 2.5)
#: Smallest and largest value of each slider; noise in units of the reward.
RANGES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"turn_degrees": (-180.0, 180.0), "transitions": (NEIGHBOURS, 100), "noise": (0.0, 0.1)}
)
_DRAWS = 8
_BASE_TRANSITIONS, _CENTRES = 5000, 100
_NO_GOAL = (ARENA, ARENA)
# Length of a line or an arrow in the picture.
_LENGTH = 0.13


class TaskAligner(AnsweringWidget):
    """The base task's kernel distributions, to be turned onto those that N transitions of a new task show.

    The base task is well explored: its reward model gives a line at every point, and these are turned by hand
    about the origin. In the new task a line stands at every next state, from a local linear regression of the
    noisy rewards. Beside the plane is the mean angle between the lines of both tasks against the turn. With
    ``signed`` the lines become gradients, whose arrows have a direction. All of it is computed in JavaScript
    while a handle is dragged; the package's own answer comes from Python when the hand rests.

    Parameters
    ----------
    goal : array_like, shape (2,), optional
        The new task's goal, at 0.3 to 1.4 from the origin. Only its rewards enter the lines.
    turn_degrees : float, optional
        By how much the base task's lines are turned, counter-clockwise, from -180 to 180.
    signed : bool, optional
        Compare gradients (arrows) in place of tangents (lines).
    transitions : int, optional
        How many transitions of the new task are seen, 8 to 100.
    noise : float, optional
        Standard deviation of the noise on its rewards, at most 0.1.
    revealed : bool, optional
        Show what :func:`hgmrl_lite.hereditary.infer` answers.
    seed : int, optional
        Seed of the explorations and the noise.

    Raises
    ------
    ValueError
        When a value is out of range, not finite or of another shape.

    Examples
    --------
    >>> aligner = TaskAligner([0.0, 1.0])
    >>> aligner.turn_degrees = aligner.true_turn
    >>> bool(aligner.misalignment < 5.0)
    True
    """

    _esm, _css = esm("task_aligner"), css("task_aligner")

    goal = Coordinates(2).tag(sync=True)
    turn_degrees = Number(0.0, *RANGES["turn_degrees"]).tag(sync=True)
    signed = Flag(False).tag(sync=True)
    transitions = Whole(20, *RANGES["transitions"]).tag(sync=True)
    noise = Number(0.0, *RANGES["noise"]).tag(sync=True)
    draw = Whole(0).tag(sync=True)
    revealed = Flag(False).tag(sync=True)
    settings = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        goal: ArrayLike = (0.866, 0.5),
        *,
        turn_degrees: float = 0.0,
        signed: bool = False,
        transitions: int = 20,
        noise: float = 0.0,
        revealed: bool = False,
        seed: int = 0,
    ) -> None:
        family = navigation()
        self.base_goal: Array = family.base_task
        base = family.explore(self.base_goal, _BASE_TRANSITIONS, seed=seed)
        self.reward_model = RewardModel.fit(base.next_states, base.rewards, centres=_CENTRES)
        # Without a goal in reach, the same steps serve for every new task.
        most = int(RANGES["transitions"][1])
        self._seen = [family.explore(_NO_GOAL, most, seed=context_seed(seed, draw)) for draw in range(_DRAWS)]
        self._draws = np.random.default_rng([seed, 1]).standard_normal((_DRAWS, most))
        data, index = pack_arrays(
            {
                "centres": self.reward_model.centres,
                "weights": self.reward_model.weights,
                "linear": self.reward_model.linear,
                "points": np.array([seen.next_states for seen in self._seen]),
                "draws": self._draws,
                "curve": CURVE,
            }
        )
        super().__init__(
            goal=goal,
            turn_degrees=turn_degrees,
            signed=signed,
            transitions=transitions,
            noise=noise,
            revealed=revealed,
            array_data=data,
            array_index=index,
            settings={
                "half": HALF,
                "ring": RING,
                "reach": list(REACH),
                "base_goal": self.base_goal.tolist(),
                "neighbours": NEIGHBOURS,
                "ranges": {name: list(ends) for name, ends in RANGES.items()},
            },
        )

    @traitlets.validate("goal")
    def _valid_goal(self, proposal: Any) -> list[float]:
        goal: list[float] = proposal["value"]
        distance = float(np.linalg.norm(goal))
        # The hand's goals are rounded to three digits.
        if not REACH[0] - 1e-3 <= distance <= REACH[1] + 1e-3:
            raise ValueError(f"goal must be {REACH[0]} to {REACH[1]} from the origin, got {goal}")
        return goal

    @traitlets.validate("draw")
    def _valid_draw(self, proposal: Any) -> int:
        draw: int = proposal["value"]
        return draw % _DRAWS

    @property
    def context(self) -> Transitions:
        """The new task's transitions on screen."""
        seen = self._seen[self.draw][: self.transitions]
        rewards = -np.linalg.norm(seen.next_states - np.array(self.goal), axis=1)
        return Transitions(
            seen.states,
            seen.actions,
            rewards + self.noise * self._draws[self.draw, : self.transitions],
            seen.next_states,
        )

    @property
    def normals(self) -> Array:
        """Unit gradients of the new task's reward at its next states, as far as the data tell, (N, 2)."""
        context = self.context
        fit = tangents.local_regression(
            context.next_states, context.rewards, degree=1, neighbours=NEIGHBOURS, standard_errors=False
        )
        return fit.normals

    def base_normals(self, turns: ArrayLike) -> Array:
        """Return unit gradients (..., N, 2) of the base task, turned by degrees (...), at the next states."""
        turn = lie.so2_exp(np.radians(as_array("turns", turns)))
        back = self.context.next_states @ turn
        gradients = self.reward_model.gradient(back) @ np.swapaxes(turn, -1, -2)
        return np.asarray(gradients / np.linalg.norm(gradients, axis=-1, keepdims=True))

    def mean_angle(self, turns: ArrayLike, *, signed: bool) -> Array:
        """Return the mean angle in degrees between both tasks' lines or arrows at turns (...) in degrees."""
        base, new = self.base_normals(turns), self.normals
        cosine = (base * new).sum(axis=-1)
        sine = base[..., 0] * new[:, 1] - base[..., 1] * new[:, 0]
        # By the arctangent: an arccosine has no digits near zero, where the answer is.
        angle = np.arctan2(np.abs(sine), cosine if signed else np.abs(cosine))
        return np.asarray(np.degrees(angle).mean(axis=-1))

    @property
    def misalignment(self) -> float:
        """The mean angle in degrees between the lines, or arrows, on screen."""
        return float(self.mean_angle(self.turn_degrees, signed=self.signed))

    @property
    def true_turn(self) -> float:
        """Turn in degrees, in (-180, 180], that carries the base goal into the direction of the new goal."""
        return wrap_degrees(direction_degrees(self.goal) - direction_degrees(self.base_goal))

    @property
    def inference(self) -> Inference:
        """The package's answer for the transitions on screen."""
        return infer(lie.J, self.reward_model, self.context)

    def _answer_turn(self) -> dict[str, Any]:
        """Answer what the page asks once the hand rests."""
        found = self.inference
        other = np.isfinite(found.runner_up_residual)
        return {
            "degrees": float(np.degrees(found.angle)),
            "bound": found.bound_deg if np.isfinite(found.bound_deg) else None,
            "residual": found.residual,
            "runner_up": float(np.degrees(found.runner_up[0])) if other else None,
            "runner_up_residual": found.runner_up_residual if other else None,
            "verdict": found.verdict,
        }

    def describe(self) -> str:
        """Return in words what is on screen."""
        what = "arrows" if self.signed else "lines"
        text = (
            f"new goal at ({self.goal[0]:.2f}, {self.goal[1]:.2f}), {self.transitions} transitions with "
            f"reward noise {self.noise:.3f}; base task turned by {self.turn_degrees:.1f}°: {what} are "
            f"{self.misalignment:.1f}° apart on average"
        )
        if self.revealed:
            found = self.inference
            turn = float(np.degrees(found.angle))
            off = abs(wrap_degrees(turn - self.true_turn))
            text += (
                f"; the package finds no turn that explains the rewards, the best is {turn:.1f}°"
                if found.verdict == "no"
                else f"; the package turns by {turn:.1f}°, {off:.2f}° off; explains the rewards: "
                f"{found.verdict}"
            )
        return text

    def figure(self) -> "Figure":
        """Return the current state as a Matplotlib figure."""
        from hgmrl_lite.widgets.picture import PlanePicture

        picture = PlanePicture(HALF)

        def strokes(points: Array, normals: Array, colour: str, width: float, name: str = "") -> None:
            """Draw a line at right angles to each normal, or an arrow along it."""
            if self.signed:
                picture.arrows(points, _LENGTH * normals, colour, name)
                return
            along = 0.5 * _LENGTH * np.stack([-normals[:, 1], normals[:, 0]], axis=1)
            picture.line(np.stack([points - along, points + along], axis=1), colour, name, lw=width)

        turn = lie.so2_exp(np.radians(self.turn_degrees))
        centres, points = self.reward_model.centres, self.context.next_states
        gradients = self.reward_model.gradient(centres)
        field = gradients / np.linalg.norm(gradients, axis=1, keepdims=True)
        strokes(centres @ turn.T, field @ turn.T, VERMILLION, 0.6, "base task, turned")
        strokes(points, self.normals, BLUE, 3.0, f"new task, {self.transitions} transitions")
        strokes(points, self.base_normals(self.turn_degrees), VERMILLION, 1.4)
        picture.mark(self.base_goal, "s", face="none", edge=VERMILLION)
        picture.mark(turn @ self.base_goal, "s", "its goal", face=VERMILLION)
        picture.mark(self.goal, "o", "new goal", size=11)
        if self.revealed:
            answer = lie.so2_exp(self.inference.angle) @ self.base_goal
            picture.mark(answer, "x", "the package's answer", edge=BLUE)
        what = "arrows" if self.signed else "lines"
        return picture.finished(f"turned by {self.turn_degrees:.1f}°: {what} {self.misalignment:.1f}° apart")
