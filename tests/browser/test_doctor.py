"""The doctor in a real page: the handshake between page and Jupyter kernel."""

import pytest

pytestmark = pytest.mark.browser

LINE = "[data-state]"


@pytest.fixture
def notebook(browser):
    opened = browser.open_notebook(
        ["import time\nfrom hgmrl_lite import course\ncourse.doctor()", "time.sleep(0)"]
    )
    yield opened
    opened.close()


def test_page_and_jupyter_kernel_find_each_other(notebook):
    notebook.run_all()
    notebook.page.wait_for_selector("[data-state=live]")
    assert "answer each other" in notebook.page.inner_text(LINE)
    assert "Everything is ready." in notebook.page.text_content(".jp-OutputArea")
    notebook.page.get_by_role("button", name="Ask again").click()
    notebook.page.wait_for_selector("[data-state=live]")
    assert not notebook.console_errors
    assert not notebook.outside_requests


def test_it_says_that_a_busy_jupyter_kernel_is_asked_and_then_that_it_is_silent(notebook):
    notebook.run_all()
    notebook.page.wait_for_selector("[data-state=live]")
    notebook.evaluate(
        """() => {
            const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
            const busy = new Promise((begun) => {
                kernel.statusChanged.connect((_, status) => status === "busy" && begun());
            });
            kernel.requestExecute({ code: "time.sleep(10)" });
            // A question that comes before it is answered at once.
            return busy;
        }"""
    )
    notebook.page.get_by_role("button", name="Ask again").click()
    assert "asking" in notebook.page.inner_text(LINE)
    notebook.page.wait_for_selector("[data-state=silent]", timeout=15_000)
    assert "Restart" in notebook.page.inner_text(LINE)
    notebook.page.wait_for_selector("[data-state=live]", timeout=15_000)
