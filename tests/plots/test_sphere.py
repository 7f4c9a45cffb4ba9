"""Paths on the sphere are plain JSON, with a picture and words."""

import base64
import json

import numpy as np
import pytest

from hgmrl_lite import plots


@pytest.mark.parametrize(
    ("paths", "alt", "message"),
    [
        ({}, "none", "paths must be one to 6, got 0"),
        ({"a": [[1, 0, 0.1]]}, "one", "must lie on the unit sphere"),
        ({"a": [[1, 0, 0]]}, " ", "alt must say"),
    ],
)
def test_bad_input_is_named(paths, alt, message):
    with pytest.raises(ValueError, match=message):
        plots.sphere_paths(paths, alt=alt)


def test_paths_on_the_sphere_are_plain_json_with_a_picture_and_words():
    t = np.linspace(0, 1, 30)
    path = np.stack([np.cos(t), np.sin(t), np.zeros(30)], axis=1)
    figure = plots.sphere_paths({"along the equator": path}, alt="a quarter circle")
    data = figure._repr_mimebundle_()
    assert data["text/plain"] == "Figure: a quarter circle"
    assert base64.b64decode(data["image/jpeg"]).startswith(b"\xff\xd8")
    made = data["application/vnd.plotly.v1+json"]
    assert "http" not in json.dumps(made)
    (named,) = [trace for trace in made["data"] if trace.get("name") == "along the equator"]
    x = named["x"]
    values = (
        np.frombuffer(base64.b64decode(x["bdata"]), dtype=x["dtype"]) if isinstance(x, dict) else np.array(x)
    )
    np.testing.assert_allclose(values, path[:, 0])


def test_a_map_shows_values_at_their_longitude_and_latitude():
    goals = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, -1.0]])
    values = {"one": [0.0, 1.0, 2.0], "other": [2.0, 2.0, 9.0]}
    figure = plots.sphere_map(goals, values, {"base": goals[0], "rest": goals[1:]}, highest=4.0)
    one, other, scale = figure.axes
    assert [axes.get_title() for axes in (one, other)] == ["one", "other"]
    assert scale.get_ylabel() == "regret"
    (drawn,) = one.collections
    longitude, latitude = np.array(drawn.get_offsets()).T
    np.testing.assert_allclose(longitude[:2], [0.0, np.pi / 2])
    np.testing.assert_allclose(latitude, [0.0, 0.0, -np.pi / 2])
    np.testing.assert_array_equal(drawn.get_array(), values["one"])
    # Size as well as colour; what is above the scale is drawn as its end.
    sizes = other.collections[0].get_sizes()
    assert one.collections[0].get_sizes()[0] < sizes[0] < sizes[2]
    assert other.collections[0].get_clim() == (0.0, 4.0)
    assert {text.get_text() for text in figure.legends[0].get_texts()} == {"base", "rest"}


def test_a_path_on_a_map_is_cut_where_it_leaves_the_map():
    turn = np.linspace(0.0, 2.0 * np.pi, 9)[:-1] + 0.1
    equator = np.stack([np.cos(turn), np.sin(turn), np.zeros(8)], axis=1)
    figure = plots.sphere_map(
        equator[:1], {"one": [0.0], "other": [0.0]}, {}, highest=1.0, paths={"other": equator}
    )
    one, other = figure.axes[:2]
    assert not one.lines
    longitude = np.asarray(other.lines[0].get_xdata())
    assert np.flatnonzero(np.isnan(longitude)).tolist() == [4]


def test_a_path_of_one_point_is_a_mark_with_its_name():
    made = plots.sphere_paths({"a goal": [[0.0, 0.0, 1.0]]}, alt="a mark at the top").plotly
    (named,) = [trace for trace in made["data"] if trace.get("name") == "a goal"]
    assert named["mode"] == "markers"
    assert named.get("showlegend", True)


@pytest.mark.parametrize(
    ("goals", "values", "marks", "message"),
    [
        ([[2.0, 0.0, 0.0]], [1.0], {}, "goals must lie on the unit sphere, got a point 1 away"),
        ([[1.0, 0.0, 0.0]], [1.0], {"base": [0.0, 0.0, 0.5]}, r"marks\['base'\] must lie on the unit sphere"),
        ([[1.0, 0.0, 0.0]], [1.0], {"base": [1.0, 0.0]}, r"marks\['base'\] must have shape"),
        (
            [[1.0, 0.0, 0.0]],
            [1.0],
            {name: [1.0, 0.0, 0.0] for name in "abcde"},
            "marks must be 4 kinds at most",
        ),
        ([[1.0, 0.0, 0.0]], [1.0, 2.0], {}, r"values\['regret'\] must have shape"),
    ],
)
def test_a_map_names_what_is_wrong(goals, values, marks, message):
    with pytest.raises(ValueError, match=message):
        plots.sphere_map(goals, {"regret": values}, marks, highest=1.0)


def test_a_path_belongs_to_a_map():
    with pytest.raises(ValueError, match="paths must have titles of maps, regret; got other"):
        plots.sphere_map(np.eye(3), {"regret": np.ones(3)}, {}, highest=1.0, paths={"other": np.eye(3)})
