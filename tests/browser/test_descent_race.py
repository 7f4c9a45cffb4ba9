"""DescentRace in a real JupyterLab: hand, keys, sliders, buttons, two views, both themes; and its numbers."""

import json
import re

import numpy as np
import pytest

from hgmrl_lite.widgets import DescentRace
from hgmrl_lite.widgets.base import shared_javascript
from hgmrl_lite.widgets.slice_descent import SLICES, degrees_to_j, descend_slice, loss_values

pytestmark = pytest.mark.browser

MAKE = """
from hgmrl_lite.widgets import DescentRace
race = DescentRace()
race
"""
RACE_JS = """
async ([source, input]) => {
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const lib = await import(url);
    URL.revokeObjectURL(url);
    const { points, normals, times, slice, method, start, places, steps } = JSON.parse(input);
    const losses = lib.makeSliceLosses(points.flat(), normals.flat(), times);
    const evaluate = method === "differential" ? losses.differential
        : (w, window, axes = null) => losses.functional(w, method === "square", window, axes);
    const options = { rate: 0.01, batch: 64, steps, below: 1 };
    const run = lib.makeSliceDescent(slice, evaluate, start, options);
    // In pieces, as the frames ask for it.
    for (let until = 0; until <= steps; until += 7) run.extend(until);
    run.extend(steps);
    return {
        losses: places.map(([u, v]) => evaluate(lib.sliceGenerator(slice, u, v), [0, 64])[0]),
        gradients: places.map(([u, v]) =>
            evaluate(lib.sliceGenerator(slice, u, v), [0, 64], slice.axes).slice(1)),
        path: Array.from(run.path),
        degrees: Array.from(run.degrees),
        arrival: run.arrival,
    };
}
"""


@pytest.fixture(scope="module")
def page(browser):
    page = browser.blank_page()
    yield page
    page.close()


@pytest.mark.parametrize("method", ["differential", "distance", "square"])
@pytest.mark.parametrize("name", SLICES)
def test_javascript_descends_as_python_does(page, name, method):
    race, plane, steps = DescentRace(), SLICES[name], 120
    samples = race._samples
    start = np.array([0.3, 0.4])
    places = np.random.default_rng(0).uniform(-1.0, 1.0, (12, 2))
    names = ["makeSliceLosses", "makeSliceDescent", "sliceGenerator"]
    source = shared_javascript("slice_descent") + f"\nexport {{ {', '.join(names)} }};\n"
    argument = {
        "points": samples.points.tolist(),
        "normals": samples.normals.tolist(),
        "times": samples.times.tolist(),
        "slice": {"origin": plane.origin.ravel().tolist(), "axes": plane.axes.reshape(2, 4).tolist()},
        "method": method,
        "start": start.tolist(),
        "places": places.tolist(),
        "steps": steps,
    }
    got = page.evaluate(RACE_JS, [source, json.dumps(argument)])
    window = samples.window(0, 64)
    np.testing.assert_allclose(got["losses"], loss_values(method, plane.generator(places), window), rtol=1e-9)
    slopes = []
    for shift in 1e-6 * np.array([[1.0, 0.0], [0.0, 1.0]]):
        ahead, behind = (loss_values(method, plane.generator(places + h), window) for h in (shift, -shift))
        slopes.append((ahead - behind) / 2e-6)
    np.testing.assert_allclose(np.array(got["gradients"]).T, slopes, rtol=1e-4, atol=1e-5)
    path = descend_slice(method, plane, start, samples, rate=0.01, batch=64, steps=steps)
    # Signs of residuals that rounding decides may differ, by less than one step's length.
    np.testing.assert_allclose(np.reshape(got["path"], (-1, 2)), path, atol=2e-3)
    degrees = degrees_to_j(plane.generator(np.reshape(got["path"], (-1, 2))))
    np.testing.assert_allclose(got["degrees"], degrees, atol=1e-9)
    assert got["arrival"] == (int(np.argmax(degrees < 1.0)) if (degrees < 1.0).any() else None)


