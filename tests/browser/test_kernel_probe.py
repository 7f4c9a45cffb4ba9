"""KernelProbe: its numbers beside Python's, and the widget in a real JupyterLab under hand and keys."""

import base64
import json

import numpy as np
import pytest

from hgmrl_lite.widgets import KernelProbe
from hgmrl_lite.widgets.base import shared_javascript
from hgmrl_lite.widgets.planar_functions import FUNCTIONS

pytestmark = pytest.mark.browser

MAKE = """
from hgmrl_lite.widgets import KernelProbe
probe = KernelProbe()
probe
"""


@pytest.fixture(scope="module")
def page(browser):
    page = browser.blank_page()
    yield page
    page.close()


def compute(page, module, names, body, argument):
    """Run ``body`` (JavaScript with ``lib`` and ``input``) beside a module that exports ``names``."""
    source = module + f"\nexport {{ {', '.join(names)} }};\n"
    text = page.evaluate(
        """async ([source, body, input]) => {
            const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
            const lib = await import(url);
            URL.revokeObjectURL(url);
            // JSON has no NaN: send it as a word.
            return JSON.stringify(new Function("lib", "input", body)(lib, JSON.parse(input)), (key, value) =>
                ArrayBuffer.isView(value) ? Array.from(value)
                : typeof value === "number" && !Number.isFinite(value) ? String(value) : value);
        }""",
        [source, body, json.dumps(argument)],
    )
    return json.loads(text)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_and_gradients(page, name):
    points = np.random.default_rng(0).uniform(-2, 2, (50, 2))
    body = (
        "const f = lib.PLANAR_FUNCTIONS[input.name];"
        "return input.points.map(([x, y]) => [f.value(x, y), ...f.gradient(x, y)]);"
    )
    argument = {"name": name, "points": points.tolist()}
    got = np.array(compute(page, shared_javascript("planar_functions"), ["PLANAR_FUNCTIONS"], body, argument))
    np.testing.assert_allclose(got[:, 0], FUNCTIONS[name](points), atol=1e-13)
    np.testing.assert_allclose(got[:, 1:], FUNCTIONS[name].gradient(points), atol=1e-13)


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
    found = compute(page, shared_javascript("neighbours"), ["makeNeighbours"], body, argument)
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
    module = shared_javascript("planar_functions", "level_set")
    for name, f in FUNCTIONS.items():
        found = compute(page, module, ["PLANAR_FUNCTIONS", "makeLevelSets"], body, name)
        assert any(found)
        for level, segments in zip((-0.8, -0.1, 0.45), found, strict=True):
            if segments:
                ends = np.reshape(segments, (-1, 2))
                assert np.abs(f(ends) - level).max() < 0.02
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
    found = compute(
        page, str(widget._esm).partition("export default")[0], ["kernelProbeScene"], SCENE, argument
    )
    kept = 0
    for question, got in zip(questions, found, strict=True):
        for name, value in question.items():
            setattr(widget, name, value)
        np.testing.assert_allclose(got["values"], widget.values[:-1], atol=1e-12)
        for name, estimate in (("regression", widget.regression), ("pca", widget.pca)):
            shown = got[name]
            assert bool(shown["dropped"]) == estimate.dropped, (question, name)
            if estimate.dropped:
                continue
            kept += 1
            normal = [np.cos(shown["line"]), np.sin(shown["line"])]
            np.testing.assert_allclose(normal, estimate.normal, atol=1e-6, err_msg=f"{question} {name}")
            assert np.degrees(shown["error"]) == pytest.approx(estimate.standard_error, rel=1e-6, abs=1e-9)
            if shown["off"] is not None:
                assert shown["off"] == pytest.approx(estimate.angle_error, abs=1e-4)
        assert len(got["used"]) == widget.neighbours - 1
        if not widget.pca.dropped:
            assert len(got["band"]) + 1 == widget.pca.neighbours
    assert kept >= 10


