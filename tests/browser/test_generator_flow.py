"""GeneratorFlow: its numbers beside Python's, and the widget in JupyterLab under hand, keys and sliders."""

import json
import re

import numpy as np
import pytest

from hgmrl_lite import lie
from hgmrl_lite.widgets.base import shared_javascript
from hgmrl_lite.widgets.generator_flow import LIMIT, PRESETS

pytestmark = pytest.mark.browser

MAKE = """
from hgmrl_lite.widgets import GeneratorFlow
flow = GeneratorFlow()
flow
"""
NAMES = ("planarType", "logOfExp2", "withTraceDeterminant", "orbitPoints", "exp2")


@pytest.fixture(scope="module")
def page(browser):
    page = browser.blank_page()
    yield page
    page.close()


def compute(page, body, argument):
    """Run ``body`` (JavaScript with ``lib`` and ``input``) beside the widget's numerics."""
    source = shared_javascript("matrix2", "planar_generator") + f"\nexport {{ {', '.join(NAMES)} }};\n"
    return page.evaluate(
        """async ([source, body, input]) => {
            const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
            const lib = await import(url);
            URL.revokeObjectURL(url);
            return new Function("lib", "input", body)(lib, JSON.parse(input));
        }""",
        [source, body, json.dumps(argument)],
    )


def generators():
    """Return generators (N, 2, 2) of every type, random ones and those on the borders between types."""
    rng = np.random.default_rng(0)
    random = rng.uniform(-LIMIT, LIMIT, (60, 2, 2))
    turning = rng.uniform(-LIMIT, LIMIT, (20, 2, 2))
    turning[:, 1, 1] = -turning[:, 0, 0]
    edges = [
        [[1, 1], [0, 1]],
        [[0, 1], [0, 0]],
        [[1, -1], [1, -1]],
        [[0, -0.05], [0.05, 0]],
        [[0, 1.5], [-1.5, 0]],
    ]
    return np.concatenate([random, turning, np.array(edges, dtype=float), np.array(list(PRESETS.values()))])


def test_types_are_those_of_the_package(page):
    matrices = generators()
    body = """return input.map((w) => {
        const type = lib.planarType(w);
        return { ...type, period: String(type.period) };
    });"""
    for matrix, got in zip(matrices, compute(page, body, matrices.reshape(-1, 4).tolist()), strict=True):
        expected = lie.planar_type(matrix)
        assert (got["kind"], got["compact"]) == (expected.kind, expected.is_compact), matrix
        assert got["trace"] == pytest.approx(expected.trace)
        assert got["determinant"] == pytest.approx(expected.determinant)
        assert float(got["period"].replace("Infinity", "inf")) == pytest.approx(expected.period, rel=1e-12)


def test_the_logarithm_of_the_exponential_is_that_of_the_package(page):
    questions = [
        (matrix, t)
        for matrix in generators()
        for t in (-6.3, -1.0, 0.0, 0.7, 2.9, 6.9)
        # Where exp(tW) is stretched too far, no double holds its smaller eigenvalue: nothing to compare.
        if abs(t) * np.abs(np.linalg.eigvals(matrix).real).max() < 7.0
    ]
    assert len(questions) > 300
    body = "return input.map(([w, t]) => lib.logOfExp2(w, t).log);"
    found = compute(page, body, [[matrix.ravel().tolist(), t] for matrix, t in questions])
    wrapped = 0
    for (matrix, t), got in zip(questions, found, strict=True):
        expected = lie.log(lie.exp(t * matrix))
        np.testing.assert_allclose(np.reshape(got, (2, 2)), expected, atol=1e-6, err_msg=f"{matrix} {t}")
        wrapped += np.abs(expected - t * matrix).max() > 1e-3
    assert wrapped > 30


@pytest.mark.parametrize(
    ("generator", "sense"), [([0, -1, 1, 0], 1), ([0, 1, -1, 0], -1), ([0, -1.5, 0.5, 0], 1)]
)
def test_a_half_turn_takes_the_documented_choice(page, generator, sense):
    half = np.pi / np.sqrt(abs(generator[1] * generator[2]))
    for t in (half, -half, 3 * half):
        got = compute(page, "return lib.logOfExp2(...input);", [generator, t])
        assert got["halfTurn"]
        np.testing.assert_allclose(np.reshape(got["log"], (2, 2)), lie.log(-np.eye(2)), atol=1e-12)
        assert sense * got["kept"] == pytest.approx(np.pi)


