"""GeneratorFlow in Python: what it holds, says and draws, and what it refuses."""

import numpy as np
import pytest

from hgmrl_lite import lie
from hgmrl_lite.widgets.generator_flow import LIMIT, PRESETS, TIME_LIMIT, GeneratorFlow


@pytest.fixture
def flow():
    return GeneratorFlow()


def test_it_begins_with_a_rotation(flow):
    assert flow.generator == [[0.0, -1.0], [1.0, 0.0]]
    np.testing.assert_array_equal(flow.matrix, lie.J)
    assert flow.planar_type.is_compact


def test_the_element_is_the_exponential_at_the_time(flow):
    flow.generator = np.array([[0.3, -1.2], [0.4, -0.1]])
    flow.t = -2.5
    np.testing.assert_allclose(flow.element, lie.exp(-2.5 * np.array([[0.3, -1.2], [0.4, -0.1]])))


def test_an_assigned_array_becomes_plain_numbers(flow):
    flow.generator = np.eye(2, dtype=int)
    assert flow.generator == [[1.0, 0.0], [0.0, 1.0]]
    assert all(type(entry) is float for row in flow.generator for entry in row)


def test_every_preset_fits_and_they_show_every_kind():
    kinds = {lie.planar_type(GeneratorFlow(matrix).matrix).kind for matrix in PRESETS.values()}
    assert kinds == {"zero", "scalar", "elliptic", "hyperbolic", "parabolic"}


@pytest.mark.parametrize(
    ("generator", "t", "words"),
    [
        (PRESETS["rotation"], 1.0, ["elliptic", "returns with period 6.28", "t = 1.00"]),
        (PRESETS["spiral"], 2.0, ["elliptic", "trace -0.30", "does not return"]),
        (PRESETS["saddle"], 0.5, ["hyperbolic", "determinant -1.00", "does not return"]),
        (PRESETS["shear"], 0.5, ["parabolic", "does not return"]),
    ],
)
def test_words_follow_the_state(generator, t, words):
    text = GeneratorFlow(generator, t=t).describe()
    assert [word for word in words if word not in text] == []


@pytest.mark.parametrize("name", list(PRESETS))
def test_the_picture_shows_the_carried_flag(name):
    flow = GeneratorFlow(PRESETS[name], t=0.8)
    (axes,) = flow.figure().axes
    lines = {line.get_label(): line.get_xydata() for line in axes.lines}
    np.testing.assert_allclose(lines["exp(tW) flag"], lines["flag"] @ flow.element.T)
    way = lines["way of the flag's foot"]
    np.testing.assert_allclose(way[[0, -1]], [lines["flag"][0], lines["exp(tW) flag"][0]], atol=1e-12)


def test_the_picture_follows_the_state(flow):
    before = flow.png()
    assert len(before) < 120_000
    flow.t = 2.0
    assert flow.png() != before


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"generator": np.eye(3)}, r"generator must have shape \(2, 2\), got \(3, 3\)"),
        ({"generator": [0, 1, 2, 3]}, r"generator must have shape"),
        ({"generator": [[0, np.nan], [0, 0]]}, "generator must be finite"),
        ({"generator": [[0, 1.6], [0, 0]]}, f"every entry of generator must be within ±{LIMIT}"),
        ({"generator": "J"}, "generator must be an array of real numbers"),
        ({"t": np.inf}, "t must be finite"),
        ({"t": 7.5}, f"t must be within ±{TIME_LIMIT:g}"),
    ],
)
def test_bad_input_is_named(flow, options, message):
    with pytest.raises(ValueError, match=message):
        GeneratorFlow(**options)
    ((name, value),) = options.items()
    before = flow.generator, flow.t
    with pytest.raises(ValueError, match=message):
        setattr(flow, name, value)
    assert (flow.generator, flow.t) == before
