"""A check says what is wrong with any answer, in words; only a right one is correct."""

import sys
import time
import types
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from hgmrl_lite import course
from hgmrl_lite.course.calling import call, call_rows, is_blank
from hgmrl_lite.course.exercise import CheckResult, Exercise, all_exercises, examine, find
from hgmrl_lite.course.expect import (
    NotYet,
    as_numbers,
    describe,
    expect,
    expect_choice,
    expect_close,
    expect_shape,
)

POINTS = np.array([[1.0, 2.0], [3.0, 4.0], [-1.0, 0.5]])


def double(points):
    """Return the points, doubled."""
    return 2 * np.asarray(points)


def check_double(answer):
    yield "one point"
    expect_close(
        call(answer, np.array([1.0, 2.0])),
        [2.0, 4.0],
        "`double([1, 2])`",
        mistakes={"This squares the coordinates.": [1.0, 4.0], "Nothing happened.": [1.0, 2.0]},
    )
    yield "three points at once"
    expect_close(call(answer, POINTS), 2 * POINTS, "`double` of three points")


def check_count(answer):
    yield "the number of fixed points"
    expect_close(answer, 3.0, "The number", reveal=False, mistakes={"The origin is counted twice.": 4.0})


def check_kind(answer):
    yield "the kind of group"
    kinds = ("elliptic", "hyperbolic", "parabolic")
    expect_choice(answer, "elliptic", kinds, "The kind", {"hyperbolic": "Do orbits close?"})


def check_pair(answer):
    yield "two matrices"
    expect(isinstance(answer, tuple) and len(answer) == 2, "Two matrices are needed.")
    first, second = answer
    expect_close(expect_shape(first, (2, 2), "The first"), np.eye(2), "The first")
    expect_close(second, 2 * np.eye(2), "The second")


DOUBLE = Exercise(
    "98.1", "Doubling", ("Think.", "Add `p` to itself.", "$2p$"), check_double, double, seconds=0.5
)
COUNT = Exercise("98.2", "Counting", ("Count.",), check_count, 3)
KIND = Exercise("98.3", "Choosing", ("Choose.",), check_kind, "elliptic")
PAIR = Exercise("98.4", "Two parts", ("Both.",), check_pair, (np.eye(2), 2 * np.eye(2)))
EXAMPLES = (DOUBLE, COUNT, KIND, PAIR)


@pytest.fixture
def lesson_98(monkeypatch):
    """Put the examples where a lesson's exercises are."""
    module = types.ModuleType("hgmrl_lite.course.lesson_98")
    vars(module).update({exercise.title: exercise for exercise in EXAMPLES})
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr("hgmrl_lite.course.exercise._shown", {})


def assert_told(result, state, *fragments):
    """The verdict is as expected, and both forms of it can be shown and hold the words."""
    plain, rich = repr(result), result._repr_html_()
    assert result.state == state, plain
    assert state in plain
    assert state in rich
    assert "Traceback" not in plain
    for fragment in fragments:
        assert fragment in plain


@pytest.mark.parametrize("exercise", EXAMPLES, ids=lambda exercise: exercise.id)
def test_the_reference_is_correct(exercise):
    result = examine(exercise, exercise.reference)
    assert_told(result, "Correct", *result.tested)
    assert result.tested
    assert not result.message


class Doubler:
    """A callable that is no function."""

    def __call__(self, points):
        """Double."""
        return points + points


@pytest.mark.parametrize(
    "answer",
    [
        lambda p: p + p,
        lambda p, factor=2: (factor * p).tolist(),
        lambda *points: np.multiply(points[0], 2),
        lambda p: np.float32(2) * p.astype(np.float32),
        lambda p: (2 * p).astype(int) if p.ndim == 1 else 2 * p,
        Doubler(),
        Doubler().__call__,
    ],
)
def test_other_solutions_are_correct(answer):
    assert_told(examine(DOUBLE, answer), "Correct")


@pytest.mark.parametrize("answer", ["elliptic", " Elliptic ", "ELLIPTIC"])
def test_a_choice_is_read_kindly(answer):
    assert_told(examine(KIND, answer), "Correct")


@pytest.mark.parametrize(
    "answer", [3, 3.0, np.int64(3), np.float32(3), np.array(3.0), Fraction(3, 1).numerator]
)
def test_a_number_is_a_number(answer):
    assert_told(examine(COUNT, answer), "Correct")


def stub(points):
    """Return the points, doubled."""
    ...


def stub_pass(points):
    pass


def stub_with_given_code(points):
    half = points / 2
    ...
    assert half.shape


def stub_returns(points):
    """Return the points, doubled."""
    return ...


def stub_with_a_docstring_only(points):
    """Return the points, doubled."""


def stub_returns_none(points):
    """Return the points, doubled."""
    return None


