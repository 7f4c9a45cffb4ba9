"""Checks of many cases: a table of arguments, or of choices, and of what typical mistakes make of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from hgmrl_lite.course.calling import call, call_rows
from hgmrl_lite.course.expect import Mistakes, expect, expect_choice, expect_close, expect_entry

Cases = Mapping[str, tuple[Any, ...] | list[tuple[Any, ...]]]


def each_case(
    answer: Any,
    right: Callable[..., Any],
    what: str | Callable[..., str],
    cases: Cases,
    mistakes: Callable[..., Mistakes] | None = None,
    *,
    tolerance: float = 1e-6,
    ask: Callable[..., Any] = call,
    makes: str | None = None,
) -> Iterator[str]:
    """Compare the student's function with the right one, case by case; yield each case's name before it.

    Parameters
    ----------
    answer : object
        What the student handed in, hopefully a function.
    right : callable
        Returns the right values for the same arguments.
    what : str or callable
        What the values are, as the subject of a sentence; a callable is asked with the case's arguments.
    cases : mapping of str to tuple, or to a list of them
        The arguments to call both functions with, by what is tested with them.
    mistakes : callable, optional
        Returns for a case's arguments what typical mistakes lead to, as `expect_close` takes it.
    tolerance : float, optional
        As in `expect_close`.
    ask : callable, optional
        How the student's function is called: `call_rows` where its first argument may be points in rows.
    makes : str, optional
        Given when ``answer`` and ``right`` return a function of points: its name. Both are asked for it with
        all arguments but the last, and it is called with the last.

    Raises
    ------
    NotAttempted, NotYet
        As `call` and `expect_close` do.
    """
    for words, inputs in cases.items():
        yield words
        for given in inputs if isinstance(inputs, list) else [inputs]:
            if makes:
                *parts, points = given
                want, made = right(*parts)(points), call(answer, *parts)
                expect(callable(made), f"It should return a function, {makes}, but it returned values.")
                got = call_rows(made, points, what=makes)
            else:
                want = right(*given)
                got = ask(answer, *given)
            name = what(*given) if callable(what) else what
            table = partial(mistakes, *given) if mistakes else None
            expect_close(got, want, name, tolerance, mistakes=table)


def each_choice(
    answer: Any,
    right: Mapping[str, str],
    options: Sequence[str],
    what: str,
    mistakes: Mapping[str, str | Mapping[str, str]],
) -> Iterator[str]:
    """Compare the words in a dictionary that the student filled in; yield before each what it is.

    Parameters
    ----------
    answer : object
        The student's dictionary.
    right : mapping of str to str
        The right option for each entry.
    options : sequence of str
        All options.
    what : str
        What is chosen, as the subject of a sentence, with the entry's name in place of ``{}``.
    mistakes : mapping
        For each entry one hint, or one for each wrong option.

    Raises
    ------
    NotYet
        When an entry is missing, open or wrong.
    """
    for name, option in right.items():
        subject = what.format(name)
        yield subject[0].lower() + subject[1:]
        expect_choice(expect_entry(answer, name), option, options, subject, mistakes[name])
