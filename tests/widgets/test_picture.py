import numpy as np
import pytest

from hgmrl_lite.widgets.picture import PlanePicture, square_grid


@pytest.fixture
def picture():
    return PlanePicture(2.0)


def names(figure):
    return [text.get_text() for text in figure.legends[0].get_texts()]


def test_the_window_is_the_plane_with_whole_ticks(picture):
    assert picture.axes.get_xlim() == picture.axes.get_ylim() == (-2.0, 2.0)
    np.testing.assert_array_equal(picture.axes.get_xticks(), [-2, -1, 0, 1, 2])


def test_several_lines_are_drawn_apart_under_one_name(picture):
    lines = np.arange(12.0).reshape(2, 3, 2)
    picture.line(lines, "red", "two of them")
    drawn = picture.axes.lines[0].get_xydata()
    np.testing.assert_array_equal(drawn[:3], lines[0])
    np.testing.assert_array_equal(drawn[4:7], lines[1])
    assert np.isnan(drawn[3]).all()


def test_the_legend_names_what_has_a_name(picture):
    picture.line([[0, 0], [1, 1]], "blue", "line")
    picture.line([[0, 1], [1, 0]], "blue")
    picture.dots([[0.5, 0.5]], "green", "dots")
    picture.mark([0.0, 1.0], "s", "mark")
    picture.levels(lambda points: points[..., 0], [0.5], "black", "levels")
    picture.arrows([[0, 0]], [[1, 0]], "red", "arrows")
    figure = picture.finished("a title")
    assert sorted(names(figure)) == ["arrows", "dots", "levels", "line", "mark"]
    assert picture.axes.get_title() == "a title"


def test_level_sets_lie_at_their_level(picture):
    picture.levels(lambda points: points[..., 0] + points[..., 1], [0.5], "black", "levels")
    (path,) = picture.axes.collections[0].get_paths()
    np.testing.assert_allclose(path.vertices.sum(axis=1), 0.5, atol=1e-9)


def test_a_square_grid():
    grid = square_grid(1.0, 3)
    assert grid.shape == (9, 2)
    assert {tuple(point) for point in grid} == {(x, y) for x in (-1.0, 0.0, 1.0) for y in (-1.0, 0.0, 1.0)}
