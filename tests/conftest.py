"""What all tests share."""

import signal
import sys
from pathlib import Path

import pytest
from hypothesis import settings

# A time limit for one example would make a busy machine fail, and new examples a change that is not to blame.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")

# What tests of several folders share lies here.
sys.path.insert(0, str(Path(__file__).parent))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the lessons first: at the end, one process would execute them while the other has nothing to do."""
    items.sort(key=lambda item: item.path.name != "test_execute.py")


# A shell starts what runs in the background with Ctrl-C ignored, and so would all that the tests start.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
