// Goals on a circle in the plane, and the rotations that relate them: one angle.

import { exp2, inverse2 } from "../js/matrix2.js";
import { DEGREE, wrapDegrees } from "../js/words.js";
import { makeInference } from "./inference.js";

const directionOf = ([x, y]) => Math.atan2(y, x) / DEGREE;

export function planeTasks(arrays, settings, reward) {
  const { values: generatorStates } = arrays.generator_states;
  const { values: generatorActions } = arrays.generator_actions;
  const infer = makeInference(generatorStates, reward, settings.inference);
  const [x, y] = arrays.training_goals.values.subarray(2 * settings.base_index);
  const radius = Math.hypot(x, y);
  return {
    radius,
    leftAt: (theta) => exp2(generatorStates, theta),
    goalAt: ([degrees]) => [radius * Math.cos(degrees * DEGREE), radius * Math.sin(degrees * DEGREE)],
    degreesOf: directionOf,
    apart: (goal, other) => Math.abs(wrapDegrees(directionOf(goal) - directionOf(other))),
    infer(points, rewards) {
      const inferred = infer(points, rewards);
      const left = exp2(generatorStates, inferred.theta);
      return { ...inferred, left, back: inverse2(left), right: exp2(generatorActions, inferred.theta) };
    },
  };
}
