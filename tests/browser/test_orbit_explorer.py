"""OrbitExplorer: its numbers beside Python's, and in a real JupyterLab under hand, keys and sliders."""

import itertools
import re

import numpy as np
import pytest
from run_javascript import call
from scipy.linalg import logm
from widget_view import THEMES, WidgetView, outside, overlaps

from hgmrl_lite import actions, lie
from hgmrl_lite.widgets import OrbitExplorer
from hgmrl_lite.widgets.orbit_explorer import FIGURE, GRIP
from hgmrl_lite.widgets.plane_groups import GROUPS, plane_element

pytestmark = pytest.mark.browser

MAKE = """
from hgmrl_lite.widgets import OrbitExplorer
explorer = OrbitExplorer()
explorer
"""
TRAITS = ("group", "t", "direction", "shift", "point", "goal", "settings")
SHOWS = ("figure", "orbit", "stabiliser", "level_sets", "arrows")


def compute(page, body, argument):
    return call(page, "js/plane_groups.js orbit_explorer/scene.js", body, argument)


def places():
    """Return elements of every group: near the identity, in the middle, at the ends."""
    rng = np.random.default_rng(0)
    return [
        {
            "group": group,
            "t": float(share * values["limit"]),
            "direction": float(rng.uniform(-180, 180)),
            "shift": rng.uniform(-3, 3, 2).tolist(),
        }
        for group, values in GROUPS.items()
        for share in (-1.0, -0.37, -1e-6, 0.0, 0.2, 0.55, 1.0)
    ]


def element_of(place):
    return plane_element(place["group"], place["t"], place["direction"], place["shift"])


def matrix_of(got):
    """Return an element that came from JavaScript as a homogeneous matrix."""
    matrix = np.eye(3)
    matrix[:2, :2], matrix[:2, 2] = np.reshape(got["linear"], (2, 2)), got["shift"]
    return matrix


def test_elements_and_inverses_are_those_of_the_package(page):
    body = """return input.map((place) => [lib.planeElement(place),
        lib.planeElement({ ...place, ...lib.inversePlace(place) })]);"""
    for place, (element, inverse) in zip(places(), compute(page, body, places()), strict=True):
        expected = element_of(place)
        np.testing.assert_allclose(matrix_of(element), expected.matrix, atol=1e-12)
        np.testing.assert_allclose(matrix_of(inverse), expected.inverse().matrix, atol=1e-12)


def test_the_scene_is_what_the_package_computes(page):
    rng = np.random.default_rng(1)
    body = """return input.map((state) => lib.orbitScene({ get: (name) => state[name] })());"""
    explorers = [
        OrbitExplorer(**place, point=rng.uniform(-2, 2, 2), goal=rng.uniform(-2, 2, 2), show=SHOWS)
        for place in places()
    ]
    states = [
        {name: getattr(explorer, name) for name in (*TRAITS, *(f"show_{show}" for show in SHOWS))}
        for explorer in explorers
    ]
    for explorer, got in zip(explorers, compute(page, body, states), strict=True):
        g = explorer.element
        np.testing.assert_allclose(got["moved"], explorer.moved_point, atol=1e-12)
        np.testing.assert_allclose(got["movedGoal"], g(explorer.goal), atol=1e-12)
        np.testing.assert_allclose(np.reshape(got["movedFigure"], (-1, 2)), g(FIGURE), atol=1e-12)
        values = got["values"]
        assert values["f"] == pytest.approx(explorer.function(explorer.point), abs=1e-12)
        assert values["movedThere"] == pytest.approx(explorer.moved_function(explorer.moved_point), abs=1e-12)
        assert values["movedHere"] == pytest.approx(explorer.moved_function(explorer.point), abs=1e-12)
        arrows = np.array(got["arrows"])
        assert len(arrows) == 81
        np.testing.assert_allclose(arrows[:, 2:], explorer.moved_policy(arrows[:, :2]), atol=1e-11)
        np.testing.assert_allclose(got["action"], explorer.policy(explorer.point), atol=1e-12)
        pushed = g.push_tangent(explorer.point, got["action"])
        np.testing.assert_allclose(got["movedAction"], pushed, atol=1e-11)
        for still, moved in zip(got["levelSets"], got["movedLevelSets"], strict=True):
            level = explorer.function(np.reshape(still, (-1, 2)))
            assert np.ptp(level) < 1e-12
            np.testing.assert_allclose(explorer.moved_function(np.reshape(moved, (-1, 2))), level, atol=1e-11)


