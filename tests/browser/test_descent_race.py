"""DescentRace in a real JupyterLab: hand, keys, sliders, buttons, two views, both themes; and its numbers."""

import re

import numpy as np
import pytest
from run_javascript import call
from widget_view import THEMES, WidgetView

from hgmrl_lite.widgets import DescentRace
from hgmrl_lite.widgets.descent_race import BATCH, SLICES

pytestmark = pytest.mark.browser

MAKE = """
from hgmrl_lite.widgets import DescentRace
race = DescentRace()
race
"""
PARTS = ("points", "normals", "times")
RUN = """
    const { points, normals, times, slice, method, start, places, steps } = input;
    const losses = lib.makeSliceLosses(points.flat(), normals.flat(), times);
    const evaluate = method === "differential" ? losses.differential
        : (w, window, axes = null) => losses.functional(w, method === "square", window, axes);
    const run = lib.makeSliceDescent(slice, evaluate, start, { rate: 0.01, batch: 64, steps, below: 1 });
    // In pieces, as the frames ask for it.
    for (let until = 0; until <= steps; until += 7) run.extend(until);
    run.extend(steps);
    const at = ([u, v], axes) => evaluate(lib.sliceGenerator(slice, u, v), [0, 64], axes);
    return {
        losses: places.map((place) => at(place, null)[0]),
        gradients: places.map((place) => at(place, slice.axes).slice(1)),
        path: run.path, degrees: run.degrees, arrival: run.arrival,
    };
"""


@pytest.mark.parametrize("method", ["differential", "distance", "square"])
@pytest.mark.parametrize("name", SLICES)
def test_javascript_descends_as_python_does(page, name, method):
    steps, start = 120, [0.3, 0.4]
    race = DescentRace(start, plane=name, step=steps)
    loss = "differential" if method == "differential" else "functional"
    race.function = "square" if method == "square" else "distance"
    places = np.random.default_rng(0).uniform(-1.0, 1.0, (12, 2))
    argument = {
        **{part: values.tolist() for part, values in zip(PARTS, race.samples, strict=True)},
        "slice": dict(SLICES[name]),
        "method": method,
        "start": start,
        "places": places.tolist(),
        "steps": steps,
    }
    got = call(page, "descent_race/descent.js", RUN, argument)
    np.testing.assert_allclose(got["losses"], race.losses(loss, places), rtol=1e-9)
    slopes = []
    for shift in 1e-6 * np.array([[1.0, 0.0], [0.0, 1.0]]):
        ahead, behind = (race.losses(loss, places + h, 0, BATCH) for h in (shift, -shift))
        slopes.append((ahead - behind) / 2e-6)
    np.testing.assert_allclose(np.array(got["gradients"]).T, slopes, rtol=1e-4, atol=1e-5)
    # Signs of residuals that rounding decides may differ, by less than one step's length.
    np.testing.assert_allclose(np.reshape(got["path"], (-1, 2)), race.paths[loss], atol=2e-3)
    degrees = race.degrees(np.reshape(got["path"], (-1, 2)))
    np.testing.assert_allclose(got["degrees"], degrees, atol=1e-9)
    assert got["arrival"] == (int(np.argmax(degrees < 1.0)) if (degrees < 1.0).any() else None)


class Race(WidgetView):
    ROOT, VARIABLE = ".hgmrl-descent-race", "race"

    def handle(self, name):
        return self.part(f".hgmrl-landscape-{name} .hgmrl-handle")

    def point(self, name, u, v):
        """Return the page's coordinates of a point of the slice."""
        frame = self.part(f".hgmrl-landscape-{name} .hgmrl-map-frame")
        frame.scroll_into_view_if_needed()
        box = frame.bounding_box()
        x = box["x"] + box["width"] * (u + 1.2) / 2.4
        return x, box["y"] + box["height"] * (1.2 - v) / 2.4

    def words(self, name, selector):
        return self.text(f".hgmrl-landscape-{name} {selector}")

    def path(self, name):
        return self.attribute(f".hgmrl-landscape-{name} path.hgmrl-descent")

    def map(self, name):
        """Return the picture of a landscape."""
        self.drawn()
        return self.part(f".hgmrl-landscape-{name} .hgmrl-map").evaluate("(canvas) => canvas.toDataURL()")

    def shown_start(self, name):
        self.drawn()
        words = self.handle(name).get_attribute("aria-valuetext").replace("−", "-")
        return [float(number) for number in re.findall(r"= (-?[\d.]+)", words)[:2]]


NAMES = ("differential", "functional")
FRESH = {
    "playing": False, "start": [0.8, 0.6], "function": "distance", "plane": "around", "learning_rate": 0.01,
    "step": 150,
}  # fmt: skip


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
    view.set(**FRESH)
    assert view.words("functional", ".hgmrl-detail").startswith("step 150:")
    yield view
    notebook.assert_clean()


def test_it_shows_both_descents_and_the_answer(race):
    words = race.notebook.python("race.describe()")
    arrival = int(re.search(r"differential .* below 1° after (\d+) steps", words)[1])
    assert race.words("differential", ".hgmrl-regret") == f"below 1° after {arrival} steps"
    assert race.words("functional", ".hgmrl-regret") == "not below 1° yet"
    for name in NAMES:
        assert 10 < race.path(name).count("L") <= 150
        star = race.centre(f".hgmrl-landscape-{name} .hgmrl-found")
        assert star == pytest.approx(race.point(name, 0, 0), abs=2)


