// DescentRace: the landscape of one loss with its descent, and the handle of the start.

import { htmlElement, setPath, setPlace, setRange, setText, svgElement } from "../js/dom.js";
import { draggable, draggedAlong, pointerOn, steppable2 } from "../js/handles.js";
import { besideFigure } from "../js/model.js";
import { inDegrees, inNumber, inShort } from "../js/words.js";
import { raceVerdict } from "./scene.js";

// The heat map: bands of the logarithm of the loss, light where it is small.
function paintLandscape(canvas, values, grid) {
  const median = [...values].sort((a, b) => a - b)[values.length >> 1];
  // The offset keeps the bands from crowding around the zero of the loss.
  const logs = Array.from(values, (value) => Math.log10(value / median + 0.05));
  const sorted = [...logs].sort((a, b) => a - b);
  const low = sorted[0];
  const high = sorted[Math.floor(0.98 * (sorted.length - 1))];
  const size = canvas.width;
  const context = canvas.getContext("2d");
  const image = context.createImageData(size, size);
  const bands = 14;
  for (let row = 0; row < size; row++) {
    const y = (row * (grid - 1)) / (size - 1);
    const i = Math.min(grid - 2, Math.floor(y));
    for (let column = 0; column < size; column++) {
      const x = (column * (grid - 1)) / (size - 1);
      const j = Math.min(grid - 2, Math.floor(x));
      const [a, b] = [logs[i * grid + j], logs[i * grid + j + 1]];
      const [c, d] = [logs[(i + 1) * grid + j], logs[(i + 1) * grid + j + 1]];
      const value = (a + (b - a) * (x - j)) * (1 - y + i) + (c + (d - c) * (x - j)) * (y - i);
      const share = Math.min(1, Math.max(0, (value - low) / (high - low || 1)));
      const band = Math.min(bands - 1, Math.floor(share * bands)) / (bands - 1);
      const at = 4 * (row * size + column);
      // From near white to a slate blue that black and white marks stand out on.
      image.data[at] = 250 - 146 * band;
      image.data[at + 1] = 250 - 126 * band;
      image.data[at + 2] = 246 - 96 * band;
      image.data[at + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
}

export const RACE_STAR = "M0 -9L2.1 -2.9L8.6 -2.8L3.4 1.1L5.3 7.3L0 3.6L-5.3 7.3L-3.4 1.1L-8.6 -2.8L-2.1 -2.9Z";
export const RACE_NOW = { differential: "M-4.5 0A4.5 4.5 0 1 0 4.5 0A4.5 4.5 0 1 0 -4.5 0Z", functional: "M-4.2 -4.2H4.2V4.2H-4.2Z" };
const RACE_ZERO = "M-6 -6L6 6M-6 6L6 -6";

// One loss: its card, its map, its descent, and the handle of the start.
export function raceLandscape(parent, name, settings, hand, signal) {
  const { half } = settings;
  const box = htmlElement("div", { class: `hgmrl-landscape hgmrl-landscape-${name}` }, parent);
  const card = htmlElement("div", { class: `hgmrl-card hgmrl-of-${name}` }, box);
  const head = htmlElement("div", { class: "hgmrl-card-head" }, card);
  htmlElement("strong", {}, head, name === "differential" ? "Differential loss" : "Functional loss");
  const verdict = htmlElement("span", { class: "hgmrl-regret" }, head);
  const detail = htmlElement("div", { class: "hgmrl-detail" }, card);

  const [width, height, left, top, side] = [346, 338, 34, 4, 300];
  // The map is a picture of its own below the drawing, so that a drag does not paint it again.
  const stack = htmlElement("div", { class: "hgmrl-stack" }, box);
  const map = htmlElement("canvas", { class: "hgmrl-map", width: 300, height: 300, "aria-hidden": "true" }, stack);
  const svg = svgElement("svg", { viewBox: `0 0 ${width} ${height}`, role: "group", class: "hgmrl-plane" });
  svg.setAttribute("aria-label", `Landscape of the ${name} loss`);
  stack.append(svg);
  const x = (u) => left + ((u + half) / (2 * half)) * side;
  const y = (v) => top + ((half - v) / (2 * half)) * side;
  const pointer = pointerOn(svg);
  const plane = {
    at(event) {
      const [px, py] = pointer(event);
      return [((px - left) / side) * 2 * half - half, half - ((py - top) / side) * 2 * half];
    },
  };
  const area = { x: left, y: top, width: side, height: side };
  svgElement("rect", { ...area, class: "hgmrl-map-frame" }, svg);
  for (const tick of [-1, 0, 1]) {
    const text = String(tick).replace("-", "−");
    const below = svgElement("text", { x: x(tick), y: top + side + 14, "text-anchor": "middle", class: "hgmrl-tick" }, svg);
    const beside = svgElement("text", { x: left - 5, y: y(tick) + 4, "text-anchor": "end", class: "hgmrl-tick" }, svg);
    for (const element of [below, beside]) element.textContent = text;
  }
  const across = svgElement("text", { x: x(0), y: height - 5, "text-anchor": "middle", class: "hgmrl-axis-label" }, svg);
  const upward = svgElement("text", { "text-anchor": "middle", class: "hgmrl-axis-label" }, svg);
  upward.setAttribute("transform", `translate(11 ${y(0)}) rotate(-90)`);

  const inside = svgElement("svg", { ...area, viewBox: `${left} ${top} ${side} ${side}` }, svg);
  const catcher = svgElement("rect", { ...area, class: "hgmrl-catch" }, inside);
  const line = svgElement("path", { class: "hgmrl-found-line" }, inside);
  const halo = svgElement("path", { class: "hgmrl-halo" }, inside);
  const path = svgElement("path", { class: `hgmrl-descent hgmrl-of-${name}` }, inside);
  const zero = svgElement("path", { d: RACE_ZERO, class: "hgmrl-zero" }, inside);
  const found = svgElement("path", { d: RACE_STAR, class: "hgmrl-found" }, inside);
  const label = svgElement("text", { class: "hgmrl-on-map", "text-anchor": "start" }, inside);
  const now = svgElement("path", { d: RACE_NOW[name], class: `hgmrl-now hgmrl-of-${name}` }, inside);
  const handle = svgElement("g", { class: "hgmrl-handle", tabindex: "0", role: "slider" }, inside);
  handle.setAttribute("aria-label", `Start of both descents, on the ${name} landscape`);
  setRange(handle, -settings.reach, settings.reach);
  svgElement("circle", { r: 22, class: "hgmrl-hit" }, handle);
  svgElement("circle", { r: 16, class: "hgmrl-focus" }, handle);
  svgElement("circle", { r: 8.5, class: "hgmrl-ring" }, handle);

  let shown = null;
  draggedAlong(plane, handle, { place: () => shown.start, follow: hand.start, signal });
  draggable(plane, catcher, {
    begin(point) {
      handle.focus({ preventScroll: true });
      hand.start(...point);
    },
    move: (point) => hand.start(...point),
    signal,
  });
  steppable2(handle, { step: (du, dv) => hand.startBy(0.01 * du, 0.01 * dv), signal });

  const words = besideFigure(card, signal, (run) => {
    setText(verdict, raceVerdict(run));
    verdict.classList.toggle("hgmrl-stale", !run.arrived);
    setText(detail, `step ${run.shown}: angle to J ${inDegrees(run.degrees)}, loss ${inShort(run.loss)}, ‖W‖ ${inNumber(run.norm)}`);
  });

  // What stays while the start moves: the map, the axes' names, and the answer of the closed form.
  let drawn = "";
  const place = (element, u, v) => setPlace(element, x(u), y(v));
  const showStill = (state, run) => {
    paintLandscape(map, run.map.values, settings.grid);
    [across.textContent, upward.textContent] = state.slice.labels;
    const through = state.plane === "through";
    // The answer, scaled into the slice: one point of the slice around J, a line through 0 in the other.
    const [a, b, c, d] = state.found;
    const [growth, stretch, turn] = [(a + d) / 2, (a - d) / 2, (c - b) / 2];
    const answer = through ? [stretch, turn] : [growth / turn, stretch / turn];
    place(found, ...answer);
    const far = 2 * half;
    const end = (sign) => `${x((sign * far * stretch) / turn).toFixed(1)} ${y(sign * far).toFixed(1)}`;
    line.setAttribute("d", through ? `M${end(-1)}L${end(1)}` : "");
    zero.style.display = through ? "" : "none";
    place(zero, 0, 0);
    label.textContent = through ? "W = 0" : "";
    label.setAttribute("x", (x(0) + 11).toFixed(1));
    label.setAttribute("y", (y(0) + 4).toFixed(1));
  };
  return (state, run) => {
    shown = state;
    if (drawn !== run.map.key) showStill(state, run);
    drawn = run.map.key;
    // Steps shorter than a pixel are drawn as one: a walker that hardly moves makes no long text.
    let text = "";
    let [px, py] = [Infinity, Infinity];
    const last = run.path.length - 2;
    for (let k = 0; k <= last; k += 2) {
      const [qx, qy] = [x(run.path[k]), y(run.path[k + 1])];
      if (k < last && Math.abs(qx - px) + Math.abs(qy - py) < 1) continue;
      [px, py] = [qx, qy];
      text += `${text ? "L" : "M"}${qx.toFixed(1)} ${qy.toFixed(1)}`;
    }
    for (const element of [halo, path]) setPath(element, text);
    place(now, ...run.at);
    place(handle, ...state.start);
    handle.setAttribute("aria-valuenow", state.start[0].toFixed(2));
    const [u, v] = state.start.map((value) => inNumber(value));
    handle.setAttribute("aria-valuetext", `${state.slice.labels[0]} = ${u}, ${state.slice.labels[1]} = ${v}; ${raceVerdict(run)}`);
    words(run);
  };
}
