// One-parameter subgroups t ↦ exp(tW) of the plane, W = [a, b, c, d] row by row.

import { apply2, exp2 } from "../js/matrix2.js";

// Steps of the keys, and the grid on which a column's arrow ends.
export const FLOW_STEP = 0.05;

// What W does, as hgmrl_lite.lie.planar_type tells it; `turning` is the angle turned in a unit of t, 0 when W turns
// nothing, and `sense` is +1 where it turns anticlockwise, -1 where clockwise.
export function planarType(w, tol = 1e-9) {
  const norm = Math.hypot(...w);
  const trace = w[0] + w[3];
  const determinant = w[0] * w[3] - w[1] * w[2];
  if (norm === 0) return { kind: "zero", trace, determinant, compact: true, period: 0, turning: 0, sense: 1 };
  const [a, b, c, d] = w.map((entry) => entry / norm);
  const half = (a - d) / 2;
  // W0 = W - (tr W / 2) I, whose determinant is -delta.
  const delta = half * half + b * c;
  const size = Math.hypot(half, b, c, half);
  const kind = size <= tol ? "scalar" : delta < -tol ? "elliptic" : delta > tol ? "hyperbolic" : "parabolic";
  const turning = kind === "elliptic" ? Math.sqrt(-delta) * norm : 0;
  const compact = kind === "elliptic" && Math.abs(a + d) <= tol;
  const period = compact ? (2 * Math.PI) / turning : Infinity;
  return { kind, trace, determinant, compact, period, turning, sense: c < b ? -1 : 1 };
}

// The principal logarithm of exp(tW), as hgmrl_lite.lie.log: the scaling in full, of the turn what whole turns leave.
// { log, turn, kept, wholeTurns, halfTurn }: angles along W's own turn, in radians.
export function logOfExp2(w, t) {
  const { turning, sense } = planarType(w);
  const mean = (w[0] + w[3]) / 2;
  const turn = turning * t;
  const wholeTurns = Math.round(turn / (2 * Math.PI));
  let kept = turn - 2 * Math.PI * wholeTurns;
  const halfTurn = turning > 0 && Math.PI - Math.abs(kept) <= 1e-12 * Math.max(1, Math.abs(turn));
  if (halfTurn) {
    // exp(tW) is a negative multiple of I, which has forgotten W: the choice is πJ.
    kept = sense * Math.PI;
    return { log: [t * mean, -Math.PI, Math.PI, t * mean], turn, kept, wholeTurns: 0, halfTurn };
  }
  const share = turning > 0 ? kept / turning : t;
  const log = [
    t * mean + share * (w[0] - mean), share * w[1], share * w[2], t * mean + share * (w[3] - mean),
  ];
  return { log, turn, kept, wholeTurns, halfTurn };
}

// A matrix with this trace and determinant, or the nearest ones that entries within ±limit allow, near `start`: its
// W0 = [[p, q - r], [q + r, -p]] has the determinant r² - p² - q²; p² + q² + r² and the direction of (p, q) are kept
// where they can be, so that the way from turning to stretching leads over a shear.
export function withTraceDeterminant(start, trace, determinant, limit) {
  const within = (value, low, high) => Math.min(high, Math.max(low, value));
  const tr = within(trace, -2 * limit, 2 * limit);
  const room = limit - Math.abs(tr) / 2;
  const square = limit * limit;
  const delta = within(determinant - (tr * tr) / 4, -square - room * room, square);
  const p0 = (start[0] - start[3]) / 2;
  const q0 = (start[1] + start[2]) / 2;
  const r0 = (start[2] - start[1]) / 2;
  const size = Math.max(p0 * p0 + q0 * q0 + r0 * r0, Math.abs(delta));
  const strain = Math.sqrt((size - delta) / 2);
  const length = Math.hypot(p0, q0);
  const direction = length > 1e-12 ? Math.abs(p0) / length : 0;
  const lowest = Math.sqrt(Math.max(0, -square - delta));
  const p = within(strain * direction, lowest, Math.min(room, Math.sqrt(square - delta)));
  // What is left to do: r² - q² = rest.
  const rest = delta + p * p;
  let q = Math.sqrt(Math.max(0, strain * strain - p * p, -rest));
  let r = Math.sqrt(Math.max(0, q * q + rest));
  if (q + r > limit) {
    q = (limit - rest / limit) / 2;
    r = (limit + rest / limit) / 2;
  }
  const sp = p0 < 0 ? -p : p;
  const sq = q0 < 0 ? -q : q;
  const sr = r0 < 0 ? -r : r;
  return [tr / 2 + sp, sq - sr, sq + sr, tr / 2 - sp];
}

// The orbit of a point from time `from` to `to`, as [x0, y0, x1, y1, ...].
export function orbitPoints(w, x, y, from, to, count) {
  const points = new Array(2 * count);
  for (let k = 0; k < count; k++) {
    const [px, py] = apply2(exp2(w, from + ((to - from) * k) / (count - 1)), x, y);
    points[2 * k] = px;
    points[2 * k + 1] = py;
  }
  return points;
}