class Probe:
    """One view of the widget, as a user meets it."""

    def __init__(self, notebook, number=0):
        self.notebook = notebook
        self.page = notebook.page
        self.root = notebook.page.locator(".hgmrl-kernel-probe").nth(number)
        self.handle = self.root.locator(".hgmrl-handle")

    def frame(self):
        """Wait until what was set is drawn."""
        self.notebook.evaluate(
            "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )

    def point(self, x, y):
        """Return the page's coordinates of a point of the plane."""
        plane = self.root.locator(".hgmrl-plane").bounding_box()
        unit = plane["width"] / 4.4
        return plane["x"] + plane["width"] / 2 + x * unit, plane["y"] + plane["height"] / 2 - y * unit

    def drag_to(self, x, y, release=True):
        self.handle.scroll_into_view_if_needed()
        ring = self.root.locator(".hgmrl-handle .hgmrl-ring").bounding_box()
        self.page.mouse.move(ring["x"] + ring["width"] / 2, ring["y"] + ring["height"] / 2)
        self.page.mouse.down()
        self.page.mouse.move(*self.point(x, y), steps=6)
        if release:
            self.page.mouse.up()

    def place(self):
        self.frame()
        words = self.handle.get_attribute("aria-valuetext").replace("−", "-").replace(",", "").split()
        return float(words[1]), float(words[3])

    def path(self, name):
        self.frame()
        return self.root.locator(f".hgmrl-layer-probe {name}").get_attribute("d")

    def text(self, name):
        self.frame()
        return self.root.locator(name).text_content()

    def slider(self, label):
        return self.root.get_by_label(label, exact=True)


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


@pytest.fixture
def probe(notebook):
    """Return the first view as it was made; afterwards nothing may have gone wrong in the page."""
    notebook.evaluate("() => document.activeElement?.blur()")
    notebook.python(
        "[" + ", ".join(f"probe.set_trait({name!r}, {value!r})" for name, value in FRESH.items()) + "]"
    )
    view = Probe(notebook)
    notebook.page.wait_for_function(
        """() => document.querySelector('.hgmrl-handle').getAttribute('aria-valuetext') === 'x 0.60, y −0.40'
            && document.querySelector('.hgmrl-formula').textContent.includes('‖p − c‖')
            && document.querySelector('.hgmrl-card').textContent.includes('24 nearest')""",
        timeout=5000,
    )
    yield view
    assert notebook.console_errors == []
    assert notebook.outside_requests == []


def test_it_says_what_it_shows(probe):
    regression = probe.notebook.python("[probe.regression.angle_error, probe.regression.standard_error]")
    card = probe.text(".hgmrl-card.hgmrl-of-geometric")
    assert f"{abs(regression[0]):.1f}° off" in card
    assert f"predicted standard error {regression[1]:.1f}°" in card
    pca = probe.notebook.python("[probe.pca.angle_error, probe.pca.neighbours]")
    card = probe.text(".hgmrl-card.hgmrl-of-base")
    assert f"{abs(pca[0]):.1f}° off" in card
    assert f"{pca[1]} samples in the level set" in card
    assert probe.path(".hgmrl-used").count("M") == 23
    assert probe.path(".hgmrl-band-dots").count("M") == pca[1] - 1


def test_the_output_also_holds_a_picture_and_words(notebook):
    outputs = notebook.evaluate(
        "() => window.jupyterapp.shell.currentWidget.content.widgets[1].model.outputs.toJSON()[0].data"
    )
    assert outputs["text/plain"].startswith("KernelProbe: f = −‖p − c‖")
    assert len(outputs["image/png"]) > 10_000


def test_dragging_moves_the_probe_its_neighbours_and_python(probe):
    names = (
        ".hgmrl-used",
        ".hgmrl-band-dots",
        ".hgmrl-level-set",
        ".hgmrl-gradient",
        ".hgmrl-mean.hgmrl-of-geometric",
    )
    before = [probe.path(name) for name in names]
    samples = probe.root.locator(".hgmrl-sample").first.get_attribute("d")
    probe.drag_to(-1.2, 0.9)
    assert probe.place() == pytest.approx((-1.2, 0.9), abs=0.02)
    for name, path in zip(names, before, strict=True):
        assert probe.path(name) != path, name
    # The samples below are not drawn again.
    assert probe.root.locator(".hgmrl-sample").first.get_attribute("d") == samples
    place = probe.notebook.wait_python("probe.probe != [0.6, -0.4] and probe.probe")
    assert place == pytest.approx([-1.2, 0.9], abs=0.02)


def test_the_probe_stays_in_its_square(probe):
    probe.drag_to(2.19, -2.19)
    assert probe.place() == (1.9, -1.9)
    probe.notebook.wait_python("probe.probe == [1.9, -1.9]")


def test_touch_drags_as_well(probe):
    session = probe.page.context.new_cdp_session(probe.page)
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    try:
        for kind, x in [("touchStart", 0.6), ("touchMove", 0.4), ("touchMove", 0.0)]:
            at = dict(zip("xy", probe.point(x, -0.4), strict=True))
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [at]})
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        assert probe.place() == pytest.approx((0.0, -0.4), abs=0.02)
    finally:
        session.send("Emulation.setTouchEmulationEnabled", {"enabled": False})


