// The policy network of hgmrl_lite.agents.MLPPolicy: tanh layers, then the projection onto the admissible actions.

import { apply2, inverse2 } from "./matrix2.js";

export function projectAction(x, y, actionSet) {
  if (actionSet === "box") return [Math.min(1, Math.max(-1, x)), Math.min(1, Math.max(-1, y))];
  const scale = Math.max(1, Math.hypot(x, y));
  return [x / scale, y / scale];
}

// layers: [{ shape: [out, in], weight, bias }]; returns policy(x, y) -> [ax, ay].
export function makePolicy(layers, actionSet) {
  const values = [new Float64Array(layers[0].shape[1]), ...layers.map((layer) => new Float64Array(layer.shape[0]))];
  return (x, y) => {
    values[0][0] = x;
    values[0][1] = y;
    layers.forEach(({ shape, weight, bias }, number) => {
      const input = values[number];
      const output = values[number + 1];
      const [rows, columns] = shape;
      const last = number === layers.length - 1;
      for (let row = 0, at = 0; row < rows; row++) {
        let sum = bias[row];
        for (let column = 0; column < columns; column++, at++) sum += weight[at] * input[column];
        // tanh by one exponential, to rounding: Math.tanh takes a third of the frame's computing.
        output[row] = last ? sum : 1 - 2 / (Math.exp(2 * sum) + 1);
      }
    });
    const action = values[layers.length];
    return projectAction(action[0], action[1], actionSet);
  };
}

// The policy carried along by a group element: s ↦ K π(L⁻¹ s).
export function transformPolicy(policy, left, right) {
  const back = inverse2(left);
  return (x, y) => apply2(right, ...policy(...apply2(back, x, y)));
}
