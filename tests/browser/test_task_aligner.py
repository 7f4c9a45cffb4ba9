"""TaskAligner: its numbers beside Python's, and the widget in a real JupyterLab under hand and keys."""

import base64
import itertools

import numpy as np
import pytest
from run_javascript import call
from widget_view import seen_labels

from hgmrl_lite.widgets import TaskAligner
from hgmrl_lite.widgets.task_aligner import CURVE, HALF, RING

pytestmark = pytest.mark.browser

MAKE = """
from hgmrl_lite.widgets import TaskAligner
aligner = TaskAligner()
aligner
"""
BASE = 135.0


@pytest.fixture(scope="module")
def page(browser):
    page = browser.blank_page()
    yield page
    page.close()


SCENE = """
    const { state, questions } = input;
    state.array_data = new DataView(Uint8Array.from(atob(state.array_data), (c) => c.charCodeAt(0)).buffer);
    const scene = lib.taskAlignerScene({ get: (name) => state[name] });
    // One scene through all the questions, as under a hand: what it remembers must not leak into the next.
    return questions.map((question) => {
        Object.assign(state, question);
        return scene.compute();
    });
"""
QUESTIONS = [
    {},
    {"turn_degrees": 75.5},
    {"goal": [-0.2, -1.1]},
    {"signed": True},
    {"transitions": 100, "noise": 0.05},
    {"draw": 5, "turn_degrees": -180.0},
    {"transitions": 8, "signed": False},
    {"goal": [0.3, 0.0], "noise": 0.0},
    {"draw": 0, "transitions": 20, "goal": [0.866, 0.5], "turn_degrees": 0.0},
]


def ask_scene(page, widget, questions):
    """Return what the page computes for questions, each a change of the state before it."""
    names = (
        "goal", "turn_degrees", "signed", "transitions", "noise", "draw", "revealed", "asked", "answers",
        "settings", "array_index",
    )  # fmt: skip
    state = {name: getattr(widget, name) for name in names}
    state["array_data"] = base64.b64encode(widget.array_data).decode()
    return call(page, "task_aligner/scene.js", SCENE, {"state": state, "questions": questions})


def test_the_scene_is_what_python_computes(page):
    widget = TaskAligner(seed=3)
    for question, got in zip(QUESTIONS, ask_scene(page, widget, QUESTIONS), strict=True):
        for name, value in question.items():
            setattr(widget, name, value)
        context = widget.context
        np.testing.assert_allclose(np.reshape(got["points"], (-1, 2)), context.next_states, atol=1e-12)
        np.testing.assert_allclose(np.reshape(got["normals"], (-1, 2)), widget.normals, atol=1e-6)
        # The Python model takes distances from a product of matrices, which rounds more.
        base = widget.base_normals(widget.turn_degrees)
        np.testing.assert_allclose(np.reshape(got["base"], (-1, 2)), base, atol=1e-5)
        for name, signed in (("lines", False), ("arrows", True)):
            np.testing.assert_allclose(got[name], widget.mean_angle(CURVE, signed=signed), atol=1e-3)
        assert got["misalignment"] == pytest.approx(widget.misalignment, abs=1e-3)
        assert got["trueTurn"] == pytest.approx(widget.true_turn, abs=1e-9)
        turn = np.radians(widget.turn_degrees + BASE)
        np.testing.assert_allclose(got["carried"], [np.cos(turn), np.sin(turn)], atol=1e-9)
        assert got["answer"] is None


def test_an_answer_is_shown_for_its_own_question_only(page):
    widget = TaskAligner(revealed=True)
    widget.asked = {"turn": [0, 20, 0.0, 0.866, 0.5]}
    fresh, stale, hidden = ask_scene(page, widget, [{}, {"noise": 0.01}, {"noise": 0.0, "revealed": False}])
    assert stale["answer"] is None
    assert hidden["answer"] is None
    answer = fresh["answer"]
    assert answer["degrees"] == pytest.approx(np.degrees(widget.inference.angle))
    off = abs((answer["degrees"] - widget.true_turn + 180.0) % 360.0 - 180.0)
    assert answer["error"] == pytest.approx(off, abs=1e-9)
    turn = np.radians(answer["degrees"] + BASE)
    np.testing.assert_allclose(answer["aim"], [np.cos(turn), np.sin(turn)], atol=1e-9)
    assert answer["place"][1] == pytest.approx(widget.mean_angle(answer["degrees"], signed=False), abs=1e-3)


