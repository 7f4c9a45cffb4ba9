"""Look at what a student handed in, and call it: with copies, in time, and in words when it fails."""

import ast
import contextvars
import copy
import ctypes
import inspect
import linecache
import textwrap
import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from hgmrl_lite._validate import Array
from hgmrl_lite.course.expect import NotAttempted, NotYet, describe, shorten

# What NumPy says of `@` in terms of its own inside, and what it means; the first 120 letters hold the key.
_MATMUL = {
    "mismatch in its core dimension": "the shapes on the two sides of `@` do not fit",
    "does not have enough dimensions": "one side of `@` is no array but a number, or a function not called",
}


#: Seconds in which work that was asked to end may leave what it has entered, before it is left to itself.
_GRACE = 1.0


class TookTooLong(Exception):
    """The work did not end within its time limit."""


class Stop(BaseException):
    """Thrown into the running code; no ``except Exception`` there catches it, and a check lets it through."""


def run_with_limit(work: Callable[[], None], seconds: float) -> None:
    """Run ``work`` in a thread of its own, and give up after ``seconds``.

    Parameters
    ----------
    work : callable
        Takes no argument.
    seconds : float
        The time limit, in wall seconds.

    Raises
    ------
    TookTooLong
        When the time is over. The work is asked to end and waited for a second more: one long call of
        compiled code goes on until it returns. What ``work`` itself raises comes through unchanged.
    """
    errors: list[BaseException] = []

    def target() -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)

    # The copied context keeps printed output in the cell that asked for it.
    thread = threading.Thread(target=contextvars.copy_context().run, args=(target,), daemon=True)
    try:
        thread.start()
        thread.join(seconds)
    finally:
        # Also when the student interrupts the cell.
        late = thread.is_alive()
        if late:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(thread.ident or 0), ctypes.py_object(Stop)
            )
            # What it has changed for a while, such as filters of warnings, it changes back now, not later.
            thread.join(_GRACE)
    if late:
        raise TookTooLong
    if errors:
        # Taken from the list, which its traceback holds: what it holds ends with it.
        raise errors.pop()


def is_blank(answer: Any) -> bool:
    """Tell whether an answer is still the stub: ``...``, None, or a collection of nothing else."""
    if answer is None or answer is Ellipsis:
        return True
    if isinstance(answer, (tuple, list, dict)) and len(answer):
        parts = answer.values() if isinstance(answer, dict) else answer
        return all(part is None or part is Ellipsis for part in parts)
    return False


def gaps(student: Any) -> set[str]:
    """Find where ``...`` is left in a function's source: as a "value", or as a "statement", like ``pass``."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(student))))
    except (OSError, TypeError, SyntaxError):
        return set()
    nodes = list(ast.walk(tree))
    statements = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    # In an index, such as p[..., 0], three dots are no gap.
    indices = {id(part) for node in nodes if isinstance(node, ast.Subscript) for part in ast.walk(node.slice)}
    dots = [node for node in nodes if isinstance(node, ast.Constant) and node.value is Ellipsis]
    found = {"statement" if id(gap) in statements else "value" for gap in dots if id(gap) not in indices}
    # Nothing but its docstring, or `return None`.
    if isinstance(tree.body[0], ast.FunctionDef) and all(map(_does_nothing, tree.body[0].body)):
        found.add("statement")
    return found | {"statement" for node in nodes if isinstance(node, ast.Pass)}


def _does_nothing(statement: ast.stmt) -> bool:
    nothing = getattr(statement, "value", None)
    return isinstance(statement, ast.Expr | ast.Return) and isinstance(nothing, ast.Constant | None)


def parameters(student: Any, count: int) -> list[str] | str:
    """Return the names of the parameters for ``count`` arguments, or the signature that does not fit."""
    numbered = [f"number {k + 1}" for k in range(count)]
    try:
        signature = inspect.signature(student)
    except (TypeError, ValueError):
        return numbered
    try:
        signature.bind(*numbered)
    except TypeError:
        bare = [p.replace(annotation=p.empty) for p in signature.parameters.values()]
        return shorten(str(inspect.Signature(bare)))
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    fixed = [p.name for p in signature.parameters.values() if p.kind in positional]
    return (fixed + numbered[len(fixed) :])[:count]


def message(error: BaseException) -> str:
    """Return the text of an exception on one line, even when its ``__str__`` is broken."""
    try:
        return shorten(" ".join(str(error).split()))
    except Exception:
        return "no readable message"


def raised(student: Any, error: BaseException, name: str) -> str:
    """Say what the student's function raised and in which of its lines."""
    text = message(error)
    text = next((words for key, words in _MATMUL.items() if key in text), text)
    sentence = f"`{name}` raised {type(error).__name__}" + (f": {text}" if text else "")
    code = getattr(inspect.unwrap(student), "__code__", None)
    place, trace = None, error.__traceback__
    while trace is not None:
        if code is not None and trace.tb_frame.f_code.co_filename == code.co_filename:
            place = trace.tb_lineno
        trace = trace.tb_next
    if code is None or place is None:
        return sentence + "."
    line = linecache.getline(code.co_filename, place).strip()
    return f"{sentence}, in line {place}" + (f": `{shorten(line)}`." if line else ".")


