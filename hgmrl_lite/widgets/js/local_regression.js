// The samples nearest to a place of the plane, by a grid of cells.

// points: [x0, y0, x1, y1, ...], of which the first `count` are there.
// Returns nearest(x, y, k): { index, radius }, by distance, radius being that of the last; and nearest.within(x, y, r).
export function makeNeighbours(points, count) {
  let [left, bottom, right, top] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < count; i++) {
    left = Math.min(left, points[2 * i]);
    right = Math.max(right, points[2 * i]);
    bottom = Math.min(bottom, points[2 * i + 1]);
    top = Math.max(top, points[2 * i + 1]);
  }
  // About four samples in a cell.
  const side = Math.max(Math.sqrt(((right - left) * (top - bottom) * 4) / count), 1e-9);
  const columns = Math.floor((right - left) / side) + 1;
  const rows = Math.floor((top - bottom) / side) + 1;
  const cells = Array.from({ length: columns * rows }, () => []);
  const column = (x) => Math.floor((x - left) / side);
  const row = (y) => Math.floor((y - bottom) / side);
  for (let i = 0; i < count; i++) cells[row(points[2 * i + 1]) * columns + column(points[2 * i])].push(i);

  // Samples in the cells around a place, `reach` cells to each side, by distance: [distance, number].
  const around = (x, y, reach) => {
    const [cx, cy] = [column(x), row(y)];
    const found = [];
    for (let j = Math.max(0, cy - reach); j <= Math.min(rows - 1, cy + reach); j++) {
      for (let i = Math.max(0, cx - reach); i <= Math.min(columns - 1, cx + reach); i++) {
        for (const at of cells[j * columns + i]) {
          found.push([Math.hypot(points[2 * at] - x, points[2 * at + 1] - y), at]);
        }
      }
    }
    return found.sort((a, b) => a[0] - b[0]);
  };

  const nearest = (x, y, k) => {
    const [cx, cy] = [column(x), row(y)];
    const farthest = Math.max(cx, cy, columns - cx, rows - cy);
    for (let reach = Math.ceil(Math.sqrt(k / (4 * Math.PI))) + 1; ; reach *= 2) {
      const found = around(x, y, reach);
      // What lies outside these cells is at least `reach` cells away.
      if ((found.length >= k && found[k - 1][0] <= reach * side) || reach > farthest) {
        const best = found.slice(0, k);
        return { index: best.map(([, at]) => at), radius: best[best.length - 1][0] };
      }
    }
  };
  nearest.within = (x, y, r) =>
    around(x, y, Math.ceil(r / side)).filter(([distance]) => distance <= r).map(([, at]) => at);
  return nearest;
}

// A polynomial fitted to the nearest samples, as hgmrl_lite.tangents.local_regression does it in the plane.

// Variance of a gradient, relative to that of a round neighbourhood, from which the fit counts as rank-deficient.
const REGRESSION_INFLATED = 1e10;

function polynomialTerms(degree) {
  return ((degree + 1) * (degree + 2)) / 2;
}

// Solve A X = B in place for a positive definite A (n × n) and B (n × m), both row by row, by Cholesky.
function solvePositive(a, b, n, m) {
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = a[i * n + j];
      for (let k = 0; k < j; k++) sum -= a[i * n + k] * a[j * n + k];
      a[i * n + j] = i === j ? Math.sqrt(sum) : sum / a[j * n + j];
    }
  }
  for (let c = 0; c < m; c++) {
    for (let i = 0; i < n; i++) {
      let sum = b[i * m + c];
      for (let k = 0; k < i; k++) sum -= a[i * n + k] * b[k * m + c];
      b[i * m + c] = sum / a[i * n + i];
    }
    for (let i = n - 1; i >= 0; i--) {
      let sum = b[i * m + c];
      for (let k = i + 1; k < n; k++) sum -= a[k * n + i] * b[k * m + c];
      b[i * m + c] = sum / a[i * n + i];
    }
  }
  return b;
}

