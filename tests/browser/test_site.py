"""A small notebook as a page without Jupyter: opened from a file, with the network off, and taken hold of."""

from pathlib import Path

import nbformat
import pytest
from lab_harness import LabBrowser
from playwright.sync_api import Page

from website import assemble
from website.frontend import NodeMissing, fetch
from website.lessons import executed
from website.pages import notebook_page

pytestmark = pytest.mark.browser

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
HANDLE = ".hgmrl-handle.hgmrl-moved-handle"
# Until the handle says something else than before.
SAID_ELSE = """([handle, said]) => document.querySelector(handle).getAttribute("aria-valuetext") !== said"""
# What a page asks for, beside itself.
LOCAL = ("file:", "data:", "blob:")


class OpenPage:
    """A page in Chromium, without a network; everything it asks for and complains of is noted."""

    def __init__(self, browser: LabBrowser, file: Path, theme: str = "light", width: int = 1300) -> None:
        self.page: Page = browser.blank_page()
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
        self.page.wait_for_selector(f".widget {HANDLE}")
        self.page.wait_for_selector("mjx-container")

    def place(self) -> tuple[float, float]:
        """Return where the handle of the moved point is."""
        box = self.page.locator(HANDLE).bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def assert_clean(self) -> None:
        """Raise if the page has complained or asked anything of anybody."""
        assert self.complaints == []
        assert [url for url in self.requests if not url.startswith(LOCAL)] == []


@pytest.fixture(scope="module")
def site(chromium, tmp_path_factory) -> Path:
    """Build the pages of the small notebook: executed, with npm's parts beside them. Return the lesson's."""
    try:
        fetch(assemble.BUILD)
    except NodeMissing as missing:
        pytest.skip(str(missing))
    folder = tmp_path_factory.mktemp("site")
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


@pytest.fixture(scope="module")
def opened(browser, site):
    opened = OpenPage(browser, site)
    yield opened
    opened.page.close()


def test_it_opens_from_a_file_and_asks_nobody(opened):
    opened.page.wait_for_timeout(500)
    opened.assert_clean()
    assert any(url.endswith("assets/widgets.js") for url in opened.requests)
    assert opened.page.locator(".widget").count() == 1, "a progress bar has no place on a page"
    assert not opened.page.locator(".widget > img").is_visible()


def test_the_widget_answers_a_drag_and_a_key(opened):
    page, handle = opened.page, opened.page.locator(HANDLE)
    handle.scroll_into_view_if_needed()
    before, said = opened.place(), handle.get_attribute("aria-valuetext")
    page.mouse.move(*before)
    page.mouse.down()
    # Down to the right, along the orbit.
    page.mouse.move(before[0] + 60, before[1] + 40, steps=5)
    page.mouse.up()
    page.wait_for_function(SAID_ELSE, arg=[HANDLE, said])
    dragged, said = opened.place(), handle.get_attribute("aria-valuetext")
    assert dragged[0] > before[0] + 20
    handle.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(SAID_ELSE, arg=[HANDLE, said])
    assert opened.place() != dragged
    opened.assert_clean()


def test_formulas_are_typeset(opened):
    opened.page.wait_for_function("() => document.querySelectorAll('mjx-container svg').length === 3")
    assert opened.page.locator("mjx-container[display='true']").count() == 1
    assert opened.page.locator("mjx-container math").count() == 3, "what a screen reader reads"
    assert opened.page.locator("[data-mjx-error]").count() == 0
    assert "$" not in opened.page.locator("main .prose").first.inner_text()


def test_a_solution_is_folded_and_opens_by_keyboard(opened):
    summary = opened.page.locator("details.fold > summary")
    assert not opened.page.locator("details.fold .code").is_visible()
    summary.focus()
    opened.page.keyboard.press("Enter")
    assert opened.page.locator("details.fold .code").is_visible()
    opened.page.keyboard.press("Enter")
    assert not opened.page.locator("details.fold .code").is_visible()


def test_the_keyboard_skips_to_the_text_and_reaches_what_scrolls(opened):
    page = opened.page
    page.reload()
    page.wait_for_selector(HANDLE)
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.textContent") == "Skip to the text"
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "main"
    page.wait_for_selector("pre.output[tabindex='0']")
    assert page.locator(".code pre[tabindex]").count() == 0, "code that fits is no stop"


def test_the_theme_is_the_systems_until_the_reader_chooses(opened):
    page = opened.page

    def look() -> list[str]:
        return page.evaluate(
            """() => [document.body.dataset.jpThemeLight, getComputedStyle(document.body).backgroundColor,
                getComputedStyle(document.querySelector(".hgmrl")).color]"""
        )

    light = look()
    page.emulate_media(color_scheme="dark")
    page.wait_for_selector("body[data-jp-theme-light='false']")
    dark = look()
    assert all(a != b for a, b in zip(light, dark, strict=True))
    page.get_by_role("button", name="Change to light colours").click()
    assert look() == light
    page.reload()
    page.wait_for_selector(HANDLE)
    assert look() == light
    page.evaluate("() => localStorage.clear()")
    page.emulate_media(color_scheme="light")


@pytest.mark.parametrize("name", ["99_small.html", "index.html"])
def test_on_a_phone_nothing_is_wider_than_the_page(browser, site, name):
    phone = OpenPage(browser, site.with_name(name), theme="dark", width=400)
    try:
        page = phone.page
        assert page.evaluate("() => document.documentElement.scrollWidth") == 400
        assert page.evaluate("() => document.body.dataset.jpThemeLight") == "false"
        inside = page.evaluate(
            "() => document.querySelector('.widget').getBoundingClientRect().right <= innerWidth"
        )
        assert inside
        phone.assert_clean()
    finally:
        page.close()


def test_the_index_lists_lessons_and_their_sections(browser, site):
    index = OpenPage(browser, site.with_name("index.html"))
    try:
        page = index.page
        assert page.locator(".lessons > li > a").get_attribute("href") == "99_small.html"
        page.locator(".lessons summary").click()
        page.locator(".lessons li li a").first.click()
        page.wait_for_url("**/99_small.html#exercise-99-1-an-answer")
        index.assert_clean()
    finally:
        page.close()
