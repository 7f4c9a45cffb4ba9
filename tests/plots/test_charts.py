"""Steps in different places: the arrows are those of the law of motion, and bad input is named."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.quiver import Quiver

from hgmrl_lite import envs, plots
from hgmrl_lite.plots.charts import UNITS


def explored(family):
    return [family.explore(task, 2000, seed=k) for k, task in enumerate(family.train)]


def test_arrows_are_the_steps_of_each_action():
    family = envs.lens()
    seen = explored(family)
    behind = [
        replace(task, states=family.place(task.states), next_states=family.place(task.next_states))
        for task in seen
    ]
    figure = plots.local_steps({"seen": seen, "behind": behind})
    assert [axes.get_title() for axes in figure.axes] == ["seen", "behind"]
    for axes, straight in zip(figure.axes, (False, True), strict=True):
        quivers = [one for one in axes.collections if isinstance(one, Quiver)]
        for action, arrows in zip(np.eye(2), quivers, strict=True):
            places, drawn = arrows.XY, np.column_stack([arrows.U, arrows.V]) / UNITS
            assert len(places) > 15
            # Uniform actions on the square are clipped to the disc: a unit of action moves a little less.
            steps = np.tile(0.1 * action, (len(places), 1))
            if not straight:
                steps[:, 1] += 1.2 * places[:, 0] * steps[:, 0]
            assert np.linalg.norm(drawn - steps) < 0.25 * np.linalg.norm(steps)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: plots.local_steps({}), "worlds must hold the transitions of at least one world"),
        (
            lambda: plots.local_steps({"globe": [envs.sphere().explore([0.0, 0.0, 1.0], 400, seed=0)]}),
            r"worlds\['globe'\] must have states and actions of the plane",
        ),
        (
            lambda: plots.local_steps({"few": [envs.lens().explore([1.0, 0.0], 200, seed=0)]}),
            r"worlds\['few'\] must hold at least 300 transitions, got 200",
        ),
    ],
)
def test_bad_input_is_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()
