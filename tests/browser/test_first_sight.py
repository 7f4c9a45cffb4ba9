"""What is seen at once: figures that fit a small laptop, notices at the hand, prose that can be read."""

from pathlib import Path

import pytest
from site_pages import characters_a_line

pytestmark = pytest.mark.browser

HELPERS = Path(__file__).parents[1] / "widgets"
PREPARE = f"""
import sys
sys.path.insert(0, {str(HELPERS)!r})
from regret_standin import whole_result
from rival_standin import standin_rivals
from standin import standin_agent
from hgmrl_lite.envs import navigation
from hgmrl_lite.widgets import *
agent, family = standin_agent(), navigation()
"""
# As the lessons make them.
FIGURES = (
    "GoalDrag(agent, family, goal_degrees=30)",
    "GoalDrag(agent, family, rivals=standin_rivals(), rediscover=lambda goals: agent, "
    "ring=True, replay=True)",
    "OrbitExplorer()",
    'OrbitExplorer("rigid", show=["figure", "orbit", "stabiliser", "level_sets", "arrows"])',
    "GeneratorFlow()",
    "KernelProbe()",
    "DescentRace()",
    "TaskPuller()",
    "TaskAligner()",
    "TaskAligner([0.3, -0.5], signed=True, revealed=True, turn_degrees=60)",
    "explorer = RegretExplorer(whole_result())\nexplorer",
)
LAPTOP = {"width": 1366, "height": 768}
# Of the laptop's 768 pixels, what JupyterLab leaves to a cell's output.
SEEN = 620


@pytest.fixture(scope="module")
def notebook(browser):
    notebook = browser.open_notebook([PREPARE, *FIGURES])
    notebook.page.set_viewport_size(LAPTOP)
    notebook.run_all()
    notebook.page.wait_for_function(
        "(n) => document.querySelectorAll('.hgmrl-body').length === n", arg=len(FIGURES)
    )
    notebook.page.wait_for_timeout(1000)
    yield notebook
    notebook.close()


def test_every_figure_fits_a_small_laptop(notebook):
    heights = notebook.page.locator(".hgmrl").evaluate_all(
        "(roots) => roots.map((root) => root.getBoundingClientRect().height)"
    )
    too_tall = [(figure, height) for figure, height in zip(FIGURES, heights, strict=True) if height > SEEN]
    assert too_tall == []


def test_the_geometric_agent_lies_on_those_that_do_as_well(notebook):
    explorer = notebook.page.locator(".hgmrl-regret-explorer")
    for part in (
        ".hgmrl-regret-chart > [class*=agent]",
        ".hgmrl-plane .hgmrl-episodes",
        ".hgmrl-plane .hgmrl-ring-line",
    ):
        classes = explorer.locator(part).evaluate_all(
            "(parts) => parts.map((part) => part.getAttribute('class'))"
        )
        assert len(classes) == 6
        assert "hgmrl-agent-geometric" in classes[-1], part


@pytest.mark.parametrize("width", [1366, 2560])
def test_prose_is_as_wide_as_it_is_read(browser, width):
    notebook = browser.open_notebook(["from IPython.display import Markdown\n\nMarkdown('Prose.')"])
    notebook.page.set_viewport_size({"width": width, "height": 900})
    try:
        notebook.run_all()
        assert 70 < characters_a_line(notebook.page.locator(".jp-RenderedMarkdown").first) < 85
    finally:
        notebook.close()


def test_the_notice_of_a_new_jupyter_kernel_stands_at_the_hand(notebook):
    notebook.evaluate(
        "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()", limit=60.0
    )
    notices = notebook.page.locator(".hgmrl-connection", has_text="no longer knows this figure")
    notices.last.wait_for()
    assert notices.count() == len(FIGURES)
    below = notebook.page.locator(".hgmrl").evaluate_all(
        """(roots) => roots.map((root) => {
            const notice = root.querySelector(".hgmrl-connection").getBoundingClientRect();
            return notice.bottom - root.getBoundingClientRect().top;
        })"""
    )
    assert max(below) < SEEN
