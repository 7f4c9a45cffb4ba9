// The reward model of hgmrl_lite.hereditary.RewardModel, on a line, in the plane or in space: R(p) = Σ w_j |p - c_j|³ + b0 + b·p.

// Returns model(x, y, z) -> value; model.slope(x, y, out, z), which writes the value and then the slopes; and
// model.nearest(x, y, z) -> { index, distance } of the nearest centre. In the plane z is left out, on a line y too. model.misfit tells how
// far the model is off around each centre, where known.
export function makeRewardModel(centres, weights, linear, misfit = null) {
  const count = weights.length;
  const dimension = linear.length - 1;
  // One kernel for all: the plane is the part of space at height 0.
  const xs = Float64Array.from({ length: count }, (_, j) => centres[dimension * j]);
  const ys = Float64Array.from({ length: count }, (_, j) => (dimension > 1 ? centres[dimension * j + 1] : 0));
  const zs = Float64Array.from({ length: count }, (_, j) => (dimension > 2 ? centres[dimension * j + 2] : 0));
  const [b0, bx, by = 0, bz = 0] = linear;
  const slope = (x, y = 0, out, z = 0) => {
    let value = b0 + bx * x + by * y + bz * z;
    let gx = bx;
    let gy = by;
    let gz = bz;
    for (let j = 0; j < count; j++) {
      const dx = x - xs[j];
      const dy = y - ys[j];
      const dz = z - zs[j];
      const square = dx * dx + dy * dy + dz * dz;
      const scaled = weights[j] * Math.sqrt(square);
      value += scaled * square;
      gx += 3 * scaled * dx;
      gy += 3 * scaled * dy;
      gz += 3 * scaled * dz;
    }
    out[0] = value;
    out[1] = gx;
    if (dimension > 1) out[2] = gy;
    if (dimension > 2) out[3] = gz;
  };
  const model = (x, y = 0, z = 0) => {
    let value = b0 + bx * x + by * y + bz * z;
    for (let j = 0; j < count; j++) {
      const dx = x - xs[j];
      const dy = y - ys[j];
      const dz = z - zs[j];
      const square = dx * dx + dy * dy + dz * dz;
      value += weights[j] * square * Math.sqrt(square);
    }
    return value;
  };
  const nearest = (x, y = 0, z = 0) => {
    let index = 0;
    let least = Infinity;
    for (let j = 0; j < count; j++) {
      const square = (x - xs[j]) ** 2 + (y - ys[j]) ** 2 + (z - zs[j]) ** 2;
      if (square < least) [index, least] = [j, square];
    }
    return { index, distance: Math.sqrt(least) };
  };
  return Object.assign(model, { slope, nearest, misfit });
}
