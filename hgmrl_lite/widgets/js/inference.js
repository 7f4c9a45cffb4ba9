// Test-time inference, as hgmrl_lite.hereditary.infer: which θ makes R0(exp(-θW) s') equal to the observed rewards.
// A grid over the whole period, then Gauss-Newton from each of its local minima; the best two are kept.

// options: { grid, newton_steps, noise, chi2 }. Returns infer(points, rewards) -> { theta, residual, runnerUp,
// runnerUpResidual, decided, thetas, misfit }; misfit is the root mean square at each θ of the grid.
function makeInference(generator, model, options) {
  const { grid, newton_steps: newtonSteps, noise, chi2 } = options;
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

  // Sums over the transitions at one θ: squared errors, error · derivative, derivative².
  const sums = (theta, points, rewards) => {
    const turn = exp2(generator, -theta);
    let square = 0;
    let product = 0;
    let curvature = 0;
    for (let i = 0; i < rewards.length; i++) {
      const [x, y] = apply2(turn, points[2 * i], points[2 * i + 1]);
      model.slope(x, y, slope);
      const [vx, vy] = apply2(generator, x, y);
      const error = slope[0] - rewards[i];
      const derivative = -(slope[1] * vx + slope[2] * vy);
      square += error * error;
      product += error * derivative;
      curvature += derivative * derivative;
    }
    return { square, product, curvature };
  };

  const refine = (start, points, rewards) => {
    let theta = start;
    for (let step = 0; step < newtonSteps; step++) {
      const { product, curvature } = sums(theta, points, rewards);
      const moved = theta - product / Math.max(curvature, Number.MIN_VALUE);
      // A minimum of the grid is within one cell of the true one; farther is another basin.
      const next = Math.min(start + cell, Math.max(start - cell, moved));
      if (Math.abs(next - theta) < 1e-12) break;
      theta = next;
    }
    const { square } = sums(theta, points, rewards);
    return { theta: wrap(theta), residual: Math.sqrt(square / rewards.length) };
  };

  return (points, rewards) => {
    predict(points);
    const count = rewards.length;
    const misfit = new Float64Array(grid);
    for (let k = 0; k < grid; k++) {
      let square = 0;
      for (let i = 0; i < count; i++) square += (predicted[k * count + i] - rewards[i]) ** 2;
      misfit[k] = Math.sqrt(square / count);
    }
    const minima = [];
    for (let k = 0; k < grid; k++) {
      if (misfit[k] <= misfit[(k + grid - 1) % grid] && misfit[k] < misfit[(k + 1) % grid]) minima.push(k);
    }
    if (!minima.length) minima.push(misfit.indexOf(Math.min(...misfit)));
    const found = minima.map((k) => refine(thetas[k], points, rewards)).sort((a, b) => a.residual - b.residual);
    const best = found[0];
    // Two starts may have run into one minimum: the runner-up is the best of the others.
    const other = found.find(({ theta }) => Math.abs(wrap(theta - best.theta)) > cell);
    const runnerUpResidual = other ? other.residual : Infinity;
    const variance = Math.max(noise ** 2, (best.residual ** 2 * count) / Math.max(count - 1, 1));
    return {
      ...best,
      runnerUp: other ? other.theta : NaN,
      runnerUpResidual,
      decided: count * (runnerUpResidual ** 2 - best.residual ** 2) > chi2 * variance,
      thetas,
      misfit,
    };
  };
}
