// TaskPuller: pull one task onto another by a map of a chosen kind, and see what the map keeps and what it breaks.

import {
  choiceButtons, labelledSlider, legendItem, legendMark, shapeMark, spokenText, strokeMark, traitCheckbox,
} from "../js/controls.js";
import { htmlElement, setText, svgElement } from "../js/dom.js";
import { besideFigure, setTrait } from "../js/model.js";
import { makeWidget } from "../js/shell.js";
import { DEGREE, inDegrees, inNumber } from "../js/words.js";
import { TASK_DIAMOND, TASK_SQUARE, taskPullerPlane } from "./figure.js";
import { TASK_TRAITS, taskHand, taskInWords, taskNumber, taskScene } from "./scene.js";

// A row of buttons of which one is pressed. Returns show(name).
function choiceRow(parent, { label, options, choose, signal }) {
  const row = htmlElement("div", { class: "hgmrl-choice-row", role: "group", "aria-label": label }, parent);
  htmlElement("span", { class: "hgmrl-choice-name" }, row, label);
  const group = htmlElement("span", { class: "hgmrl-groups" }, row);
  return choiceButtons(group, options.map((name) => [name, name]), choose, signal);
}

// What each test is called, what it measured in words, and which findings it rests on.
/** @type {[string, string, (findings: Object<string, any>) => string, string[]][]} */
const TASK_TESTS = [
  ["aligned", "Kernel distributions aligned", ({ aligned }) => `${inDegrees(aligned.figure)} apart`, ["aligned"]],
  ["rewards", "Rewards the same", ({ rewards }) => `${taskNumber(rewards.figure)} of their spread apart`, ["rewards"]],
  [
    "system", "Symmetry of the system",
    ({ system, noise }) =>
      `${taskNumber(system.figure)} of a step off${noise.holds ? "" : `, noise by ${taskNumber(noise.figure)}`}`,
    ["system", "noise"],
  ],
  ["starts", "Starts stay starts", ({ starts }) => `moved by ${taskNumber(starts.figure)} of their size`, ["starts"]],
  ["connected", "Connected to the identity", ({ connected }) => `det L = ${taskNumber(connected.figure)}`, ["connected"]],
  ["compact", "Family compact", ({ compact }) => `20 times over: ${taskNumber(compact.figure)} away`, ["compact"]],
];

function taskTestTable(parent) {
  const table = htmlElement("table", { class: "hgmrl-tests" }, parent);
  htmlElement("caption", { class: "hgmrl-spoken" }, table, "Tests of the map");
  const body = htmlElement("tbody", {}, table);
  const rows = TASK_TESTS.map(([name, title, figure, needs]) => {
    const row = htmlElement("tr", { class: `hgmrl-test-${name}` }, body);
    htmlElement("th", { scope: "row" }, row, title);
    const measured = htmlElement("td", {}, row);
    const answer = htmlElement("td", { class: "hgmrl-answer" }, row);
    return (findings) => {
      const holds = needs.every((need) => findings[need].holds);
      setText(measured, figure(findings));
      setText(answer, holds ? "✓ yes" : "✗ no");
      row.classList.toggle("hgmrl-fails", !holds);
    };
  });
  return (findings) => rows.forEach((show) => show(findings));
}

function taskPullerSliders(parent, settings, hand, signal) {
  const { maps } = settings.constants;
  const section = htmlElement("div", { class: "hgmrl-section" }, parent);
  const degrees = (t) => inDegrees(t / DEGREE);
  const formats = { rotation: degrees, reflection: degrees, scaling: (t) => `× ${inNumber(Math.exp(t))}` };
  const slider = (options) => {
    const box = htmlElement("div", {}, section);
    return { box, show: labelledSlider(box, { signal, ...options }) };
  };
  const sliders = Object.entries(maps).map(([name, { label, limit, step }]) => ({
    name,
    ...slider({
      label, min: -limit, max: limit, step, format: formats[name] ?? ((t) => inNumber(t)), value: () => hand.now("t"),
      change: (t) => hand.set({ t }),
    }),
  }));
  const direction = slider({
    label: "direction", min: -180, max: 180, step: 1, format: (value) => inDegrees(value, 0),
    value: () => hand.now("direction"), change: (value) => hand.set({ direction: value }),
  });
  const row = htmlElement("div", { class: "hgmrl-groups" }, section);
  for (const [name, act] of [["identity", () => hand.set({ t: 0 })], ["best of this kind", hand.best]]) {
    const button = htmlElement("button", { type: "button", class: "hgmrl-button" }, row, name);
    button.addEventListener("click", act, { signal });
  }
  return ({ kind, t, direction: degreesNow }) => {
    for (const { name, box, show } of sliders) {
      box.classList.toggle("hgmrl-hidden", name !== kind);
      if (name === kind) show(t);
    }
    direction.box.classList.toggle("hgmrl-hidden", kind !== "shear" && kind !== "translation");
    direction.show(degreesNow);
  };
}

