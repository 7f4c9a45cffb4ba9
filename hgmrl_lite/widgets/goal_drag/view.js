// GoalDrag: drag the goal of a new task; at every move the widget explores it, infers the angle, and acts.

import { questionTo } from "../js/asking.js";
import { setTrait } from "../js/model.js";
import { makeWidget } from "../js/shell.js";
import { inShort, wrapDegrees } from "../js/words.js";
import { goalDragPlane, lastStep } from "./figure.js";
import { goalDragLegend, goalDragPanel } from "./panel.js";
import { replayClock } from "./replay.js";
import { regretAround } from "./ring.js";
import { goalDragScene } from "./scene.js";
import { trainingHand } from "./training.js";

// What an evaluation in Python depends on.
const QUESTION = ["goal_degrees", "draw", "context_size"];

// The goal's traits under the hand: while it is dragged nothing heavy is asked; once it rests, Python is.
function goalDragHand(model, redraw, hold) {
  let dragging = false;
  const question = () => QUESTION.map((trait) => model.get(trait));
  const regrets = questionTo(model, "regrets", { question, wanted: () => model.get("evaluates"), rest: 250, redraw });
  for (const trait of QUESTION) {
    model.on(`change:${trait}`, () => (dragging ? regrets.hold() : regrets.soon()));
  }
  const hand = {
    // To a hundredth of a degree: finer than a pixel, and a number one can read in Python.
    turn: (degrees) => setTrait(model, "goal_degrees", wrapDegrees(Math.round(100 * degrees) / 100)),
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
      return { text: `regret ${inShort(value)}`, stale: !fresh };
    },
  };
  return hand;
}

const GOAL_TRAITS = [
  ...QUESTION, "show_base", "show_geometric", "show_exploration", "shown_rivals", "asked", "answers",
  "training_degrees", "discovered", "array_data",
];

const goalDrag = makeWidget({
  name: "hgmrl-goal-drag",
  traits: GOAL_TRAITS,
  // What all views share: the scene with the ring and the clock in it, and the hands.
  prepare(model, redraw) {
    const scene = goalDragScene(model);
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
    const hand = goalDragHand(model, redraw, (held) => {
      busy = held;
    });
    const training = trainingHand(model);
    const stop = () => {
      training.stop();
      round?.stop();
      clock?.stop();
    };
    return { scene, hand, training, clock, compute, stop, begin: hand.settleSoon, end: hand.release };
  },
  build(areas, { model, scene, hand, training, clock }, signal) {
    const plane = goalDragPlane(scene, hand, training, signal);
    areas.figure.append(plane.svg);
    const { rivals, movable } = scene.settings;
    areas.root.classList.toggle("hgmrl-complete", rivals.length > 0 || movable);
    const legend = goalDragLegend(areas.legend, model, scene.settings, signal);
    const panel = goalDragPanel(areas.panel, model, scene, hand, training, clock, signal);
    return (state) => {
      plane.show(state);
      legend(state);
      panel(state);
    };
  },
});

export { goalDrag as default };
