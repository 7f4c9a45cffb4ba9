// GoalDrag: drag the goal of a new task; at every move the widget explores it, infers the group element, and acts.

import { questionTo } from "../js/asking.js";
import { htmlElement } from "../js/dom.js";
import { afterPause } from "../js/model.js";
import { makeWidget } from "../js/shell.js";
import { inShort, wrapDegrees } from "../js/words.js";
import { goalDragPlane } from "./figure.js";
import { goalDragGlobe } from "./globe_figure.js";
import { globeLegend, globePanel } from "./globe_panel.js";
import { goalDragLegend, goalDragPanel } from "./panel.js";
import { lastStep, replayClock } from "./replay.js";
import { regretAround } from "./ring.js";
import { goalDragScene } from "./scene.js";
import { trainingHand } from "./training.js";

// To a hundredth of a degree: finer than a pixel, and a number one can read in Python.
const rounded = (degrees) => Math.round(100 * degrees) / 100;

// Set several traits, and save them together.
function setTraits(model, values) {
  for (const [name, value] of Object.entries(values)) model.set(name, value);
  model.save_changes();
}

// The goal's traits under the hand: while it is dragged nothing heavy is asked; once it rests, Python is. What an
// evaluation depends on is `place`, the traits of the goal, and the exploration.
function goalDragHand(model, place, redraw, hold) {
  const traits = [...place, "draw", "context_size"];
  let dragging = false;
  const question = () => traits.map((trait) => model.get(trait));
  const regrets = questionTo(model, "regrets", { question, wanted: () => model.get("evaluates"), rest: 250, redraw });
  for (const trait of traits) {
    model.on(`change:${trait}`, () => (dragging ? regrets.hold() : regrets.soon()));
  }
  const hand = {
    place: () => place.map((trait) => model.get(trait)),
    turn: (degrees) => setTraits(model, { goal_degrees: wrapDegrees(rounded(degrees)) }),
    step: (amount) => hand.turn(model.get("goal_degrees") + amount),
    grab() {
      dragging = true;
      hold(true);
      regrets.hold();
    },
    settleSoon: regrets.soon,
    release() {
      if (dragging) regrets.ask();
      dragging = false;
      hold(false);
    },
    failure: () => regrets.latest()?.error,
    regret(name) {
      if (!model.get("evaluates")) return { text: "", stale: false };
      const fresh = regrets.fresh();
      if (fresh && hand.failure()) return { text: "regret failed", stale: false };
      if (regrets.unanswered() && !fresh) return { text: "regret needs Python", stale: true };
      const value = regrets.latest()?.value?.[name];
      if (value === undefined) return { text: "regret …", stale: true };
      // Less than this is none.
      return { text: `regret ${Math.abs(value) < 0.005 ? "0.00" : inShort(value)}`, stale: !fresh };
    },
  };
  return hand;
}

const within = (degrees) => Math.min(90, Math.max(-90, rounded(degrees)));

// The same on the globe, which is turned as well. A quick answer is on screen while the goal or the exploration changes;
// once the hand has rested for a moment, or lets go, the exact one.
function globeHand(model, place, redraw) {
  let quick = false;
  const exact = () => {
    quick = false;
    redraw();
  };
  const rested = afterPause(exact, 250);
  for (const trait of [...place, "draw", "context_size"]) {
    model.on(`change:${trait}`, () => {
      quick = true;
      rested.call();
    });
  }
  const base = goalDragHand(model, place, redraw, (held) => {
    if (!held && quick) {
      rested.cancel();
      exact();
    }
  });
  const view = () => [model.get("view_longitude"), model.get("view_latitude")];
  const hand = {
    ...base,
    quick: () => quick,
    view,
    move: ([longitude, latitude]) =>
      setTraits(model, { goal_degrees: wrapDegrees(rounded(longitude)), goal_latitude: within(latitude) }),
    step: (dx, dy) => hand.move(hand.place().map((degrees, k) => degrees + [dx, dy][k])),
    look: ([longitude, latitude]) =>
      setTraits(model, { view_longitude: wrapDegrees(rounded(longitude)), view_latitude: within(latitude) }),
    stop: rested.cancel,
  };
  return hand;
}

