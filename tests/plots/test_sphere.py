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