function taskPullerPanel(parent, model, settings, hand, signal) {
  const row = (label, options, choose) => choiceRow(parent, { label, options, choose, signal });
  const trait = (name) => (value) => setTrait(model, name, value);
  const showReward = row("Reward", Object.keys(settings.levels), trait("reward"));
  const showTarget = row("Target", Object.keys(settings.targets), trait("target"));
  const showKind = row("Pull by", Object.keys(settings.constants.maps), hand.choose);
  const sliders = taskPullerSliders(parent, settings, hand, signal);
  const showActions = row("Actions", settings.action_sets, trait("action_set"));
  const tests = taskTestTable(parent);
  const verdict = htmlElement("div", { class: "hgmrl-card hgmrl-task-verdict" }, parent);
  const say = spokenText(parent, signal);
  return besideFigure(parent, signal, (state) => {
    showReward(state.reward);
    showTarget(state.targetName);
    showKind(state.place.kind);
    showActions(state.actionSet);
    sliders(state.place);
    tests(state.findings);
    setText(verdict, settings.verdicts[state.verdict]);
    verdict.classList.toggle("hgmrl-good", state.verdict === "hereditary");
    say(`${taskInWords(state.place)}. ${settings.verdicts[state.verdict]}`);
  });
}

function taskPullerLegend(parent, model, signal) {
  legendItem(parent, "carried base goal: drag it", (svg) =>
    svgElement("circle", { cx: 13, cy: 8, r: 6, class: "hgmrl-ring hgmrl-ring-carried" }, svg),
  );
  legendItem(parent, "level sets of the carried reward", strokeMark("hgmrl-task-line-carried"));
  legendItem(parent, "level sets of the target's reward", strokeMark("hgmrl-task-line-target"));
  legendItem(parent, "target's goal", shapeMark(TASK_DIAMOND, "hgmrl-task-target", 0.8));
  legendItem(parent, "base goal", shapeMark(TASK_SQUARE, "hgmrl-goal-still", 0.8));
  legendItem(parent, "starts (grey), carried starts", (svg) => {
    svgElement("circle", { cx: 7, cy: 8, r: 3, class: "hgmrl-task-dot" }, svg);
    svgElement("circle", { cx: 19, cy: 8, r: 3, class: "hgmrl-task-dot-carried" }, svg);
  });
  const choices = htmlElement("div", { class: "hgmrl-choices" }, parent);
  const box = (trait, label, draw) =>
    traitCheckbox(choices, model, { trait, label, mark: legendMark(draw), signal });
  const showBase = box("show_base", "level sets of the base reward", strokeMark("hgmrl-task-line-base"));
  const showPolicy = box("show_policy", "arrows of the carried policy K π(L⁻¹s)", (svg) =>
    svgElement("path", { d: "M2 8H23M17 4L23 8L17 12", class: "hgmrl-task-arrow" }, svg),
  );
  return (state) => {
    showBase(state.showBase);
    showPolicy(state.showPolicy);
  };
}

const taskPuller = makeWidget({
  name: "hgmrl-task-puller",
  traits: TASK_TRAITS,
  prepare(model) {
    const scene = taskScene(model);
    return { compute: scene.compute, hand: taskHand(model, scene) };
  },
  build(areas, { model, settings, hand }, signal) {
    const plane = taskPullerPlane(areas.figure, settings, hand, signal);
    const legend = taskPullerLegend(areas.legend, model, signal);
    const panel = taskPullerPanel(areas.panel, model, settings, hand, signal);
    return (state) => {
      plane.show(state);
      legend(state);
      panel(state);
    };
  },
});

export { taskPuller as default };
