"""GoalDrag on a globe in a real JupyterLab: hand, keys, sliders, turning, both themes, no Jupyter kernel."""

import re
from pathlib import Path

import numpy as np
import pytest
from site_pages import OpenPage
from sphere_standin import sphere_agent
from widget_view import THEMES, WidgetView, outside, overlaps

from hgmrl_lite.envs import sphere
from hgmrl_lite.widgets import GoalDrag
from hgmrl_lite.widgets.goal_drag.scenes import apart, direction
from website import assemble
from website.explore import Exhibit, explore_page

pytestmark = pytest.mark.browser

HELPERS = Path(__file__).parents[1] / "widgets"
MAKE = f"""
import sys
sys.path.insert(0, {str(HELPERS)!r})
from sphere_standin import sphere_agent
from hgmrl_lite.envs import sphere
from hgmrl_lite.widgets import GoalDrag
drag = GoalDrag(sphere_agent(), sphere(), episodes=6, evaluation_episodes=20, replay=True)
drag
"""
CELLS = [MAKE, "drag"]
QUESTION = "[drag.goal_degrees, drag.goal_latitude, drag.draw, drag.context_size]"
FOUND = r"base policy rotated by (\S+)° \(error (\S+)°\)"


class Globe(WidgetView):
    ROOT, VARIABLE = ".hgmrl-goal-drag", "drag"

    @property
    def handle(self):
        return self.part(".hgmrl-handle").first

    @property
    def ball(self):
        return self.part(".hgmrl-turn")

    def goal(self):
        """Longitude and latitude of the goal, as the handle says them."""
        text = self.attribute(".hgmrl-handle", "aria-valuetext").replace("−", "-")
        return [
            float(value)
            for value in re.match(r"test goal at longitude (\S+)°, latitude (\S+)°", text).groups()
        ]

    def seen_from(self):
        text = self.attribute(".hgmrl-turn", "aria-valuetext").replace("−", "-")
        return [
            float(value) for value in re.match(r"seen from longitude (\S+)°, latitude (\S+)°", text).groups()
        ]

    def on_page(self, x, y):
        """Return the page's coordinates of a point of the disc, in radii."""
        disc = self.part(".hgmrl-globe")
        disc.scroll_into_view_if_needed()
        box = disc.bounding_box()
        # The stroke counts into the box.
        radius = box["width"] / 2 - 0.8
        return box["x"] + box["width"] / 2 + radius * x, box["y"] + box["height"] / 2 - radius * y

    def drawn_at(self, selector=".hgmrl-handle .hgmrl-ring"):
        """Where a mark is drawn on the disc, in radii."""
        (x, y), (right, bottom), (left, top) = self.centre(selector), self.on_page(1, -1), self.on_page(-1, 1)
        return np.array([2 * (x - left) / (right - left) - 1, 1 - 2 * (y - top) / (bottom - top)])

    def drag_to(self, x, y, release=True):
        self.drag(self.on_page(*self.drawn_at()), self.on_page(x, y), release=release)

    def path(self, name):
        return [self.attribute(f"{name}.hgmrl-slice-{slice}") for slice in range(4)]

    def rest(self):
        """Wait until Python has evaluated what the hand left; return the question that was answered."""
        self.settle()
        self.notebook.wait_python(f"drag.answered == {QUESTION}", limit=30.0)
        self.settle()
        return self.notebook.python(QUESTION)


@pytest.fixture
def globe(notebook):
    """Return the first view at rest, its goal on the near side; afterwards nothing may have gone wrong."""
    notebook.evaluate("() => document.activeElement?.blur()")
    view = Globe(notebook)
    view.rest()
    view.set(
        draw=0, context_size=20, goal_degrees=20.0, goal_latitude=10.0, view_longitude=0.0, view_latitude=0.0,
        show_base=True, show_exploration=True,
    )  # fmt: skip
    assert view.rest() == [20.0, 10.0, 0, 20]
    yield view
    notebook.assert_clean()


