"""What all widgets share: their JavaScript and style, arrays and questions on the wire, a still picture.

A widget is a folder: its Python class in ``__init__.py``, its ``view.js`` with the files that this imports,
and its ``style.css``. What several widgets use is in ``js/``.
"""

import base64
import io
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import numpy as np
import traitlets
from numpy.typing import ArrayLike

from hgmrl_lite._looks import style_sheet
from hgmrl_lite._validate import as_array
from hgmrl_lite.widgets.modules import bundle

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_FOLDER = Path(__file__).parent


def esm(folder: str) -> str:
    """Return the ES module of the widget in a folder: its ``view.js`` with all that it imports."""
    return bundle(_FOLDER / folder / "view.js")


def css(folder: str) -> str:
    """Return the style of the widget in a folder: that of all widgets, the agents' colours, and its own."""
    shared, own = _FOLDER / "js" / "style.css", _FOLDER / folder / "style.css"
    return "\n".join([shared.read_text(encoding="utf-8"), style_sheet(), own.read_text(encoding="utf-8")])


def pack_arrays(arrays: Mapping[str, ArrayLike]) -> tuple[bytes, dict[str, dict[str, Any]]]:
    """Pack arrays for JavaScript: little-endian float64 numbers in one piece, and where each array begins.

    Parameters
    ----------
    arrays : mapping of str to array_like
        Finite arrays of any shape.

    Returns
    -------
    data : bytes
        The numbers, array after array.
    index : dict
        For each name its ``offset`` in numbers and its ``shape``.

    Raises
    ------
    ValueError
        When an array holds NaN or infinity.
    """
    parts: list[bytes] = []
    index: dict[str, dict[str, Any]] = {}
    offset = 0
    for name, values in arrays.items():
        array = as_array(name, values)
        parts.append(array.astype("<f8").tobytes())
        index[name] = {"offset": offset, "shape": list(array.shape)}
        offset += array.size
    return b"".join(parts), index


class HgmrlWidget(anywidget.AnyWidget):
    """A widget with arrays for its JavaScript, and a picture and a description of its state.

    A subclass sets ``_esm = esm(folder)`` and ``_css = css(folder)``, and says what is on screen in
    :meth:`describe` and :meth:`figure`.
    """

    array_data = traitlets.Bytes().tag(sync=True)
    array_index = traitlets.Dict().tag(sync=True)

    def describe(self) -> str:
        """Return in words what is on screen."""
        raise NotImplementedError(f"{type(self).__name__} must describe what it shows")

    def figure(self) -> "Figure":
        """Return the current state as a Matplotlib figure."""
        raise NotImplementedError(f"{type(self).__name__} must draw what it shows")

    def png(self, dpi: int = 100) -> bytes:
        """Return the current state as a PNG picture."""
        buffer = io.BytesIO()
        # Without the software's name and version, so that one state gives one file.
        self.figure().savefig(buffer, format="png", dpi=dpi, metadata={"Software": None})
        return buffer.getvalue()

    def __repr__(self) -> str:
        """Describe the state in words."""
        return f"{type(self).__name__}: {self.describe()}"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Return the live view, and beside it what a place without widgets can show."""
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, metadata = bundle
        data["text/plain"] = repr(self)
        data["image/png"] = base64.b64encode(self.png()).decode("ascii")
        return data, metadata


class AnsweringWidget(HgmrlWidget):
    """A widget whose page asks Python for what is heavy, once the hand rests, each question in the same way.

    A subclass answers the question ``name`` in a method ``_answer_<name>()``, from the state as it then is.

    Attributes
    ----------
    asked : dict
        By name what was asked last: a list of the values that the answer depends on.
    answers : dict
        By name the last answer: its ``question``, its ``value``, and an ``error`` in words, "" for none.
    """

    asked = traitlets.Dict().tag(sync=True)
    answers = traitlets.Dict().tag(sync=True)

    @traitlets.observe("asked")
    def _answer_what_is_new(self, change: Any) -> None:
        before = change["old"] if isinstance(change["old"], dict) else {}
        for name, question in change["new"].items():
            if question != before.get(name):
                self._answer(name, question)

    def _answer(self, name: str, question: list[float]) -> None:
        """Answer one question, or say what went wrong."""
        value, error = None, ""
        try:
            value = getattr(self, f"_answer_{name}")()
        except Exception as failure:
            # An exception here would end in a log that no student reads: show it in the widget as well.
            error = traceback.format_exception_only(failure)[-1].strip()
            raise
        finally:
            answer = {"question": question, "value": value, "error": error}
            self.answers = {**self.answers, name: answer}


def wrap_degrees(degrees: float) -> float:
    """Return the same angle in (-180, 180]."""
    return -((180.0 - degrees) % 360.0 - 180.0) if not -180.0 < degrees <= 180.0 else degrees


def direction_degrees(point: ArrayLike) -> float:
    """Return the direction of a point (2,) from the origin, in degrees."""
    x, y = np.asarray(point)
    return float(np.degrees(np.arctan2(y, x)))


def context_seed(seed: int, draw: int) -> int:
    """Return the seed of one of the explorations that a widget goes through."""
    return int(np.random.SeedSequence([seed, draw]).generate_state(1)[0])
