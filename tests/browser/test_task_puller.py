"""TaskPuller: its numbers beside Python's, and in a real JupyterLab under hand, keys and sliders."""

import base64
import itertools
import re

import numpy as np
import pytest
from run_javascript import call
from scipy.linalg import sqrtm
from widget_view import seen_labels

from hgmrl_lite import actions, envs
from hgmrl_lite.widgets import TaskPuller
from hgmrl_lite.widgets.task_puller.tasks import (
    ACTIONS,
    BASE_GOAL,
    BOUNDS,
    MAPS,
    REWARDS,
    TARGETS,
    VERDICTS,
    task_map,
)

pytestmark = pytest.mark.browser

MAKE = """
from hgmrl_lite.widgets import TaskPuller
puller = TaskPuller()
puller
"""
FILES = "task_puller/scene.js task_puller/maps.js task_puller/findings.js"
TRAITS = (
    "kind",
    "t",
    "direction",
    "reward",
    "target",
    "action_set",
    "show_base",
    "show_policy",
    "settings",
    "array_index",
)
START = {
    "kind": "rotation", "t": 0.6, "direction": 0.0, "reward": "round goal", "target": "turned",
    "action_set": "disc", "show_base": True, "show_policy": True,
}  # fmt: skip
HALF = 2.2


@pytest.fixture(scope="module")
def page(browser):
    page = browser.blank_page()
    yield page
    page.close()


def compute(page, body, argument):
    return call(page, FILES, body, argument)


def places():
    """Return maps of every kind: near the identity, in the middle, at the ends."""
    rng = np.random.default_rng(0)
    return [
        (kind, float(share * values["limit"]), float(rng.uniform(-180, 180)))
        for kind, values in MAPS.items()
        for share in (-1.0, -0.37, -1e-6, 0.0, 0.2, 0.55, 1.0)
    ]


def turn_between(first, second):
    """Return the area that two vectors span: 0 when they lie on one line."""
    return first[0] * second[1] - first[1] * second[0]


def place_of(kind, t, direction):
    return {"kind": kind, "t": t, "direction": direction}


def matrix_of(got):
    matrix = np.eye(3)
    matrix[:2, :2], matrix[:2, 2] = np.reshape(got["linear"], (2, 2)), got["shift"]
    return matrix


MODEL = """
    const bytes = Uint8Array.from(atob(input.data), (c) => c.charCodeAt(0));
    const state = { ...input.state, array_data: new DataView(bytes.buffer) };
    const scene = lib.taskScene({ get: (name) => state[name] });
"""


def model_of(puller, **more):
    """Return what JavaScript gets of a widget."""
    state = {name: getattr(puller, name) for name in TRAITS}
    return {"state": state, "data": base64.b64encode(puller.array_data).decode(), **more}


def test_maps_are_those_of_the_package(page):
    got = compute(page, "return input.map(lib.taskMap);", [place_of(*place) for place in places()])
    for place, found in zip(places(), got, strict=True):
        np.testing.assert_allclose(matrix_of(found), task_map(*place).matrix, atol=1e-12)


def test_rewards_and_policies_are_those_of_the_package(page):
    points = np.random.default_rng(1).normal(size=(60, 2))
    body = """
        const rewards = lib.taskRewards(input.goal, input.slow);
        return Object.fromEntries(Object.entries(rewards).map(([name, { value, gradient, policy }]) =>
            [name, input.points.map(([x, y]) => [value(x, y), ...gradient(x, y), ...policy(x, y)])]));
    """
    settings = TaskPuller().settings
    argument = {"goal": settings["goal"], "slow": settings["slow"], "points": points.tolist()}
    got = compute(page, body, argument)
    assert list(got) == list(REWARDS)
    for name, reward in REWARDS.items():
        gradient = actions.numerical_gradient(reward.value, points)
        expected = np.column_stack([reward.value(points), gradient, reward.policy(points)])
        np.testing.assert_allclose(got[name], expected, atol=1e-8)


def reward_gap(puller):
    """Return the package's functional test: what the carried reward misses, in units of its spread."""
    value, points = REWARDS[puller.reward].value, puller.samples["points"]
    missed = puller.target_element.on_function(value)(puller.element(points)) - value(points)
    return np.sqrt(np.square(missed).mean()) / value(points).std()


