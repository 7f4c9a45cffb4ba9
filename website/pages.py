"""HTML of a notebook or of a Markdown text, and the page around it."""

import functools
import json
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jinja2
import nbformat
from bs4 import BeautifulSoup, Tag
from nbconvert import HTMLExporter
from traitlets.config import Config

from website.execution import widget_states

SITE_TITLE = "Hereditary Geometric Meta-RL, by hand"
VIEW_TYPE = "application/vnd.jupyter.widget-view+json"
PLOTLY_TYPE = "application/vnd.plotly.v1+json"
TEMPLATES = Path(__file__).resolve().parent / "templates"
MENU = (
    {"file": "index.html#lessons", "name": "Lessons"},
    {"file": "explore.html", "name": "Explore"},
    {"file": "glossary.html", "name": "Glossary"},
    {"file": "bibliography.html", "name": "Bibliography"},
    {"file": "teaching.html", "name": "Teaching"},
)
# Only these answer without Jupyter: a progress bar or the doctor's handshake has nothing to say on a page.
_LIVE = "hgmrl_lite.widgets."
# What a notebook shows of an output, the first that there is.
_SHOWN = (
    VIEW_TYPE, PLOTLY_TYPE, "text/html", "text/markdown", "image/svg+xml", "text/latex", "image/png",
    "image/jpeg", "text/plain",
)  # fmt: skip


@dataclass(frozen=True)
class Heading:
    """A section: its anchor, and its text as HTML, formulas and all."""

    anchor: str
    html: str


@dataclass(frozen=True)
class Neighbour:
    """The page before or after."""

    file: str
    title: str


@dataclass(frozen=True)
class Page:
    """What stands on one page.

    Parameters
    ----------
    file : str
        Its name in the folder of the pages.
    title, description : str
        For the browser's tab, and for whoever lists the page.
    body : str
        HTML of the main column.
    kind : str
        Class of the page for the stylesheet.
    contents : tuple of Heading
        The sections to list beside the text.
    widgets : str
        State of the widgets as JSON, ready to stand in a script element; "" without widgets.
    before, after : Neighbour, optional
        Where the reader came from and goes next.
    """

    file: str
    title: str
    description: str
    body: str
    kind: str = "text"
    contents: tuple[Heading, ...] = ()
    widgets: str = ""
    before: Neighbour | None = None
    after: Neighbour | None = None

    @property
    def formulas(self) -> bool:
        """Whether there is anything for MathJax to set."""
        return "$" in self.body

    @property
    def plotly(self) -> bool:
        """Whether there is a figure of Plotly's."""
        return PLOTLY_TYPE in self.body


def render(page: Page, menu: Sequence[Mapping[str, str]] = MENU) -> str:
    """Return the whole page, with a menu of other pages."""
    template = _environment().get_template("page.html.j2")
    return template.render(page=page, site_title=SITE_TITLE, menu=menu)


def fragment(template: str, **values: Any) -> str:
    """Return the main column of a page that has a template of its own."""
    return _environment().get_template(template).render(**values)


@functools.cache
def _environment() -> jinja2.Environment:
    # What is put in is HTML that was made here, or a text that the template itself escapes.
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), undefined=jinja2.StrictUndefined, autoescape=False
    )


@functools.cache
def _exporter() -> HTMLExporter:
    config = Config()
    config.NbConvertBase.display_data_priority = list(_SHOWN)
    config.HTMLExporter.anchor_link_text = "#"
    # What a cell prints arrives in pieces.
    config.CoalesceStreamsPreprocessor.enabled = True
    return HTMLExporter(config=config, template_name="lesson", extra_template_basedirs=[str(TEMPLATES)])


def notebook_page(notebook: Any, file: str, links: Mapping[str, str], kind: str = "lesson") -> Page:
    """Make a page of an executed notebook.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        With outputs and widget state; it stays as it is.
    file : str
        The page's name.
    links : mapping of str to str
        The pages by the names under which the texts link to them, such as ``"GLOSSARY.md"``.
    kind : str, optional
        Class of the page for the stylesheet.

    Returns
    -------
    Page

    Raises
    ------
    ValueError
        When the notebook has no title, or shows a widget whose state was not stored.
    """
    notebook = nbformat.from_dict(notebook)
    states = widget_states(notebook)
    widgets = stored_state(states, _keep_live_views(notebook, states))
    html, _ = _exporter().from_notebook_node(notebook)
    soup = BeautifulSoup(html, "html.parser")
    title = soup.find("h1")
    if title is None:
        raise ValueError(f"{file}: the notebook must begin with a title, got none")
    contents = _number_anchors(soup)
    _follow_links(soup, links)
    _fit_tables(soup)
    words = " ".join(_own_text(title).split())
    return Page(
        file=file,
        title=words,
        description=_description(soup),
        body=str(soup),
        kind=kind,
        contents=contents,
        widgets=widgets,
    )


