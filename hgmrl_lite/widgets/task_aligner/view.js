// TaskAligner: turn the kernel distributions of the base task onto those of a new one.

import {
  labelledSlider, legendItem, legendMark, ringMark, shapeMark, spokenText, strokeMark, traitCheckbox,
} from "../js/controls.js";
import { htmlElement, setText } from "../js/dom.js";
import { besideFigure, setTrait } from "../js/model.js";
import { makeWidget } from "../js/shell.js";
import { DEGREE, inDegrees, inShort } from "../js/words.js";
import { ALIGNER_SQUARE, alignerTurnInWords, taskAlignerPlane } from "./figure.js";
import { makeAlignmentPlot } from "./plot.js";
import { ALIGNER_TRAITS, taskAlignerHand, taskAlignerScene } from "./scene.js";

function taskAlignerLegend(parent) {
  legendItem(parent, "base task, turned by the outer ring", strokeMark("hgmrl-base-field", "M3 8H23"));
  legendItem(parent, "the same at the new task's points", strokeMark("hgmrl-base-lines", "M3 8H23"));
  legendItem(parent, "new task, from its transitions", strokeMark("hgmrl-new-lines", "M3 8H23"));
  legendItem(parent, "base goal, turned (outline: before)", shapeMark(ALIGNER_SQUARE, "hgmrl-base-goal"));
  legendItem(parent, "new goal: drag it", ringMark);
  legendItem(parent, "the package's answer, when revealed", shapeMark("M-5 -5L5 5M-5 5L5 -5", "hgmrl-aim"));
}

// Where no turn explains the rewards, "off" has no meaning.
function alignerAnswerInWords({ degrees, error, verdict }) {
  return verdict === "no"
    ? `no turn explains the rewards, the best is ${inDegrees(degrees)}`
    : `turn by ${inDegrees(degrees, 2)}: ${inDegrees(error, 2)} off; explains the rewards: ${verdict}`;
}

function taskAlignerPanel(parent, model, hand, signal) {
  const { ranges, reach } = model.get("settings");
  const [draws] = model.get("array_index").points.shape;
  const sliders = htmlElement("div", { class: "hgmrl-aligner-sliders" }, parent);
  const slider = (options) => labelledSlider(sliders, { signal, ...options });
  const onTrait = (trait, step) => ({
    min: ranges[trait][0],
    max: ranges[trait][1],
    step,
    value: () => model.get(trait),
    change: (value) => setTrait(model, trait, value),
  });
  const setTurn = slider({ label: "Turn", ...onTrait("turn_degrees", 1), format: (value) => inDegrees(value), change: (degrees) => hand.turn(degrees) });

  const head = htmlElement("strong", { class: "hgmrl-state" }, parent);
  const plot = makeAlignmentPlot(hand, signal);
  parent.append(plot.svg);
  const box = htmlElement("div", { class: "hgmrl-choices" }, parent);
  const mark = (d, name) => legendMark(strokeMark(name, d));
  const setSigned = traitCheckbox(box, model, {
    trait: "signed",
    label: "signed: compare gradients, not lines",
    mark: mark("M3 8H22M16 3L22 8L16 13", "hgmrl-new-lines"),
    signal,
  });
  const setRevealed = traitCheckbox(box, model, {
    trait: "revealed",
    label: "reveal the package's answer",
    mark: mark("M8 3L18 13M8 13L18 3", "hgmrl-aim"),
    signal,
  });

  const more = htmlElement("div", { class: "hgmrl-aligner-sliders" }, parent);
  const place = (options) => labelledSlider(more, { signal, ...options });
  const setCount = place({ label: "Transitions", ...onTrait("transitions", 1), format: String });
  const setNoise = place({ label: "Reward noise", ...onTrait("noise", 0.005), format: (value) => value.toFixed(3) });
  const setDirection = place({
    label: "Goal direction", min: -180, max: 180, step: 1, format: (value) => inDegrees(value, 0),
    value: () => hand.polar().degrees, change: (degrees) => hand.goalPolar({ degrees }),
  });
  const setDistance = place({
    label: "Goal distance", min: reach[0], max: reach[1], step: 0.02, format: (value) => value.toFixed(2),
    value: () => hand.polar().distance, change: (distance) => hand.goalPolar({ distance }),
  });
  const again = htmlElement("button", { type: "button", class: "hgmrl-button" }, more, "Explore again");
  again.title = "Other transitions of the same task";
  again.addEventListener("click", () => setTrait(model, "draw", (model.get("draw") + 1) % draws), { signal });

  const answer = htmlElement("div", { class: "hgmrl-card hgmrl-of-geometric" }, parent);
  htmlElement("strong", {}, answer, "The package's answer");
  const words = htmlElement("div", { class: "hgmrl-state hgmrl-answer" }, answer);
  const detail = htmlElement("div", { class: "hgmrl-detail" }, answer);
  const say = spokenText(parent, signal);

  return besideFigure(parent, signal, (state) => {
    const what = state.signed ? "arrows" : "lines";
    setTurn(state.turn);
    setCount(state.count);
    setNoise(state.noise);
    setDirection(Math.atan2(state.goal[1], state.goal[0]) / DEGREE);
    setDistance(Math.hypot(...state.goal));
    setSigned(state.signed);
    setRevealed(state.revealed);
    setText(head, `On average the ${what} are ${inDegrees(state.misalignment)} apart`);
    plot.show(state);
    const found = state.answer;
    answer.style.display = state.revealed ? "" : "none";
    setText(words, found ? alignerAnswerInWords(found) : "asking Python …");
    const other =
      found && found.runner_up !== null
        ? `□ runner-up ${inDegrees(found.runner_up, 0)}, misfit ${inShort(found.runner_up_residual)}`
        : "no runner-up";
    const bound = found && found.bound !== null ? `known to ± ${inDegrees(found.bound, 2)} (95 %)` : "of unknown error";
    setText(
      detail,
      found
        ? `× ${bound}, misfit of the rewards ${inShort(found.residual)}; ${other}`
        : "",
    );
    say(`${alignerTurnInWords(state)}${found ? `; the package: ${alignerAnswerInWords(found)}` : ""}`);
  });
}

const taskAligner = makeWidget({
  name: "hgmrl-task-aligner",
  traits: ALIGNER_TRAITS,
  prepare(model) {
    const hand = taskAlignerHand(model);
    return { hand, ...taskAlignerScene(model), begin: hand.ask };
  },
  build(areas, { model, settings, hand, field }, signal) {
    const plane = taskAlignerPlane(settings, field, hand, signal);
    areas.figure.append(plane.svg);
    taskAlignerLegend(areas.legend);
    const panel = taskAlignerPanel(areas.panel, model, hand, signal);
    return (state) => {
      plane.show(state);
      panel(state);
    };
  },
});

export { taskAligner as default };
