"""The doctor in a real page: the handshake between page and Jupyter kernel."""

import psutil
import pytest

pytestmark = pytest.mark.browser

LINE = "[data-state]"


@pytest.fixture
def notebook(browser):
    opened = browser.open_notebook(["from hgmrl_lite import course\ncourse.doctor()"])
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


def test_a_jupyter_kernel_that_does_not_answer_is_asked_and_then_silent_and_may_answer_late(notebook):
    notebook.run_all()
    notebook.page.wait_for_selector("[data-state=live]")
    # Halted, not busy: JupyterLab may carry a widget's messages past a cell that runs, in a subshell.
    kernel = psutil.Process(notebook.python("__import__('os').getpid()"))
    kernel.suspend()
    try:
        notebook.page.get_by_role("button", name="Ask again").click()
        assert "asking" in notebook.page.inner_text(LINE)
        notebook.page.wait_for_selector("[data-state=silent]", timeout=15_000)
        assert "Restart" in notebook.page.inner_text(LINE)
    finally:
        kernel.resume()
    notebook.page.wait_for_selector("[data-state=live]", timeout=15_000)