class Aligner:
    """One view of the widget, as a user meets it."""

    def __init__(self, notebook, number=0):
        self.notebook = notebook
        self.page = notebook.page
        self.root = notebook.page.locator(".hgmrl-task-aligner").nth(number)
        self.knob = self.root.locator(".hgmrl-turn-handle")
        self.goal = self.root.locator(".hgmrl-goal-handle")

    def frame(self):
        """Wait until what was set is drawn, and the words beside it are written."""
        self.notebook.evaluate(
            "() => new Promise((done) => setTimeout(() => requestAnimationFrame(() => "
            "requestAnimationFrame(done)), 80))"
        )

    def point(self, x, y):
        """Return the page's coordinates of a point of the plane."""
        plane = self.root.locator(".hgmrl-plane").bounding_box()
        unit = plane["width"] / (2 * HALF)
        return plane["x"] + plane["width"] / 2 + x * unit, plane["y"] + plane["height"] / 2 - y * unit

    def on_ring(self, turn):
        """Return the page's coordinates of the place on the ring for a turn in degrees."""
        angle = np.radians(BASE + turn)
        return self.point(RING * np.cos(angle), RING * np.sin(angle))

    def drag(self, handle, *places):
        handle.scroll_into_view_if_needed()
        ring = handle.locator(".hgmrl-ring").bounding_box()
        self.page.mouse.move(ring["x"] + ring["width"] / 2, ring["y"] + ring["height"] / 2)
        self.page.mouse.down()
        for place in places:
            self.page.mouse.move(*place, steps=6)
        self.page.mouse.up()

    def turn(self):
        self.frame()
        return float(self.knob.get_attribute("aria-valuenow"))

    def place(self):
        self.frame()
        words = self.goal.get_attribute("aria-valuetext").replace("−", "-").replace(",", "").split()
        return float(words[4]), float(words[6])

    def path(self, name, attribute="d"):
        self.frame()
        return self.root.locator(name).first.get_attribute(attribute)

    def text(self, name):
        self.frame()
        return self.root.locator(name).first.text_content()

    def slider(self, label):
        return self.root.get_by_label(label, exact=True)

    def box(self, label):
        return self.root.get_by_label(label, exact=False)


FIELD, NEW, BASE_LINES = (
    f".hgmrl-layer-strokes .hgmrl-{name}" for name in ("base-field", "new-lines", "base-lines")
)
CURVE_PATH = ".hgmrl-alignment .hgmrl-misfit-curve"
FRESH = {
    "goal": [0.866, 0.5], "turn_degrees": 0.0, "signed": False, "transitions": 20, "noise": 0.0, "draw": 0,
    "revealed": False,
}  # fmt: skip


@pytest.fixture(scope="module")
def notebook(browser):
    notebook = browser.open_notebook([MAKE, "aligner"])
    notebook.run_all()
    notebook.page.wait_for_selector(".hgmrl-task-aligner >> nth=1")
    yield notebook
    notebook.close()


@pytest.fixture
def aligner(notebook):
    """Return the first view as it was made; afterwards nothing may have gone wrong in the page."""
    notebook.evaluate("() => document.activeElement?.blur()")
    # What the page sends last must not come after what Python sets.
    notebook.page.wait_for_timeout(300)
    notebook.wait_idle()
    notebook.python(
        "[" + ", ".join(f"aligner.set_trait({name!r}, {value!r})" for name, value in FRESH.items()) + "]"
    )
    view = Aligner(notebook)
    notebook.page.wait_for_function(
        """() => {
            const root = document.querySelector(".hgmrl-task-aligner");
            const text = (name) => root.querySelector(name).getAttribute("aria-valuetext");
            return text(".hgmrl-goal-handle") === "new goal at x 0.87, y 0.50"
                && text(".hgmrl-turn-handle").startsWith("base task turned by 0.0°: lines")
                && root.querySelector(".hgmrl-aim").style.display === "none";
        }""",
        timeout=5000,
    )
    view.frame()
    yield view
    assert notebook.console_errors == []
    assert notebook.outside_requests == []


def test_it_says_what_it_shows(aligner):
    apart = aligner.notebook.python("aligner.misalignment")
    assert f"the lines are {apart:.1f}° apart" in aligner.text("strong.hgmrl-state")
    assert aligner.path(NEW).count("M") == aligner.path(BASE_LINES).count("M") == 20
    assert aligner.path(FIELD).count("M") == 100
    assert not aligner.root.locator(".hgmrl-answer").is_visible()


