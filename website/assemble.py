"""The folder of pages: which pages there are, what leads where, and the files beside them."""

import dataclasses
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from website import frontend
from website.execution import NOTEBOOKS, ROOT, solution_lessons, widget_states
from website.explore import explore_page
from website.pages import (
    MENU,
    SITE_TITLE,
    VIEW_TYPE,
    Neighbour,
    Page,
    fragment,
    notebook_page,
    render,
    stored_state,
    text_page,
)  # fmt: skip

BUILD = ROOT / "build"
# The texts beside the lessons, and their pages.
TEXTS = {
    "GLOSSARY.md": "glossary.html",
    "BIBLIOGRAPHY.md": "bibliography.html",
    "TEACHING.md": "teaching.html",
}
NOTE = (
    "*This page shows the lesson with all results; the solutions of the exercises are folded. To do the "
    "exercises and to change the code, open the lesson in JupyterLab: `make lab`.*"
)
_NOTE_BEFORE = "*These are the solutions."
# A cell that reports on the machine it runs on: on a page that would be the builder's.
_ABOUT_THE_MACHINE = "course.doctor()"


@dataclasses.dataclass(frozen=True)
class Entry:
    """A lesson as the index lists it."""

    file: str
    number: str
    name: str
    minutes: str
    contents: tuple[Any, ...]


def build_site(target: Path = BUILD / "site", store: Path = BUILD) -> Path:
    """Build all pages: index, lessons, the widgets alone, and the texts beside the lessons.

    Parameters
    ----------
    target : Path, optional
        The folder of the pages; pages of an earlier build that are no more are removed.
    store : Path, optional
        Where executed lessons and fetched parts are kept.

    Returns
    -------
    Path
        The index.

    Raises
    ------
    website.frontend.NodeMissing
        When the browser parts are not there and cannot be fetched.
    ValueError
        When a lesson is not as the builder of the notebooks makes it.
    """
    # First what may be missing: a lesson takes longer to execute than this to fail.
    frontend.fetch(store)
    notebooks = solution_lessons(store / "executed")
    links = {f"{name}.ipynb": f"{name}.html" for name in notebooks} | TEXTS
    lessons = in_order([lesson_page(name, notebook, links) for name, notebook in notebooks.items()])
    texts = [
        text_page((NOTEBOOKS / text).read_text(encoding="utf-8"), file, links) for text, file in TEXTS.items()
    ]
    first = next(iter(notebooks.values()))
    pages = [index_page(lessons, first), *lessons, explore_page([page.file for page in lessons]), *texts]
    return write(pages, target, store)


def build_explore(target: Path = BUILD / "explore", store: Path = BUILD) -> Path:
    """Build the page of the widgets alone, which needs no lesson executed; return it.

    Raises
    ------
    website.frontend.NodeMissing
        When the browser parts are not there and cannot be fetched.
    """
    frontend.fetch(store)
    page = dataclasses.replace(explore_page([]), file="index.html")
    return write([page], target, store, menu=())


def write(pages: Sequence[Page], target: Path, store: Path, menu: Sequence[dict[str, str]] = MENU) -> Path:
    """Write pages and what they need beside them into a folder; return the first page."""
    target.mkdir(parents=True, exist_ok=True)
    frontend.install(target / "assets", store)
    for page in pages:
        (target / page.file).write_text(render(page, menu), encoding="utf-8")
    for outdated in {path.name for path in target.glob("*.html")} - {page.file for page in pages}:
        (target / outdated).unlink(missing_ok=True)
    return target / pages[0].file


def lesson_page(name: str, notebook: Any, links: dict[str, str]) -> Page:
    """Make a lesson's page; what its notebook says of itself is said of the page instead.

    Raises
    ------
    ValueError
        When the notebook does not begin with its title and the note on solutions.
    """
    note = notebook.cells[1]
    if not note.source.startswith(_NOTE_BEFORE):
        raise ValueError(
            f"{name}: the second cell must be the note that begins with {_NOTE_BEFORE!r}, got {note.source!r}"
        )
    note.source = NOTE
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.source.strip() == _ABOUT_THE_MACHINE:
            cell.outputs = []
    return notebook_page(notebook, links[f"{name}.ipynb"], links)


def in_order(pages: Sequence[Page]) -> list[Page]:
    """Return pages that lead to the one before and the one after."""
    steps = [None, *(Neighbour(page.file, page.title) for page in pages), None]
    return [
        dataclasses.replace(page, before=before, after=after)
        for page, before, after in zip(pages, steps[:-2], steps[2:], strict=True)
    ]


def index_page(lessons: Sequence[Page], first: Any) -> Page:
    """Make the index: the first widget of the first lesson under the reader's hand, and all lessons."""
    model, shown = first_widget(first)
    states = widget_states(first)
    state = states[model]["state"]
    # A first page does not wait for an evaluation that only Python could give.
    here = {model: {**states[model], "state": {**state, "evaluates": False}}}
    entries = []
    for page in lessons:
        number, _, name = page.title.partition(" · ")
        minutes = re.search(r"<strong>Minutes</strong>\s*(\d+)", page.body)
        entries.append(Entry(page.file, number, name, minutes[1] if minutes else "", page.contents))
    return Page(
        file="index.html",
        title=SITE_TITLE,
        description="Drag the goal of a new task: a policy trained on one task follows. Lessons and figures.",
        body=fragment("index.html.j2", title=SITE_TITLE, lessons=entries, hook=shown),
        kind="front",
        widgets=stored_state(states | here, [model]),
    )


def first_widget(notebook: Any) -> tuple[str, str]:
    """Return the model of the first widget that a notebook shows with a picture, and its HTML.

    Raises
    ------
    ValueError
        When there is none.
    """
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if VIEW_TYPE in data and "image/png" in data:
                model = data[VIEW_TYPE]["model_id"]
                html = fragment("hook.html.j2", model=model, alt=data["text/plain"], png=data["image/png"])
                return model, html
    raise ValueError("notebook must show a widget that has a picture, got none")
