"""What all tests share."""

import pytest
from hypothesis import settings

# A time limit for one example would make a busy machine fail, and new examples a change that is not to blame.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")


# Before pytest-xdist reads the groups.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the browser tests on one worker, so that they share one JupyterLab and one Chromium."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.xdist_group("browser"))
