"""GeneratorFlow: its numbers beside Python's, and the widget in JupyterLab under hand, keys and sliders."""

import numpy as np
import pytest
from run_javascript import call
from widget_view import THEMES, WidgetView, overlaps

from hgmrl_lite import lie
from hgmrl_lite.widgets.generator_flow import LIMIT, PRESETS

pytestmark = pytest.mark.browser

MAKE = """
from hgmrl_lite.widgets import GeneratorFlow
flow = GeneratorFlow()
flow
"""


def compute(page, body, argument):
    return call(page, "generator_flow/generator.js", body, argument)


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
    body = "return input.map((w) => lib.planarType(w));"
    for matrix, got in zip(matrices, compute(page, body, matrices.reshape(-1, 4).tolist()), strict=True):
        expected = lie.planar_type(matrix)
        assert (got["kind"], got["compact"]) == (expected.kind, expected.is_compact), matrix
        assert got["trace"] == pytest.approx(expected.trace)
        assert got["determinant"] == pytest.approx(expected.determinant)
        assert float(got["period"]) == pytest.approx(expected.period, rel=1e-12)


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


class Flow(WidgetView):
    ROOT, VARIABLE = ".hgmrl-generator-flow", "flow"

    def handle(self, name):
        return self.part(f".hgmrl-handle.hgmrl-{name}")

    def drag_by(self, name, *moves, release=True):
        """Drag a handle by pixels."""
        x, y = self.centre(f".hgmrl-handle.hgmrl-{name} .hgmrl-ring")
        self.drag((x, y), *[(x + dx, y + dy) for dx, dy in moves], release=release)

    def path(self, name):
        return self.attribute(f".hgmrl-layer-flow {name}")

    def cloud(self):
        """The pixels of the particles."""
        self.drawn()
        return self.part(".hgmrl-cloud").evaluate("(canvas) => canvas.toDataURL()")

    def element(self):
        """The matrix exp(tW) as it is shown."""
        self.drawn()
        cells = self.part(".hgmrl-matrix-body").first.locator("span").all_text_contents()
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
    view = Flow(notebook)
    view.set(generator=[[0, -1], [1, 0]], t=1.0, flowing=True)
    yield view
    notebook.assert_clean()


def test_it_says_what_it_shows(flow):
    assert "elliptic: closed orbits, anticlockwise" in flow.text(".hgmrl-card-type")
    assert "compact: period 6.28" in flow.text(".hgmrl-card-returns")
    assert "You turned 57°" in flow.text(".hgmrl-card-log")
    np.testing.assert_allclose(flow.element(), lie.so2_exp(1.0), atol=0.005)
    for name in ("column-1", "column-2", "invariants"):
        assert flow.handle(name).get_attribute("role") == "slider"


def test_the_output_also_holds_a_picture_and_words(notebook):
    outputs = notebook.output(1)
    assert outputs["text/plain"].startswith("GeneratorFlow: W = [0 -1; 1 0] is elliptic")
    assert len(outputs["image/png"]) > 10_000


def test_particles_flow_and_can_be_stopped(flow):
    flow.part(".hgmrl-plane").scroll_into_view_if_needed()
    before = flow.cloud()
    flow.page.wait_for_timeout(120)
    assert flow.cloud() != before
    box = flow.root.get_by_label("particles flow")
    box.uncheck()
    assert flow.get("w.flowing") is False
    before = flow.cloud()
    flow.page.wait_for_timeout(120)
    assert flow.cloud() == before
    box.check()
    assert flow.get("w.flowing") is True


def test_who_asks_for_reduced_motion_gets_orbits_that_stand_still(flow):
    flow.page.emulate_media(reduced_motion="reduce")
    try:
        before = flow.cloud()
        flow.page.wait_for_timeout(120)
        assert flow.cloud() == before
        flow.root.get_by_role("button", name="shear").click()
        assert flow.cloud() != before
    finally:
        flow.page.emulate_media(reduced_motion="no-preference")


