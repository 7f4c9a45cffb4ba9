"""GoalDrag with a car and an arm in a real JupyterLab: hand, keys, words, motion, both themes."""

import re
from pathlib import Path

import numpy as np
import pytest
from goal_drag_view import Drag, at_sixty
from site_pages import OpenPage
from widget_view import THEMES, outside, overlaps

from hgmrl_lite.envs.arm import LINKS

pytestmark = pytest.mark.browser

HELPERS = Path(__file__).parents[1] / "widgets"
MAKE = f"""
import sys
sys.path.insert(0, {str(HELPERS)!r})
from body_standin import arm_agent, car_agent
from hgmrl_lite.envs import arm, car
from hgmrl_lite.widgets import GoalDrag
options = dict(episodes=6, evaluation_episodes=20, replay=True)
car_drag = GoalDrag(car_agent(), car(), **options)
car_drag
"""
CELLS = [MAKE, "arm_drag = GoalDrag(arm_agent(), arm(), **options)\narm_drag"]
FOUND = r"policy at the inferred angle (\S+)° \(error (\S+)°\)"
GEOMETRIC = ".hgmrl-of-geometric"


class Car(Drag):
    VARIABLE = "car_drag"

    def at(self):
        """Where the geometric agent's body is drawn, in units of the plane."""
        x, y = re.match(
            r"translate\((\S+) (\S+)\)", self.attribute(f".hgmrl-car{GEOMETRIC}", "transform")
        ).groups()
        return (np.array([float(x), -float(y)]) - [220.0, -220.0]) * 1.7 / 220.0


class Arm(Drag):
    VARIABLE = "arm_drag"

    def limbs(self):
        """The base joint, the elbow and the tip as they are drawn, in units of the plane."""
        path = self.attribute(f".hgmrl-arm{GEOMETRIC} .hgmrl-limbs:not(.hgmrl-start)")
        pixels = np.array(re.findall(r"[\d.]+", path), dtype=float).reshape(-1, 2)
        return (pixels * [1.0, -1.0] - [220.0, -220.0]) * 0.8 * 1.7 / 220.0

    def at(self):
        return self.limbs()[-1]


@pytest.fixture(params=[Car, Arm])
def body(request, notebook):
    """Return a view at rest at 60°; afterwards nothing may have gone wrong."""
    yield from at_sixty(request.param(notebook, [Car, Arm].index(request.param)))


def test_it_says_in_words_what_it_shows(body):
    spoken = body.attribute(".hgmrl-handle", "aria-valuetext").replace("−", "-")
    found = re.match(rf"test goal at 60\.0°; {FOUND}", spoken)
    assert float(found[2]) < 1.0
    ending = body.get("w._scene.ending(w)")
    assert spoken == found[0] + (f"; {ending}" if ending else "")
    assert ("car arrives" in ending) == isinstance(body, Car)
    assert "trained for the goal at 135.0°, 75.0° away" in body.text(".hgmrl-card.hgmrl-of-base")
    assert "before it asks the base policy" in body.text(".hgmrl-legend > .hgmrl-note")
    assert "the base policy turned by the goal's true angle" in body.text(".hgmrl-panel > .hgmrl-note")
    assert body.get("repr(w)").startswith(
        "GoalDrag: test goal at 60.0°; geometric agent: policy at the inferred"
    )


def test_dragging_moves_the_goal_the_body_and_python(body):
    before = body.path(f".hgmrl-faint{GEOMETRIC}"), body.path(".hgmrl-faint.hgmrl-of-base")
    body.drag_to(-100.0, release=False)
    assert body.drawn_degrees() == pytest.approx(-100.0, abs=0.6)
    assert body.path(f".hgmrl-faint{GEOMETRIC}") != before[0]
    assert body.part(".hgmrl-regret.hgmrl-stale").count() == 2
    body.page.mouse.up()
    degrees, *_ = body.rest()
    assert degrees == pytest.approx(-100.0, abs=0.6)
    assert body.path(f".hgmrl-faint{GEOMETRIC}").count("M") == 6
    # The body that is shown has arrived, and what is on screen is what Python infers.
    gap = np.linalg.norm(body.at() - body.get("w.goal.tolist()"))
    assert gap < 0.15
    words = body.text(f".hgmrl-card{GEOMETRIC} .hgmrl-state").replace("−", "-")
    assert float(re.search(FOUND, words)[1]) == pytest.approx(body.get("w.inferred_degrees"), abs=0.06)
    regrets = body.get("w.regrets")
    assert body.text(".hgmrl-card.hgmrl-of-base .hgmrl-regret") == f"regret {regrets['base']:.0f}"
    assert abs(regrets["geometric"]) < 1.0 < regrets["base"]