def figures(puller):
    """Return what each test should measure, by the package's own functions and SciPy's."""
    g, linear = puller.element, puller.element.matrix[:2, :2]
    points = puller.samples["points"]
    target = puller.target_element.on_function(REWARDS[puller.reward].value)
    ours = g.push_covector(points, actions.numerical_gradient(REWARDS[puller.reward].value, points))
    theirs = actions.numerical_gradient(target, g(points))
    cross, along = ours[:, 0] * theirs[:, 1] - ours[:, 1] * theirs[:, 0], (ours * theirs).sum(axis=1)

    def step(raw):
        free = puller.action_set == "unbounded"
        return raw if free else envs.Navigation(puller.action_set).mean_next_state(np.zeros_like(raw), raw)

    # The Wasserstein distance between two Gaussians, by their covariances.
    here, there = envs.NOISE**2 * np.eye(2), envs.NOISE**2 * linear @ linear.T
    root = sqrtm(here)
    apart = np.trace(here + there - 2.0 * sqrtm(root @ there @ root).real)
    away = np.sqrt(np.square(g.matrix[:2, 2]).sum() + max(apart, 0.0)) / np.sqrt(np.trace(here))
    often = np.linalg.matrix_power(g.matrix, 20) @ [*BASE_GOAL, 1.0]
    both = actions.LinearAction(linear)
    return {
        "aligned": np.degrees(np.arctan2(np.abs(cross), np.abs(along))).mean(),
        "rewards": reward_gap(puller),
        "system": actions.equivariance_residual(step, both, both, puller.samples["actions"]),
        "noise": np.abs(np.linalg.svd(linear, compute_uv=False) - 1.0).max(),
        "starts": away,
        "connected": np.linalg.det(linear),
        "compact": np.hypot(*often[:2]),
    }


def answers_of(page, questions):
    """Return what one scene answers to all the questions, as under a hand: it must not mix them up."""
    body = (
        MODEL
        + """
        return input.questions.map((question) => {
            Object.assign(state, question);
            const { findings, verdict, carriedGoal, targetGoal, arrows } = scene.compute();
            return { findings, verdict, carriedGoal, targetGoal, arrows };
        });
    """
    )
    return compute(page, body, model_of(TaskPuller(), questions=questions))


def test_the_findings_are_those_of_the_package(page):
    questions = [
        {**place_of(*place), "reward": reward, "target": target, "action_set": action_set}
        for number, place in enumerate(places())
        for reward, target, action_set in [
            (list(REWARDS)[number % 2], list(TARGETS)[number % 5], ACTIONS[number % 3]),
            (list(REWARDS)[(number + 1) % 2], list(TARGETS)[(number + 2) % 5], ACTIONS[(number + 1) % 3]),
        ]
    ]
    bounds = {**BOUNDS, "noise": BOUNDS["system"]}
    for question, got in zip(questions, answers_of(page, questions), strict=True):
        puller = TaskPuller(**question)
        for name, expected in figures(puller).items():
            found = got["findings"][name]
            # The angle between two lines is an arc tangent of rounding where they are one.
            assert found["figure"] == pytest.approx(expected, rel=1e-6, abs=2e-6), (name, question)
            if name in bounds:
                assert found["holds"] == (found["figure"] <= bounds[name]), (name, question)
        assert got["findings"]["connected"]["holds"] == (question["kind"] != "reflection")
        assert got["findings"]["compact"]["holds"] == MAPS[question["kind"]]["compact"]
        np.testing.assert_allclose(got["carriedGoal"], puller.element(BASE_GOAL), atol=1e-12)
        np.testing.assert_allclose(got["targetGoal"], puller.target_element(BASE_GOAL), atol=1e-12)
        arrows = np.array(got["arrows"])
        np.testing.assert_allclose(arrows[:, 2:], puller.carried_policy(arrows[:, :2]), atol=1e-8)


