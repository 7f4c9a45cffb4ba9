"""GoalDrag's globe as a still picture, for places where no widget runs."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from hgmrl_lite import lie
from hgmrl_lite._looks import BLUE, GREY, PURPLE, VERMILLION, look
from hgmrl_lite._validate import Array
from hgmrl_lite.envs import Policy
from hgmrl_lite.widgets.goal_drag.picture import mean_path, shown_episodes
from hgmrl_lite.widgets.goal_drag.scenes import direction
from hgmrl_lite.widgets.picture import PlanePicture

# Opacity of what lies behind the middle of the globe, beside what lies in front.
_BEHIND = 0.35


# A GoalDrag, as what it draws: its type would be an import in a circle.
def globe_picture(drag: Any) -> Figure:
    """Draw what the widget shows, from where it shows it."""
    longitude, latitude = drag.view_longitude, drag.view_latitude
    # Rows: to the right, upwards, towards who looks.
    right, upwards = direction(longitude + 90.0, 0.0), direction(longitude, latitude + 90.0)
    view = np.stack([right, upwards, direction(longitude, latitude)])
    goals, base_goal = drag.training_goals, drag.training_goals[drag.base_index]
    radius = float(np.linalg.norm(base_goal))
    picture = PlanePicture(1.4 * radius)
    picture.axes.set_axis_off()

    def line(points: Array, colour: str, name: str = "", alpha: float = 1.0, **style: Any) -> None:
        seen = points @ view.T
        for behind in (True, False):
            # What is on the other side is left out: a gap in the line.
            part = np.where((seen[..., 2:] < 0.0) == behind, seen[..., :2], np.nan)
            shown = {"alpha": _BEHIND * alpha, "zorder": 1} if behind else {"alpha": alpha, "zorder": 2}
            picture.line(part, colour, "" if behind else name, **shown, **style)

    def mark(point: Array, marker: str, name: str, **style: Any) -> None:
        seen = view @ point
        picture.mark(seen[:2], marker, name if seen[2] >= 0.0 else f"{name} (behind)", **style)

    turn = np.linspace(-180.0, 180.0, 91)
    rim = np.radians(turn)
    picture.line(radius * np.stack([np.cos(rim), np.sin(rim)], axis=1), "0.5", lw=1.2)
    for place in np.arange(-60.0, 61.0, 30.0):
        line(radius * np.stack([direction(along, place) for along in turn]), "0.8", lw=0.7)
    for place in np.arange(-180.0, 180.0, 30.0):
        line(radius * np.stack([direction(place, 0.5 * along) for along in turn]), "0.8", lw=0.7)

    def draw(policy: Policy, agent: str, name: str, dashes: tuple[float, ...] = ()) -> None:
        (paths, lengths), colour = shown_episodes(drag, policy), look(agent).colour
        line(paths, colour, lw=0.8, alpha=0.3)
        line(mean_path(paths, lengths), colour, name, lw=2.5, dashes=dashes)

    if drag.show_base:
        draw(drag.agent.base_policy, "base policy", "base policy, unchanged", (2, 2))
    inferred = drag.inference
    if drag.show_geometric:
        draw(drag.agent.policy_for(inferred), "geometric", "geometric agent")
        generator = np.tensordot(inferred.theta, inferred.generators, axes=1)
        way = lie.exp(np.linspace(0.0, 1.0, 25)[:, None, None] * generator) @ base_goal
        line(way, BLUE, "rotation of the base goal", lw=1.5, dashes=(1, 2))
    if drag.show_exploration:
        picture.dots((drag.context.next_states @ view.T)[:, :2], PURPLE, "random steps it learned from", 4)
    for number, goal in enumerate(np.delete(goals, drag.base_index, axis=0)):
        picture.mark((view @ goal)[:2], "D", "" if number else "other training goals", edge=GREY, size=7)
    mark(base_goal, "s", "base goal", face=VERMILLION, size=9)
    mark(-base_goal, "s", "its antipode", edge=VERMILLION, size=9)
    picture.mark((view @ -base_goal)[:2], "x", edge=VERMILLION, size=5)
    mark(drag.goal, "o", "test goal", size=13)
    mark(drag.aim, "x", "where the policy aims", edge=BLUE, size=7)
    return picture.finished()
