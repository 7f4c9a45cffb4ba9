// Matrices of any size, row by row, and the one-parameter groups θ ↦ exp(θW) of them that stay bounded.

// A matrix times a vector.
export function applyTo(matrix, vector) {
  const n = vector.length;
  const moved = new Array(matrix.length / n).fill(0);
  for (let row = 0, at = 0; row < moved.length; row++) {
    for (let column = 0; column < n; column++, at++) moved[row] += matrix[at] * vector[column];
  }
  return moved;
}

// A matrix times one of n rows.
function product(a, b, n) {
  const columns = b.length / n;
  return Array.from({ length: (a.length / n) * columns }, (_, entry) => {
    const [row, column] = [Math.floor(entry / columns), entry % columns];
    let sum = 0;
    for (let k = 0; k < n; k++) sum += a[n * row + k] * b[columns * k + column];
    return sum;
  });
}

// θ ↦ Σ cos(ω_k θ) C_k + sin(ω_k θ) S_k, with the parts C_0, S_0, C_1, S_1, ... Returns flow(θ); flow.slope(θ), the
// derivative; and flow.after(A, n), which is A · flow(θ) for matrices of n rows.
function trigonometric(parts, frequencies) {
  const sum = (weights) =>
    parts[0].map((_, entry) => parts.reduce((total, part, k) => total + weights[k] * part[entry], 0));
  const flow = (theta) => sum(frequencies.flatMap((w) => [Math.cos(w * theta), Math.sin(w * theta)]));
  return Object.assign(flow, {
    slope: (theta) => sum(frequencies.flatMap((w) => [-w * Math.sin(w * theta), w * Math.cos(w * theta)])),
    after: (matrix, n) => trigonometric(parts.map((part) => product(matrix, part, n)), frequencies),
  });
}

// The group that Python packed as `<name>_parts` (2F, n, n) and `<name>_frequencies` (F,).
export function unpackFlow(arrays, name) {
  const { shape: [count, n], values } = arrays[`${name}_parts`];
  const parts = Array.from({ length: count }, (_, k) => Array.from(values.subarray(k * n * n, (k + 1) * n * n)));
  return trigonometric(parts, Array.from(arrays[`${name}_frequencies`].values));
}
