"""Fixtures of the browser tests: one JupyterLab and one Chromium for each process that runs them.

Without Chromium the tests are skipped, with a line that says how to get it; with HGMRL_REQUIRE_BROWSER=1 they
fail.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

# Helpers that are no packages: the harness here, the stand-in agent beside the widgets' own tests.
for folder in (Path(__file__).parent, Path(__file__).parents[1] / "widgets"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

# What their asserts compared is told as well.
pytest.register_assert_rewrite("lab_harness", "site_pages", "widget_view")

from lab_harness import (  # noqa: E402
    HOW_TO_GET_CHROMIUM,
    JupyterServer,
    LabBrowser,
    LabNotebook,
    find_chromium,
)
from site_pages import small_site, widget_gallery  # noqa: E402

from website import assemble  # noqa: E402
from website.frontend import NodeMissing, fetch  # noqa: E402


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return Chromium's path, or skip."""
    executable = find_chromium()
    if executable is None:
        if os.environ.get("HGMRL_REQUIRE_BROWSER") == "1":
            pytest.fail(HOW_TO_GET_CHROMIUM)
        pytest.skip(HOW_TO_GET_CHROMIUM)
    return executable


@pytest.fixture(scope="session")
def jupyter_server(chromium: str) -> Iterator[JupyterServer]:
    """Run JupyterLab for the session."""
    with JupyterServer() as server:
        yield server


@pytest.fixture(scope="session")
def browser(jupyter_server: JupyterServer) -> Iterator[LabBrowser]:
    """Run Chromium for the session."""
    with LabBrowser(jupyter_server) as running:
        yield running


@pytest.fixture(scope="module")
def notebook(request: pytest.FixtureRequest, browser: LabBrowser) -> Iterator[LabNotebook]:
    """Run the notebook of a module's ``CELLS``, each of which ends in a widget, until all are seen."""
    cells = request.module.CELLS
    notebook = browser.open_notebook(cells)
    notebook.run_all()
    notebook.page.wait_for_selector(f"[class^='hgmrl hgmrl-'] >> nth={len(cells) - 1}")
    yield notebook
    notebook.close()


@pytest.fixture(scope="module")
def page(browser: LabBrowser) -> Iterator[Page]:
    """Open an empty page, for JavaScript that needs no Jupyter."""
    page = browser.blank_page()
    yield page
    page.close()


@pytest.fixture(scope="session")
def frontend() -> None:
    """Fetch the pages' browser parts by npm, or skip."""
    try:
        fetch(assemble.BUILD)
    except NodeMissing as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def site(frontend: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the pages of a small notebook; return the lesson's."""
    return small_site(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="session")
def gallery(frontend: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the page of all widgets."""
    return widget_gallery(tmp_path_factory.mktemp("gallery"))
