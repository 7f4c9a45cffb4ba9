// Maps that may carry one task onto another, and the rewards they are tried on, as tasks.py has
// them. A place is { kind, t, direction }: what t means hangs on the kind.

import { inverse2 } from "../js/matrix2.js";
import { planeDirection, planeElement, pulledPlace, wrapRadians } from "../js/plane_groups.js";
import { DEGREE } from "../js/words.js";

export function taskMap({ kind, t, direction }) {
  if (kind === "reflection") {
    const [c, s] = [Math.cos(2 * t), Math.sin(2 * t)];
    return { linear: [c, s, s, -c], shift: [0, 0] };
  }
  if (kind === "shear") {
    const [ux, uy] = planeDirection(direction);
    return { linear: [1 - t * ux * uy, t * ux * ux, -t * uy * uy, 1 + t * ux * uy], shift: [0, 0] };
  }
  return planeElement({ group: kind, t, direction, shift: [0, 0] });
}

// The place whose map carries the point q as near as it can to `target`; null where the kind cannot move it.
export function pulledTask({ kind, direction }, q, target) {
  const [v, w] = [target[0] - q[0], target[1] - q[1]];
  const size = Math.hypot(v, w);
  const angle = size < 1e-6 ? direction : Math.atan2(w, v) / DEGREE;
  if (kind === "reflection") {
    if (Math.hypot(...target) < 0.05) return null;
    return { t: wrapMirror((Math.atan2(target[1], target[0]) + Math.atan2(q[1], q[0])) / 2), direction };
  }
  if (kind === "translation") return { t: size, direction: angle };
  if (kind === "shear") {
    // How far q is from the line through the origin that the shear leaves in place.
    const [ux, uy] = planeDirection(angle);
    const off = q[1] * ux - q[0] * uy;
    return Math.abs(off) < 1e-3 ? null : { t: size / off, direction: angle };
  }
  const pulled = pulledPlace({ group: kind }, q, target);
  return pulled && { ...pulled, direction };
}

export function wrapMirror(angle) {
  // (-π/2, π/2]
  return wrapRadians(2 * angle) / 2;
}

// n ↦ L^{-T} n, the way a normal goes.
export function carryNormal({ linear }, x, y) {
  const [a, b, c, d] = inverse2(linear);
  return [a * x + c * y, b * x + d * y];
}

// A reward with its top at `goal`: value, gradient, and the policy that climbs it, in steps of length at most 1.
export function taskRewards([gx, gy], slow) {
  const climbing = (gradient, distance) => (x, y) => {
    const [u, v] = gradient(x, y);
    const size = Math.max(Math.hypot(u, v) * distance(x, y), slow);
    return [(u * distance(x, y)) / size, (v * distance(x, y)) / size];
  };
  const away = (x, y) => Math.hypot(x - gx, y - gy);
  const round = (x, y) => {
    const size = away(x, y);
    return size > 0 ? [(gx - x) / size, (gy - y) / size] : [0, 0];
  };
  const bend = (x, y) => {
    const u = x - gx;
    return [u, y - gy - 0.4 * u * u - 0.15 * u * u * u];
  };
  const valley = (x, y) => {
    const [u, v] = bend(x, y);
    return [-u + 4 * v * (0.8 * u + 0.45 * u * u), -4 * v];
  };
  return {
    "round goal": { value: (x, y) => -away(x, y), gradient: round, policy: climbing(round, away) },
    "bent valley": {
      value(x, y) {
        const [u, v] = bend(x, y);
        return -(0.5 * u * u + 2 * v * v);
      },
      gradient: valley,
      policy: climbing(valley, () => 1),
    },
  };
}
