// Test-time inference in space, as hgmrl_lite.hereditary.infer: which rotation Q makes R0(L⁻¹ s') equal to the observed
// rewards, with L = F⁻¹ Q F in the frame F where the group is that of all rotations. Damped Gauss-Newton from the local
// minima on a cover of the group. Rotations about the axis a of the base task leave its rewards as they are: what counts is
// where Q carries a, and of the rotations that carry it there the smallest is taken. The best two are kept.

import {
  angle3, apply3, cross3, dot3, logTurn3, multiply3, scaled3, smallestTurn3, solveSymmetric3, transpose3, turn3, unit3,
} from "../js/matrix3.js";

// A quick answer, for a moving hand, refines the lowest few minima only, once, and not as far.
const QUICK = { most: 3, settled: 1e-4, once: true };

// group: { root, inverse, axis } of Python, with its cover (S, 3, 3) of rotations, their neighbours (S, k), and the spacing
// between them; options: what settings_of_inference returns. Returns infer(points, rewards, quick) -> { turn, left, back,
// residual, runnerUp, runnerUpResidual, standardError, decided }: turn is the vector of Q, left and back are L and its
// inverse.
export function makeSphereInference({ root, inverse, axis, cover, neighbours, spacing }, model, options) {
  const { noise, damping: firstDamping, still, rounds, reach, student } = options;
  const size = cover.length / 9;
  const near = neighbours.length / size;
  const inverseTransposed = transpose3(inverse);
  const turns = Array.from({ length: size }, (_, k) => Array.from(cover.subarray(9 * k, 9 * k + 9)));
  let known = null; // the points that `predicted` belongs to: during a drag they are nearly always the same
  let predicted = null;
  let inFrame = null;

  const backwards = (q) => multiply3(inverse, transpose3(q)); // from F s' to L⁻¹ s'

  const predict = (points) => {
    if (known && known.length === points.length && known.every((value, i) => value === points[i])) return;
    const count = points.length / 3;
    inFrame = Array.from({ length: count }, (_, i) => apply3(root, points.subarray(3 * i, 3 * i + 3)));
    predicted = new Float64Array(size * count);
    turns.forEach((q, k) => {
      const back = backwards(q);
      for (let i = 0; i < count; i++) predicted[k * count + i] = model(...apply3(back, inFrame[i]));
    });
    known = points.slice();
  };

  const slope = new Float64Array(4);

  // Sums over the transitions in use at one Q, moved as Q ← exp(ξ) Q: squared errors, error · slope along ξ, and
  // slope · slopeᵀ as [xx, xy, xz, yy, yz, zz]. Along Q a, as Q moves the stabiliser, there is nothing to be found.
  const sums = (q, rewards, used, each) => {
    const back = backwards(q);
    const forwards = multiply3(q, inverseTransposed);
    const idle = apply3(q, axis);
    let square = 0;
    const product = [0, 0, 0];
    const normal = [0, 0, 0, 0, 0, 0];
    for (const i of used) {
      const place = inFrame[i];
      const pulled = apply3(back, place);
      model.slope(pulled[0], pulled[1], slope, pulled[2]);
      const error = slope[0] - rewards[i];
      const moved = cross3(apply3(forwards, [slope[1], slope[2], slope[3]]), place);
      const along = dot3(moved, idle);
      const [x, y, z] = moved.map((value, k) => value - along * idle[k]);
      square += error * error;
      product[0] += error * x;
      product[1] += error * y;
      product[2] += error * z;
      normal[0] += x * x;
      normal[1] += x * y;
      normal[2] += x * z;
      normal[3] += y * y;
      normal[4] += y * z;
      normal[5] += z * z;
      if (each) each(pulled, [x, y, z]);
    }
    return { square, product, normal };
  };

  const descend = (start, rewards, used, settled) => {
    let q = start;
    let damping = firstDamping;
    let here = sums(q, rewards, used);
    for (let step = 0; step < options.newton_steps; step++) {
      const [xx, xy, xz, yy, yz, zz] = here.normal;
      const more = damping * Math.max((xx + yy + zz) / 3, Number.MIN_VALUE);
      const wanted = solveSymmetric3([xx + more, xy, xz, yy + more, yz, zz + more], here.product);
      const length = Math.hypot(...wanted);
      const tried = multiply3(turn3(scaled3(wanted, -Math.min(1, spacing / Math.max(length, Number.MIN_VALUE)))), q);
      const there = sums(tried, rewards, used);
      const change = Math.abs(there.square - here.square);
      const done = length < settled || change <= still * here.square;
      if (there.square < here.square) [q, here, damping] = [tried, there, Math.max(0.1 * damping, 1e-12)];
      else damping *= 10;
      if (done) break;
    }
    return q;
  };

  const smallest = (q) => smallestTurn3(axis, apply3(q, axis)) ?? logTurn3(q);

  const refine = (start, rewards, used, { settled, once }) => {
    const first = smallest(descend(start, rewards, used, settled));
    // The stabiliser is estimated: a long way along it is not quite free.
    const turn = once ? first : smallest(descend(turn3(first), rewards, used, settled));
    const q = turn3(turn);
    return { turn, q, target: apply3(q, axis), residual: Math.sqrt(sums(q, rewards, used).square / used.length) };
  };

  const minimaOf = (rewards, used, how) => {
    const count = rewards.length;
    const misfit = new Float64Array(size);
    for (let k = 0; k < size; k++) {
      for (const i of used) misfit[k] += (predicted[k * count + i] - rewards[i]) ** 2;
    }
    const starts = [];
    for (let k = 0; k < size; k++) {
      let lowest = true;
      for (let j = 0; j < near; j++) lowest &&= misfit[k] <= misfit[neighbours[k * near + j]];
      if (lowest) starts.push(k);
    }
    starts.sort((j, k) => misfit[j] - misfit[k]);
    const found = starts.slice(0, how.most).map((k) => refine(turns[k], rewards, used, how));
    return found.sort((a, b) => a.residual - b.residual);
  };

  // Which transitions Q carries to where the base model has seen data.
  const inReach = (q, used) => {
    const back = backwards(q);
    return used.filter((i) => model.nearest(...apply3(back, inFrame[i])).distance <= reach);
  };

  // The largest standard error of where the axis goes, in radians: from the residuals' variance, and from the base model's
  // misfit, which points at one of its centres share.
  const standardError = (best, rewards, used, variance) => {
    const one = unit3(cross3(best.target, Math.abs(best.target[0]) < 0.6 ? [1, 0, 0] : [0, 1, 0]));
    const plane = [one, cross3(best.target, one)];
    const shared = new Map();
    const normal = [0, 0, 0];
    sums(best.q, rewards, used, (pulled, way) => {
      const [u, v] = plane.map((direction) => dot3(direction, way));
      normal[0] += u * u;
      normal[1] += u * v;
      normal[2] += v * v;
      const { index, distance } = model.nearest(...pulled);
      const misfit = distance <= reach ? model.misfit[index] : 0;
      const sum = shared.get(index) ?? [0, 0];
      shared.set(index, [sum[0] + misfit * u, sum[1] + misfit * v]);
    });
    const [a, b, c] = normal;
    const determinant = a * c - b * b;
    if (!(determinant > 1e-12 * (a + c) ** 2)) return Infinity;
    const inverted = (u, v) => [(c * u - b * v) / determinant, (a * v - b * u) / determinant];
    const covariance = [(variance * c) / determinant, (-variance * b) / determinant, (variance * a) / determinant];
    for (const sum of shared.values()) {
      const [u, v] = inverted(...sum);
      covariance[0] += u * u;
      covariance[1] += u * v;
      covariance[2] += v * v;
    }
    const half = 0.5 * (covariance[0] + covariance[2]);
    return Math.sqrt(half + Math.hypot(0.5 * (covariance[0] - covariance[2]), covariance[1]));
  };

  return (points, rewards, quick = false) => {
    predict(points);
    const all = Array.from(rewards, (_, i) => i);
    let used = all;
    let answer = null;
    for (let round = 0; round < rounds; round++) {
      answer = { found: minimaOf(rewards, used, quick ? QUICK : options), used };
      const seen = inReach(answer.found[0].q, all);
      if (seen.length < options.least || (seen.length === used.length && seen.every((i, k) => i === used[k]))) break;
      used = seen;
    }
    used = answer.used;
    const best = answer.found[0];
    const count = used.length;
    // Several starts may have run into one minimum: the runner-up is the best of the others.
    const other = answer.found.find(({ target }) => angle3(target, best.target) > spacing);
    const runnerUpResidual = other ? other.residual : Infinity;
    const freedom = count - 2;
    const variance = Math.max(noise ** 2, (best.residual ** 2 * count) / Math.max(freedom, 1));
    const error = standardError(best, rewards, used, variance);
    // Python's quantile for N transitions and one parameter stands at N.
    const quantile = freedom > 0 ? student[freedom + 1] : Infinity;
    const gain = count * (runnerUpResidual ** 2 - best.residual ** 2);
    const element = ({ q }) => multiply3(multiply3(inverse, q), root);
    return {
      turn: best.turn,
      left: element(best),
      back: multiply3(backwards(best.q), root),
      residual: best.residual,
      runnerUp: other ? element(other) : null,
      runnerUpResidual,
      standardError: error,
      decided: gain > quantile ** 2 * variance && quantile * error < options.largest_angle,
    };
  };
}
