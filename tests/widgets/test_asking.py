import pytest

from hgmrl_lite.widgets.base import AnsweringWidget


class _Sums(AnsweringWidget):
    """Answers two questions from its own state, and counts."""

    def __init__(self):
        super().__init__()
        self.number, self.answered = 2, []

    def _answer_double(self):
        self.answered.append("double")
        return 2 * self.number

    def _answer_half(self):
        self.answered.append("half")
        if self.number == 0:
            raise ZeroDivisionError("nothing to halve")
        return self.number / 2


def test_only_what_is_new_is_answered_and_the_rest_stays():
    sums = _Sums()
    sums.asked = {"double": [2]}
    assert sums.answers == {"double": {"question": [2], "value": 4, "error": ""}}
    sums.asked = {"double": [2], "half": [2]}
    assert sums.answered == ["double", "half"]
    assert sums.answers["half"] == {"question": [2], "value": 1.0, "error": ""}
    sums.number = 3
    sums.set_state({"asked": {"double": [3], "half": [2]}})
    assert sums.answered == ["double", "half", "double"]
    assert sums.answers["double"] == {"question": [3], "value": 6, "error": ""}


def test_an_error_is_told_to_the_page_and_raised():
    sums = _Sums()
    sums.number = 0
    with pytest.raises(ZeroDivisionError):
        sums.asked = {"half": [0]}
    assert sums.answers["half"] == {
        "question": [0],
        "value": None,
        "error": "ZeroDivisionError: nothing to halve",
    }


def test_questions_and_answers_travel_as_traits():
    assert {"asked", "answers"} <= set(_Sums().get_state())
