"""The widgets alone, for someone who only drags and slides: no code, no lesson, no Jupyter."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from ipywidgets.embed import dependency_state
from tqdm.auto import tqdm

from hgmrl_lite import widgets
from website.pages import Heading, Page, fragment, stored_state

if TYPE_CHECKING:
    from hgmrl_lite.widgets import HgmrlWidget

TITLE = "Explore: take hold of the figures"


@dataclass(frozen=True)
class Exhibit:
    """One widget of the page.

    Parameters
    ----------
    widget : str
        Name of its class.
    title : str
        The question it answers.
    invitation : str
        What to do with it, and what to look for.
    lesson : str
        Number of the lesson that explains it.
    made : callable, optional
        Return the widget, when its class alone is not enough.
    body : str, optional
        What moves in it, where the widget has several exhibits.
    """

    widget: str
    title: str
    invitation: str
    lesson: str
    made: "Callable[[], HgmrlWidget] | None" = None
    body: str = ""

    @property
    def name(self) -> str:
        """What it is called in addresses and file names."""
        return self.widget + self.body

    def make(self) -> "HgmrlWidget":
        """Return the widget, in its first state."""
        widget: HgmrlWidget = self.made() if self.made else getattr(widgets, self.widget)()
        return widget


def _goal_drag() -> "HgmrlWidget":
    from hgmrl_lite import envs, meta

    family = envs.navigation()
    agent = meta.meta_train(family)
    # The ring tells the regret, computed on the page; an evaluation would wait for Python.
    return widgets.GoalDrag(agent, family, goal_degrees=30, evaluation_episodes=0, ring=True, replay=True)


def _beyond(family: str, degrees: float, latitude: float = 0.0) -> "HgmrlWidget":
    from hgmrl_lite import envs, meta

    tasks = getattr(envs, family)()
    return widgets.GoalDrag(
        meta.meta_train(tasks),
        tasks,
        goal_degrees=degrees,
        goal_latitude=latitude,
        evaluation_episodes=0,
        replay=True,
    )


def _regret() -> "HgmrlWidget":
    from hgmrl_lite import experiments

    return widgets.RegretExplorer(experiments.regret_by_distance(quick=True))


EXHIBITS = (
    Exhibit(
        "GoalDrag",
        "One policy, a whole circle of tasks",
        "Drag the round handle once around the circle. The orange agent was trained for one goal and keeps "
        "walking there. The blue one uses the same network, takes twenty random steps, and walks to yours.",
        "00",
        _goal_drag,
    ),
    Exhibit(
        "OrbitExplorer",
        "Where can a group carry a point?",
        "Drag the point and slide the group element. All places that the point can be carried to are its "
        "orbit. Choose another group: what becomes of the orbit, and which points stay where they are?",
        "01",
    ),
    Exhibit(
        "GeneratorFlow",
        "Four numbers make a flow",
        "A matrix gives every point a velocity. Drag the mark on the chart or slide the four numbers, and "
        "the plane turns, grows, stretches or shears.",
        "02",
    ),
    Exhibit(
        "KernelProbe",
        "In which direction does nothing change?",
        "Move the probe over the samples of a function. From its neighbours alone it tells along which line "
        "the function stays the same, and how sure it is.",
        "03",
    ),
    Exhibit(
        "DescentRace",
        "Two searches for the same symmetry",
        "Drag the white circle, the start of both walkers, and press Play. They look for the same star, "
        "each on its own landscape. Which one arrives?",
        "04",
    ),
    Exhibit(
        "TaskPuller",
        "Is one task the other one, moved?",
        "Pull one task onto the other by a rotation, a reflection, a scaling, a shear or a translation. The "
        "residuals say whether they match; the verdict, whether a policy may be carried along.",
        "05",
    ),
    Exhibit(
        "TaskAligner",
        "Find the angle of a new task",
        "Each short line is a direction in which the reward of a step does not change. Turn one set of "
        "lines onto the other. Then give them a sign: what happens on the opposite side?",
        "06",
    ),
    Exhibit(
        "RegretExplorer",
        "Who gets lost, and how far away?",
        "Each mark is an agent on a goal that it has never seen; up is worse. Move over them and see the "
        "walks behind the number.",
        "07",
        _regret,
    ),
    Exhibit(
        "GoalDrag",
        "One policy, all over a globe",
        "Drag the goal over the globe, and drag the globe itself to turn it. The blue agent takes twenty "
        "random steps, finds the rotation, and walks from the middle to your goal. What becomes of the "
        "dotted way when you come near the antipode of the base goal?",
        "08",
        partial(_beyond, "sphere", -60.0, 10.0),
        "Globe",
    ),
    Exhibit(
        "GoalDrag",
        "A car that learned to drive to one place",
        "Drag the goal once around the circle. The blue car has the orange car's network. Before it asks the "
        "network, it turns its place and its heading back; the answer, speed and steering, it uses as it is. "
        "From which side does it arrive?",
        "09",
        partial(_beyond, "car", 20.0),
        "Car",
    ),
    Exhibit(
        "GoalDrag",
        "An arm that learned to reach for one place",
        "Drag the goal, and press Play. Before the blue arm asks the network, it turns its base joint and "
        "its tip back, but not its elbow. Watch the elbow: it ends equally bent wherever the goal is.",
        "09",
        partial(_beyond, "arm", 20.0),
        "Arm",
    ),
)


def explore_page(lessons: Sequence[str], exhibits: Sequence[Exhibit] = EXHIBITS) -> Page:
    """Make the page of the widgets alone.

    Parameters
    ----------
    lessons : sequence of str
        Files of the lessons that there are, each beginning with its number: an exhibit leads to its own.
    exhibits : sequence of Exhibit, optional
        What to show, in this order.

    Returns
    -------
    Page
    """
    states: dict[str, object] = {}
    shown, entries = [], []
    # What trains an agent has a progress bar of its own, below this one.
    bar = tqdm(exhibits, desc="widgets", unit="widget")
    for exhibit in bar:
        bar.set_postfix_str(exhibit.name)
        widget = exhibit.make()
        # With the defaults: without Python nobody else knows them.
        states |= dependency_state(widget, drop_defaults=False)
        shown.append(widget.model_id)
        entries.append(
            {
                "exhibit": exhibit,
                "lesson": next((file for file in lessons if file.startswith(exhibit.lesson)), None),
                "model": widget.model_id,
                "alt": repr(widget),
                "png": base64.b64encode(widget.png()).decode("ascii"),
            }
        )
        widget.close()
    return Page(
        file="explore.html",
        title=TITLE,
        description="Drag, slide, look: the figures of the workbook, live, without a line of code.",
        body=fragment("explore.html.j2", title=TITLE, entries=entries),
        kind="explore",
        contents=tuple(Heading(exhibit.name, exhibit.title) for exhibit in exhibits),
        widgets=stored_state(states, shown),
    )