def test_a_point_of_the_chart_becomes_a_matrix_with_that_trace_and_determinant(page):
    rng = np.random.default_rng(1)
    starts = rng.uniform(-LIMIT, LIMIT, (300, 2, 2))
    # Everything that entries within the limit can reach, found by going to matrices that do.
    goals = rng.uniform(-LIMIT, LIMIT, (300, 2, 2))
    targets = np.stack([np.trace(goals, axis1=1, axis2=2), np.linalg.det(goals)], axis=1)
    targets[:20, 0] = 0.0
    targets[20:40, 1] = targets[20:40, 0] ** 2 / 4
    targets[:20, 1] = np.clip(targets[:20, 1], -4.5, 2.25)
    body = f"return input.map(([w, tr, det]) => lib.withTraceDeterminant(w, tr, det, {LIMIT}));"
    argument = [[w.ravel().tolist(), *target] for w, target in zip(starts, targets.tolist(), strict=True)]
    got = np.reshape(compute(page, body, argument), (-1, 2, 2))
    assert np.abs(got).max() <= LIMIT + 1e-9
    np.testing.assert_allclose(np.trace(got, axis1=1, axis2=2), targets[:, 0], atol=1e-9)
    np.testing.assert_allclose(np.linalg.det(got), targets[:, 1], atol=1e-9)
    # Where nothing is asked for, nothing changes.
    own = [[w.ravel().tolist(), float(np.trace(w)), float(np.linalg.det(w))] for w in starts]
    np.testing.assert_allclose(np.reshape(compute(page, body, own), (-1, 2, 2)), starts, atol=1e-7)


def test_out_of_reach_becomes_the_nearest_that_can_be(page):
    body = f"return input.map(([w, tr, det]) => lib.withTraceDeterminant(w, tr, det, {LIMIT}));"
    argument = [[[0, -1, 1, 0], tr, det] for tr in (-9, -3, 0, 2.9, 9) for det in (-30, -5, 5, 30)]
    got = np.reshape(compute(page, body, argument), (-1, 2, 2))
    assert np.abs(got).max() <= LIMIT + 1e-9
    assert np.isfinite(got).all()


class Flow:
    """One view of the widget, as a user meets it."""

    def __init__(self, notebook, number=0):
        self.notebook = notebook
        self.page = notebook.page
        self.root = notebook.page.locator(".hgmrl-generator-flow").nth(number)

    def frame(self):
        """Wait until what was set is drawn."""
        self.notebook.evaluate(
            "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )

    def handle(self, name):
        return self.root.locator(f".hgmrl-handle.hgmrl-{name}")

    def drag(self, name, dx, dy, release=True):
        """Drag a handle by pixels."""
        ring = self.handle(name).locator(".hgmrl-ring")
        ring.scroll_into_view_if_needed()
        box = ring.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + dx, y + dy, steps=6)
        if release:
            self.page.mouse.up()

    def text(self, name):
        self.frame()
        return self.root.locator(name).text_content()

    def path(self, name):
        self.frame()
        return self.root.locator(f".hgmrl-layer-flow {name}").get_attribute("d")

    def cloud(self):
        """The pixels of the particles."""
        self.frame()
        return self.root.locator(".hgmrl-cloud").evaluate("(canvas) => canvas.toDataURL()")

    def element(self):
        """The matrix exp(tW) as it is shown."""
        self.frame()
        cells = self.root.locator(".hgmrl-matrix-body").first.locator("span").all_text_contents()
        return np.reshape([float(cell.replace("−", "-")) for cell in cells], (2, 2))


@pytest.fixture(scope="module")
def notebook(browser):
    notebook = browser.open_notebook([MAKE, "flow"])
    notebook.run_all()
    notebook.page.wait_for_selector(".hgmrl-generator-flow >> nth=1")
    yield notebook
    notebook.close()


@pytest.fixture
def flow(notebook):
    """Return the first view with the rotation at t = 1; afterwards nothing may have gone wrong."""
    notebook.evaluate("() => document.activeElement?.blur()")
    notebook.python("[flow.set_trait('generator', [[0, -1], [1, 0]]), flow.set_trait('t', 1.0)]")
    view = Flow(notebook)
    notebook.page.wait_for_function(
        """() => document.querySelector(".hgmrl-invariants")
            .getAttribute("aria-valuetext").includes("determinant 1.00")""",
        timeout=5000,
    )
    notebook.wait_python("flow.t == 1.0 and flow.generator == [[0, -1], [1, 0]]")
    view.root.scroll_into_view_if_needed()
    yield view
    assert notebook.console_errors == []
    assert notebook.outside_requests == []


