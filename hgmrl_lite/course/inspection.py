"""Look at an answer and put it in words: is it a stub, what does it take, where did it fail, what is it."""

import ast
import dis
import inspect
import linecache
import textwrap
from types import FunctionType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

_SHORT = 120
# What NumPy says of `@` in terms of its own inside, and what it means; the first 120 letters hold the key.
_MATMUL = {
    "mismatch in its core dimension": "the shapes on the two sides of `@` do not fit",
    "does not have enough dimensions": "one side of `@` is no array but a number, or a function not called",
}
_NO_EFFECT = ("RESUME", "NOP", "CACHE", "RETURN_VALUE", "MAKE_CELL", "COPY_FREE_VARS")


def is_blank(answer: Any) -> bool:
    """Tell whether an answer is still the stub: ``...``, None, or a collection of nothing else."""
    if answer is None or answer is Ellipsis:
        return True
    if isinstance(answer, (tuple, list, dict)) and len(answer):
        parts = answer.values() if isinstance(answer, dict) else answer
        return all(part is None or part is Ellipsis for part in parts)
    return inspect.isfunction(answer) and _is_empty(answer)


def is_stub(student: Any) -> bool:
    """Tell whether a function that returned None is unfinished: a gap is left, or nothing is there."""
    function = inspect.unwrap(student)
    return bool(gaps(student)) or (inspect.isfunction(function) and _is_empty(function))


def gaps(student: Any) -> set[str]:
    """Find where ``...`` is left in a function's source: as a "statement", as a "value", or not at all."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(student))))
    except (OSError, TypeError, SyntaxError):
        return set()
    nodes = list(ast.walk(tree))
    statements = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    # In an index, such as p[..., 0], three dots are no gap.
    indices = {id(part) for node in nodes if isinstance(node, ast.Subscript) for part in ast.walk(node.slice)}
    dots = [node for node in nodes if isinstance(node, ast.Constant) and node.value is Ellipsis]
    return {"statement" if id(gap) in statements else "value" for gap in dots if id(gap) not in indices}


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


def describe(value: Any) -> str:
    """Say in a few words what ``value`` is, whatever it is."""
    if value is None:
        return "None"
    if value is Ellipsis:
        return "`...`"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} and type {value.dtype}"
    if isinstance(value, int) and value.bit_length() > 64:
        return "a whole number of very many digits"
    if isinstance(value, (bool, np.bool_, int, float, complex, np.number)):
        return f"{type(value).__name__} {value}"
    if isinstance(value, str):
        return f"the text {shorten(repr(value))}"
    if isinstance(value, (list, tuple, set, dict)):
        return f"a {type(value).__name__} of length {len(value)}"
    if inspect.isclass(value):
        return f"the class {value.__name__}"
    if callable(value):
        return f"the function {getattr(value, '__name__', type(value).__name__)}"
    return f"an object of type {type(value).__name__}"


def show(value: ArrayLike, digits: int = 4) -> str:
    """Write numbers for a sentence: few digits, rounding errors as 0, long arrays shortened."""
    array = np.asarray(value, dtype=np.float64)
    noise = 1e-12 * max(1.0, float(np.abs(array).max(initial=0.0)))
    clean = np.where(np.abs(array) < noise, 0.0, array)
    with np.printoptions(threshold=12, edgeitems=2, formatter={"float_kind": f"{{:.{digits}g}}".format}):
        text = np.array2string(clean, separator=", ")
    return shorten(" ".join(text.split()))


def shorten(text: str) -> str:
    """Cut a text that would not fit a sentence."""
    return text if len(text) <= _SHORT else text[: _SHORT - 2] + " …"


def _is_empty(function: FunctionType) -> bool:
    """Tell whether a function's compiled body does nothing but return None or Ellipsis, as that of a stub."""
    steps = [step for step in dis.get_instructions(function) if step.opname not in _NO_EFFECT]
    return all(
        step.opname in ("LOAD_CONST", "RETURN_CONST") and step.argval in (None, Ellipsis) for step in steps
    )
