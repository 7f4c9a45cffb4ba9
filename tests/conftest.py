"""What all tests share."""

import signal

import pytest
from hypothesis import settings

# A time limit for one example would make a busy machine fail, and new examples a change that is not to blame.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")

# A shell starts what runs in the background with Ctrl-C ignored, and so would all that the tests start.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


# Before pytest-xdist reads the groups.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the browser tests on one worker, so that they share one JupyterLab and one Chromium."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.xdist_group("browser"))
