"""Lesson 09 shows README's example, and skips it where MuJoCo is missing."""

from pathlib import Path

import pytest

from benchmarks.reacher import example

ROOT = Path(__file__).resolve().parents[2]
SOURCE = (ROOT / "notebooks" / "source" / "09_robots.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("begins", ["class HiddenGoal(", "def state("])
def test_the_lesson_and_readme_say_the_same(begins):
    (part,) = [part for part in example().split("\n\n\n") if part.startswith(begins)]
    assert f"\n{part}\n" in SOURCE


def test_what_is_trained_is_the_same():
    lines = [line.strip() for line in SOURCE.splitlines()]
    for line in example().splitlines()[-6:]:
        told = line.replace("family = envs", "reacher = envs").replace("agent = meta", "robot = meta")
        told = told.replace("meta_train(family", "meta_train(reacher")
        assert told.startswith("print") or told in lines, told
