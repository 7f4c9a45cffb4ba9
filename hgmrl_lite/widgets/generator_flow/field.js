// A linear velocity field as arrows, and its flow as moving particles or as standing pieces of orbits.

import { planeCanvas } from "../js/canvas.js";
import { apply2, exp2 } from "../js/matrix2.js";
import { orbitPoints } from "./generator.js";

// Arrows of the field on a grid: one path. Long ones are shortened, so that none reaches its neighbour.
export function fieldArrows(plane, w, spacing = 0.5) {
  let text = "";
  const count = Math.floor(plane.half / spacing - 0.2);
  for (let i = -count; i <= count; i++) {
    for (let j = -count; j <= count; j++) {
      const [x, y] = [i * spacing, j * spacing];
      const [u, v] = apply2(w, x, y);
      const speed = Math.hypot(u, v);
      const px = plane.x(x);
      const py = plane.y(y);
      if (speed < 1e-9) {
        text += `M${px.toFixed(1)} ${py.toFixed(1)}h0`;
        continue;
      }
      const length = plane.length((0.43 * speed) / (0.8 + speed));
      const [ux, uy] = [u / speed, -v / speed];
      const [tx, ty] = [px + length * ux, py + length * uy];
      const head = 0.3 * length;
      const barb = (side) =>
        `${(tx - head * (ux - side * 0.55 * uy)).toFixed(1)} ${(ty - head * (uy + side * 0.55 * ux)).toFixed(1)}`;
      text += `M${px.toFixed(1)} ${py.toFixed(1)}L${tx.toFixed(1)} ${ty.toFixed(1)}`;
      text += `M${barb(1)}L${tx.toFixed(1)} ${ty.toFixed(1)}L${barb(-1)}`;
    }
  }
  return text;
}

// Points that flow: each lives for a while, then another begins elsewhere, spread evenly.
export function makeParticles(half, count = 170, life = 2.4) {
  let born = 0;
  const spread = (k, base) => {
    let [value, part] = [0, 1];
    for (let rest = k; rest > 0; rest = Math.floor(rest / base)) {
      part /= base;
      value += part * (rest % base);
    }
    return half * (2 * value - 1);
  };
  const birth = (age) => {
    born += 1;
    return { x: spread(born, 2), y: spread(born, 3), age };
  };
  let particles = Array.from({ length: count }, (_, k) => birth((life * k) / count));
  return {
    move(w, time) {
      const step = exp2(w, time);
      particles = particles.map(({ x, y, age }) => {
        const [u, v] = apply2(step, x, y);
        const gone = age + time > life || Math.abs(u) > 1.05 * half || Math.abs(v) > 1.05 * half;
        return gone ? birth(0) : { x: u, y: v, age: age + time };
      });
    },
    // Each as the last piece of its way.
    streaks(w) {
      const back = exp2(w, -0.14);
      return particles.map(({ x, y }) => [...apply2(back, x, y), x, y]);
    },
  };
}

// Pieces of orbits from a coarse grid, for those who want nothing to move.
export function standingOrbits(w) {
  const pieces = [];
  for (let i = -2.5; i <= 2.5; i += 1) {
    for (let j = -2.5; j <= 2.5; j += 1) pieces.push(orbitPoints(w, i, j, -0.35, 0.35, 15));
  }
  return pieces;
}

// Particles or pieces of orbits on their canvas. Returns paint(polylines).
export function makeCloud(parent, plane, signal) {
  const canvas = planeCanvas(parent, plane, signal, { name: "hgmrl-cloud", opaque: true });
  return (polylines) =>
    canvas.paint((context, colour) => {
      context.strokeStyle = colour("geometric");
      context.lineWidth = 2;
      context.beginPath();
      for (const points of polylines) {
        context.moveTo(plane.x(points[0]), plane.y(points[1]));
        for (let at = 2; at < points.length; at += 2) context.lineTo(plane.x(points[at]), plane.y(points[at + 1]));
      }
      context.stroke();
    });
}

// Let a view's particles flow while they are seen: draw(time) moves them on. start() says that the scene has changed.
export function flowWhileSeen(element, scene, draw, signal) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let seen = true;
  let frame = 0;
  let before = 0;
  let changed = -Infinity;
  let due = false;
  const moving = () => scene().flowing && !calm.matches;
  const tick = (now) => {
    frame = 0;
    if (!moving() || !seen || signal.aborted) return;
    // While the generator is under the hand, which comes first, the particles move with the field, and not each time.
    if (now > changed + 100 || (due && now > before + 25)) {
      // Half a unit of t a second; after a pause one small step, not a leap.
      draw(Math.min(0.05, Math.max(0, now - before) / 2000));
      before = now;
      due = false;
    }
    frame = requestAnimationFrame(tick);
  };
  const start = () => {
    changed = performance.now();
    due = true;
    if (frame || !moving() || !seen || signal.aborted) return;
    before = performance.now();
    frame = requestAnimationFrame(tick);
  };
  const observer = new IntersectionObserver((entries) => {
    seen = entries[entries.length - 1].isIntersecting;
    start();
  });
  observer.observe(element);
  calm.addEventListener("change", () => (moving() ? start() : draw(0)), { signal });
  signal.addEventListener("abort", () => {
    observer.disconnect();
    cancelAnimationFrame(frame);
  });
  return { start, moving };
}
