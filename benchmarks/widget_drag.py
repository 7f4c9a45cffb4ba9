"""How a widget answers the hand: real mouse events at 60 a second in a real JupyterLab."""

import math
import statistics
import sys
import time
from pathlib import Path
from typing import Any

_HARNESS = Path(__file__).parents[1] / "tests" / "browser"
MOVES_PER_SECOND = 60
SECONDS = 3.0
# Pixels: a circle that stays inside every plane and chart.
RADIUS = 15.0
# The widgets with a handle that moves freely: how to make one, its selector, and that of the handle.
FREE_HANDLES = {
    "OrbitExplorer": ("OrbitExplorer()", ".hgmrl-orbit-explorer", ".hgmrl-point-handle"),
    "GeneratorFlow": ("GeneratorFlow()", ".hgmrl-generator-flow", ".hgmrl-invariants"),
    "KernelProbe": ("KernelProbe()", ".hgmrl-kernel-probe", ".hgmrl-handle"),
    "DescentRace": ("DescentRace()", ".hgmrl-descent-race", ".hgmrl-handle"),
    # Translated, a task goes where the hand goes; turned, it stays on its circle.
    "TaskPuller": ('TaskPuller(kind="translation")', ".hgmrl-task-puller", ".hgmrl-carried-handle"),
    "TaskAligner": ("TaskAligner()", ".hgmrl-task-aligner", ".hgmrl-goal-handle"),
}

GOAL_DRAG = """
from hgmrl_lite.envs import navigation
from hgmrl_lite.meta import meta_train
from hgmrl_lite.widgets import GoalDrag
family = navigation()
agent = meta_train(family, progress=False)
drag = GoalDrag(agent, family, goal_degrees=60.0)
drag
"""

# Notes each pointer move as it comes in, and each redraw of the handle once the frame it belongs to is
# painted: a message that is posted in the frame is delivered after it.
_RECORD = """
([root, handle]) => {
    const element = document.querySelector(`${root} ${handle}`);
    const matrix = element.parentNode.getScreenCTM();
    const place = () => {
        const [x, y] = element.getAttribute("transform").match(/-?[\\d.]+/g).map(Number);
        const point = new DOMPoint(x, y).matrixTransform(matrix);
        return [point.x, point.y];
    };
    const log = { moves: [], redraws: [], start: place() };
    window.dragLog = log;
    // What an earlier drag of this page has left listening would slow this one down.
    window.dragStop?.();
    const ending = new AbortController();
    window.addEventListener("pointermove", (event) => {
        log.moves.push([event.timeStamp, event.clientX, event.clientY]);
    }, { capture: true, signal: ending.signal });
    const channel = new MessageChannel();
    const waiting = [];
    channel.port1.onmessage = () => {
        const redraw = waiting.shift();
        log.redraws.push([...redraw, performance.now()]);
    };
    const observer = new MutationObserver(() => {
        waiting.push([log.moves.length, ...place()]);
        channel.port2.postMessage(0);
    });
    observer.observe(element, { attributes: true, attributeFilter: ["transform"] });
    window.dragStop = () => {
        ending.abort();
        observer.disconnect();
    };
}
"""


def load_harness() -> Any:
    """Return the module of the browser tests that drives JupyterLab and Chromium."""
    if str(_HARNESS) not in sys.path:
        sys.path.insert(0, str(_HARNESS))
    import lab_harness

    return lab_harness


def drag_figures(
    browser: Any, page: Any, root: str, handle: str, points: list[tuple[float, float]]
) -> dict[str, float]:
    """Drag a handle along points of the page, 60 a second, and measure how it follows.

    Parameters
    ----------
    browser : LabBrowser
        The browser.
    page : playwright.sync_api.Page
        The page; the mouse is at the handle.
    root, handle : str
        Selectors of the widget and of its SVG handle, which is moved by a ``transform``.
    points : list of tuple
        Where the mouse goes, in the page's pixels.

    Returns
    -------
    dict
        ``drag_p95_ms`` (pointer move to painted redraw), ``drag_p50_ms``, ``redraws_per_s``, ``moves_per_s``
        (as they came in) and ``backward_jumps``: redraws in which the handle went against the pointer.
    """
    page.evaluate(_RECORD, [root, handle])
    page.mouse.down()
    with browser.free_mouse(page) as move:
        start = time.perf_counter()
        for number, (x, y) in enumerate(points, 1):
            move(x, y)
            time.sleep(max(0.0, start + number / MOVES_PER_SECOND - time.perf_counter()))
    page.mouse.move(*points[-1])
    page.mouse.up()
    # What comes back late from the Jupyter kernel must not move the handle either.
    page.wait_for_timeout(700)
    return _figures(page.evaluate("() => window.dragLog"))


