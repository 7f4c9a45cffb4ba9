"""Every exercise fed with answers that nobody meant: told in words, and never "Correct" by accident.

`STRANGE` holds things that are no answer to anything. `SPOILED`, `HARMLESS` and `ROUNDED` change what the
reference returns (or is, where a value is asked for), so that a check has to look closely; `CALLS` and
`FAILURES` change how a function behaves. Each kind is tried on every exercise that it applies to; a failure
names the exercise in the result that it shows.
"""

import array
import dataclasses
import decimal
import fractions
import itertools
import signal
import threading
import time
import warnings

import numpy as np
import pytest

from hgmrl_lite.course.exercise import all_exercises, examine
from hgmrl_lite.course.expect import describe

EXERCISES = {exercise.id: exercise for exercise in all_exercises()}
FUNCTIONS = {id: exercise for id, exercise in EXERCISES.items() if callable(exercise.reference)}
# Exercises with many right answers, so that a number close to the reference or far from it may be right too.
MANY_RIGHT = {"00.1", "01.5", "02.5", "03.5", "04.3", "05.4", "07.1"}
# Checks that take seconds where the answer is right. Sample answers that are right have tests of their own.
LONG = {"03.5", "04.3", "07.4"}

# Their argument is a number, which cannot be changed in place.
OF_NUMBERS = {"09.2"}


every_function = pytest.mark.parametrize("id", list(FUNCTIONS))


def table(kinds):
    """Parametrise a test by the names of a table; it goes through the exercises itself, which is quicker."""
    return pytest.mark.parametrize("kind", list(kinds))


def assert_told(result):
    """The answer is not right, and a sentence says so; none of it looks like Python giving up."""
    assert result.state == "Not yet", result
    assert result.message.rstrip().endswith((".", "`.", "?", "!")), result
    assert len(result.message) < 600, result
    for text in (repr(result), result._repr_html_()):
        assert "Traceback" not in text
        assert "<lambda>" not in text.replace("the function &lt;lambda&gt;", "").replace(
            "the function <lambda>", ""
        )
    # This message is for answers that no check can foresee; a check that reaches it has forgotten a case.
    assert "could not be examined" not in result.message, result


def endless():
    """Return a list that holds itself."""
    chain = []
    chain.append(chain)
    return chain


async def unawaited(*arguments):
    """Return a coroutine."""


# --- no answer to anything: (how to make it, anew for each exercise) ---------------------------------------

STRANGE = {
    "True": lambda: True,
    "zero": lambda: 0,
    "a negative number": lambda: -1e300,
    "a number of 5000 digits": lambda: 10**5000,
    "a complex number": lambda: 1 + 2j,
    "a decimal number": lambda: decimal.Decimal("NaN"),
    "a fraction": lambda: fractions.Fraction(22, 7),
    "an empty text": lambda: "",
    "a text of a million letters": lambda: "no " * 333_333,
    "bytes": lambda: b"both",
    "an empty tuple": lambda: (),
    "an empty dictionary": lambda: {},
    "a dictionary by number": lambda: {1: 2, None: 3},
    "a set": lambda: {1.5, "B"},
    "a list that holds itself": endless,
    "a list of None and a text": lambda: [None, "x"],
    "a nested list that is ragged": lambda: [[1, 2], [3]],
    "a class": lambda: int,
    "an exception": lambda: ValueError("wrong"),
    "a module": lambda: np,
    "an object": object,
    "a slice": lambda: slice(None),
    "a thread": threading.Thread,
    "an iterator": lambda: iter([1.0, 2.0]),
    "an iterator without an end": itertools.count,
    "a generator": lambda: (x for x in "BCFH"),
    "a range of 10^15 numbers": lambda: range(10**15),
    "a range of more numbers than can be counted": lambda: range(10**30),
    "minus infinity": lambda: -np.inf,
    "NaN in a matrix": lambda: np.full((2, 2), np.nan),
    "an array of many axes": lambda: np.zeros((1, 2, 1, 3, 1)),
    "an array of texts": lambda: np.array(["a", "b"]),
    "an array of infinity": lambda: np.array([np.inf]),
    "an array of no numbers": lambda: np.zeros((0, 2)),
    "an array of objects": lambda: np.array([None, {}], dtype=object),
    "an array of times": lambda: np.array(["2026-01-01"], dtype="datetime64[D]"),
    "an array of True": lambda: np.ones((2, 2), dtype=bool),
    "an array of complex numbers": lambda: np.full((2, 2), 1j),
    "an array with named fields": lambda: np.zeros(2, dtype=[("x", float), ("y", float)]),
    "an array of 10^7 numbers and more": lambda: np.zeros(10_000_001, dtype=np.int8),
    "a view of 10^14 numbers": lambda: np.broadcast_to(0.0, (10**7, 10**7)),
    "an array of the standard library": lambda: array.array("d", [1.0] * 11),
    "a function that prints": lambda: print,
    "a function of the system": lambda: time.monotonic,
    "a coroutine function": lambda: unawaited,
}


