// GoalDrag's words and controls in the plane: legend, cards, sliders, the misfit curve.

import {
  labelledSlider, legendItem, legendMark, ringMark, shapeMark, spokenText, strokeMark, traitCheckbox,
} from "../js/controls.js";
import { htmlElement, setText, svgElement } from "../js/dom.js";
import { besideFigure, setTrait } from "../js/model.js";
import { DEGREE, inDegrees, inShort, wrapDegrees } from "../js/words.js";
import { BODY_WORDS } from "./bodies.js";
import { aboutRegret, exploreControls, goalDragCard, replayControls } from "./cards.js";
import { makeMisfitPlot } from "./misfit_plot.js";
import { CROSS, DIAMOND, SQUARE, trainingPanel } from "./training.js";

export function onScreen(state) {
  return `policy at the inferred angle ${inDegrees(state.aim)} (error ${inDegrees(state.error)})`;
}

export function goalDragLegend(parent, model, settings, signal) {
  const stroke = (name) => strokeMark(`hgmrl-mean ${name}`);
  legendItem(parent, "base goal", shapeMark(SQUARE, "hgmrl-base-goal"));
  legendItem(parent, "other training goals", shapeMark(DIAMOND, "hgmrl-training-goal"));
  legendItem(parent, "test goal: drag it", ringMark);
  legendItem(parent, "where the policy aims", shapeMark(CROSS, "hgmrl-aim"));
  const choices = htmlElement("div", { class: "hgmrl-choices" }, parent);
  const { episodes, note } = BODY_WORDS[settings.constants.motion];
  const geometric = `geometric agent: ${episodes}`;
  /** @type {(shown: boolean) => void} */
  let showGeometric = () => {};
  if (settings.rivals.length) {
    const mark = legendMark(stroke("hgmrl-of-geometric"));
    showGeometric = traitCheckbox(choices, model, { trait: "show_geometric", label: geometric, mark, signal });
  } else {
    const item = legendItem(parent, geometric, stroke("hgmrl-of-geometric"));
    item.classList.add("hgmrl-wide");
    parent.insertBefore(item, choices);
  }
  const showBase = traitCheckbox(choices, model, {
    trait: "show_base",
    label: "base policy, unchanged",
    mark: legendMark(stroke("hgmrl-of-base")),
    signal,
  });
  const showRivals = rivalChoices(choices, model, settings.rivals, stroke, signal);
  const showExploration = traitCheckbox(choices, model, {
    trait: "show_exploration",
    label: "random steps it learned from",
    mark: legendMark((svg) => svgElement("path", { d: "M5 5h0M13 11h0M21 6h0", class: "hgmrl-exploration" }, svg)),
    signal,
  });
  if (note) htmlElement("span", { class: "hgmrl-wide hgmrl-note" }, parent, note);
  return (state) => {
    showGeometric(state.showGeometric);
    showBase(state.showBase);
    showRivals(state);
    showExploration(state.showExploration);
  };
}

// A box for each rival. Returns show(state).
function rivalChoices(parent, model, rivals, stroke, signal) {
  const boxes = rivals.map(({ name, kind, told }) => {
    const row = htmlElement("label", { class: "hgmrl-legend-item" }, parent);
    const input = htmlElement("input", { type: "checkbox" }, row);
    row.append(legendMark(stroke(`hgmrl-rival hgmrl-agent-${kind}`)));
    htmlElement("span", {}, row, told ? `${name}, told the goal` : name);
    const choose = () => {
      const others = model.get("shown_rivals").filter((other) => other !== name);
      setTrait(model, "shown_rivals", input.checked ? [...others, name] : others);
    };
    input.addEventListener("change", choose, { signal });
    return input;
  });
  return (state) =>
    boxes.forEach((input, k) => {
      input.checked = state.rivals[k] !== null;
    });
}

