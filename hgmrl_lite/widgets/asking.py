"""What a page asks Python, and what Python answers: one pair of traits for every widget and question."""

import traceback
from typing import Any

import traitlets

from hgmrl_lite.widgets.base import HgmrlWidget


class AnsweringWidget(HgmrlWidget):
    """A widget whose page asks Python for what is heavy, once the hand rests.

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