def _figures(log: dict[str, Any]) -> dict[str, float]:
    moves, redraws = log["moves"], log["redraws"]
    latencies, jumps, answered = [], 0, 0
    before, pointer = log["start"], None
    for count, x, y, painted in redraws:
        latencies += [painted - move[0] for move in moves[answered:count]]
        now = moves[count - 1][1:] if count else pointer
        if now is not None:
            way = [0.0, 0.0] if pointer is None else [b - a for a, b in zip(pointer, now, strict=True)]
            along = (x - before[0]) * way[0] + (y - before[1]) * way[1]
            still = pointer is not None and way == [0.0, 0.0]
            # A handle that moves while the pointer rests is moved by something else than the hand.
            jumps += along < 0.0 or (still and math.hypot(x - before[0], y - before[1]) > 0.5)
        before, pointer, answered = [x, y], now, max(answered, count)
    seconds = (redraws[-1][3] - redraws[0][3]) / 1000.0
    latencies.sort()
    return {
        "drag_p95_ms": latencies[math.ceil(0.95 * len(latencies)) - 1],
        "drag_p50_ms": statistics.median(latencies),
        "redraws_per_s": (len(redraws) - 1) / seconds,
        "moves_per_s": (len(moves) - 1) / ((moves[-1][0] - moves[0][0]) / 1000.0),
        "backward_jumps": float(jumps),
    }


def once_around_circle(page: Any, run: int) -> list[tuple[float, float]]:
    """Return the way of GoalDrag's handle once around its circle, in pixels; every other run goes back."""
    circle = page.locator(".hgmrl-circle").first.bounding_box()
    radius = circle["width"] / 2
    x, y = circle["x"] + radius, circle["y"] + radius
    count = round(SECONDS * MOVES_PER_SECOND)
    way = 1 if run % 2 == 0 else -1
    start = math.radians(float(page.locator(".hgmrl-handle").first.get_attribute("aria-valuenow")))
    angles = [start + way * 2.0 * math.pi * k / count for k in range(count + 1)]
    return [(x + radius * math.cos(angle), y - radius * math.sin(angle)) for angle in angles]


def once_around_here(held: Any, run: int) -> list[tuple[float, float]]:
    """Return the way of a free handle once around a small circle, in pixels; every other run goes back."""
    box = held.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    count = round(SECONDS * MOVES_PER_SECOND)
    way = 1 if run % 2 == 0 else -1
    angles = [way * 2.0 * math.pi * k / count for k in range(count + 1)]
    return [(x - RADIUS + RADIUS * math.cos(angle), y + RADIUS * math.sin(angle)) for angle in angles]


def medians(runs: list[dict[str, float]]) -> dict[str, float]:
    """Return the figures of several drags: medians, and the jumps in all of them."""
    names = ("drag_p95_ms", "drag_p50_ms", "redraws_per_s", "moves_per_s")
    figures = {name: statistics.median(run[name] for run in runs) for name in names}
    return {**figures, "backward_jumps": sum(run["backward_jumps"] for run in runs)}


def _open_goal_drag(browser: Any) -> Any:
    notebook = browser.open_notebook([GOAL_DRAG])
    notebook.run_all()
    notebook.page.wait_for_selector(".hgmrl-goal-drag .hgmrl-handle")
    notebook.wait_python("drag.answered[:1] == [drag.goal_degrees]", limit=30.0)
    notebook.page.wait_for_timeout(500)
    notebook.page.locator(".hgmrl-plane").scroll_into_view_if_needed()
    return notebook


def goal_drag(runs: int) -> list[dict[str, float]]:
    """Return the figures of several drags of GoalDrag once around the circle, all in one notebook."""
    harness = load_harness()
    results = []
    with harness.JupyterServer() as server, harness.LabBrowser(server) as browser:
        notebook = _open_goal_drag(browser)
        for run in range(runs):
            points = once_around_circle(notebook.page, run)
            notebook.page.mouse.move(*points[0])
            results.append(
                drag_figures(browser, notebook.page, ".hgmrl-goal-drag", ".hgmrl-handle", points[1:])
            )
            shown = float(notebook.page.locator(".hgmrl-handle").get_attribute("aria-valuenow"))
            notebook.wait_python("drag.answered[0] == drag.goal_degrees")
            held = notebook.python("drag.goal_degrees")
            if abs(held - shown) > 0.06:
                raise AssertionError(f"the Jupyter kernel's goal is {held}°, and the handle is at {shown}°")
        notebook.close()
    return results


def free_handle(name: str, made: str, root: str, handle: str, runs: int) -> list[dict[str, float]]:
    """Return the figures of several drags of a handle that moves freely, once around a small circle."""
    harness = load_harness()
    results = []
    cell = f"from hgmrl_lite.widgets import {name}\nwidget = {made}\nwidget"
    with harness.JupyterServer() as server, harness.LabBrowser(server) as browser:
        notebook = browser.open_notebook([cell])
        notebook.run_all()
        notebook.page.wait_for_selector(f"{root} {handle}")
        held = notebook.page.locator(f"{root} {handle}").first
        held.scroll_into_view_if_needed()
        notebook.page.wait_for_timeout(500)
        for run in range(runs):
            points = once_around_here(held, run)
            notebook.page.mouse.move(*points[0])
            results.append(drag_figures(browser, notebook.page, root, handle, points[1:]))
        notebook.close()
    return results


def run(quick: bool = False) -> dict[str, float]:
    """Return the figures of every widget that is dragged: medians over the drags, jumps in all of them."""
    runs = 1 if quick else 5
    drags = {"GoalDrag": goal_drag(runs)}
    for name, (made, root, handle) in FREE_HANDLES.items():
        drags[name] = free_handle(name, made, root, handle, runs)
    return {
        f"widget.{widget}.{name}": value
        for widget, results in drags.items()
        for name, value in medians(results).items()
    }
