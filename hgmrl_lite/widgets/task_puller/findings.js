// Whether a map carries one task onto another, and what kind of map it is: the tests, each a figure and whether it holds.
// aligned: mean angle in degrees between the carried normals and those of the target. rewards: root mean square of
// R_z(L p) − R_0(p), in units of the rewards' spread. system: that of T(L s, K a) − L T(s, a), in units of a step, where
// K is the linear part. noise: largest stretch of the noise, as a share. starts: Wasserstein distance from ρ_0 to its
// image, in units of the starts' own size. connected: the determinant. compact: how far from the origin the map carries
// the base goal when it is done `times` times.

import { apply2 } from "../js/matrix2.js";
import { carryPoint, inverseElement } from "../js/plane_groups.js";
import { projectAction } from "../js/policy.js";
import { DEGREE, wrapDegrees } from "../js/words.js";
import { carryNormal, taskMap } from "./maps.js";

// constants: { step, start_std, bounds, times, maps }; samples: points, actions as [x0, y0, ...].
export function makeTaskFindings(constants, samples, goal, rewards) {
  const { start_std: startStd, bounds, times, maps } = constants;
  const pairs = (values, use) => {
    for (let at = 0; at < values.length; at += 2) use(values[at], values[at + 1], at);
  };
  const project = (x, y, actionSet) => (actionSet === "unbounded" ? [x, y] : projectAction(x, y, actionSet));
  const finding = (figure, bound) => ({ holds: figure <= bound, figure });
  const spreads = Object.fromEntries(
    Object.entries(rewards).map(([name, { value }]) => {
      const values = [];
      pairs(samples.points, (x, y) => values.push(value(x, y)));
      const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
      return [name, Math.sqrt(values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / values.length)];
    }),
  );

  // The root mean square of R_z(L p) − R_0(p), in units of the rewards' spread.
  const rewardGap = (g, back, reward) => {
    const { value } = rewards[reward];
    let sum = 0;
    pairs(samples.points, (x, y) => {
      sum += (value(...carryPoint(back, ...carryPoint(g, x, y))) - value(x, y)) ** 2;
    });
    return Math.sqrt((2 * sum) / samples.points.length) / spreads[reward];
  };

  const alignment = (g, h, back, reward) => {
    const { gradient } = rewards[reward];
    let sum = 0;
    pairs(samples.points, (x, y) => {
      const here = carryPoint(back, ...carryPoint(g, x, y));
      const [a, b] = carryNormal(g, ...gradient(x, y));
      const [c, d] = carryNormal(h, ...gradient(...here));
      sum += Math.atan2(Math.abs(a * d - b * c), Math.abs(a * c + b * d)) / DEGREE;
    });
    return (2 * sum) / samples.points.length;
  };

  const systemGap = ({ linear }, actionSet) => {
    let [off, whole] = [0, 0];
    // T(L s, K a) − L T(s, a) = step · (proj(K a) − L proj(a)), whatever s is.
    pairs(samples.actions, (x, y) => {
      const moved = project(x, y, actionSet);
      const [p, q] = project(...apply2(linear, x, y), actionSet);
      const [u, v] = apply2(linear, ...moved);
      off += (p - u) ** 2 + (q - v) ** 2;
      whole += moved[0] ** 2 + moved[1] ** 2;
    });
    return Math.sqrt(off / whole);
  };

  const find = (place, { reward, target, actionSet }) => {
    const [g, h] = [taskMap(place), target];
    const back = inverseElement(h);
    const [low, high] = stretches(g.linear).map((value) => value - 1);
    const noise = Math.max(Math.abs(low), Math.abs(high));
    const away =
      Math.sqrt(g.shift[0] ** 2 + g.shift[1] ** 2 + startStd ** 2 * (low ** 2 + high ** 2)) / (startStd * Math.SQRT2);
    let often = goal;
    for (let k = 0; k < times; k++) often = carryPoint(g, ...often);
    const determinant = g.linear[0] * g.linear[3] - g.linear[1] * g.linear[2];
    return {
      aligned: finding(alignment(g, h, back, reward), bounds.aligned),
      rewards: finding(rewardGap(g, back, reward), bounds.rewards),
      system: finding(systemGap(g, actionSet), bounds.system),
      noise: finding(noise, bounds.system),
      starts: finding(away, bounds.starts),
      connected: { holds: determinant > 0, figure: determinant },
      compact: { holds: maps[place.kind].compact, figure: Math.hypot(...often) },
    };
  };

  // The map of this kind whose rewards fit best: a grid, then smaller and smaller steps from its best point.
  const best = (kind, { reward, target }) => {
    const back = inverseElement(target);
    const { limit } = maps[kind];
    const gap = (t, direction) => rewardGap(taskMap({ kind, t, direction }), back, reward);
    const turns = kind === "shear" || kind === "translation";
    let found = { t: 0, direction: 0, gap: Infinity };
    const consider = (t, direction) => {
      const inside = Math.min(limit, Math.max(-limit, t));
      const value = gap(inside, direction);
      if (value < found.gap) found = { t: inside, direction, gap: value };
    };
    for (let k = -36; k <= 36; k++) {
      for (let j = 0; j < (turns ? 36 : 1); j++) consider((k * limit) / 36, 5 * j);
    }
    for (let width = 1; width > 1e-6; width /= 1.5) {
      const { t, direction } = found;
      for (const i of [-1, 0, 1]) {
        for (const j of turns ? [-1, 0, 1] : [0]) consider(t + (i * width * limit) / 36, direction + 5 * j * width);
      }
    }
    return { t: found.t, direction: wrapDegrees(found.direction) };
  };
  return { find, best };
}

// Singular values of a 2×2 matrix, the smaller one first.
/** @param {number[]} matrix */
export function stretches([a, b, c, d]) {
  const sum = Math.hypot(a + d, b - c);
  const difference = Math.hypot(a - d, b + c);
  return [Math.abs(sum - difference) / 2, (sum + difference) / 2];
}

export function taskVerdict(findings) {
  const holds = (...names) => names.every((name) => findings[name].holds);
  if (!holds("rewards")) return holds("aligned") ? "level sets only" : "no map";
  if (!holds("system", "noise")) return "no symmetry";
  if (!holds("starts")) return "starts lost";
  return holds("connected") ? "hereditary" : "not connected";
}
