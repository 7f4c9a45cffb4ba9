"""KernelProbe: its numbers beside Python's, and the widget in a real JupyterLab under hand and keys."""

import base64

import numpy as np
import pytest
from run_javascript import call
from widget_view import THEMES, WidgetView, outside, overlaps

from hgmrl_lite import tangents
from hgmrl_lite.actions import numerical_gradient
from hgmrl_lite.widgets import KernelProbe
from hgmrl_lite.widgets.kernel_probe import FUNCTIONS

pytestmark = pytest.mark.browser

MAKE = """
from hgmrl_lite.widgets import KernelProbe
probe = KernelProbe()
probe
"""


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_and_gradients(page, name):
    points = np.random.default_rng(0).uniform(-2, 2, (50, 2))
    body = (
        "const f = lib.PLANAR_FUNCTIONS[input.name];"
        "return input.points.map(([x, y]) => [f.value(x, y), ...f.gradient(x, y)]);"
    )
    argument = {"name": name, "points": points.tolist()}
    got = np.array(call(page, "kernel_probe/scene.js", body, argument))
    np.testing.assert_allclose(got[:, 0], FUNCTIONS[name].value(points), atol=1e-13)
    np.testing.assert_allclose(got[:, 1:], numerical_gradient(FUNCTIONS[name].value, points), atol=1e-8)


@pytest.mark.parametrize("count", [20, 200, 3000])
def test_neighbours_are_the_nearest(page, count):
    points = np.random.default_rng(1).uniform(-2, 2, (count, 2))
    places = [[0.0, 0.0], [1.9, -1.9], [-2.6, 0.3], [0.51, 1.2], [5.0, 5.0]]
    asked = [(place, k) for place in places for k in (1, 7, min(150, count), count)]
    body = """
        const nearest = lib.makeNeighbours(input.points.flat(), input.points.length);
        return input.asked.map(([[x, y], k]) => [nearest(x, y, k), nearest.within(x, y, 0.4)]);
    """
    argument = {"points": points.tolist(), "asked": asked}
    found = call(page, "js/local_regression.js", body, argument)
    for (place, k), (near, within) in zip(asked, found, strict=True):
        distance = np.linalg.norm(points - place, axis=1)
        assert near["index"] == np.argsort(distance)[:k].tolist()
        assert near["radius"] == pytest.approx(np.sort(distance)[k - 1])
        assert sorted(within) == np.flatnonzero(distance <= 0.4).tolist()


def test_level_sets_lie_on_the_level(page):
    body = """
        const f = lib.PLANAR_FUNCTIONS[input];
        return [-0.8, -0.1, 0.45].map((level) => lib.makeLevelSets(f.value, 2.2)(level));
    """
    for name, f in FUNCTIONS.items():
        found = call(page, "kernel_probe/scene.js js/level_set.js", body, name)
        assert any(found)
        for level, segments in zip((-0.8, -0.1, 0.45), found, strict=True):
            if segments:
                ends = np.reshape(segments, (-1, 2))
                assert np.abs(f.value(ends) - level).max() < 0.02
                assert np.abs(ends).max() <= 2.2 + 1e-12


STATES = [
    {},
    {"function": "bump", "probe": [-0.2, 1.4], "samples": 400, "noise": 0.1, "neighbours": 60, "degree": 1},
    {"function": "saddle", "probe": [1.9, -1.9], "samples": 5000, "noise": 0.0, "degree": 3, "radius": 0.2},
    {"function": "none", "probe": [0.3, 0.3], "samples": 200, "noise": 0.02, "neighbours": 200, "degree": 2},
    {"function": "none", "samples": 2000, "noise": 0.3, "neighbours": 12, "degree": 2, "level_width": 0.5},
    {"function": "distance", "samples": 200, "radius": 0.06, "noise": 0.0},
    {
        "function": "distance",
        "probe": [-0.7, 0.7],
        "samples": 1000,
        "noise": 0.3,
        "degree": 3,
        "neighbours": 12,
    },
]
SCENE = """
    const state = { ...input.state, array_data: new DataView(
        Uint8Array.from(atob(input.state.array_data), (c) => c.charCodeAt(0)).buffer) };
    const scene = lib.kernelProbeScene({ get: (name) => state[name] });
    // One scene through all the questions, as under a hand: what it remembers must not leak to the next.
    return input.questions.map((question) => {
        Object.assign(state, question);
        const { regression, pca, band, used, values } = scene();
        return { regression, pca, band, used, values };
    });
"""