def stub_in_the_middle(points):
    matrix = ...
    return matrix @ points


def stub_raises(points):
    raise NotImplementedError


def stub_inner(points):
    result = ...
    return result


@pytest.mark.parametrize(
    ("exercise", "answer"),
    [
        *((DOUBLE, answer) for answer in (stub, stub_pass, stub_with_given_code, stub_returns)),
        *((DOUBLE, answer) for answer in (stub_with_a_docstring_only, stub_returns_none)),
        *((DOUBLE, answer) for answer in (stub_in_the_middle, stub_raises, stub_inner, ..., None)),
        *((exercise, answer) for exercise in (COUNT, KIND) for answer in (..., None)),
        *((PAIR, answer) for answer in (..., (..., ...), [None, ...])),
    ],
)
def test_an_untouched_stub_is_not_attempted(exercise, answer):
    result = examine(exercise, answer)
    assert_told(result, "Not attempted", "Put your own code in place of `...`")
    assert result.message


def adds_in_place(points):
    points += points
    return points


def fills_in_place(points):
    doubled = 2 * points
    points[...] = 0
    return doubled


def divides(points):
    scale = 0
    return points * (1 // scale)


def deeper(points):
    def inner(value):
        return value.no_such_method()

    return inner(points)


def library_raises(points):
    return np.linalg.solve(np.zeros((2, 2)), points)


def leaves(points):
    sys.exit(3)


def swallows(points):
    while True:
        try:
            time.sleep(0.01)
        except BaseException:
            continue


def recursive(points):
    return recursive(points)


def no_return(points):
    2 * points


def yields(points):
    yield 2 * points


def indexes_with_dots(points):
    return 2 * points[..., 0].no_such_method()


def keeps_the_dots(points):
    ...
    return points.no_such_method()


class Unreadable(Exception):
    """An exception whose text cannot be had."""

    def __str__(self):
        """Fail."""
        raise RuntimeError


def raises_unreadable(points):
    raise Unreadable


class Broken:
    """An object that fails at everything."""

    def __array__(self, *args, **kwargs):
        """Fail."""
        raise RuntimeError("no array")

    def __repr__(self):
        """Fail."""
        raise RuntimeError("no text")

    def __getattr__(self, name):
        """Fail."""
        raise RuntimeError("no attribute")


NOT_YET = [
    # Not a function that takes the arguments.
    (3.5, "A function is needed for `your answer`, but this is float 3.5."),
    (np.zeros(2), "this is an array of shape (2,) and type float64"),
    ("text", "this is the text 'text'"),
    ([1, 2], "this is a list of length 2"),
    (double(POINTS), "A function is needed"),
    (lambda: 3, "should take 1 argument, but takes `()`"),
    (lambda p, q: 3, "should take 1 argument, but takes `(p, q)`"),
    (lambda *, p: 3, "should take 1 argument"),
    (Broken(), "could not be examined: RuntimeError"),
    (Broken, "Broken"),
    # Values of another type, shape, or kind.
    (no_return, "`no_return` returns None.\n  Is a `return` missing?"),
    (yields, "not an object of type generator"),
    (lambda p: "two", "`double([1, 2])` should be numbers, not the text 'two'"),
    (lambda p: {"x": 1}, "should be numbers, not a dict of length 1"),
    (lambda p: [[1], [2, 3]], "a list of length 2 cannot be read as an array"),
    (lambda p: Broken(), "an object of type Broken cannot be read as an array"),
    (lambda p: p > 0, "holds True and False"),
    (lambda p: 2j * p, "should be real numbers, but holds complex ones"),
    (lambda p: (2 * p).astype(object), "not an array of shape (2,) and type object"),
    (lambda p: 2 * p[0], "should have shape (2,), but is a single number"),
    (lambda p: np.array([2 * p]), "should have shape (2,), but has shape (1, 2)"),
    (lambda p: 2 * p[:0], "should have shape (2,), but has shape (0,)"),
    (lambda p: np.full(2, np.nan), "holds NaN or infinity (2 of 2 entries)"),
    (lambda p: p / 0, "holds NaN or infinity"),
    (lambda p: (2.001 * p).astype(np.float16), "It came as float16"),
    (lambda p: lambda q: q, "not the function <lambda>"),
    (lambda p: [2, ...], "should be numbers"),
    # Wrong values, the recognised ones with their hint.
    (lambda p: 3 * p, "`double([1, 2])` should be [2, 4], but is [3, 6]"),
    (lambda p: 1.00001 * 2 * p, "should be [2, 4], but is [2.00002, 4.00004]"),
    (lambda p: np.array([1e-17, -1.0]), "but is [0, -1]"),
    (lambda p: p / len(p[0]), "`your function` raised TypeError"),
    (lambda p: p**2, "This squares the coordinates."),
    (lambda p: p, "Nothing happened."),
    (lambda p: np.array([2.0, 4.0]), "`double` of three points should have shape (3, 2)"),
    (lambda p: 2 * p if p.ndim == 1 else p, "passed: one point\n  failed: three points at once"),
    # Functions that raise, do not end, or change what they are given.
    (divides, "`divides` raised ZeroDivisionError"),
    (divides, "`return points * (1 // scale)`"),
    (deeper, "`return value.no_such_method()`"),
    (library_raises, "raised LinAlgError: Singular matrix, in line"),
    (library_raises, "`return np.linalg.solve(np.zeros((2, 2)), points)`"),
    (indexes_with_dots, "`indexes_with_dots` raised AttributeError"),
    (keeps_the_dots, "`keeps_the_dots` raised AttributeError"),
    (raises_unreadable, "raised Unreadable: no readable message"),
    (leaves, "`leaves` raised SystemExit: 3"),
    (recursive, "raised RecursionError"),
    (swallows, "It took longer than 0.5 s and was stopped."),
    (lambda p: time.sleep(30), "It took longer than 0.5 s and was stopped."),
    (adds_in_place, "`adds_in_place` changes its argument `points` in place."),
    (fills_in_place, "changes its argument `points` in place."),
]


@pytest.mark.parametrize(("answer", "words"), NOT_YET, ids=[words[:40] for _, words in NOT_YET])
def test_a_wrong_function_is_told_in_words(answer, words):
    assert_told(examine(DOUBLE, answer), "Not yet", words)


@pytest.mark.parametrize(
    ("exercise", "answer", "words"),
    [
        (COUNT, 4, "The number is not right: 4. The origin is counted twice."),
        (COUNT, 5, "The number is not right: 5."),
        (COUNT, [3, 3], "The number should be a single number, but has shape (2,)."),
        (COUNT, "3", "should be numbers, not the text '3'"),
        (COUNT, True, "holds True and False"),
        (COUNT, np.nan, "holds NaN or infinity (1 of 1 entries)"),
        (COUNT, lambda: 3, "not the function <lambda>"),
        (KIND, "hyperbolic", "Do orbits close?"),
        (KIND, "parabolic", "The kind is not 'parabolic'."),
        (KIND, "round", 'should be one of "elliptic", "hyperbolic", "parabolic", not the text \'round\''),
        (KIND, 3, "not int 3"),
        (PAIR, (np.eye(2), ...), "The second should be a number or an array of numbers, not `...`."),
        (PAIR, (np.eye(3), np.eye(2)), "The first should have shape (2, 2), but has shape (3, 3)."),
        (PAIR, np.eye(2), "Two matrices are needed."),
    ],
)
def test_a_wrong_value_is_told_in_words(exercise, answer, words):
    result = examine(exercise, answer)
    assert words in f"{result.message} {result.hint}"
    assert_told(result, "Not yet")


def test_an_answer_is_not_given_away():
    assert "3" not in repr(examine(COUNT, 5)).replace("98.2", "")


anything = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.complex_numbers(),
    st.text(),
    st.binary(),
    st.lists(st.one_of(st.floats(), st.text(max_size=3), st.none(), st.just(...)), max_size=4),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=2),
    st.sampled_from([object(), Broken, len, np.sin, range(3), slice(2), NotYet, Ellipsis]),
    hnp.arrays(
        st.sampled_from([np.float64, np.float32, np.int8, np.uint64, np.complex128, np.bool_, "U2", "M8[s]"]),
        hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3),
    ),
)


