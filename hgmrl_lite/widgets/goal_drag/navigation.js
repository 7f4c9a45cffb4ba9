// The dynamics of point navigation: s' = clip(s + step · project(a) + wind, ±arena) + noise, reward -|s' - goal|.
// Every number comes from Python (`constants`), the noise too, so that one seed gives one picture.

import { projectAction } from "../js/policy.js";

export function makeNavigation(constants) {
  const { step, arena, goal_radius: goalRadius, action_set: actionSet, wind } = constants;
  const clip = (value) => Math.min(arena, Math.max(-arena, value));
  return {
    goalRadius,
    next(x, y, ax, ay, ex, ey) {
      const [px, py] = projectAction(ax, ay, actionSet);
      return [clip(x + step * px + wind[0]) + ex, clip(y + step * py + wind[1]) + ey];
    },
    arrived: (x, y, goal) => Math.hypot(x - goal[0], y - goal[1]) < goalRadius,
    reward: (x, y, goal) => -Math.hypot(x - goal[0], y - goal[1]),
  };
}

// Episodes of one policy: starts (E, 2), noise (E, H, 2) -> E paths [x0, y0, x1, y1, ...], each of at most H steps.
// With goal null nothing ends an episode early.
export function rollout(dynamics, policy, starts, noise, goal) {
  const episodes = starts.shape[0];
  const horizon = noise.shape[1];
  const paths = [];
  for (let e = 0; e < episodes; e++) {
    let x = starts.values[2 * e];
    let y = starts.values[2 * e + 1];
    const path = [x, y];
    for (let t = 0; t < horizon; t++) {
      const at = 2 * (e * horizon + t);
      const [ax, ay] = policy(x, y);
      [x, y] = dynamics.next(x, y, ax, ay, noise.values[at], noise.values[at + 1]);
      path.push(x, y);
      if (goal && dynamics.arrived(x, y, goal)) break;
    }
    paths.push(path);
  }
  return paths;
}

// Where a path that nothing ended would have ended with this goal: its number of points up to the arrival.
export function arrivalLength(dynamics, path, goal) {
  for (let at = 2; at < path.length; at += 2) {
    if (dynamics.arrived(path[at], path[at + 1], goal)) return at / 2 + 1;
  }
  return path.length / 2;
}

// The mean over episodes at each step; an episode that has ended stays where it ended.
export function meanPath(paths, lengths = paths.map((path) => path.length / 2)) {
  const longest = Math.max(...lengths);
  const mean = new Array(2 * longest).fill(0);
  for (let t = 0; t < longest; t++) {
    for (let e = 0; e < paths.length; e++) {
      const at = 2 * Math.min(t, lengths[e] - 1);
      mean[2 * t] += paths[e][at] / paths.length;
      mean[2 * t + 1] += paths[e][at + 1] / paths.length;
    }
  }
  return mean;
}

// A short exploration of a task by raw actions drawn beforehand: what a random policy sees. Arriving, or running out
// of steps, begins the next episode. starts (E, 2), actions and noise (E, H, 2), all as plain Float64Arrays of one
// exploration -> next states (2N) and rewards (N) of its first `count` transitions.
export function explore(dynamics, goal, count, horizon, { starts, actions, noise }) {
  const points = new Float64Array(2 * count);
  const rewards = new Float64Array(count);
  const episodes = starts.length / 2;
  let episode = 0;
  let t = 0;
  let x = starts[0];
  let y = starts[1];
  for (let i = 0; i < count; i++) {
    const at = 2 * (episode * horizon + t);
    [x, y] = dynamics.next(x, y, actions[at], actions[at + 1], noise[at], noise[at + 1]);
    points[2 * i] = x;
    points[2 * i + 1] = y;
    rewards[i] = dynamics.reward(x, y, goal);
    t += 1;
    if (t === horizon || dynamics.arrived(x, y, goal)) {
      episode = (episode + 1) % episodes;
      t = 0;
      x = starts[2 * episode];
      y = starts[2 * episode + 1];
    }
  }
  return { points, rewards };
}
