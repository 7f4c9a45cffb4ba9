// A generator's type, whether its flow returns, and its logarithm, in words.

import { inDegrees, inNumber } from "../js/words.js";

export function regionOf({ kind, trace, determinant, compact }) {
  if (kind === "elliptic") return compact ? "compact" : trace < 0 ? "spiral in" : "spiral out";
  if (kind === "hyperbolic" && determinant > 0) return trace < 0 ? "node in" : "node out";
  return kind === "hyperbolic" && determinant < 0 ? "saddle" : "";
}

export function typeInWords({ kind, trace, determinant, compact, sense }) {
  const way = trace < 0 ? "inwards" : "outwards";
  if (kind === "zero") return "zero: nothing moves";
  if (kind === "scalar") return `scalar: a scaling ${way}`;
  if (kind === "elliptic") {
    const turn = sense > 0 ? "anticlockwise" : "clockwise";
    return compact ? `elliptic: closed orbits, ${turn}` : `elliptic: spirals ${way}, ${turn}`;
  }
  if (kind === "parabolic") return Math.abs(trace) < 1e-9 ? "parabolic: a shear" : `parabolic: a shear with a scaling ${way}`;
  if (Math.abs(determinant) < 1e-9) return `hyperbolic: a line stands still, the rest flows ${way}`;
  return determinant < 0 ? "hyperbolic: a saddle" : `hyperbolic: a node ${way}`;
}

/** @returns {[string, string]} */
export function returnInWords({ kind, trace, determinant, compact, period }) {
  if (kind === "zero") return ["compact", "exp(tW) = I at every t: the group is trivial."];
  if (compact) return [`compact: period ${inNumber(period)}`, "tr W = 0 and det W > 0: after 2π/√det W every point is back."];
  const growth = kind === "elliptic" ? "it turns, but every turn changes the size" : "nothing turns";
  const sign = Math.abs(determinant) < 1e-9 ? "det W = 0" : determinant < 0 ? "det W < 0" : "";
  const size = Math.abs(trace) < 1e-9 ? "" : "tr W ≠ 0";
  return ["not compact: never", `${[size, sign].filter(Boolean).join(", ")}: ${growth}.`];
}

/** @returns {[string, string]} */
export function logInWords({ type, logarithm }) {
  const { turn, kept, wholeTurns, halfTurn } = logarithm;
  const degrees = (angle) => inDegrees((type.sense * angle * 180) / Math.PI, 0);
  if (!type.turning) return ["log exp(tW) = tW", "Nothing turns, so the logarithm is tW at every t."];
  if (halfTurn) {
    return ["a half turn: ±180°", `You turned ${degrees(turn)}. Two answers fit, 180° and −180°; the choice is 180°.`];
  }
  if (!wholeTurns) return ["log exp(tW) = tW", `You turned ${degrees(turn)}, less than a half turn: it is all there.`];
  const lost = Math.abs(wholeTurns) === 1 ? "one whole turn" : `${Math.abs(wholeTurns)} whole turns`;
  return ["log exp(tW) ≠ tW", `You turned ${degrees(turn)}, log says ${degrees(kept)}: it leaves out ${lost}.`];
}
