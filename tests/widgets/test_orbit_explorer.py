"""OrbitExplorer in Python: its element, its words, its picture, and what it refuses."""

import numpy as np
import pytest
from scipy.linalg import expm, logm

from hgmrl_lite import actions, lie
from hgmrl_lite.widgets import OrbitExplorer
from hgmrl_lite.widgets.orbit_explorer import FIGURE, HALF
from hgmrl_lite.widgets.plane_groups import GROUPS, plane_element

every_group = pytest.mark.parametrize("group", list(GROUPS))
ONE_PARAMETER = [group for group in GROUPS if group != "rigid"]


@pytest.mark.parametrize("group", ONE_PARAMETER)
def test_elements_are_a_one_parameter_group(group):
    generator = logm(plane_element(group, 1.0, -40.0).matrix)
    for t in (-0.9, 0.0, 0.3, 1.1):
        np.testing.assert_allclose(plane_element(group, t, -40.0).matrix, expm(t * generator), atol=1e-12)


def test_rigid_motions_turn_first_and_shift_then():
    moved = plane_element("rigid", np.pi / 2, shift=[2.0, -1.0])([1.0, 0.0])
    np.testing.assert_allclose(moved, [2.0, 0.0], atol=1e-12)
    # A matrix that is no rigid motion has no coordinates.
    assert lie.se(2).log(plane_element("rigid", 0.7).matrix).shape == (3,)


@every_group
def test_its_moved_function_and_policy_are_those_of_the_actions(group):
    explorer = OrbitExplorer(group, t=0.6, shift=[0.3, -0.8], direction=70.0, goal=[0.5, -0.4])
    g = explorer.element
    points = np.random.default_rng(0).normal(size=(50, 2))
    np.testing.assert_allclose(explorer.moved_function(g(points)), explorer.function(points), atol=1e-12)
    pushed = g.push_tangent(points, explorer.policy(points))
    np.testing.assert_allclose(explorer.moved_policy(g(points)), pushed, atol=1e-12)
    # At the goal the hill has its top, and the policy rests.
    assert explorer.function(explorer.goal) == 1.0
    np.testing.assert_array_equal(explorer.policy(explorer.goal), [0.0, 0.0])
    assert explorer.function(points).max() < 1.0
    assert np.linalg.norm(explorer.policy(points), axis=1).max() <= 1.0 + 1e-12


def test_words_follow_the_state():
    explorer = OrbitExplorer("translation", t=0.5, point=[0.6, 0.8], show=["level_sets"])
    assert repr(explorer) == (
        "OrbitExplorer: translations in one direction, distance 0.50 in the direction 20°; "
        "p = (0.60, 0.80) goes to g·p = (1.07, 0.97); shown: level sets"
    )
    explorer.group = "rotation"
    assert "rotations about the origin, angle 28.6°" in repr(explorer)


def test_the_figure_has_no_symmetry_of_its_own():
    corners = np.array(FIGURE)
    centred = corners - corners.mean(axis=0)
    turns = [lie.so2_exp(angle) for angle in np.radians(np.arange(15, 346))]
    flips = [lie.so2_exp(angle) @ np.diag([1.0, -1.0]) for angle in np.radians(np.arange(0, 360))]
    for element in [*turns, *flips]:
        nearest = np.linalg.norm((centred @ element.T)[:, None] - centred, axis=-1).min(axis=1)
        assert nearest.max() > 0.05


@every_group
def test_the_picture_follows_the_state_and_is_small(group):
    explorer = OrbitExplorer(group, t=0.4, show=["figure", "orbit", "stabiliser", "level_sets", "arrows"])
    first = explorer.png()
    explorer.t = -0.3
    second = explorer.png()
    assert first.startswith(b"\x89PNG")
    assert first != second
    assert len(second) < 200_000


