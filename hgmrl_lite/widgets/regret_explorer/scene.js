// What RegretExplorer shows, computed from its traits: which goal is in focus, which agents are chosen, and how high a
// regret is drawn.

import { unpackArrays } from "../js/arrays.js";
import { inNumber, wrapDegrees } from "../js/words.js";

// From a regret to [0, 1]: linear, or stretched near zero by asinh, which is linear below 1 and a logarithm above 10.
export function regretHeight({ bottom, top }, stretched) {
  const bend = stretched ? Math.asinh : (value) => value;
  const [low, high] = [bend(bottom), bend(top)];
  return (value) => Math.min(1, Math.max(0, (bend(value) - low) / (high - low)));
}

// A regret in words: hundredths below ten, whole above.
export const inRegret = (value) => inNumber(value, Math.abs(value) < 9.995 ? 2 : 0);

// Episodes packed one after the other, agent by agent and goal by goal: points (P, 2) and lengths (A, k, E).
// Returns episodes(agent, goal) -> E polylines [x0, y0, x1, y1, ...], views of the one array.
function packedEpisodes(points, lengths) {
  const [, goals, count] = lengths.shape;
  const starts = new Float64Array(lengths.values.length + 1);
  lengths.values.forEach((length, k) => {
    starts[k + 1] = starts[k] + length;
  });
  return (agent, goal) =>
    Array.from({ length: count }, (_, e) => {
      const at = (agent * goals + goal) * count + e;
      return points.values.subarray(2 * starts[at], 2 * starts[at + 1]);
    });
}

// The place in `angles` nearest to an angle, all in degrees.
export function nearestAngle(angles, degrees) {
  let best = 0;
  angles.forEach((angle, k) => {
    if (Math.abs(wrapDegrees(angle - degrees)) < Math.abs(wrapDegrees(angles[best] - degrees))) best = k;
  });
  return best;
}

// From places [x, y, goal] the goal whose place is nearest to a point; -1 when there is none.
export function nearestPlace(places, x, y) {
  let best = -1;
  let least = Infinity;
  for (const [px, py, goal] of places) {
    const square = (px - x) ** 2 + (py - y) ** 2;
    if (square < least) [best, least] = [goal, square];
  }
  return best;
}

export function regretScene(model) {
  const arrays = unpackArrays(model.get("array_data"), model.get("array_index"));
  const settings = model.get("settings");
  const goals = arrays.goals.values;
  const count = goals.length / 2;
  const indices = Array.from({ length: count }, (_, k) => k);
  const degrees = indices.map((k) => (Math.atan2(goals[2 * k + 1], goals[2 * k]) * 180) / Math.PI);
  const distance = Array.from(arrays.distance.values);
  const order = (key) => indices.slice().sort((i, j) => key[i] - key[j] || i - j);
  const row = (name, agent) => arrays[name].values.subarray(agent * count, (agent + 1) * count);
  const agents = settings.agents.map((agent, k) => ({
    ...agent,
    mean: row("mean", k),
    low: row("low", k),
    high: row("high", k),
    success: row("success", k),
    // An upper bound may have been trained for some of the goals only.
    present: Array.from(row("present", k), Boolean),
    interval: arrays.interval.values[k] === 1,
    overall: Array.from(arrays.all_goals.values.subarray(3 * k, 3 * k + 3)),
  }));
  return {
    agents,
    goals,
    count,
    degrees,
    distance,
    byDistance: order(distance),
    byAngle: order(degrees),
    // From the lowest to the topmost: the agent that the lesson is about lies on those that do as well as it does.
    drawn: agents.map((_, k) => k).sort((i, j) => Number(agents[i].kind === "geometric") - Number(agents[j].kind === "geometric")),
    training: arrays.training_goals.values,
    base: settings.base_index,
    published: settings.published.map((name, k) => {
      const part = arrays.published_regret.values;
      const size = part.length / settings.published.length;
      return { name, distance: arrays.published_distance.values, regret: part.subarray(k * size, (k + 1) * size) };
    }),
    episodes: packedEpisodes(arrays.path_points, arrays.path_lengths),
    range: settings.range,
    compute() {
      const chosen = new Set(model.get("chosen"));
      const stretched = model.get("stretched");
      return {
        focus: model.get("focus"),
        shown: agents.map(({ name }) => chosen.has(name)),
        chosen: agents.map((_, k) => k).filter((k) => chosen.has(agents[k].name)),
        stretched,
        published: model.get("show_published"),
        height: regretHeight(settings.range, stretched),
      };
    },
  };
}
