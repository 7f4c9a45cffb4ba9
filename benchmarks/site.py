"""How a widget answers the hand on a page without Jupyter: the same mouse, the page opened from a file."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.widget_drag import (
    FREE_HANDLES,
    drag_figures,
    load_harness,
    medians,
    once_around_circle,
    once_around_here,
)
from hgmrl_lite import widgets
from website.assemble import BUILD, write
from website.explore import EXHIBITS, Exhibit, explore_page

# Translated, a task goes where the hand goes; turned, it stays on its circle.
_FREE: dict[str, Callable[[], Any]] = {"TaskPuller": lambda: widgets.TaskPuller(kind="translation")}


def drags(exhibit: Exhibit, root: str, handle: str, runs: int) -> list[dict[str, float]]:
    """Return the figures of several drags of a widget, alone on its page.

    Parameters
    ----------
    exhibit : Exhibit
        The widget.
    root, handle : str
        Selectors of the widget and of its handle.
    runs : int
        Drags.

    Returns
    -------
    list of dict
        As of :func:`benchmarks.widget_drag.drag_figures`.
    """
    harness = load_harness()
    results = []
    with tempfile.TemporaryDirectory() as folder:
        file = write([explore_page([], [exhibit])], Path(folder), BUILD, menu=())
        # The server is not started: the page needs none.
        with harness.LabBrowser(harness.JupyterServer()) as browser:
            page = browser.blank_page()
            page.context.set_offline(True)
            page.goto(file.as_uri())
            held = page.locator(f"{root} {handle}").first
            held.scroll_into_view_if_needed()
            page.wait_for_timeout(1000)
            for run in range(runs):
                round_goal = exhibit.widget == "GoalDrag"
                points = once_around_circle(page, run) if round_goal else once_around_here(held, run)
                page.mouse.move(*points[0])
                results.append(drag_figures(browser, page, root, handle, points[1:]))
    return results


def run(quick: bool = False) -> dict[str, float]:
    """Return the figures of every widget that is dragged: medians over the drags, jumps in all of them."""
    handles = {"GoalDrag": (".hgmrl-goal-drag", ".hgmrl-handle")} | {
        name: (root, handle) for name, (_, root, handle) in FREE_HANDLES.items()
    }
    figures = {}
    for exhibit in EXHIBITS:
        if exhibit.widget in handles:
            made = _FREE.get(exhibit.widget, exhibit.made)
            results = drags(replace(exhibit, made=made), *handles[exhibit.widget], 1 if quick else 5)
            for name, value in medians(results).items():
                figures[f"site.{exhibit.widget}.{name}"] = value
    return figures
