"""What the tests of the lessons share: the path of the builder, and one cache for all executions."""

import sys
from pathlib import Path

import pytest

# The builder is a script: its own folder is on the path when it runs, and so it is here.
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "notebooks" / "source"))


@pytest.fixture(scope="session")
def lesson_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache of this test run alone, so that the base policy is trained once."""
    base = tmp_path_factory.getbasetemp()
    # With parallel workers each one's base folder lies in the run's.
    cache = (base.parent if base.name.startswith("popen-") else base) / "lesson_cache"
    cache.mkdir(exist_ok=True)
    return cache