def test_the_map_lies_below_its_frame_and_is_drawn(race):
    for name in NAMES:
        ends = [
            race.part(f".hgmrl-landscape-{name} .hgmrl-map{which}").bounding_box() for which in ("", "-frame")
        ]
        assert list(ends[0].values()) == pytest.approx(list(ends[1].values()), abs=1.5)
        colours = race.part(f".hgmrl-landscape-{name} .hgmrl-map").evaluate(
            """(map) => new Set(new Uint32Array(
                map.getContext("2d").getImageData(0, 0, map.width, map.height).data.buffer)).size"""
        )
        assert 10 <= colours <= 14


def test_the_output_also_holds_a_picture_and_words(notebook):
    outputs = notebook.output(1)
    assert outputs["text/plain"].startswith("DescentRace: W = J")
    assert len(outputs["image/png"]) > 10_000


@pytest.mark.parametrize("name", NAMES)
def test_dragging_on_either_moves_both(race, name):
    before = {each: (race.path(each), race.map(each)) for each in NAMES}
    race.drag(race.point(name, 0.8, 0.6), race.point(name, -0.5, 0.3))
    for each, (path, picture) in before.items():
        assert race.shown_start(each) == pytest.approx([-0.5, 0.3], abs=0.02)
        assert race.path(each) != path
        assert race.map(each) == picture
    assert race.get("w.start") == pytest.approx([-0.5, 0.3], abs=0.02)


def test_a_press_on_the_map_brings_the_start_there(race):
    race.page.mouse.click(*race.point("functional", -0.9, -0.7))
    assert race.get("w.start") == pytest.approx([-0.9, -0.7], abs=0.02)


def test_touch_drags_as_well(race):
    race.touch(*[race.point("differential", u, 0.6) for u in (0.8, 0.5, 0.2)])
    assert race.get("w.start") == pytest.approx([0.2, 0.6], abs=0.02)


def test_keys_move_the_start_and_nothing_else(race):
    race.press(race.handle("differential"), "ArrowLeft", "ArrowDown", "Shift+ArrowDown", "a", "b")
    assert race.get("w.start") == [0.79, 0.49]
    assert race.shown_start("functional") == [0.79, 0.49]


def test_sliders(race):
    for label, key, trait, value in (
        ("Start u", "ArrowRight", "start", [0.81, 0.6]),
        ("Start v", "Home", "start", [0.81, -1.1]),
        ("Step", "PageUp", "step", 160),
        ("Learning rate", "ArrowRight", "learning_rate", pytest.approx(10**-1.95)),
    ):
        race.press(race.slider(label), key)
        assert race.get(f"w.{trait}") == value
    assert race.words("differential", ".hgmrl-detail").startswith("step 160:")


def test_function_changes_the_functional_landscape_only(race):
    differential, functional = (race.map(name) for name in NAMES)
    race.root.get_by_role("button", name="f = −‖p‖²").click()
    assert race.get("w.function") == "square"
    assert race.map("differential") == differential
    assert race.map("functional") != functional


def test_slice_through_zero(race):
    race.root.get_by_role("button", name="W = u D + v J").click()
    assert race.get("w.plane") == "through"
    assert race.words("differential", ".hgmrl-on-map") == "W = 0"
    assert race.attribute(".hgmrl-landscape-functional path.hgmrl-found-line").startswith("M")


def test_it_plays_pauses_and_begins_again(race):
    play = race.part(".hgmrl-main")
    play.click()
    race.notebook.wait_python("race.step > 160")
    assert play.text_content() == "Pause"
    play.click()
    step = race.get("w.step")
    assert race.get("w.playing") is False
    race.page.wait_for_timeout(200)
    assert race.get("w.step") == step
    race.root.get_by_role("button", name="From step 0").click()
    race.notebook.wait_python("race.playing and race.step < 150")
    race.notebook.wait_python("race.step > 10")
    play.click()
    assert race.get("w.playing") is False


def test_it_stops_at_the_last_step(race):
    race.set(step=1990)
    race.part(".hgmrl-main").click()
    race.notebook.wait_python("race.step == 2000 and not race.playing", limit=30.0)
    assert race.words("functional", ".hgmrl-detail").startswith("step 2000")


def test_two_views_agree(race):
    race.set(start=[-0.2, 0.9])
    other = Race(race.notebook, 1)
    other.drawn()
    for name in NAMES:
        assert race.shown_start(name) == other.shown_start(name) == [-0.2, 0.9]
        assert race.path(name) == other.path(name)
        assert race.map(name) == other.map(name)
        assert race.words(name, ".hgmrl-detail") == other.words(name, ".hgmrl-detail")


@pytest.mark.parametrize("theme", THEMES)
def test_both_themes_are_readable(race, theme):
    with race.theme(theme):
        contrast = race.contrast(
            (".hgmrl-button", "backgroundColor"),
            axis=(".hgmrl-axis-label", "fill"),
            button=(".hgmrl-button", "color"),
            detail=(".hgmrl-detail", "color"),
        )
        assert min(contrast.values()) >= 4.5, contrast


def test_on_a_narrow_page_one_landscape_is_below_the_other(race):
    with race.width(560):
        left, right = (race.part(f".hgmrl-landscape-{name}").bounding_box() for name in NAMES)
        assert right["y"] > left["y"] + left["height"] - 1
        assert race.beyond() <= 1.0


def test_without_a_jupyter_kernel_it_still_follows_the_hand(race):
    # The last test of this notebook: its Jupyter kernel goes.
    before = race.path("functional")
    with race.no_kernel():
        race.page.mouse.click(*race.point("differential", -0.4, -0.8))
        assert race.shown_start("functional") == pytest.approx([-0.4, -0.8], abs=0.02)
        assert race.path("functional") != before
