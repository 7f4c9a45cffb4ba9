// The policy network of hgmrl_lite.agents.MLPPolicy: tanh layers, then the projection onto the admissible actions.

import { applyTo } from "./flow.js";

export function projectAction(x, y, actionSet) {
  if (actionSet === "box") return [Math.min(1, Math.max(-1, x)), Math.min(1, Math.max(-1, y))];
  const scale = Math.max(1, Math.hypot(x, y));
  return [x / scale, y / scale];
}

// The same in any dimension; no action set is no bound.
export function projectOnto(action, actionSet) {
  const projected = Array.from(action);
  const n = projected.length;
  if (actionSet === "box") {
    for (let k = 0; k < n; k++) projected[k] = Math.min(1, Math.max(-1, projected[k]));
  } else if (actionSet === "disc") {
    let square = 0;
    for (let k = 0; k < n; k++) square += projected[k] * projected[k];
    const scale = Math.max(1, Math.sqrt(square));
    for (let k = 0; k < n; k++) projected[k] /= scale;
  }
  return projected;
}

// layers: [{ shape: [out, in], weight, bias }]; returns policy(x, y, ...) -> action.
export function makePolicy(layers, actionSet) {
  const values = [new Float64Array(layers[0].shape[1]), ...layers.map((layer) => new Float64Array(layer.shape[0]))];
  return (...state) => {
    values[0].set(state);
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
    return projectOnto(values[layers.length], actionSet);
  };
}

// Layers of a network that Python packed under a prefix.
export function unpackLayers(arrays, prefix = "") {
  const layers = [];
  for (let k = 0; `${prefix}weight_${k}` in arrays; k++) {
    const { shape, values } = arrays[`${prefix}weight_${k}`];
    layers.push({ shape, weight: values, bias: arrays[`${prefix}bias_${k}`].values });
  }
  return layers;
}

// The policy carried along by a group element: s ↦ K π(L⁻¹ s), for L⁻¹ = back and K = right.
export function transformPolicy(policy, back, right) {
  return (...state) => applyTo(right, policy(...applyTo(back, state)));
}
