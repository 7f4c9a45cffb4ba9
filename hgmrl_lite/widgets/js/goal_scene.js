// What GoalDrag shows, computed from its traits.

const DEGREE = Math.PI / 180;

// The true angle enters in two places only: the environment's reward (what the task answers when it is explored), and
// the error that is shown beside the inferred angle.
function goalDragScene(model) {
  const arrays = unpackArrays(model.get("array_data"), model.get("array_index"));
  const settings = model.get("settings");
  const layers = [];
  for (let k = 0; `weight_${k}` in arrays; k++) {
    const weight = arrays[`weight_${k}`];
    layers.push({ shape: weight.shape, weight: weight.values, bias: arrays[`bias_${k}`].values });
  }
  const policy = makePolicy(layers, settings.constants.action_set);
  const dynamics = makeNavigation(settings.constants);
  const { values: generatorStates } = arrays.generator_states;
  const { values: generatorActions } = arrays.generator_actions;
  const reward = makeRewardModel(arrays.centres.values, arrays.weights.values, arrays.linear.values);
  const infer = makeInference(generatorStates, reward, settings.inference);
  const goals = arrays.training_goals.values;
  const base = [goals[2 * settings.base_index], goals[2 * settings.base_index + 1]];
  const radius = Math.hypot(...base);

  // Where the base goal goes under exp(θW): the inferred angle in the plane's own terms.
  const carried = (theta) => {
    const [x, y] = apply2(exp2(generatorStates, theta), ...base);
    return Math.atan2(y, x) / DEGREE;
  };
  // The untransformed policy does not know the goal: its episodes are run once and cut where they arrive.
  const basePaths = rollout(dynamics, policy, arrays.starts, arrays.noise, null);
  const [draws, , horizon] = arrays.explore_actions.shape;
  let gridDegrees = null;

  const compute = () => {
    const degrees = model.get("goal_degrees");
    const goal = [radius * Math.cos(degrees * DEGREE), radius * Math.sin(degrees * DEGREE)];
    const part = (name) => {
      const { values } = arrays[name];
      const size = values.length / draws;
      return values.subarray(model.get("draw") * size, (model.get("draw") + 1) * size);
    };
    const drawn = {
      starts: part("explore_starts"),
      actions: part("explore_actions"),
      noise: part("explore_noise"),
    };
    const context = explore(dynamics, goal, model.get("context_size"), horizon, drawn);
    const inferred = infer(context.points, context.rewards);
    gridDegrees = gridDegrees ?? Array.from(inferred.thetas, carried);
    const left = exp2(generatorStates, inferred.theta);
    const right = exp2(generatorActions, inferred.theta);
    const paths = rollout(dynamics, transformPolicy(policy, left, right), arrays.starts, arrays.noise, goal);
    const aim = carried(inferred.theta);
    return {
      degrees,
      goal,
      steps: model.get("context_size"),
      context,
      inferred,
      gridDegrees,
      aim,
      aimPoint: apply2(left, ...base),
      runnerUp: Number.isFinite(inferred.runnerUpResidual) ? carried(inferred.runnerUp) : null,
      error: Math.abs(wrapDegrees(aim - degrees)),
      geometric: { paths, mean: meanPath(paths), lengths: null },
      base: { paths: basePaths, lengths: basePaths.map((path) => arrivalLength(dynamics, path, goal)) },
      baseDegrees: Math.atan2(base[1], base[0]) / DEGREE,
      showBase: model.get("show_base"),
      showExploration: model.get("show_exploration"),
    };
  };
  return { compute, goals, base, radius, goalRadius: dynamics.goalRadius, settings, draws };
}