def text_page(text: str, file: str, links: Mapping[str, str]) -> Page:
    """Make a page of a Markdown text."""
    cell = nbformat.v4.new_markdown_cell(text)
    return notebook_page(nbformat.v4.new_notebook(cells=[cell]), file, links, kind="text")


def stored_state(states: Mapping[str, Any], shown: list[str]) -> str:
    """Return the state of the widgets that are shown, and of the layouts they refer to, as a script's JSON.

    Raises
    ------
    ValueError
        When a widget is shown that has no state.
    """
    missing = [model for model in shown if model not in states]
    if missing:
        raise ValueError(f"states must hold every widget that is shown, got none of {missing}")
    if not shown:
        return ""
    layouts = [states[model]["state"].get("layout", "").removeprefix("IPY_MODEL_") for model in shown]
    kept = {model: states[model] for model in (*shown, *layouts) if model in states}
    text = json.dumps({"version_major": 2, "version_minor": 0, "state": kept}, ensure_ascii=False)
    # A script element ends at the first "</script", wherever it stands.
    return text.replace("</", "<\\/")


def _keep_live_views(notebook: Any, states: Mapping[str, Any]) -> list[str]:
    """Take views that need Jupyter out of the outputs; return the models of the others, in order."""
    shown: list[str] = []
    for cell in notebook.cells:
        kept = []
        for output in cell.get("outputs", []):
            view = output.get("data", {}).get(VIEW_TYPE)
            if view is None:
                kept.append(output)
                continue
            model = view["model_id"]
            state = states.get(model)
            if state is None or state["state"].get("_anywidget_id", "").startswith(_LIVE):
                kept.append(output)
                shown.append(model)
        if "outputs" in cell:
            cell.outputs = kept
    return list(dict.fromkeys(shown))


def _number_anchors(soup: BeautifulSoup) -> tuple[Heading, ...]:
    """Make every heading's anchor short, plain and the only one of its name; return the sections."""
    sections, used = [], set()
    for heading in soup.find_all(re.compile("h[1-6]")):
        plain = re.sub(r"[^a-z0-9]+", "-", _own_text(heading).lower()).strip("-") or "section"
        anchor, count = plain, 1
        while anchor in used:
            count += 1
            anchor = f"{plain}-{count}"
        used.add(anchor)
        heading["id"] = anchor
        link = heading.find("a", class_="anchor-link")
        if link is not None:
            link["href"] = f"#{anchor}"
            link["aria-label"] = "Link to this section"
        if heading.name == "h2":
            inner = "".join(str(part) for part in heading.contents if part is not link)
            sections.append(Heading(anchor, inner.strip()))
    return tuple(sections)


def _own_text(heading: Tag) -> str:
    link = heading.find("a", class_="anchor-link")
    text = heading.get_text()
    return text.removesuffix(link.get_text()) if link is not None else text


def _fit_tables(soup: BeautifulSoup) -> None:
    """Let tables scroll that are wider than the page; an empty corner is no heading."""
    for table in soup.find_all("table"):
        table.wrap(soup.new_tag("div", attrs={"class": "wide"}))
    for corner in soup.find_all("th"):
        if not corner.get_text(strip=True):
            corner.name = "td"


def _description(soup: BeautifulSoup) -> str:
    """Return the first paragraph as plain text, for the page's description."""
    paragraph = soup.find("p")
    words = " ".join(paragraph.get_text().split()) if paragraph is not None else SITE_TITLE
    return textwrap.shorten(words, 200, placeholder=" …")


def _follow_links(soup: BeautifulSoup, links: Mapping[str, str]) -> None:
    """Lead links between texts to their pages; one to a file that has no page becomes plain text."""
    for link in soup.find_all("a", href=True):
        parts = urlsplit(str(link["href"]))
        if parts.scheme or not parts.path:
            continue
        page = links.get(Path(parts.path).name)
        if page is None:
            link.unwrap()
        else:
            link["href"] = page + (f"#{parts.fragment}" if parts.fragment else "")