def test_it_says_what_it_shows(flow):
    assert "elliptic: closed orbits, anticlockwise" in flow.text(".hgmrl-card-type")
    assert "compact: period 6.28" in flow.text(".hgmrl-card-returns")
    assert "You turned 57°" in flow.text(".hgmrl-card-log")
    np.testing.assert_allclose(flow.element(), lie.so2_exp(1.0), atol=0.005)
    for name in ("column-1", "column-2", "invariants"):
        assert flow.handle(name).get_attribute("role") == "slider"


def test_the_output_also_holds_a_picture_and_words(notebook):
    outputs = notebook.evaluate(
        "() => window.jupyterapp.shell.currentWidget.content.widgets[1].model.outputs.toJSON()[0].data"
    )
    assert outputs["text/plain"].startswith("GeneratorFlow: W = [0 -1; 1 0] is elliptic")
    assert len(outputs["image/png"]) > 10_000


def test_particles_flow_and_can_be_stopped(flow):
    before = flow.cloud()
    flow.page.wait_for_timeout(120)
    assert flow.cloud() != before
    box = flow.root.get_by_label("particles flow")
    box.uncheck()
    flow.notebook.wait_python("flow.flowing is False")
    before = flow.cloud()
    flow.page.wait_for_timeout(120)
    assert flow.cloud() == before
    box.check()
    flow.notebook.wait_python("flow.flowing is True")


def test_who_asks_for_reduced_motion_gets_orbits_that_stand_still(flow):
    flow.page.emulate_media(reduced_motion="reduce")
    try:
        flow.page.wait_for_timeout(100)
        before = flow.cloud()
        flow.page.wait_for_timeout(120)
        assert flow.cloud() == before
        flow.root.get_by_role("button", name="shear").click()
        flow.frame()
        assert flow.cloud() != before
    finally:
        flow.page.emulate_media(reduced_motion="no-preference")


def test_dragging_the_point_of_the_chart_down_goes_from_turning_over_a_shear_to_a_saddle(flow):
    chart = flow.root.locator(".hgmrl-chart").bounding_box()
    # One unit of the determinant in pixels: 4.5 are half the height without the margin.
    unit = chart["height"] * (0.5 - 10 / 270) / (2 * LIMIT**2)
    flow.drag("invariants", 0, unit, release=False)
    assert "parabolic: a shear" in flow.text(".hgmrl-card-type")
    assert "not compact: never" in flow.text(".hgmrl-card-returns")
    flow.page.mouse.move(
        *[a + b for a, b in zip(centre(flow.handle("invariants")), (0, unit), strict=True)], steps=4
    )
    assert "hyperbolic: a saddle" in flow.text(".hgmrl-card-type")
    flow.page.mouse.up()
    trace, determinant = flow.notebook.wait_python(
        "flow.planar_type.kind == 'hyperbolic' and [flow.planar_type.trace, flow.planar_type.determinant]"
    )
    assert trace == 0.0
    assert determinant == pytest.approx(-1.0, abs=0.1)


def centre(handle):
    """Return where the middle of a handle is on the page."""
    box = handle.locator(".hgmrl-ring").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_dragging_off_the_line_makes_a_spiral(flow):
    flow.drag("invariants", -40, 0)
    assert "elliptic: spirals inwards" in flow.text(".hgmrl-card-type")
    assert "not compact: never" in flow.text(".hgmrl-card-returns")
    assert flow.notebook.wait_python("flow.planar_type.trace < -0.2 and flow.planar_type.kind") == "elliptic"


def test_dragging_a_column_changes_that_column_alone(flow):
    before = flow.path(".hgmrl-field"), flow.path(".hgmrl-moved")
    plane = flow.root.locator(".hgmrl-plane").bounding_box()
    flow.drag("column-1", 0.5 * plane["width"] / 6, -0.25 * plane["width"] / 6)
    generator = flow.notebook.wait_python("flow.generator[0][0] != 0 and flow.generator")
    np.testing.assert_allclose(generator, [[0.5, -1.0], [1.25, 0.0]], atol=0.051)
    assert flow.path(".hgmrl-field") != before[0]
    assert flow.path(".hgmrl-moved") != before[1]
    expected = np.array(flow.notebook.python("flow.element.tolist()"))
    np.testing.assert_allclose(flow.element(), expected, atol=0.006)


def test_a_column_stops_at_the_limit(flow):
    flow.drag("column-2", -400, -400)
    generator = flow.notebook.wait_python("flow.generator[1][1] > 0 and flow.generator")
    assert generator == [[0, -LIMIT], [1, LIMIT]]


