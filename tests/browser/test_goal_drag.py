"""GoalDrag in a real JupyterLab: hand, keys, slider, two views, both themes, and no Jupyter kernel at all."""

import re
from pathlib import Path

import pytest
from goal_drag_view import Drag, at_sixty
from widget_view import THEMES, outside, overlaps

pytestmark = pytest.mark.browser

HELPERS = Path(__file__).parents[1] / "widgets"
MAKE = f"""
import sys
sys.path.insert(0, {str(HELPERS)!r})
from standin import standin_agent
from hgmrl_lite.envs import navigation
from hgmrl_lite.widgets import GoalDrag
drag = GoalDrag(standin_agent(), navigation(), episodes=6)
drag
"""
FAILING = """
class Broken(GoalDrag):
    def _answer_regrets(self):
        raise RuntimeError("no evaluation today")
broken = Broken(standin_agent(), navigation())
broken
"""
CELLS = [MAKE, "drag", FAILING]


@pytest.fixture
def drag(notebook):
    """Return the first view at rest at 60°; afterwards nothing may have gone wrong in the page."""
    yield from at_sixty(Drag(notebook))


def test_it_renders_with_what_it_shows_in_words(drag):
    assert drag.handle.get_attribute("role") == "slider"
    spoken = drag.handle.get_attribute("aria-valuetext")
    found = re.fullmatch(r"test goal at 60\.0°; policy at the inferred angle (\S+)° \(error (\S+)°\)", spoken)
    assert abs(float(found[1]) - 60.0) == pytest.approx(float(found[2]), abs=0.11)
    assert found[0].split("; ")[1] == drag.text(".hgmrl-card.hgmrl-of-geometric .hgmrl-state")
    assert "trained for the goal at 135.0°, 75.0° away" in drag.text(".hgmrl-card.hgmrl-of-base")
    assert drag.path(".hgmrl-faint.hgmrl-of-geometric").count("M") == 6
    assert drag.part(".hgmrl-training-goal").count() == 3 + 1  # and one in the legend


def test_the_output_also_holds_a_picture_and_words(notebook):
    outputs = notebook.output(1)
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
    assert drag.part(".hgmrl-regret.hgmrl-stale").count() == 2
    drag.page.mouse.up()
    value = drag.rest()[0]
    assert value == pytest.approx(-100.0, abs=0.5)
    assert drag.degrees() == pytest.approx(value, abs=0.051)
    assert drag.drawn_degrees() == pytest.approx(value, abs=0.1)
    assert drag.part(".hgmrl-stale").count() == 0
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
    assert drag.get("w.goal_degrees") == pytest.approx(-60.0, abs=0.5)


def test_touch_drags_as_well(drag):
    drag.touch(*[drag.point(degrees) for degrees in (60.0, 75.0, 100.0)])
    assert drag.degrees() == pytest.approx(100.0, abs=0.5)
    assert drag.rest()[0] == pytest.approx(100.0, abs=0.5)


@pytest.mark.parametrize("where", ["handle", "slider"])
def test_keys_step_and_insert_no_cell(drag, where):
    part = drag.handle if where == "handle" else drag.slider("Test goal")
    steps = [("ArrowRight", 61.0), ("ArrowUp", 62.0), ("ArrowLeft", 61.0), ("ArrowDown", 60.0)]
    steps += [("Shift+ArrowRight", 70.0), ("Shift+ArrowDown", 60.0), ("PageUp", 70.0), ("End", 180.0)]
    # Past 180° the handle goes on around the circle; a slider ends there.
    steps += [("ArrowRight", -179.0 if where == "handle" else 180.0)]
    for key, expected in steps:
        drag.press(part, key)
        assert drag.degrees() == expected, key
    drag.press(part, "a", "b", "x", "m", "d", "d", "0")
    assert drag.degrees() == steps[-1][1]
    assert drag.rest() == [steps[-1][1], 0, 20]


def test_the_slider_moves_the_goal(drag):
    slider = drag.slider("Test goal")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    drag.page.mouse.click(box["x"] + 0.25 * box["width"], box["y"] + box["height"] / 2)
    shown = drag.degrees()
    assert shown == pytest.approx(-90.0, abs=8.0)
    assert drag.drawn_degrees() == pytest.approx(shown, abs=0.5)
    assert drag.rest()[0] == pytest.approx(shown)


def test_two_views_agree(drag):
    other = Drag(drag.notebook, 1)
    drag.drag_to(-45.0)
    assert other.degrees() == drag.degrees() == pytest.approx(-45.0, abs=0.5)
    assert other.path(".hgmrl-faint.hgmrl-of-geometric") == drag.path(".hgmrl-faint.hgmrl-of-geometric")
    other.root.get_by_label("base policy, unchanged").uncheck()
    drag.drawn()
    assert not drag.part(".hgmrl-layer-paths .hgmrl-mean.hgmrl-of-base").is_visible()
    assert drag.get("w.show_base") is False


