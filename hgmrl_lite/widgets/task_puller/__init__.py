"""TaskPuller: pull one task onto another by a map of a chosen kind, and see what it keeps and breaks."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from hgmrl_lite import actions
from hgmrl_lite._looks import BLUE, GREEN, GREY, PURPLE, VERMILLION
from hgmrl_lite._validate import Array
from hgmrl_lite.envs import NOISE, STEP
from hgmrl_lite.widgets.base import HgmrlWidget, css, esm, pack_arrays
from hgmrl_lite.widgets.task_puller.tasks import (
    ACTIONS,
    BASE_GOAL,
    BOUNDS,
    MAPS,
    REWARDS,
    SLOW,
    TARGETS,
    TIMES,
    VERDICTS,
    sample_arrays,
    task_map,
)
from hgmrl_lite.widgets.traits import Choice, Flag, Number, shown

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HALF = 2.2
_SHOW = ("base", "policy")


class TaskPuller(HgmrlWidget):
    """A base task, a target task, and a map under the hand that should carry the one onto the other.

    The base task is drawn by the level sets of its reward, a cloud of its starts, and the arrows of its
    policy; all of them move with the map. Beside the plane stand six tests: whether the kernel
    distributions are aligned and whether the rewards are the same, apart; whether the map is a symmetry of
    the system, T(L s, K a) = L T(s, a) with the noise carried to itself; whether it keeps the law of the
    starts; whether it is connected to the identity; whether its family is compact; and a verdict in words.
    All of it is computed in JavaScript.

    Parameters
    ----------
    reward : {"round goal", "bent valley"}, optional
        The base task's reward: −‖p − c‖, which rotations about c keep, or the
        :func:`~hgmrl_lite.envs.bent_valley`, which no map keeps.
    kind : {"rotation", "reflection", "scaling", "shear", "translation"}, optional
        The kind of map.
    t : float, optional
        Which one: an angle in radians, the mirror line's angle, the logarithm of a factor, a shear, a
        distance.
    direction : float, optional
        Direction of a shear or a translation in degrees.
    target : {"turned", "mirrored", "scaled", "sheared", "shifted"}, optional
        What made the target task out of the base task.
    action_set : {"disc", "box", "unbounded"}, optional
        The system's admissible actions.
    show : iterable of str, optional
        What is drawn at first, of "base" (its level sets) and "policy" (its arrows, carried).

    Attributes
    ----------
    reward, kind, t, direction, target, action_set
        As above.
    show_base, show_policy : bool
        What is drawn.

    Raises
    ------
    ValueError
        When an argument is unknown, not finite or out of range.

    Examples
    --------
    >>> puller = TaskPuller("bent valley", kind="rotation", t=np.radians(110), target="turned")
    >>> np.allclose(puller.element.matrix, puller.target_element.matrix)
    True
    """

    _esm, _css = esm("task_puller"), css("task_puller")

    kind = Choice(*MAPS).tag(sync=True)
    t = Number(0.6).tag(sync=True)
    direction = Number(0.0).tag(sync=True)
    reward = Choice(*REWARDS).tag(sync=True)
    target = Choice(*TARGETS).tag(sync=True)
    action_set = Choice(*ACTIONS).tag(sync=True)
    show_base = Flag(True).tag(sync=True)
    show_policy = Flag(True).tag(sync=True)
    settings = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        reward: str = "round goal",
        *,
        kind: str = "rotation",
        t: float = 0.6,
        direction: float = 0.0,
        target: str = "turned",
        action_set: str = "disc",
        show: Iterable[str] = _SHOW,
    ) -> None:
        self.samples = sample_arrays()
        data, index = pack_arrays(self.samples)
        super().__init__(
            kind=kind, t=t,
            direction=direction,
            reward=reward, target=target, action_set=action_set,
            array_data=data, array_index=index,
            **shown(show, _SHOW),
            settings={
                "half": HALF,
                "goal": list(BASE_GOAL),
                "slow": SLOW,
                "spacing": 0.5,
                "levels": {name: list(reward.levels) for name, reward in REWARDS.items()},
                "targets": {
                    name: dict(zip(("kind", "t", "direction"), made, strict=True))
                    for name, made in TARGETS.items()
                },
                "action_sets": list(ACTIONS),
                "constants": {
                    "step": STEP,
                    "start_std": NOISE,
                    "bounds": dict(BOUNDS),
                    "times": TIMES,
                    "maps": {name: dict(values) for name, values in MAPS.items()},
                },
                "verdicts": dict(VERDICTS),
            },
        )  # fmt: skip

    @traitlets.observe("kind")
    def _fit_t(self, change: Any) -> None:
        """Bring t into the range that it has in the new kind."""
        limit = MAPS[change["new"]]["limit"]
        self.t = float(np.clip(self.t, -limit, limit))

    @traitlets.validate("t")
    def _valid_t(self, proposal: Any) -> float:
        t: float = proposal["value"]
        limit = MAPS[self.kind]["limit"]
        # A hair of rounding is let through: π may have come by way of degrees.
        if abs(t) > limit + 1e-9:
            raise ValueError(f"t must be within ±{limit:.4g} for the kind {self.kind}, got {t}")
        return t

    @property
    def element(self) -> actions.AffineAction:
        """The map under the hand."""
        return task_map(self.kind, self.t, self.direction)

    @property
    def target_element(self) -> actions.AffineAction:
        """The map that made the target task."""
        return task_map(*TARGETS[self.target])

    def carried_policy(self, states: ArrayLike) -> Array:
        """Return K π(L⁻¹ s) at states (..., 2), with K the linear part of the map."""
        return self.element.on_policy(REWARDS[self.reward].policy, self.element.matrix[:2, :2])(states)

    def describe(self) -> str:
        """Return in words what is on screen."""
        return (
            f"{self.reward}, base task {self._map_in_words()}, target {self.target}, "
            f"actions {self.action_set}"
        )

    def _map_in_words(self) -> str:
        """Say which map it is."""
        if self.kind in ("rotation", "reflection"):
            what = "turned by" if self.kind == "rotation" else "mirrored in the line at"
            return f"{what} {np.degrees(self.t):.1f}°"
        if self.kind == "scaling":
            return f"scaled by {np.exp(self.t):.2f}"
        what = "sheared" if self.kind == "shear" else "moved"
        return f"{what} by {self.t:.2f} in the direction {self.direction:.0f}°"

    def figure(self) -> "Figure":
        """Return the current state as a Matplotlib figure."""
        from hgmrl_lite.widgets.picture import PlanePicture, square_grid

        element, target, reward = self.element, self.target_element, REWARDS[self.reward]
        picture = PlanePicture(HALF)
        if self.show_base:
            picture.levels(reward.value, reward.levels, GREY, "base reward", lw=1.0, ls="--")
        picture.levels(target.on_function(reward.value), reward.levels, GREEN, "target's reward", lw=3.2)
        picture.levels(element.on_function(reward.value), reward.levels, BLUE, "carried reward")
        if self.show_policy:
            places = square_grid(2.0, 11)
            picture.arrows(places, 0.22 * self.carried_policy(places), VERMILLION, "carried policy")
        picture.dots(self.samples["starts"], GREY, "starts")
        picture.dots(element(self.samples["starts"]), PURPLE, "carried starts")
        picture.mark(BASE_GOAL, "s", "base goal", face="0.75")
        picture.mark(target(BASE_GOAL), "D", "target's goal", face=GREEN)
        picture.mark(element(BASE_GOAL), "o", "carried base goal", face="none", edge=BLUE, size=13)
        return picture.finished(self.describe(), 3)
