// DescentRace: both descents and their landscapes from the model's traits; and the hand, the buttons and the clock.

import { unpackArrays } from "../js/arrays.js";
import { setTrait } from "../js/model.js";
import { makeSliceDescent, makeSliceLosses, sliceGenerator, sliceLandscape } from "./descent.js";

export const RACE_TRAITS = ["start", "function", "plane", "learning_rate", "step", "playing"];
export const RACE_NAMES = ["differential", "functional"];
// Steps that a frame moves on while it plays, and the time that a frame may compute.
const RACE_PACE = 3;
const RACE_BUDGET = 2;

export function raceScene(model, proceed) {
  const arrays = unpackArrays(model.get("array_data"), model.get("array_index"));
  const settings = model.get("settings");
  const losses = makeSliceLosses(arrays.points.values, arrays.normals.values, arrays.times.values);
  const { values: found } = arrays.closed_form;
  const maps = new Map();
  let descents = null;
  let raced = "";

  const evaluator = (name, f) =>
    name === "differential"
      ? losses.differential
      : (w, window, axes = null) => losses.functional(w, f === "square", window, axes);

  const landscape = (name, plane, f) => {
    const key = name === "differential" ? `${name} ${plane}` : `${name} ${plane} ${f}`;
    if (!maps.has(key)) {
      const { grid, half, slices } = settings;
      maps.set(key, { key, values: sliceLandscape(slices[plane], evaluator(name, f), grid, half, [0, 128]) });
    }
    return maps.get(key);
  };

  return () => {
    const [plane, f, rate, step] = ["plane", "function", "learning_rate", "step"].map((name) => model.get(name));
    const start = model.get("start");
    const slice = settings.slices[plane];
    const options = { rate, batch: settings.batch, steps: settings.steps, below: settings.below };
    const key = [plane, f, rate, ...start].join(" ");
    if (key !== raced) {
      raced = key;
      descents = RACE_NAMES.map((name) => makeSliceDescent(slice, evaluator(name, f), start, options));
    }
    const deadline = performance.now() + RACE_BUDGET;
    for (const descent of descents) descent.extend(step, deadline);
    // What did not fit into this frame comes in the next ones.
    const unfinished = descents.some((descent) => descent.done < step);
    if (unfinished) proceed();
    return {
      unfinished,
      plane, slice, start, step, rate, f, found,
      playing: model.get("playing"),
      runs: RACE_NAMES.map((name, number) => {
        const descent = descents[number];
        const shown = Math.min(step, descent.done);
        const at = [descent.path[2 * shown], descent.path[2 * shown + 1]];
        const arrived = descent.arrival !== null && descent.arrival <= step;
        return {
          name, shown, at, arrived,
          arrival: arrived ? descent.arrival : null,
          path: descent.path.subarray(0, 2 * (shown + 1)),
          degrees: descent.degrees[shown],
          loss: descent.losses[shown],
          norm: Math.hypot(...sliceGenerator(slice, ...at)),
          map: landscape(name, plane, f),
        };
      }),
    };
  };
}

// What moves the traits: the hand, the buttons and the clock.
export function raceHand(model) {
  const { reach, steps } = model.get("settings");
  let frame = 0;
  const keep = (value) => Math.round(1000 * Math.min(reach, Math.max(-reach, value))) / 1000;
  const tick = () => {
    frame = 0;
    if (!model.get("playing")) return;
    const step = Math.min(steps, model.get("step") + RACE_PACE);
    setTrait(model, "step", step);
    if (step >= steps) setTrait(model, "playing", false);
    else frame = requestAnimationFrame(tick);
  };
  const play = () => {
    if (model.get("playing") && !frame) frame = requestAnimationFrame(tick);
  };
  model.on("change:playing", play);
  return {
    play,
    start: (u, v) => setTrait(model, "start", [keep(u), keep(v)]),
    startBy(du, dv) {
      const [u, v] = model.get("start");
      this.start(u + du, v + dv);
    },
    toggle() {
      if (!model.get("playing") && model.get("step") >= steps) setTrait(model, "step", 0);
      setTrait(model, "playing", !model.get("playing"));
    },
    again() {
      setTrait(model, "step", 0);
      setTrait(model, "playing", true);
    },
    step(value) {
      if (model.get("playing")) setTrait(model, "playing", false);
      setTrait(model, "step", value);
    },
    pause() {
      if (model.get("playing")) setTrait(model, "playing", false);
    },
  };
}

export function raceVerdict(run) {
  return run.arrived ? `below 1° after ${run.arrival} steps` : `not below 1° yet`;
}