def test_it_renders_with_what_it_shows_in_words(globe):
    spoken = globe.attribute(".hgmrl-handle", "aria-valuetext")
    found = re.fullmatch(rf"test goal at longitude 20\.0°, latitude 10\.0°; {FOUND}", spoken)
    assert float(found[2]) < 1.0
    assert spoken.split("; ")[1] == globe.text(".hgmrl-card.hgmrl-of-geometric .hgmrl-state")
    base = sphere().base_task
    away = apart(base, direction(20.0, 10.0))
    assert f"trained for the goal {away:.1f}° away" in globe.text(".hgmrl-card.hgmrl-of-base")
    assert "exact answer" in globe.text(".hgmrl-card.hgmrl-of-geometric .hgmrl-detail")
    assert globe.part(".hgmrl-training-goal").count() == 3 + 1  # and one in the legend
    assert globe.part(".hgmrl-layer-places .hgmrl-antipode").is_visible()


def test_what_lies_behind_is_marked_and_lines_are_cut_by_depth(globe):
    behind = globe.root.evaluate(
        """(root) => [...root.querySelectorAll(".hgmrl-layer-places path")]
            .map((mark) => mark.classList.contains("hgmrl-behind"))"""
    )
    goals = sphere().train
    points = np.concatenate([-goals[:1], goals])
    assert behind == [bool(depth < 0) for depth in points @ direction(0.0, 0.0)]
    near, far = globe.path(".hgmrl-mean.hgmrl-of-geometric"), globe.path(".hgmrl-mean.hgmrl-of-base")
    # The agents begin in the middle: one walks towards who looks, the other away.
    assert near[3]
    assert not near[0]
    assert far[0]
    assert not far[3]
    globe.set(goal_degrees=-160.0)
    assert "hgmrl-behind" in globe.attribute(".hgmrl-handle", "class")
    assert globe.path(".hgmrl-mean.hgmrl-of-geometric")[0]


def test_dragging_moves_the_goal_the_paths_and_python(globe):
    before = globe.path(".hgmrl-mean.hgmrl-of-geometric"), globe.path(".hgmrl-mean.hgmrl-of-base")
    globe.drag_to(-0.5, -0.3, release=False)
    np.testing.assert_allclose(globe.drawn_at(), [-0.5, -0.3], atol=0.01)
    assert globe.path(".hgmrl-mean.hgmrl-of-geometric") != before[0]
    assert globe.path(".hgmrl-mean.hgmrl-of-base") == before[1]
    assert globe.part(".hgmrl-regret.hgmrl-stale").count() == 2
    globe.page.mouse.up()
    longitude, latitude, *_ = globe.rest()
    seen = direction(longitude, latitude)
    np.testing.assert_allclose([seen[1], seen[2]], [-0.5, -0.3], atol=0.01)
    assert seen[0] > 0
    assert globe.goal() == pytest.approx([longitude, latitude], abs=0.051)
    # What is on screen is what Python infers from the same steps.
    shown = re.search(FOUND, globe.text(".hgmrl-card.hgmrl-of-geometric .hgmrl-state"))
    apart_in_python = "__import__('hgmrl_lite.widgets.goal_drag.scenes', fromlist=['apart']).apart"
    turned = globe.notebook.python(f"{apart_in_python}(drag.aim, drag.family.base_task)")
    missed = globe.notebook.python(f"{apart_in_python}(drag.aim, drag.goal)")
    assert float(shown[1]) == pytest.approx(turned, abs=0.1)
    assert float(shown[2]) == pytest.approx(missed, abs=0.1)
    regrets = globe.notebook.python("drag.regrets")
    assert globe.text(".hgmrl-card.hgmrl-of-base .hgmrl-regret") == f"regret {regrets['base']:.0f}"
    assert regrets["geometric"] < 5.0 < regrets["base"]


def test_beyond_the_edge_the_goal_goes_on_around_the_back(globe):
    globe.drag_to(1.2, 0.0)
    longitude, latitude, *_ = globe.rest()
    seen = direction(longitude, latitude)
    assert seen[0] < 0
    np.testing.assert_allclose(globe.drawn_at(), [0.8, 0.0], atol=0.02)
    # Taken there, it stays behind.
    globe.drag_to(0.3, 0.3)
    assert direction(*globe.goal())[0] < 0
    np.testing.assert_allclose(globe.drawn_at(), [0.3, 0.3], atol=0.02)