def test_touch_drags_as_well(flow):
    session = flow.page.context.new_cdp_session(flow.page)
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    try:
        x, y = centre(flow.handle("column-1"))
        for kind, dx in [("touchStart", 0), ("touchMove", 20), ("touchMove", 60)]:
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x + dx, "y": y}]})
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    finally:
        session.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
    flow.notebook.wait_python("flow.generator[0][0] > 0.3")


@pytest.mark.parametrize(
    ("name", "key", "expected"),
    [
        ("column-1", "ArrowRight", [[0.05, -1], [1, 0]]),
        ("column-1", "Shift+ArrowDown", [[0, -1], [0.5, 0]]),
        ("column-2", "ArrowUp", [[0, -1], [1, 0.05]]),
        ("invariants", "ArrowLeft", [[-0.025, None], [None, -0.025]]),
        ("invariants", "Shift+ArrowUp", [[0, -np.sqrt(1.5)], [np.sqrt(1.5), 0]]),
    ],
)
def test_keys_move_the_handles_and_insert_no_cell(flow, name, key, expected):
    cells = flow.notebook.cell_count()
    flow.handle(name).focus()
    flow.page.keyboard.press(key)
    flow.frame()
    for letter in ("a", "b", "x", "m", "d", "d"):
        flow.page.keyboard.press(letter)
    assert flow.notebook.cell_count() == cells
    generator = flow.notebook.wait_python("flow.generator != [[0, -1], [1, 0]] and flow.generator")
    for got, want in zip(np.ravel(generator), np.ravel(np.array(expected, dtype=object)), strict=True):
        assert want is None or got == pytest.approx(want, abs=1e-9)


def test_every_entry_has_a_slider(flow):
    for number, label in enumerate(["W₁₁", "W₁₂", "W₂₁", "W₂₂"]):
        flow.root.get_by_label(label, exact=True).focus()
        flow.page.keyboard.press("Home")
        flow.frame()
        flow.notebook.wait_python(f"flow.generator[{number // 2}][{number % 2}] == {-LIMIT}")
    assert flow.notebook.python("flow.generator") == [[-LIMIT, -LIMIT], [-LIMIT, -LIMIT]]


def test_the_time_carries_the_flag_and_the_logarithm_jumps_after_half_a_turn(flow):
    before = flow.path(".hgmrl-moved")
    slider = flow.root.get_by_label("t", exact=True)
    slider.focus()
    for _ in range(25):
        flow.page.keyboard.press("Shift+ArrowRight")
        flow.frame()
    assert flow.path(".hgmrl-moved") != before
    assert flow.notebook.wait_python("flow.t > 3.4 and flow.t") == pytest.approx(3.5)
    assert "log says −159°: it leaves out one whole turn" in flow.text(".hgmrl-card-log")
    flow.notebook.python("setattr(flow, 't', 3.14)")
    flow.notebook.wait_python("flow.t == 3.14")
    slider.focus()
    # From 3.14 to 3.15 lies half a turn, and the slider is helped onto it.
    flow.page.keyboard.press("ArrowRight")
    assert flow.notebook.wait_python("flow.t != 3.14 and flow.t") == pytest.approx(np.pi, abs=1e-12)
    assert "a half turn: ±180°" in flow.text(".hgmrl-card-log")


@pytest.mark.parametrize("name", list(PRESETS))
def test_presets_set_the_generator(flow, name):
    flow.root.get_by_role("button", name=name, exact=True).click()
    flow.notebook.wait_python(f"flow.generator == {PRESETS[name]}")
    flow.frame()
    assert flow.root.get_by_role("button", name=name, exact=True).get_attribute("aria-pressed") == "true"
    kind = lie.planar_type(PRESETS[name]).kind
    assert kind in flow.text(".hgmrl-card-type")


def test_two_views_agree_and_python_moves_both(flow):
    other = Flow(flow.notebook, 1)
    flow.drag("column-2", 30, 30)
    for name in (".hgmrl-field", ".hgmrl-moved", ".hgmrl-way"):
        assert other.path(name) == flow.path(name)
    flow.notebook.python("setattr(flow, 'generator', [[0.5, 0], [0, 0.5]])")
    flow.page.wait_for_function(
        """() => [...document.querySelectorAll(".hgmrl-card-type")]
            .every((card) => card.textContent.includes("a scaling outwards"))""",
        timeout=5000,
    )


LABELS = """
    (root) => [...root.querySelectorAll("text")]
        .filter((text) => getComputedStyle(text).visibility !== "hidden")
        .map((text) => {
            const box = text.getBoundingClientRect();
            const frame = text.ownerSVGElement.getBoundingClientRect();
            return { text: text.textContent, tick: text.classList.contains("hgmrl-tick"),
                inside: box.left >= frame.left - 0.5 && box.right <= frame.right + 0.5
                    && box.top >= frame.top - 0.5 && box.bottom <= frame.bottom + 0.5,
                box: [box.left, box.top, box.right, box.bottom] };
        })
"""


