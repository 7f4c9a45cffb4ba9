"""GoalDrag as a still picture, for places where no widget runs."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from hgmrl_lite._looks import BLUE, GREY, PURPLE, VERMILLION, look
from hgmrl_lite._validate import Array
from hgmrl_lite.envs import Policy
from hgmrl_lite.widgets.picture import PlanePicture


def shown_episodes(drag: Any, policy: Policy) -> tuple[Array, NDArray[np.int_]]:
    """Return the episodes (E, T, n) of a policy on the test goal, and their lengths (E,)."""
    played = drag.family.rollout(
        policy, drag.goal[None], episodes=drag.episodes, seed=drag.seed, trajectories=True
    )
    return played.trajectories[0], played.lengths[0]


def mean_path(paths: Array, lengths: NDArray[np.int_]) -> Array:
    """Return the mean (T, n) of episodes (E, T, n); one that has ended stays where it ended."""
    ends = paths[np.arange(len(paths)), lengths]
    return np.asarray(np.where(np.isnan(paths), ends[:, None], paths).mean(axis=0))


# A GoalDrag and its scene, as what it draws: their types would be imports in a circle.
def goal_picture(drag: Any, scene: Any) -> Figure:
    """Draw what the widget shows: the goals, the agents' episodes and the exploration."""
    goals, base_goal = drag.training_goals, drag.training_goals[drag.base_index]
    radius = float(np.linalg.norm(base_goal))
    picture = PlanePicture(1.7 * max(radius, float(np.abs(goals).max())))
    turn = np.linspace(0.0, 2.0 * np.pi, 181)
    picture.line(radius * np.stack([np.cos(turn), np.sin(turn)], axis=1), "0.6", lw=1)

    def draw(policy: Policy, agent: str, name: str, dashes: tuple[float, ...] = ()) -> None:
        (states, lengths), colour = shown_episodes(drag, policy), look(agent).colour
        picture.line(scene.places(states), colour, lw=0.8, alpha=0.25)
        scene.draw(picture, states, lengths, colour, name, lw=2.5, dashes=dashes)

    if drag.show_base:
        draw(drag.agent.base_policy, "base policy", "base policy, unchanged", (2, 2))
    for rival in drag.rivals:
        if rival.name in drag.shown_rivals:
            draw(rival.adapt(drag.context, drag.goal), rival.name, rival.name, (5, 2))
    inferred = drag.inference
    if drag.show_geometric:
        draw(drag.agent.policy_for(inferred), "geometric", "geometric agent")
    if drag.show_exploration:
        picture.dots(scene.places(drag.context.next_states), PURPLE, "random steps it learned from", 4)
    picture.mark(np.delete(goals, drag.base_index, axis=0), "D", "other training goals", edge=GREY, size=7)
    picture.mark(base_goal, "s", "base goal", face=VERMILLION, size=9)
    picture.mark(drag.goal, "o", "test goal", size=13)
    picture.mark(drag.aim, "x", "where the policy aims", edge=BLUE, size=7)
    return picture.finished()
