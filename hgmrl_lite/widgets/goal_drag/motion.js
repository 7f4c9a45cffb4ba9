// How the agents' bodies move by an action: every number comes from Python (`constants`), the noise too, so that one seed
// gives one picture. States lie flat, [x0, y0, x1, y1, ...] of points in the plane; the place of one begins at number
// `place`, and `noise` is a long array in which a step's begins at `at`.

import { projectOnto } from "../js/policy.js";

// A unit vector turned by another one, of which the cosine and the sine are given.
/** @type {(vector: number[], cosine: number, sine: number) => number[]} */
const turned = ([x, y], cosine, sine) => [cosine * x - sine * y, sine * x + cosine * y];
const turnedBy = (vector, angle) => turned(vector, Math.cos(angle), Math.sin(angle));

// A point in any dimension: s' = clip(s + step · proj(a) + wind, ±arena) + noise.
function makePoint({ step, arena, action_set: actionSet, wind }) {
  const clip = arena === null ? (value) => value : (value) => Math.min(arena, Math.max(-arena, value));
  return (state, action, noise, at) => {
    const moved = projectOnto(action, actionSet);
    for (let k = 0; k < wind.length; k++) moved[k] = clip(state[k] + step * moved[k] + wind[k]) + noise[at + k];
    return moved;
  };
}

// A car [x, y, cos h, sin h]: it drives, and then turns.
function makeCar({ speed, turn, action_set: actionSet }) {
  return ([x, y, ...heading], action, noise, at) => {
    const [drive, steer] = projectOnto(action, actionSet);
    return [
      x + speed * drive * heading[0] + noise[at],
      y + speed * drive * heading[1] + noise[at + 1],
      ...turned(turnedBy(heading, turn * steer), noise[at + 2], noise[at + 3]),
    ];
  };
}

// Where the elbow and the tip of an arm are whose joints stand at unit vectors.
/** @type {(joints: number[], links: number[]) => number[][]} */
export function armAt([cosine, sine, ...elbow], [upper, fore]) {
  const forearm = turned([cosine, sine], elbow[0], elbow[1]);
  const middle = [upper * cosine, upper * sine];
  return [middle, middle.map((value, k) => value + fore * forearm[k])];
}

// An arm [cos θ1, sin θ1, cos θ2, sin θ2, tip]: both joints turn.
function makeArm({ links, turn, action_set: actionSet }) {
  return (state, action, noise, at) => {
    const moves = projectOnto(action, actionSet);
    const joints = [0, 1].flatMap((k) => {
      const joint = turnedBy([state[2 * k], state[2 * k + 1]], turn * moves[k]);
      return turned(joint, noise[at + 2 * k], noise[at + 2 * k + 1]);
    });
    return [...joints, ...armAt(joints, links)[1]];
  };
}

const MOTIONS = { point: makePoint, car: makeCar, arm: makeArm };

export function makeDynamics(constants) {
  const { goal_radius: goalRadius, place, dimension, motion } = constants;
  // How far the place of the state that begins at `at` is from the goal.
  const gap = (points, at, goal) => {
    let square = 0;
    for (let k = 0; k < goal.length; k++) square += (points[at + place + k] - goal[k]) ** 2;
    return Math.sqrt(square);
  };
  return {
    dimension,
    place,
    goalRadius,
    next: MOTIONS[motion](constants),
    arrived: (points, at, goal) => gap(points, at, goal) < goalRadius,
    reward: (points, at, goal) => -gap(points, at, goal),
  };
}
