"""Every exercise of every lesson: right answers pass, typical mistakes are recognised, nonsense never passes.

A lesson's sample answers are in ``answers_NN.py`` beside this file, a dictionary ``ANSWERS`` by exercise::

    ANSWERS = {
        "01.1": {
            "correct": [another_solution],
            "mistakes": [(a_wrong_answer, "words of the message or the hint"), ...],
        },
    }

Each exercise needs at least one correct answer that is not the reference, and two mistakes.
"""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from hgmrl_lite.course.exercise import all_exercises, examine

HERE = Path(__file__).parent
EXERCISES = {exercise.id: exercise for exercise in all_exercises()}


def sample_answers():
    """Collect the sample answers of all lessons."""
    answers = {}
    for path in sorted(HERE.glob("answers_[0-9][0-9].py")):
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        wrong = [id for id in module.ANSWERS if not id.startswith(path.stem[-2:])]
        assert not wrong, f"{path.name} holds answers to {wrong}"
        answers |= module.ANSWERS
    return answers


ANSWERS = sample_answers()
CORRECT = [(id, k) for id, samples in ANSWERS.items() for k in range(len(samples["correct"]))]
MISTAKES = [(id, k) for id, samples in ANSWERS.items() for k in range(len(samples["mistakes"]))]
every_exercise = pytest.mark.parametrize("id", list(EXERCISES))


def nan_like(*arguments):
    """Return NaN of the shape of the first argument."""
    return np.full_like(np.asarray(arguments[0], dtype=float), np.nan)


def raises(*arguments):
    """Fail."""
    raise KeyError("deep inside")


def overwrites(*arguments):
    """Destroy every array that is handed in."""
    for argument in arguments:
        if isinstance(argument, np.ndarray):
            argument[...] = 0
    return 0.0


NONSENSE = {
    "a text": "no such option",
    "an empty list": [],
    "a dictionary": {"a": 1},
    "an object": object(),
    "a class": dict,
    "NaN": float("nan"),
    "infinity": np.array([np.inf]),
    "an array of texts": np.array(["a", "b"]),
    "an array of many axes": np.zeros((1, 2, 1, 3, 1)),
    "a complex number": 1j,
    "returns a text": lambda *arguments: "a text",
    "returns a function": lambda *arguments: lambda: None,
    "returns an object": lambda *arguments: object(),
    "returns a ragged list": lambda *arguments: [[1], [2, 3]],
    "returns many axes": lambda *arguments: np.zeros((1, 2, 1, 3, 1)),
    "returns NaN": nan_like,
    "raises": raises,
    "overwrites": overwrites,
    "takes nothing": lambda: 0,
    "takes too much": lambda a, b, c, d, e, f, g, h: 0,
}


@every_exercise
def test_it_has_sample_answers(id):
    assert id in ANSWERS, f"put answers to {id} in tests/course/answers_{id[:2]}.py"
    assert ANSWERS[id]["correct"], f"{id} needs another correct answer"
    assert len(ANSWERS[id]["mistakes"]) >= 2, f"{id} needs two typical mistakes"
    reference = EXERCISES[id].reference
    assert all(answer is not reference for answer in ANSWERS[id]["correct"])


def test_no_sample_answers_are_left_over():
    assert set(ANSWERS) <= set(EXERCISES)


@every_exercise
def test_the_reference_passes(id):
    result = examine(EXERCISES[id], EXERCISES[id].reference)
    assert result.state == "Correct", result
    assert result.tested, "the check does not say what it tests"


@pytest.mark.parametrize(("id", "k"), CORRECT)
def test_another_solution_passes(id, k):
    result = examine(EXERCISES[id], ANSWERS[id]["correct"][k])
    assert result.state == "Correct", result


@pytest.mark.parametrize(("id", "k"), MISTAKES)
def test_a_typical_mistake_is_recognised(id, k):
    answer, words = ANSWERS[id]["mistakes"][k]
    result = examine(EXERCISES[id], answer)
    assert result.state == "Not yet", result
    assert words in f"{result.message} {result.hint}", result
    # A sentence that fits several mistakes is no help with one of them.
    assert len(words) >= 5


@every_exercise
def test_a_stub_is_not_attempted(id):
    def stub(*arguments): ...

    assert examine(EXERCISES[id], ...).state == "Not attempted"
    assert examine(EXERCISES[id], None).state == "Not attempted"
    assert examine(EXERCISES[id], stub).state == "Not attempted"


@every_exercise
@pytest.mark.parametrize("name", list(NONSENSE))
def test_nonsense_is_told_in_words(id, name):
    result = examine(EXERCISES[id], NONSENSE[name])
    assert result.state == "Not yet", result
    assert result.message
    # This message is for answers that no check can foresee; a check that reaches it has forgotten a case.
    assert "could not be examined" not in result.message, result


@every_exercise
def test_hints_do_not_repeat_each_other(id):
    hints = EXERCISES[id].hints
    assert len(hints) >= 2, "one hint is not graded"
    assert len(set(hints)) == len(hints)