def test_the_scene_is_what_python_computes(page):
    widget = KernelProbe()
    names = [name for name in widget.traits(sync=True) if not name.startswith("_") and name != "layout"]
    state = {
        name: getattr(widget, name) for name in names if name not in ("array_data", "tabbable", "tooltip")
    }
    state["array_data"] = base64.b64encode(widget.array_data).decode()
    start = {name: state[name] for name in STATES[1] | {"radius": 0, "level_width": 0}}
    questions = [start | question for question in STATES]
    argument = {"state": state, "questions": questions}
    found = call(page, "kernel_probe/scene.js", SCENE, argument)
    kept = 0
    for question, got in zip(questions, found, strict=True):
        for name, value in question.items():
            setattr(widget, name, value)
        np.testing.assert_allclose(got["values"], widget.values[:-1], atol=1e-12)
        for name, estimate in zip(("regression", "pca"), widget.estimates.values(), strict=True):
            shown = got[name]
            assert bool(shown["dropped"]) == (estimate is None), (question, name)
            if estimate is None:
                continue
            kept += 1
            line = [np.cos(shown["line"]), np.sin(shown["line"])]
            np.testing.assert_allclose(line, estimate[0], atol=1e-6, err_msg=f"{question} {name}")
            assert np.degrees(shown["error"]) == pytest.approx(estimate[1], rel=1e-6, abs=1e-9)
            if shown["off"] is not None:
                assert -90.0 < shown["off"] <= 90.0
                assert abs(shown["off"]) == pytest.approx(widget.angle_error(estimate[0]), abs=1e-4)
        assert len(got["used"]) == widget.neighbours - 1
        width = widget.level_width * widget.settings["spreads"][widget.function]
        pca = tangents.local_pca(widget.points, widget.values, radius=widget.radius, level_width=width)
        if widget.estimates["local PCA"]:
            assert len(got["band"]) + 1 == pca.neighbours[-1]
    assert kept >= 10


class Probe(WidgetView):
    ROOT, VARIABLE = ".hgmrl-kernel-probe", "probe"

    @property
    def handle(self):
        return self.part(".hgmrl-handle")

    def point(self, x, y):
        """Return the page's coordinates of a point of the plane."""
        plane = self.part(".hgmrl-plane")
        plane.scroll_into_view_if_needed()
        box = plane.bounding_box()
        unit = box["width"] / 4.4
        return box["x"] + box["width"] / 2 + x * unit, box["y"] + box["height"] / 2 - y * unit

    def drag_to(self, x, y):
        self.drag(self.centre(".hgmrl-handle .hgmrl-ring"), self.point(x, y))

    def place(self):
        words = self.attribute(".hgmrl-handle", "aria-valuetext").replace("−", "-").replace(",", "").split()
        return float(words[1]), float(words[3])

    def path(self, name):
        return self.attribute(f".hgmrl-layer-probe {name}")

    def card(self, kind):
        return self.text(f".hgmrl-card.hgmrl-of-{kind}")


@pytest.fixture(scope="module")
def notebook(browser):
    notebook = browser.open_notebook([MAKE, "probe"])
    notebook.run_all()
    notebook.page.wait_for_selector(".hgmrl-kernel-probe >> nth=1")
    yield notebook
    notebook.close()


FRESH = {
    "function": "distance", "probe": [0.6, -0.4], "samples": 1000, "noise": 0.02, "neighbours": 24,
    "degree": 2, "radius": 0.4, "level_width": 0.1,
}  # fmt: skip
DRAWN = (".hgmrl-used", ".hgmrl-band-dots", ".hgmrl-level-set", ".hgmrl-gradient")