def test_each_target_fails_where_it_should(page):
    cases = [
        ("turned", "disc", "hereditary"),
        ("turned", "unbounded", "hereditary"),
        ("turned", "box", "no symmetry"),
        ("mirrored", "disc", "not connected"),
        ("scaled", "disc", "no symmetry"),
        # Without bounds the mean is equivariant; the noise is not carried to itself.
        ("scaled", "unbounded", "no symmetry"),
        ("sheared", "disc", "no symmetry"),
        ("shifted", "disc", "starts lost"),
        ("shifted", "box", "starts lost"),
    ]
    questions = [
        {**place_of(*TARGETS[target]), "reward": reward, "target": target, "action_set": action_set}
        for reward in REWARDS
        for target, action_set, _ in cases
    ]
    answers = answers_of(page, questions)
    assert [answer["verdict"] for answer in answers] == 2 * [verdict for *_, verdict in cases]
    assert max(answer["findings"]["aligned"]["figure"] for answer in answers) < 1e-4
    assert max(answer["findings"]["rewards"]["figure"] for answer in answers) < 1e-9


@pytest.mark.parametrize(
    ("made", "target", "round_goal", "degrees"),
    [("mirrored", "turned", "not connected", 20.0), ("scaled", "shifted", "level sets only", 5.0)],
)
def test_only_the_valley_tells_a_mirror_from_a_turn_and_a_scaling_from_a_shift(
    page, made, target, round_goal, degrees
):
    questions = [
        {**place_of(*TARGETS[made]), "reward": reward, "target": target, "action_set": "disc"}
        for reward in ("round goal", "bent valley")
    ]
    answers = answers_of(page, questions)
    assert [answer["verdict"] for answer in answers] == [round_goal, "no map"]
    assert answers[1]["findings"]["aligned"]["figure"] > degrees


def test_level_sets_lie_on_their_levels(page):
    for name, reward in REWARDS.items():
        lines = compute(page, MODEL + "return scene.compute().lines;", model_of(TaskPuller(name)))
        # Each level is one closed line: the segments were joined, none is lost.
        assert len(lines) == len(reward.levels)
        assert all(line[:2] == pytest.approx(line[-2:], abs=1e-5) for line in lines)
        steps = [np.linalg.norm(np.diff(np.reshape(line, (-1, 2)), axis=0), axis=1) for line in lines]
        assert max(step.max() for step in steps) < 0.1
        values = reward.value(np.reshape(np.concatenate(lines), (-1, 2)))
        nearest = np.abs(values[:, None] - reward.levels).argmin(axis=1)
        assert np.abs(values - np.array(reward.levels)[nearest]).max() < 0.03
        assert set(nearest) == set(range(len(reward.levels)))


@pytest.mark.parametrize("kind", list(MAPS))
def test_the_hand_finds_the_map_that_carries_the_goal_to_it(page, kind):
    """What can be reached is reached; elsewhere the map comes as near as its kind can."""
    rng = np.random.default_rng(2)
    targets = rng.uniform(-1.6, 1.6, (20, 2)).tolist()
    argument = {"place": place_of(kind, 0.2, 15.0), "goal": list(BASE_GOAL), "targets": targets}
    body = "return input.targets.map((target) => lib.pulledTask(input.place, input.goal, target));"
    for target, pulled in zip(targets, compute(page, body, argument), strict=True):
        reached = task_map(kind, pulled["t"], pulled["direction"])(BASE_GOAL)
        if kind in ("shear", "translation"):
            np.testing.assert_allclose(reached, target, atol=1e-9)
        elif kind == "scaling":
            factor = np.dot(target, BASE_GOAL) / np.dot(BASE_GOAL, BASE_GOAL)
            np.testing.assert_allclose(reached, max(factor, 1e-6) * np.array(BASE_GOAL), atol=1e-9)
        else:
            # On the circle, in the hand's direction.
            assert turn_between(reached, target) == pytest.approx(0.0, abs=1e-9)
            assert np.dot(reached, target) > 0.0


def test_stretches_are_singular_values(page):
    matrices = np.random.default_rng(3).normal(size=(30, 2, 2))
    matrices[0], matrices[1] = np.eye(2), [[1, 2], [2, 4]]
    got = compute(page, "return input.map(lib.stretches);", matrices.reshape(-1, 4).tolist())
    expected = np.linalg.svd(matrices, compute_uv=False)[:, ::-1]
    np.testing.assert_allclose(got, expected, atol=1e-12)


