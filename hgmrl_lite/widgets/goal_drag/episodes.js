// Episodes of a policy, and a short exploration, in the motion and the noise that Python gives.

// Episodes of one policy: starts (E, n), noise (E, H, n) -> E paths, each of at most H steps. With goal null nothing ends
// an episode early.
export function rollout(dynamics, policy, starts, noise, goal) {
  const n = dynamics.dimension;
  const episodes = starts.shape[0];
  const horizon = noise.shape[1];
  const paths = [];
  for (let e = 0; e < episodes; e++) {
    let state = Array.from(starts.values.subarray(n * e, n * (e + 1)));
    const path = [...state];
    for (let t = 0; t < horizon; t++) {
      state = dynamics.next(state, policy(...state), noise.values, n * (e * horizon + t));
      path.push(...state);
      if (goal && dynamics.arrived(state, 0, goal)) break;
    }
    paths.push(path);
  }
  return paths;
}

// Where a path that nothing ended would have ended with this goal: its number of points up to the arrival.
export function arrivalLength(dynamics, path, goal) {
  const n = dynamics.dimension;
  for (let at = n; at < path.length; at += n) {
    if (dynamics.arrived(path, at, goal)) return at / n + 1;
  }
  return path.length / n;
}

// The mean over episodes at each step; an episode that has ended stays where it ended. Points have n coordinates.
export function meanPath(paths, given = null, n = 2) {
  const lengths = given ?? paths.map((path) => path.length / n);
  const longest = Math.max(...lengths);
  const mean = new Array(n * longest).fill(0);
  for (let t = 0; t < longest; t++) {
    for (let e = 0; e < paths.length; e++) {
      const at = n * Math.min(t, lengths[e] - 1);
      for (let k = 0; k < n; k++) mean[n * t + k] += paths[e][at + k] / paths.length;
    }
  }
  return mean;
}

// A short exploration of a task by raw actions drawn beforehand: what a random policy sees. Arriving, or running out
// of steps, begins the next episode. starts (E, n), actions (E, H, m) and noise (E, H, n), all as plain Float64Arrays of one
// exploration -> next states (nN) and rewards (N) of its first `count` transitions.
export function explore(dynamics, goal, count, horizon, { starts, actions, noise }) {
  const n = dynamics.dimension;
  const points = new Float64Array(n * count);
  const rewards = new Float64Array(count);
  const episodes = starts.length / n;
  const m = actions.length / (episodes * horizon);
  const start = (episode) => Array.from(starts.subarray(n * episode, n * (episode + 1)));
  let episode = 0;
  let t = 0;
  let state = start(0);
  for (let i = 0; i < count; i++) {
    const step = episode * horizon + t;
    state = dynamics.next(state, actions.subarray(m * step, m * (step + 1)), noise, n * step);
    points.set(state, n * i);
    rewards[i] = dynamics.reward(state, 0, goal);
    t += 1;
    if (t === horizon || dynamics.arrived(state, 0, goal)) {
      episode = (episode + 1) % episodes;
      t = 0;
      state = start(episode);
    }
  }
  return { points, rewards };
}