def test_keys_move_the_probe_and_insert_no_cell(probe):
    probe.root.scroll_into_view_if_needed()
    probe.handle.focus()
    cells = probe.notebook.cell_count()
    for key, expected in [
        ("ArrowRight", (0.62, -0.4)), ("ArrowUp", (0.62, -0.38)), ("Shift+ArrowLeft", (0.42, -0.38)),
        ("Shift+ArrowDown", (0.42, -0.58)), ("ArrowDown", (0.42, -0.6)),
    ]:  # fmt: skip
        probe.page.keyboard.press(key)
        assert probe.place() == expected, key
    for key in ("a", "b", "x", "m", "d", "d"):
        probe.page.keyboard.press(key)
    assert probe.notebook.cell_count() == cells
    probe.notebook.wait_python("probe.probe == [0.42, -0.6]")


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
    cards = [probe.text(f".hgmrl-card.hgmrl-of-{kind}") for kind in ("geometric", "base")]
    probe.slider(label).focus()
    for key, value in (("Home", lowest), ("End", highest)):
        probe.page.keyboard.press(key)
        probe.notebook.wait_python(f"probe.{trait} == {value}")
    assert [probe.text(f".hgmrl-card.hgmrl-of-{kind}") for kind in ("geometric", "base")] != cards


@pytest.mark.parametrize(("axis", "label"), [(0, "Probe x"), (1, "Probe y")])
def test_the_probe_has_sliders_too(probe, axis, label):
    probe.slider(label).focus()
    probe.page.keyboard.press("Home")
    probe.notebook.wait_python(f"probe.probe[{axis}] == -1.9")
    assert probe.place()[axis] == -1.9


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_are_chosen(probe, name):
    button = probe.root.get_by_role("button", name=FUNCTIONS[name].title, exact=True)
    button.click()
    probe.notebook.wait_python(f"probe.function == {name!r}")
    assert FUNCTIONS[name].formula in probe.text(".hgmrl-formula")
    assert button.get_attribute("aria-pressed") == "true"


def test_more_noise_opens_the_wedge_and_more_neighbours_close_it(probe):
    def shown():
        words = probe.text(".hgmrl-card.hgmrl-of-geometric .hgmrl-detail")
        return float(words.split("standard error ")[1].split("°")[0])

    quiet = shown()
    probe.slider("Noise").focus()
    probe.page.keyboard.press("End")
    noisy = shown()
    assert noisy > 4 * quiet
    probe.slider("Neighbours").focus()
    probe.page.keyboard.press("End")
    assert shown() < 0.3 * noisy


def test_where_the_gradient_vanishes_it_says_so(probe):
    probe.notebook.python("[probe.set_trait('function', 'saddle'), probe.set_trait('probe', [0.0, 0.0])]")
    probe.page.wait_for_function(
        "() => document.querySelector('.hgmrl-note').textContent.includes('there is no normal to find')",
        timeout=5000,
    )
    assert not probe.root.locator(".hgmrl-layer-probe .hgmrl-gradient").is_visible()


def test_what_is_dropped_is_not_drawn(probe):
    probe.notebook.python("[probe.set_trait('samples', 200), probe.set_trait('radius', 0.05)]")
    probe.page.wait_for_function(
        "() => document.querySelector('.hgmrl-card.hgmrl-of-base').textContent.includes('dropped')",
        timeout=5000,
    )
    assert "too few neighbours in the level set" in probe.text(".hgmrl-card.hgmrl-of-base")
    assert not probe.root.locator(".hgmrl-layer-probe .hgmrl-mean.hgmrl-of-base").is_visible()
    assert not probe.root.locator(".hgmrl-error-mark.hgmrl-of-base").is_visible()


def test_two_views_agree_and_python_moves_both(probe):
    other = Probe(probe.notebook, 1)
    probe.drag_to(0.9, 1.1)
    for name in (".hgmrl-used", ".hgmrl-band-dots", ".hgmrl-level-set", ".hgmrl-gradient"):
        assert other.path(name) == probe.path(name)
    probe.notebook.python("setattr(probe, 'probe', [-1.0, -1.0])")
    probe.page.wait_for_function(
        """() => [...document.querySelectorAll(".hgmrl-kernel-probe .hgmrl-handle")]
            .every((handle) => handle.getAttribute("aria-valuetext") === "x −1.00, y −1.00")""",
        timeout=5000,
    )


LABELS = """
    (root) => [...root.querySelectorAll(".hgmrl-label")].filter((text) =>
            getComputedStyle(text).visibility !== "hidden" && getComputedStyle(text).display !== "none")
        .map((text) => { const { x, y, width, height } = text.getBBox(); return [x, y, width, height]; })
"""


