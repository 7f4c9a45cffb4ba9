"""One view of GoalDrag in the plane, as a user meets it."""

import math

from widget_view import WidgetView


class Drag(WidgetView):
    """A view of GoalDrag with its goal on a circle."""

    ROOT, VARIABLE = ".hgmrl-goal-drag", "drag"

    @property
    def handle(self):
        return self.part(".hgmrl-handle").first

    def degrees(self):
        return float(self.attribute(".hgmrl-handle", "aria-valuenow"))

    def drawn_degrees(self):
        """Where the handle is drawn, from the pixels."""
        (x, y), (cx, cy) = self.centre(".hgmrl-handle .hgmrl-ring"), self.centre(".hgmrl-plane")
        return math.degrees(math.atan2(cy - y, x - cx))

    def path(self, name):
        return self.attribute(f".hgmrl-layer-paths {name}")

    def point(self, degrees, radius=1.0):
        """Return the page's coordinates of a point of the plane."""
        x, y = self.centre(".hgmrl-plane")
        # The handle's own distance from the centre is the circle's radius.
        reach = radius * self.part(".hgmrl-circle").bounding_box()["width"] / 2
        angle = math.radians(degrees)
        return x + reach * math.cos(angle), y - reach * math.sin(angle)

    def drag_to(self, degrees, release=True, radius=1.0):
        self.drag(self.point(self.degrees()), self.point(degrees, radius), release=release)

    def rest(self):
        """Wait until Python has evaluated what the hand left; return the question that was answered."""
        question = f"[{self.VARIABLE}.goal_degrees, {self.VARIABLE}.draw, {self.VARIABLE}.context_size]"
        self.settle()
        self.notebook.wait_python(f"{self.VARIABLE}.answered == {question}", limit=30.0)
        self.settle()
        return self.notebook.python(question)


def at_sixty(view):
    """Yield a view at rest at 60°; afterwards nothing may have gone wrong in the page."""
    view.notebook.evaluate("() => document.activeElement?.blur()")
    view.rest()
    view.set(draw=0, context_size=20, goal_degrees=60.0, show_base=True, show_exploration=True)
    assert view.rest() == [60.0, 0, 20]
    yield view
    view.notebook.assert_clean()