def is_right(value, want):
    """Decide independently of the checks whether a value is right."""
    try:
        array = np.asarray(value)
        return (
            array.shape == np.shape(want)
            and array.dtype.kind in "iuf"
            and np.allclose(array, want, 1e-6, 1e-6)
        )
    except Exception:
        return False


@given(anything)
def test_any_answer_is_told_and_none_passes_by_accident(answer):
    for exercise in EXAMPLES:
        result = examine(exercise, answer)
        assert_told(result, result.state)
        if exercise is COUNT:
            assert (result.state == "Correct") == is_right(answer, 3.0)
        else:
            assert result.state != "Correct"


@given(anything)
def test_any_returned_value_is_told_and_none_passes_by_accident(value):
    result = examine(DOUBLE, lambda points: value)
    assert_told(result, result.state)
    assert result.state == ("Not attempted" if value is Ellipsis else "Not yet")


def test_in_place_changes_inside_lists_are_seen():
    def shift(points, offsets):
        offsets[1][0] = 7
        return points

    with pytest.raises(NotYet, match="changes its argument `offsets` in place"):
        call(shift, np.zeros(2), [np.zeros(2), np.zeros(2)])
    assert call(lambda a, b: a, np.array([np.nan, 1.0]), ["x", 2]).shape == (2,)


