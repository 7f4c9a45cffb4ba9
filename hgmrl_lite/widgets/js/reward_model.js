// The reward model of hgmrl_lite.hereditary.RewardModel in the plane: R(p) = Σ w_j |p - c_j|³ + b0 + b·p.

// Returns model(x, y) -> value; model.slope(x, y, out), which writes [value, dR/dx, dR/dy]; and model.nearest(x, y) ->
// { index, distance } of the nearest centre. model.misfit tells how far the model is off around each centre, where known.
export function makeRewardModel(centres, weights, linear, misfit = null) {
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
  const nearest = (x, y) => {
    let index = 0;
    let least = Infinity;
    for (let j = 0; j < count; j++) {
      const square = (x - centres[2 * j]) ** 2 + (y - centres[2 * j + 1]) ** 2;
      if (square < least) [index, least] = [j, square];
    }
    return { index, distance: Math.sqrt(least) };
  };
  return Object.assign(model, { slope, nearest, misfit });
}
