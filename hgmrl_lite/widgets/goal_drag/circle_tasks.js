// Goals on a circle in the plane, and the turns that relate them: one angle, of a point, a car or an arm.

import { unpackFlow } from "../js/flow.js";
import { DEGREE, wrapDegrees } from "../js/words.js";
import { makeInference } from "./inference.js";

const directionOf = ([x, y]) => Math.atan2(y, x) / DEGREE;

export function circleTasks(arrays, settings, reward) {
  const [states, actions] = ["states", "actions"].map((name) => unpackFlow(arrays, name));
  const [, n] = arrays.along.shape;
  const infer = makeInference(states.after(arrays.along.values, n), n, reward, settings.inference);
  const [x, y] = arrays.training_goals.values.subarray(2 * settings.base_index);
  const radius = Math.hypot(x, y);
  // What an element makes of states it makes of their places.
  const corner = (n + 1) * settings.constants.place;
  return {
    radius,
    leftAt: states,
    carry: (left, [px, py]) => [0, n].map((row) => left[corner + row] * px + left[corner + row + 1] * py),
    goalAt: ([degrees]) => [radius * Math.cos(degrees * DEGREE), radius * Math.sin(degrees * DEGREE)],
    degreesOf: directionOf,
    apart: (goal, other) => Math.abs(wrapDegrees(directionOf(goal) - directionOf(other))),
    infer(points, rewards) {
      const inferred = infer(points, rewards);
      const { theta } = inferred;
      return { ...inferred, left: states(theta), back: states(-theta), right: actions(theta) };
    },
  };
}
