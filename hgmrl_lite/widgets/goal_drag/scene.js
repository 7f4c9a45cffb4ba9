// Other agents beside the geometric one: each turns the exploration of a task, or the goal it is told, into a policy.

import { unpackArrays } from "../js/arrays.js";
import { apply2, exp2 } from "../js/matrix2.js";
import { makePolicy, transformPolicy } from "../js/policy.js";
import { makeRewardModel } from "../js/reward_model.js";
import { DEGREE, wrapDegrees } from "../js/words.js";
import { makeInference } from "./inference.js";
import { arrivalLength, explore, makeNavigation, meanPath, rollout } from "./navigation.js";
import { greedyPolicy, meanReturn } from "./ring.js";

// Layers [{ shape, weight, bias }] of a network that Python packed under a prefix.
function unpackLayers(arrays, prefix = "") {
  const layers = [];
  for (let k = 0; `${prefix}weight_${k}` in arrays; k++) {
    const { shape, values } = arrays[`${prefix}weight_${k}`];
    layers.push({ shape, weight: values, bias: arrays[`${prefix}bias_${k}`].values });
  }
  return layers;
}

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
function makeRivals(arrays, descriptions, dynamics, actionSet) {
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

// What GoalDrag shows, computed from its traits.

// The agent and its noise as JavaScript runs them, from what Python packed; made anew when the agent is another.
function goalDragAgent(arrays, settings) {
  const policy = makePolicy(unpackLayers(arrays), settings.constants.action_set);
  const dynamics = makeNavigation(settings.constants);
  const { values: generatorStates } = arrays.generator_states;
  const { values: generatorActions } = arrays.generator_actions;
  const { centres, weights, linear, misfit } = arrays;
  const reward = makeRewardModel(centres.values, weights.values, linear.values, misfit.values);
  const infer = makeInference(generatorStates, reward, settings.inference);
  const goals = arrays.training_goals.values;
  const base = [goals[2 * settings.base_index], goals[2 * settings.base_index + 1]];
  const radius = Math.hypot(...base);
  const [draws, , horizon] = arrays.explore_actions.shape;

  // Where the base goal goes under exp(θW): the inferred angle in the plane's own terms.
  const carried = (theta) => {
    const [x, y] = apply2(exp2(generatorStates, theta), ...base);
    return Math.atan2(y, x) / DEGREE;
  };
  // The untransformed policy does not know the goal: its episodes are run once and cut where they arrive.
  const basePaths = rollout(dynamics, policy, arrays.starts, arrays.noise, null);
  let gridDegrees = null;
  return {
    dynamics,
    draws,
    goals,
    base,
    radius,
    carried,
    rivals: makeRivals(arrays, settings.rivals, dynamics, settings.constants.action_set),
    goalAt: (degrees) => [radius * Math.cos(degrees * DEGREE), radius * Math.sin(degrees * DEGREE)],
    gridDegrees: (thetas) => (gridDegrees ??= Array.from(thetas, carried)),
    untransformed: (goal) => ({ paths: basePaths, lengths: basePaths.map((path) => arrivalLength(dynamics, path, goal)) }),
    reference(goal) {
      const { step, action_set: actionSet } = settings.constants;
      return { paths: rollout(dynamics, greedyPolicy(goal, step, actionSet), arrays.starts, arrays.noise, goal) };
    },
    // One new task: explore it, infer the angle, act. The true angle enters by the environment's reward only.
    adapt(goal, draw, steps) {
      const part = (name) => {
        const { values } = arrays[name];
        const size = values.length / draws;
        return values.subarray(draw * size, (draw + 1) * size);
      };
      const drawn = { starts: part("explore_starts"), actions: part("explore_actions"), noise: part("explore_noise") };
      const context = explore(dynamics, goal, steps, horizon, drawn);
      const inferred = infer(context.points, context.rewards);
      const left = exp2(generatorStates, inferred.theta);
      const right = exp2(generatorActions, inferred.theta);
      const act = transformPolicy(policy, left, right);
      return { context, inferred, left, run: () => rollout(dynamics, act, arrays.starts, arrays.noise, goal) };
    },
  };
}

// Beside the environment's reward the true angle enters in one more place: the error that is shown.
export function goalDragScene(model) {
  let agent = null;
  let made = null;
  const current = () => {
    const data = model.get("array_data");
    if (data !== made) {
      agent = goalDragAgent(unpackArrays(data, model.get("array_index")), model.get("settings"));
      made = data;
    }
    return agent;
  };

  const compute = () => {
    const { base, carried, rivals, goalAt, gridDegrees, untransformed, adapt } = current();
    const degrees = model.get("goal_degrees");
    const goal = goalAt(degrees);
    const steps = model.get("context_size");
    const { context, inferred, left, run } = adapt(goal, model.get("draw"), steps);
    const paths = run();
    const aim = carried(inferred.theta);
    const training = model.get("training_degrees");
    const shown = model.get("shown_rivals");
    return {
      degrees,
      goal,
      steps,
      context,
      inferred,
      gridDegrees: gridDegrees(inferred.thetas),
      aim,
      aimPoint: apply2(left, ...base),
      runnerUp: Number.isFinite(inferred.runnerUpResidual) ? carried(inferred.runnerUp) : null,
      error: Math.abs(wrapDegrees(aim - degrees)),
      geometric: { paths, mean: meanPath(paths), lengths: null },
      base: untransformed(goal),
      rivals: rivals.map(({ name, play }) => (shown.includes(name) ? play(goal, context) : null)),
      baseDegrees: Math.atan2(base[1], base[0]) / DEGREE,
      showBase: model.get("show_base"),
      showGeometric: model.get("show_geometric"),
      showExploration: model.get("show_exploration"),
      training,
      stale: String(training) !== String(model.get("discovered")),
    };
  };

  // Mean regret of the geometric agent, the base policy and every rival on the goal at an angle, over the episodes on
  // screen.
  const regrets = (degrees) => {
    const { dynamics, rivals, goalAt, untransformed, reference, adapt } = current();
    const goal = goalAt(degrees);
    const best = meanReturn(dynamics, reference(goal), goal);
    const { context, run } = adapt(goal, model.get("draw"), model.get("context_size"));
    const played = [{ paths: run() }, untransformed(goal), ...rivals.map(({ play }) => play(goal, context))];
    return played.map((episodes) => best - meanReturn(dynamics, episodes, goal));
  };

  const { draws, radius, dynamics, goals } = current();
  const settings = model.get("settings");
  return {
    compute,
    regrets,
    current,
    radius,
    draws,
    goalRadius: dynamics.goalRadius,
    radii: Array.from({ length: goals.length / 2 }, (_, k) => Math.hypot(goals[2 * k], goals[2 * k + 1])),
    baseIndex: settings.base_index,
    movable: settings.movable,
    settings,
  };
}
