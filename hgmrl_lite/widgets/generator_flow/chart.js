// The chart of trace and determinant; its point is a handle. Returns { svg, show(scene) }.

import { setPlace, setRange, svgElement } from "../js/dom.js";
import { draggedAlong, pointHandle, pointerOn, steppable2 } from "../js/handles.js";
import { inNumber } from "../js/words.js";
import { regionOf, typeInWords } from "./words.js";

export function generatorFlowChart({ limit }, hand, signal) {
  const [width, height] = [420, 270];
  const [maxTrace, maxDeterminant] = [2 * limit, 2 * limit * limit];
  const svg = svgElement("svg", { viewBox: `0 0 ${width} ${height}`, class: "hgmrl-chart", role: "group" });
  svg.setAttribute("aria-label", "Chart of trace and determinant");
  const pad = 10;
  const x = (trace) => width / 2 + (trace / maxTrace) * (width / 2 - pad);
  const y = (determinant) => height / 2 - (determinant / maxDeterminant) * (height / 2 - pad);
  const curve = (f, from = -maxTrace, to = maxTrace) =>
    Array.from({ length: 61 }, (_, k) => from + ((to - from) * k) / 60)
      .map((trace) => `${x(trace).toFixed(1)} ${y(f(trace)).toFixed(1)}`)
      .join("L");
  const parabola = (trace) => (trace * trace) / 4;
  const roof = (trace) => parabola(trace) + limit * limit;
  const floor = (trace) => limit * Math.abs(trace) - 2 * limit * limit;
  const path = (d, name) => svgElement("path", { d, class: name }, svg);
  svgElement("rect", { x: 0.5, y: 0.5, width: width - 1, height: height - 1, rx: 4, class: "hgmrl-frame" }, svg);
  const back = (trace) => [x(trace).toFixed(1), y(parabola(trace)).toFixed(1)].join(" ");
  const reversed = Array.from({ length: 61 }, (_, k) => back(maxTrace - (2 * maxTrace * k) / 60)).join("L");
  path(`M${curve(roof)}L${reversed}Z`, "hgmrl-elliptic");
  path(`M${curve(parabola)}L${x(0).toFixed(1)} ${y(floor(0)).toFixed(1)}Z`, "hgmrl-hyperbolic");
  path(`M${x(-maxTrace)} ${y(0)}H${x(maxTrace)}M${x(0)} ${y(floor(0))}V${y(0)}`, "hgmrl-chart-axis");
  path(`M${curve(parabola)}`, "hgmrl-parabola");
  path(`M${x(0)} ${y(0)}V${y(roof(0))}`, "hgmrl-compact");
  const word = (content, trace, determinant, anchor = "middle", name = "hgmrl-region") => {
    const text = svgElement("text", { x: x(trace), y: y(determinant) + 4, "text-anchor": anchor, class: name }, svg);
    text.textContent = content;
    return text;
  };
  const regions = {
    "spiral in": word("spiral in", -1.25, 1.75),
    "spiral out": word("spiral out", 1.25, 1.75),
    saddle: word("saddle", 0, -2.1),
    "node in": word("node in", -2.4, 0.5),
    "node out": word("node out", 2.4, 0.5),
    compact: word("compact: returns", 0, 3.05),
  };
  word("elliptic", -2.1, 3.6, "middle", "hgmrl-family");
  word("hyperbolic", -1.15, -0.8, "middle", "hgmrl-family");
  const along = word("parabolic", 0, 0, "middle", "hgmrl-family");
  const [cx, cy] = [x(2.35), y(parabola(2.35))];
  const slope = (Math.atan2(cy - y(parabola(2.36)), x(2.36) - cx) * 180) / Math.PI;
  along.setAttribute("transform", `translate(${cx.toFixed(1)} ${(cy - 6).toFixed(1)}) rotate(${(-slope).toFixed(1)})`);
  for (const name of ["x", "y"]) along.removeAttribute(name);
  word("det W", -0.06, -4.0, "end", "hgmrl-tick");
  word("tr W", maxTrace, -0.42, "end", "hgmrl-tick");

  const handle = pointHandle(svg, "hgmrl-invariants", "Trace and determinant of W");
  setRange(handle, -maxTrace, maxTrace);
  const pointer = pointerOn(svg);
  const chart = {
    at(event) {
      const [px, py] = pointer(event);
      const half = { x: width / 2 - pad, y: height / 2 - pad };
      return [((px - width / 2) / half.x) * maxTrace, ((height / 2 - py) / half.y) * maxDeterminant];
    },
  };
  let shown = null;
  let start = null;
  draggedAlong(chart, handle, {
    place: () => [shown.type.trace, shown.type.determinant],
    begin: () => (start = shown.w),
    follow(trace, determinant) {
      // The line and the curve where the type changes have no width: the hand is helped onto them.
      if (Math.abs(trace) < 0.09) trace = 0;
      if (Math.abs(determinant - parabola(trace)) < 0.13) determinant = parabola(trace);
      hand.invariants(start, trace, determinant);
    },
    end: () => (start = null),
    signal,
  });
  steppable2(handle, { step: hand.invariantsBy.bind(hand), signal });
  return {
    svg,
    show(state) {
      shown = state;
      const { trace, determinant } = state.type;
      setPlace(handle, x(trace), y(determinant));
      handle.setAttribute("aria-valuenow", trace.toFixed(2));
      handle.setAttribute(
        "aria-valuetext",
        `trace ${inNumber(trace)}, determinant ${inNumber(determinant)}: ${typeInWords(state.type)}`,
      );
      const here = regionOf(state.type);
      for (const [name, text] of Object.entries(regions)) text.classList.toggle("hgmrl-here", name === here);
    },
  };
}