@pytest.mark.parametrize("name", FUNCTIONS)
def test_labels_stay_inside_and_apart(probe, name):
    for x in (-1.9, -0.7, 0.0, 1.3, 1.9):
        for y in (-1.9, -0.2, 0.7, 1.9):
            probe.notebook.python(
                f"[probe.set_trait('function', {name!r}), probe.set_trait('probe', [{x}, {y}])]"
            )
            shown = f"x {x:.2f}, y {y:.2f}".replace("-", "−")
            probe.page.wait_for_function(
                "(text) => document.querySelector('.hgmrl-handle').getAttribute('aria-valuetext') === text",
                arg=shown, timeout=5000,
            )  # fmt: skip
            boxes = probe.root.locator(".hgmrl-plane").evaluate(LABELS)
            for left, top, width, height in boxes:
                assert min(left, top) >= 0, shown
                assert max(left + width, top + height) <= 440, shown
            for number, (left, top, width, height) in enumerate(boxes):
                for u, v, wide, high in boxes[:number]:
                    assert left + width < u or u + wide < left or top + height < v or v + high < top, shown


CONTRAST = """
    (root) => {
        const channels = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map(Number);
        const luminance = (colour) => {
            const [r, g, b] = channels(colour)
                .map((c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const style = (name) => getComputedStyle(root.querySelector(name));
        const back = luminance(style(".hgmrl-stack").backgroundColor);
        const of = (colour) => {
            const [low, high] = [luminance(colour), back].sort((a, b) => a - b);
            return (high + 0.05) / (low + 0.05);
        };
        return {
            text: of(getComputedStyle(root).color),
            label: of(style(".hgmrl-label").fill),
            detail: of(style(".hgmrl-detail").color),
            tick: of(style(".hgmrl-tick").fill),
            regression: of(style(".hgmrl-layer-probe .hgmrl-mean.hgmrl-of-geometric").stroke),
            pca: of(style(".hgmrl-layer-probe .hgmrl-mean.hgmrl-of-base").stroke),
            samples: of(style(".hgmrl-samples .hgmrl-level-5").stroke),
            gradient: of(style(".hgmrl-layer-probe .hgmrl-gradient").stroke),
        };
    }
"""


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_both_themes_are_readable(probe, theme, tmp_path):
    probe.notebook.set_theme(theme)
    try:
        contrast = probe.root.evaluate(CONTRAST)
        # WCAG 2.2: 4.5 for text, 3 for what carries meaning.
        assert min(contrast[name] for name in ("text", "label", "detail", "tick")) >= 4.5, contrast
        assert min(contrast.values()) >= 3.0, contrast
        probe.root.screenshot(path=tmp_path / "kernel_probe.png")
    finally:
        probe.notebook.set_theme("JupyterLab Light")


def test_it_fits_a_narrow_page(probe):
    size = probe.page.viewport_size
    probe.page.set_viewport_size({"width": 570, "height": size["height"]})
    try:
        probe.frame()
        assert probe.root.bounding_box()["width"] < 480
        wide = probe.root.evaluate(
            """(root) => [...root.querySelectorAll("*")]
                .filter((element) => !element.closest(".hgmrl-spoken, .hgmrl-stack svg"))
                .map((element) => element.getBoundingClientRect().right - root.getBoundingClientRect().right)
                .reduce((a, b) => Math.max(a, b))"""
        )
        assert wide <= 1.0
        plane, panel = (probe.root.locator(name).bounding_box() for name in (".hgmrl-plane", ".hgmrl-panel"))
        assert panel["y"] > plane["y"] + plane["height"]
        probe.drag_to(-0.5, -0.5)
        assert probe.place() == pytest.approx((-0.5, -0.5), abs=0.03)
    finally:
        probe.page.set_viewport_size(size)


def test_without_a_jupyter_kernel_it_still_follows_the_hand(probe):
    # The last test of this notebook: its Jupyter kernel goes.
    probe.notebook.evaluate(
        "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.shutdown()"
    )
    before = probe.path(".hgmrl-used")
    probe.drag_to(1.0, 1.0)
    assert probe.place() == pytest.approx((1.0, 1.0), abs=0.02)
    assert probe.path(".hgmrl-used") != before
    # JupyterLab's widget manager notes each message that it cannot send; nothing else may be amiss.
    others = [
        text for text in probe.notebook.console_errors if "Could not send widget sync message" not in text
    ]
    assert others == []
    probe.notebook.console_errors.clear()
