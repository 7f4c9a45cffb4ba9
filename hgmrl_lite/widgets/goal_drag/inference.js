// Test-time inference in a group of one parameter, as hgmrl_lite.hereditary.infer: which θ makes R0(exp(-θW) s') equal to
// the observed rewards. A grid over the whole turn, then damped Gauss-Newton from each of its local minima; the best two
// are kept.

import { applyTo } from "../js/flow.js";

// seen: the flow θ ↦ A exp(θW) for states of n numbers, with the combinations A on which the reward model depends; options:
// what hgmrl_lite.hereditary.inference.settings_of_inference returns. Returns infer(points, rewards) ->
// { theta, residual, runnerUp, runnerUpResidual, standardError, decided, thetas, misfit }; misfit is the root mean
// square at each θ of the grid. Points that θ carries out of the base model's reach are left out.
export function makeInference(seen, n, model, options) {
  const { grid, noise, damping: firstDamping, settled, rounds, reach, student } = options;
  const cell = (2 * Math.PI) / grid;
  const thetas = Float64Array.from({ length: grid }, (_, k) => -Math.PI + k * cell);
  const turns = Array.from(thetas, (theta) => seen(-theta));
  const pulled = (turn, points, i) => applyTo(turn, points.subarray(n * i, n * (i + 1)));
  let known = null; // the points that `predicted` belongs to: during a drag they are nearly always the same
  let predicted = null;

  const predict = (points) => {
    if (known && known.length === points.length && known.every((value, i) => value === points[i])) return;
    const count = points.length / n;
    predicted = new Float64Array(grid * count);
    for (let k = 0; k < grid; k++) {
      for (let i = 0; i < count; i++) {
        predicted[k * count + i] = model(...pulled(turns[k], points, i));
      }
    }
    known = points.slice();
  };

  const wrap = (theta) => theta - 2 * Math.PI * Math.floor((theta + Math.PI) / (2 * Math.PI));
  const slope = new Float64Array(4);

  // Sums over the transitions in use at one θ: squared errors, error · derivative, derivative².
  const sums = (theta, points, rewards, used, each) => {
    const [turn, change] = [seen(-theta), seen.slope(-theta)];
    let square = 0;
    let product = 0;
    let curvature = 0;
    for (const i of used) {
      const place = pulled(turn, points, i);
      model.slope(place[0], place[1], slope, place[2]);
      const error = slope[0] - rewards[i];
      const derivative = -pulled(change, points, i).reduce((sum, speed, k) => sum + slope[k + 1] * speed, 0);
      square += error * error;
      product += error * derivative;
      curvature += derivative * derivative;
      if (each) each(place, derivative);
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
    const turn = seen(-theta);
    return used.filter((i) => model.nearest(...pulled(turn, points, i)).distance <= reach);
  };

  // From the residuals' variance, and from the base model's misfit, which points at one of its centres share.
  const standardError = (best, points, rewards, used, variance) => {
    const shared = new Map();
    sums(best.theta, points, rewards, used, (place, derivative) => {
      const { index, distance } = model.nearest(...place);
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
      const near = inReach(answer.found[0].theta, points, all);
      if (near.length < 2 || (near.length === used.length && near.every((i, k) => i === used[k]))) break;
      used = near;
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
