// Goals on a sphere, and the rotations of space that relate them.

import { directionAt, placeOf } from "../js/globe.js";
import { angle3, apply3, expTurn3, scaled3, turn3, unit3 } from "../js/matrix3.js";
import { DEGREE } from "../js/words.js";
import { makeSphereInference } from "./sphere_inference.js";

export function sphereTasks(arrays, settings, reward) {
  const { root, inverse, axis, cover, neighbours } = arrays;
  const group = {
    root: root.values, inverse: inverse.values, axis: unit3(axis.values), cover: cover.values,
    neighbours: neighbours.values, spacing: settings.inference.spacing,
  };
  const infer = makeSphereInference(group, reward, settings.inference);
  // How the rotations about the axes of the frame move actions.
  const moves = [0, 1, 2].map((k) => arrays.action_basis.values.subarray(9 * k, 9 * k + 9));
  const radius = Math.hypot(...arrays.training_goals.values.subarray(3 * settings.base_index, 3 * settings.base_index + 3));
  return {
    radius,
    goalAt: (degrees) => scaled3(directionAt(degrees), radius),
    carry: apply3,
    degreesOf: placeOf,
    // The way of a point under the rotation with a vector, as one polyline.
    way: (turn, point, steps = 24) =>
      Array.from({ length: steps + 1 }, (_, k) =>
        apply3(group.inverse, apply3(turn3(scaled3(turn, k / steps)), apply3(group.root, point))),
      ).flat(),
    apart: (goal, other) => angle3(goal, other) / DEGREE,
    infer(points, rewards, quick) {
      const inferred = infer(points, rewards, quick);
      const [x, y, z] = inferred.turn;
      const move = Array.from({ length: 9 }, (_, k) => x * moves[0][k] + y * moves[1][k] + z * moves[2][k]);
      return { ...inferred, right: expTurn3(move, Math.hypot(x, y, z)) };
    },
  };
}
