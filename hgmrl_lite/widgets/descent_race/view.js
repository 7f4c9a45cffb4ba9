// DescentRace: a slice of generators, the differential and the functional loss on it, and a descent on each.

import { choiceButtons, labelledSlider, legendItem, ringMark, shapeMark, spokenText } from "../js/controls.js";
import { htmlElement, setText, svgElement } from "../js/dom.js";
import { besideFigure, markBusy, setTrait } from "../js/model.js";
import { makeWidget } from "../js/shell.js";
import { inNumber } from "../js/words.js";
import { RACE_NOW, RACE_STAR, raceLandscape } from "./landscape.js";
import { RACE_NAMES, RACE_TRAITS, raceHand, raceScene, raceVerdict } from "./scene.js";

function racePanel(parent, model, settings, hand, signal) {
  const clock = htmlElement("div", { class: "hgmrl-buttons" }, parent);
  const play = htmlElement("button", { type: "button", class: "hgmrl-button hgmrl-main" }, clock, "Play");
  play.addEventListener("click", hand.toggle, { signal });
  const again = htmlElement("button", { type: "button", class: "hgmrl-button" }, clock, "From step 0");
  again.addEventListener("click", hand.again, { signal });
  const slide = labelledSlider(parent, {
    label: "Step", min: 0, max: settings.steps, step: 1, format: String, value: () => model.get("step"), change: hand.step, signal,
  });
  const choices = htmlElement("div", { class: "hgmrl-buttons" }, parent);
  const group = (label) => htmlElement("span", { role: "group", "aria-label": label }, choices);
  const f = choiceButtons(group("Function"), settings.functions, (value) => setTrait(model, "function", value), signal);
  const slices = Object.entries(settings.slices).map(([name, { formula }]) => [name, formula]);
  const plane = choiceButtons(group("Slice"), slices, (value) => setTrait(model, "plane", value), signal);
  const [lowest, highest] = settings.rates.map(Math.log10);
  const rate = labelledSlider(parent, {
    label: "Learning rate", min: lowest, max: highest, step: 0.05,
    format: (value) => Math.pow(10, value).toFixed(4),
    value: () => Math.log10(model.get("learning_rate")),
    change: (value) => setTrait(model, "learning_rate", Math.min(settings.rates[1], Math.max(settings.rates[0], Math.pow(10, value)))), signal,
  });
  const coordinates = ["u", "v"].map((name, number) => labelledSlider(parent, {
    label: `Start ${name}`, min: -settings.reach, max: settings.reach, step: 0.01,
    format: (value) => inNumber(value), value: () => model.get("start")[number],
    change: (value) => hand.start(...model.get("start").map((old, j) => (j === number ? value : old))), signal,
  }));
  const say = spokenText(parent, signal);
  return besideFigure(parent, signal, (state) => {
    setText(play, state.playing ? "Pause" : "Play");
    slide(state.step);
    f(state.f);
    plane(state.plane);
    rate(Math.log10(state.rate));
    coordinates.forEach((show, j) => show(state.start[j]));
    say(`Step ${state.step}. ${state.runs.map((run) => `${run.name}: ${raceVerdict(run)}`).join(". ")}`);
  });
}

function raceLegend(parent) {
  legendItem(parent, "start of both descents: drag it", ringMark);
  for (const name of RACE_NAMES) {
    legendItem(parent, `${name} descent, and where it is now`, (svg) => {
      svgElement("path", { d: "M1 8H25", class: `hgmrl-descent hgmrl-of-${name}` }, svg);
      svgElement("path", { d: RACE_NOW[name], class: `hgmrl-now hgmrl-of-${name}`, transform: "translate(19 8)" }, svg);
    });
  }
  legendItem(parent, "closed form: one linear system, 0 steps", shapeMark(RACE_STAR, "hgmrl-found", 0.85));
  const line = legendItem(parent, "its multiples, all right answers", (svg) => svgElement("path", { d: "M1 8H25", class: "hgmrl-found-line" }, svg));
  htmlElement("span", { class: "hgmrl-note" }, parent, "Darker: larger loss, in bands of its logarithm. J turns, I grows, D stretches.");
  return (state) => {
    line.style.display = state.plane === "through" ? "" : "none";
  };
}

const descentRace = makeWidget({
  name: "hgmrl-descent-race",
  traits: RACE_TRAITS,
  prepare(model, redraw) {
    const hand = raceHand(model);
    return { hand, compute: raceScene(model, redraw), begin: hand.play, end: (left) => left || hand.pause() };
  },
  build(areas, { model, settings, hand }, signal) {
    const landscapes = RACE_NAMES.map((name) => raceLandscape(areas.figure, name, settings, hand, signal));
    const legend = raceLegend(areas.legend);
    const panel = racePanel(areas.panel, model, settings, hand, signal);
    return (state) => {
      landscapes.forEach((show, number) => show(state, state.runs[number]));
      markBusy(areas.root, state.unfinished);
      legend(state);
      panel(state);
    };
  },
});

export { descentRace as default };
