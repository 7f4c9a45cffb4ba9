// GoalDrag's words and controls on the globe: legend, sliders of the goal and of the view, cards, verdict.

import {
  labelledSlider, legendItem, legendMark, ringMark, shapeMark, spokenText, strokeMark, traitCheckbox,
} from "../js/controls.js";
import { htmlElement, setText, svgElement } from "../js/dom.js";
import { besideFigure } from "../js/model.js";
import { inDegrees, inShort } from "../js/words.js";
import { aboutRegret, exploreControls, goalDragCard, replayControls } from "./cards.js";
import { ANTIPODE, CROSS, DIAMOND, SQUARE } from "./training.js";

// Nearer to the antipode than this, in degrees, the smallest rotation says little.
const NEARLY_OPPOSITE = 10;

export const placeInWords = ([longitude, latitude], digits = 1) =>
  `longitude ${inDegrees(longitude, digits)}, latitude ${inDegrees(latitude, digits)}`;

export function rotationInWords(state) {
  return `base policy rotated by ${inDegrees(state.turned)} (error ${inDegrees(state.error)})`;
}

export function globeLegend(parent, model, signal) {
  const stroke = (name) => strokeMark(`hgmrl-mean ${name}`);
  legendItem(parent, "base goal", shapeMark(SQUARE, "hgmrl-base-goal"));
  legendItem(parent, "its antipode", shapeMark(ANTIPODE, "hgmrl-antipode", 0.8));
  legendItem(parent, "other training goals", shapeMark(DIAMOND, "hgmrl-training-goal"));
  legendItem(parent, "test goal: drag it", ringMark);
  legendItem(parent, "where the policy aims", shapeMark(CROSS, "hgmrl-aim"));
  legendItem(parent, "rotation of the base goal", strokeMark("hgmrl-way"));
  const item = legendItem(parent, "geometric agent: episodes, and their mean in bold", stroke("hgmrl-of-geometric"));
  item.classList.add("hgmrl-wide");
  const choices = htmlElement("div", { class: "hgmrl-choices" }, parent);
  const showBase = traitCheckbox(choices, model, {
    trait: "show_base", label: "base policy, unchanged", mark: legendMark(stroke("hgmrl-of-base")), signal,
  });
  const showExploration = traitCheckbox(choices, model, {
    trait: "show_exploration",
    label: "random steps it learned from",
    mark: legendMark((svg) => svgElement("path", { d: "M5 5h0M13 11h0M21 6h0", class: "hgmrl-exploration" }, svg)),
    signal,
  });
  htmlElement("span", { class: "hgmrl-wide hgmrl-note" }, parent, "Drag the globe to turn it. The agents start in its middle; what is thin and faint is farther away.");
  return (state) => {
    showBase(state.showBase);
    showExploration(state.showExploration);
  };
}

// A slider for one of two degrees, which `change` gets together.
function degreeSlider(parent, { label, end, number, place, change, release = () => {}, signal }) {
  return labelledSlider(parent, {
    label,
    min: -end,
    max: end,
    step: 1,
    format: (value) => inDegrees(value),
    value: () => place()[number],
    change: (value) => change(place().map((old, k) => (k === number ? value : old))),
    release,
    signal,
  });
}

function viewControls(parent, hand, signal) {
  const box = htmlElement("div", { class: "hgmrl-places" }, parent);
  const slider = (label, end, number) =>
    degreeSlider(box, { label, end, number, place: hand.view, change: hand.look, signal });
  const shows = [slider("View: longitude", 180, 0), slider("View: latitude", 90, 1)];
  const row = htmlElement("div", { class: "hgmrl-choices" }, box);
  const button = (text, look) => {
    const element = htmlElement("button", { type: "button", class: "hgmrl-button" }, row, text);
    element.addEventListener("click", () => hand.look(look()), { signal });
  };
  button("Face the test goal", hand.place);
  button("See the other side", () => {
    const [longitude, latitude] = hand.view();
    return [longitude + 180, -latitude];
  });
  return (state) => shows.forEach((show, k) => show(state.view[k]));
}

export function globePanel(parent, model, scene, hand, clock, signal) {
  const places = htmlElement("div", { class: "hgmrl-places" }, parent);
  const slider = (label, end, number) =>
    degreeSlider(places, { label, end, number, place: hand.place, change: hand.move, release: hand.settleSoon, signal });
  const slides = [slider("Goal: longitude", 180, 0), slider("Goal: latitude", 90, 1)];
  const { show: geometric } = goalDragCard(parent, "Geometric agent", "hgmrl-of-geometric");
  const { show: base } = goalDragCard(parent, "Base policy, unchanged", "hgmrl-of-base");
  const showReplay = clock ? replayControls(parent, clock, signal) : () => {};
  const setSteps = exploreControls(parent, model, scene, hand, signal);
  const verdict = htmlElement("div", { class: "hgmrl-detail hgmrl-verdict" }, parent);
  const opposite = htmlElement("div", { class: "hgmrl-detail hgmrl-opposite" }, parent);
  const showView = viewControls(parent, hand, signal);
  const note = htmlElement("div", { class: "hgmrl-note" }, parent);
  const say = spokenText(parent, signal);
  return besideFigure(parent, signal, (state) => {
    const { inferred } = state;
    slides.forEach((show, k) => show(state.place[k]));
    setSteps(state.steps);
    showReplay(state);
    showView(state);
    const regrets = [hand.regret("geometric"), hand.regret("base")];
    const how = state.quick ? "quick answer while the goal moves" : "exact answer";
    geometric(rotationInWords(state), `inferred from ${state.steps} random steps; ${how}`, regrets[0]);
    base(`trained for the goal ${inDegrees(state.away)} away`, "", regrets[1]);
    const best = `Best rotation: misfit ${inShort(inferred.residual)}`;
    const other = state.runnerUp
      ? `next best carries the base goal to ${placeInWords(state.runnerUp, 0)}: misfit ${inShort(inferred.runnerUpResidual)}`
      : "no other minimum";
    setText(verdict, `${best} · ${other}${inferred.decided ? "" : " · undecided: the rewards leave it open"}`);
    verdict.classList.toggle("hgmrl-warning", !inferred.decided);
    const left = 180 - state.turned;
    setText(
      opposite,
      left < NEARLY_OPPOSITE
        ? `${inDegrees(left)} from the antipode: rotations about many axes lead nearly there. The dotted way jumps at every small move, but it ends at the goal.`
        : "",
    );
    setText(note, aboutRegret(model, hand));
    say(`Test goal at ${placeInWords(state.place, 0)}: ${rotationInWords(state)}. ${regrets[0].stale ? "" : regrets[0].text}`);
  });
}
