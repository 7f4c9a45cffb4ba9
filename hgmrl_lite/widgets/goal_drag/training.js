// The training goals of GoalDrag: marks on the plane or, where Python can discover anew, handles.

import { labelledSlider } from "../js/controls.js";
import { htmlElement, setPlace, setText, setValue, svgElement } from "../js/dom.js";
import { draggedAround, steppable } from "../js/handles.js";
import { questionTo, same } from "../js/asking.js";
import { setTrait } from "../js/model.js";
import { DEGREE, inDegrees, wrapDegrees } from "../js/words.js";

export const SQUARE = "M-7.5 -7.5H7.5V7.5H-7.5Z";
export const DIAMOND = "M0 -8L8 0L0 8L-8 0Z";
export const CROSS = "M-5 -5L5 5M-5 5L5 -5";
// The antipode of the base goal: its square, with a cross in it.
export const ANTIPODE = `${SQUARE}M-7.5 -7.5L7.5 7.5M-7.5 7.5L7.5 -7.5`;

// The hand on the training goals: while one moves the geometry on screen is out of date; let go, and Python is asked.
export function trainingHand(model) {
  const question = () => model.get("training_degrees");
  const wanted = () => !same(question(), model.get("discovered"));
  const { ask, soon, hold, latest } = questionTo(model, "geometry", { question, wanted, rest: 400 });
  const hand = {
    turn(goal, degrees) {
      const rounded = wrapDegrees(Math.round(100 * degrees) / 100);
      setTrait(model, "training_degrees", question().map((old, k) => (k === goal ? rounded : old)));
    },
    // Keys and sliders say nothing when they are let go: Python is asked after a pause.
    turnSoon(goal, degrees) {
      hand.turn(goal, degrees);
      soon();
    },
    stepSoon: (goal, amount) => hand.turnSoon(goal, question()[goal] + amount),
    grab: hold,
    release: ask,
    stop: hold,
    failure: () => latest()?.error,
    asked: () => same(model.get("asked").geometry, question()),
  };
  return hand;
}

// The goals' marks in a layer of the plane. Returns show(state).
export function trainingMarks(plane, parent, { radii, movable, baseIndex }, hand, signal) {
  let shown = null;
  const marks = radii.map((radius, k) => {
    const isBase = k === baseIndex;
    const group = svgElement("g", {}, parent);
    if (movable) {
      group.setAttribute("class", "hgmrl-handle hgmrl-training-handle");
      for (const [name, value] of Object.entries({
        tabindex: "0", role: "slider", "aria-valuemin": "-180", "aria-valuemax": "180",
        "aria-label": `Training goal ${k + 1}${isBase ? ", the base goal" : ""}, angle in degrees`,
      })) group.setAttribute(name, value);
      svgElement("circle", { r: 18, class: "hgmrl-hit" }, group);
      svgElement("circle", { r: 14, class: "hgmrl-focus" }, group);
      const turn = (degrees) => hand.turn(k, degrees);
      draggedAround(plane, group, {
        degrees: () => shown[k], turn, least: 0.1 * radius, begin: hand.grab, end: hand.release, signal,
      });
      steppable(group, {
        step: (amount) => hand.stepSoon(k, amount),
        limit: (side) => hand.turnSoon(k, side < 0 ? -179 : 180),
        signal,
      });
    }
    svgElement("path", { d: isBase ? SQUARE : DIAMOND, class: isBase ? "hgmrl-base-goal" : "hgmrl-training-goal" }, group);
    return group;
  });
  return ({ training }) => {
    if (shown === training) return;
    shown = training;
    marks.forEach((group, k) => {
      const [x, y] = [radii[k] * Math.cos(training[k] * DEGREE), radii[k] * Math.sin(training[k] * DEGREE)];
      setPlace(group, plane.x(x), plane.y(y));
      if (!movable) return;
      setValue(group, training[k].toFixed(1), inDegrees(training[k]));
    });
  };
}

// Sliders of the training goals, and what the geometry on screen rests on. Returns show(state).
export function trainingPanel(parent, model, { radii, baseIndex }, hand, signal) {
  const box = htmlElement("details", { class: "hgmrl-training" }, parent);
  htmlElement("summary", {}, box, "Training goals: move them, and the geometry is discovered again");
  const sliders = radii.map((_, k) =>
    labelledSlider(box, {
      label: `Training goal ${k + 1}${k === baseIndex ? " (base)" : ""}`,
      min: -180,
      max: 180,
      step: 1,
      format: (value) => inDegrees(value),
      value: () => model.get("training_degrees")[k],
      change: (value) => hand.turnSoon(k, value),
      release: hand.release,
      signal,
    }),
  );
  const words = htmlElement("div", { class: "hgmrl-detail hgmrl-training-state", role: "status" }, parent);
  return (state) => {
    sliders.forEach((show, k) => show(state.training[k]));
    const failure = hand.failure();
    const waiting = hand.asked() ? "Python is learning from the new tasks …" : "out of date: let go, and it is discovered again.";
    const told = failure ? `Discovery failed: ${failure}` : `Geometry on screen: ${waiting}`;
    setText(words, state.stale ? told : `Geometry on screen: discovered from these ${radii.length} training goals.`);
    words.classList.toggle("hgmrl-warning", state.stale);
  };
}
