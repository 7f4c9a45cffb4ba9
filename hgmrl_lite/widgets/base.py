"""What all widgets share: their JavaScript put together, arrays on the wire, a picture where none can run.

A widget is one Python class, one ES module and the shared modules of ``js/`` that it names. There is no
bundler: the shared files have no imports, and their text goes before the widget's own.
"""

import base64
import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import numpy as np
import traitlets
from numpy.typing import ArrayLike

from hgmrl_lite._validate import as_array

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_FOLDER = Path(__file__).parent
# Okabe and Ito's palette, as in style.css.
BLUE, VERMILLION, PURPLE, GREY = "#0072B2", "#D55E00", "#B0578D", "#8A8A8A"


# Modules of js/ that every widget uses.
_COMMON = ("connection", "shared", "plane", "controls")


def shared_javascript(*modules: str) -> str:
    """Return the text of shared modules of ``js/``, in the order given: each after those it uses."""
    return "\n".join((_FOLDER / "js" / f"{module}.js").read_text(encoding="utf-8") for module in modules)


def esm(*modules: str, own: str) -> str:
    """Return a widget's ES module: what all widgets share, the modules it names, then its own file.

    Parameters
    ----------
    *modules : str
        Names of further files of ``js/``, without ending.
    own : str
        Name of the widget's own file beside this one, without ending.

    Returns
    -------
    str
    """
    return shared_javascript(*_COMMON, *modules) + "\n" + (_FOLDER / f"{own}.js").read_text(encoding="utf-8")


def css() -> str:
    """Return the style that all widgets share."""
    return (_FOLDER / "style.css").read_text(encoding="utf-8")


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

    A subclass sets ``_esm = esm(..., own=...)`` and ``_css = css()``, and says what is on screen in
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


def plane_axes(figure: "Figure", half: float) -> Any:
    """Add square axes of the plane [-half, half]² to a figure, as the widgets draw it."""
    axes = figure.add_subplot(aspect="equal", xlim=(-half, half), ylim=(-half, half))
    ticks = np.arange(np.ceil(-half), np.floor(half) + 1)
    axes.set(xticks=ticks, yticks=ticks)
    axes.grid(color="0.92", lw=0.8)
    axes.tick_params(length=0, colors="0.4", labelsize=9)
    for spine in axes.spines.values():
        spine.set_color("0.8")
    return axes