WORDS = [
    ("rotation", [0.6, 0.8], "the circle of radius 1.00 about the origin", "only the identity"),
    ("rotation", [0.0, 0.0], "the point p alone", "the whole group"),
    ("scaling", [0.6, 0.8], "the ray from the origin through p", "only the identity"),
    ("scaling", [0.0, 0.0], "the point p alone", "the whole group"),
    ("shear", [0.6, 0.8], "the horizontal line through p", "only the identity"),
    ("shear", [0.6, 0.0], "the point p alone", "the whole group"),
    ("translation", [0.0, 0.0], "the line through p in the direction 20°", "only the identity"),
    ("rigid", [0.6, 0.8], "the whole plane", "all rotations about p"),
    ("rigid", [0.0, 0.0], "the whole plane", "all rotations about p"),
]


def test_words_say_what_the_orbit_and_the_stabiliser_are(page):
    body = """return input.map((state) => {
        const shown = lib.orbitScene({ get: (name) => state[name] })();
        return [lib.orbitInWords(shown), lib.STABILISER_WORDS[shown.stabiliser.kind]];
    });"""
    explorers = [OrbitExplorer(group, t=0.5, point=point) for group, point, _, _ in WORDS]
    names = (*TRAITS, *(f"show_{show}" for show in SHOWS))
    states = [{name: getattr(explorer, name) for name in names} for explorer in explorers]
    said = call(page, "orbit_explorer/scene.js orbit_explorer/hand.js", body, states)
    for (_, _, orbit, stabiliser), (orbit_said, stabiliser_said) in zip(WORDS, said, strict=True):
        assert orbit_said.startswith(orbit)
        assert stabiliser_said.startswith(stabiliser)


POINTS = [[1.3, -0.4], [0.0, 0.0], [0.8, 0.0], [-0.2, 2.1]]