@table(STRANGE)
def test_a_strange_thing_is_told_in_words(kind, capsys):
    with warnings.catch_warnings():
        # A coroutine that nobody waits for says so when it is thrown away.
        warnings.simplefilter("ignore", RuntimeWarning)
        for exercise in EXERCISES.values():
            assert_told(examine(exercise, STRANGE[kind]()))


@table(STRANGE)
def test_a_strange_thing_that_is_returned_is_told_in_words(kind, capsys):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        for exercise in FUNCTIONS.values():
            assert_told(examine(exercise, lambda *arguments: STRANGE[kind]()))


# --- the reference, changed --------------------------------------------------------------------------------


def changed(reference, number, text, seen=None):
    """Change the numbers and texts that a reference is made of or returns, through any depth of functions."""
    if callable(reference):
        return lambda *given: changed(reference(*given), number, text, seen)
    if isinstance(reference, dict):
        return {name: changed(part, number, text, seen) for name, part in reference.items()}
    if isinstance(reference, tuple) and isinstance(reference[0], str):
        return tuple(changed(part, number, text, seen) for part in reference)
    made = text(reference) if isinstance(reference, str) else number(np.asarray(reference))
    if seen is not None:
        seen.append((reference, made))
    return made


def with_first(value):
    """Make a change of the first entry of an array."""

    def change(numbers):
        spoiled = np.array(numbers, dtype=float)
        spoiled.flat[:1] = value
        return spoiled if spoiled.size else np.array([value])

    return change


def _slope(x):
    """Return numbers of the shape of x, each another one."""
    return np.arange(x.size).reshape(x.shape) / 7.0


SPOILED = {
    "one axis too many": (lambda x: x[None], lambda text: [text]),
    "two axes too many": (lambda x: x[..., None, None], lambda text: [[text]]),
    "one entry too many": (lambda x: np.append(x, 0.5), lambda text: text + "x"),
    "nothing of it": (lambda x: x[..., None][..., :0], lambda text: ""),
    "objects": (lambda x: x.astype(object), lambda text: np.array(text, dtype=object)),
    "complex numbers": (lambda x: x.astype(complex), lambda text: {text: text}),
    "True and False": (lambda x: x > 0, lambda text: True),
    "texts": (lambda x: x.astype(str), lambda text: text.encode()),
    "one text": (repr, repr),
    "in a set": (lambda x: {"x": x}, lambda text: frozenset([text + "x"])),
    "in a dictionary": (lambda x: {"x": x}, lambda text: {"x": text}),
    "a function of it": (lambda x: lambda: x, lambda text: lambda: text),
    "its own iterator": (lambda x: iter(np.atleast_1d(x)), iter),
    "NaN in one entry": (with_first(np.nan), lambda text: np.nan),
    "infinity in one entry": (with_first(np.inf), lambda text: np.inf),
    "all NaN": (lambda x: np.full_like(np.append(x, 1.0), np.nan), lambda text: [None, text]),
    "a hundred times and more": (lambda x: 100.0 * x + 7.0 + _slope(x), lambda text: 2 * text + "1"),
    "minus itself and a half": (lambda x: -x - 0.5, lambda text: "-" + text),
    "far off": (lambda x: x + 1e9, lambda text: "x" * 1000),
    "hardly finite": (lambda x: x + 1e300, lambda text: "\0"),
}


@table(SPOILED)
def test_a_spoiled_reference_is_told_in_words(kind):
    for exercise in EXERCISES.values():
        assert_told(examine(exercise, changed(exercise.reference, *SPOILED[kind])))


HARMLESS = {
    "the same": (lambda x: x, str),
    "nested lists": (lambda x: x.tolist(), str),
    "a copy in Fortran's order": (lambda x: np.array(x, order="F"), str),
    "read only": (lambda x: np.broadcast_to(x, x.shape), str),
    "long floats": (lambda x: x.astype(np.longdouble), str),
    "another case and blanks": (lambda x: x, lambda text: f" {text.swapcase()}\n"),
    "a text of NumPy": (lambda x: x, np.str_),
}


