// The widgets' numerics, by `node --test tests/widgets/js/numerics.test.mjs`; a Node older than 22.7 takes plain .js files
// for modules with --experimental-default-type=module only. tests/widgets/test_node.py runs a copy: HGMRL_WIDGETS.
// That they agree with Python's is tested in a browser; here are their own laws, without one.

import assert from "node:assert/strict";
import { test } from "node:test";
import { near, numbers } from "./numbers.mjs";

const root = process.env.HGMRL_WIDGETS ?? new URL("../../../hgmrl_lite/widgets/", import.meta.url);
const at = (file) => import(new URL(file, root).href);
const { apply2, exp2, inverse2 } = await at("js/matrix2.js");
const { inDegrees, inNumber, inShort, wrapDegrees } = await at("js/words.js");
const { projectAction } = await at("js/policy.js");
const { makeRewardModel } = await at("js/reward_model.js");
const { makeNeighbours, fitGradient } = await at("js/local_regression.js");
const { makeLevelSets } = await at("js/level_set.js");
const { carryPoint, inverseElement, planeElement, pulledPlace } = await at("js/plane_groups.js");
const { logOfExp2, planarType } = await at("generator_flow/generator.js");

test("exp of a sum of times is the product, and of minus the time the inverse", () => {
  for (let seed = 1; seed < 40; seed++) {
    const w = numbers(4, seed);
    near(apply2(exp2(w, 0.7), ...apply2(exp2(w, 0.4), 0.3, -0.8)), apply2(exp2(w, 1.1), 0.3, -0.8));
    near(inverse2(exp2(w, 0.9)), exp2(w, -0.9));
  }
});

test("the logarithm of exp(tW) leads back to exp(tW)", () => {
  for (const w of [[0, -1, 1, 0], [0.2, -1, 1, 0.2], [1, 0, 0, -1], [0, 1, 0, 0]]) {
    for (const t of [0.5, -2, 4]) near(exp2(logOfExp2(w, t).log), exp2(w, t), 1e-9);
  }
  assert.equal(planarType([0, -1, 1, 0]).kind, "elliptic");
});

test("numbers in words have a true minus, and none before a zero", () => {
  assert.deepEqual([inNumber(-0.001), inNumber(-1.5, 1), inDegrees(-0.04)], ["0.00", "−1.5", "0.0°"]);
  assert.deepEqual([12.4, 1.24, 0.0124, -2e-5, NaN].map(inShort), ["12", "1.2", "0.01", "above −0.0001", "–"]);
  assert.deepEqual([180, -180, 540, -190, 0].map(wrapDegrees).map(Math.abs), [180, 180, 180, 170, 0]);
  assert.equal(wrapDegrees(-180), 180);
});

test("actions are projected onto the disc and the box", () => {
  near(projectAction(3, 4, "disc"), [0.6, 0.8]);
  near(projectAction(3, -4, "box"), [1, -1]);
  near(projectAction(0.3, 0.4, "disc"), [0.3, 0.4]);
});

test("the slope of a reward model is its derivative", () => {
  const model = makeRewardModel(numbers(12), numbers(6, 3), numbers(3, 5));
  const slope = [0, 0, 0];
  model.slope(0.2, -0.3, slope);
  const step = 1e-6;
  const dx = (model(0.2 + step, -0.3) - model(0.2 - step, -0.3)) / (2 * step);
  const dy = (model(0.2, -0.3 + step) - model(0.2, -0.3 - step)) / (2 * step);
  near(slope, [model(0.2, -0.3), dx, dy], 1e-7);
});

test("a local regression is exact on a linear function", () => {
  const points = numbers(80);
  const { index, radius } = makeNeighbours(points, 40)(0.1, 0.1, 12);
  assert.equal(index.length, 12);
  const xs = index.map((j) => points[2 * j] - 0.1);
  const ys = index.map((j) => points[2 * j + 1] - 0.1);
  near(fitGradient(xs, ys, xs.map((x, k) => 2 * x - 3 * ys[k]), radius, 1).gradient, [2, -3], 1e-9);
});

test("level sets lie where the function has the level", () => {
  const segments = makeLevelSets((x, y) => x + 2 * y, 1)(0.4);
  assert.ok(segments.length > 10);
  for (const [a, b, c, d] of segments) near([a + 2 * b, c + 2 * d], [0.4, 0.4]);
});

test("an element and its inverse leave every point, and a pulled element carries the point to the hand", () => {
  for (const group of ["rotation", "scaling", "shear", "translation", "rigid"]) {
    const place = { group, t: 0.4, direction: 30, shift: [0.2, -0.1] };
    const element = planeElement(place);
    near(carryPoint(inverseElement(element), ...carryPoint(element, 0.5, 0.7)), [0.5, 0.7]);
    const target = carryPoint(planeElement({ ...place, t: -0.3 }), 0.5, 0.7);
    near(carryPoint(planeElement({ ...place, ...pulledPlace(place, [0.5, 0.7], target) }), 0.5, 0.7), target);
  }
});