// One card a rival: what it does in this task, and its regret. Returns show(state).
function rivalCards(parent, scene, hand) {
  const { rivals } = scene.settings;
  const cards = rivals.map(({ name, kind }) => goalDragCard(parent, name, `hgmrl-agent-${kind}`));
  const first = scene.current().goals;
  const trained = Array.from({ length: first.length / 2 }, (_, k) => Math.atan2(first[2 * k + 1], first[2 * k]) / DEGREE);
  return (state) => {
    rivals.forEach(({ name, told }, k) => {
      const played = state.rivals[k];
      cards[k].root.hidden = !played;
      if (!played) return;
      const words = told ? "told the true goal" : `takes it for the training task at ${inDegrees(trained[played.nearest])}`;
      const moved = state.training.some((degrees, goal) => Math.abs(wrapDegrees(degrees - trained[goal])) > 0.01);
      cards[k].show(words, moved ? "trained before the training goals were moved" : "", hand.regret(name));
    });
  };
}

export function goalDragPanel(parent, model, scene, hand, training, clock, signal) {
  const slide = labelledSlider(parent, {
    label: "Test goal",
    min: -180,
    max: 180,
    step: 1,
    format: (value) => inDegrees(value),
    value: () => model.get("goal_degrees"),
    change: (degrees) => hand.turn(degrees),
    release: hand.settleSoon,
    signal,
  });
  const { show: geometric } = goalDragCard(parent, "Geometric agent", "hgmrl-of-geometric");
  const { show: base } = goalDragCard(parent, "Base policy, unchanged", "hgmrl-of-base");
  const showRivals = rivalCards(parent, scene, hand);
  const showTraining = scene.settings.movable ? trainingPanel(parent, model, scene, training, signal) : () => {};
  const showReplay = clock ? replayControls(parent, clock, signal) : () => {};
  const setSteps = exploreControls(parent, model, scene, hand, signal);
  const question = htmlElement("strong", {}, parent);
  const plot = makeMisfitPlot({ label: "Misfit between the base task's reward model and the rewards, by angle" });
  parent.append(plot.svg);
  const verdict = htmlElement("div", { class: "hgmrl-detail hgmrl-verdict" }, parent);
  const note = htmlElement("div", { class: "hgmrl-note" }, parent);
  const say = spokenText(parent, signal);
  return besideFigure(parent, signal, (state) => {
    const { inferred } = state;
    slide(state.degrees);
    setSteps(state.steps);
    showRivals(state);
    showTraining(state);
    showReplay(state);
    const turn = wrapDegrees(state.aim - state.baseDegrees);
    const way = turn < 0 ? "clockwise" : "anticlockwise";
    const regrets = [hand.regret("geometric"), hand.regret("base")];
    geometric(
      onScreen(state),
      `= base policy turned ${inDegrees(Math.abs(turn))} ${way} (from ${state.steps} random steps)${state.ending && `; ${state.ending}`}`,
      regrets[0],
    );
    const away = Math.abs(wrapDegrees(state.baseDegrees - state.degrees));
    base(`trained for the goal at ${inDegrees(state.baseDegrees)}, ${inDegrees(away)} away`, "", regrets[1]);
    plot.show({
      degrees: state.gridDegrees,
      misfit: inferred.misfit,
      best: [state.aim, inferred.residual],
      runnerUp: state.runnerUp === null ? null : [state.runnerUp, inferred.runnerUpResidual],
      hand: state.degrees,
    });
    setText(question, `How badly each angle fits the ${state.steps} rewards`);
    const best = `● best ${inDegrees(state.aim)}: misfit ${inShort(inferred.residual)}`;
    const other =
      state.runnerUp === null
        ? "no other valley"
        : `□ runner-up ${inDegrees(state.runnerUp, 0)}: ${inShort(inferred.runnerUpResidual)}`;
    setText(verdict, `${best} · ${other}${inferred.decided ? "" : " · undecided: both explain the rewards"}`);
    verdict.classList.toggle("hgmrl-warning", !inferred.decided);
    setText(note, aboutRegret(model, hand));
    say(`Test goal at ${inDegrees(state.degrees, 0)}: ${onScreen(state)}. ${regrets[0].stale ? "" : regrets[0].text}`);
  });
}
