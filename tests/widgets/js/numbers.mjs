// What the tests of the numerics share.

import assert from "node:assert/strict";

// Numbers from -1 to 1, the same in every run.
function numbers(count, seed = 1) {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (48271 * state) % 2147483647;
    return (2 * state) / 2147483647 - 1;
  });
}

function near(actual, expected, tolerance = 1e-12) {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, k) => assert.ok(Math.abs(value - expected[k]) <= tolerance, `${actual} is not ${expected}`));
}

export { near, numbers };