@pytest.mark.parametrize("group", list(GROUPS))
def test_orbits_and_stabilisers_are_those_of_the_package(page, group):
    body = """return input.points.map(([x, y]) => [lib.planeOrbit(input.place, x, y, 10),
        lib.planeStabiliser(input.place, x, y)]);"""
    place = {"group": group, "direction": 35.0}
    generator = logm(plane_element(group, 1.0, 35.0).matrix)
    algebra = lie.se(2) if group == "rigid" else lie.LieAlgebra(generator[None], affine=True)
    dimensions = {"point": 0, "curve": 1, "plane": 2}
    for point, (orbit, fixing) in zip(
        POINTS, compute(page, body, {"place": place, "points": POINTS}), strict=True
    ):
        assert dimensions[orbit["kind"]] == actions.orbit_dimension(algebra, point)
        if orbit["kind"] == "curve":
            drawn = np.reshape(orbit["points"], (-1, 2))
            along = np.linspace(0.0, 1.0, 2000 // len(drawn) + 1)[:, None]
            dense = np.concatenate([a + along * (b - a) for a, b in itertools.pairwise(drawn)])
            reached = actions.orbit(algebra, point, 301, min(GROUPS[group]["limit"], np.pi))
            gaps = np.linalg.norm(reached[:, None] - dense, axis=-1).min(axis=1)
            # A circle of 120 chords stays within a thousandth of the circle; lines leave half a step.
            assert gaps.max() < 0.03
        copies = np.array([matrix_of(element) for element in fixing["elements"]])
        np.testing.assert_allclose(
            actions.AffineAction(copies)(point), np.tile(point, (len(copies), 1)), atol=1e-12
        )
        dimension = actions.stabiliser(algebra, point).dimension
        assert (fixing["kind"] == "identity") == (dimension == 0)
        assert len(copies) == (1 if dimension == 0 else 12)
        assert len(np.unique(copies.round(9), axis=0)) == len(copies)
        for copy in copies if group in ("rotation", "rigid") else []:
            np.testing.assert_allclose(copy[:2, :2] @ copy[:2, :2].T, np.eye(2), atol=1e-12)


def test_the_hand_finds_the_element_that_carries_a_point_to_it(page):
    """What is pulled along its orbit arrives; what is pulled off it comes as near as it can."""
    rng = np.random.default_rng(2)
    body = """return input.map(([place, q, target]) => lib.pulledPlace(place, q, target));"""
    questions = [(place, rng.uniform(-2, 2, 2)) for place in places() if abs(place["t"]) > 1e-3]
    on_orbit = [[place, q.tolist(), element_of(place)(q).tolist()] for place, q in questions]
    for (place, q, target), pulled in zip(on_orbit, compute(page, body, on_orbit), strict=True):
        found = element_of(
            {**place, "t": 0.9, **pulled} if place["group"] != "rigid" else {**place, **pulled}
        )
        np.testing.assert_allclose(found(q), target, atol=1e-9)
    off_orbit = [[place, q.tolist(), rng.uniform(-2, 2, 2).tolist()] for place, q in questions]
    for (place, q, target), pulled in zip(off_orbit, compute(page, body, off_orbit), strict=True):
        if place["group"] == "rigid":
            continue
        distance = [
            np.linalg.norm(element_of({**place, "t": pulled["t"] + step})(q) - target)
            for step in (-1e-3, 0, 1e-3)
        ]
        # A scaling cannot carry a point through the origin: it stops short of it.
        if place["group"] == "scaling" and np.dot(q, target) <= 0.0:
            assert np.exp(pulled["t"]) == pytest.approx(1e-6)
        else:
            assert distance[1] == min(distance)


@pytest.mark.parametrize(
    ("group", "q"), [("rotation", [0.0, 0.0]), ("scaling", [0.0, 0.0]), ("shear", [1.2, 0.0])]
)
def test_what_the_group_leaves_in_place_cannot_be_pulled(page, group, q):
    place = {"group": group, "t": 0.4, "direction": 0.0, "shift": [0.0, 0.0]}
    assert compute(page, "return lib.pulledPlace(...input);", [place, q, [1.0, 1.0]]) is None


def test_turning_a_rigid_motion_about_a_carried_point_keeps_that_point(page):
    place = {"group": "rigid", "t": 0.4, "direction": 0.0, "shift": [0.5, -1.0]}
    got = compute(page, "return lib.turnedAbout(input, [1.5, -0.7], -2.0);", place)
    assert got["t"] == -2.0
    point = [1.5, -0.7]
    np.testing.assert_allclose(element_of({**place, **got})(point), element_of(place)(point), atol=1e-12)


def test_angles_are_wrapped(page):
    angles = [0.0, np.pi, -np.pi, 3.5, -3.5, 7.0, -20.0]
    got = np.array(compute(page, "return input.map(lib.wrapRadians);", angles))
    np.testing.assert_allclose(np.exp(1j * got), np.exp(1j * np.array(angles)), atol=1e-12)
    assert (got > -np.pi).all()
    assert (got <= np.pi).all()


class View(WidgetView):
    ROOT, VARIABLE = ".hgmrl-orbit-explorer", "explorer"

    def handle(self, name):
        return self.part(f".hgmrl-layer-orbit ~ .hgmrl-{name}-handle")

    def place(self, name):
        """Where a handle is drawn, on the plane."""
        self.drawn()
        x, y = (float(v) for v in re.findall(r"-?[\d.]+", self.handle(name).get_attribute("transform")))
        return np.array([x / 88 - 2.5, 2.5 - y / 88])

    def pixel(self, point):
        """Return the page's coordinates of a point of the plane."""
        plane = self.part(".hgmrl-plane")
        plane.scroll_into_view_if_needed()
        box = plane.bounding_box()
        scale = box["width"] / 5.0
        return box["x"] + (point[0] + 2.5) * scale, box["y"] + (2.5 - point[1]) * scale

    def pull(self, start, end):
        """Drag from one point of the plane to another."""
        self.drag(self.pixel(start), self.pixel(end))

    def path(self, name):
        return self.attribute(f".hgmrl-plane .hgmrl-{name}")


@pytest.fixture(scope="module")
def notebook(browser):
    notebook = browser.open_notebook([MAKE, "explorer"])
    notebook.run_all()
    notebook.page.wait_for_selector(".hgmrl-orbit-explorer >> nth=1")
    yield notebook
    notebook.close()


FRESH = {
    "group": "rotation", "t": 1.2, "direction": 20.0, "shift": [0.4, 0.8], "point": [1.6, 0.3],
    "goal": [-0.9, 1.2], "show_figure": True, "show_orbit": True, "show_stabiliser": False,
    "show_level_sets": False, "show_arrows": False,
}  # fmt: skip


@pytest.fixture
def view(notebook):
    """Return the first view as it was made; afterwards nothing may have gone wrong in the page."""
    notebook.evaluate("() => document.activeElement?.blur()")
    view = View(notebook)
    view.set(**FRESH)
    yield view
    notebook.assert_clean()


def test_it_renders_with_what_it_shows_in_words(view):
    handles = [view.handle(name) for name in ("point", "moved", "grip")]
    assert [handle.get_attribute("role") for handle in handles] == ["slider"] * 3
    assert handles[0].get_attribute("aria-valuetext") == "p at (1.60, 0.30)"
    assert handles[1].get_attribute("aria-valuetext") == "turned by 68.8°; g·p at (0.30, 1.60)"
    assert "the circle of radius 1.63 about the origin" in view.text(".hgmrl-card-orbit")
    assert "only the identity" in view.text(".hgmrl-card-stabiliser")
    assert view.part(".hgmrl-card-policy").is_hidden()
    outputs = view.notebook.output(1)
    assert outputs["text/plain"].startswith("OrbitExplorer: rotations about the origin")
    assert len(outputs["image/png"]) > 5000


@pytest.mark.parametrize("group", ["rotation", "scaling", "shear", "translation"])
def test_the_image_is_dragged_along_its_orbit_only(view, group):
    view.set(group=group, t=0.2, point=[0.8, 0.6])
    view.pull(view.place("moved"), [0.3, 1.4])
    value = view.get("w.t")
    assert abs(value - 0.2) > 0.05
    drawn = view.place("moved")
    np.testing.assert_allclose(drawn, plane_element(group, value, 20.0)([0.8, 0.6]), atol=0.02)
    # It is the point of the orbit nearest to the hand.
    others = [plane_element(group, value + step, 20.0)([0.8, 0.6]) for step in (-0.05, 0.05)]
    angle = group == "rotation"
    away = [
        abs(np.arctan2(y, x) - np.arctan2(1.4, 0.3)) if angle else np.hypot(x - 0.3, y - 1.4)
        for x, y in (drawn, *others)
    ]
    assert away[0] == min(away)


def test_a_rigid_motion_is_dragged_anywhere_and_turned_by_the_figure(view):
    view.set(group="rigid", t=0.5, shift=[0.4, 0.8], point=[0.8, 0.6])
    view.pull(view.place("moved"), [-1.3, 1.9])
    np.testing.assert_allclose(view.place("moved"), [-1.3, 1.9], atol=0.03)
    assert view.get("w.t") == 0.5
    foot = plane_element("rigid", 0.5, shift=view.get("w.shift"))(FIGURE[0])
    view.pull(view.place("grip"), foot + np.array([0.0, 1.2]))
    # The corner is above the foot now, and the foot is where it was.
    g = plane_element("rigid", view.get("w.t"), shift=view.get("w.shift"))
    np.testing.assert_allclose(g(FIGURE[0]), foot, atol=0.01)
    corner = g(FIGURE[GRIP]) - foot
    assert np.degrees(np.arctan2(corner[1], corner[0])) == pytest.approx(90.0, abs=1.5)


def test_the_figure_s_body_can_be_dragged(view):
    middle = np.mean(FIGURE[:2], axis=0) + np.array([0.1, 0.0])
    view.pull(plane_element("rotation", 1.2)(middle), plane_element("rotation", 2.0)(middle))
    assert view.get("w.t") == pytest.approx(2.0, abs=0.03)


def test_the_point_is_dragged_and_snaps_to_the_origin(view):
    view.pull(view.place("point"), [-0.9, 1.1])
    np.testing.assert_allclose(view.place("point"), [-0.9, 1.1], atol=0.02)
    assert view.get("w.point") == pytest.approx([-0.9, 1.1], abs=0.02)
    assert "radius 1.42" in view.text(".hgmrl-card-orbit")
    view.pull(view.place("point"), [0.04, -0.05])
    assert view.get("w.point") == [0.0, 0.0]
    assert "the point p alone" in view.text(".hgmrl-card-orbit")
    assert "the whole group" in view.text(".hgmrl-card-stabiliser")
    # Out of the middle of both, p comes along, and not its image.
    view.pull([0.0, 0.0], [1.0, 1.0])
    np.testing.assert_allclose(view.place("point"), [1.0, 1.0], atol=0.02)


def test_where_both_are_one_the_rim_takes_the_image(view):
    view.set(t=0.0)
    x, y = 1.6, 0.3
    view.pull([x + 0.17, y], [x - 0.3, y + 1.0])
    assert view.get("w.t") > 0.2
    assert view.get("w.point") == [1.6, 0.3]


def test_keys_step_each_handle_and_insert_no_cell(view):
    for key, expected in [
        ("ArrowRight", [1.65, 0.3]),
        ("ArrowDown", [1.65, 0.25]),
        ("Shift+ArrowLeft", [1.15, 0.25]),
    ]:
        view.press(view.handle("point"), key)
        np.testing.assert_allclose(view.place("point"), expected, atol=0.01)
    for name in ("moved", "grip"):
        view.set(t=0.0)
        for key, degrees in [
            ("ArrowUp", 1),
            ("ArrowRight", 2),
            ("Shift+ArrowUp", 12),
            ("ArrowLeft", 11),
            ("Home", -180),
            # Past a half turn it goes on around.
            ("ArrowLeft", 179),
        ]:
            view.press(view.handle(name), key)
            assert view.get("w.t") == pytest.approx(np.radians(degrees), abs=1e-6), key
        view.press(view.handle(name), "a", "b", "x", "m", "d", "d", "0")
    view.set(group="rigid", shift=[0.0, 0.0], t=0.0)
    view.press(view.handle("moved"), "ArrowUp", "Shift+ArrowRight")
    assert view.get("[w.shift, w.t]") == [[0.5, 0.05], 0]
    view.press(view.handle("grip"), "ArrowRight")
    assert view.get("w.t") == pytest.approx(np.radians(1), abs=1e-6)


@pytest.mark.parametrize(
    ("group", "label", "trait"),
    [("rotation", "angle", "t"), ("scaling", "factor", "t"), ("shear", "shear t", "t"),
     ("translation", "distance t", "t"), ("translation", "direction", "direction"), ("rigid", "angle", "t"),
     ("rigid", "shift x", "shift[0]"), ("rigid", "shift y", "shift[1]"), ("rotation", "p, x", "point[0]"),
     ("shear", "p, y", "point[1]")],
)  # fmt: skip
def test_every_quantity_has_a_slider(view, group, label, trait):
    view.set(group=group, t=0.5)
    before = view.get(f"w.{trait}")
    slider = view.slider(label)
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    view.page.mouse.click(box["x"] + 0.25 * box["width"], box["y"] + box["height"] / 2)
    after = view.get(f"w.{trait}")
    assert after < before
    np.testing.assert_allclose(view.place("moved"), view.get("w.moved_point.tolist()"), atol=0.02)
    view.press(slider, "ArrowRight")
    assert view.get(f"w.{trait}") > after


def test_groups_are_chosen_by_buttons_and_t_fits_them(view):
    view.set(t=3.0)
    for name, group, orbit in [
        ("scaling", "scaling", "the ray from the origin"), ("shear", "shear", "the horizontal line"),
        ("translation", "translation", "in the direction 20°"), ("rigid motion", "rigid", "the whole plane"),
        ("rotation", "rotation", "the circle"),
    ]:  # fmt: skip
        button = view.root.get_by_role("button", name=name, exact=True)
        button.click()
        assert view.get("w.group") == group
        assert button.get_attribute("aria-pressed") == "true"
        assert orbit in view.text(".hgmrl-card-orbit")
        assert abs(view.get("w.t")) <= GROUPS[group]["limit"] + 1e-9
        assert view.part("[aria-pressed=true]").count() == 1


@pytest.mark.parametrize("group", list(GROUPS))
def test_identity_and_inverse(view, group):
    view.set(group=group, t=0.7)
    element = plane_element(group, 0.7, 20.0, [0.4, 0.8])
    view.root.get_by_role("button", name="inverse g⁻¹").click()
    np.testing.assert_allclose(view.get("w.element.matrix.tolist()"), element.inverse().matrix, atol=3e-4)
    view.root.get_by_role("button", name="identity").click()
    assert view.get("w.element.matrix.tolist()") == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    np.testing.assert_allclose(view.place("moved"), view.place("point"), atol=0.01)


def test_boxes_choose_what_is_drawn(view):
    pieces = {
        "show_figure": (r"an F, and g·F", "shape-moved"), "show_orbit": ("orbit of p", "orbit-curve"),
        "show_stabiliser": ("the F under what fixes p", "shape-copies"),
        "show_level_sets": ("level sets of f", "level-moved"),
        "show_arrows": ("arrows of the policy", "arrows"),
    }  # fmt: skip
    for trait, (label, name) in pieces.items():
        box = view.root.get_by_label(re.compile(f"^{label}"))
        for _ in range(2):
            box.click()
            assert view.get(f"w.{trait}") == box.is_checked()
            seen = view.part(f".hgmrl-plane .hgmrl-{name}").evaluate(
                "(path) => path.style.display !== 'none' && (path.getAttribute('d') ?? '') !== ''"
            )
            assert seen == box.is_checked(), trait
    view.root.get_by_label(re.compile("^level sets")).check()
    assert "the same" in view.text(".hgmrl-card-function")
    view.root.get_by_label(re.compile("^arrows")).check()
    assert "K π(p)" in view.text(".hgmrl-card-policy")


def test_two_views_agree(view):
    other = View(view.notebook, 1)
    view.pull(view.place("moved"), [-1.0, -1.2])
    np.testing.assert_allclose(other.place("moved"), view.place("moved"))
    assert other.path("shape-moved") == view.path("shape-moved")
    other.root.get_by_label("orbit of p", exact=True).uncheck()
    view.drawn()
    assert not view.part(".hgmrl-plane .hgmrl-orbit-curve").is_visible()


def test_touch_drags_as_well(view):
    view.touch(*[view.pixel(point) for point in ([1.6, 0.3], [1.2, 0.6], [0.9, 0.9])])
    np.testing.assert_allclose(view.place("point"), [0.9, 0.9], atol=0.03)


@pytest.mark.parametrize("group", list(GROUPS))
def test_labels_stay_inside_and_apart(view, group):
    view.set(group=group, t=0.0, show_level_sets=True, show_arrows=True)
    seen = set()
    for t in np.linspace(-1.0, 1.0, 9) * GROUPS[group]["limit"]:
        view.set(t=float(t))
        labels = view.labels()
        seen |= {label[0] for label in labels}
        assert outside(labels) == [], t
        # A line's box is higher than its letters.
        assert overlaps(labels, spare=3.0) == [], t
    assert {"p", "g·p", "goal c"} <= seen | {"p"}


@pytest.mark.parametrize("theme", THEMES)
def test_both_themes_are_readable(view, theme):
    with view.theme(theme):
        plane = ".hgmrl-plane .hgmrl-"
        contrast = view.contrast(
            (f"{plane}frame", "fill"),
            text=("", "color"),
            label=(f"{plane}label", "fill"),
            orbit=(f"{plane}orbit-curve", "stroke"),
            level=(f"{plane}level-moved", "stroke"),
            figure=(f"{plane}shape-moved", "stroke"),
            still=(f"{plane}shape-still", "stroke"),
            arrows=(f"{plane}arrows", "stroke"),
            image=(f"{plane}moved-handle .hgmrl-ring", "stroke"),
            point=(f"{plane}point-handle .hgmrl-ring", "fill"),
        )
        # WCAG 2.2: 4.5 for text, 3 for what carries meaning.
        assert min(contrast["text"], contrast["label"]) >= 4.5, contrast
        assert min(contrast.values()) >= 3.0, contrast


def test_it_fits_a_narrow_page(view):
    view.set(group="rigid", show_level_sets=True, show_arrows=True)
    with view.width(560):
        assert view.root.bounding_box()["width"] < 470
        assert view.beyond() <= 1.0


def test_without_a_jupyter_kernel_it_still_follows_the_hand(view):
    # The last test of this notebook: its Jupyter kernel goes.
    before = view.path("shape-moved")
    with view.no_kernel():
        view.pull(view.place("moved"), [-1.2, 1.1])
        angle = np.arctan2(1.1, -1.2)
        radius = np.hypot(1.6, 0.3)
        np.testing.assert_allclose(
            view.place("moved"), radius * np.array([np.cos(angle), np.sin(angle)]), atol=0.03
        )
        assert view.path("shape-moved") != before
