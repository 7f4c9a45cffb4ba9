// The reward model of hgmrl_lite.hereditary.RewardModel in the plane: R(p) = Σ w_j |p - c_j|³ + b0 + b·p.

// Returns model(x, y) -> value, and model.slope(x, y, out), which writes [value, dR/dx, dR/dy].
function makeRewardModel(centres, weights, linear) {
  const count = weights.length;
  const slope = (x, y, out) => {
    let value = linear[0] + linear[1] * x + linear[2] * y;
    let gx = linear[1];
    let gy = linear[2];
    for (let j = 0; j < count; j++) {
      const dx = x - centres[2 * j];
      const dy = y - centres[2 * j + 1];
      const square = dx * dx + dy * dy;
      const scaled = weights[j] * Math.sqrt(square);
      value += scaled * square;
      gx += 3 * scaled * dx;
      gy += 3 * scaled * dy;
    }
    out[0] = value;
    out[1] = gx;
    out[2] = gy;
  };
  const model = (x, y) => {
    let value = linear[0] + linear[1] * x + linear[2] * y;
    for (let j = 0; j < count; j++) {
      const dx = x - centres[2 * j];
      const dy = y - centres[2 * j + 1];
      const square = dx * dx + dy * dy;
      value += weights[j] * square * Math.sqrt(square);
    }
    return value;
  };
  model.slope = slope;
  return model;
}