class Race:
    """One view of the widget, as a user meets it."""

    def __init__(self, notebook, number=0):
        self.notebook = notebook
        self.page = notebook.page
        self.root = notebook.page.locator(".hgmrl-descent-race").nth(number)

    def frame(self):
        self.notebook.evaluate(
            "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )

    def part(self, name, selector):
        return self.root.locator(f".hgmrl-landscape-{name} {selector}")

    def handle(self, name):
        return self.part(name, ".hgmrl-handle")

    def point(self, name, u, v):
        """Return the page's coordinates of a point of the slice."""
        box = self.part(name, ".hgmrl-map-frame").bounding_box()
        x = box["x"] + box["width"] * (u + 1.2) / 2.4
        return x, box["y"] + box["height"] * (1.2 - v) / 2.4

    def text(self, name, selector):
        self.frame()
        return self.part(name, selector).text_content()

    def path(self, name):
        self.frame()
        return self.part(name, "path.hgmrl-descent").get_attribute("d")

    def shown_start(self, name):
        self.frame()
        words = self.handle(name).get_attribute("aria-valuetext").replace("−", "-")
        return [float(number) for number in re.findall(r"= (-?[\d.]+)", words)[:2]]


@pytest.fixture(scope="module")
def notebook(browser):
    notebook = browser.open_notebook([MAKE, "race"])
    notebook.run_all()
    notebook.page.wait_for_selector(".hgmrl-descent-race >> nth=1")
    yield notebook
    notebook.close()


@pytest.fixture
def race(notebook):
    """Return the first view in its first state; afterwards nothing may have gone wrong in the page."""
    notebook.evaluate("() => document.activeElement?.blur()")
    view = Race(notebook)
    shown = """() => [...document.querySelectorAll(".hgmrl-descent-race")].every((root) =>
        [...root.querySelectorAll(".hgmrl-detail")]
            .every((text) => text.textContent.startsWith("step 150")))"""
    # What the page sent last in the test before may come after this and undo it: then set it once more.
    for _ in range(15):
        notebook.python(
            "[race.set_trait(k, v) for k, v in dict(playing=False, start=[0.8, 0.6], function='distance',"
            " plane='around', learning_rate=0.01, step=150).items()]"
        )
        notebook.page.wait_for_timeout(200)
        if notebook.evaluate(shown):
            break
        notebook.page.wait_for_timeout(2000)
    notebook.page.wait_for_function(shown)
    yield view
    assert notebook.console_errors == []
    assert notebook.outside_requests == []


def test_it_shows_both_descents_and_the_answer(race):
    words = race.notebook.python("race.describe()")
    arrival = int(re.search(r"differential .* below 1° after (\d+) steps", words)[1])
    assert race.text("differential", ".hgmrl-regret") == f"below 1° after {arrival} steps"
    assert race.text("functional", ".hgmrl-regret") == "not below 1° yet"
    for name in ("differential", "functional"):
        assert 10 < race.path(name).count("L") <= 150
        assert race.part(name, "image").get_attribute("href").startswith("data:image/png")
        star, middle = race.part(name, ".hgmrl-found").bounding_box(), race.point(name, 0, 0)
        assert star["x"] + star["width"] / 2 == pytest.approx(middle[0], abs=2)


def test_the_output_also_holds_a_picture_and_words(notebook):
    outputs = notebook.evaluate(
        "() => window.jupyterapp.shell.currentWidget.content.widgets[1].model.outputs.toJSON()[0].data"
    )
    assert outputs["text/plain"].startswith("DescentRace: W = J")
    assert len(outputs["image/png"]) > 10_000


@pytest.mark.parametrize("name", ["differential", "functional"])
def test_dragging_on_either_moves_both(race, name):
    before = race.path("differential"), race.path("functional")
    race.handle(name).scroll_into_view_if_needed()
    mouse = race.page.mouse
    mouse.move(*race.point(name, 0.8, 0.6))
    mouse.down()
    mouse.move(*race.point(name, -0.5, 0.3), steps=6)
    race.frame()
    mouse.up()
    for each, old in zip(("differential", "functional"), before, strict=True):
        assert race.shown_start(each) == pytest.approx([-0.5, 0.3], abs=0.02)
        assert race.path(each) != old
    race.notebook.wait_python("abs(race.start[0] + 0.5) < 0.02 and abs(race.start[1] - 0.3) < 0.02")


def test_a_press_on_the_map_brings_the_start_there(race):
    race.handle("functional").scroll_into_view_if_needed()
    race.page.mouse.click(*race.point("functional", -0.9, -0.7))
    race.notebook.wait_python("abs(race.start[0] + 0.9) < 0.02 and abs(race.start[1] + 0.7) < 0.02")


def test_keys_move_the_start_and_nothing_else(race):
    cells = race.notebook.cell_count()
    race.handle("differential").focus()
    for key in ("ArrowLeft", "ArrowDown", "Shift+ArrowDown", "a", "b"):
        race.page.keyboard.press(key)
    race.notebook.wait_python("race.start == [0.79, 0.49]")
    assert race.shown_start("functional") == [0.79, 0.49]
    assert race.notebook.cell_count() == cells


def test_sliders(race):
    for label, key, trait in (
        ("Start u", "ArrowRight", "race.start == [0.81, 0.6]"),
        ("Start v", "Home", "race.start == [0.81, -1.1]"),
        ("Step", "PageUp", "race.step == 160"),
        ("Learning rate", "ArrowRight", "race.learning_rate > 0.0111"),
    ):
        race.root.get_by_label(label, exact=True).focus()
        race.page.keyboard.press(key)
        race.notebook.wait_python(trait)
    assert race.text("differential", ".hgmrl-detail").startswith("step 160:")


def test_function_changes_the_functional_landscape_only(race):
    maps = [race.part(name, "image").get_attribute("href") for name in ("differential", "functional")]
    race.root.get_by_role("button", name="f = −‖p‖²").click()
    race.notebook.wait_python("race.function == 'square'")
    race.frame()
    assert race.part("differential", "image").get_attribute("href") == maps[0]
    assert race.part("functional", "image").get_attribute("href") != maps[1]


def test_slice_through_zero(race):
    race.root.get_by_role("button", name="W = u D + v J").click()
    race.notebook.wait_python("race.plane == 'through'")
    assert race.text("differential", ".hgmrl-on-map") == "W = 0"
    assert race.part("functional", "path.hgmrl-found-line").get_attribute("d").startswith("M")


def test_it_plays_pauses_and_begins_again(race):
    play = race.root.locator(".hgmrl-main")
    play.click()
    race.notebook.wait_python("race.step > 160")
    assert play.text_content() == "Pause"
    play.click()
    race.notebook.wait_python("not race.playing")
    step = race.notebook.python("race.step")
    race.page.wait_for_timeout(200)
    assert race.notebook.python("race.step") == step
    race.root.get_by_role("button", name="From step 0").click()
    race.notebook.wait_python("race.playing and race.step < 150")
    race.notebook.wait_python("race.step > 10")


def test_it_stops_at_the_last_step(race):
    race.notebook.python("[race.set_trait('step', 1990), race.set_trait('playing', True)]")
    race.notebook.wait_python("race.step == 2000 and not race.playing")
    race.page.wait_for_function(
        """() => document.querySelector(".hgmrl-landscape-functional .hgmrl-detail")
            .textContent.startsWith("step 2000")"""
    )


def test_two_views_agree(race):
    race.notebook.python("setattr(race, 'start', [-0.2, 0.9])")
    other = Race(race.notebook, 1)
    race.page.wait_for_function(
        """() => [...document.querySelectorAll(".hgmrl-descent-race .hgmrl-handle")]
            .every((handle) => handle.getAttribute("aria-valuenow") === "-0.20")"""
    )
    for name in ("differential", "functional"):
        assert race.path(name) == other.path(name)
        assert race.text(name, ".hgmrl-detail") == other.text(name, ".hgmrl-detail")


def test_both_themes_and_a_narrow_page(race):
    def colours():
        return race.notebook.evaluate(
            """() => {
                const root = document.querySelector(".hgmrl-descent-race");
                const label = getComputedStyle(root.querySelector(".hgmrl-axis-label")).fill;
                return [label, getComputedStyle(document.querySelector(".jp-Notebook")).backgroundColor];
            }"""
        )

    try:
        light = colours()
        race.notebook.set_theme("JupyterLab Dark")
        dark = colours()
        assert light[0] != dark[0]
        assert light[1] != dark[1]
        race.page.set_viewport_size({"width": 560, "height": 1000})
        race.frame()
        left, right = (
            race.root.locator(f".hgmrl-landscape-{name}").bounding_box()
            for name in ("differential", "functional")
        )
        assert right["y"] > left["y"] + left["height"] - 1
        inside = race.root.bounding_box()
        assert left["x"] + left["width"] <= inside["x"] + inside["width"] + 1
    finally:
        race.page.set_viewport_size({"width": 1300, "height": 1000})
        race.notebook.set_theme("JupyterLab Light")


def test_it_works_without_a_jupyter_kernel(browser):
    notebook = browser.open_notebook([MAKE])
    notebook.run_all()
    notebook.page.wait_for_selector(".hgmrl-descent-race .hgmrl-handle")
    notebook.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    race = Race(notebook)
    race.handle("differential").scroll_into_view_if_needed()
    before = race.path("functional")
    race.page.mouse.click(*race.point("differential", -0.4, -0.8))
    assert race.shown_start("functional") == pytest.approx([-0.4, -0.8], abs=0.02)
    assert race.path("functional") != before
    notebook.close()