def test_the_output_also_holds_a_picture_and_words(notebook):
    outputs = notebook.evaluate(
        "() => window.jupyterapp.shell.currentWidget.content.widgets[1].model.outputs.toJSON()[0].data"
    )
    assert outputs["text/plain"].startswith("TaskAligner: new goal at")
    assert len(outputs["image/png"]) > 10_000


def test_the_ring_turns_the_base_task_and_python_knows(aligner):
    field, new, lines = aligner.path(FIELD), aligner.path(NEW), aligner.path(BASE_LINES)
    aligner.drag(aligner.knob, *(aligner.on_ring(-turn) for turn in range(15, 106, 15)))
    assert aligner.turn() == pytest.approx(-105.0, abs=1.5)
    assert aligner.path(FIELD, "transform") != "rotate(0.00 220 220)"
    assert aligner.path(FIELD) == field
    assert aligner.path(NEW) == new
    assert aligner.path(BASE_LINES) != lines
    turn = aligner.notebook.wait_python("aligner.turn_degrees < -100 and aligner.turn_degrees")
    assert turn == pytest.approx(aligner.turn(), abs=0.06)
    assert aligner.notebook.python("aligner.misalignment") < 5.0
    assert float(aligner.text("strong.hgmrl-state").split("are ")[1].split("°")[0]) < 5.0


def test_a_press_on_the_ring_turns_there(aligner):
    aligner.root.scroll_into_view_if_needed()
    aligner.page.mouse.click(*aligner.on_ring(60.0))
    assert aligner.turn() == pytest.approx(60.0, abs=1.5)
    aligner.notebook.wait_python("abs(aligner.turn_degrees - 60) < 1.5")


def test_the_curve_can_be_dragged_too(aligner):
    area = aligner.root.locator(".hgmrl-slide")
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    aligner.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    aligner.page.mouse.down()
    aligner.page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + 20, steps=5)
    aligner.page.mouse.up()
    assert aligner.turn() == pytest.approx(90.0, abs=2.0)
    aligner.notebook.wait_python("abs(aligner.turn_degrees - 90) < 2")


def test_the_goal_is_dragged_and_the_lines_follow(aligner):
    new, curve = aligner.path(NEW), aligner.path(CURVE_PATH)
    field = aligner.path(FIELD, "transform")
    aligner.drag(aligner.goal, aligner.point(-0.4, 0.9))
    assert aligner.place() == pytest.approx((-0.4, 0.9), abs=0.03)
    assert aligner.path(NEW) != new
    assert aligner.path(CURVE_PATH) != curve
    assert aligner.path(FIELD, "transform") == field
    goal = aligner.notebook.wait_python("aligner.goal != [0.866, 0.5] and aligner.goal")
    assert goal == pytest.approx([-0.4, 0.9], abs=0.03)


def test_the_goal_stays_in_its_ring(aligner):
    aligner.drag(aligner.goal, aligner.point(1.8, 0.0))
    assert np.hypot(*aligner.place()) == pytest.approx(1.4, abs=0.011)
    aligner.drag(aligner.goal, aligner.point(0.1, 0.0))
    assert np.hypot(*aligner.place()) == pytest.approx(0.3, abs=0.011)
    aligner.notebook.wait_python("abs(aligner.goal[0] ** 2 + aligner.goal[1] ** 2 - 0.09) < 1e-3")


def test_touch_drags_as_well(aligner):
    aligner.knob.scroll_into_view_if_needed()
    session = aligner.page.context.new_cdp_session(aligner.page)
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    try:
        for kind, turn in [("touchStart", 0.0), ("touchMove", 20.0), ("touchMove", 40.0)]:
            at = dict(zip("xy", aligner.on_ring(turn), strict=True))
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [at]})
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        assert aligner.turn() == pytest.approx(40.0, abs=1.5)
    finally:
        session.send("Emulation.setTouchEmulationEnabled", {"enabled": False})


def test_keys_turn_and_move_and_insert_no_cell(aligner):
    aligner.root.scroll_into_view_if_needed()
    cells = aligner.notebook.cell_count()
    aligner.knob.focus()
    for key, expected in [
        ("ArrowRight", 1.0), ("ArrowDown", 0.0), ("Shift+ArrowLeft", -10.0), ("PageUp", 0.0), ("End", 180.0),
        ("Home", -179.0),
    ]:  # fmt: skip
        aligner.page.keyboard.press(key)
        assert aligner.turn() == expected, key
    aligner.goal.focus()
    for key, expected in [
        ("ArrowRight", (0.89, 0.5)), ("ArrowUp", (0.89, 0.52)), ("Shift+ArrowDown", (0.89, 0.32)),
        ("Shift+ArrowLeft", (0.69, 0.32)),
    ]:  # fmt: skip
        aligner.page.keyboard.press(key)
        assert aligner.place() == pytest.approx(expected, abs=0.0051), key
    for key in ("a", "b", "x", "m", "d", "d"):
        aligner.page.keyboard.press(key)
    assert aligner.notebook.cell_count() == cells
    aligner.notebook.wait_python("aligner.turn_degrees == -179 and aligner.goal[1] < 0.33")


