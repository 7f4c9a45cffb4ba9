// What TaskPuller shows, computed from its traits.

import { unpackArrays } from "../js/arrays.js";
import { makeLevelSets } from "../js/level_set.js";
import { apply2 } from "../js/matrix2.js";
import { carryPoint, inverseElement, orbitTidy, orbitTidyAngle, wrapRadians } from "../js/plane_groups.js";
import { DEGREE, inDegrees, inNumber, wrapDegrees } from "../js/words.js";
import { makeTaskFindings, taskVerdict } from "./findings.js";
import { pulledTask, taskMap, taskRewards, wrapMirror } from "./maps.js";

const TASK_PLACE = ["kind", "t", "direction"];
export const TASK_TRAITS = [...TASK_PLACE, "reward", "target", "action_set", "show_base", "show_policy"];

/** @returns {any} */
function taskPlace(model) {
  return Object.fromEntries(TASK_PLACE.map((name) => [name, model.get(name)]));
}

// Segments [x0, y0, x1, y1] that share their ends, joined to polylines: a canvas draws few long lines much faster.
function joinSegments(all) {
  const key = (x, y) => `${x.toFixed(6)},${y.toFixed(6)}`;
  // A level that meets a corner of the grid leaves a segment of no length there.
  const segments = all.filter(([a, b, c, d]) => key(a, b) !== key(c, d));
  const ends = new Map();
  segments.forEach(([a, b, c, d], number) => {
    for (const end of [key(a, b), key(c, d)]) ends.set(end, [...(ends.get(end) ?? []), number]);
  });
  const left = new Set(segments.keys());
  const follow = (line) => {
    for (;;) {
      const [x, y] = line.slice(-2);
      const next = ends.get(key(x, y)).find((number) => left.has(number));
      if (next === undefined) return line;
      left.delete(next);
      const [a, b, c, d] = segments[next];
      line.push(...(key(a, b) === key(x, y) ? [c, d] : [a, b]));
    }
  };
  const lines = [];
  for (const number of left) {
    left.delete(number);
    const [a, b, c, d] = segments[number];
    const back = follow([c, d, a, b]).slice(4);
    const forth = follow([a, b, c, d]);
    const before = [];
    for (let at = back.length - 2; at >= 0; at -= 2) before.push(back[at], back[at + 1]);
    lines.push([...before, ...forth]);
  }
  return lines;
}

export function taskScene(model) {
  const settings = model.get("settings");
  const { goal, levels, targets, spacing, half } = settings;
  const arrays = unpackArrays(model.get("array_data"), model.get("array_index"));
  const samples = Object.fromEntries(Object.entries(arrays).map(([name, { values }]) => [name, values]));
  const rewards = taskRewards(goal, settings.slow);
  const findings = makeTaskFindings(settings.constants, samples, goal, rewards);
  // Level sets of the base task, as polylines; every other level set on screen is these, carried.
  const lines = Object.fromEntries(
    Object.entries(rewards).map(([name, { value }]) => {
      const levelSet = makeLevelSets((x, y) => value(x + goal[0], y + goal[1]), 3, 90);
      const joined = levels[name].flatMap((level) => joinSegments(levelSet(level)));
      return [name, joined.map((line) => line.map((v, k) => v + goal[k % 2]))];
    }),
  );
  const targetOf = () => taskMap(targets[model.get("target")]);
  const question = () => ({ reward: model.get("reward"), target: targetOf(), actionSet: model.get("action_set") });

  const compute = () => {
    const place = taskPlace(model);
    const map = taskMap(place);
    const back = inverseElement(map);
    const target = targetOf();
    const reward = model.get("reward");
    const found = findings.find(place, question());
    const policy = (x, y) => apply2(map.linear, ...rewards[reward].policy(...carryPoint(back, x, y)));
    const arrows = [];
    const count = Math.floor(half / spacing - 0.2);
    for (let i = -count; model.get("show_policy") && i <= count; i++) {
      for (let j = -count; j <= count; j++) arrows.push([i * spacing, j * spacing, ...policy(i * spacing, j * spacing)]);
    }
    return {
      place,
      map,
      target,
      reward,
      targetName: model.get("target"),
      actionSet: model.get("action_set"),
      showBase: model.get("show_base"),
      showPolicy: model.get("show_policy"),
      lines: lines[reward],
      starts: samples.starts,
      carriedGoal: carryPoint(map, ...goal),
      targetGoal: carryPoint(target, ...goal),
      arrows,
      findings: found,
      verdict: taskVerdict(found),
    };
  };
  return { compute, best: () => findings.best(model.get("kind"), question()), targetGoal: () => carryPoint(targetOf(), ...goal) };
}

// TaskPuller's traits under the hand.
export function taskHand(model, scene) {
  const { goal, half, constants } = model.get("settings");
  const { maps } = constants;
  const within = (value, end) => Math.min(end, Math.max(-end, value));
  const isAngle = (kind) => kind === "rotation" || kind === "reflection";
  const set = ({ kind = model.get("kind"), t = model.get("t"), direction = model.get("direction") }) => {
    // Numbers that can be read in Python: four digits, angles to a hundredth of a degree.
    model.set("kind", kind);
    model.set("t", within(isAngle(kind) ? orbitTidyAngle(t) : orbitTidy(t), maps[kind].limit));
    model.set("direction", wrapDegrees(Math.round(100 * direction) / 100));
    model.save_changes();
  };
  return {
    now: (name) => model.get(name),
    choose: (kind) => set({ kind, t: 0 }),
    set,
    step(amount) {
      const kind = model.get("kind");
      const t = model.get("t") + amount * maps[kind].step;
      set({ t: kind === "rotation" ? wrapRadians(t) : kind === "reflection" ? wrapMirror(t) : t });
    },
    limit: (side) => set({ t: side * maps[model.get("kind")].limit }),
    best: () => set(scene.best()),
    // The map that carries the base goal to the hand; near the target's goal it snaps to it.
    pull(target) {
      const there = scene.targetGoal();
      const near = Math.hypot(target[0] - there[0], target[1] - there[1]) < 0.06;
      const pulled = pulledTask(taskPlace(model), goal, near ? there : target.map((value) => within(value, 0.97 * half)));
      if (pulled) set(pulled);
    },
    pullBy(dx, dy) {
      const [x, y] = carryPoint(taskMap(taskPlace(model)), ...goal);
      this.pull([x + dx, y + dy]);
    },
  };
}

export function taskInWords({ kind, t, direction }) {
  if (kind === "rotation") return `turned by ${inDegrees(t / DEGREE)}`;
  if (kind === "reflection") return `mirrored in the line at ${inDegrees(t / DEGREE)}`;
  if (kind === "scaling") return `scaled by ${inNumber(Math.exp(t))}`;
  const way = `in the direction ${inDegrees(direction, 0)}`;
  return kind === "shear" ? `sheared by ${inNumber(t)} ${way}` : `moved by ${inNumber(t)} ${way}`;
}

// A figure for a card: two decimals, whole from a hundred on.
export function taskNumber(value) {
  return Math.abs(value) < 100 ? inNumber(value) : inNumber(value, 0).replace(/\B(?=(\d{3})+$)/g, "\u2009");
}
