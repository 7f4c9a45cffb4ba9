// TaskAligner: the mean angle between both tasks' lines, or arrows, against the turn.

import { setPlace, svgElement } from "../js/dom.js";
import { draggable, pointerOn } from "../js/handles.js";
import { inDegrees } from "../js/words.js";

// Returns { svg, show(scene) }; a press or a drag on the plot turns the base task as the ring does.
export function makeAlignmentPlot(hand, signal) {
  const [width, height, left, right, top] = [400, 176, 40, 10, 12];
  const bottom = height - 22;
  const svg = svgElement("svg", { viewBox: `0 0 ${width} ${height}`, class: "hgmrl-alignment", role: "img" });
  svg.setAttribute("aria-label", "Mean angle between the lines of both tasks, by turn of the base task");
  const x = (degrees) => left + ((degrees + 180) / 360) * (width - left - right);
  const y = (degrees) => bottom - (degrees / 180) * (bottom - top);
  const line = (name, ends) => svgElement("line", { class: name, ...ends }, svg);
  const text = (at, anchor, content) => {
    svgElement("text", { ...at, "text-anchor": anchor, class: "hgmrl-tick" }, svg, content);
  };
  for (const tick of [-180, -90, 0, 90, 180]) {
    line("hgmrl-grid", { x1: x(tick), x2: x(tick), y1: top, y2: bottom });
    text({ x: x(tick), y: height - 6 }, tick === 180 ? "end" : "middle", inDegrees(tick, 0));
  }
  for (const tick of [0, 90, 180]) {
    line(tick ? "hgmrl-grid" : "hgmrl-axis", { x1: left, x2: width - right, y1: y(tick), y2: y(tick) });
    text({ x: left - 6, y: y(tick) + 4 }, "end", inDegrees(tick, 0));
  }
  const faint = svgElement("path", { class: "hgmrl-alignment-other" }, svg);
  const curve = svgElement("path", { class: "hgmrl-misfit-curve" }, svg);
  const current = line("hgmrl-hand-line", { y1: top, y2: bottom });
  const other = svgElement("path", { class: "hgmrl-runner-up", d: "M-4.5 -4.5H4.5V4.5H-4.5Z" }, svg);
  const best = svgElement("path", { class: "hgmrl-aim", d: "M-5 -5L5 5M-5 5L5 -5" }, svg);
  const ring = svgElement("circle", { r: 5.5, class: "hgmrl-ring" }, svg);
  const place = (element, point) => {
    element.style.display = point ? "" : "none";
    if (point) setPlace(element, x(point[0]), y(point[1]));
  };
  // Periodic: the value at -180° stands at 180° as well.
  const path = (turns, values) =>
    `M${Array.from(turns, (degrees, k) => `${x(degrees).toFixed(1)} ${y(values[k]).toFixed(1)}`).join("L")}L${x(180)} ${y(values[0]).toFixed(1)}`;

  const area = svgElement("rect", { x: left, y: 0, width: width - left - right, height, class: "hgmrl-hit hgmrl-slide" }, svg);
  const follow = ([px]) => hand.turn(Math.min(180, Math.max(-179.99, ((px - left) / (width - left - right)) * 360 - 180)));
  draggable({ at: pointerOn(svg) }, area, { begin: follow, move: follow, signal });
  let drawn = null;
  return {
    svg,
    show(state) {
      const values = state.signed ? state.arrows : state.lines;
      if (values !== drawn) {
        curve.setAttribute("d", path(state.curve, values));
        faint.setAttribute("d", path(state.curve, state.lines));
        faint.style.display = state.signed ? "" : "none";
      }
      drawn = values;
      for (const end of ["x1", "x2"]) current.setAttribute(end, x(state.turn).toFixed(1));
      place(ring, [state.turn, state.misalignment]);
      place(best, state.answer && state.answer.place);
      place(other, state.answer && state.answer.otherPlace);
    },
  };
}
