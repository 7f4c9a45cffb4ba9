// TaskAligner: what is on screen, computed from the model's traits; and the hands on it.

import { unpackArrays } from "../js/arrays.js";
import { fitGradient, makeNeighbours } from "../js/local_regression.js";
import { apply2, exp2 } from "../js/matrix2.js";
import { questionTo, same } from "../js/asking.js";
import { setTrait } from "../js/model.js";
import { makeRewardModel } from "../js/reward_model.js";
import { DEGREE, wrapDegrees } from "../js/words.js";

export const ALIGNER_TRAITS = ["goal", "turn_degrees", "signed", "transitions", "noise", "draw", "revealed", "answers"];
const QUARTER_TURN = [0, -1, 1, 0];

// Compute again only when the question is another one.
function lastAnswer(compute) {
  let question = null;
  let answer = null;
  return (...arguments_) => {
    const key = arguments_.join(" ");
    if (key !== question) answer = compute(...arguments_);
    question = key;
    return answer;
  };
}

// The angle in degrees between two unit vectors, as arrows or as lines.
function angleBetween(ux, uy, vx, vy, signed) {
  const cosine = ux * vx + uy * vy;
  return Math.atan2(Math.abs(ux * vy - uy * vx), signed ? cosine : Math.abs(cosine)) / DEGREE;
}

// Normals [x0, y0, ...] of two tasks at the same points -> mean angle in degrees; `from` is where the first ones begin.
function meanAngle(first, second, signed, from = 0) {
  let sum = 0;
  for (let i = 0; i < second.length; i += 2) {
    sum += angleBetween(first[from + i], first[from + i + 1], second[i], second[i + 1], signed);
  }
  return sum / (second.length / 2);
}

export function taskAlignerScene(model) {
  const arrays = unpackArrays(model.get("array_data"), model.get("array_index"));
  const { base_goal: baseGoal, neighbours } = model.get("settings");
  const base = makeRewardModel(arrays.centres.values, arrays.weights.values, arrays.linear.values);
  const [, most] = arrays.draws.shape;
  const curve = arrays.curve.values;
  const slope = new Float64Array(3);

  // The base task's unit gradient at a point, its lines turned by an angle: back, look there, and forth.
  const turned = (radians, x, y) => {
    const [c, s] = [Math.cos(radians), Math.sin(radians)];
    base.slope(c * x + s * y, c * y - s * x, slope);
    const [gx, gy] = [slope[1], slope[2]];
    const size = Math.hypot(gx, gy);
    return [(c * gx - s * gy) / size, (s * gx + c * gy) / size];
  };
  const baseNormals = (radians, points, normals = new Float64Array(points.length), from = 0) => {
    for (let i = 0; i < points.length; i += 2) {
      [normals[from + i], normals[from + i + 1]] = turned(radians, points[i], points[i + 1]);
    }
    return normals;
  };

  const part = (array, draw, width, count) => array.values.subarray(draw * most * width, (draw * most + count) * width);
  // The base task's normals at every turn of the curve: they depend neither on the new task's rewards nor on how many
  // of its transitions are looked at.
  const fieldsOf = lastAnswer((draw) => {
    const points = part(arrays.points, draw, 2, most);
    const fields = new Float64Array(curve.length * points.length);
    curve.forEach((degrees, k) => baseNormals(degrees * DEGREE, points, fields, k * points.length));
    return fields;
  });
  const context = lastAnswer((draw, count) => {
    const points = part(arrays.points, draw, 2, count);
    const nearest = makeNeighbours(points, count);
    const around = Array.from({ length: count }, (_, i) => nearest(points[2 * i], points[2 * i + 1], neighbours));
    return { points, around, draws: part(arrays.draws, draw, 1, count) };
  });
  const observed = lastAnswer((draw, count, noise, gx, gy) => {
    const { points, around, draws } = context(draw, count);
    const fields = fieldsOf(draw);
    const rewards = Float64Array.from(
      { length: count },
      (_, i) => noise * draws[i] - Math.hypot(points[2 * i] - gx, points[2 * i + 1] - gy),
    );
    const normals = new Float64Array(2 * count);
    around.forEach(({ index, radius }, i) => {
      const xs = index.map((j) => points[2 * j] - points[2 * i]);
      const ys = index.map((j) => points[2 * j + 1] - points[2 * i + 1]);
      const { gradient } = fitGradient(xs, ys, index.map((j) => rewards[j] - rewards[i]), radius, 1);
      const size = Math.hypot(...gradient);
      normals.set([gradient[0] / size, gradient[1] / size], 2 * i);
    });
    const along = (signed) => Array.from(curve, (_, k) => meanAngle(fields, normals, signed, 2 * k * most));
    return { points, normals, lines: along(false), arrows: along(true) };
  });

  const compute = () => {
    const [goal, turn, signed, count, noise, draw, revealed, answers] = ALIGNER_TRAITS.map((trait) => model.get(trait));
    const question = alignerQuestion(model);
    const { points, normals, lines, arrows } = observed(...question);
    const radians = turn * DEGREE;
    const here = baseNormals(radians, points);
    const angleAt = (degrees) => meanAngle(baseNormals(degrees * DEGREE, points), normals, signed);
    const trueTurn = wrapDegrees((Math.atan2(goal[1], goal[0]) - Math.atan2(baseGoal[1], baseGoal[0])) / DEGREE);
    const carry = (degrees) => apply2(exp2(QUARTER_TURN, degrees * DEGREE), ...baseGoal);
    // Python's answer belongs to the question it was asked; to any other it says nothing.
    let shown = null;
    if (revealed && answers.turn?.value && same(answers.turn.question, question)) {
      const { degrees, runner_up: other } = answers.turn.value;
      shown = {
        ...answers.turn.value,
        error: Math.abs(wrapDegrees(degrees - trueTurn)),
        aim: carry(degrees),
        place: [degrees, angleAt(degrees)],
        otherPlace: other === null ? null : [other, angleAt(other)],
      };
    }
    return {
      goal, turn, signed, count, noise, draw, revealed, points, normals, lines, arrows, curve, trueTurn,
      base: here,
      misalignment: meanAngle(here, normals, signed),
      carried: carry(turn),
      answer: shown,
    };
  };
  // The base task's lines where its reward model has its centres: spread over all that was explored.
  const centres = arrays.centres.values;
  return { compute, field: { points: centres, normals: baseNormals(0, centres) } };
}