@pytest.mark.parametrize(
    ("label", "expression", "lowest", "highest"),
    [
        ("Turn", "aligner.turn_degrees", 180.0, 180.0),
        ("Transitions", "aligner.transitions", 8, 100),
        ("Reward noise", "aligner.noise", 0.0, 0.1),
        ("Goal distance", "round(sum(x * x for x in aligner.goal) ** 0.5, 2)", 0.3, 1.4),
    ],
)
def test_every_quantity_has_a_slider(aligner, label, expression, lowest, highest):
    before = aligner.text("strong.hgmrl-state")
    aligner.slider(label).focus()
    # -180° and 180° are one turn.
    for key, value in (("Home", lowest), ("End", highest)):
        aligner.page.keyboard.press(key)
        aligner.notebook.wait_python(f"{expression} == {value}")
    assert aligner.text("strong.hgmrl-state") != before


def test_the_goal_s_direction_has_a_slider(aligner):
    aligner.slider("Goal direction").focus()
    aligner.page.keyboard.press("Shift+ArrowRight")
    goal = aligner.notebook.wait_python("aligner.goal != [0.866, 0.5] and aligner.goal")
    assert np.degrees(np.arctan2(goal[1], goal[0])) == pytest.approx(40.0, abs=0.1)


VALLEYS = """
    (root) => {
        const heights = root.querySelector(".hgmrl-misfit-curve").getAttribute("d").slice(1).split("L")
            .map((pair) => -Number(pair.split(" ")[1])).slice(0, -1);
        const at = (k) => heights[(k + heights.length) % heights.length];
        return heights.filter((height, k) => height < at(k - 1) && height <= at(k + 1)).length;
    }
"""


def test_the_antipode_is_a_valley_until_signs_count(aligner):
    assert aligner.root.evaluate(VALLEYS) == 2
    lines = aligner.path(NEW)
    aligner.box("signed").check()
    aligner.notebook.wait_python("aligner.signed")
    aligner.frame()
    assert aligner.root.evaluate(VALLEYS) == 1
    assert aligner.path(NEW) != lines
    # An arrow has two strokes where a line has one.
    assert aligner.path(NEW).count("M") == 40
    assert aligner.root.locator(".hgmrl-alignment-other").is_visible()
    assert "the arrows are" in aligner.text("strong.hgmrl-state")


def test_other_transitions_by_the_button(aligner):
    new = aligner.path(NEW)
    button = aligner.root.get_by_role("button", name="Explore again")
    for draw in (1, 2, 3, 4, 5, 6, 7, 0):
        button.click()
        aligner.notebook.wait_python(f"aligner.draw == {draw}")
        assert (aligner.path(NEW) == new) == (draw == 0)


def wait_answer(aligner, words):
    aligner.page.wait_for_function(
        "(words) => document.querySelector('.hgmrl-answer').textContent.includes(words)",
        arg=words,
        timeout=10_000,
    )


def test_the_package_s_answer_is_revealed_and_follows(aligner):
    aligner.box("reveal").check()
    wait_answer(aligner, "explains the rewards: yes")
    found = aligner.notebook.python("[float(x) for x in (aligner.inference.angle, aligner.true_turn)]")
    words = aligner.text(".hgmrl-answer").replace("−", "-")
    assert words.startswith(f"turn by {np.degrees(found[0]):.2f}°")
    assert float(words.split(": ")[1].split("°")[0]) < 1.0
    assert aligner.root.locator(".hgmrl-plane .hgmrl-aim").is_visible()
    aligner.drag(aligner.goal, aligner.point(0.3, 0.1))
    wait_answer(aligner, "no turn explains the rewards")
    aligner.box("reveal").uncheck()
    aligner.frame()
    assert not aligner.root.locator(".hgmrl-answer").is_visible()
    assert not aligner.root.locator(".hgmrl-plane .hgmrl-aim").is_visible()


