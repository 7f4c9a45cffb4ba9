"""Do widgets live here? The page asks the Jupyter kernel, and the Jupyter kernel answers."""

from pathlib import Path
from typing import Any

import anywidget
import traitlets

_NOT_LIVE = (
    "✗ Problem: widgets are not live here, so nothing can be dragged. Open the lesson in JupyterLab, as "
    "`make lab` does; if it is open there, reload the page."
)


class Handshake(anywidget.AnyWidget):
    """One line that says whether the page and the Jupyter kernel reach each other.

    The page sends a question as soon as it shows the line, and asks again on a click. The Jupyter kernel
    answers it when it has nothing else to do. Where no widget can be shown, its place says so.

    Attributes
    ----------
    question, answered : str
        What the page asked last, and what was answered last.
    """

    _esm = Path(__file__).with_suffix(".js")

    question = traitlets.Unicode("").tag(sync=True)
    answered = traitlets.Unicode("").tag(sync=True)

    @traitlets.observe("question")
    def _answer(self, change: Any) -> None:
        self.answered = change["new"]

    def __repr__(self) -> str:
        """Say what stands in place of a widget that cannot be shown."""
        return _NOT_LIVE

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Return the live view, and beside it the line for a place that shows none."""
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, metadata = bundle
        return {**data, "text/plain": _NOT_LIVE}, metadata