def test_what_numpy_says_of_a_product_is_said_in_words():
    matrix = np.eye(2)
    with pytest.raises(
        NotYet, match="raised ValueError: the shapes on the two sides of `@` do not fit, in line"
    ):
        call(lambda points: matrix @ points, np.ones((5, 2)))
    with pytest.raises(NotYet, match="a function not called, in line"):
        call(lambda function: matrix @ function, np.sin)


def test_a_function_of_one_point_is_told_what_it_lacks():
    points = np.random.default_rng(0).normal(size=(5, 2))

    def one(point):
        x, y = point
        return np.array([y, x])

    with pytest.raises(
        NotYet, match=r"`one` works for one point, of shape \(2,\), but not for several"
    ) as told:
        call_rows(one, points)
    assert "points @ L.T" in told.value.hint
    # What fails for single points too, or works for both, is told as by `call`.
    with pytest.raises(NotYet, match="raised ZeroDivisionError"):
        call_rows(lambda points: 1 // 0, points)
    with pytest.raises(NotYet, match="in place"):
        call_rows(adds_in_place, points)
    assert np.array_equal(
        call_rows(lambda points, turn: turn * points[..., ::-1], points, -1), -points[:, ::-1]
    )


def test_the_caller_keeps_its_arrays():
    given_points = np.ones(2)
    with pytest.raises(NotYet):
        call(adds_in_place, given_points)
    assert np.array_equal(given_points, np.ones(2))


def test_builtin_functions_have_no_readable_signature():
    assert call(np.add, 1.0, 2.0) == 3.0
    with pytest.raises(NotYet, match="raised TypeError"):
        call(max, 3)


def test_large_arrays_name_the_place():
    want = np.zeros((10, 3))
    got = want.copy()
    got[7, 2] = 0.25
    with pytest.raises(NotYet, match=r"Furthest off is index \[7, 2\]: 0.25 instead of 0.") as caught:
        expect_close(got, want, "The array")
    assert len(caught.value.message) < 500


def test_what_a_function_prints_and_warns_does_not_matter(recwarn):
    def noisy(points):
        return np.where(points == 0, 1 / (points * 0), 2 * points)

    assert_told(examine(DOUBLE, noisy), "Correct")
    assert not recwarn.list


def test_small_blocks():
    expect(True, "never said")
    with pytest.raises(NotYet, match="said") as caught:
        expect(False, "said", "a hint")
    assert caught.value.hint == "a hint"
    assert as_numbers([1, 2], "It").dtype == np.float64
    assert describe({1, 2}) == "a set of length 2"
    assert is_blank({"a": ...})
    assert not is_blank(())
    assert not is_blank([..., 1])


def test_html_is_escaped_and_names_states_in_words():
    def evil(points):
        raise ValueError("<script>alert(1)</script> & `code`")

    text = examine(DOUBLE, evil)._repr_html_()
    assert "<script>" not in text
    assert "&lt;script&gt;" in text
    assert 'course.hint("98.1")' in text
    assert "color:" not in text.replace("currentColor", "")


def test_check_by_id(lesson_98):
    result = course.check("98.1", double)
    assert isinstance(result, CheckResult)
    assert result.state == "Correct"
    assert course.check("98.2", ...).state == "Not attempted"


@pytest.mark.parametrize("id", ["98.9", "98", "", 98.1, None, "../x", "97.1"])
def test_unknown_exercise(lesson_98, id):
    with pytest.raises(ValueError, match="id must name an exercise, got"):
        course.check(id, double)


def test_unknown_exercise_lists_the_lesson(lesson_98):
    with pytest.raises(ValueError, match=r"known: 98\.1, 98\.2, 98\.3, 98\.4"):
        find("98.7")


def test_hints_come_one_more_at_a_time(lesson_98):
    shown = [course.hint("98.1") for _ in range(4)]
    assert [hints.level for hints in shown] == [1, 2, 3, 3]
    assert repr(shown[0]) == "Hint 1 of 3: Think.\nRun this cell again for the next hint."
    assert "Hint 2" not in shown[0]._repr_html_()
    assert "Add <code>p</code> to itself." in shown[1]._repr_html_()
    assert "$2p$" in shown[2]._repr_html_()
    assert repr(shown[3]).endswith("These are all the hints.")
    assert course.hint("98.2").level == 1


def test_hints_are_folded_in_a_notebook(lesson_98):
    text = [course.hint("98.1") for _ in range(3)][-1]._repr_html_()
    assert text.count("<details>") == text.count("</details>") == 3
    assert "open" not in text


def test_ids_of_the_package_are_unique():
    ids = [exercise.id for exercise in all_exercises()]
    assert len(set(ids)) == len(ids)
    assert ids == sorted(ids)
