// Marks of agents by Matplotlib's letters: one shape each, so that colour is never alone. All are centred, about 9 wide.

import { setRange, setText, setValue, svgElement } from "../js/dom.js";
import { pointerOn, steppable } from "../js/handles.js";
import { DEGREE, inDegrees } from "../js/words.js";
import { inRegret, nearestPlace } from "./scene.js";

const REGRET_MARKS = {
  o: "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0Z",
  s: "M-3.7 -3.7H3.7V3.7H-3.7Z",
  "^": "M0 -4.6L4.4 3.4H-4.4Z",
  D: "M0 -5L5 0L0 5L-5 0Z",
  v: "M0 4.6L4.4 -3.4H-4.4Z",
  // Longer arms than the circle's, which may lie on it.
  P: "M-1.5 -6.5H1.5V-1.5H6.5V1.5H1.5V6.5H-1.5V1.5H-6.5V-1.5H-1.5Z",
  X: "M-4.4 -2.3L-2.3 -4.4L0 -2.1L2.3 -4.4L4.4 -2.3L2.1 0L4.4 2.3L2.3 4.4L0 2.1L-2.3 4.4L-4.4 2.3L-2.1 0Z",
  "*": "M0 -5.2L1.5 -1.7L5 -1.6L2.2 0.7L3.1 4.3L0 2.2L-3.1 4.3L-2.2 0.7L-5 -1.6L-1.5 -1.7Z",
};

// One mark at a place of the drawing, as a piece of a path: the shape's own numbers, with its first point moved.
export function markAt(shape, x, y) {
  const text = REGRET_MARKS[shape];
  // Every shape begins with an absolute M; what is absolute after it is moved with it.
  return text.replace(/([MLHV])(-?[\d.]+)(?: (-?[\d.]+))?/g, (_, command, a, b) => {
    if (command === "H") return `H${(x + Number(a)).toFixed(1)}`;
    if (command === "V") return `V${(y + Number(a)).toFixed(1)}`;
    return `${command}${(x + Number(a)).toFixed(1)} ${(y + Number(b)).toFixed(1)}`;
  });
}

// Regret against the distance to the nearest training goal: every chosen agent, the law of going to the wrong goal,
// published points on request, and the goal in focus.

const REGRET_TICKS = { linear: [0, 50, 100, 150, 200], stretched: [0, 1, 3, 10, 30, 100, 200] };