@pytest.fixture
def probe(notebook):
    """Return the first view as it was made; afterwards nothing may have gone wrong in the page."""
    notebook.evaluate("() => document.activeElement?.blur()")
    view = Probe(notebook)
    view.set(**FRESH)
    yield view
    notebook.assert_clean()


def test_it_says_what_it_shows(probe):
    for card, name in (("geometric", "local regression"), ("base", "local PCA")):
        off, error = probe.get(f"[w.angle_error(w.estimates['{name}'][0]), w.estimates['{name}'][1]]")
        assert f"{off:.1f}° off" in probe.card(card)
        assert f"predicted standard error {error:.1f}°" in probe.card(card)
    neighbours = probe.path(".hgmrl-band-dots").count("M") + 1
    assert f"{neighbours} samples in the level set" in probe.card("base")
    assert neighbours > 5
    assert probe.path(".hgmrl-used").count("M") == 23


def test_the_output_also_holds_a_picture_and_words(notebook):
    outputs = notebook.output(1)
    assert outputs["text/plain"].startswith("KernelProbe: f = −‖p − c‖")
    assert len(outputs["image/png"]) > 10_000


def test_dragging_moves_the_probe_its_neighbours_and_python(probe):
    names = (*DRAWN, ".hgmrl-mean.hgmrl-of-geometric")
    before = [probe.path(name) for name in names]
    samples = probe.attribute(".hgmrl-sample")
    probe.drag_to(-1.2, 0.9)
    assert probe.place() == pytest.approx((-1.2, 0.9), abs=0.02)
    for name, path in zip(names, before, strict=True):
        assert probe.path(name) != path, name
    # The samples below are not drawn again.
    assert probe.attribute(".hgmrl-sample") == samples
    assert probe.get("w.probe") == pytest.approx([-1.2, 0.9], abs=0.02)


def test_the_probe_stays_in_its_square(probe):
    probe.drag_to(2.19, -2.19)
    assert probe.place() == (1.9, -1.9)
    assert probe.get("w.probe") == [1.9, -1.9]


def test_touch_drags_as_well(probe):
    probe.touch(*[probe.point(x, -0.4) for x in (0.6, 0.4, 0.0)])
    assert probe.place() == pytest.approx((0.0, -0.4), abs=0.02)


def test_keys_move_the_probe_and_insert_no_cell(probe):
    for key, expected in [
        ("ArrowRight", (0.62, -0.4)), ("ArrowUp", (0.62, -0.38)), ("Shift+ArrowLeft", (0.42, -0.38)),
        ("Shift+ArrowDown", (0.42, -0.58)), ("ArrowDown", (0.42, -0.6)),
    ]:  # fmt: skip
        probe.press(probe.handle, key)
        assert probe.place() == expected, key
    probe.press(probe.handle, "a", "b", "x", "m", "d", "d")
    assert probe.get("w.probe") == [0.42, -0.6]


@pytest.mark.parametrize(
    ("label", "trait", "lowest", "highest"),
    [
        ("Samples", "samples", 200, 5000),
        ("Noise", "noise", 0.0, 0.3),
        ("Neighbours", "neighbours", 12, 200),
        ("Degree", "degree", 1, 3),
        ("PCA radius", "radius", 0.05, 1.0),
        ("Level width", "level_width", 0.005, 0.5),
    ],
)
def test_every_quantity_has_a_slider(probe, label, trait, lowest, highest):
    cards = [probe.card(kind) for kind in ("geometric", "base")]
    for key, value in (("Home", lowest), ("End", highest)):
        probe.press(probe.slider(label), key)
        assert probe.get(f"w.{trait}") == value
    assert [probe.card(kind) for kind in ("geometric", "base")] != cards


@pytest.mark.parametrize(("axis", "label"), [(0, "Probe x"), (1, "Probe y")])
def test_the_probe_has_sliders_too(probe, axis, label):
    probe.press(probe.slider(label), "Home")
    assert probe.get("w.probe")[axis] == -1.9
    assert probe.place()[axis] == -1.9


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_are_chosen(probe, name):
    button = probe.root.get_by_role("button", name=FUNCTIONS[name].title, exact=True)
    button.click()
    assert probe.get("w.function") == name
    assert FUNCTIONS[name].formula in probe.text(".hgmrl-formula")
    assert button.get_attribute("aria-pressed") == "true"