@pytest.mark.parametrize("name", list(PRESETS))
@pytest.mark.parametrize("t", [-2.0, 0.0, 0.4, 1.0, 2.2, 5.0])
def test_labels_stay_inside_and_apart(flow, name, t):
    flow.notebook.python(f"[flow.set_trait('generator', {PRESETS[name]}), flow.set_trait('t', {t})]")
    flow.page.wait_for_function(
        "([name, t]) => document.querySelector('.hgmrl-time output').textContent === t"
        " && document.querySelector('.hgmrl-presets [aria-pressed=true]')?.textContent === name",
        arg=[name, f"{t:.2f}".replace("-", "−")],
        timeout=5000,
    )
    labels = flow.root.evaluate(LABELS)
    assert [label["text"] for label in labels if not label["inside"]] == []
    words = [label for label in labels if not label["tick"]]
    for k, one in enumerate(words):
        for two in words[k + 1 :]:
            (left, top, right, bottom), (start, upper, end, lower) = one["box"], two["box"]
            # A pixel of the line height may meet; letters do not.
            apart = right < start + 1 or end < left + 1 or bottom < upper + 4 or lower < top + 4
            # A turned word's box is larger than the word.
            assert apart or "parabolic" in (one["text"], two["text"]), (one["text"], two["text"])


CONTRAST = """
    (root) => {
        const channels = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map(Number);
        const luminance = (colour) => {
            const [r, g, b] = channels(colour).map((c) => c / 255)
                .map((c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const style = (name) => getComputedStyle(root.querySelector(name));
        const back = luminance(style(".hgmrl-chart .hgmrl-frame").fill);
        const of = (colour) => {
            const [low, high] = [luminance(colour), back].sort((a, b) => a - b);
            return (high + 0.05) / (low + 0.05);
        };
        return {
            text: of(getComputedStyle(root).color),
            detail: of(style(".hgmrl-detail").color),
            region: of(style(".hgmrl-region").fill),
            column: of(style(".hgmrl-column").stroke),
            way: of(style(".hgmrl-way").stroke),
            particles: of(style(".hgmrl-cloud").color),
            flag: of(style(".hgmrl-moved").stroke),
            compact: of(style(".hgmrl-compact").stroke),
            parabola: of(style(".hgmrl-parabola").stroke),
        };
    }
"""


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_both_themes_are_readable(flow, theme, tmp_path):
    flow.notebook.set_theme(theme)
    try:
        contrast = flow.root.evaluate(CONTRAST)
        # WCAG 2.2: 4.5 for text, 3 for what carries meaning.
        assert min(contrast["text"], contrast["detail"], contrast["region"]) >= 4.5, contrast
        assert min(contrast.values()) >= 3.0, contrast
        flow.root.screenshot(path=tmp_path / "generator_flow.png")
    finally:
        flow.notebook.set_theme("JupyterLab Light")


def test_it_fits_a_narrow_page(flow):
    size = flow.page.viewport_size
    flow.page.set_viewport_size({"width": 570, "height": size["height"]})
    try:
        flow.frame()
        assert flow.root.bounding_box()["width"] < 480
        wide = flow.root.evaluate(
            """(root) => [...root.querySelectorAll("*")]
                .filter((element) => !element.closest(".hgmrl-spoken") && !element.closest("svg > *"))
                .map((element) => element.getBoundingClientRect().right - root.getBoundingClientRect().right)
                .reduce((a, b) => Math.max(a, b))"""
        )
        assert wide <= 1.0
        flow.drag("invariants", -30, 0)
        assert "spirals inwards" in flow.text(".hgmrl-card-type")
    finally:
        flow.page.set_viewport_size(size)


def test_without_a_jupyter_kernel_it_still_follows_the_hand(flow):
    # The last test of this notebook: its Jupyter kernel goes.
    flow.notebook.evaluate(
        "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.shutdown()"
    )
    before = flow.path(".hgmrl-field")
    flow.drag("invariants", -40, 20)
    assert re.search("elliptic: spirals inwards", flow.text(".hgmrl-card-type"))
    assert flow.path(".hgmrl-field") != before
    # Jupyter itself reports that nobody is there to be told; nothing else may have gone wrong.
    others = [
        text for text in flow.notebook.console_errors if "Could not send widget sync message" not in text
    ]
    assert others == []
    flow.notebook.console_errors.clear()
