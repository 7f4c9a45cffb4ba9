"""GoalDrag with everything in a real JupyterLab: rivals, training goals, the ring, episodes in motion."""

import base64
import math
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect
from rival_standin import standin_rivals
from standin import standin_agent
from test_javascript import call

from hgmrl_lite.envs import navigation
from hgmrl_lite.widgets import GoalDrag

pytestmark = pytest.mark.browser

HELPERS = Path(__file__).parents[1] / "widgets"
MAKE = f"""
import sys
sys.path.insert(0, {str(HELPERS)!r})
from standin import standin_agent
from rival_standin import standin_rivals
from test_goal_drag_complete import again
from hgmrl_lite.envs import navigation
from hgmrl_lite.widgets import GoalDrag
drag = GoalDrag(
    standin_agent(), navigation(), rivals=standin_rivals(), rediscover=again,
    ring=True, replay=True, episodes=6,
)
drag
"""
CELLS = [MAKE, "drag"]
TRAINING = [135.0, -18.0, -96.5, -144.5]


class Complete:
    """One view of the widget, as a user meets it."""

    def __init__(self, notebook, number=0):
        self.notebook = notebook
        self.page = notebook.page
        self.root = notebook.page.locator(".hgmrl-goal-drag").nth(number)
        self.training = self.root.locator(".hgmrl-training-handle")

    def frame(self):
        """Wait until what was set is drawn, the words beside the figure as well."""
        self.notebook.evaluate(
            "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )
        self.page.wait_for_timeout(120)

    def point(self, degrees, radius=1.0):
        plane, ring = (self.root.locator(name).bounding_box() for name in (".hgmrl-plane", ".hgmrl-circle"))
        reach = radius * ring["width"] / 2
        return (
            plane["x"] + plane["width"] / 2 + reach * math.cos(math.radians(degrees)),
            plane["y"] + plane["height"] / 2 - reach * math.sin(math.radians(degrees)),
        )

    def degrees(self, goal):
        self.frame()
        return float(self.training.nth(goal).get_attribute("aria-valuenow"))

    def path(self, name):
        self.frame()
        return self.root.locator(f".hgmrl-layer-paths {name}").get_attribute("d")

    def text(self, name):
        self.frame()
        return self.root.locator(name).text_content()


@pytest.fixture
def drag(notebook):
    """Return the first view with the training goals where they were discovered; nothing may go wrong."""
    notebook.evaluate("() => document.activeElement?.blur()")
    notebook.python(
        f"[drag.set_trait('training_degrees', {TRAINING}),"
        f" drag.set_trait('asked', {{**drag.asked, 'geometry': {TRAINING}}}),"
        " setattr(drag, 'goal_degrees', 60.0)]"
    )
    notebook.wait_python("not drag.stale and drag.answered == [60.0, 0, 20]")
    view = Complete(notebook)
    view.root.scroll_into_view_if_needed()
    view.frame()
    yield view
    assert notebook.console_errors == []
    assert notebook.outside_requests == []


def test_it_renders_every_agent(drag):
    assert drag.training.count() == 4
    for name in ("nearest task", "goal-conditioned"):
        assert drag.root.locator(".hgmrl-card").filter(has_text=name).is_visible()
    assert drag.path(".hgmrl-faint.hgmrl-agent-conditioned").count("M") == 6
    assert "discovered from these 4 training goals" in drag.text(".hgmrl-training-state")
    regrets = drag.notebook.python("drag.regrets")
    card = drag.root.locator(".hgmrl-card.hgmrl-agent-nearest .hgmrl-regret")
    assert card.text_content() == f"regret {regrets['nearest task']:.0f}"


def test_a_box_hides_a_rival(drag):
    box = drag.root.get_by_label("goal-conditioned, told the goal")
    box.uncheck()
    drag.frame()
    assert not drag.root.locator(".hgmrl-layer-paths .hgmrl-mean.hgmrl-agent-conditioned").is_visible()
    assert not drag.root.locator(".hgmrl-card.hgmrl-agent-conditioned").is_visible()
    drag.notebook.wait_python("drag.shown_rivals == ['nearest task']")
    box.check()
    drag.notebook.wait_python("len(drag.shown_rivals) == 2")


def test_a_training_goal_that_is_dragged_makes_the_geometry_stale_until_let_go(drag):
    mouse = drag.page.mouse
    mouse.move(*drag.point(-18.0))
    mouse.down()
    mouse.move(*drag.point(20.0), steps=5)
    assert drag.degrees(1) == pytest.approx(20.0, abs=0.6)
    assert "out of date" in drag.text(".hgmrl-training-state")
    aged = drag.root.locator(".hgmrl-layer-paths .hgmrl-mean.hgmrl-of-geometric")
    assert "hgmrl-out-of-date" in aged.get_attribute("class")
    drag.notebook.wait_python("drag.stale")
    mouse.up()
    drag.notebook.wait_python("not drag.stale and abs(drag.discovered[1] - 20) < 0.6", limit=30)
    drag.page.wait_for_function(
        "() => document.querySelector('.hgmrl-training-state').textContent.includes('discovered from these')",
        timeout=9000,
    )
    drag.frame()
    assert "hgmrl-out-of-date" not in aged.get_attribute("class")


def test_keys_and_slider_move_a_training_goal(drag):
    drag.training.nth(2).focus()
    cells = drag.notebook.cell_count()
    for key, expected in [("ArrowRight", -95.5), ("Shift+ArrowUp", -85.5), ("ArrowDown", -86.5)]:
        drag.page.keyboard.press(key)
        assert drag.degrees(2) == expected, key
    drag.page.keyboard.press("a")
    assert drag.notebook.cell_count() == cells
    drag.notebook.wait_python("drag.discovered[2] == -86.5", limit=30)
    drag.root.locator(".hgmrl-training summary").click()
    slider = drag.root.get_by_label("Training goal 4", exact=True)
    slider.focus()
    drag.page.keyboard.press("ArrowRight")
    assert drag.degrees(3) == -143.5
    drag.notebook.wait_python("drag.discovered[3] == -143.5", limit=30)
    drag.root.locator(".hgmrl-training summary").click()


def test_two_views_agree(drag):
    other = Complete(drag.notebook, 1)
    drag.training.nth(1).focus()
    drag.page.keyboard.press("ArrowLeft")
    assert other.degrees(1) == drag.degrees(1) == -19.0
    assert other.path(".hgmrl-faint.hgmrl-agent-nearest") == drag.path(".hgmrl-faint.hgmrl-agent-nearest")
    drag.notebook.wait_python("drag.discovered[1] == -19.0", limit=30)


def test_the_ring_fills_while_the_hand_rests(drag):
    drag.page.wait_for_function(
        """() => document.querySelector('.hgmrl-layer-round .hgmrl-agent-base')
            .getAttribute('d').endsWith('Z')""",
        timeout=30_000,
    )
    line = drag.root.locator(".hgmrl-layer-round .hgmrl-agent-geometric").get_attribute("d")
    assert line.count("L") == 47


def test_episodes_play_pause_and_follow_the_slider(drag):
    walkers = drag.root.locator(".hgmrl-walkers.hgmrl-of-geometric")
    button = drag.root.locator(".hgmrl-play")
    button.click()
    drag.page.wait_for_timeout(400)
    first = walkers.get_attribute("d")
    assert first.count("M") == 6
    assert button.text_content() == "Pause"
    expect(walkers).not_to_have_attribute("d", first)
    button.click()
    drag.frame()
    held = walkers.get_attribute("d")
    drag.page.wait_for_timeout(300)
    assert walkers.get_attribute("d") == held
    assert button.text_content() == "Play"
    slider = drag.root.get_by_label("Episodes at step", exact=True)
    slider.focus()
    drag.page.keyboard.press("Home")
    drag.frame()
    assert slider.get_attribute("aria-valuetext") == "0"
    assert walkers.get_attribute("d") != held


def test_reduced_motion_gets_single_steps(drag):
    drag.page.emulate_media(reduced_motion="reduce")
    try:
        slider = drag.root.get_by_label("Episodes at step", exact=True)
        slider.focus()
        drag.page.keyboard.press("Home")
        drag.frame()
        button = drag.root.locator(".hgmrl-play")
        assert button.text_content() == "One step"
        for step in (1, 2):
            button.click()
            drag.frame()
            assert slider.get_attribute("aria-valuetext") == str(step)
        drag.page.wait_for_timeout(400)
        assert slider.get_attribute("aria-valuetext") == "2"
    finally:
        drag.page.emulate_media(reduced_motion="no-preference")


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_both_themes_are_pictured(drag, theme, tmp_path):
    drag.notebook.set_theme(theme)
    try:
        picture = drag.root.screenshot(path=tmp_path / "goal_drag_complete.png")
        assert len(picture) > 20_000
    finally:
        drag.notebook.set_theme("JupyterLab Light")


SCENE = """
    const state = { ...input.state, array_data: new DataView(
        Uint8Array.from(atob(input.state.array_data), (c) => c.charCodeAt(0)).buffer) };
    const scene = lib.goalDragScene({ get: (name) => state[name] });
    return input.degrees.map((degrees) => {
        state.goal_degrees = degrees;
        return { rivals: scene.compute().rivals, regrets: scene.regrets(degrees) };
    });
"""


@pytest.fixture(scope="module")
def blank(browser):
    page = browser.blank_page()
    yield page
    page.close()


@pytest.mark.parametrize("action_set", ["disc", "box"])
def test_rivals_and_regrets_are_python_s(blank, action_set):
    agent, rivals = standin_agent(action_set), standin_rivals(action_set)
    family = navigation(action_set=action_set)
    drag = GoalDrag(agent, family, rivals=rivals, episodes=5, seed=2)
    names = (
        "goal_degrees", "draw", "context_size", "show_base", "show_geometric", "show_exploration",
        "shown_rivals", "training_degrees", "discovered", "array_index", "settings",
    )  # fmt: skip
    state = {name: getattr(drag, name) for name in names}
    state["array_data"] = base64.b64encode(drag.array_data).decode()
    asked = [60.0, -17.5, 180.0, 101.25]
    answers = call(blank, "goal_drag/scene.js", SCENE, {"state": state, "degrees": asked})
    for degrees, got in zip(asked, answers, strict=True):
        drag.goal_degrees = degrees
        policies = [
            drag.policy,
            agent.base_policy,
            *(rival.adapt(drag.context, drag.goal) for rival in rivals),
        ]
        options = {"episodes": 5, "seed": 2}
        best = family.rollout(family.reference(drag.goal), drag.goal[None], **options).returns
        for number, policy in enumerate(policies):
            played = family.rollout(policy, drag.goal[None], trajectories=True, **options)
            assert got["regrets"][number] == pytest.approx((best - played.returns).mean(), abs=1e-3)
            if number < 2:
                continue
            rival = got["rivals"][number - 2]
            for path, length, states in zip(
                rival["paths"], rival["lengths"], played.trajectories[0], strict=True
            ):
                assert length == np.isfinite(states[:, 0]).sum()
                np.testing.assert_allclose(np.reshape(path, (-1, 2))[:length], states[:length], atol=1e-5)
        assert got["rivals"][0]["nearest"] == rivals[0].nearest(drag.context)
