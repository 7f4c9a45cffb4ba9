// Points of space [x, y, z], and 3×3 matrices as nine numbers, row by row.

/** @returns {any} */
export function apply3(m, [x, y, z]) {
  return [m[0] * x + m[1] * y + m[2] * z, m[3] * x + m[4] * y + m[5] * z, m[6] * x + m[7] * y + m[8] * z];
}

export function multiply3(a, b) {
  const product = new Array(9);
  for (let row = 0; row < 9; row += 3) {
    for (let column = 0; column < 3; column++) {
      product[row + column] = a[row] * b[column] + a[row + 1] * b[3 + column] + a[row + 2] * b[6 + column];
    }
  }
  return product;
}

export const transpose3 = (m) => [m[0], m[3], m[6], m[1], m[4], m[7], m[2], m[5], m[8]];

export const dot3 = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

export const cross3 = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];

export const scaled3 = (a, factor) => [factor * a[0], factor * a[1], factor * a[2]];

export function unit3(a) {
  const size = Math.hypot(...a);
  return size > 0 ? scaled3(a, 1 / size) : [0, 0, 0];
}

// The angle between two directions, in radians: exact for small angles too.
export const angle3 = (a, b) => Math.atan2(Math.hypot(...cross3(a, b)), dot3(a, b));

// The matrix of v ↦ w × v.
const skew3 = ([x, y, z]) => [0, -z, y, z, 0, -x, -y, x, 0];

// exp(A) for a matrix A with A³ = -angle² A, as every generator of rotations has in any basis (Rodrigues).
export function expTurn3(a, angle) {
  const first = angle < 1e-4 ? 1 - angle ** 2 / 6 : Math.sin(angle) / angle;
  const second = angle < 1e-4 ? 0.5 - angle ** 2 / 24 : (1 - Math.cos(angle)) / angle ** 2;
  return multiply3(a, a).map((square, k) => (k % 4 === 0 ? 1 : 0) + first * a[k] + second * square);
}

// The rotation about the vector w by the angle |w|.
export const turn3 = (w) => expTurn3(skew3(w), Math.hypot(...w));

// The vector w of the smallest rotation that carries one direction to another: across both. Where they are opposite, any
// axis across is as good, and there is no smallest rotation: null.
export function smallestTurn3(from, to) {
  const across = cross3(from, to);
  const size = Math.hypot(...across);
  const angle = Math.atan2(size, dot3(from, to));
  if (size > 1e-9) return scaled3(across, angle / size);
  return angle < 1 ? [0, 0, 0] : null;
}

// The vector w with |w| ≤ π whose rotation is Q.
export function logTurn3(q) {
  const axis = [0.5 * (q[7] - q[5]), 0.5 * (q[2] - q[6]), 0.5 * (q[3] - q[1])];
  const sine = Math.hypot(...axis);
  const cosine = 0.5 * (q[0] + q[4] + q[8] - 1);
  const angle = Math.atan2(sine, cosine);
  if (sine > 1e-6) return scaled3(axis, angle / sine);
  if (cosine > 0) return axis;
  // Half a turn: the columns of Q + I are along the axis; the longest is taken.
  const columns = [0, 1, 2].map((k) => [0, 1, 2].map((row) => q[3 * row + k] + (row === k ? 1 : 0)));
  const longest = columns.reduce((best, column) => (Math.hypot(...column) > Math.hypot(...best) ? column : best));
  return scaled3(unit3(longest), angle);
}

// x with H x = b, for H symmetric, [xx, xy, xz, yy, yz, zz].
export function solveSymmetric3([xx, xy, xz, yy, yz, zz], b) {
  const m = [xx, xy, xz, xy, yy, yz, xz, yz, zz];
  const columns = [cross3(m.slice(3, 6), m.slice(6)), cross3(m.slice(6), m.slice(0, 3)), cross3(m.slice(0, 3), m.slice(3, 6))];
  const determinant = dot3(m.slice(0, 3), columns[0]);
  return [0, 1, 2].map((k) => (columns[0][k] * b[0] + columns[1][k] * b[1] + columns[2][k] * b[2]) / determinant);
}
