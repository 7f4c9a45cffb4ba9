// The agent and its noise as JavaScript runs them, from what Python packed: what all families share.

import { makePolicy, transformPolicy, unpackLayers } from "../js/policy.js";
import { makeRewardModel } from "../js/reward_model.js";
import { arrivalLength, explore, rollout } from "./episodes.js";
import { makeDynamics } from "./motion.js";

// makeTasks(arrays, settings, reward) says what is particular to the family: goalAt(place) -> goal for one angle or two,
// the other way degreesOf(goal), apart(goal, goal) in degrees, carry(L, goal), and infer(points, rewards, quick) ->
// { left, back, right, ... } with L, L⁻¹ and K.
export function makeAgent(arrays, settings, makeTasks) {
  const { constants } = settings;
  const policy = makePolicy(unpackLayers(arrays), constants.action_set);
  const dynamics = makeDynamics(constants);
  const { centres, weights, linear, misfit } = arrays;
  const reward = makeRewardModel(centres.values, weights.values, linear.values, misfit.values);
  const tasks = makeTasks(arrays, settings, reward);
  const { values: goals, shape: [, size] } = arrays.training_goals;
  const base = Array.from(goals.subarray(size * settings.base_index, size * (settings.base_index + 1)));
  const [draws, , horizon] = arrays.explore_actions.shape;
  const run = (act, goal) => rollout(dynamics, act, arrays.starts, arrays.noise, goal);
  // The untransformed policy does not know the goal: its episodes are run once and cut where they arrive.
  const basePaths = run(policy, null);
  return {
    tasks,
    dynamics,
    draws,
    goals,
    base,
    run,
    untransformed: (goal) => ({ paths: basePaths, lengths: basePaths.map((path) => arrivalLength(dynamics, path, goal)) }),
    // One new task: explore it, infer the element, act. The goal enters by the environment's reward only.
    adapt(goal, draw, steps, quick = false) {
      const part = (name) => {
        const { values } = arrays[name];
        const size = values.length / draws;
        return values.subarray(draw * size, (draw + 1) * size);
      };
      const drawn = { starts: part("explore_starts"), actions: part("explore_actions"), noise: part("explore_noise") };
      const context = explore(dynamics, goal, steps, horizon, drawn);
      const inferred = tasks.infer(context.points, context.rewards, quick);
      return { context, inferred, run: () => run(transformPolicy(policy, inferred.back, inferred.right), goal) };
    },
  };
}
