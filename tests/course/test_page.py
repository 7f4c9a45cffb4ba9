"""A figure comes with its description."""

import matplotlib
import pytest
from matplotlib import pyplot
from matplotlib.figure import Figure

from hgmrl_lite import course


@pytest.fixture(autouse=True)
def backend():
    """Draw without a screen."""
    before = matplotlib.get_backend()
    pyplot.switch_backend("agg")
    yield
    pyplot.close("all")
    pyplot.switch_backend(before)


def test_image_with_alt_text():
    shown = course.figure(Figure(), alt=' A "circle" & a line <b> ')
    assert shown.png.startswith(b"\x89PNG")
    assert repr(shown) == 'Figure: A "circle" & a line <b>'
    text = shown._repr_html_()
    assert 'alt="A &quot;circle&quot; &amp; a line &lt;b&gt;"' in text
    assert text.startswith('<img src="data:image/png;base64,iVBOR')


def test_a_figure_of_pyplot_is_closed():
    figure, _ = pyplot.subplots()
    kept, _ = pyplot.subplots()
    course.figure(figure, alt="Nothing yet")
    assert pyplot.get_fignums() == [kept.number]


@pytest.mark.parametrize("alt", ["", "  ", None, 3])
def test_a_description_is_needed(alt):
    with pytest.raises(ValueError, match="alt must say what is to be seen in the figure, got"):
        course.figure(Figure(), alt=alt)


@pytest.mark.parametrize("thing", [None, 3, "figure.png"])
def test_a_figure_is_needed(thing):
    with pytest.raises(ValueError, match="figure must be a Matplotlib figure, got"):
        course.figure(thing, alt="Nothing")
