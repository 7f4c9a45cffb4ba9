"""What every widget owes the hand: no key is lost, and nothing that comes late undoes what is newer."""

import itertools
from pathlib import Path

import pytest
from run_javascript import call
from widget_view import WidgetView

pytestmark = pytest.mark.browser

HELPERS = Path(__file__).parents[1] / "widgets"
CELLS = [
    f"""
import sys, time
sys.path.insert(0, {str(HELPERS)!r})
from standin import standin_agent
from hgmrl_lite.envs import navigation
from hgmrl_lite.widgets import *
goal = GoalDrag(standin_agent(), navigation(), episodes=6, evaluation_episodes=0)
goal
""",
    "orbit = OrbitExplorer()\norbit",
    "flow = GeneratorFlow(flowing=False)\nflow",
    "probe = KernelProbe()\nprobe",
    "race = DescentRace(step=30)\nrace",
    "puller = TaskPuller(kind='translation')\npuller",
    "aligner = TaskAligner(noise=0.05)\naligner",
]
# Root of each widget, and the traits that its handles and sliders move, as they are at first.
WIDGETS = {
    "goal": (".hgmrl-goal-drag", {"goal_degrees": 60.0, "context_size": 20}),
    "orbit": (".hgmrl-orbit-explorer", {"group": "rotation", "t": 1.2, "point": [1.6, 0.3]}),
    "flow": (".hgmrl-generator-flow", {"generator": [[0.0, -1.0], [1.0, 0.0]], "t": 1.0}),
    "probe": (
        ".hgmrl-kernel-probe",
        {"probe": [0.6, -0.4], "samples": 1000, "noise": 0.02, "neighbours": 24, "degree": 2, "radius": 0.4,
         "level_width": 0.1},
    ),
    "race": (".hgmrl-descent-race", {"start": [0.8, 0.6], "step": 30, "learning_rate": 0.01}),
    "puller": (".hgmrl-task-puller", {"kind": "translation", "t": 0.6, "direction": 180.0}),
    "aligner": (
        ".hgmrl-task-aligner",
        {"goal": [0.866, 0.5], "turn_degrees": 30.0, "transitions": 40, "noise": 0.05},
    ),
}  # fmt: skip
KEYS = ("ArrowLeft", "ArrowLeft", "ArrowDown", "ArrowLeft")


@pytest.fixture(scope="module")
def notebook(browser):
    notebook = browser.open_notebook(CELLS)
    notebook.run_all()
    for root, _ in WIDGETS.values():
        notebook.page.wait_for_selector(root, state="attached")
    yield notebook
    notebook.close()


@pytest.fixture(params=WIDGETS)
def view(notebook, request):
    """Return a view of each widget as it was made; afterwards nothing may have gone wrong in the page."""
    root, start = WIDGETS[request.param]

    class View(WidgetView):
        ROOT, VARIABLE, START = root, request.param, start

        def state(self):
            return self.get("{name: getattr(w, name) for name in " + repr(list(start)) + "}")

    view = View(notebook)
    view.set(**start)
    yield view
    notebook.assert_clean()


def test_keys_within_one_frame_do_what_they_do_one_at_a_time(view):
    parts = view.part("[role=slider]:visible, input[type=range]:visible")
    assert parts.count() >= 2
    for number in range(parts.count()):
        part = parts.nth(number)
        part.scroll_into_view_if_needed()
        for key in KEYS:
            view.press(part, key)
        slowly = view.state()
        assert slowly != view.START, part.get_attribute("aria-label")
        view.set(**view.START)
        view.burst(part, *KEYS)
        assert view.state() == slowly, part.get_attribute("aria-label")
        view.set(**view.START)


WATCH = """
(handle) => {
    window.seen = [];
    const look = () => window.seen.push(Number(handle.getAttribute("aria-valuenow")));
    look();
    new MutationObserver(look).observe(handle, { attributes: true, attributeFilter: ["aria-valuenow"] });
}
"""


def test_while_python_is_slow_the_handle_goes_its_way_and_never_back(view):
    """Python answers each message late, so that its echoes are older than what the hand has done since."""
    handle = view.part(".hgmrl-handle:visible").first
    handle.scroll_into_view_if_needed()
    slow = f"{view.VARIABLE}.observe(slowly, {list(view.START)!r})"
    view.notebook.python(f"[globals().update(slowly=lambda change: time.sleep(0.15)), {slow}] and None")
    handle.evaluate(WATCH)
    for _ in range(5):
        view.press(handle, *["ArrowLeft"] * 3)
    state = view.state()
    view.notebook.python(f"{view.VARIABLE}.unobserve(slowly, {list(view.START)!r})")
    seen = view.notebook.evaluate("() => window.seen")
    assert len(seen) > 5
    # An angle grows and a place moves to the left; either way it keeps its direction.
    steps = [after - before for before, after in itertools.pairwise(seen)]
    assert min(steps) >= 0 or max(steps) <= 0, seen
    view.set(**view.START)
    for _ in range(15):
        view.press(handle, "ArrowLeft")
    assert view.state() == state


PROMPT = """
    const state = { x: 0, y: 0 };
    const actions = {};
    const sent = [];
    const host = {
        get: (name) => state[name],
        set(name, value) {
            if (state[name] === value) return;
            state[name] = value;
            for (const action of actions[`change:${name}`] ?? []) action();
        },
        on: (event, action) => (actions[event] ??= []).push(action),
        save_changes: () => sent.push([state.x, state.y]),
    };
    const model = lib.promptModel(host, 50);
    const seen = [];
    model.on("change:x", () => seen.push(state.x));
    const log = {};
    lib.setTrait(model, "x", 1);
    log.first = [...sent];
    lib.setTrait(model, "x", 2);
    lib.setTrait(model, "y", 5);
    log.soonAfter = [...sent];
    // An echo of the first comes late.
    host.set("x", 1);
    log.afterEcho = [state.x, state.y];
    return new Promise((done) => setTimeout(() => {
        log.later = [...sent];
        host.set("x", 7);
        log.fromPython = state.x;
        lib.setTrait(model, "x", 8);
        lib.setTrait(model, "x", 9);
        model.stop();
        setTimeout(() => done({ ...log, end: sent, seen }), 80);
    }, 80));
"""


def test_the_first_change_goes_at_once_and_the_next_ones_together(page):
    got = call(page, "js/model.js", PROMPT)
    assert got["first"] == got["soonAfter"] == [[1, 0]]
    assert got["afterEcho"] == [2, 5]
    assert got["later"] == [[1, 0], [2, 5]]
    # Once all is sent, Python's word counts again.
    assert got["fromPython"] == 7
    assert got["seen"] == [1, 2, 1, 2, 7, 8, 9]
    # After stop() nothing goes any more.
    assert [9, 5] not in got["end"]