@pytest.mark.parametrize("reward", list(REWARDS))
@pytest.mark.parametrize("target", list(TARGETS))
def test_the_best_of_its_kind_fits_where_one_does(page, reward, target):
    kind, _, _ = TARGETS[target]
    puller = TaskPuller(reward, kind=kind, t=0.0, target=target)
    found = compute(page, MODEL + "return scene.best();", model_of(puller))
    fitted = TaskPuller(reward, kind=kind, t=found["t"], direction=found["direction"], target=target)
    assert reward_gap(fitted) < 1e-3


@pytest.mark.parametrize(
    ("kind", "target"), [("rotation", "mirrored"), ("translation", "turned"), ("shear", "scaled")]
)
def test_the_best_of_another_kind_is_a_local_minimum_that_does_not_fit(page, kind, target):
    puller = TaskPuller("bent valley", kind=kind, t=0.0, target=target)
    found = compute(page, MODEL + "return scene.best();", model_of(puller))

    def gap(dt=0.0, turn=0.0):
        limit = MAPS[kind]["limit"]
        t = float(np.clip(found["t"] + dt, -limit, limit))
        other = TaskPuller("bent valley", kind=kind, t=t, direction=found["direction"] + turn, target=target)
        return reward_gap(other)

    best = gap()
    assert best > 0.05
    assert all(gap(dt, turn) >= best - 1e-9 for dt in (-0.01, 0.0, 0.01) for turn in (-1.0, 0.0, 1.0))


