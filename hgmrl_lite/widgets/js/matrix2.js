// Real 2×2 matrices as [a, b, c, d], row by row.

// exp(tW) in closed form: e^(t tr W / 2) (c I + s W0) with W0 = W - (tr W / 2) I, whose square is -det(W0) I.
/** @returns {number[]} */
export function exp2(w, t = 1) {
  const half = (w[0] + w[3]) / 2;
  const p = (w[0] - w[3]) / 2;
  const determinant = -p * p - w[1] * w[2];
  const speed = Math.sqrt(Math.abs(determinant));
  const angle = speed * t;
  let c, s;
  if (Math.abs(angle) < 1e-5) {
    // Near zero, and for a parabolic W, the series: exact to double precision at this size.
    c = 1 - (determinant * t * t) / 2;
    s = t * (1 - (determinant * t * t) / 6);
  } else if (determinant > 0) {
    c = Math.cos(angle);
    s = Math.sin(angle) / speed;
  } else {
    c = Math.cosh(angle);
    s = Math.sinh(angle) / speed;
  }
  const scale = Math.exp(half * t);
  return [scale * (c + s * p), scale * s * w[1], scale * s * w[2], scale * (c - s * p)];
}

/** @returns {number[]} */
export function inverse2(m) {
  const determinant = m[0] * m[3] - m[1] * m[2];
  return [m[3] / determinant, -m[1] / determinant, -m[2] / determinant, m[0] / determinant];
}

/** @returns {[number, number]} */
export function apply2(m, x, y) {
  return [m[0] * x + m[1] * y, m[2] * x + m[3] * y];
}