def test_dragging_the_globe_turns_it_and_leaves_the_goal(globe):
    mean = globe.path(".hgmrl-mean.hgmrl-of-base")
    globe.drag(globe.on_page(-0.5, -0.4), globe.on_page(-0.2, -0.6))
    longitude, latitude = globe.seen_from()
    # The front goes with the hand: 0.3 radii to the right, 0.2 down.
    assert longitude == pytest.approx(-np.degrees(0.3), abs=0.5)
    assert latitude == pytest.approx(np.degrees(0.2), abs=0.5)
    assert globe.get("[w.view_longitude, w.view_latitude]") == pytest.approx([longitude, latitude], abs=0.051)
    assert globe.goal() == [20.0, 10.0]
    assert globe.path(".hgmrl-mean.hgmrl-of-base") != mean
    # It does not ask Python anew: the answer is the same.
    assert globe.part(".hgmrl-regret.hgmrl-stale").count() == 0
    globe.root.get_by_role("button", name="See the other side").click()
    assert globe.seen_from() == pytest.approx([longitude + 180.0, -latitude], abs=0.11)
    globe.root.get_by_role("button", name="Face the test goal").click()
    assert globe.seen_from() == [20.0, 10.0]
    np.testing.assert_allclose(globe.drawn_at(), [0.0, 0.0], atol=0.01)


def test_touch_drags_the_goal_and_turns_the_globe(globe):
    globe.touch(*[globe.on_page(*place) for place in ((0.34, 0.17), (0.2, 0.1), (0.0, -0.2))])
    np.testing.assert_allclose(globe.drawn_at(), [0.0, -0.2], atol=0.02)
    assert globe.rest()[:2] == pytest.approx(globe.goal(), abs=0.051)
    globe.touch(*[globe.on_page(*place) for place in ((-0.6, 0.5), (-0.5, 0.5), (-0.3, 0.5))])
    assert globe.seen_from() == pytest.approx([-np.degrees(0.3), 0.0], abs=1.0)


def test_keys_step_and_insert_no_cell(globe):
    steps = [("ArrowRight", [21.0, 10.0]), ("ArrowUp", [21.0, 11.0]), ("Shift+ArrowLeft", [11.0, 11.0])]
    steps += [("Shift+ArrowDown", [11.0, 1.0]), ("ArrowDown", [11.0, 0.0])]
    for key, expected in steps:
        globe.press(globe.handle, key)
        assert globe.goal() == expected, key
    globe.press(globe.handle, "a", "b", "x", "m", "d", "d", "0")
    globe.press(globe.handle, *["Shift+ArrowUp"] * 12)
    assert globe.goal() == [11.0, 90.0]
    assert globe.rest() == [11.0, 90.0, 0, 20]
    turns = [("ArrowRight", [5.0, 0.0]), ("ArrowUp", [5.0, 5.0]), ("Shift+ArrowLeft", [-45.0, 5.0])]
    for key, expected in turns:
        globe.press(globe.ball, key)
        assert globe.seen_from() == expected, key
    assert globe.goal() == [11.0, 90.0]


@pytest.mark.parametrize(
    ("label", "key", "trait", "expected"),
    [
        ("Goal: longitude", "Shift+ArrowRight", "goal_degrees", 30.0),
        ("Goal: latitude", "End", "goal_latitude", 90.0),
        ("View: longitude", "ArrowLeft", "view_longitude", -1.0),
        ("View: latitude", "PageUp", "view_latitude", 10.0),
    ],
)
def test_sliders_move_the_same(globe, label, key, trait, expected):
    globe.press(globe.slider(label), key)
    assert globe.get(f"w.{trait}") == expected
    assert expected in [*globe.goal(), *globe.seen_from()]


def test_near_the_antipode_it_says_so(globe):
    base = sphere().base_task
    globe.set(goal_degrees=15.0 + 2.0, goal_latitude=-67.9)
    assert apart(-base, direction(17.0, -67.9)) < 2.0
    assert "from the antipode: rotations about many axes" in globe.text(".hgmrl-opposite")
    globe.set(goal_degrees=100.0)
    assert globe.text(".hgmrl-opposite") == ""


def test_two_views_agree_and_parts_can_be_hidden(globe):
    other = Globe(globe.notebook, 1)
    globe.drag_to(-0.4, 0.2)
    assert other.goal() == globe.goal()
    assert other.path(".hgmrl-faint.hgmrl-of-geometric") == globe.path(".hgmrl-faint.hgmrl-of-geometric")
    other.root.get_by_label("base policy, unchanged").uncheck()
    globe.drawn()
    assert not globe.part(".hgmrl-layer-behind .hgmrl-mean.hgmrl-of-base").first.is_visible()
    assert globe.get("w.show_base") is False


