// Test-time inference, as hgmrl_lite.hereditary.infer: which θ makes R0(exp(-θW) s') equal to the observed rewards.
// A grid over the whole period, then damped Gauss-Newton from each of its local minima; the best two are kept.

import { apply2, exp2 } from "../js/matrix2.js";

// options: what hgmrl_lite.hereditary.inference.settings_of_inference returns. Returns infer(points, rewards) ->
// { theta, residual, runnerUp, runnerUpResidual, standardError, decided, thetas, misfit }; misfit is the root mean
// square at each θ of the grid. Points that θ carries out of the base model's reach are left out.
export function makeInference(generator, model, options) {
  const { grid, noise, damping: firstDamping, settled, rounds, reach, student } = options;
  const cell = (2 * Math.PI) / grid;
  const thetas = Float64Array.from({ length: grid }, (_, k) => -Math.PI + k * cell);
  const turns = Array.from(thetas, (theta) => exp2(generator, -theta));
  let known = null; // the points that `predicted` belongs to: during a drag they are nearly always the same
  let predicted = null;

  const predict = (points) => {
    if (known && known.length === points.length && known.every((value, i) => value === points[i])) return;
    const count = points.length / 2;
    predicted = new Float64Array(grid * count);
    for (let k = 0; k < grid; k++) {
      for (let i = 0; i < count; i++) {
        const [x, y] = apply2(turns[k], points[2 * i], points[2 * i + 1]);
        predicted[k * count + i] = model(x, y);
      }
    }
    known = points.slice();
  };

  const wrap = (theta) => theta - 2 * Math.PI * Math.floor((theta + Math.PI) / (2 * Math.PI));
  const slope = new Float64Array(3);

  // Sums over the transitions in use at one θ: squared errors, error · derivative, derivative².
  const sums = (theta, points, rewards, used, each) => {
    const turn = exp2(generator, -theta);
    let square = 0;
    let product = 0;
    let curvature = 0;
    for (const i of used) {
      const [x, y] = apply2(turn, points[2 * i], points[2 * i + 1]);
      model.slope(x, y, slope);
      const [vx, vy] = apply2(generator, x, y);
      const error = slope[0] - rewards[i];
      const derivative = -(slope[1] * vx + slope[2] * vy);
      square += error * error;
      product += error * derivative;
      curvature += derivative * derivative;
      if (each) each(x, y, derivative);
    }
    return { square, product, curvature };
  };

  const refine = (start, points, rewards, used) => {
    let theta = start;
    let damping = firstDamping;
    let here = sums(theta, points, rewards, used);
    for (let step = 0; step < options.newton_steps; step++) {
      const size = Math.max(here.curvature, Number.MIN_VALUE);
      const wanted = -here.product / (here.curvature + damping * size);
      const tried = theta + Math.min(cell, Math.max(-cell, wanted));
      const there = sums(tried, points, rewards, used);
      if (there.square < here.square) {
        [theta, here, damping] = [tried, there, 0.1 * damping];
      } else {
        damping *= 10;
      }
      if (Math.abs(wanted) < settled) break;
    }
    return { theta: wrap(theta), residual: Math.sqrt(here.square / used.length), curvature: here.curvature };
  };

  const minimaOf = (points, rewards, used) => {
    const count = rewards.length;
    const misfit = new Float64Array(grid);
    for (let k = 0; k < grid; k++) {
      let square = 0;
      for (const i of used) square += (predicted[k * count + i] - rewards[i]) ** 2;
      misfit[k] = Math.sqrt(square / used.length);
    }
    const starts = [];
    for (let k = 0; k < grid; k++) {
      if (misfit[k] <= misfit[(k + grid - 1) % grid] && misfit[k] <= misfit[(k + 1) % grid]) starts.push(k);
    }
    const found = starts
      .map((k) => refine(thetas[k], points, rewards, used))
      .sort((a, b) => a.residual - b.residual);
    return { misfit, found };
  };

  // Which transitions θ carries to where the base model has seen data.
  const inReach = (theta, points, used) => {
    const turn = exp2(generator, -theta);
    return used.filter((i) => {
      const [x, y] = apply2(turn, points[2 * i], points[2 * i + 1]);
      return model.nearest(x, y).distance <= reach;
    });
  };

  // From the residuals' variance, and from the base model's misfit, which points at one of its centres share.
  const standardError = (best, points, rewards, used, variance) => {
    const shared = new Map();
    sums(best.theta, points, rewards, used, (x, y, derivative) => {
      const { index, distance } = model.nearest(x, y);
      if (distance <= reach) shared.set(index, (shared.get(index) ?? 0) + model.misfit[index] * derivative);
    });
    let square = variance * best.curvature;
    for (const sum of shared.values()) square += sum * sum;
    return best.curvature > 0 ? Math.sqrt(square) / best.curvature : Infinity;
  };

  return (points, rewards) => {
    predict(points);
    const all = Array.from(rewards, (_, i) => i);
    let used = all;
    let answer = null;
    for (let round = 0; round < rounds; round++) {
      answer = { ...minimaOf(points, rewards, used), used };
      const seen = inReach(answer.found[0].theta, points, all);
      if (seen.length < 2 || (seen.length === used.length && seen.every((i, k) => i === used[k]))) break;
      used = seen;
    }
    used = answer.used;
    const best = answer.found[0];
    const count = used.length;
    // Two starts may have run into one minimum: the runner-up is the best of the others.
    const other = answer.found.find(({ theta }) => Math.abs(wrap(theta - best.theta)) > cell);
    const runnerUpResidual = other ? other.residual : Infinity;
    const variance = Math.max(noise ** 2, (best.residual ** 2 * count) / Math.max(count - 1, 1));
    const error = standardError(best, points, rewards, used, variance);
    const quantile = count > 1 ? student[count] : Infinity;
    const gain = count * (runnerUpResidual ** 2 - best.residual ** 2);
    return {
      theta: best.theta,
      residual: best.residual,
      runnerUp: other ? other.theta : NaN,
      runnerUpResidual,
      standardError: error,
      decided: gain > quantile ** 2 * variance && quantile * error < options.largest_angle,
      thetas,
      misfit: answer.misfit,
    };
  };
}
