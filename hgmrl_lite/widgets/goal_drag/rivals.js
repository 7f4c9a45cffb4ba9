// Other agents beside the geometric one: each turns the exploration of a task, or the goal it is told, into a policy.

import { makePolicy, unpackLayers } from "../js/policy.js";
import { makeRewardModel } from "../js/reward_model.js";
import { arrivalLength, rollout } from "./episodes.js";

// A network of [s, code] at one code: what the code adds to the first layer goes into its bias.
function foldCode(layers, code) {
  const [first, ...others] = layers;
  const [rows, columns] = first.shape;
  const states = columns - code.length;
  const weight = new Float64Array(rows * states);
  const bias = Float64Array.from(first.bias);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < states; k++) weight[row * states + k] = first.weight[row * columns + k];
    code.forEach((value, k) => {
      bias[row] += first.weight[row * columns + states + k] * value;
    });
  }
  return [{ shape: [rows, states], weight, bias }, ...others];
}

// The reward model that explains a context best: the smallest mean square error, the first of equals.
function bestModel(models, { points, rewards }) {
  let best = 0;
  let least = Infinity;
  models.forEach((model, k) => {
    let square = 0;
    for (let i = 0; i < rewards.length; i++) square += (model(points[2 * i], points[2 * i + 1]) - rewards[i]) ** 2;
    if (square < least) [best, least] = [k, square];
  });
  return best;
}

// What Python packed of each rival -> [{ name, kind, told, play(goal, context) }]; play gives its paths with their
// lengths and, where it fell back on a training task, which one.
export function makeRivals(arrays, descriptions, dynamics, actionSet) {
  const run = (policy, goal) => rollout(dynamics, policy, arrays.starts, arrays.noise, goal);
  const cut = (paths, goal) => ({ paths, lengths: paths.map((path) => arrivalLength(dynamics, path, goal)) });
  return descriptions.map(({ name, kind, how, told, networks }, number) => {
    const prefix = (k) => `rival_${number}_${k}_`;
    const layers = Array.from({ length: networks }, (_, k) => unpackLayers(arrays, prefix(k)));
    if (how === "goal") {
      return { name, kind, told, play: (goal) => cut(run(makePolicy(foldCode(layers[0], goal), actionSet), goal), goal) };
    }
    const part = (k, what) => arrays[prefix(k) + what].values;
    const models = layers.map((_, k) => makeRewardModel(part(k, "centres"), part(k, "weights"), part(k, "linear")));
    // These policies do not know the goal: their episodes are run once and cut where they arrive.
    const known = layers.map(() => null);
    const play = (goal, context) => {
      const nearest = bestModel(models, context);
      known[nearest] ??= run(makePolicy(layers[nearest], actionSet), null);
      return { ...cut(known[nearest], goal), nearest };
    };
    return { name, kind, told, play };
  });
}