def test_more_noise_opens_the_wedge_and_more_neighbours_close_it(probe):
    def shown():
        words = probe.text(".hgmrl-card.hgmrl-of-geometric .hgmrl-detail")
        return float(words.split("standard error ")[1].split("°")[0])

    quiet = shown()
    probe.press(probe.slider("Noise"), "End")
    noisy = shown()
    assert noisy > 4 * quiet
    probe.press(probe.slider("Neighbours"), "End")
    assert shown() < 0.3 * noisy


def test_where_the_gradient_vanishes_it_says_so(probe):
    probe.set(function="saddle", probe=[0.0, 0.0])
    assert "there is no normal to find" in probe.text(".hgmrl-note")
    assert not probe.part(".hgmrl-layer-probe .hgmrl-gradient").is_visible()


def test_what_is_dropped_is_not_drawn(probe):
    probe.set(samples=200, radius=0.05)
    card = probe.card("base")
    assert "dropped" in card
    assert "too few neighbours in the level set" in card
    assert not probe.part(".hgmrl-layer-probe .hgmrl-mean.hgmrl-of-base").is_visible()
    assert not probe.part(".hgmrl-error-mark.hgmrl-of-base").is_visible()


def test_two_views_agree_and_python_moves_both(probe):
    other = Probe(probe.notebook, 1)
    probe.drag_to(0.9, 1.1)
    for name in DRAWN:
        assert other.path(name) == probe.path(name)
    probe.set(probe=[-1.0, -1.0])
    assert other.place() == probe.place() == (-1.0, -1.0)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_labels_stay_inside_and_apart(probe, name):
    for x in (-1.9, -0.7, 0.0, 1.3, 1.9):
        for y in (-1.9, -0.2, 0.7, 1.9):
            probe.set(function=name, probe=[x, y])
            labels = probe.labels()
            assert outside(labels) == [], (x, y)
            assert overlaps(labels) == [], (x, y)


@pytest.mark.parametrize("theme", THEMES)
def test_both_themes_are_readable(probe, theme):
    with probe.theme(theme):
        layer = ".hgmrl-layer-probe .hgmrl-"
        contrast = probe.contrast(
            (".hgmrl-stack", "backgroundColor"),
            text=("", "color"),
            label=(".hgmrl-label", "fill"),
            detail=(".hgmrl-detail", "color"),
            tick=(".hgmrl-tick", "fill"),
            regression=(f"{layer}mean.hgmrl-of-geometric", "stroke"),
            pca=(f"{layer}mean.hgmrl-of-base", "stroke"),
            samples=(".hgmrl-samples .hgmrl-level-5", "stroke"),
            gradient=(f"{layer}gradient", "stroke"),
        )
        # WCAG 2.2: 4.5 for text, 3 for what carries meaning.
        assert min(contrast[name] for name in ("text", "label", "detail", "tick")) >= 4.5, contrast
        assert min(contrast.values()) >= 3.0, contrast


def test_it_fits_a_narrow_page(probe):
    with probe.width(570):
        assert probe.root.bounding_box()["width"] < 480
        assert probe.beyond() <= 1.0
        plane, panel = (probe.part(name).bounding_box() for name in (".hgmrl-plane", ".hgmrl-panel"))
        assert panel["y"] > plane["y"] + plane["height"]
        probe.drag_to(-0.5, -0.5)
        assert probe.place() == pytest.approx((-0.5, -0.5), abs=0.03)


def test_without_a_jupyter_kernel_it_still_follows_the_hand(probe):
    # The last test of this notebook: its Jupyter kernel goes.
    before = probe.path(".hgmrl-used")
    with probe.no_kernel():
        probe.drag_to(1.0, 1.0)
        assert probe.place() == pytest.approx((1.0, 1.0), abs=0.02)
        assert probe.path(".hgmrl-used") != before
