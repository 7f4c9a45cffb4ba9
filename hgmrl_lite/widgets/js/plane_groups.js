// Groups that act on the plane, each element p ↦ L p + b as { linear: [a, b, c, d], shift: [u, v] }.
// A place in a group is { group, t, direction, shift }: what t means hangs on the group, see planeElement.

import { apply2, inverse2 } from "./matrix2.js";
import { DEGREE } from "./words.js";

/** @typedef {{ group?: string, t?: number, direction?: number, shift?: number[] }} Place */
/** @typedef {{ linear: number[], shift: number[] }} Element2 */

/** @param {Place} place @returns {Element2} */
export function planeElement({ group, t, direction, shift }) {
  const turn = [Math.cos(t), -Math.sin(t), Math.sin(t), Math.cos(t)];
  if (group === "rotation") return { linear: turn, shift: [0, 0] };
  if (group === "scaling") return { linear: [Math.exp(t), 0, 0, Math.exp(t)], shift: [0, 0] };
  if (group === "shear") return { linear: [1, t, 0, 1], shift: [0, 0] };
  if (group === "translation") {
    const [ux, uy] = planeDirection(direction);
    return { linear: [1, 0, 0, 1], shift: [t * ux, t * uy] };
  }
  return { linear: turn, shift };
}

/** @returns {[number, number]} */
export function planeDirection(degrees) {
  return [Math.cos(degrees * DEGREE), Math.sin(degrees * DEGREE)];
}

/** @returns {[number, number]} */
export function carryPoint({ linear, shift }, x, y) {
  const [u, v] = apply2(linear, x, y);
  return [u + shift[0], v + shift[1]];
}

/** @returns {Element2} */
export function inverseElement({ linear, shift }) {
  const back = inverse2(linear);
  const [u, v] = apply2(back, ...shift);
  return { linear: back, shift: [-u, -v] };
}

// The place of the inverse element.
export function inversePlace(place) {
  const { shift } = inverseElement(planeElement(place));
  return { t: -place.t, shift: place.group === "rigid" ? shift : place.shift };
}

// The place whose element carries the point q as near as it can to `target`; null where q cannot be moved.
export function pulledPlace(place, q, target) {
  const [x, y] = q;
  const [u, v] = target;
  if (place.group === "rotation") {
    if (Math.hypot(x, y) < 1e-9 || Math.hypot(u, v) < 0.05) return null;
    return { t: wrapRadians(Math.atan2(v, u) - Math.atan2(y, x)) };
  }
  if (place.group === "scaling") {
    const factor = (u * x + v * y) / (x * x + y * y);
    return Number.isFinite(factor) ? { t: Math.log(Math.max(factor, 1e-6)) } : null;
  }
  if (place.group === "shear") return Math.abs(y) < 1e-9 ? null : { t: (u - x) / y };
  if (place.group === "translation") {
    const [ux, uy] = planeDirection(place.direction);
    return { t: (u - x) * ux + (v - y) * uy };
  }
  const [mx, my] = apply2(planeElement(place).linear, x, y);
  return { shift: [u - mx, v - my] };
}

// The rigid motion with this angle that carries the point q to where `place` carries it.
export function turnedAbout(place, q, t) {
  const [u, v] = carryPoint(planeElement(place), ...q);
  const [mx, my] = apply2(planeElement({ ...place, t }).linear, ...q);
  return { t, shift: [u - mx, v - my] };
}

export function wrapRadians(angle) {
  // (-π, π]
  const turn = 2 * Math.PI;
  return -((((Math.PI - angle) % turn) + turn) % turn) + Math.PI;
}

// Whether every element of the group fixes the point.
function isFixedPoint(group, x, y) {
  if (group === "rotation" || group === "scaling") return Math.hypot(x, y) < 1e-9;
  return group === "shear" && Math.abs(y) < 1e-9;
}

// The orbit of a point within `reach`: { kind: "point" | "curve" | "plane", points: [x0, y0, x1, y1, ...] }.
/** @param {Place} place @returns {{ kind: string, points: number[] }} */
export function planeOrbit({ group, direction }, x, y, reach) {
  if (isFixedPoint(group, x, y)) return { kind: "point", points: [x, y] };
  if (group === "rigid") return { kind: "plane", points: [] };
  if (group === "rotation") {
    const points = [];
    for (let k = 0; k <= 120; k++) {
      points.push(...apply2(planeElement({ group, t: (k * Math.PI) / 60 }).linear, x, y));
    }
    return { kind: "curve", points };
  }
  if (group === "scaling") {
    const size = Math.hypot(x, y);
    return { kind: "curve", points: [0, 0, (x / size) * reach, (y / size) * reach] };
  }
  const [ux, uy] = group === "shear" ? [1, 0] : planeDirection(direction);
  return { kind: "curve", points: [x - reach * ux, y - reach * uy, x + reach * ux, y + reach * uy] };
}

// What fixes a point: { kind: "identity" | "all" | "rotations about it", elements } with some of its elements.
/** @param {Place} place @returns {{ kind: string, elements: Element2[] }} */
export function planeStabiliser({ group, direction }, x, y, count = 12) {
  const identity = { linear: [1, 0, 0, 1], shift: [0, 0] };
  const elements = [];
  if (group === "rigid") {
    for (let k = 0; k < count; k++) {
      const { linear } = planeElement({ group: "rotation", t: (2 * Math.PI * k) / count });
      const [u, v] = apply2(linear, x, y);
      elements.push({ linear, shift: [x - u, y - v] });
    }
    return { kind: "rotations about it", elements };
  }
  if (!isFixedPoint(group, x, y)) return { kind: "identity", elements: [identity] };
  for (let k = 0; k < count; k++) {
    const t = group === "rotation" ? (2 * Math.PI * k) / count : (2.4 * k) / (count - 1) - 1.2;
    elements.push(planeElement({ group, t, direction, shift: [0, 0] }));
  }
  return { kind: "all", elements };
}

// Numbers that can be read in Python: four digits, angles to a hundredth of a degree.
export const orbitTidy = (value) => Math.round(1e4 * value) / 1e4;

export const orbitTidyAngle = (t) => (Math.round((100 * t) / DEGREE) / 100) * DEGREE;