const GOAL_TRAITS = [
  "goal_degrees", "goal_latitude", "view_longitude", "view_latitude", "draw", "context_size", "show_base",
  "show_geometric", "show_exploration", "shown_rivals", "asked", "answers", "training_degrees", "discovered", "array_data",
];

// What all views of a plane share: the scene with the ring and the clock in it, and the hands.
function preparePlane(model, scene, redraw) {
  const { settings } = scene;
  let busy = false;
  let state = null;
  const clock = settings.replay ? replayClock({ last: () => lastStep(state), redraw }) : null;
  const round = settings.ring
    ? regretAround({
        count: 48,
        agents: 2 + settings.rivals.length,
        question: () => String(["draw", "context_size", "discovered"].map((trait) => model.get(trait))),
        regrets: scene.regrets,
        busy: () => busy,
        redraw,
      })
    : null;
  const compute = () => {
    state = scene.compute();
    state.time = clock?.time() ?? null;
    if (round) {
      round.need();
      const shown = [state.showGeometric, state.showBase, ...state.rivals.map(Boolean)];
      const { rows, complete } = round.values();
      state.ring = { degrees: round.degrees, complete, agents: rows.map((values, k) => ({ values, shown: shown[k] })) };
    }
    return state;
  };
  const hand = goalDragHand(model, settings.place, redraw, (held) => {
    busy = held;
  });
  const training = trainingHand(model);
  const stop = () => {
    training.stop();
    round?.stop();
    clock?.stop();
  };
  return { scene, hand, training, clock, compute, stop, begin: hand.settleSoon, end: hand.release };
}

// And those of a globe.
function prepareGlobe(model, scene, redraw) {
  const { settings } = scene;
  let state = null;
  const clock = settings.replay ? replayClock({ last: () => lastStep(state), redraw }) : null;
  const hand = globeHand(model, settings.place, redraw);
  // A look from elsewhere, or another step of the clock, leaves the answer as it is.
  let answered = null;
  const compute = () => {
    const asked = String([...settings.place, "draw", "context_size"].map((trait) => model.get(trait))) + hand.quick();
    const kept = asked === answered && state !== null;
    state = scene.compute(hand.quick(), kept ? state : null);
    answered = asked;
    state.time = clock?.time() ?? null;
    return state;
  };
  const stop = () => {
    hand.stop();
    clock?.stop();
  };
  return { scene, hand, clock, compute, stop, begin: hand.settleSoon, end: hand.release };
}

function buildPlane(areas, { model, scene, hand, training, clock }, signal) {
  const plane = goalDragPlane(scene, hand, training, signal);
  areas.figure.append(plane.svg);
  const { rivals, movable } = scene.settings;
  areas.root.classList.toggle("hgmrl-complete", rivals.length > 0 || movable);
  const legend = goalDragLegend(areas.legend, model, scene.settings, signal);
  return [plane.show, legend, goalDragPanel(areas.panel, model, scene, hand, training, clock, signal)];
}

function buildGlobe(areas, { model, scene, hand, clock }, signal) {
  const globe = goalDragGlobe(scene, hand, signal);
  const stack = htmlElement("div", { class: "hgmrl-stack" }, areas.figure);
  htmlElement("div", { class: "hgmrl-globe-body" }, stack);
  stack.append(globe.svg);
  return [globe.show, globeLegend(areas.legend, model, signal), globePanel(areas.panel, model, scene, hand, clock, signal)];
}

const goalDrag = makeWidget({
  name: "hgmrl-goal-drag",
  traits: GOAL_TRAITS,
  prepare(model, redraw) {
    const scene = goalDragScene(model);
    return scene.settings.kind === "globe" ? prepareGlobe(model, scene, redraw) : preparePlane(model, scene, redraw);
  },
  build(areas, parts, signal) {
    const shows = (parts.scene.settings.kind === "globe" ? buildGlobe : buildPlane)(areas, parts, signal);
    return (state) => shows.forEach((show) => show(state));
  },
});

export { goalDrag as default };
