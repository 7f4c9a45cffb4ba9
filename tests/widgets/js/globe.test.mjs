// The globe's own laws, by `node --test`: rotations of space, and a sphere that is seen from a place.

import assert from "node:assert/strict";
import { test } from "node:test";
import { near, numbers } from "./numbers.mjs";

globalThis.window = { addEventListener() {} };

const at = (file) => import(new URL(file, process.env.HGMRL_WIDGETS).href);
const matrix = await at("js/matrix3.js");
const { directionAt, directionUnder, placeOf, slicedPaths, viewFrom } = await at("js/globe.js");

test("the logarithm of a rotation leads back to it, also at half a turn and at none", () => {
  const { logTurn3, turn3, unit3, scaled3 } = matrix;
  for (let seed = 1; seed < 30; seed++) {
    const axis = unit3(numbers(3, seed));
    for (const angle of [0, 1e-9, 1e-3, 1, 3, Math.PI - 1e-5, Math.PI]) {
      const turn = turn3(scaled3(axis, angle));
      near(turn3(logTurn3(turn)), turn, 1e-9);
    }
  }
});

test("the smallest rotation arrives, and has its axis across both directions", () => {
  const { apply3, dot3, smallestTurn3, turn3, unit3, scaled3 } = matrix;
  for (let seed = 1; seed < 30; seed++) {
    const [from, to] = [unit3(numbers(3, seed)), unit3(numbers(3, seed + 50))];
    const turn = smallestTurn3(from, to);
    near(apply3(turn3(turn), from), to);
    near([dot3(turn, from), dot3(turn, to)], [0, 0]);
    assert.equal(smallestTurn3(from, scaled3(from, -1)), null);
    near(smallestTurn3(from, from), [0, 0, 0]);
  }
});

test("a symmetric system is solved", () => {
  const { apply3, solveSymmetric3 } = matrix;
  for (let seed = 1; seed < 30; seed++) {
    const [xx, xy, xz, yy, yz, zz] = numbers(6, seed).map((value, k) => value + ([0, 3, 5].includes(k) ? 3 : 0));
    const right = numbers(3, seed + 50);
    near(apply3([xx, xy, xz, xy, yy, yz, xz, yz, zz], solveSymmetric3([xx, xy, xz, yy, yz, zz], right)), right);
  }
});

test("a place leads to a direction and back", () => {
  for (const place of [[0, 0], [60, 20], [-179, -88], [180, 45]]) near(placeOf(directionAt(place)), place, 1e-9);
});

test("what is under the hand is drawn under the hand, on the side that it was taken on", () => {
  const view = viewFrom([35, -20]);
  near(matrix.apply3(view, directionAt([35, -20])), [0, 0, 1]);
  for (const behind of [false, true]) {
    const [x, y, depth] = matrix.apply3(view, directionUnder(view, [0.3, -0.5], behind));
    near([x, y], [0.3, -0.5]);
    assert.equal(depth < 0, behind);
    // Beyond the edge it goes on around the other side, from where it was.
    const over = matrix.apply3(view, directionUnder(view, [0, 1.2], behind));
    near(over, [0, 0.8, behind ? 0.6 : -0.6]);
  }
});

test("lines are cut into slices of depth, with nothing lost", () => {
  const plane = { x: (value) => 100 * value, y: (value) => -100 * value };
  const texts = slicedPaths(plane, viewFrom([0, 0]), 1, [[-1, 0, 0, -0.6, 0, 0, -0.2, 0, 0, 0.2, 0.1, 0, 1, 0, 0, 1, 1, 0]]);
  assert.deepEqual(texts.map((text) => text.split("L").length - 1), [2, 0, 1, 2]);
  assert.equal(texts[0], "M0.0 0.0L0.0 0.0L0.0 0.0".replaceAll("0.0 0.0", texts[0].slice(1).split("L")[0]));
});