def unchanged(before: Any, after: Any) -> bool:
    """Compare an argument with its copy after the call; what is no array or list counts as unchanged."""
    if isinstance(before, np.ndarray):
        if before.shape != np.shape(after):
            return False
        return bool(np.array_equal(before, after, equal_nan=before.dtype.kind in "fc"))
    if isinstance(before, (list, tuple)):
        return len(before) == len(after) and all(map(unchanged, before, after))
    return not isinstance(before, (int, float, str)) or before == after


def call(student: Any, *arguments: Any, what: str | None = None) -> Any:
    """Call the student's function and return what it returns.

    Parameters
    ----------
    student : object
        What the student handed in, hopefully a function.
    *arguments : object
        What it is called with. It gets copies, and must leave them as they are.
    what : str, optional
        What the function is called in messages; its own name when left out.

    Returns
    -------
    object
        The returned value, neither None nor Ellipsis.

    Raises
    ------
    NotAttempted
        When the body is still the stub.
    NotYet
        When it is no function, takes other arguments, raises, changes an argument or returns nothing.
    """
    name = _named(student, what)
    if not callable(student):
        raise NotYet(f"A function is needed for `{name}`, but this is {describe(student)}.")
    names = parameters(student, len(arguments))
    if isinstance(names, str):
        word = "argument" if len(arguments) == 1 else "arguments"
        raise NotYet(f"`{name}` should take {len(arguments)} {word}, but takes `{names}`.")
    given = copy.deepcopy(arguments)
    try:
        result = student(*given)
    except (NotYet, NotAttempted, KeyboardInterrupt, Stop):
        # The student's own interrupt ends the cell, as everywhere; the time limit ends the check.
        raise
    except BaseException as error:
        unfinished = "value" in gaps(student) or "ellipsis" in message(error).lower()
        if unfinished or isinstance(error, NotImplementedError):
            raise NotAttempted from None
        raise NotYet(raised(student, error, name)) from None
    for parameter, before, after in zip(names, arguments, given, strict=True):
        if not unchanged(before, after):
            raise NotYet(
                f"`{name}` changes its argument `{parameter}` in place.",
                "Make a new array, or start from a copy, so that the caller's array stays as it was.",
            )
    if result is Ellipsis or (result is None and gaps(student)):
        raise NotAttempted
    if result is None:
        raise NotYet(f"`{name}` returns None.", "Is a `return` missing?")
    return result


def call_rows(student: Any, points: Array, *arguments: Any, what: str | None = None) -> Any:
    """Do as `call` with one point (n,) or with points (N, n) in rows as the first argument.

    A function that fails on the rows together and not on each alone is told just that.
    """
    try:
        return call(student, points, *arguments, what=what)
    except NotYet:
        if points.ndim == 1:
            raise
        try:
            for row in points:
                call(student, row, *arguments, what=what)
        except NotYet:
            pass
        else:
            name = _named(student, what)
            raise NotYet(
                f"`{name}` works for one point, of shape {points[0].shape}, but not for several in the rows "
                f"of an array of shape {points.shape}.",
                "`L @ p` for a column becomes `points @ L.T` for rows; `points[..., 0]` is the first "
                "coordinate of one point and of many.",
            ) from None
        raise


def _named(student: Any, what: str | None) -> str:
    """Return what a student's function is called in messages."""
    return what or str(getattr(student, "__name__", "your answer")).replace("<lambda>", "your function")
