"""A figure under the hand while Python is busy, out of reach, restarted, killed, or the page loaded anew."""

import time

import pytest
from widget_view import WidgetView

from hgmrl_lite.widgets import KernelProbe

pytestmark = pytest.mark.browser

MAKE = """
from hgmrl_lite.widgets import KernelProbe
probe = KernelProbe(samples=400)
probe
"""
HALF = KernelProbe().settings["half"]
KERNEL = "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel"
# What JupyterLab itself notes when a connection breaks, and Chromium when it is offline.
NOT_OURS = ("net::ERR_INTERNET_DISCONNECTED", "WebSocket connection to", "Canceled future for")


class Probe(WidgetView):
    """One view of the widget."""

    ROOT = ".hgmrl-kernel-probe"
    VARIABLE = "probe"

    def at(self, x, y):
        """Return where a point of the plane is on the page."""
        frame = self.part(".hgmrl-stack .hgmrl-plane .hgmrl-frame").first.bounding_box()
        assert frame is not None
        scale = frame["width"] / (2 * HALF)
        return frame["x"] + (HALF + x) * scale, frame["y"] + (HALF - y) * scale

    def place(self):
        """Return where the handle is, in the plane."""
        self.drawn()
        box, (left, top) = self.part(".hgmrl-handle .hgmrl-ring").first.bounding_box(), self.at(-HALF, HALF)
        scale = (self.at(HALF, 0)[0] - left) / (2 * HALF)
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        return (x - left) / scale - HALF, HALF - (y - top) / scale

    def comes_to(self, x, y, limit=15.0):
        """Wait until the handle is there."""
        end = time.monotonic() + limit
        while self.place() != pytest.approx((x, y), abs=0.03) and time.monotonic() < end:
            self.page.wait_for_timeout(50)
        assert self.place() == pytest.approx((x, y), abs=0.03)

    def says(self, words, limit=15.0):
        """Wait until the line on the connection holds these words; none: until it is empty."""
        self.page.wait_for_function(
            """([root, words]) => [...document.querySelectorAll(root)]
                .map((widget) => widget.querySelector(".hgmrl-connection"))
                .every((line) => (words ? line.textContent.includes(words) : line.textContent === ""))""",
            arg=[self.ROOT, words],
            timeout=1000 * limit,
        )

    def drag_to(self, x, y):
        """Drag the probe to a point of the plane, and see that it follows at once."""
        self.drag(self.at(*self.place()), self.at(x, y))
        assert self.place() == pytest.approx((x, y), abs=0.03)

    def python_has(self, x, y, limit=20.0):
        """Wait until Python holds the place."""
        near = f"max(abs(probe.probe[0] - {x}), abs(probe.probe[1] - {y})) < 0.03"
        self.notebook.wait_python(near, limit)


@pytest.fixture(scope="module")
def notebook(browser):
    notebook = browser.open_notebook([MAKE])
    notebook.run_all()
    notebook.page.wait_for_selector(Probe.ROOT)
    yield notebook
    notebook.close()


@pytest.fixture
def probe(notebook):
    """Return the widget, connected; what goes wrong with a connection is noted by JupyterLab, not by it."""
    view = Probe(notebook)
    view.says("")
    view.root.scroll_into_view_if_needed()
    yield view
    assert [line for line in notebook.console_errors if not any(part in line for part in NOT_OURS)] == []
    assert notebook.outside_requests == []
    notebook.console_errors.clear()


def restart(notebook):
    """Start the notebook's Jupyter kernel anew, without JupyterLab's question."""
    notebook.evaluate(f"() => {KERNEL}.restart()", limit=60.0)


def run_again(notebook):
    """Run the cell, and wait for the one view that it makes."""
    notebook.run_all()
    notebook.page.wait_for_function(f"() => document.querySelectorAll('{Probe.ROOT}').length === 1")


def test_while_python_is_busy_it_says_so_and_follows_the_hand(probe):
    probe.drag_to(0.2, 0.3)
    probe.python_has(0.2, 0.3)
    probe.notebook.evaluate(f"() => void {KERNEL}.requestExecute({{ code: 'import time; time.sleep(10)' }})")
    probe.says("Python is busy")
    # More moves than there is room for messages.
    for x in (-1.0, 0.5, -0.4, 1.2):
        probe.drag_to(x, 0.7)
    probe.says("")
    probe.python_has(1.2, 0.7)
    assert probe.place() == pytest.approx((1.2, 0.7), abs=0.03)


