// How badly each angle explains what was observed: the curve, the best angle, the runner-up, the hand's own angle.

import { setPlace, svgElement } from "../js/dom.js";
import { inDegrees } from "../js/words.js";

// Returns { svg, show({ degrees, misfit, best, runnerUp, hand }) }; best and runnerUp are [degrees, misfit] or null.
export function makeMisfitPlot({ width = 400, height = 120, label }) {
  const svg = svgElement("svg", { viewBox: `0 0 ${width} ${height}`, class: "hgmrl-misfit", role: "img" });
  svg.setAttribute("aria-label", label);
  const left = 8;
  const bottom = height - 18;
  const top = 10;
  const x = (degrees) => left + ((degrees + 180) / 360) * (width - 2 * left);
  svgElement("line", { x1: left, x2: width - left, y1: bottom, y2: bottom, class: "hgmrl-axis" }, svg);
  for (const tick of [-180, -90, 0, 90, 180]) {
    svgElement("line", { x1: x(tick), x2: x(tick), y1: bottom, y2: bottom + 4, class: "hgmrl-axis" }, svg);
    const anchor = tick === -180 ? "start" : tick === 180 ? "end" : "middle";
    const at = tick === -180 ? 0 : tick === 180 ? width : x(tick);
    svgElement("text", { x: at, y: height - 3, "text-anchor": anchor, class: "hgmrl-tick" }, svg, inDegrees(tick, 0));
  }
  const hand = svgElement("line", { y1: 2, y2: bottom, class: "hgmrl-hand-line" }, svg);
  const curve = svgElement("path", { class: "hgmrl-misfit-curve" }, svg);
  const other = svgElement("path", { class: "hgmrl-runner-up", d: "M-4.5 -4.5H4.5V4.5H-4.5Z" }, svg);
  const best = svgElement("circle", { r: 4.5, class: "hgmrl-best" }, svg);
  const place = (element, point, y) => {
    element.style.display = point ? "" : "none";
    if (point) setPlace(element, x(point[0]), y(point[1]));
  };
  return {
    svg,
    show(state) {
      const highest = Math.max(...state.misfit, 1e-12);
      const y = (value) => bottom - (value / highest) * (bottom - top);
      const order = Array.from(state.degrees.keys()).sort((i, j) => state.degrees[i] - state.degrees[j]);
      const points = order.map((i) => [state.degrees[i], state.misfit[i]]);
      // The curve is periodic: close it at ±180° by interpolation.
      const [first, last] = [points[0], points[points.length - 1]];
      const gap = first[0] + 360 - last[0];
      const seam = last[1] + ((180 - last[0]) / gap) * (first[1] - last[1]);
      const closed = [[-180, seam], ...points, [180, seam]];
      curve.setAttribute("d", `M${closed.map(([d, m]) => `${x(d).toFixed(1)} ${y(m).toFixed(1)}`).join("L")}`);
      for (const end of ["x1", "x2"]) hand.setAttribute(end, x(state.hand).toFixed(1));
      place(best, state.best, y);
      place(other, state.runnerUp, y);
    },
  };
}
