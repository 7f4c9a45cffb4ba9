"""Every exercise of every lesson: right answers pass, and typical mistakes are recognised.

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
    if callable(EXERCISES[id].reference):
        assert examine(EXERCISES[id], stub).state == "Not attempted"


@every_exercise
def test_hints_do_not_repeat_each_other(id):
    hints = EXERCISES[id].hints
    assert len(hints) >= 2, "one hint is not graded"
    assert len(set(hints)) == len(hints)
