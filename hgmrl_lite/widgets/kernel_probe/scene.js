// The functions of the plane to be sampled, as FUNCTIONS in Python, with their gradients.

import { unpackArrays } from "../js/arrays.js";
import { makeLevelSets } from "../js/level_set.js";
import { fitGradient, makeNeighbours, makePilotVariance, regressionNormal } from "../js/local_regression.js";
import { setTrait } from "../js/model.js";
import { DEGREE, wrapDegrees } from "../js/words.js";
import { localPca } from "./local_pca.js";

const PLANAR_GOAL = [-0.7, 0.7];
const PLANAR_WIDTH = 0.9;

export const PLANAR_FUNCTIONS = {
  distance: {
    value: (x, y) => -Math.hypot(x - PLANAR_GOAL[0], y - PLANAR_GOAL[1]),
    gradient(x, y) {
      const [u, v] = [x - PLANAR_GOAL[0], y - PLANAR_GOAL[1]];
      const size = Math.hypot(u, v);
      return size > 0 ? [-u / size, -v / size] : [0, 0];
    },
  },
  bump: {
    value: (x, y) =>
      Math.exp(-((x - PLANAR_GOAL[0]) ** 2 + (y - PLANAR_GOAL[1]) ** 2) / (2 * PLANAR_WIDTH ** 2)),
    gradient(x, y) {
      const factor = -PLANAR_FUNCTIONS.bump.value(x, y) / PLANAR_WIDTH ** 2;
      return [factor * (x - PLANAR_GOAL[0]), factor * (y - PLANAR_GOAL[1])];
    },
  },
  saddle: { value: (x, y) => x * y, gradient: (x, y) => [y, x] },
  none: {
    value: (x, y) => Math.sin(2 * x) + 0.5 * Math.cos(3 * y) + 0.3 * x * y,
    gradient: (x, y) => [2 * Math.cos(2 * x) + 0.3 * y, -1.5 * Math.sin(3 * y) + 0.3 * x],
  },
};

// KernelProbe: what is on screen, from the model's traits; and the hand on the probe.

export const PROBE_TRAITS = ["function", "probe", "samples", "noise", "neighbours", "degree", "radius", "level_width"];
export const PROBE_STEP = 0.02;
// Keep the last result of a costly step, by its question.
function rememberLast() {
  let key = null;
  let value = null;
  return (question, compute) => {
    if (question !== key) {
      value = compute();
      key = question;
    }
    return value;
  };
}

// What is on screen, from the model's traits.
export function kernelProbeScene(model) {
  const { points: packed, draws: packedDraws } = unpackArrays(model.get("array_data"), model.get("array_index"));
  const { half, spreads, pilot } = model.get("settings");
  const points = packed.values;
  const draws = packedDraws.values;
  const keepSearch = rememberLast();
  const keepValues = rememberLast();
  const keepPilot = rememberLast();
  const levelSets = {};
  return () => {
    const [name, [px, py], count, noise, neighbours, degree, radius, levelWidth] = PROBE_TRAITS.map((t) => model.get(t));
    const f = PLANAR_FUNCTIONS[name];
    const sigma = noise * spreads[name];
    const nearest = keepSearch(count, () => makeNeighbours(points, count));
    const values = keepValues(`${name} ${count} ${sigma}`, () =>
      Float64Array.from({ length: count }, (_, i) => f.value(points[2 * i], points[2 * i + 1]) + sigma * draws[i]),
    );
    const pilotVariance = keepPilot(`${name} ${count} ${sigma} ${neighbours} ${degree}`, () =>
      makePilotVariance(points, values, count, nearest, { neighbours, degree, pilot }),
    );
    // The probe is one more sample, with noise of its own.
    const here = f.value(px, py) + sigma * draws[draws.length - 1];
    const relative = (index) => [
      index.map((i) => points[2 * i] - px), index.map((i) => points[2 * i + 1] - py), index.map((i) => values[i] - here),
    ];
    const used = nearest(px, py, neighbours - 1);
    const [xs, ys, rises] = relative(used.index);
    const fit = fitGradient([0, ...xs], [0, ...ys], [0, ...rises], used.radius, degree);
    const regression = regressionNormal(fit, neighbours, degree, pilotVariance(px, py, here, fit));
    const around = nearest.within(px, py, radius);
    const [ball, width] = [relative(around), levelWidth * spreads[name]];
    const pca = localPca([0, ...ball[0]], [0, ...ball[1]], [0, ...ball[2]], width);
    const gradient = f.gradient(px, py);
    const truth = Math.hypot(...gradient) > 1e-9 ? Math.atan2(gradient[1], gradient[0]) : null;
    const angles = ({ normal, error, dropped }) => ({
      dropped, error, line: Math.atan2(normal[1], normal[0]),
      // A line has no direction: its angle to the truth is in (-90°, 90°].
      off: truth === null ? null : wrapDegrees(2 * (Math.atan2(normal[1], normal[0]) - truth) / DEGREE) / 2,
    });
    levelSets[name] ??= makeLevelSets(f.value, half);
    return {
      name, points, values, count, noise, neighbours, degree, radius, levelWidth,
      probe: [px, py], here, gradient, truth,
      used: used.index, reach: used.radius, band: around.filter((_, i) => Math.abs(ball[2][i]) <= width),
      levelSet: levelSets[name](f.value(px, py)),
      regression: angles(regression),
      pca: angles(pca),
    };
  };
}

// The hand on the probe; three digits, so that the place can be read in Python.
export function kernelProbeHand(model) {
  const { limit } = model.get("settings");
  const tidy = (value) => Math.round(1e3 * Math.min(limit, Math.max(-limit, value))) / 1e3;
  return {
    move: (x, y) => setTrait(model, "probe", [tidy(x), tidy(y)]),
    moveBy(dx, dy) {
      const [x, y] = model.get("probe");
      this.move(x + dx, y + dy);
    },
    along(axis, value) {
      const place = [...model.get("probe")];
      place[axis] = tidy(value);
      setTrait(model, "probe", place);
    },
  };
}