// Tidy numbers, so that what the hand sets can be read in Python; and the question to Python, once the hand rests.
export function taskAlignerHand(model) {
  const { reach } = model.get("settings");
  const tidy = (value) => Math.round(1e3 * value) / 1e3;
  const question = () => alignerQuestion(model);
  const { soon } = questionTo(model, "turn", { question, wanted: () => model.get("revealed"), rest: 200 });
  for (const trait of ["goal", "transitions", "noise", "draw", "revealed"]) model.on(`change:${trait}`, soon);
  const hand = {
    ask: soon,
    now: (name) => model.get(name),
    turn: (degrees) => setTrait(model, "turn_degrees", wrapDegrees(Math.round(100 * degrees) / 100)),
    goal(x, y) {
      const distance = Math.hypot(x, y);
      // At the origin a goal has no direction: it stays where it is.
      if (distance < 1e-9) return;
      const kept = Math.min(reach[1], Math.max(reach[0], distance)) / distance;
      setTrait(model, "goal", [tidy(kept * x), tidy(kept * y)]);
    },
    goalBy(dx, dy) {
      const [x, y] = model.get("goal");
      hand.goal(x + dx, y + dy);
    },
    // The goal as direction in degrees and distance, and what is changed of it.
    polar() {
      const [x, y] = model.get("goal");
      return { degrees: Math.atan2(y, x) / DEGREE, distance: Math.hypot(x, y) };
    },
    goalPolar(changes) {
      const { degrees, distance } = { ...hand.polar(), ...changes };
      hand.goal(distance * Math.cos(degrees * DEGREE), distance * Math.sin(degrees * DEGREE));
    },
  };
  return hand;
}

// What the package's answer depends on.
function alignerQuestion(model) {
  return [model.get("draw"), model.get("transitions"), model.get("noise"), ...model.get("goal")];
}
