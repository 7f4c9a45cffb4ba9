"""GoalDrag in a real JupyterLab: hand, keys, slider, two views, both themes, and no Jupyter kernel at all."""

import math
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

HELPERS = Path(__file__).parents[1] / "widgets"
MAKE = f"""
import sys
sys.path.insert(0, {str(HELPERS)!r})
from standin import standin_agent
from hgmrl_lite.envs import training_tasks
from hgmrl_lite.widgets import GoalDrag
drag = GoalDrag(standin_agent(), training_goals=training_tasks(), episodes=6)
drag
"""
FAILING = """
def fail(goal):
    raise RuntimeError("no evaluation today")
broken = GoalDrag(standin_agent(), training_goals=training_tasks(), evaluate=fail)
broken
"""


class Drag:
    """One view of the widget, as a user meets it."""

    def __init__(self, notebook, number=0):
        self.notebook = notebook
        self.page = notebook.page
        self.root = notebook.page.locator(".hgmrl-goal-drag").nth(number)
        self.handle = self.root.locator(".hgmrl-handle")

    def frame(self):
        """Wait until what was set is drawn."""
        self.notebook.evaluate(
            "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )

    def degrees(self):
        self.frame()
        return float(self.handle.get_attribute("aria-valuenow"))

    def drawn_degrees(self):
        """Where the handle is drawn, from the pixels."""
        self.frame()
        plane, ring = (
            self.root.locator(name).bounding_box() for name in (".hgmrl-plane", ".hgmrl-ring >> nth=0")
        )
        x = ring["x"] + ring["width"] / 2 - plane["x"] - plane["width"] / 2
        y = ring["y"] + ring["height"] / 2 - plane["y"] - plane["height"] / 2
        return math.degrees(math.atan2(-y, x))

    def path(self, name):
        self.frame()
        return self.root.locator(f".hgmrl-layer-paths {name}").get_attribute("d")

    def point(self, degrees, radius=1.0):
        """Return the page's coordinates of a point of the plane."""
        plane = self.root.locator(".hgmrl-plane").bounding_box()
        # The handle's own distance from the centre is the circle's radius.
        ring = self.root.locator(".hgmrl-circle").bounding_box()
        reach = radius * ring["width"] / 2
        return (
            plane["x"] + plane["width"] / 2 + reach * math.cos(math.radians(degrees)),
            plane["y"] + plane["height"] / 2 - reach * math.sin(math.radians(degrees)),
        )

    def drag_to(self, degrees, release=True, radius=1.0):
        self.handle.scroll_into_view_if_needed()
        mouse = self.page.mouse
        mouse.move(*self.point(self.degrees()))
        mouse.down()
        mouse.move(*self.point(degrees, radius), steps=6)
        if release:
            mouse.up()

    def slider(self, label):
        return self.root.get_by_label(label, exact=True)

    def words(self):
        """Wait until the words beside the figure, which follow more slowly, are the last ones."""
        self.page.wait_for_timeout(120)
        self.frame()

    def text(self, name):
        self.words()
        return self.root.locator(name).text_content()


@pytest.fixture(scope="module")
def notebook(browser):
    notebook = browser.open_notebook([MAKE, "drag", FAILING])
    notebook.run_all()
    notebook.page.wait_for_selector(".hgmrl-goal-drag >> nth=2")
    yield notebook
    notebook.close()


@pytest.fixture
def drag(notebook):
    """Return the first view at rest at 60°; afterwards nothing may have gone wrong in the page."""
    notebook.evaluate("() => document.activeElement?.blur()")
    notebook.python(
        "[drag.set_trait('draw', 0), drag.set_trait('context_size', 20), setattr(drag, 'goal_degrees', 60.0)]"
    )
    view = Drag(notebook)
    notebook.page.wait_for_function(
        "() => document.querySelector('.hgmrl-handle').getAttribute('aria-valuenow') === '60.0'", timeout=5000
    )
    notebook.wait_python("drag.answered == [60.0, 0, 20]")
    yield view
    assert notebook.console_errors == []
    assert notebook.outside_requests == []


def test_it_renders_with_what_it_shows_in_words(drag):
    assert drag.handle.get_attribute("role") == "slider"
    spoken = drag.handle.get_attribute("aria-valuetext")
    found = re.fullmatch(r"test goal at 60\.0°; policy at the inferred angle (\S+)° \(error (\S+)°\)", spoken)
    assert abs(float(found[1]) - 60.0) == pytest.approx(float(found[2]), abs=0.11)
    assert found[0].split("; ")[1] == drag.text(".hgmrl-card.hgmrl-of-geometric .hgmrl-state")
    assert "trained for the goal at 135.0°, 75.0° away" in drag.text(".hgmrl-card.hgmrl-of-base")
    assert drag.path(".hgmrl-faint.hgmrl-of-geometric").count("M") == 6
    assert drag.root.locator(".hgmrl-training-goal").count() == 3 + 1  # and one in the legend


def test_the_output_also_holds_a_picture_and_words(notebook):
    outputs = notebook.evaluate(
        "() => window.jupyterapp.shell.currentWidget.content.widgets[1].model.outputs.toJSON()[0].data"
    )
    assert outputs["text/plain"].startswith("GoalDrag: test goal at 60.0°")
    assert len(outputs["image/png"]) > 10_000
    assert "application/vnd.jupyter.widget-view+json" in outputs


def test_dragging_moves_the_goal_the_paths_and_python(drag):
    before = drag.path(".hgmrl-mean.hgmrl-of-geometric"), drag.path(".hgmrl-mean.hgmrl-of-base")
    drag.drag_to(-100.0, release=False)
    assert drag.drawn_degrees() == pytest.approx(-100.0, abs=0.5)
    assert drag.path(".hgmrl-mean.hgmrl-of-geometric") != before[0]
    # The untransformed policy does not follow: nothing of its paths changes.
    assert drag.path(".hgmrl-mean.hgmrl-of-base") == before[1]
    # The old regrets are marked as such while the goal moves.
    drag.words()
    assert drag.root.locator(".hgmrl-regret.hgmrl-stale").count() == 2
    drag.page.mouse.up()
    drag.notebook.wait_python("drag.answered == [drag.goal_degrees, 0, 20] and drag.goal_degrees < 0")
    value = drag.notebook.python("drag.goal_degrees")
    assert value == pytest.approx(-100.0, abs=0.5)
    assert drag.degrees() == pytest.approx(value, abs=0.051)
    assert drag.drawn_degrees() == pytest.approx(value, abs=0.1)
    drag.page.wait_for_function(
        "() => !document.querySelector('.hgmrl-goal-drag .hgmrl-stale')", timeout=5000
    )
    regrets = drag.notebook.python("drag.regrets")
    assert drag.text(".hgmrl-card.hgmrl-of-base .hgmrl-regret") == f"regret {regrets['base']:.0f}"
    assert regrets["geometric"] < 1.0 < regrets["base"]


def test_the_handle_stays_on_the_circle_and_waits_at_the_centre(drag):
    drag.drag_to(120.0, release=False, radius=0.4)
    assert drag.degrees() == pytest.approx(120.0, abs=0.5)
    drag.page.mouse.move(*drag.point(-30.0, radius=0.05))
    assert drag.degrees() == pytest.approx(120.0, abs=0.5)
    drag.page.mouse.move(*drag.point(-30.0, radius=1.4))
    assert drag.degrees() == pytest.approx(-30.0, abs=0.5)
    drag.page.mouse.up()


def test_grabbing_the_handle_off_its_middle_does_not_move_it(drag):
    x, y = drag.point(60.0)
    drag.page.mouse.move(x + 8, y + 3)
    drag.page.mouse.down()
    assert drag.degrees() == 60.0
    drag.page.mouse.up()


def test_a_press_on_the_circle_brings_the_goal_there(drag):
    drag.page.mouse.click(*drag.point(-60.0))
    assert drag.degrees() == pytest.approx(-60.0, abs=0.5)
    drag.notebook.wait_python("abs(drag.goal_degrees + 60) < 0.5")


def test_touch_drags_as_well(drag):
    session = drag.page.context.new_cdp_session(drag.page)
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    try:
        for kind, degrees in [("touchStart", 60.0), ("touchMove", 75.0), ("touchMove", 100.0)]:
            x, y = drag.point(degrees)
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        assert drag.degrees() == pytest.approx(100.0, abs=0.5)
    finally:
        session.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
    drag.notebook.wait_python("drag.answered[0] == drag.goal_degrees != 60")


@pytest.mark.parametrize("where", ["handle", "slider"])
def test_keys_step_and_insert_no_cell(drag, where):
    drag.root.scroll_into_view_if_needed()
    (drag.handle if where == "handle" else drag.slider("Test goal")).focus()
    cells = drag.notebook.cell_count()
    steps = [("ArrowRight", 61.0), ("ArrowUp", 62.0), ("ArrowLeft", 61.0), ("ArrowDown", 60.0)]
    steps += [("Shift+ArrowRight", 70.0), ("Shift+ArrowDown", 60.0), ("PageUp", 70.0), ("End", 180.0)]
    # Past 180° the handle goes on around the circle; a slider ends there.
    steps += [("ArrowRight", -179.0 if where == "handle" else 180.0)]
    for key, expected in steps:
        drag.page.keyboard.press(key)
        assert drag.degrees() == expected, key
    for key in ("a", "b", "x", "m", "d", "d", "0"):
        drag.page.keyboard.press(key)
    assert drag.notebook.cell_count() == cells
    assert drag.degrees() == steps[-1][1]
    drag.notebook.wait_python(f"drag.answered == [{steps[-1][1]}, 0, 20]")


def test_the_slider_moves_the_goal(drag):
    slider = drag.slider("Test goal")
    box = slider.bounding_box()
    drag.page.mouse.click(box["x"] + 0.25 * box["width"], box["y"] + box["height"] / 2)
    shown = drag.degrees()
    assert shown == pytest.approx(-90.0, abs=8.0)
    assert drag.drawn_degrees() == pytest.approx(shown, abs=0.5)
    drag.notebook.wait_python("drag.answered[0] == drag.goal_degrees != 60")
    assert drag.notebook.python("drag.goal_degrees") == pytest.approx(shown)


def test_two_views_agree(drag):
    other = Drag(drag.notebook, 1)
    drag.drag_to(-45.0)
    assert other.degrees() == drag.degrees() == pytest.approx(-45.0, abs=0.5)
    assert other.path(".hgmrl-faint.hgmrl-of-geometric") == drag.path(".hgmrl-faint.hgmrl-of-geometric")
    other.root.get_by_label("base policy, unchanged").uncheck()
    drag.frame()
    assert not drag.root.locator(".hgmrl-layer-paths .hgmrl-mean.hgmrl-of-base").is_visible()
    drag.notebook.wait_python("drag.show_base is False")
    drag.root.get_by_label("base policy, unchanged").check()
    drag.notebook.wait_python("drag.show_base is True")


def test_python_moves_the_handle(drag):
    drag.notebook.python("setattr(drag, 'goal_degrees', 270.0)")
    drag.page.wait_for_function(
        "() => document.querySelector('.hgmrl-handle').getAttribute('aria-valuenow') === '-90.0'",
        timeout=5000,
    )
    drag.notebook.wait_python("drag.answered == [-90.0, 0, 20]")


def test_exploring_again_and_with_fewer_steps_changes_what_is_inferred(drag):
    state = ".hgmrl-card.hgmrl-of-geometric .hgmrl-state"
    dots = drag.path(".hgmrl-exploration")
    assert dots.count("M") == 20
    drag.root.get_by_role("button", name="Explore again").click()
    assert drag.path(".hgmrl-exploration") != dots
    drag.notebook.wait_python("drag.answered == [60.0, 1, 20]")
    drag.slider("Random steps").focus()
    drag.page.keyboard.press("Home")
    assert drag.path(".hgmrl-exploration").count("M") == 2
    drag.notebook.wait_python("drag.answered == [60.0, 1, 2]")
    # What is on screen is what Python infers from the same steps.
    inferred = drag.notebook.python("drag.inferred_degrees")
    shown = float(re.search(r"angle (\S+)° ", drag.text(state))[1].replace("−", "-"))
    assert shown == pytest.approx(inferred, abs=0.051)
    drag.root.get_by_label("random steps it learned from").uncheck()
    drag.frame()
    assert not drag.root.locator(".hgmrl-layer-paths .hgmrl-exploration").is_visible()
    drag.root.get_by_label("random steps it learned from").check()


def test_labels_stay_inside_and_apart_all_around_the_circle(drag):
    script = """
        (root) => [...root.querySelectorAll(".hgmrl-label")]
            .filter((text) => text.style.visibility !== "hidden")
            .map((text) => { const { x, y, width, height } = text.getBBox(); return [x, y, width, height]; })
    """
    drag.handle.focus()
    hidden = 0
    for _ in range(36):
        drag.page.keyboard.press("Shift+ArrowRight")
        drag.frame()
        boxes = drag.root.locator(".hgmrl-plane").evaluate(script)
        for x, y, width, height in boxes:
            assert min(x, y) >= 0, drag.degrees()
            assert max(x + width, y + height) <= 440, drag.degrees()
        if len(boxes) == 2:
            (x, y, width, height), (u, v, wide, high) = boxes
            assert x + width < u or u + wide < x or y + height < v or v + high < y, drag.degrees()
        hidden += len(boxes) == 1
    assert hidden < 8


CONTRAST = """
    (root) => {
        const channels = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map(Number);
        const luminance = (colour) => {
            const linear = (c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
            const [r, g, b] = channels(colour).map((c) => linear(c / 255));
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const style = (name) => getComputedStyle(root.querySelector(name));
        const back = luminance(style(".hgmrl-frame").fill);
        const of = (colour) => {
            const [low, high] = [luminance(colour), back].sort((a, b) => a - b);
            return (high + 0.05) / (low + 0.05);
        };
        return {
            text: of(getComputedStyle(root).color),
            label: of(style(".hgmrl-label").fill),
            detail: of(style(".hgmrl-detail").color),
            geometric: of(style(".hgmrl-layer-paths .hgmrl-mean.hgmrl-of-geometric").stroke),
            base: of(style(".hgmrl-layer-paths .hgmrl-mean.hgmrl-of-base").stroke),
            handle: of(style(".hgmrl-handle .hgmrl-ring").stroke),
            dots: of(style(".hgmrl-layer-paths .hgmrl-exploration").stroke),
        };
    }
"""


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_both_themes_are_readable(drag, theme, tmp_path):
    drag.notebook.set_theme(theme)
    try:
        contrast = drag.root.evaluate(CONTRAST)
        # WCAG 2.2: 4.5 for text, 3 for what carries meaning.
        assert min(contrast["text"], contrast["label"], contrast["detail"]) >= 4.5, contrast
        assert min(contrast.values()) >= 3.0, contrast
        drag.root.screenshot(path=tmp_path / "goal_drag.png")
    finally:
        drag.notebook.set_theme("JupyterLab Light")


def test_it_fits_a_narrow_page(drag):
    size = drag.page.viewport_size
    drag.page.set_viewport_size({"width": 570, "height": size["height"]})
    try:
        drag.frame()
        box = drag.root.bounding_box()
        assert box["width"] < 480
        wide = drag.root.evaluate(
            """(root) => [...root.querySelectorAll("*")]
                .filter((element) => !element.closest(".hgmrl-spoken"))
                .map((element) => element.getBoundingClientRect().right - root.getBoundingClientRect().right)
                .reduce((a, b) => Math.max(a, b))"""
        )
        assert wide <= 1.0
        plane, panel = (drag.root.locator(name).bounding_box() for name in (".hgmrl-plane", ".hgmrl-panel"))
        assert panel["y"] > plane["y"] + plane["height"]
        drag.drag_to(10.0)
        assert drag.drawn_degrees() == pytest.approx(10.0, abs=0.6)
    finally:
        drag.page.set_viewport_size(size)


def test_a_failing_evaluation_is_told(drag):
    broken = Drag(drag.notebook, 2)
    broken.root.scroll_into_view_if_needed()
    drag.notebook.wait_python("broken.evaluation_error != ''")
    drag.page.wait_for_function(
        "() => document.querySelectorAll('.hgmrl-goal-drag')[2].textContent.includes('no evaluation today')",
        timeout=5000,
    )
    assert broken.text(".hgmrl-note") == "The evaluation failed: RuntimeError: no evaluation today"


def test_a_view_that_is_closed_leaves_nothing_behind(drag):
    code = "import IPython.display; IPython.display.display(drag)"
    count = drag.page.locator(".hgmrl-goal-drag").count()
    drag.notebook.evaluate(
        """(code) => {
            const { content } = window.jupyterapp.shell.currentWidget;
            content.activeCellIndex = content.widgets.length - 1;
            return window.jupyterapp.commands.execute("notebook:insert-cell-below")
                .then(() => content.activeCell.model.sharedModel.setSource(code))
                .then(() => window.jupyterapp.commands.execute("notebook:run-cell"));
        }""",
        code,
    )
    drag.page.wait_for_function(
        f"() => document.querySelectorAll('.hgmrl-goal-drag').length === {count + 1}", timeout=9000
    )
    drag.notebook.evaluate("() => window.jupyterapp.commands.execute('notebook:delete-cell')")
    drag.page.wait_for_function(
        f"() => document.querySelectorAll('.hgmrl-goal-drag').length === {count}", timeout=5000
    )
    drag.drag_to(20.0)
    assert drag.degrees() == pytest.approx(20.0, abs=0.5)


def test_without_a_jupyter_kernel_it_still_follows_the_hand(drag):
    # The last test of this notebook: its Jupyter kernel goes.
    drag.notebook.evaluate(
        "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.shutdown()"
    )
    before = drag.path(".hgmrl-mean.hgmrl-of-geometric")
    drag.drag_to(170.0)
    assert drag.drawn_degrees() == pytest.approx(170.0, abs=0.5)
    assert drag.path(".hgmrl-mean.hgmrl-of-geometric") != before
    inferred = re.search(r"angle (\S+)° ", drag.text(".hgmrl-card.hgmrl-of-geometric .hgmrl-state"))[1]
    assert float(inferred) == pytest.approx(170.0, abs=3.0)
    # JupyterLab's widget manager notes each message that it cannot send; nothing else may be amiss.
    others = [
        text for text in drag.notebook.console_errors if "Could not send widget sync message" not in text
    ]
    assert others == []
    drag.notebook.console_errors.clear()