@table(HARMLESS)
def test_a_harmless_change_stays_correct(kind):
    for id, exercise in EXERCISES.items():
        if id not in LONG:
            result = examine(exercise, changed(exercise.reference, *HARMLESS[kind]))
            assert result.state == "Correct", result


ROUNDED = {
    "single precision": lambda x: x.astype(np.float32),
    "half precision": lambda x: x.astype(np.float16),
    "whole numbers": lambda x: x.astype(np.int64),
    "bytes": lambda x: x.astype(np.int8),
    "two digits": lambda x: np.round(x.astype(float), 2),
}


@table(ROUNDED)
def test_rounded_numbers_are_correct_only_when_they_are_right(kind):
    for id, exercise in EXERCISES.items():
        if id in LONG:
            continue
        seen = []
        with np.errstate(all="ignore"):
            result = examine(exercise, changed(exercise.reference, ROUNDED[kind], str, seen))
        away = max((_difference(right, made) for right, made in seen), default=0.0)
        if away == 0.0:
            assert result.state == "Correct", result
        elif result.state != "Correct" or (away > 1e-2 and id not in MANY_RIGHT):
            assert_told(result)


def _difference(right, made):
    """Return the largest difference of two values, relative to 1 + the right one; 0 for texts."""
    if isinstance(right, str):
        return 0.0
    apart = np.abs(np.asarray(made, dtype=float) - right) / (1.0 + np.abs(right))
    return float(np.max(apart, initial=0.0))


# --- the reference as a function that behaves otherwise ----------------------------------------------------


def arrays_in(arguments):
    """Yield the arrays among the arguments, those in lists included."""
    for argument in arguments:
        if isinstance(argument, np.ndarray):
            yield argument
        elif isinstance(argument, (list, tuple)):
            yield from arrays_in(argument)


def in_place(function):
    """Return the right thing, and spoil the first array that was handed in."""

    def answer(*arguments):
        result = function(*arguments)
        for given in itertools.islice(arrays_in(arguments), 1):
            given += 1.0
        return in_place(result) if callable(result) else result

    return answer


def first_argument(function):
    """Return what came in."""

    def answer(*arguments):
        result = function(*arguments)
        return first_argument(result) if callable(result) else next(arrays_in(arguments), arguments[0])

    return answer


def every_other(function):
    """Be right at the first call, wrong at the second, and so on."""
    turn = itertools.count()

    def answer(*arguments):
        result = function(*arguments)
        wrong = next(turn) % 2
        if callable(result):
            return changed(result, *SPOILED["a hundred times and more"]) if wrong else result
        return changed(result, *SPOILED["a hundred times and more"]) if wrong else result

    return answer


def uncertain(function):
    """Return something a little different at each call."""
    rng = np.random.default_rng(0)
    return changed(function, lambda x: x + 0.3 + 0.1 * rng.random(x.shape), str)


def accumulates(function):
    """Go on from what the last call left behind."""
    total = [0.0]

    def number(x):
        total[0] += 1.0
        return x + total[0]

    return changed(function, number, str)


def yields(function):
    """Yield where a return is needed."""

    def answer(*arguments):
        yield function(*arguments)

    return answer


def makes_instances(function):
    """Be a class, so that a call makes an object."""
    return type("Answer", (), {"__init__": lambda self, *arguments: None})


CALLS = {
    "changes its argument in place": in_place,
    "returns its argument": first_argument,
    "is right every other time": every_other,
    "returns another thing at each call": uncertain,
    "keeps what the last call left": accumulates,
    "yields": yields,
    "is a coroutine": lambda function: unawaited,
    "is a class": makes_instances,
    "takes nothing": lambda function: lambda: 0,
    "takes one argument more": lambda function: lambda one, *rest, needed: function(one, *rest),
    "takes arguments by name only": lambda function: lambda **named: function(**named),
    "takes a dozen arguments": lambda function: lambda a, b, c, d, e, f, g, h, i, j, k, m: 0,
    "returns True": lambda function: lambda *given: True,
    "returns the function itself": lambda function: lambda *given: function,
    "returns the type of the result": lambda function: lambda *given: type(function(*given)),
    "calls itself": lambda function: _calls_itself,
}


def _calls_itself(*arguments):
    return _calls_itself(*arguments)


@table(CALLS)
def test_a_function_that_behaves_otherwise_is_told_in_words(kind):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        for exercise in FUNCTIONS.values():
            if not (CALLS[kind] is in_place and exercise.id in OF_NUMBERS):
                assert_told(examine(exercise, CALLS[kind](exercise.reference)))


def chatty(function):
    """Print and warn, and be right."""

    def answer(*arguments):
        print("here", arguments)
        warnings.warn("take care", stacklevel=1)
        return function(*arguments)

    return answer


