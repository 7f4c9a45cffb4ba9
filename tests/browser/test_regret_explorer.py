"""RegretExplorer in a real JupyterLab: pointer, keys, slider, boxes, two views, both themes, no Jupyter."""

import base64
from pathlib import Path

import numpy as np
import pytest
from regret_standin import standin_result
from test_javascript import call

from hgmrl_lite.widgets import RegretExplorer

pytestmark = pytest.mark.browser

HELPERS = Path(__file__).parents[1] / "widgets"
MAKE = f"""
import sys
sys.path.insert(0, {str(HELPERS)!r})
from regret_standin import standin_result
from hgmrl_lite.widgets import RegretExplorer
explorer = RegretExplorer(standin_result())
explorer
"""
REST = {"focus": 2, "stretched": False, "show_published": False, "chosen": list(standin_result().names)}


class Explorer:
    """One view of the widget, as a user meets it."""

    def __init__(self, notebook, number=0):
        self.notebook = notebook
        self.page = notebook.page
        self.root = notebook.page.locator(".hgmrl-regret-explorer").nth(number)
        self.chart = self.root.locator(".hgmrl-regret-chart")
        self.handle = self.root.locator(".hgmrl-handle")

    def frame(self):
        """Wait until what was set is drawn, the words beside the figure as well."""
        self.notebook.evaluate(
            "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )
        self.page.wait_for_timeout(80)

    def degrees(self):
        self.frame()
        return float(self.handle.get_attribute("aria-valuenow"))

    def episodes(self, kind):
        self.frame()
        return self.root.locator(f".hgmrl-episodes.hgmrl-agent-{kind}").get_attribute("d")

    def row(self, name):
        self.frame()
        row = self.root.locator("tbody tr").filter(has_text=name)
        return [cell.text_content() for cell in row.locator("td").all()]

    def at_angle(self, degrees, radius=1.5):
        """Return the page's coordinates of a point of the plane, in units of the circle's radius."""
        plane = self.root.locator(".hgmrl-plane").bounding_box()
        reach = radius * self.root.locator(".hgmrl-circle").bounding_box()["width"] / 2
        angle = np.radians(degrees)
        return (
            plane["x"] + plane["width"] / 2 + reach * np.cos(angle),
            plane["y"] + plane["height"] / 2 - reach * np.sin(angle),
        )


@pytest.fixture(scope="module")
def notebook(browser):
    notebook = browser.open_notebook([MAKE, "explorer"])
    notebook.run_all()
    notebook.page.wait_for_selector(".hgmrl-regret-explorer >> nth=1")
    yield notebook
    notebook.close()


@pytest.fixture
def explorer(notebook):
    """Return the first view with the goal at 60° in focus; afterwards nothing may have gone wrong."""
    notebook.evaluate("() => document.activeElement?.blur()")
    notebook.page.mouse.move(0, 0)
    notebook.python(f"[explorer.set_trait(name, value) for name, value in {REST!r}.items()]")
    notebook.page.wait_for_function(
        "() => document.querySelector('.hgmrl-handle').getAttribute('aria-valuenow') === '60.0'", timeout=5000
    )
    view = Explorer(notebook)
    view.root.scroll_into_view_if_needed()
    view.frame()
    yield view
    assert notebook.console_errors == []
    assert notebook.outside_requests == []


def test_it_renders_with_what_it_shows_in_words(explorer):
    result = standin_result()
    assert explorer.root.locator("tbody tr").count() == len(result.agents)
    here = result["base policy"].by_task.mean[2]
    assert explorer.row("base policy")[0] == f"{here:.0f}"
    assert explorer.row("base policy")[1] == "–"
    assert "…" in explorer.row("geometric")[1]
    assert explorer.row("trained on the test task")[0] == "–"
    spoken = explorer.chart.get_attribute("aria-valuetext")
    assert spoken == explorer.handle.get_attribute("aria-valuetext")
    assert spoken.startswith("test goal at 60°, 75° from the nearest training goal; regret: geometric ")
    assert f"base policy {here:.0f}" in spoken
    assert explorer.episodes("base").count("M") == 4
    marks = explorer.root.locator(".hgmrl-regret-chart .hgmrl-agent-nearest .hgmrl-marks")
    assert marks.get_attribute("d").count("M") == len(result.goals)


def test_the_output_also_holds_a_picture_and_words(notebook):
    outputs = notebook.evaluate(
        "() => window.jupyterapp.shell.currentWidget.content.widgets[0].model.outputs.toJSON()[0].data"
    )
    assert outputs["text/plain"].startswith("RegretExplorer: regret of 4 agents on 12 test goals")
    assert len(outputs["image/png"]) > 10_000
    assert "application/vnd.jupyter.widget-view+json" in outputs


def test_the_pointer_over_the_ring_chooses_the_goal_there(explorer):
    before = explorer.episodes("geometric")
    for degrees in (0.0, 90.0, 150.0, -120.0):
        explorer.page.mouse.move(*explorer.at_angle(degrees + 4.0))
        assert explorer.degrees() == pytest.approx(degrees, abs=0.1)
    assert explorer.episodes("geometric") != before
    explorer.notebook.wait_python("explorer.focus == 8")
    # In the middle, among the episodes, the pointer chooses nothing.
    explorer.page.mouse.move(*explorer.at_angle(30.0, radius=0.4))
    assert explorer.degrees() == -120.0


def test_the_pointer_over_the_chart_chooses_the_nearest_mark(explorer):
    result = standin_result()
    focused = explorer.chart.locator(".hgmrl-agent-base .hgmrl-focused")
    places = {}
    for goal in (0, 5, 9):
        explorer.notebook.python(f"setattr(explorer, 'focus', {goal})")
        explorer.notebook.wait_python(f"explorer.focus == {goal}")
        explorer.page.wait_for_timeout(150)
        box = focused.bounding_box()
        places[goal] = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for goal, place in places.items():
        explorer.page.mouse.move(*place)
        x, y = result.goals[goal]
        assert explorer.degrees() == pytest.approx(np.degrees(np.arctan2(y, x)), abs=0.1)
        explorer.notebook.wait_python(f"explorer.focus == {goal}")


def test_touch_chooses_as_well(explorer):
    session = explorer.page.context.new_cdp_session(explorer.page)
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    try:
        for kind, degrees in [("touchStart", 60.0), ("touchMove", 88.0), ("touchMove", 118.0)]:
            x, y = explorer.at_angle(degrees)
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        assert explorer.degrees() == pytest.approx(120.0, abs=0.1)
    finally:
        session.send("Emulation.setTouchEmulationEnabled", {"enabled": False})


def test_keys_go_around_the_circle_and_insert_no_cell(explorer):
    explorer.handle.focus()
    cells = explorer.notebook.cell_count()
    steps = [("ArrowRight", 90.0), ("ArrowUp", 120.0), ("ArrowLeft", 90.0), ("End", 180.0)]
    # Past 180° the goals go on around the circle.
    steps += [("ArrowRight", -150.0), ("Home", -150.0), ("ArrowDown", 180.0)]
    for key, expected in steps:
        explorer.page.keyboard.press(key)
        assert explorer.degrees() == expected, key
    for key in ("a", "b", "x", "m", "d", "d", "0"):
        explorer.page.keyboard.press(key)
    assert explorer.notebook.cell_count() == cells
    explorer.notebook.wait_python("explorer.focus == 6")


def test_keys_on_the_chart_go_by_distance(explorer):
    distances = standin_result().distances()
    order = np.argsort(distances, kind="stable")
    explorer.chart.focus()
    explorer.page.keyboard.press("Home")
    explorer.notebook.wait_python(f"explorer.focus == {order[0]}")
    for goal in order[1:4]:
        explorer.page.keyboard.press("ArrowRight")
        explorer.notebook.wait_python(f"explorer.focus == {goal}")
    explorer.page.keyboard.press("End")
    explorer.notebook.wait_python(f"explorer.focus == {order[-1]}")
    explorer.page.keyboard.press("ArrowRight")
    explorer.frame()
    assert explorer.notebook.python("explorer.focus") == order[-1]


def test_the_slider_goes_around_the_circle(explorer):
    slider = explorer.root.get_by_label("Test goal", exact=True)
    box = slider.bounding_box()
    explorer.page.mouse.click(box["x"] + 3, box["y"] + box["height"] / 2)
    assert explorer.degrees() == -150.0
    assert slider.get_attribute("aria-valuetext") == "−150°"
    explorer.page.keyboard.press("ArrowRight")
    assert explorer.degrees() == -120.0
    explorer.notebook.wait_python("explorer.focus == 8")


def test_a_box_hides_an_agent_everywhere(explorer):
    box = explorer.root.locator("tbody tr").filter(has_text="base policy").locator("input")
    assert explorer.root.locator(".hgmrl-episodes.hgmrl-agent-base").is_visible()
    box.uncheck()
    explorer.frame()
    drawn = explorer.root.locator(".hgmrl-plane .hgmrl-agent-base, .hgmrl-regret-chart .hgmrl-agent-base")
    assert drawn.count() == 4
    assert not any(part.is_visible() for part in drawn.all())
    explorer.notebook.wait_python("'base policy' not in explorer.chosen and len(explorer.chosen) == 3")
    assert "base policy" not in explorer.chart.get_attribute("aria-valuetext")
    box.check()
    explorer.notebook.wait_python(f"explorer.chosen == {list(standin_result().names)}")


def test_published_points_and_the_stretched_axis_are_switched(explorer):
    published = explorer.chart.locator(".hgmrl-published")
    assert not any(path.is_visible() for path in published.all())
    explorer.root.get_by_label("published").check()
    explorer.frame()
    assert all(path.is_visible() for path in published.all())
    explorer.notebook.wait_python("explorer.show_published")
    before = explorer.chart.locator(".hgmrl-law").get_attribute("d")
    explorer.root.get_by_label("stretch small regrets").check()
    explorer.frame()
    assert explorer.chart.locator(".hgmrl-law").get_attribute("d") != before
    explorer.notebook.wait_python("explorer.stretched")


def test_how_it_was_measured_can_be_opened(explorer):
    about = explorer.root.locator("details")
    assert not about.locator("p").first.is_visible()
    about.locator("summary").click()
    assert standin_result().caption() in about.locator("p").first.text_content()
    assert "other training goals" in about.locator("p").last.text_content()
    about.locator("summary").click()


def test_two_views_agree(explorer):
    other = Explorer(explorer.notebook, 1)
    explorer.page.mouse.move(*explorer.at_angle(-92.0))
    assert other.degrees() == explorer.degrees() == -90.0
    assert other.episodes("nearest") == explorer.episodes("nearest")
    assert other.row("nearest task") == explorer.row("nearest task")


def test_python_moves_the_focus(explorer):
    explorer.notebook.python("setattr(explorer, 'focus', 10)")
    explorer.page.wait_for_function(
        "() => document.querySelector('.hgmrl-handle').getAttribute('aria-valuenow') === '-60.0'",
        timeout=5000,
    )


CONTRAST = """
    (root) => {
        const channels = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map(Number);
        const luminance = (colour) => {
            const linear = (c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
            const [r, g, b] = channels(colour).map((c) => linear(c / 255));
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const back = luminance(getComputedStyle(root.querySelector(".hgmrl-frame")).fill);
        const of = (colour) => {
            const [low, high] = [luminance(colour), back].sort((a, b) => a - b);
            return (high + 0.05) / (low + 0.05);
        };
        const marks = [...root.querySelectorAll(".hgmrl-regret-chart .hgmrl-marks, .hgmrl-ring-line")];
        return {
            text: [of(getComputedStyle(root).color), of(getComputedStyle(root.querySelector("td")).color)],
            marks: marks.map((mark) => {
                const { fill, stroke } = getComputedStyle(mark);
                return of(mark.matches(".hgmrl-marks") ? fill : stroke);
            }),
            law: of(getComputedStyle(root.querySelector(".hgmrl-law")).stroke),
        };
    }
"""


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_both_themes_are_readable(explorer, theme, tmp_path):
    explorer.notebook.set_theme(theme)
    try:
        contrast = explorer.root.evaluate(CONTRAST)
        # WCAG 2.2: 4.5 for text, 3 for what carries meaning.
        assert min(contrast["text"]) >= 4.5, contrast
        assert min(*contrast["marks"], contrast["law"]) >= 3.0, contrast
        explorer.root.screenshot(path=tmp_path / "regret_explorer.png")
    finally:
        explorer.notebook.set_theme("JupyterLab Light")


def test_it_fits_a_narrow_page(explorer):
    size = explorer.page.viewport_size
    explorer.page.set_viewport_size({"width": 570, "height": size["height"]})
    try:
        explorer.frame()
        wide = explorer.root.evaluate(
            """(root) => [...root.querySelectorAll("*")]
                .filter((element) => !element.closest(".hgmrl-spoken"))
                .map((element) => element.getBoundingClientRect().right - root.getBoundingClientRect().right)
                .reduce((a, b) => Math.max(a, b))"""
        )
        assert wide <= 1.0
        chart, plane = (
            explorer.root.locator(name).bounding_box() for name in (".hgmrl-regret-chart", ".hgmrl-plane")
        )
        assert plane["y"] > chart["y"] + chart["height"]
    finally:
        explorer.page.set_viewport_size(size)


def test_without_a_jupyter_kernel_it_still_follows_the_hand(explorer):
    # The last test of this notebook: its Jupyter kernel goes.
    with explorer.notebook.no_kernel(".hgmrl-regret-explorer"):
        before = explorer.episodes("nearest")
        explorer.page.mouse.move(*explorer.at_angle(0.0))
        assert explorer.degrees() == 0.0
        assert explorer.episodes("nearest") != before


@pytest.fixture(scope="module")
def blank(browser):
    page = browser.blank_page()
    yield page
    page.close()


def test_heights_are_numpy_s(blank):
    values = [-1.5, -0.3, 0.0, 0.02, 1.0, 30.0, 199.0, 205.0]
    frame = {"bottom": -0.5, "top": 205.0}
    body = "const f = lib.regretHeight(input.frame, input.bent); return input.values.map((v) => f(v));"
    for bent, bend in ((False, np.asarray), (True, np.arcsinh)):
        argument = {"frame": frame, "bent": bent, "values": values}
        got = call(blank, "regret_explorer/scene.js", body, argument)
        low, high = bend(frame["bottom"]), bend(frame["top"])
        np.testing.assert_allclose(got, np.clip((bend(values) - low) / (high - low), 0.0, 1.0), atol=1e-12)


def test_the_nearest_goal_is_found_across_the_seam(blank):
    angles = np.degrees(np.arctan2(*standin_result().goals.T[::-1])).tolist()
    asked = [*np.random.default_rng(0).uniform(-180.0, 180.0, 50).tolist(), 179.0, -179.9, 180.0]
    body = "return input.asked.map((degrees) => lib.nearestAngle(input.angles, degrees));"
    got = call(blank, "regret_explorer/scene.js", body, {"angles": angles, "asked": asked})
    apart = np.abs((np.subtract.outer(asked, angles) + 180.0) % 360.0 - 180.0)
    np.testing.assert_array_equal(got, apart.argmin(axis=1))


def test_the_scene_is_what_python_measured(blank):
    explorer = RegretExplorer(standin_result())
    state = {
        "array_data": base64.b64encode(explorer.array_data).decode(),
        **{
            name: getattr(explorer, name)
            for name in ("array_index", "settings", "focus", "chosen", "stretched", "show_published")
        },
    }
    body = """
        const state = { ...input, array_data: new DataView(
            Uint8Array.from(atob(input.array_data), (c) => c.charCodeAt(0)).buffer) };
        const scene = lib.regretScene({ get: (name) => state[name] });
        return {
            mean: scene.agents.map(({ mean }) => mean),
            order: scene.byDistance,
            episodes: scene.agents.map((_, a) => scene.degrees.map((_, g) => scene.episodes(a, g))),
        };
    """
    got = call(blank, "regret_explorer/scene.js", body, state)
    result = standin_result()
    for row, agent in enumerate(result.agents[:3]):
        np.testing.assert_allclose(got["mean"][row], agent.by_task.mean, rtol=1e-12)
        for goal, paths in enumerate(agent.paths[:, :4]):
            for path, episode in zip(paths, got["episodes"][row][goal], strict=True):
                np.testing.assert_allclose(np.reshape(episode, (-1, 2)), path[np.isfinite(path[:, 0])])
    np.testing.assert_allclose(result.distances()[got["order"]], np.sort(result.distances()))