// xs, ys: samples relative to the centre; targets: values less the centre's; radius: of the farthest of them.
// Returns the gradient, its covariance for unit noise [xx, xy, yy], the residual variance, and whether it is usable.
export function fitGradient(xs, ys, targets, radius, degree) {
  const count = xs.length;
  const terms = polynomialTerms(degree);
  const scale = radius > 0 ? radius : 1;
  const design = new Float64Array(count * terms);
  for (let i = 0; i < count; i++) {
    const [x, y] = [xs[i] / scale, ys[i] / scale];
    const own = [1, x, y, x * x, x * y, y * y, x * x * x, x * x * y, x * y * y, y * y * y];
    for (let t = 0; t < terms; t++) design[i * terms + t] = own[t];
  }
  const gram = new Float64Array(terms * terms);
  const right = new Float64Array(terms * 3);
  for (let i = 0; i < count; i++) {
    const at = i * terms;
    for (let s = 0; s < terms; s++) {
      for (let t = 0; t <= s; t++) gram[s * terms + t] += design[at + s] * design[at + t];
      right[3 * s] += design[at + s] * targets[i];
    }
  }
  // A ridge at rounding level, as in Python: singular systems are told by their inflated variance.
  for (let s = 0; s < terms; s++) gram[s * terms + s] += 1e-13 * count;
  right[3 + 1] = 1;
  right[6 + 2] = 1;
  const solution = solvePositive(gram, right, terms, 3);
  let squares = 0;
  for (let i = 0; i < count; i++) {
    let rest = targets[i];
    for (let t = 0; t < terms; t++) rest -= design[i * terms + t] * solution[3 * t];
    squares += rest * rest;
  }
  const unit = [solution[3 + 1], (solution[3 + 2] + solution[6 + 1]) / 2, solution[6 + 2]];
  return {
    gradient: [solution[3] / scale, solution[6] / scale],
    unit: unit.map((entry) => entry / (scale * scale)),
    scatter: squares / (count - terms),
    usable: radius > 0 && count * Math.max(unit[0], unit[2]) < REGRESSION_INFLATED,
  };
}

function medianOf(numbers) {
  const sorted = Float64Array.from(numbers).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

// Variance of what the local polynomials leave over: the median over fits at `pilot` of the samples and a probe, which
// counts as the sample after the last. Returns variance(x, y, value, scatter) for a probe with its own fit's scatter;
// for each place only the fits are done again whose neighbourhood the probe enters.
export function makePilotVariance(points, values, count, nearest, { neighbours, degree, pilot }) {
  const number = Math.min(pilot, count + 1);
  const fitAt = (x, y, value, xs, ys, own, radius) =>
    fitGradient(xs.map((u) => u - x), ys.map((v) => v - y), own.map((w) => w - value), radius, degree);
  const rows = Array.from({ length: number - 1 }, (_, row) => {
    const at = Math.floor(row * (count / (number - 1)));
    const [x, y, value] = [points[2 * at], points[2 * at + 1], values[at]];
    const { index, radius } = nearest(x, y, neighbours);
    const [xs, ys] = [index.map((i) => points[2 * i]), index.map((i) => points[2 * i + 1])];
    const own = index.map((i) => values[i]);
    return { x, y, value, xs, ys, own, radius, fit: fitAt(x, y, value, xs, ys, own, radius) };
  });
  const freedom = neighbours - polynomialTerms(degree);
  // The median of a χ² over its freedom (Wilson-Hilferty) turns the median residual into a variance.
  const factor = (1 - 2 / (9 * freedom)) ** 3;
  return (px, py, here, own) => {
    const fits = rows.map((row) => {
      const distance = Math.hypot(px - row.x, py - row.y);
      if (distance >= row.radius) return row.fit;
      // The probe takes the place of the farthest neighbour.
      const [xs, ys, among] = [[...row.xs.slice(0, -1), px], [...row.ys.slice(0, -1), py], [...row.own.slice(0, -1), here]];
      const before = Math.hypot(row.xs.at(-2) - row.x, row.ys.at(-2) - row.y);
      return fitAt(row.x, row.y, row.value, xs, ys, among, Math.max(before, distance));
    });
    const scatters = [...fits, own].filter((fit) => fit.usable).map((fit) => fit.scatter);
    return scatters.length ? medianOf(scatters) / factor : 0;
  };
}

// Direction, error and verdict from a fit: a few residuals make a poor variance, so it leans on the common one.
export function regressionNormal(fit, neighbours, degree, commonVariance) {
  const terms = polynomialTerms(degree);
  const freedom = neighbours - terms;
  const variance = (freedom * fit.scatter + terms * commonVariance) / (freedom + terms);
  const [xx, xy, yy] = fit.unit.map((entry) => entry * variance);
  const [gx, gy] = fit.gradient;
  const size = Math.hypot(gx, gy);
  const [nx, ny] = [gx / size, gy / size];
  const along = nx * nx * xx + 2 * nx * ny * xy + ny * ny * yy;
  return {
    normal: [nx, ny],
    error: Math.sqrt(Math.max(xx + yy - along, 0)) / size,
    dropped: !fit.usable ? "rank-deficient neighbourhood" : size * size > xx + yy ? "" : "gradient below its own error",
  };
}
