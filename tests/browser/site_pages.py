"""Pages without Jupyter, opened with the network off: a small notebook, its index, all widgets."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
from body_standin import arm_agent, car_agent
from lab_harness import LabBrowser
from playwright.sync_api import Locator, Page
from regret_standin import standin_result
from rival_standin import standin_rivals
from sphere_standin import sphere_agent
from standin import standin_agent

from hgmrl_lite.agents import GeometricAgent
from hgmrl_lite.envs import TaskFamily, arm, car, navigation, sphere
from hgmrl_lite.widgets import GoalDrag, RegretExplorer
from website import assemble
from website.execution import executed
from website.explore import EXHIBITS, explore_page
from website.pages import notebook_page

CELLS = [
    ("markdown", "# 99 · A small lesson\n\nA point $p$ on its way, and *one* long formula:\n\n"
     "$$g(t)\\,p = \\exp(tW)\\,p = \\sum_k \\frac{t^k}{k!} W^k p + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0.$$"),
    ("code", "from tqdm.auto import tqdm\n\nfrom hgmrl_lite.widgets import OrbitExplorer\n\n"
     "for _ in tqdm(range(2)):\n    pass\nOrbitExplorer()"),
    ("markdown", "## Exercise 99.1 · An answer\n\n[The glossary](../GLOSSARY.md) may help."),
    ("code", "answer = 42"),
    ("code", 'print("a line " * 40)'),
    ("markdown", "## Next\n\nThe formula $\\lVert p \\rVert$ once more."),
]  # fmt: skip
# What a page asks for, beside itself.
LOCAL = ("file:", "data:", "blob:")


class OpenPage:
    """A page in Chromium, without a network; everything it asks for and complains of is noted."""

    def __init__(
        self, browser: LabBrowser, file: Path, theme: Any = "light", width: int = 1300, scale: float = 1.0
    ) -> None:
        self.page: Page = browser.blank_page(scale)
        self.page.context.set_offline(True)
        self.page.emulate_media(color_scheme=theme)
        self.page.set_viewport_size({"width": width, "height": 900})
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("requestfailed", lambda request: self.complaints.append(f"failed: {request.url}"))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console", lambda message: message.type == "error" and self.complaints.append(message.text)
        )
        self.page.goto(file.as_uri())
        self.page.wait_for_selector(".widget .hgmrl-body")

    def assert_clean(self) -> None:
        """Raise if the page has complained or asked anything of anybody."""
        assert self.complaints == []
        assert [url for url in self.requests if not url.startswith(LOCAL)] == []


def characters_a_line(text: Locator) -> float:
    """Return how many characters of English a line of a text's paragraphs has."""
    count: float = text.evaluate(
        """(text) => {
            const paragraph = document.createElement("p");
            const sentence = "The agent rotates the answer back, because the task was turned. ";
            paragraph.textContent = sentence.repeat(60);
            text.append(paragraph);
            const tops = new Set();
            const range = document.createRange();
            range.selectNodeContents(paragraph);
            for (const { top } of range.getClientRects()) tops.add(Math.round(top));
            paragraph.remove();
            return paragraph.textContent.length / tops.size;
        }"""
    )
    return count


def small_site(folder: Path) -> Path:
    """Execute the small notebook and build its page and an index below a folder; return the lesson's page.

    Raises
    ------
    website.frontend.NodeMissing
        When the browser parts are not there and cannot be fetched.
    """
    new = {"markdown": nbformat.v4.new_markdown_cell, "code": nbformat.v4.new_code_cell}
    notebook = nbformat.v4.new_notebook(cells=[new[kind](text) for kind, text in CELLS])
    notebook.cells[3].metadata |= {"jupyter": {"source_hidden": True}, "tags": ["solution"]}
    path = folder / "99_small.ipynb"
    nbformat.write(notebook, path)
    done = executed(path, folder / "executed")
    lesson = notebook_page(done, "99_small.html", {"GLOSSARY.md": "glossary.html"})
    index = assemble.index_page([lesson], done)
    assemble.write([index, lesson], folder / "pages", assemble.BUILD)
    return folder / "pages" / "99_small.html"


def widget_gallery(folder: Path) -> Path:
    """Build the page of all widgets, with stand-ins for what is trained; return it."""
    exhibits = [dataclasses.replace(each, made=_STANDINS.get(each.name, each.made)) for each in EXHIBITS]
    return assemble.write([explore_page([], exhibits)], folder, assemble.BUILD)


def _goal_drag() -> GoalDrag:
    complete = {"rivals": standin_rivals(), "ring": True, "replay": True}
    return GoalDrag(standin_agent(), navigation(), evaluation_episodes=0, **complete)


def _beyond(agent: Callable[[], GeometricAgent], family: TaskFamily) -> GoalDrag:
    return GoalDrag(agent(), family, evaluation_episodes=0, replay=True)


_STANDINS = {
    "GoalDrag": _goal_drag,
    "GoalDragGlobe": lambda: _beyond(sphere_agent, sphere()),
    "GoalDragCar": lambda: _beyond(car_agent, car()),
    "GoalDragArm": lambda: _beyond(arm_agent, arm()),
    "RegretExplorer": lambda: RegretExplorer(standin_result()),
}