def test_two_views_agree_and_python_moves_both(aligner):
    other = Aligner(aligner.notebook, 1)
    aligner.drag(aligner.knob, aligner.on_ring(30.0), aligner.on_ring(70.0))
    aligner.drag(aligner.goal, aligner.point(0.2, -0.8))
    for name in (FIELD, NEW, BASE_LINES, CURVE_PATH):
        assert other.path(name) == aligner.path(name)
    assert other.turn() == aligner.turn()
    aligner.notebook.python("setattr(aligner, 'turn_degrees', -33.0)")
    aligner.page.wait_for_function(
        """() => [...document.querySelectorAll(".hgmrl-turn-handle")]
            .every((handle) => handle.getAttribute("aria-valuenow") === "-33.0")""",
        timeout=5000,
    )


def test_labels_stay_inside_and_apart(aligner):
    for turn in (0.0, -105.0, 45.0, 180.0):
        for goal in ((0.866, 0.5), (-1.3, 0.2), (0.0, -1.4), (0.0, 0.3), (-0.7, 0.7)):
            aligner.notebook.python(
                f"[aligner.set_trait('turn_degrees', {turn}), aligner.set_trait('goal', {goal})]"
            )
            shown = f"new goal at x {goal[0]:.2f}, y {goal[1]:.2f}".replace("-", "−")
            aligner.page.wait_for_function(
                """(text) => document.querySelector(".hgmrl-goal-handle").getAttribute("aria-valuetext")
                    === text""",
                arg=shown,
                timeout=5000,
            )
            boxes = seen_labels(aligner.root.locator(".hgmrl-plane"))
            assert boxes
            for _, left, top, right, bottom in boxes:
                assert min(left, top) >= 0, shown
                assert max(right, bottom) <= 440, shown
            for (_, left, top, right, bottom), (_, u, v, far, low) in itertools.combinations(boxes, 2):
                assert right < u or far < left or bottom < v or low < top, shown


CONTRAST = """
    (root) => {
        const channels = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map(Number);
        const luminance = (colour) => {
            const [r, g, b] = channels(colour)
                .map((c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
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
            tick: of(style(".hgmrl-tick").fill),
            fresh: of(style(".hgmrl-layer-strokes .hgmrl-new-lines").stroke),
            base: of(style(".hgmrl-layer-strokes .hgmrl-base-lines").stroke),
            curve: of(style(".hgmrl-misfit-curve").stroke),
            ring: of(style(".hgmrl-turn-ring").stroke),
        };
    }
"""


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_both_themes_are_readable(aligner, theme, tmp_path):
    aligner.notebook.set_theme(theme)
    try:
        contrast = aligner.root.evaluate(CONTRAST)
        # WCAG 2.2: 4.5 for text, 3 for what carries meaning.
        assert min(contrast[name] for name in ("text", "label", "detail", "tick")) >= 4.5, contrast
        assert min(contrast.values()) >= 3.0, contrast
        aligner.root.screenshot(path=tmp_path / "task_aligner.png")
    finally:
        aligner.notebook.set_theme("JupyterLab Light")


def test_it_fits_a_narrow_page(aligner):
    size = aligner.page.viewport_size
    aligner.page.set_viewport_size({"width": 570, "height": size["height"]})
    try:
        aligner.frame()
        assert aligner.root.bounding_box()["width"] < 480
        wide = aligner.root.evaluate(
            """(root) => [...root.querySelectorAll("*")]
                .filter((element) => !element.closest(".hgmrl-spoken, .hgmrl-figure svg"))
                .map((element) => element.getBoundingClientRect().right - root.getBoundingClientRect().right)
                .reduce((a, b) => Math.max(a, b))"""
        )
        assert wide <= 1.0
        plane, panel = (
            aligner.root.locator(name).bounding_box() for name in (".hgmrl-plane", ".hgmrl-panel")
        )
        assert panel["y"] > plane["y"] + plane["height"]
        aligner.drag(aligner.goal, aligner.point(-0.5, -0.5))
        assert aligner.place() == pytest.approx((-0.5, -0.5), abs=0.03)
    finally:
        aligner.page.set_viewport_size(size)


def test_without_a_jupyter_kernel_it_still_follows_the_hand(aligner):
    # The last test of this notebook: its Jupyter kernel goes.
    with aligner.notebook.no_kernel(".hgmrl-task-aligner"):
        before = aligner.path(NEW)
        aligner.drag(aligner.goal, aligner.point(0.0, 1.0))
        assert aligner.place() == pytest.approx((0.0, 1.0), abs=0.03)
        assert aligner.path(NEW) != before