def test_keys_and_the_slider_step_and_insert_no_cell(body):
    for key, expected in [("ArrowRight", 61.0), ("Shift+ArrowLeft", 51.0), ("PageUp", 61.0), ("End", 180.0)]:
        body.press(body.handle, key)
        assert body.degrees() == expected, key
    body.press(body.slider("Test goal"), "ArrowDown", "a", "d", "d")
    assert body.rest() == [179.0, 0, 20]


def test_a_finger_drags_the_goal(body):
    body.touch(body.point(60.0), body.point(50.0), body.point(40.0))
    assert body.drawn_degrees() == pytest.approx(40.0, abs=1.0)
    assert body.rest()[0] == pytest.approx(40.0, abs=1.0)


def test_the_clock_moves_the_body_from_start_to_goal(body):
    clock = body.slider("Episodes at step")
    body.press(clock, "Home")
    start = body.at()
    dots = body.path(f".hgmrl-walkers{GEOMETRIC}")
    assert dots.count("M") == 6
    body.press(clock, "PageUp")
    assert np.linalg.norm(body.at() - start) > 0.2
    assert body.path(f".hgmrl-walkers{GEOMETRIC}") != dots
    body.press(clock, "End")
    assert np.linalg.norm(body.at() - body.get("w.goal.tolist()")) < 0.15


def test_a_car_leaves_two_tracks_and_an_arm_keeps_its_links(body):
    if isinstance(body, Car):
        assert body.path(f".hgmrl-tracks{GEOMETRIC}").count("M") == 2
    else:
        base, elbow, tip = body.limbs()
        lengths = [np.linalg.norm(elbow - base), np.linalg.norm(tip - elbow)]
        np.testing.assert_allclose(lengths, LINKS, atol=0.01)
        np.testing.assert_allclose(base, 0.0, atol=0.01)
    body.root.get_by_label("base policy, unchanged").uncheck()
    body.drawn()
    assert not body.part(".hgmrl-layer-paths .hgmrl-faint.hgmrl-of-base").is_visible()
    assert not body.part(":is(.hgmrl-car, .hgmrl-arm).hgmrl-of-base").is_visible()


@pytest.mark.parametrize("theme", THEMES)
def test_both_themes_are_readable(body, theme):
    line = ".hgmrl-tracks" if isinstance(body, Car) else ".hgmrl-mean"
    with body.theme(theme):
        contrast = body.contrast(
            (".hgmrl-frame", "fill"),
            text=("", "color"),
            label=(".hgmrl-label", "fill"),
            note=(".hgmrl-note", "color"),
            geometric=(f".hgmrl-layer-paths {line}{GEOMETRIC}", "stroke"),
            base=(f".hgmrl-layer-paths {line}.hgmrl-of-base", "stroke"),
            handle=(".hgmrl-handle .hgmrl-ring", "stroke"),
        )
        assert min(contrast["text"], contrast["label"], contrast["note"]) >= 4.5, contrast
        assert min(contrast.values()) >= 3.0, contrast


def test_labels_stay_inside_and_apart(body):
    for degrees in range(-180, 180, 30):
        body.set(goal_degrees=float(degrees))
        labels = body.labels()
        assert outside(labels) == [], degrees
        assert overlaps(labels) == [], degrees


def test_it_fits_a_laptop_s_screen_and_a_narrow_page(body):
    assert body.root.bounding_box()["height"] <= 620.0
    with body.width(430):
        assert body.beyond() <= 1.0
        body.drag_to(-30.0)
        assert body.drawn_degrees() == pytest.approx(-30.0, abs=1.0)


@pytest.mark.parametrize("name", ["GoalDragCar", "GoalDragArm"])
def test_on_a_page_without_jupyter_it_follows_the_hand(browser, gallery, name):
    opened = OpenPage(browser, gallery)
    try:
        handle = opened.page.locator(f".exhibit[aria-labelledby='{name}'] .hgmrl-handle").first
        handle.focus()
        for expected in (61.0, 71.0):
            opened.page.keyboard.press("Shift+ArrowRight" if expected > 61.0 else "ArrowRight")
            opened.page.wait_for_function(
                "([handle, expected]) => Number(handle.getAttribute('aria-valuenow')) === expected",
                arg=[handle.element_handle(), expected],
            )
            found = re.search(FOUND, handle.get_attribute("aria-valuetext").replace("−", "-"))
            assert float(found[1]) == pytest.approx(expected, abs=1.0)
        opened.assert_clean()
    finally:
        opened.page.close()


def test_without_a_jupyter_kernel_it_still_follows_the_hand(notebook):
    # The last test of this notebook: its Jupyter kernel goes.
    body = Car(notebook)
    before = body.path(f".hgmrl-tracks{GEOMETRIC}")
    with body.no_kernel():
        body.drag_to(120.0)
        assert body.drawn_degrees() == pytest.approx(120.0, abs=0.6)
        assert body.path(f".hgmrl-tracks{GEOMETRIC}") != before
