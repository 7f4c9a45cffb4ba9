// The plane as an SVG: axes, layers, paths and arrows.

import { svgElement } from "./dom.js";
import { pointerOn } from "./handles.js";

// A square window [-half, half]² with a frame and ticks. x(), y() go from the plane to the drawing, at() back.
export function makePlane({ half, size = 440, ticks = [-1, 0, 1], label }) {
  const svg = svgElement("svg", { viewBox: `0 0 ${size} ${size}`, class: "hgmrl-plane" });
  svg.setAttribute("aria-label", label);
  svg.setAttribute("role", "group");
  const scale = size / (2 * half);
  const pointer = pointerOn(svg);
  const plane = {
    svg,
    half,
    size,
    length: (value) => value * scale,
    x: (value) => (value + half) * scale,
    y: (value) => (half - value) * scale,
    layer: (name) => svgElement("g", { class: `hgmrl-layer-${name}` }, svg),
    at(event) {
      const [x, y] = pointer(event);
      return [x / scale - half, half - y / scale];
    },
    // One SVG path of several polylines [x0, y0, x1, y1, ...]; lengths cut them short. Of states [s0, ...] of n numbers the
    // place begins at number `from`.
    path(polylines, lengths = null, n = 2, from = 0) {
      let text = "";
      polylines.forEach((points, number) => {
        const end = lengths ? n * lengths[number] : points.length;
        for (let at = from; at < end; at += n) {
          text += `${at > from ? "L" : "M"}${plane.x(points[at]).toFixed(1)} ${plane.y(points[at + 1]).toFixed(1)}`;
        }
      });
      return text;
    },
    // Points as zero-length strokes, which round caps turn into dots: one path for all of them.
    dots(points, n = 2, from = 0) {
      let text = "";
      for (let at = from; at < points.length; at += n) {
        text += `M${plane.x(points[at]).toFixed(1)} ${plane.y(points[at + 1]).toFixed(1)}h0`;
      }
      return text;
    },
  };

  const axes = plane.layer("axes");
  svgElement("rect", { x: 0.5, y: 0.5, width: size - 1, height: size - 1, rx: 4, class: "hgmrl-frame" }, axes);
  for (const tick of ticks) {
    const text = String(tick).replace("-", "−");
    const vertical = svgElement("text", { x: plane.x(tick), y: size - 7, "text-anchor": "middle" }, axes);
    const horizontal = svgElement("text", { x: 7, y: plane.y(tick) + 4 }, axes);
    for (const element of [vertical, horizontal]) {
      element.setAttribute("class", "hgmrl-tick");
      element.textContent = text;
    }
    const grid = { class: "hgmrl-grid" };
    svgElement("line", { ...grid, x1: plane.x(tick), x2: plane.x(tick), y1: 1, y2: size - 22 }, axes);
    svgElement("line", { ...grid, x1: 22, x2: size - 1, y1: plane.y(tick), y2: plane.y(tick) }, axes);
  }
  return plane;
}

// An arrow from (x, y) along (u, v), in the drawing's own units: long ones are shortened, so that none is crossed.
export function arrowPath(plane, x, y, u, v, reach) {
  const size = Math.hypot(u, v);
  const [px, py] = [plane.x(x), plane.y(y)];
  if (size < 1e-9) return `M${px.toFixed(1)} ${py.toFixed(1)}h0`;
  const length = plane.length((reach * size) / (0.7 + size));
  const [ux, uy] = [u / size, -v / size];
  const [tx, ty] = [px + length * ux, py + length * uy];
  const head = 0.32 * length;
  const barb = (side) =>
    `${(tx - head * (ux - side * 0.55 * uy)).toFixed(1)} ${(ty - head * (uy + side * 0.55 * ux)).toFixed(1)}`;
  const tip = `${tx.toFixed(1)} ${ty.toFixed(1)}`;
  return `M${px.toFixed(1)} ${py.toFixed(1)}L${tip}M${barb(1)}L${tip}L${barb(-1)}`;
}