@every_function
def test_printing_and_warning_do_not_matter(id, capsys, recwarn):
    result = examine(EXERCISES[id], chatty(EXERCISES[id].reference))
    assert result.state == "Correct"
    assert "here" in capsys.readouterr().out, "what a student prints must be seen"
    assert not [warning for warning in recwarn if "take care" in str(warning.message)]


# --- functions that fail -----------------------------------------------------------------------------------


class Unforeseen(BaseException):
    """No Exception, as some libraries have it."""


FAILURES = {
    "Exception": Exception(),
    "KeyError": KeyError("deep inside"),
    "AssertionError": AssertionError(),
    "StopIteration": StopIteration(3),
    "GeneratorExit": GeneratorExit(),
    "SystemExit": SystemExit(1),
    "MemoryError": MemoryError(),
    "a group of errors": ExceptionGroup("two", [ValueError("a"), TypeError("b")]),
    "an error of many lines": ValueError("line\n" * 1000),
    "no Exception at all": Unforeseen("gone"),
}


def failing(error):
    """Return a function that raises."""

    def answer(*arguments):
        raise error

    return answer


@table(FAILURES)
def test_a_function_that_raises_is_told_in_words(kind):
    for exercise in FUNCTIONS.values():
        result = examine(exercise, failing(FAILURES[kind]))
        assert_told(result)
        assert f"raised {type(FAILURES[kind]).__name__}" in result.message


@every_function
def test_what_is_raised_late_is_told_in_words(id):
    """The function is right at its first call, and fails at a later one."""
    turn = itertools.count()

    def late(function):
        def answer(*arguments):
            if next(turn):
                raise ZeroDivisionError("late")
            result = function(*arguments)
            return late(result) if callable(result) else result

        return answer

    result = examine(EXERCISES[id], late(EXERCISES[id].reference))
    assert_told(result)
    assert "raised ZeroDivisionError: late" in result.message


@every_function
def test_the_students_interrupt_comes_through(id):
    with pytest.raises(KeyboardInterrupt):
        examine(EXERCISES[id], failing(KeyboardInterrupt()))


def test_the_stop_button_ends_a_loop():
    def answer(*arguments):
        signal.raise_signal(signal.SIGINT)
        while True:
            pass

    before = set(threading.enumerate())
    with pytest.raises(KeyboardInterrupt):
        examine(EXERCISES["00.2"], answer)
    for worker in set(threading.enumerate()) - before:
        worker.join(10)
        assert not worker.is_alive()


@pytest.mark.parametrize("error", [SystemExit(2), Unforeseen(), RuntimeError()], ids=repr)
def test_an_object_that_fails_at_everything_is_told_in_words(error):
    def fail(*arguments, **named):
        raise error

    methods = (
        "__array__",
        "__repr__",
        "__str__",
        "__len__",
        "__iter__",
        "__getitem__",
        "__eq__",
        "__float__",
    )
    broken = type("Broken", (), dict.fromkeys(methods, fail) | {"__hash__": object.__hash__})
    tried = itertools.product(EXERCISES.values(), (broken(), lambda *arguments: broken()))
    for exercise, answer in tried:
        result = examine(exercise, answer)
        assert result.state == "Not yet", result
        assert result.message


# --- functions that do not end -----------------------------------------------------------------------------


def loops(*arguments):
    """Go on for ever."""
    while True:
        pass


def sleeps(*arguments):
    """Wait for ever."""
    time.sleep(1000)


def catches_all(*arguments):
    """Go on for ever, whatever is thrown in."""
    while True:
        try:
            time.sleep(0.01)
        except BaseException:
            continue


SLOW = {"loops": loops, "sleeps": sleeps, "catches all": catches_all}


@every_function
def test_a_function_that_does_not_end_is_stopped(id):
    start = time.perf_counter()
    result = examine(dataclasses.replace(EXERCISES[id], seconds=0.05), loops)
    assert_told(result)
    assert result.message == "It took longer than 0.05 s and was stopped."
    assert time.perf_counter() - start < 5.0


@table(SLOW)
@pytest.mark.parametrize("id", ["00.3", "03.4", "06.2"])
def test_each_way_of_not_ending_is_stopped(id, kind):
    result = examine(dataclasses.replace(EXERCISES[id], seconds=0.1), SLOW[kind])
    assert_told(result)
    assert "took longer than 0.1 s" in result.message


def test_a_description_is_short_whatever_it_describes():
    for make in STRANGE.values():
        assert 0 < len(describe(make())) < 200
