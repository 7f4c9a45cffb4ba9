"""The map of the course in a real page: what it says, and that its links open the lessons."""

import json
import shutil
from pathlib import Path

import pytest

from hgmrl_lite.course.exercise import all_exercises

pytestmark = pytest.mark.browser

LESSONS = sorted((Path(__file__).parents[2] / "notebooks").glob("0*.ipynb"))
OPEN = "() => [...window.jupyterapp.shell.widgets('main')].map((widget) => widget.title.label)"


@pytest.fixture
def notebook(browser):
    """A notebook beside all lessons, with an answer to one exercise noted."""
    root = browser.server.root
    made = [root / path.name for path in LESSONS] + [root / "progress.jsonl"]
    for path, copy in zip(LESSONS, made, strict=False):
        shutil.copy(path, copy)
    made[-1].write_text(json.dumps({"exercise": "00.2", "state": "Correct"}) + "\n")
    opened = browser.open_notebook(["from hgmrl_lite import course\ncourse.progress()"])
    yield opened
    opened.close()
    for path in made:
        path.unlink()


def test_the_map_says_what_is_done_and_its_links_open_the_lessons(notebook):
    notebook.run_all()
    table = notebook.page.locator(".jp-OutputArea table")
    assert (
        f"1 of {len(all_exercises())} exercises done. Kept in progress.jsonl, on this machine only."
        in table.inner_text()
    )
    rows = [row.inner_text() for row in table.locator("tbody tr").all()]
    assert [row.split()[0] for row in rows] == [path.name[:2] for path in LESSONS]
    assert "✓ 00.2 Turn points of the plane (done)" in rows[0]
    assert all("(open)" in row for row in rows)
    table.get_by_role("link", name="02", exact=True).click()
    notebook.page.wait_for_function(f"() => ({OPEN})().includes('02_group_to_algebra.ipynb')")
    assert not notebook.console_errors
    assert not notebook.outside_requests