// Returns { svg, show(state) }; hand.focus(goal) and hand.step(order, amount) are told what pointer and keys ask.
export function makeRegretChart(scene, hand, signal) {
  const [width, height] = [480, 330];
  const [left, right, top, bottom] = [44, 12, 12, 40];
  const svg = svgElement("svg", { viewBox: `0 0 ${width} ${height}`, class: "hgmrl-regret-chart", tabindex: "0", role: "slider" });
  svg.setAttribute("aria-label", "Test goals by distance to the nearest training goal");
  setRange(svg, 1, scene.count);
  const widest = Math.max(...scene.distance, 1e-9) / DEGREE;
  const end = Math.max(10, 10 * Math.ceil((1.04 * widest) / 10));
  const x = (degrees) => left + (degrees / end) * (width - left - right);
  let y = null;
  svgElement("rect", { x: left, y: top, width: width - left - right, height: height - top - bottom, class: "hgmrl-frame" }, svg);
  for (let tick = 0; tick <= end; tick += end > 100 ? 30 : 10) {
    const text = svgElement("text", { x: x(tick), y: height - bottom + 15, "text-anchor": "middle", class: "hgmrl-tick" }, svg);
    setText(text, inDegrees(tick, 0));
  }
  const caption = svgElement("text", { x: (left + width - right) / 2, y: height - 6, "text-anchor": "middle", class: "hgmrl-tick" }, svg);
  setText(caption, "distance δ to the nearest training goal");
  const turned = { transform: `translate(11 ${(top + height - bottom) / 2}) rotate(-90)`, "text-anchor": "middle", class: "hgmrl-tick" };
  setText(svgElement("text", turned, svg), "regret");
  const ticks = svgElement("g", {}, svg);
  const line = svgElement("line", { y1: top, y2: height - bottom, class: "hgmrl-hand-line" }, svg);
  const law = svgElement("path", { class: "hgmrl-law" }, svg);
  const published = scene.published.map(() => svgElement("path", { class: "hgmrl-published" }, svg));
  const groups = scene.agents.map(({ kind }) => {
    const group = svgElement("g", { class: `hgmrl-agent-${kind}` }, svg);
    return {
      group,
      bars: svgElement("path", { class: "hgmrl-bars" }, group),
      marks: svgElement("path", { class: "hgmrl-marks" }, group),
      focused: svgElement("path", { class: "hgmrl-focused" }, group),
    };
  });
  svg.append(...scene.drawn.map((agent) => groups[agent].group));

  const place = (agent, goal) => [x(scene.distance[goal] / DEGREE), y(scene.agents[agent].mean[goal])];
  const measured = (agent) => scene.byDistance.filter((goal) => scene.agents[agent].present[goal]);
  const layOut = (state) => {
    y = (value) => height - bottom - state.height(value) * (height - top - bottom);
    ticks.replaceChildren();
    for (const tick of REGRET_TICKS[state.stretched ? "stretched" : "linear"]) {
      if (tick > scene.range.top) continue;
      const at = y(tick);
      svgElement("line", { x1: left, x2: width - right, y1: at, y2: at, class: "hgmrl-grid" }, ticks);
      setText(svgElement("text", { x: left - 5, y: at + 4, "text-anchor": "end", class: "hgmrl-tick" }, ticks), String(tick));
    }
    const angles = Array.from({ length: 91 }, (_, k) => (k * end) / 90);
    const points = angles.map((angle) => `${x(angle).toFixed(1)} ${y(200 * Math.sin((angle * DEGREE) / 2)).toFixed(1)}`);
    law.setAttribute("d", `M${points.join("L")}`);
    scene.published.forEach(({ distance, regret }, k) => {
      const shape = k ? "o" : "v";
      const marks = Array.from(distance, (d, i) => markAt(shape, x(d / DEGREE), y(regret[i])));
      published[k].setAttribute("d", marks.join(""));
    });
    groups.forEach(({ bars, marks }, agent) => {
      const { mark, low, high } = scene.agents[agent];
      marks.setAttribute("d", measured(agent).map((goal) => markAt(mark, ...place(agent, goal))).join(""));
      const bar = (goal) => `M${place(agent, goal)[0].toFixed(1)} ${y(low[goal]).toFixed(1)}V${y(high[goal]).toFixed(1)}`;
      bars.setAttribute("d", measured(agent).map(bar).join(""));
    });
  };

  let shown = null;
  const pointer = pointerOn(svg);
  const follow = (event) => {
    const [px, py] = pointer(event);
    const places = shown.chosen.flatMap((agent) => measured(agent).map((goal) => [...place(agent, goal), goal]));
    // With no agent chosen there are only the distances to go by.
    const known = places.length ? places : scene.distance.map((d, goal) => [x(d / DEGREE), py, goal]);
    hand.focus(nearestPlace(known, px, py));
  };
  const hit = svgElement("rect", { x: left, y: top, width: width - left - right, height: height - top - bottom, class: "hgmrl-hit" }, svg);
  hit.style.touchAction = "pan-y";
  for (const kind of ["pointermove", "pointerdown"]) hit.addEventListener(kind, follow, { signal });
  steppable(svg, {
    step: (amount) => hand.step(scene.byDistance, amount),
    limit: (side) => hand.focus(scene.byDistance[side < 0 ? 0 : scene.count - 1]),
    signal,
  });

  let drawn = null;
  return {
    svg,
    show(state) {
      if (shown === null || drawn !== state.stretched) layOut(state);
      drawn = state.stretched;
      shown = state;
      for (const path of published) path.style.display = state.published ? "" : "none";
      const at = x(scene.distance[state.focus] / DEGREE).toFixed(1);
      for (const side of ["x1", "x2"]) line.setAttribute(side, at);
      groups.forEach(({ group, focused }, agent) => {
        group.style.display = state.shown[agent] ? "" : "none";
        focused.style.display = scene.agents[agent].present[state.focus] ? "" : "none";
        focused.setAttribute("d", markAt(scene.agents[agent].mark, ...place(agent, state.focus)));
      });
      setValue(svg, String(scene.byDistance.indexOf(state.focus) + 1), regretInWords(scene, state));
    },
  };
}

// The goal in focus and what each chosen agent's regret is there.
export function regretInWords(scene, { focus, chosen }) {
  const measured = chosen.filter((agent) => scene.agents[agent].present[focus]);
  const figures = measured.map((agent) => `${scene.agents[agent].name} ${inRegret(scene.agents[agent].mean[focus])}`);
  const away = inDegrees(scene.distance[focus] / DEGREE, 0);
  return `test goal at ${inDegrees(scene.degrees[focus], 0)}, ${away} from the nearest training goal; regret: ${figures.join(", ") || "no agent chosen"}`;
}
