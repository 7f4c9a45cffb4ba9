"""TaskPuller as a still picture, for places where no widget runs."""

from typing import Any

from matplotlib.figure import Figure

from hgmrl_lite._looks import BLUE, GREEN, GREY, PURPLE, VERMILLION
from hgmrl_lite.widgets.picture import PlanePicture, square_grid
from hgmrl_lite.widgets.task_puller.findings import VERDICTS
from hgmrl_lite.widgets.task_puller.maps import BASE_GOAL, REWARDS


# A TaskPuller, as what it draws: its type would be an import in a circle.
def task_picture(puller: Any, half: float) -> Figure:
    """Draw the base task, the target and the carried task, with the verdict as title."""
    element, target, reward = puller.element, puller.target_element, REWARDS[puller.reward]
    picture = PlanePicture(half)
    if puller.show_base:
        picture.levels(reward.value, reward.levels, GREY, "base reward", lw=1.0, ls="--")
    picture.levels(target.on_function(reward.value), reward.levels, GREEN, "target's reward", lw=3.2)
    picture.levels(element.on_function(reward.value), reward.levels, BLUE, "carried reward")
    if puller.show_policy:
        places = square_grid(2.0, 11)
        picture.arrows(places, 0.22 * puller.carried_policy(places), VERMILLION, "carried policy")
    starts = puller.starts
    picture.dots(starts, GREY, "starts")
    picture.dots(element(starts), PURPLE, "carried starts")
    picture.mark(BASE_GOAL, "s", "base goal", face="0.75")
    picture.mark(target(BASE_GOAL), "D", "target's goal", face=GREEN)
    picture.mark(element(BASE_GOAL), "o", "carried base goal", face="none", edge=BLUE, size=13)
    return picture.finished(VERDICTS[puller.verdict], 3)
