// What GoalDrag shows, computed from its traits: on a circle in the plane, or on a globe.

import { unpackArrays } from "../js/arrays.js";
import { DEGREE } from "../js/words.js";
import { makeAgent } from "./agent.js";
import { BODY_WORDS } from "./bodies.js";
import { circleTasks } from "./circle_tasks.js";
import { greedyPolicy, meanReturn } from "./ring.js";
import { makeRivals } from "./rivals.js";
import { sphereTasks } from "./sphere_tasks.js";

// What both scenes show; the true goal enters here in one more place than the environment's reward: the error shown.
function sharedState(model, { tasks, base, dynamics, untransformed, adapt }, quick = false) {
  const place = model.get("settings").place.map((trait) => model.get(trait));
  const goal = tasks.goalAt(place);
  const steps = model.get("context_size");
  const { context, inferred, run } = adapt(goal, model.get("draw"), steps, quick);
  const aimPoint = tasks.carry(inferred.left, base);
  return {
    place,
    goal,
    steps,
    context,
    inferred,
    dimension: dynamics.dimension,
    aim: tasks.degreesOf(aimPoint),
    aimPoint,
    error: tasks.apart(aimPoint, goal),
    geometric: { paths: run(), lengths: null },
    base: untransformed(goal),
    baseDegrees: tasks.degreesOf(base),
    away: tasks.apart(base, goal),
    ...shownParts(model),
  };
}

const shownParts = (model) => ({
  showBase: model.get("show_base"),
  showGeometric: model.get("show_geometric"),
  showExploration: model.get("show_exploration"),
});

// The agent as it is in the model, made anew when it is another.
function currentAgent(model, makeTasks, more = (_arrays, _settings, agent) => agent) {
  let agent = null;
  let made = null;
  return () => {
    const data = model.get("array_data");
    if (data !== made) {
      const [arrays, settings] = [unpackArrays(data, model.get("array_index")), model.get("settings")];
      agent = more(arrays, settings, makeAgent(arrays, settings, makeTasks));
      made = data;
    }
    return agent;
  };
}

function planeScene(model) {
  const current = currentAgent(model, circleTasks, (arrays, settings, agent) => {
    const { tasks, dynamics, base, run } = agent;
    const { action_set: actionSet, step } = settings.constants;
    const carried = (theta) => tasks.degreesOf(tasks.carry(tasks.leftAt(theta), base));
    let gridDegrees = null;
    return {
      ...agent,
      carried,
      gridDegrees: (thetas) => (gridDegrees ??= Array.from(thetas, carried)),
      rivals: makeRivals(arrays, settings.rivals, dynamics, actionSet),
      reference: (goal) => ({ paths: run(greedyPolicy(goal, step, actionSet), goal) }),
    };
  });

  const compute = () => {
    const agent = current();
    const state = sharedState(model, agent);
    const { goal, context, inferred, geometric: { paths: [shown] } } = state;
    const arrived = agent.dynamics.arrived(shown, shown.length - state.dimension, goal);
    const training = model.get("training_degrees");
    const rivals = model.get("shown_rivals");
    return {
      ...state,
      degrees: state.place[0],
      ending: BODY_WORDS[model.get("settings").constants.motion].ending(shown, arrived),
      gridDegrees: agent.gridDegrees(inferred.thetas),
      runnerUp: Number.isFinite(inferred.runnerUpResidual) ? agent.carried(inferred.runnerUp) : null,
      rivals: agent.rivals.map(({ name, play }) => (rivals.includes(name) ? play(goal, context) : null)),
      training,
      stale: String(training) !== String(model.get("discovered")),
    };
  };

  // Mean regret of the geometric agent, the base policy and every rival on the goal at an angle, over the episodes on
  // screen.
  const regrets = (degrees) => {
    const { dynamics, rivals, tasks, untransformed, reference, adapt } = current();
    const goal = tasks.goalAt([degrees]);
    const best = meanReturn(dynamics, reference(goal), goal);
    const { context, run } = adapt(goal, model.get("draw"), model.get("context_size"));
    const played = [{ paths: run() }, untransformed(goal), ...rivals.map(({ play }) => play(goal, context))];
    return played.map((episodes) => best - meanReturn(dynamics, episodes, goal));
  };

  const { goals } = current();
  const settings = model.get("settings");
  return {
    compute,
    regrets,
    current,
    radii: Array.from({ length: goals.length / 2 }, (_, k) => Math.hypot(goals[2 * k], goals[2 * k + 1])),
    baseIndex: settings.base_index,
    movable: settings.movable,
  };
}

function globeScene(model) {
  const current = currentAgent(model, sphereTasks);
  // quick: the answer of a few minima only. known: a state whose question was the same, to be shown otherwise.
  const compute = (quick = false, known = null) => {
    const agent = current();
    const state = known ? { ...known, ...shownParts(model) } : sharedState(model, agent, quick);
    const { inferred } = state;
    return {
      ...state,
      quick,
      turned: Math.hypot(...inferred.turn) / DEGREE,
      runnerUp: inferred.runnerUp && agent.tasks.degreesOf(agent.tasks.carry(inferred.runnerUp, agent.base)),
      rivals: [],
      view: [model.get("view_longitude"), model.get("view_latitude")],
    };
  };
  return { compute, current };
}

export function goalDragScene(model) {
  const settings = model.get("settings");
  const scene = settings.kind === "globe" ? globeScene(model) : planeScene(model);
  const { draws, tasks, dynamics } = scene.current();
  return { ...scene, settings, draws, radius: tasks.radius, goalRadius: dynamics.goalRadius };
}
