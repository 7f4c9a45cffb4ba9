import numpy as np
import pytest

from hgmrl_lite import plots
from hgmrl_lite.plots.style import LOOKS, look

DISTANCES = np.linspace(0.0, 1.2, 5)


def test_both_halves_show_what_was_measured():
    draws = np.arange(15.0).reshape(5, 3)
    figure = plots.evaluations({"a": draws.min(axis=1)}, {"a": draws, "b": np.ones(5)}, DISTANCES)
    left, right = figure.axes
    lines = {line.get_label(): line for line in right.get_lines()}
    np.testing.assert_allclose(lines["a"].get_ydata(), draws.mean(axis=1))
    np.testing.assert_allclose(lines["a"].get_xdata(), np.degrees(DISTANCES))
    np.testing.assert_allclose(left.get_lines()[0].get_ydata(), draws[:, 0])
    # Three draws behind their mean; an agent looks the same on both sides.
    assert len(right.get_lines()) == 3 + 1 + 1 + 1
    assert left.get_lines()[0].get_color() == lines["a"].get_color() != lines["b"].get_color()
    np.testing.assert_allclose(lines["200 sin(δ/2)"].get_ydata()[-1], 200.0 * np.sin(0.6))
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert sorted(names) == ["200 sin(δ/2)", "a", "b"]


def test_a_return_has_no_law_of_regret():
    figure = plots.evaluations({"a": np.ones(5)}, {"a": np.ones(5)}, DISTANCES, quantity="return")
    assert [len(axes.get_lines()) for axes in figure.axes] == [1, 1]
    assert figure.axes[0].get_ylabel() == "return"


@pytest.mark.parametrize(
    ("careless", "message"),
    [
        ({}, "careless must hold at least one agent, got none"),
        ({"a": np.ones(4)}, r"careless\['a'\] must have shape \(5,\) or \(5, C\), got \(4,\)"),
        ({"a": [np.nan] * 5}, r"careless\['a'\] must be finite"),
    ],
)
def test_bad_input_is_named(careless, message):
    with pytest.raises(ValueError, match=message):
        plots.evaluations(careless, {"a": np.ones(5)}, DISTANCES)


def test_an_agent_looks_alike_in_every_figure():
    assert look("geometric agent", 3) == look("geometric", 0) == LOOKS["geometric"]
    assert len({look("mine", 0), look("theirs", 1), look("mine", 6)}) == 2
    figure = plots.evaluations({"CCM": [1.0]}, {"geometric": [0.0]}, [0.1])
    (left, *_), (right, *_) = (axes.get_lines() for axes in figure.axes)
    assert (left.get_color(), left.get_marker()) == LOOKS["CCM"]
    assert (right.get_color(), right.get_marker()) == LOOKS["geometric"]