def test_dragging_the_point_of_the_chart_down_goes_from_turning_over_a_shear_to_a_saddle(flow):
    chart = flow.part(".hgmrl-chart").bounding_box()
    # One unit of the determinant in pixels: 4.5 are half the height without the margin.
    unit = chart["height"] * (0.5 - 10 / 270) / (2 * LIMIT**2)
    flow.drag_by("invariants", (0, unit), release=False)
    assert "parabolic: a shear" in flow.text(".hgmrl-card-type")
    assert "not compact: never" in flow.text(".hgmrl-card-returns")
    x, y = flow.centre(".hgmrl-handle.hgmrl-invariants .hgmrl-ring")
    flow.page.mouse.move(x, y + unit, steps=4)
    assert "hyperbolic: a saddle" in flow.text(".hgmrl-card-type")
    flow.page.mouse.up()
    trace, determinant = flow.get("[w.planar_type.trace, w.planar_type.determinant]")
    assert trace == 0.0
    assert determinant == pytest.approx(-1.0, abs=0.1)


def test_dragging_off_the_line_makes_a_spiral(flow):
    flow.drag_by("invariants", (-40, 0))
    assert "elliptic: spirals inwards" in flow.text(".hgmrl-card-type")
    assert "not compact: never" in flow.text(".hgmrl-card-returns")
    assert flow.get("w.planar_type.trace") < -0.2
    assert flow.get("w.planar_type.kind") == "elliptic"


def test_dragging_a_column_changes_that_column_alone(flow):
    before = flow.path(".hgmrl-field"), flow.path(".hgmrl-moved")
    plane = flow.part(".hgmrl-plane").bounding_box()
    flow.drag_by("column-1", (0.5 * plane["width"] / 6, -0.25 * plane["width"] / 6))
    np.testing.assert_allclose(flow.get("w.generator"), [[0.5, -1.0], [1.25, 0.0]], atol=0.051)
    assert flow.path(".hgmrl-field") != before[0]
    assert flow.path(".hgmrl-moved") != before[1]
    np.testing.assert_allclose(flow.element(), flow.get("w.element.tolist()"), atol=0.006)


def test_a_column_stops_at_the_limit(flow):
    flow.drag_by("column-2", (-400, -400))
    assert flow.get("w.generator") == [[0, -LIMIT], [1, LIMIT]]


def test_touch_drags_as_well(flow):
    x, y = flow.centre(".hgmrl-handle.hgmrl-column-1 .hgmrl-ring")
    flow.touch((x, y), (x + 20, y), (x + 60, y))
    assert flow.get("w.generator")[0][0] > 0.3


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
    flow.press(flow.handle(name), key, "a", "b", "x", "m", "d", "d")
    generator = flow.get("w.generator")
    assert generator != [[0, -1], [1, 0]]
    for got, want in zip(np.ravel(generator), np.ravel(np.array(expected, dtype=object)), strict=True):
        assert want is None or got == pytest.approx(want, abs=1e-9)


def test_every_entry_has_a_slider(flow):
    for label in ("W₁₁", "W₁₂", "W₂₁", "W₂₂"):
        flow.press(flow.slider(label), "Home")
    assert flow.get("w.generator") == [[-LIMIT, -LIMIT], [-LIMIT, -LIMIT]]


def test_the_time_carries_the_flag_and_the_logarithm_jumps_after_half_a_turn(flow):
    before = flow.path(".hgmrl-moved")
    slider = flow.slider("t")
    flow.press(slider, *["Shift+ArrowRight"] * 25)
    assert flow.path(".hgmrl-moved") != before
    assert flow.get("w.t") == pytest.approx(3.5)
    assert "log says −159°: it leaves out one whole turn" in flow.text(".hgmrl-card-log")
    flow.set(t=3.14)
    # From 3.14 to 3.15 lies half a turn: the slider is helped onto it, and the next key leads on.
    flow.press(slider, "ArrowRight")
    assert flow.get("w.t") == pytest.approx(np.pi, abs=1e-12)
    assert "a half turn: ±180°" in flow.text(".hgmrl-card-log")
    flow.press(slider, "ArrowRight")
    assert flow.get("w.t") == pytest.approx(np.pi + 0.01, abs=1e-4)