class View:
    """One view of the widget, as a user meets it."""

    def __init__(self, notebook, number=0):
        self.notebook = notebook
        self.page = notebook.page
        self.root = notebook.page.locator(".hgmrl-task-puller").nth(number)

    def frame(self):
        """Wait until what was set is drawn."""
        self.notebook.evaluate(
            "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )

    @property
    def handle(self):
        return self.root.locator(".hgmrl-carried-handle")

    def place(self):
        """Where the carried goal is drawn, on the plane."""
        self.frame()
        x, y = (float(v) for v in re.findall(r"-?[\d.]+", self.handle.get_attribute("transform")))
        return np.array([x / 100 - HALF, HALF - y / 100])

    def pixel(self, point):
        """Return the page's coordinates of a point of the plane."""
        box = self.root.locator(".hgmrl-plane").bounding_box()
        scale = box["width"] / (2 * HALF)
        return box["x"] + (point[0] + HALF) * scale, box["y"] + (HALF - point[1]) * scale

    def drag(self, end, release=True):
        mouse = self.page.mouse
        mouse.move(*self.pixel(self.place()))
        mouse.down()
        mouse.move(*self.pixel(end), steps=5)
        if release:
            mouse.up()
            drawn = self.place().tolist()
            near = "abs(__import__('numpy').subtract(puller.element([0.8, 0.3]), {})).max() < 0.006"
            self.notebook.wait_python(f"bool({near.format(drawn)})")

    def picture(self):
        """Return what is on the moving canvas."""
        self.frame()
        return self.root.locator("canvas").nth(1).evaluate("(canvas) => canvas.toDataURL()")

    def answers(self):
        """Return what the table says; words follow the picture at most every 100 ms."""
        self.frame()
        self.page.wait_for_timeout(200)
        texts = self.root.locator(".hgmrl-answer").all_text_contents()
        return [text.split()[-1] for text in texts]

    def verdict(self):
        self.frame()
        self.page.wait_for_timeout(200)
        return self.root.locator(".hgmrl-task-verdict").text_content()

    def slider(self, label):
        return self.root.locator(f".hgmrl-slider:visible input[aria-label='{label}']")


@pytest.fixture(scope="module")
def notebook(browser):
    notebook = browser.open_notebook([MAKE, "puller"])
    notebook.run_all()
    notebook.page.wait_for_selector(".hgmrl-task-puller >> nth=1")
    yield notebook
    notebook.close()


@pytest.fixture
def view(notebook):
    """Return the first view in its first state; afterwards nothing may have gone wrong in the page."""
    notebook.evaluate("() => document.activeElement?.blur()")
    # What the page sends last must not come after what Python sets.
    notebook.page.wait_for_timeout(300)
    notebook.wait_idle()
    view = View(notebook)
    state(view, **START)
    view.root.locator(".hgmrl-plane").scroll_into_view_if_needed()
    yield view
    assert notebook.console_errors == []
    assert notebook.outside_requests == []


def state(view, **values):
    """Set traits in Python, and wait until the picture has them."""
    changes = ", ".join(f"setattr(puller, {name!r}, {value!r})" for name, value in values.items())
    view.notebook.python(f"[{changes}]")
    moved = view.notebook.python("puller.element([0.8, 0.3]).tolist()")
    view.page.wait_for_timeout(60)
    np.testing.assert_allclose(view.place(), moved, atol=0.01)


def test_it_renders_with_what_it_shows_in_words(view):
    assert view.handle.get_attribute("role") == "slider"
    assert view.handle.get_attribute("aria-label") == "Carried base goal"
    spoken = view.handle.get_attribute("aria-valuetext")
    assert spoken == f"turned by 34.4°; {VERDICTS['no map']}"
    assert view.answers() == ["no", "no", "yes", "yes", "yes", "yes"]
    outputs = view.notebook.evaluate(
        "() => window.jupyterapp.shell.currentWidget.content.widgets[1].model.outputs.toJSON()[0].data"
    )
    assert outputs["text/plain"].startswith("TaskPuller: round goal, base task turned by 34.4°")
    assert len(outputs["image/png"]) > 5000


def test_the_goal_is_pulled_onto_the_target_and_snaps_to_it(view):
    before = view.picture()
    goal = task_map(*TARGETS["turned"])(BASE_GOAL)
    view.drag(goal + np.array([0.02, -0.02]))
    assert view.notebook.python("abs(puller.t - 1.919862) < 1e-4")
    assert view.verdict() == VERDICTS["hereditary"]
    assert view.answers() == ["yes"] * 6
    assert view.picture() != before


@pytest.mark.parametrize("kind", list(MAPS))
def test_each_kind_is_dragged_where_it_can_go(view, kind):
    state(view, kind=kind, t=0.2, direction=15.0)
    before, target = view.notebook.python("puller.t"), np.array([0.2, 1.1])
    view.drag(target)
    after = view.notebook.python("[puller.kind, puller.t, puller.direction]")
    assert after[0] == kind
    assert after[1] != before
    if kind in ("shear", "translation"):
        np.testing.assert_allclose(view.place(), target, atol=0.02)
    elif kind != "scaling":
        assert turn_between(view.place(), target) == pytest.approx(0.0, abs=0.03)


def test_the_valley_catches_the_mirror(view):
    goal = task_map(*TARGETS["turned"])(BASE_GOAL)
    view.root.get_by_role("button", name="reflection", exact=True).click()
    view.drag(goal)
    assert view.answers() == ["yes", "yes", "yes", "yes", "no", "yes"]
    assert view.verdict() == VERDICTS["not connected"]
    view.root.get_by_role("button", name="bent valley").click()
    view.notebook.wait_python("puller.reward == 'bent valley'")
    assert view.answers() == ["no", "no", "yes", "yes", "no", "yes"]
    assert view.verdict() == VERDICTS["no map"]


def test_translation_is_caught_by_the_starts(view):
    view.root.get_by_role("button", name="translation", exact=True).click()
    view.drag(task_map(*TARGETS["turned"])(BASE_GOAL))
    assert view.answers() == ["yes", "yes", "yes", "no", "yes", "no"]
    assert view.verdict() == VERDICTS["starts lost"]


def test_keys_step_the_handle_and_insert_no_cell(view):
    cells = view.notebook.cell_count()
    for kind, step, wrap in (("rotation", 1, 179), ("reflection", 1, 89)):
        state(view, kind=kind, t=0.0)
        view.handle.focus()
        for key, degrees in [("ArrowUp", step), ("Shift+ArrowRight", 11 * step), ("ArrowLeft", 10 * step)]:
            view.page.keyboard.press(key)
            view.frame()
            view.notebook.wait_python(f"abs(puller.t - {np.radians(degrees)}) < 1e-4")
        view.page.keyboard.press("Home")
        view.page.keyboard.press("ArrowLeft")
        # Past the end it goes on around.
        view.notebook.wait_python(f"abs(puller.t - {np.radians(wrap)}) < 1e-4")
    state(view, kind="scaling", t=0.0)
    view.handle.focus()
    view.page.keyboard.press("ArrowUp")
    view.notebook.wait_python("abs(puller.t - 0.02) < 1e-6")
    state(view, kind="translation", t=0.0)
    view.handle.focus()
    view.page.keyboard.press("Shift+ArrowUp")
    view.notebook.wait_python("abs(puller.t - 0.5) < 1e-3 and abs(puller.direction - 90) < 0.1")
    for key in ("a", "b", "x", "m", "d", "d", "0"):
        view.page.keyboard.press(key)
    assert view.notebook.cell_count() == cells


@pytest.mark.parametrize(
    ("kind", "label", "trait"),
    [("rotation", "angle", "t"), ("reflection", "mirror line", "t"), ("scaling", "factor", "t"),
     ("shear", "shear t", "t"), ("shear", "direction", "direction"), ("translation", "distance", "t"),
     ("translation", "direction", "direction")],
)  # fmt: skip
def test_every_quantity_has_a_slider(view, kind, label, trait):
    state(view, kind=kind, t=0.5)
    before = view.notebook.python(f"puller.{trait}")
    slider = view.slider(label)
    box = slider.bounding_box()
    view.page.mouse.click(box["x"] + 0.25 * box["width"], box["y"] + box["height"] / 2)
    after = view.notebook.wait_python(f"puller.{trait} != {before} and puller.{trait}")
    assert after < before
    moved = view.notebook.python("puller.element([0.8, 0.3]).tolist()")
    np.testing.assert_allclose(view.place(), moved, atol=0.02)
    slider.focus()
    view.page.keyboard.press("ArrowRight")
    view.notebook.wait_python(f"puller.{trait} > {after}")


def test_choices_are_made_by_buttons(view):
    for trait, values in (("reward", REWARDS), ("target", TARGETS), ("kind", MAPS), ("action_set", ACTIONS)):
        for value in reversed(list(values)):
            button = view.root.get_by_role("button", name=value, exact=True)
            button.click()
            view.notebook.wait_python(f"puller.{trait} == {value!r}")
            view.frame()
            assert button.get_attribute("aria-pressed") == "true"
    assert view.root.locator("[aria-pressed=true]").count() == 4


def test_best_and_identity(view):
    state(view, target="scaled", kind="scaling", t=-0.4, reward="bent valley")
    view.root.get_by_role("button", name="best of this kind").click()
    view.notebook.wait_python(f"abs(puller.t - {TARGETS['scaled'][1]}) < 1e-3")
    assert view.answers()[:2] == ["yes", "yes"]
    view.root.get_by_role("button", name="identity").click()
    view.notebook.wait_python("puller.t == 0")
    np.testing.assert_allclose(view.place(), BASE_GOAL, atol=0.01)


def test_boxes_choose_what_is_drawn(view):
    canvases = view.root.locator("canvas")
    for trait, label, number in (("show_base", "base reward", 0), ("show_policy", "carried policy", 1)):
        before = canvases.nth(number).evaluate("(canvas) => canvas.toDataURL()")
        box = view.root.get_by_label(re.compile(label))
        box.uncheck()
        view.notebook.wait_python(f"puller.{trait} is False")
        view.frame()
        assert canvases.nth(number).evaluate("(canvas) => canvas.toDataURL()") != before
        box.check()
        view.notebook.wait_python(f"puller.{trait} is True")
        view.frame()
        assert canvases.nth(number).evaluate("(canvas) => canvas.toDataURL()") == before


def test_two_views_agree(view):
    other = View(view.notebook, 1)
    view.drag([-0.3, -0.8])
    np.testing.assert_allclose(other.place(), view.place())
    assert other.picture() == view.picture()
    assert other.answers() == view.answers()
    other.root.get_by_role("button", name="box", exact=True).click()
    view.notebook.wait_python("puller.action_set == 'box'")
    assert view.answers()[2] == "no"


def test_touch_drags_as_well(view):
    session = view.page.context.new_cdp_session(view.page)
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    try:
        start = view.place()
        ways = [("touchStart", start), ("touchMove", [0.0, 0.9]), ("touchMove", [-0.7, -0.2])]
        for kind, point in ways:
            x, y = view.pixel(point)
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        assert turn_between(view.place(), [-0.7, -0.2]) == pytest.approx(0.0, abs=0.03)
    finally:
        session.send("Emulation.setTouchEmulationEnabled", {"enabled": False})


CONTRAST = """(root) => {
    const probe = root.appendChild(document.createElement("span"));
    const channels = (colour) => {
        probe.style.color = colour;
        return getComputedStyle(probe).color.match(/[\\d.]+/g).slice(0, 3).map(Number);
    };
    const luminance = (colour) => {
        const [r, g, b] = channels(colour)
            .map((c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const back = luminance("var(--hgmrl-back)");
    const of = (colour) => {
        const [low, high] = [luminance(colour), back].sort((a, b) => a - b);
        return (high + 0.05) / (low + 0.05);
    };
    const figures = {
        text: of("var(--hgmrl-text)"), soft: of("var(--hgmrl-soft)"), carried: of("var(--hgmrl-geometric)"),
        target: of("var(--hgmrl-target-edge)"), policy: of("var(--hgmrl-base)"),
        starts: of("var(--hgmrl-train)"), carried_starts: of("var(--hgmrl-explore)"),
    };
    probe.remove();
    return figures;
}"""


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_both_themes_are_readable(view, theme):
    before = view.picture()
    view.notebook.set_theme(theme)
    try:
        contrast = view.root.evaluate(CONTRAST)
        # WCAG 2.2: 4.5 for text, 3 for what carries meaning.
        assert min(contrast["text"], contrast["soft"]) >= 4.5, contrast
        assert min(contrast.values()) >= 3.0, contrast
        # The canvases take the theme's colours at once.
        assert (view.picture() == before) == ("Light" in theme)
    finally:
        view.notebook.set_theme("JupyterLab Light")
    assert view.picture() == before


@pytest.mark.parametrize("kind", list(MAPS))
def test_labels_stay_inside_and_apart(view, kind):
    state(view, kind=kind, t=0.0)
    seen = set()
    for t in np.linspace(-0.9, 0.9, 7) * MAPS[kind]["limit"]:
        state(view, t=float(t), direction=40.0)
        labels = seen_labels(view.root.locator(".hgmrl-plane"))
        seen |= {label[0] for label in labels}
        for name, left, top, right, bottom in labels:
            assert min(left, top) >= 0, (name, t)
            assert max(right, bottom) <= 440, (name, t)
        for (name, left, top, right, bottom), (other, u, v, far, low) in itertools.combinations(labels, 2):
            apart = right <= u or far <= left or bottom <= v + 3 or low <= top + 3
            assert apart, (name, other, t)
    assert {"target task", "base task"} <= seen


def test_it_fits_a_narrow_page(view):
    size = view.page.viewport_size
    view.page.set_viewport_size({"width": 560, "height": size["height"]})
    try:
        state(view, kind="shear")
        assert view.root.bounding_box()["width"] < 470
        wide = view.root.evaluate(
            """(root) => [...root.querySelectorAll("*")]
                .filter((element) => !element.closest(".hgmrl-spoken") && !element.closest("svg"))
                .map((element) => element.getBoundingClientRect().right - root.getBoundingClientRect().right)
                .reduce((a, b) => Math.max(a, b))"""
        )
        assert wide <= 1.0
    finally:
        view.page.set_viewport_size(size)


def test_without_a_jupyter_kernel_it_still_follows_the_hand(view):
    # The last test of this notebook: its Jupyter kernel goes.
    with view.notebook.no_kernel(".hgmrl-task-puller"):
        before = view.picture()
        view.drag([-0.6, 0.9], release=False)
        view.page.mouse.up()
        angle = np.arctan2(0.9, -0.6)
        expected = np.hypot(*BASE_GOAL) * np.array([np.cos(angle), np.sin(angle)])
        np.testing.assert_allclose(view.place(), expected, atol=0.02)
        assert view.picture() != before