def test_episodes_are_played(globe):
    globe.press(globe.slider("Episodes at step"), "PageUp")
    dots = globe.part(".hgmrl-walkers.hgmrl-of-geometric")
    assert sum((path.get_attribute("d") or "").count("M") for path in dots.all()) == 6


def test_exploring_again_and_with_fewer_steps_changes_what_is_inferred(globe):
    count = lambda: sum(  # noqa: E731
        (path.get_attribute("d") or "").count("M")
        for path in globe.part(
            ".hgmrl-layer-behind .hgmrl-exploration, .hgmrl-layer-front .hgmrl-exploration"
        ).all()
    )
    assert count() == 20
    globe.root.get_by_role("button", name="Explore again").click()
    assert globe.rest() == [20.0, 10.0, 1, 20]
    globe.press(globe.slider("Random steps"), "Home")
    assert globe.rest() == [20.0, 10.0, 1, 4]
    assert count() == 4


def test_labels_stay_inside_and_apart(globe):
    for longitude in range(-180, 180, 30):
        globe.set(view_longitude=float(longitude), goal_latitude=float(longitude) / 3.0)
        labels = globe.labels()
        assert outside(labels) == [], longitude
        assert overlaps(labels) == [], longitude


@pytest.mark.parametrize("theme", THEMES)
def test_both_themes_are_readable(globe, theme):
    with globe.theme(theme):
        contrast = globe.contrast(
            (".hgmrl-globe-body", "backgroundColor"),
            text=("", "color"),
            label=(".hgmrl-label", "fill"),
            detail=(".hgmrl-detail", "color"),
            geometric=(".hgmrl-layer-front .hgmrl-mean.hgmrl-of-geometric", "stroke"),
            base=(".hgmrl-layer-front .hgmrl-mean.hgmrl-of-base", "stroke"),
            way=(".hgmrl-way", "stroke"),
            antipode=(".hgmrl-antipode", "stroke"),
            handle=(".hgmrl-handle .hgmrl-ring", "stroke"),
            dots=(".hgmrl-exploration", "stroke"),
        )
        assert min(contrast["text"], contrast["label"], contrast["detail"]) >= 4.5, contrast
        assert min(contrast.values()) >= 3.0, contrast


def test_it_fits_a_narrow_page(globe):
    with globe.width(430):
        assert globe.beyond() <= 1.0
        plane, panel = (globe.part(name).bounding_box() for name in (".hgmrl-plane", ".hgmrl-panel"))
        assert panel["y"] > plane["y"] + plane["height"]
        globe.drag_to(-0.3, 0.5)
        np.testing.assert_allclose(globe.drawn_at(), [-0.3, 0.5], atol=0.02)


def test_without_a_jupyter_kernel_it_still_follows_the_hand(globe):
    # The last test of this notebook: its Jupyter kernel goes.
    before = globe.path(".hgmrl-mean.hgmrl-of-geometric")
    with globe.no_kernel():
        globe.drag_to(-0.6, 0.3)
        np.testing.assert_allclose(globe.drawn_at(), [-0.6, 0.3], atol=0.01)
        assert globe.path(".hgmrl-mean.hgmrl-of-geometric") != before
        words = re.search(FOUND, globe.text(".hgmrl-card.hgmrl-of-geometric .hgmrl-state"))
        assert float(words[2]) < 3.0


def alone():
    return GoalDrag(sphere_agent(), sphere(), episodes=6, evaluation_episodes=0)


def test_on_a_page_without_jupyter_it_follows_the_hand(browser, frontend, tmp_path):
    exhibit = Exhibit("GoalDrag", "A goal on a globe", "Drag it.", "00", alone)
    opened = OpenPage(browser, assemble.write([explore_page([], [exhibit])], tmp_path, assemble.BUILD))
    try:
        handle = opened.page.locator(".hgmrl-handle").first
        words = opened.page.locator(".hgmrl-card .hgmrl-state").first
        before = words.text_content()
        handle.focus()
        opened.page.keyboard.press("Shift+ArrowRight")
        opened.page.wait_for_function(
            "(before) => document.querySelector('.hgmrl-card .hgmrl-state').textContent !== before",
            arg=before,
        )
        assert float(re.search(FOUND, words.text_content())[2]) < 3.0
        detail = opened.page.locator(".hgmrl-card .hgmrl-detail").first
        detail.filter(has_text="exact answer").wait_for(timeout=3000)
        opened.assert_clean()
    finally:
        opened.page.close()
