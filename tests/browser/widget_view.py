"""One view of a widget in JupyterLab, as a user meets it: look, drag, press keys; its state on both sides.

A test begins when :meth:`WidgetView.set` has returned: Python and the page then hold the same state, no
message is under way, and the state is drawn. What was under way before cannot undo it.
"""

import contextlib
import json
import time
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from lab_harness import LabNotebook
from playwright.sync_api import Locator, Page

THEMES = ("JupyterLab Light", "JupyterLab Dark")

# The state that Python holds; what begins with "_", and what is bytes, never changes under a hand.
_HELD = """(lambda widget: [widget.model_id, {
    name: value for name, value in widget.get_state().items()
    if name[0] != "_" and name != "layout" and not isinstance(value, (bytes, memoryview))
}])"""
# What the page still lacks: a list of reasons, empty when it is settled.
_UNSETTLED = """
async ([id, held]) => {
    const all = (widget) => [widget, ...Array.from(widget.children()).flatMap(all)];
    const renderers = all(window.jupyterapp.shell.currentWidget.content).filter((part) => part._manager);
    const managers = await Promise.all(renderers.map((renderer) => renderer._manager.promise));
    const manager = managers.find((each) => each.has_model(id));
    if (!manager) return [`the page has no model ${id}`];
    const model = await manager.get_model(id);
    await model.state_change;
    const reasons = Object.entries(held)
        .map(([name, value]) => [name, JSON.stringify(value), JSON.stringify(model.get(name))])
        .filter(([, python, page]) => python !== page)
        .map(([name, python, page]) => `${name}: ${python} in Python, ${page} in the page`);
    const unsent = Object.keys({ ...model._buffered_state_diff, ...model._msg_buffer });
    if (unsent.length) reasons.push(`not sent: ${unsent}`);
    if (model._pending_msgs) reasons.push("a message is under way");
    return reasons;
}
"""
_DRAWN = """
async (root) => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    await frame();
    await frame();
    while (root.matches('[aria-busy="true"]') || root.querySelector('[aria-busy="true"]')) await frame();
}
"""
_CONTRAST = """
(root, [back, colours]) => {
    const luminance = (colour) => {
        const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3)
            .map((c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const of = ([selector, property]) =>
        luminance(getComputedStyle(selector ? root.querySelector(selector) : root)[property]);
    const behind = of(back);
    return Object.fromEntries(Object.entries(colours).map(([name, place]) => {
        const [low, high] = [of(place), behind].sort((a, b) => a - b);
        return [name, (high + 0.05) / (low + 0.05)];
    }));
}
"""
_BEYOND = """
(root) => Math.max(...[...root.querySelectorAll("*")]
    .filter((element) => !element.closest(".hgmrl-spoken, svg > *"))
    .map((element) => element.getBoundingClientRect().right - root.getBoundingClientRect().right))
"""
_BURST = """
(element, keys) => {
    for (const key of keys) {
        const shiftKey = key.startsWith("Shift+");
        const options = { key: key.replace("Shift+", ""), shiftKey, bubbles: true, cancelable: true };
        element.dispatchEvent(new KeyboardEvent("keydown", options));
    }
}
"""


def seen_labels(plane: Locator) -> list[tuple[str, float, float, float, float]]:
    """Return the labels that are seen in a drawing: text, left, top, right, bottom in its own units."""
    found: list[tuple[str, float, float, float, float]] = plane.evaluate(
        """(svg) => [...svg.querySelectorAll(".hgmrl-label")]
            .filter((text) => text.checkVisibility({ visibilityProperty: true }))
            .map((text) => {
                const { x, y, width, height } = text.getBBox();
                const { e, f } = text.transform.baseVal.consolidate()?.matrix ?? { e: 0, f: 0 };
                return [text.textContent, x + e, y + f, x + e + width, y + f + height];
            })"""
    )
    return found


