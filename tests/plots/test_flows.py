"""The figures of flows show what is computed, and refuse what they cannot show."""

import base64
import json

import numpy as np
import pytest
from scipy.linalg import expm

from hgmrl_lite import lie, plots


def bend(p):
    """Return the chart's coordinates."""
    return np.stack([p[..., 0], p[..., 1] - 0.4 * p[..., 0] ** 2], axis=-1)


def unbend(q):
    """Return the states."""
    return np.stack([q[..., 0], q[..., 1] + 0.4 * q[..., 0] ** 2], axis=-1)


def test_each_generator_has_a_panel_with_its_numbers_and_type():
    figure = plots.planar_flows({"turn": lie.J, "stay": np.zeros((2, 2)), "node": [[1, 0], [0, 0.3]]})
    assert [axes.get_title() for axes in figure.axes] == ["turn", "stay", "node"]
    assert [axes.get_xlabel() for axes in figure.axes] == [
        "tr 0, det 1\nelliptic",
        "tr 0, det 0\nzero",
        "tr 1.3, det 0.3\nhyperbolic",
    ]


def test_polygons_have_their_steps_and_their_errors():
    generator, start = np.array([[0.2, -1.0], [1.0, 0.0]]), np.array([1.0, 0.5])
    left, right = plots.euler_polygons(generator, start, 2.0, [4, 40]).axes
    end = expm(2.0 * generator) @ start
    lines = {line.get_label(): line.get_xydata() for line in left.lines}
    np.testing.assert_allclose(lines["exp(tW) p"][-1], end)
    errors = [line.get_ydata()[0] for line in right.lines[:2]]
    for number, error in zip([4, 40], errors, strict=True):
        way = lines[f"{number} steps"]
        assert len(way) == number + 1
        np.testing.assert_allclose(way[1], start + 2.0 / number * generator @ start)
        assert np.linalg.norm(way[-1] - end) == pytest.approx(error)


def test_orbits_are_circles_in_the_chart_and_closed_in_the_states():
    starts = np.array([[0.5, 0.1], [1.0, 0.4]])
    panels = plots.charted_orbits(bend, unbend, lie.J, starts).axes
    for axes, back in zip(panels, (unbend, lambda q: q), strict=True):
        orbits = [line.get_xydata() for line in axes.lines if len(line.get_xydata()) == 241]
        assert len(orbits) == 2
        for orbit, start in zip(orbits, starts, strict=True):
            np.testing.assert_allclose(orbit[[0, -1]], [back(bend(start))] * 2, atol=1e-12)
            chart = bend(orbit) if back is unbend else orbit
            np.testing.assert_allclose(np.hypot(*chart.T), np.hypot(*bend(start)))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: plots.planar_flows({}), "generators must be one to five, got 0"),
        (lambda: plots.planar_flows({"W": np.eye(3)}), r"generators\['W'\] must have shape"),
        (lambda: plots.euler_polygons(lie.J, [1, 0], 1.0, [4]), "steps must be two to six numbers"),
        (lambda: plots.euler_polygons(lie.J, [1, 0], 1.0, [4, 0]), "steps must be a whole number"),
        (lambda: plots.charted_orbits(bend, unbend, lie.J, [1.0, 0.0]), "start must have shape"),
        (lambda: plots.sphere_paths({}, alt="none"), "paths must be one to 6, got 0"),
        (lambda: plots.sphere_paths({"a": [[1, 0, 0.1]]}, alt="one"), "must lie on the unit sphere"),
        (lambda: plots.sphere_paths({"a": [[1, 0, 0]]}, alt=" "), "alt must say"),
    ],
)
def test_bad_input_is_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()


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
