"""A lesson that was saved and is opened again, when the Jupyter kernel that made its figures is gone."""

import base64
import json
import shutil

import nbformat
import pytest
from nbformat.sign import NotebookNotary

pytestmark = pytest.mark.browser

CELLS = [
    "from tqdm.auto import tqdm\n\nfrom hgmrl_lite import course\n"
    "from hgmrl_lite.widgets import OrbitExplorer\n\n"
    'for _ in tqdm(range(2), desc="kept bar"):\n    pass\n'
    'for _ in tqdm(range(2), desc="bar taken away", leave=False):\n    pass',
    "orbit = OrbitExplorer()\norbit",
    'OrbitExplorer("scaling")',
    "course.doctor()",
]
STATE = "application/vnd.jupyter.widget-state+json"
HANDLE = ".hgmrl-handle.hgmrl-moved-handle"


def save(notebook):
    """Save the notebook, as JupyterLab does by itself every two minutes."""
    notebook.evaluate("() => window.jupyterapp.shell.currentWidget.context.save()")


def run_cell(notebook, number):
    """Run one cell."""
    notebook.evaluate(
        """(number) => {
            window.jupyterapp.shell.currentWidget.content.activeCellIndex = number;
            return window.jupyterapp.commands.execute("notebook:run-cell");
        }""",
        number,
    )
    notebook.wait_idle()


def saved(browser, notebook):
    """Return the notebook's file."""
    return json.loads((browser.server.root / notebook.name).read_text(encoding="utf-8"))


def forget_state(browser, notebook):
    """Take the widgets' state out of the notebook's file, and sign it: untrusted, it would show no widget."""
    path = browser.server.root / notebook.name
    file = nbformat.read(path, as_version=4)
    del file.metadata["widgets"]
    nbformat.write(file, path)
    NotebookNotary(data_dir=str(browser.server.folder / "data")).sign(file)


def figures(file):
    """Return how many figures a file holds the state of."""
    models = file["metadata"]["widgets"][STATE]["state"].values()
    return sum("array_index" in model["state"] for model in models)


def assert_nothing_dead(page):
    """See that no box says that there is no widget."""
    page.locator(".jp-OutputArea :text('not found'):visible").wait_for(state="detached")


def assert_all_there(notebook, count=2):
    """See that every figure and the progress bar are shown, and no box is dead."""
    page = notebook.page
    page.wait_for_function("(n) => document.querySelectorAll('.hgmrl-body').length === n", arg=count)
    page.wait_for_selector("text=kept bar: 100%")
    assert_nothing_dead(page)
    assert "bar taken away" not in "".join(page.locator(".jp-OutputArea").all_inner_texts())
    assert not page.evaluate(
        """() => [...document.querySelectorAll(".jupyter-widgets-disconnected")]
            .some((node) => getComputedStyle(node, "::before").display !== "none")"""
    ), "a broken link in place of words"


@pytest.fixture(scope="module")
def lesson(browser):
    """Run a lesson, save it and let its Jupyter kernel go; return its name."""
    first = browser.open_notebook(CELLS)
    first.run_all()
    assert_all_there(first)
    first.page.wait_for_selector("[data-state=live]")
    save(first)
    first.close()
    return first.name


@pytest.fixture
def opened(browser, lesson, request):
    """Open the lesson again, in a copy of this test's own."""
    copy = f"{request.node.name}.ipynb"
    shutil.copy(browser.server.root / lesson, browser.server.root / copy)
    again = browser.open_path(copy)
    yield again
    again.close()


def test_every_figure_is_there_and_follows_the_hand(opened):
    assert_all_there(opened)
    page = opened.page
    page.wait_for_selector("[data-state=saved]")
    notices = page.locator(".hgmrl-connection").all_text_contents()
    assert len(notices) == 2
    assert all("no longer knows this figure" in notice for notice in notices)
    handle = page.locator(HANDLE).first
    handle.scroll_into_view_if_needed()
    box, said = handle.bounding_box(), handle.get_attribute("aria-valuetext")
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 90, box["y"] + 60, steps=5)
    page.mouse.up()
    page.wait_for_function(
        "([handle, said]) => document.querySelector(handle).getAttribute('aria-valuetext') !== said",
        arg=[HANDLE, said],
    )
    moved = handle.bounding_box()
    assert abs(moved["x"] - box["x"]) > 20
    opened.assert_clean()


def test_what_is_saved_again_is_there_a_third_time(browser, opened):
    assert_all_there(opened)
    save(opened)
    assert figures(saved(browser, opened)) == 2
    opened.close()
    third = browser.open_path(opened.name)
    try:
        assert_all_there(third)
        # A cell that runs again has a new figure, connected; the old one's state goes, the other's stays.
        run_cell(third, 0)
        run_cell(third, 1)
        assert_all_there(third)
        third.page.wait_for_function("() => document.querySelector('.hgmrl-connection').textContent === ''")
        for _ in range(2):
            save(third)
            assert figures(saved(browser, third)) == 2
        third.evaluate(
            "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()", limit=60.0
        )
        third.wait_idle()
        save(third)
        assert figures(saved(browser, third)) == 2, "a restart loses no figure"
    finally:
        third.close()


def test_a_lesson_saved_without_state_shows_its_pictures(browser, opened):
    opened.page.wait_for_selector(".hgmrl-body")
    opened.close()
    forget_state(browser, opened)
    bare = browser.open_path(opened.name)
    try:
        bare.page.wait_for_function("() => document.querySelectorAll('.jp-RenderedImage img').length === 2")
        picture = bare.page.locator(".jp-RenderedImage img").first.get_attribute("src")
        assert base64.b64decode(picture.partition(",")[2]).startswith(b"\x89PNG")
        assert_nothing_dead(bare.page)
    finally:
        bare.close()


def test_a_page_beside_a_living_jupyter_kernel_gets_its_figures_from_it(browser):
    first = browser.open_notebook(CELLS)
    first.run_all()
    assert_all_there(first)
    save(first)
    # As if it had been saved before it was run: the Jupyter kernel knows the figures, the file does not.
    forget_state(browser, first)
    again = browser.open_path(first.name)
    try:
        assert_all_there(again)
        assert again.page.locator(".hgmrl-connection").all_text_contents() == ["", ""]
    finally:
        again.page.close()
        first.close()
