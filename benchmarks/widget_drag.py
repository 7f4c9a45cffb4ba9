"""How a widget answers the hand: real mouse events at 60 a second in a real JupyterLab."""

import math
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_HARNESS = Path(__file__).parents[1] / "tests" / "browser"
MOVES_PER_SECOND = 60
SECONDS = 3.0
# Pixels: a circle that stays inside every plane and chart.
RADIUS = 15.0
# The widgets that are dragged: how to make one, its selector, and that of the handle.
HANDLES = {
    "GoalDrag": (
        "GoalDrag(meta_train(family, progress=False), family, goal_degrees=60.0)",
        ".hgmrl-goal-drag",
        ".hgmrl-handle",
    ),
    "GoalDragGlobe": (
        "GoalDrag(meta_train(sphere(), progress=False), sphere(), goal_degrees=30.0, goal_latitude=0.0)",
        ".hgmrl-goal-drag",
        ".hgmrl-handle",
    ),
    "GoalDragCar": (
        "GoalDrag(meta_train(car(), progress=False), car(), goal_degrees=60.0)",
        ".hgmrl-goal-drag",
        ".hgmrl-handle",
    ),
    "GoalDragArm": (
        "GoalDrag(meta_train(arm(), progress=False), arm(), goal_degrees=60.0)",
        ".hgmrl-goal-drag",
        ".hgmrl-handle",
    ),
    "OrbitExplorer": ("OrbitExplorer()", ".hgmrl-orbit-explorer", ".hgmrl-point-handle"),
    "GeneratorFlow": ("GeneratorFlow()", ".hgmrl-generator-flow", ".hgmrl-invariants"),
    "KernelProbe": ("KernelProbe()", ".hgmrl-kernel-probe", ".hgmrl-handle"),
    "DescentRace": ("DescentRace()", ".hgmrl-descent-race", ".hgmrl-handle"),
    # Translated, a task goes where the hand goes; turned, it stays on its circle.
    "TaskPuller": ('TaskPuller(kind="translation")', ".hgmrl-task-puller", ".hgmrl-carried-handle"),
    "TaskAligner": ("TaskAligner()", ".hgmrl-task-aligner", ".hgmrl-goal-handle"),
}
_CELL = """
from hgmrl_lite.envs import arm, car, navigation, sphere
from hgmrl_lite.meta import meta_train
from hgmrl_lite.widgets import {widget}
family = navigation()
widget = {made}
widget
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


def once_around(page: Any, name: str, held: Any, run: int) -> list[tuple[float, float]]:
    """Return the way of a handle once around, in pixels; every other run goes back.

    GoalDrag's handle goes around its circle, on the globe around the disc's middle, any other one around a
    small circle where it is.
    """
    if name in ("GoalDrag", "GoalDragCar", "GoalDragArm"):
        circle = page.locator(".hgmrl-circle").first.bounding_box()
        radius = circle["width"] / 2
        x, y = circle["x"] + radius, circle["y"] + radius
        start = math.radians(float(held.get_attribute("aria-valuenow")))
    elif name == "GoalDragGlobe":
        disc = page.locator(".hgmrl-globe").first.bounding_box()
        box = held.locator(".hgmrl-ring").bounding_box()
        x, y = disc["x"] + disc["width"] / 2, disc["y"] + disc["height"] / 2
        away = box["x"] + box["width"] / 2 - x, y - box["y"] - box["height"] / 2
        radius, start = math.hypot(*away), math.atan2(away[1], away[0])
    else:
        box = held.bounding_box()
        radius, start = RADIUS, 0.0
        x, y = box["x"] + box["width"] / 2 - radius, box["y"] + box["height"] / 2
    count = round(SECONDS * MOVES_PER_SECOND)
    way = 1 if run % 2 == 0 else -1
    angles = [start + way * 2.0 * math.pi * k / count for k in range(count + 1)]
    return [(x + radius * math.cos(angle), y - radius * math.sin(angle)) for angle in angles]


def medians(runs: list[dict[str, float]]) -> dict[str, float]:
    """Return the figures of several drags: medians, and the jumps in all of them."""
    names = ("drag_p95_ms", "drag_p50_ms", "redraws_per_s", "moves_per_s")
    figures = {name: statistics.median(run[name] for run in runs) for name in names}
    return {**figures, "backward_jumps": sum(run["backward_jumps"] for run in runs)}


def repeated(
    browser: Any, page: Any, name: str, runs: int, between: Callable[[], None] = lambda: None
) -> list[dict[str, float]]:
    """Return the figures of several drags of a widget that a page shows.

    Parameters
    ----------
    browser : LabBrowser
        The browser.
    page : playwright.sync_api.Page
        The page.
    name : str
        The widget, one of :data:`HANDLES`.
    runs : int
        Drags.
    between : callable, optional
        Called before the first drag and after each.

    Returns
    -------
    list of dict
        As of :func:`drag_figures`.
    """
    _, root, handle = HANDLES[name]
    held = page.locator(f"{root} {handle}").first
    held.locator("xpath=ancestor::*[local-name()='svg'][1]").scroll_into_view_if_needed()
    page.wait_for_timeout(1000)
    between()
    results = []
    for run in range(runs):
        points = once_around(page, name, held, run)
        page.mouse.move(*points[0])
        results.append(drag_figures(browser, page, root, handle, points[1:]))
        between()
    return results


def in_jupyterlab(browser: Any, name: str, runs: int) -> list[dict[str, float]]:
    """Return the figures of several drags of a widget in a notebook of its own."""
    made, root, handle = HANDLES[name]
    notebook = browser.open_notebook([_CELL.format(widget=made.partition("(")[0], made=made)])
    notebook.run_all()
    notebook.page.wait_for_selector(f"{root} {handle}")

    def same_on_both_sides() -> None:
        if not name.startswith("GoalDrag"):
            return
        notebook.wait_python("widget.answered[:1] == [widget.goal_degrees]", limit=30.0)
        shown = float(notebook.page.locator(f"{root} {handle}").get_attribute("aria-valuenow"))
        held = notebook.python("widget.goal_degrees")
        if abs(held - shown) > 0.06:
            raise AssertionError(f"the Jupyter kernel's goal is {held}°, and the handle is at {shown}°")

    results = repeated(browser, notebook.page, name, runs, same_on_both_sides)
    notebook.close()
    return results


def run(quick: bool = False) -> dict[str, float]:
    """Return the figures of every widget that is dragged: medians over the drags, jumps in all of them."""
    harness = load_harness()
    with harness.JupyterServer() as server, harness.LabBrowser(server) as browser:
        return {
            f"widget.{widget}.{name}": value
            for widget in HANDLES
            for name, value in medians(in_jupyterlab(browser, widget, 1 if quick else 5)).items()
        }
