// Texts beside the things that they name, where they cover nothing else.

import { setPlace, svgElement } from "./dom.js";

// A name on a drawing.
export function makeLabel(parent, content) {
  return svgElement("text", { class: "hgmrl-label", "text-anchor": "middle" }, parent, content);
}

// The box of a text beside a point of a drawing, within [0, width] × [0, height]; (dx, dy) points away, upwards positive.
function boxBeside(text, x, y, dx, dy, gap, width, height, letter = 6.9) {
  const long = text.textContent.length * letter + 4;
  const high = 15;
  const size = Math.hypot(dx, dy) || 1;
  const [ux, uy] = dx === 0 && dy === 0 ? [0, 1] : [dx / size, dy / size];
  const inside = (value, extent, end) => Math.min(end - extent / 2 - 3, Math.max(extent / 2 + 3, value));
  const reach = gap + (Math.abs(ux) * long + Math.abs(uy) * high) / 2;
  const cx = inside(x + ux * reach, long, width);
  const cy = inside(y - uy * reach, high, height);
  return { left: cx - long / 2, right: cx + long / 2, top: cy - high / 2, bottom: cy + high / 2 };
}

// Put a text in the middle of a box. A text that is moved is not set anew, as one with other coordinates is.
function centreIn(text, { left, right, top, bottom }) {
  setPlace(text, (left + right) / 2, (top + bottom) / 2 + 4.5);
}

// Put a text beside a point, and return the box that it takes.
export function placeBeside(text, ...where) {
  const box = boxBeside(text, ...where);
  centreIn(text, box);
  return box;
}

// Put a text at the first of `places`, each [x, y, dx, dy], where it covers none of `boxes`, and return the box that it
// takes; nowhere: the text is hidden, and there is no box.
export function placeWhereFree(text, places, boxes, { size }) {
  const box = places
    .map((place) => boxBeside(text, ...place, 5, size, size))
    .find((candidate) => !boxes.some((other) => boxesOverlap(candidate, other)));
  const visibility = box ? "" : "hidden";
  if (text.style.visibility !== visibility) text.style.visibility = visibility;
  if (box) centreIn(text, box);
  return box;
}

export function boxesOverlap(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

// Put each label where it covers no handle, no other label and, if that can be, no figure; no room: no label.
export function placeApart(plane, labels, hard, soft) {
  const taken = [...hard];
  for (const { text, at, away, gap, shown } of labels) {
    const [px, py] = [plane.x(at[0]), plane.y(at[1])];
    if (!shown || Math.min(px, py) < 0 || Math.max(px, py) > plane.size) {
      text.style.visibility = "hidden";
      continue;
    }
    const start = Math.atan2(away[1], away[0]);
    // Tried on a stand-in: writing to the page is what takes time, so the label itself is placed once.
    const trial = { textContent: text.textContent, setAttribute() {} };
    const beside = (label, angle) =>
      placeBeside(label, px, py, Math.cos(angle), Math.sin(angle), gap, plane.size, plane.size);
    const angles = [0, 1, -1, 2, -2, 3, -3, 4].map((k) => start + (k * Math.PI) / 4);
    const boxes = angles.map((angle) => beside(trial, angle));
    const free = (others) => boxes.findIndex((box) => !others.some((other) => boxesOverlap(box, other)));
    let found = free([...taken, ...soft]);
    if (found < 0) found = free(taken);
    text.style.visibility = found < 0 ? "hidden" : "";
    if (found >= 0) taken.push(beside(text, angles[found]));
  }
}

export function polygonBox(plane, points) {
  const xs = points.filter((_, k) => k % 2 === 0).map(plane.x);
  const ys = points.filter((_, k) => k % 2 === 1).map(plane.y);
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
}

/** @type {(plane: any, place: number[], radius: number) => any} */
export function roundBox(plane, [x, y], radius) {
  const [px, py] = [plane.x(x), plane.y(y)];
  return { left: px - radius, right: px + radius, top: py - radius, bottom: py + radius };
}