@pytest.mark.parametrize(
    ("show", "name"),
    [("orbit", "orbit of p"), ("stabiliser", "F under what fixes p"), ("level_sets", "of g·f"),
     ("arrows", "policy g·π"), ("figure", "g·F")],
)  # fmt: skip
def test_the_picture_shows_what_is_chosen(show, name):
    def names(chosen):
        explorer = OrbitExplorer("rotation", show=chosen)
        return {text.get_text() for text in explorer.figure().legends[0].get_texts()}

    assert name in names([show])
    assert name not in names([])
    assert {"p", "g·p"} <= names([])


@pytest.mark.parametrize(
    ("group", "point"),
    [("rotation", [0.0, 0.0]), ("scaling", [0.0, 0.0]), ("shear", [1.3, 0.0]), ("rigid", [0.9, -1.2])],
)
def test_the_copies_in_the_picture_leave_the_point_in_place(group, point):
    copies = OrbitExplorer(group, t=0.5, point=point)._fixing()
    assert len(copies) == 12
    images = np.array([copy(FIGURE) for copy in copies])
    # They are told apart by what they do to the F.
    gaps = [np.abs(images[i] - images[j]).max() for i in range(12) for j in range(i)]
    assert min(gaps) > 0.05
    for copy in copies:
        np.testing.assert_allclose(copy(point), point, atol=1e-9)


@pytest.mark.parametrize(("group", "point"), [("rotation", [0.0, 0.0]), ("shear", [1.3, 0.0])])
def test_a_point_that_nothing_moves_has_no_curve_for_an_orbit(group, point):
    legend = OrbitExplorer(group, point=point, show=["orbit"]).figure().legends[0]
    assert [text.get_text() for text in legend.get_texts()] == ["g·p", "p"]


def test_a_new_group_brings_t_into_its_range():
    explorer = OrbitExplorer("rotation", t=3.0)
    explorer.group = "scaling"
    assert explorer.t == GROUPS["scaling"]["limit"]
    explorer.set_state({"group": "translation", "t": 3.5})
    assert (explorer.group, explorer.t) == ("translation", 3.5)


def test_arrays_may_be_assigned():
    explorer = OrbitExplorer()
    explorer.point = np.array([0.25, -1.0])
    assert explorer.point == [0.25, -1.0]
    np.testing.assert_allclose(explorer.moved_point, actions.LinearAction(lie.so2_exp(1.2))([0.25, -1.0]))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"group": "reflection"},
            "group must be one of rotation, scaling, shear, translation, rigid, got 're",
        ),
        ({"t": np.nan}, "t must be finite"),
        ({"t": 3.2}, r"t must be within ±3.142 for the group rotation, got 3.2"),
        ({"group": "scaling", "t": 2.0}, r"t must be within ±1.2 for the group scaling, got 2.0"),
        ({"point": [1.0]}, r"point must have shape \(2\), got \(1,\)"),
        ({"point": [3.0, 0.0]}, r"every entry of point must be within ±2.5, got \[3.0, 0.0\]"),
        ({"goal": [0.0, np.inf]}, "goal must be finite"),
        ({"shift": [0.0, 6.0]}, r"every entry of shift must be within ±5"),
        ({"direction": "east"}, "direction must be an array of real numbers"),
        ({"show": ["orbits"]}, r"show must be a list of figure, orbit, .*, got \['orbits'\]"),
        ({"show": "orbit"}, r"show must be a list of figure, orbit, .*, got 'orbit'"),
    ],
)
def test_bad_input_is_named(options, message):
    with pytest.raises(ValueError, match=message):
        OrbitExplorer(**options)


@pytest.mark.parametrize(("trait", "value"), [("t", 4.0), ("point", [HALF + 1, 0.0]), ("group", "spin")])
def test_bad_values_of_traits_are_refused(trait, value):
    explorer = OrbitExplorer()
    before = getattr(explorer, trait)
    with pytest.raises(ValueError, match=trait):
        setattr(explorer, trait, value)
    assert getattr(explorer, trait) == before


def test_an_unknown_group_has_no_element():
    with pytest.raises(ValueError, match="group must be one of"):
        plane_element("spin", 0.1)
