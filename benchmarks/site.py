"""How a widget answers the hand on a page without Jupyter: the same mouse, the page opened from a file."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.widget_drag import HANDLES, load_harness, medians, repeated
from hgmrl_lite import widgets
from website.assemble import BUILD, write
from website.explore import EXHIBITS, Exhibit, explore_page

# Translated, a task goes where the hand goes; turned, it stays on its circle.
_FREE: dict[str, Callable[[], Any]] = {"TaskPuller": lambda: widgets.TaskPuller(kind="translation")}


def drags(exhibit: Exhibit, runs: int) -> list[dict[str, float]]:
    """Return the figures of several drags of a widget, alone on its page, as of `drag_figures`."""
    harness = load_harness()
    with tempfile.TemporaryDirectory() as folder:
        file = write([explore_page([], [exhibit])], Path(folder), BUILD, menu=())
        # The server is not started: the page needs none.
        with harness.LabBrowser(harness.JupyterServer()) as browser:
            page = browser.blank_page()
            page.context.set_offline(True)
            page.goto(file.as_uri())
            return repeated(browser, page, exhibit.name, runs)


def run(quick: bool = False) -> dict[str, float]:
    """Return the figures of every widget that is dragged: medians over the drags, jumps in all of them."""
    figures = {}
    for exhibit in EXHIBITS:
        if exhibit.name in HANDLES:
            made = _FREE.get(exhibit.name, exhibit.made)
            results = drags(replace(exhibit, made=made), 1 if quick else 5)
            for name, value in medians(results).items():
                figures[f"site.{exhibit.name}.{name}"] = value
    return figures