def test_python_moves_the_handle(drag):
    drag.set(goal_degrees=270.0)
    assert drag.degrees() == -90.0
    assert drag.rest() == [-90.0, 0, 20]


def test_exploring_again_and_with_fewer_steps_changes_what_is_inferred(drag):
    state = ".hgmrl-card.hgmrl-of-geometric .hgmrl-state"
    dots = drag.path(".hgmrl-exploration")
    assert dots.count("M") == 20
    drag.root.get_by_role("button", name="Explore again").click()
    assert drag.path(".hgmrl-exploration") != dots
    assert drag.rest() == [60.0, 1, 20]
    drag.press(drag.slider("Random steps"), "Home")
    assert drag.path(".hgmrl-exploration").count("M") == 2
    assert drag.rest() == [60.0, 1, 2]
    # What is on screen is what Python infers from the same steps.
    inferred = drag.notebook.python("drag.inferred_degrees")
    shown = float(re.search(r"angle (\S+)° ", drag.text(state))[1].replace("−", "-"))
    assert shown == pytest.approx(inferred, abs=0.051)
    drag.root.get_by_label("random steps it learned from").uncheck()
    drag.drawn()
    assert not drag.part(".hgmrl-layer-paths .hgmrl-exploration").is_visible()


def test_labels_stay_inside_and_apart_all_around_the_circle(drag):
    hidden = 0
    for _ in range(36):
        drag.press(drag.handle, "Shift+ArrowRight")
        labels = drag.labels()
        assert outside(labels) == [], drag.degrees()
        assert overlaps(labels) == [], drag.degrees()
        hidden += len(labels) == 1
    assert hidden < 8


@pytest.mark.parametrize("theme", THEMES)
def test_both_themes_are_readable(drag, theme):
    with drag.theme(theme):
        layer = ".hgmrl-layer-paths .hgmrl-"
        contrast = drag.contrast(
            (".hgmrl-frame", "fill"),
            text=("", "color"),
            label=(".hgmrl-label", "fill"),
            detail=(".hgmrl-detail", "color"),
            geometric=(f"{layer}mean.hgmrl-of-geometric", "stroke"),
            base=(f"{layer}mean.hgmrl-of-base", "stroke"),
            handle=(".hgmrl-handle .hgmrl-ring", "stroke"),
            dots=(f"{layer}exploration", "stroke"),
        )
        # WCAG 2.2: 4.5 for text, 3 for what carries meaning.
        assert min(contrast["text"], contrast["label"], contrast["detail"]) >= 4.5, contrast
        assert min(contrast.values()) >= 3.0, contrast


def test_it_fits_a_narrow_page(drag):
    with drag.width(570):
        assert drag.root.bounding_box()["width"] < 480
        assert drag.beyond() <= 1.0
        plane, panel = (drag.part(name).bounding_box() for name in (".hgmrl-plane", ".hgmrl-panel"))
        assert panel["y"] > plane["y"] + plane["height"]
        drag.drag_to(10.0)
        assert drag.drawn_degrees() == pytest.approx(10.0, abs=0.6)


def test_a_failing_evaluation_is_told(drag):
    broken = Drag(drag.notebook, 2)
    broken.root.scroll_into_view_if_needed()
    drag.notebook.wait_python("broken.answers['regrets']['error'] != ''")
    drag.page.wait_for_function(
        "() => document.querySelectorAll('.hgmrl-goal-drag')[2].textContent.includes('no evaluation today')"
    )
    assert broken.text(".hgmrl-note") == "The evaluation failed: RuntimeError: no evaluation today"


def test_a_view_that_is_closed_leaves_nothing_behind(drag):
    code = "import IPython.display; IPython.display.display(drag)"
    views = drag.page.locator(".hgmrl-goal-drag")
    count = views.count()
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
    views.nth(count).wait_for()
    drag.notebook.evaluate("() => window.jupyterapp.commands.execute('notebook:delete-cell')")
    views.nth(count).wait_for(state="detached")
    drag.drag_to(20.0)
    assert drag.degrees() == pytest.approx(20.0, abs=0.5)


def test_without_a_jupyter_kernel_it_still_follows_the_hand(drag):
    # The last test of this notebook: its Jupyter kernel goes.
    before = drag.path(".hgmrl-mean.hgmrl-of-geometric")
    with drag.no_kernel():
        drag.drag_to(170.0)
        assert drag.drawn_degrees() == pytest.approx(170.0, abs=0.5)
        assert drag.path(".hgmrl-mean.hgmrl-of-geometric") != before
        words = drag.text(".hgmrl-card.hgmrl-of-geometric .hgmrl-state")
        assert float(re.search(r"angle (\S+)° ", words)[1]) == pytest.approx(170.0, abs=3.0)