@pytest.mark.parametrize("name", list(PRESETS))
def test_presets_set_the_generator(flow, name):
    button = flow.root.get_by_role("button", name=name, exact=True)
    button.click()
    assert flow.get("w.generator") == PRESETS[name]
    assert button.get_attribute("aria-pressed") == "true"
    assert lie.planar_type(PRESETS[name]).kind in flow.text(".hgmrl-card-type")


def test_two_views_agree_and_python_moves_both(flow):
    other = Flow(flow.notebook, 1)
    flow.drag_by("column-2", (30, 30))
    for name in (".hgmrl-field", ".hgmrl-moved", ".hgmrl-way"):
        assert other.path(name) == flow.path(name)
    flow.set(generator=[[0.5, 0], [0, 0.5]])
    for view in (flow, other):
        assert "a scaling outwards" in view.text(".hgmrl-card-type")


TEXTS = """
    (root) => [...root.querySelectorAll("text")]
        .filter((text) => getComputedStyle(text).visibility !== "hidden")
        .map((text) => {
            const box = text.getBoundingClientRect();
            const frame = text.ownerSVGElement.getBoundingClientRect();
            return { tick: text.classList.contains("hgmrl-tick"),
                inside: box.left >= frame.left - 0.5 && box.right <= frame.right + 0.5
                    && box.top >= frame.top - 0.5 && box.bottom <= frame.bottom + 0.5,
                box: [text.textContent, box.left + 0.5, box.top, box.right - 0.5, box.bottom] };
        })
"""


@pytest.mark.parametrize("name", list(PRESETS))
@pytest.mark.parametrize("t", [-2.0, 0.0, 0.4, 1.0, 2.2, 5.0])
def test_labels_stay_inside_and_apart(flow, name, t):
    flow.set(generator=PRESETS[name], t=t)
    labels = flow.root.evaluate(TEXTS)
    assert [label["box"][0] for label in labels if not label["inside"]] == []
    # A turned word's box is larger than the word; a line's box is higher than its letters.
    words = [label["box"] for label in labels if not label["tick"] and label["box"][0] != "parabolic"]
    assert overlaps(words, spare=4.0) == []


@pytest.mark.parametrize("theme", THEMES)
def test_both_themes_are_readable(flow, theme):
    with flow.theme(theme):
        contrast = flow.contrast(
            (".hgmrl-chart .hgmrl-frame", "fill"),
            text=("", "color"),
            detail=(".hgmrl-detail", "color"),
            region=(".hgmrl-region", "fill"),
            column=(".hgmrl-column", "stroke"),
            way=(".hgmrl-way", "stroke"),
            particles=(".hgmrl-mark .hgmrl-particles", "stroke"),
            flag=(".hgmrl-moved", "stroke"),
            compact=(".hgmrl-compact", "stroke"),
            parabola=(".hgmrl-parabola", "stroke"),
        )
        # WCAG 2.2: 4.5 for text, 3 for what carries meaning.
        assert min(contrast["text"], contrast["detail"], contrast["region"]) >= 4.5, contrast
        assert min(contrast.values()) >= 3.0, contrast


def test_it_fits_a_narrow_page(flow):
    with flow.width(570):
        assert flow.root.bounding_box()["width"] < 480
        assert flow.beyond() <= 1.0
        flow.drag_by("invariants", (-30, 0))
        assert "spirals inwards" in flow.text(".hgmrl-card-type")


def test_without_a_jupyter_kernel_it_still_follows_the_hand(flow):
    # The last test of this notebook: its Jupyter kernel goes.
    before = flow.path(".hgmrl-field")
    with flow.no_kernel():
        flow.drag_by("invariants", (-36, 18))
        assert "elliptic: spirals inwards" in flow.text(".hgmrl-card-type")
        assert flow.path(".hgmrl-field") != before