class WidgetView:
    """One view of a widget; a subclass says where it is and adds what is its own.

    Parameters
    ----------
    notebook : LabNotebook
        The open notebook.
    number : int, optional
        Which of the widget's views in it.
    """

    #: Selector of the widget's root, and the variable that holds it in the notebook.
    ROOT: ClassVar[str]
    VARIABLE: ClassVar[str]

    def __init__(self, notebook: LabNotebook, number: int = 0) -> None:
        self.notebook = notebook
        self.page: Page = notebook.page
        self.root = notebook.page.locator(self.ROOT).nth(number)

    # State

    def unsettled(self) -> list[str]:
        """Return what keeps Python and the page from holding the same state; nothing when they do."""
        held = self.notebook.python(f"{_HELD}({self.VARIABLE})")
        reasons: list[str] = self.notebook.evaluate(_UNSETTLED, held)
        return reasons

    def settle(self, limit: float = 30.0) -> None:
        """Wait until Python and the page hold the same state, nothing is under way, and it is drawn."""
        end = time.monotonic() + limit
        while reasons := self.unsettled():
            if time.monotonic() > end:
                raise TimeoutError(f"not settled after {limit:.0f} s: {'; '.join(reasons)}")
            self.page.wait_for_timeout(20)
        self.drawn()

    def set(self, **traits: Any) -> None:
        """Set traits in Python, once nothing is under way, and wait until the page shows them."""
        self.settle()
        values = json.dumps(json.dumps(traits))
        setting = f"setattr({self.VARIABLE}, name, value)"
        self.notebook.python(
            f"[{setting} for name, value in __import__('json').loads({values}).items()] and None"
        )
        self.settle()

    def get(self, expression: str) -> Any:
        """Return an expression's value in Python, once Python has what the hand did; ``w`` is the widget."""
        self.settle()
        return self.notebook.python(f"(lambda w: {expression})({self.VARIABLE})")

    # What is seen

    def drawn(self, limit: float = 20.0) -> None:
        """Wait until what the page holds is drawn and written."""
        self.root.evaluate(_DRAWN, timeout=1000 * limit)

    def part(self, selector: str) -> Locator:
        """Return a part of the view."""
        return self.root.locator(selector)

    def text(self, selector: str) -> str:
        """Return what the first such part says, once it is written."""
        self.drawn()
        return self.part(selector).first.text_content() or ""

    def attribute(self, selector: str, name: str = "d") -> str:
        """Return an attribute of the first such part, once it is drawn; its path when no name is given."""
        self.drawn()
        return self.part(selector).first.get_attribute(name) or ""

    def slider(self, label: str) -> Locator:
        """Return the slider with a label."""
        return self.part(f".hgmrl-slider:visible input[aria-label='{label}']")

    def labels(self, plane: str = ".hgmrl-plane") -> list[tuple[str, float, float, float, float]]:
        """Return the labels that are seen in a drawing, as `seen_labels` does, once it is drawn."""
        self.drawn()
        return seen_labels(self.part(plane).first)

    def contrast(self, back: Sequence[str], **colours: Sequence[str]) -> dict[str, float]:
        """Return the contrast (WCAG 2.2) of colours with what is behind them, each (selector, property)."""
        ratios: dict[str, float] = self.root.evaluate(_CONTRAST, [back, colours])
        return ratios

    def beyond(self) -> float:
        """Return how many pixels the widest part reaches beyond the view."""
        self.drawn()
        pixels: float = self.root.evaluate(_BEYOND)
        return pixels

    # The hand

    def centre(self, selector: str) -> tuple[float, float]:
        """Return the page's coordinates of the middle of a part, scrolled into sight."""
        part = self.part(selector).first
        part.scroll_into_view_if_needed()
        self.drawn()
        box = part.bounding_box()
        assert box is not None, f"{selector} is not to be seen"
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def drag(self, *points: Sequence[float], release: bool = True, steps: int = 6) -> None:
        """Drag the mouse over points of the page; with the mouse up again, wait until Python has it."""
        mouse = self.page.mouse
        mouse.move(*points[0])
        mouse.down()
        for point in points[1:]:
            mouse.move(*point, steps=steps)
        if release:
            mouse.up()
        self.drawn()

    def touch(self, *points: Sequence[float]) -> None:
        """Drag a finger over points of the page."""
        session = self.page.context.new_cdp_session(self.page)
        session.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
        try:
            for number, (x, y) in enumerate(points):
                kind = "touchMove" if number else "touchStart"
                session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
            session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        finally:
            session.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
            session.detach()
        self.drawn()

    def press(self, part: Locator, *keys: str) -> None:
        """Press keys on a part, and see that JupyterLab takes none of them for a command."""
        cells = self.notebook.cell_count()
        part.focus()
        for key in keys:
            self.page.keyboard.press(key)
        self.drawn()
        assert self.notebook.cell_count() == cells

    def burst(self, part: Locator, *keys: str) -> None:
        """Press keys faster than anything can be drawn: all within one task of the page."""
        part.evaluate(_BURST, list(keys))
        self.drawn()

    # The page

    @contextlib.contextmanager
    def theme(self, name: str) -> Iterator[None]:
        """Show JupyterLab in a theme."""
        self.notebook.set_theme(name)
        try:
            self.drawn()
            yield
        finally:
            self.notebook.set_theme(THEMES[0])

    @contextlib.contextmanager
    def width(self, pixels: int) -> Iterator[None]:
        """Make the page so wide."""
        size = self.page.viewport_size
        assert size is not None
        self.page.set_viewport_size({"width": pixels, "height": size["height"]})
        try:
            self.drawn()
            yield
        finally:
            self.page.set_viewport_size(size)
            self.drawn()

    @contextlib.contextmanager
    def no_kernel(self) -> Iterator[None]:
        """Let the notebook's Jupyter kernel go, for the last test of a notebook."""
        with self.notebook.no_kernel(self.ROOT):
            yield


def overlaps(boxes: Sequence[tuple[str, float, float, float, float]], spare: float = 0.0) -> list[str]:
    """Return which boxes (name, left, top, right, bottom) share more than a height of ``spare``."""
    return [
        f"{name} and {other}"
        for number, (name, left, top, right, bottom) in enumerate(boxes)
        for other, start, upper, end, lower in boxes[:number]
        if left < end and start < right and top < lower - spare and upper < bottom - spare
    ]


def outside(boxes: Sequence[tuple[str, float, float, float, float]], size: float = 440.0) -> list[str]:
    """Return which boxes are not within the square [0, size]²."""
    return [name for name, *ends in boxes if min(ends) < 0 or max(ends) > size]