def test_short_work_is_not_worth_a_word(probe):
    probe.notebook.python("__import__('time').sleep(0.6)")
    assert probe.text(".hgmrl-connection") == ""


def test_a_connection_that_breaks_in_the_middle_of_a_drag_loses_nothing(probe):
    page = probe.page
    probe.drag_to(-1.0, -1.0)
    page.mouse.move(*probe.at(-1.0, -1.0))
    page.mouse.down()
    page.mouse.move(*probe.at(-0.5, -0.5), steps=4)
    page.context.set_offline(True)
    try:
        probe.notebook.evaluate(f"() => {KERNEL}._ws.close()")
        probe.says("No connection to Jupyter")
        page.mouse.move(*probe.at(0.9, 0.4), steps=6)
        assert probe.place() == pytest.approx((0.9, 0.4), abs=0.03)
        page.mouse.up()
    finally:
        page.context.set_offline(False)
    probe.says("", limit=60.0)
    probe.python_has(0.9, 0.4)
    assert probe.place() == pytest.approx((0.9, 0.4), abs=0.03)


def test_a_page_that_is_loaded_anew_shows_what_python_holds(browser, probe):
    probe.drag_to(0.6, -1.1)
    probe.python_has(0.6, -1.1)
    probe.notebook.evaluate("() => window.jupyterapp.shell.currentWidget.context.save()")
    again = browser.open_path(probe.notebook.name)
    try:
        again.page.wait_for_selector(Probe.ROOT)
        view = Probe(again)
        # What was saved is drawn first; what Python holds comes over the connection.
        view.comes_to(0.6, -1.1)
        view.drag_to(-0.6, 1.1)
        view.python_has(-0.6, 1.1)
        # The first page hears of it from Python.
        probe.comes_to(-0.6, 1.1)
        again.assert_clean()
    finally:
        # Only the page: the Jupyter kernel is the other's.
        again.page.close()


def test_after_a_restart_in_the_middle_of_a_drag_it_goes_on_and_its_cell_connects_it_again(probe):
    page, notebook = probe.page, probe.notebook
    start = probe.at(*probe.place())
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*probe.at(0.3, 0.3), steps=4)
    restart(notebook)
    probe.says("no longer knows this figure")
    page.mouse.move(*probe.at(1.1, -0.2), steps=6)
    page.mouse.up()
    assert probe.place() == pytest.approx((1.1, -0.2), abs=0.03)
    probe.drag_to(-1.2, -0.2)
    run_again(notebook)
    probe.says("")
    probe.drag_to(0.4, 0.8)
    probe.python_has(0.4, 0.8)


def test_when_the_jupyter_kernel_is_killed_it_says_so_and_goes_on(probe):
    notebook = probe.notebook
    notebook.evaluate(
        f"() => void {KERNEL}.requestExecute({{ code: 'import os, signal; os.kill(os.getpid(), 9)' }})"
    )
    probe.says("no longer knows this figure", limit=30.0)
    # JupyterLab says that the kernel died, in a dialog of its own.
    dialog = probe.page.locator(".jp-Dialog button")
    dialog.first.wait_for()
    dialog.first.click()
    probe.drag_to(0.8, 0.8)
    notebook.wait_idle()
    run_again(notebook)
    probe.says("")
    probe.drag_to(-0.4, 0.8)
    probe.python_has(-0.4, 0.8)


def test_a_hundred_fast_drags_and_a_page_that_changes_its_width_lose_nothing(probe):
    page = probe.page
    for number in range(100):
        start = probe.at(*((-1.0, 0.5) if number % 2 else (0.9, -0.6)))
        page.mouse.move(*start)
        page.mouse.down()
        page.mouse.move(*(probe.at(-1.0, 0.5) if number % 2 == 0 else probe.at(0.9, -0.6)))
        page.mouse.up()
    page.mouse.move(*probe.at(*probe.place()))
    page.mouse.down()
    page.mouse.move(*probe.at(0.0, 1.0), steps=3)
    with probe.width(600):
        page.mouse.move(*probe.at(1.0, 0.2), steps=3)
        assert probe.place() == pytest.approx((1.0, 0.2), abs=0.04)
    page.mouse.move(*probe.at(0.7, 0.7), steps=3)
    page.mouse.up()
    assert probe.place() == pytest.approx((0.7, 0.7), abs=0.03)
    probe.python_has(0.7, 0.7)
