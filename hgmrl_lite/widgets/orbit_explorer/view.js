// OrbitExplorer: drag a point and a group element; orbit, stabiliser, a figure, a function and a policy follow.

import {
  choiceButtons, labelledSlider, legendItem, legendMark, spokenText, strokeMark, traitCheckbox,
} from "../js/controls.js";
import { htmlElement, setText, svgElement } from "../js/dom.js";
import { besideFigure, setTrait } from "../js/model.js";
import { makeWidget } from "../js/shell.js";
import { DEGREE, inDegrees, inNumber, inPair } from "../js/words.js";
import { orbitExplorerPlane } from "./figure.js";
import { elementInWords, orbitHand, orbitInWords, STABILISER_WORDS } from "./hand.js";
import { ORBIT_PLACE, ORBIT_SHOWN, orbitScene } from "./scene.js";

// A column or a square of numbers between brackets; show(numbers) writes them.
function bracketReadout(parent, columns, count) {
  const body = htmlElement("span", { class: `hgmrl-bracket hgmrl-bracket-${columns}` }, parent);
  const cells = Array.from({ length: count }, () => htmlElement("span", {}, body));
  return (numbers) => cells.forEach((cell, k) => setText(cell, inNumber(numbers[k])));
}

function orbitCard(parent, title, kind) {
  const box = htmlElement("div", { class: `hgmrl-card ${kind}` }, parent);
  htmlElement("strong", {}, box, title);
  const text = htmlElement("div", { class: "hgmrl-state" }, box);
  const more = htmlElement("div", { class: "hgmrl-detail" }, box);
  return (words, detail = "", shown = true) => {
    box.classList.toggle("hgmrl-hidden", !shown);
    setText(text, words);
    setText(more, detail);
  };
}

function orbitElementControls(parent, model, hand, signal) {
  const settings = model.get("settings");
  const names = {
    rotation: "rotation", scaling: "scaling", shear: "shear", translation: "translation", rigid: "rigid motion",
  };
  const choices = htmlElement("div", { class: "hgmrl-groups", role: "group", "aria-label": "Group" }, parent);
  const showGroup = choiceButtons(choices, Object.entries(names), hand.choose, signal);
  const section = htmlElement("div", { class: "hgmrl-section" }, parent);
  const head = htmlElement("div", { class: "hgmrl-section-head" }, section);
  htmlElement("strong", {}, head, "Group element g");
  const quick = htmlElement("span", { class: "hgmrl-groups" }, head);
  for (const [name, act] of [["identity", hand.identity], ["inverse g⁻¹", hand.inverse]]) {
    const button = htmlElement("button", { type: "button", class: "hgmrl-button" }, quick, name);
    button.addEventListener("click", act, { signal });
  }
  const slider = (options) => {
    const box = htmlElement("div", {}, section);
    const show = labelledSlider(box, { signal, ...options });
    return { box, show };
  };
  const formats = {
    rotation: (t) => inDegrees(t / DEGREE), rigid: (t) => inDegrees(t / DEGREE),
    scaling: (t) => `× ${inNumber(Math.exp(t))}`,
  };
  const sliders = Object.entries(settings.groups).map(([group, { label, limit, step }]) => ({
    group,
    ...slider({
      label, min: -limit, max: limit, step, format: formats[group] ?? ((t) => inNumber(t)),
      value: () => model.get("t"), change: (t) => hand.set({ t }),
    }),
  }));
  const direction = slider({
    label: "direction", min: -180, max: 180, step: 1, format: (value) => inDegrees(value, 0),
    value: () => model.get("direction"), change: (value) => setTrait(model, "direction", value),
  });
  const shifts = ["shift x", "shift y"].map((label, k) =>
    slider({
      label, min: -settings.shift_limit, max: settings.shift_limit, step: 0.05, format: (value) => inNumber(value),
      value: () => model.get("shift")[k], change: (value) => hand.shiftAlong(k, value),
    }),
  );
  const formula = htmlElement("div", { class: "hgmrl-formula" }, section);
  htmlElement("span", {}, formula, "g·p =");
  const linear = bracketReadout(formula, 2, 4);
  htmlElement("span", {}, formula, "p +");
  const shift = bracketReadout(formula, 1, 2);
  return ({ place, element }) => {
    showGroup(place.group);
    for (const { group, box, show } of sliders) {
      box.classList.toggle("hgmrl-hidden", group !== place.group);
      if (group === place.group) show(place.t);
    }
    direction.box.classList.toggle("hgmrl-hidden", place.group !== "translation");
    direction.show(place.direction);
    shifts.forEach(({ box, show }, k) => {
      box.classList.toggle("hgmrl-hidden", place.group !== "rigid");
      show(place.shift[k]);
    });
    linear(element.linear);
    shift(element.shift);
  };
}

function orbitExplorerPanel(parent, model, hand, signal) {
  const settings = model.get("settings");
  const showElement = orbitElementControls(parent, model, hand, signal);
  const section = htmlElement("div", { class: "hgmrl-section" }, parent);
  const head = htmlElement("div", { class: "hgmrl-section-head" }, section);
  htmlElement("strong", {}, head, "Point p");
  const pair = htmlElement("span", { class: "hgmrl-state" }, head);
  const coordinates = ["p, x", "p, y"].map((label, k) =>
    labelledSlider(section, {
      label, min: -0.96 * settings.half, max: 0.96 * settings.half, step: 0.05, format: (value) => inNumber(value),
      value: () => model.get("point")[k], change: (value) => hand.pointAlong(k, value), signal,
    }),
  );
  const orbit = orbitCard(parent, "Orbit of p: where the group can carry it", "hgmrl-card-orbit");
  const stabiliser = orbitCard(parent, "Stabiliser of p: what leaves it in place", "hgmrl-card-stabiliser");
  const f = orbitCard(parent, "Function: (g·f)(p) = f(g⁻¹·p)", "hgmrl-card-function");
  const policy = orbitCard(parent, "Policy: (g·π)(s) = K π(L⁻¹ s)", "hgmrl-card-policy");
  const say = spokenText(parent, signal);
  return besideFigure(parent, signal, (state) => {
    showElement(state);
    const outside = Math.max(...state.moved.map(Math.abs)) > settings.half ? ", outside the picture" : "";
    setText(pair, `${inPair(state.point)} → ${inPair(state.moved)}${outside}`);
    coordinates.forEach((show, k) => show(state.point[k]));
    const where = orbitInWords(state);
    const fixing = STABILISER_WORDS[state.stabiliser.kind];
    orbit(where);
    stabiliser(fixing);
    const { values } = state;
    f(
      `f(p) = ${inNumber(values.f)}  and  (g·f)(g·p) = ${inNumber(values.movedThere)}: the same`,
      `(g·f)(p) = f(g⁻¹·p) = ${inNumber(values.movedHere)}`,
      state.show_level_sets,
    );
    policy(
      `at p: π(p) = ${inPair(state.action)}`,
      `at s = g·p: K π(p) = ${inPair(state.movedAction)}`,
      state.show_arrows,
    );
    say(`${elementInWords(state.place)}. Orbit of p: ${where}. Stabiliser: ${fixing}.`);
  });
}

function orbitExplorerLegend(parent, model, signal) {
  const round = (name, r) => (svg) => {
    const group = svgElement("g", { class: name }, svg);
    svgElement("circle", { cx: 13, cy: 8, r, class: "hgmrl-ring" }, group);
  };
  legendItem(parent, "point p: drag it", round("hgmrl-point-handle", 4.5));
  legendItem(parent, "g·p: drag it along its orbit", round("hgmrl-moved-handle", 6));
  const choices = htmlElement("div", { class: "hgmrl-choices" }, parent);
  const box = (trait, label, draw) => [trait, traitCheckbox(choices, model, { trait, label, mark: legendMark(draw), signal })];
  const boxes = [
    box("show_figure", "an F, and g·F (drag it)", (svg) => {
      svgElement("path", { d: "M8 15V1H19V4.5H11.5V7H17V10H11.5V15Z", class: "hgmrl-shape hgmrl-shape-moved" }, svg);
    }),
    box("show_orbit", "orbit of p", strokeMark("hgmrl-orbit-curve")),
    box("show_stabiliser", "the F under what fixes p", strokeMark("hgmrl-shape hgmrl-shape-copies")),
    box("show_level_sets", "level sets of f (dotted) and g·f", (svg) => {
      svgElement("path", { d: "M1 4H25", class: "hgmrl-level-still" }, svg);
      svgElement("path", { d: "M1 12H25", class: "hgmrl-level-moved" }, svg);
    }),
    box("show_arrows", "arrows of the policy g·π", (svg) => {
      svgElement("path", { d: "M2 8H23M17 4L23 8L17 12", class: "hgmrl-arrows" }, svg);
    }),
  ];
  return (state) => {
    for (const [trait, show] of boxes) show(state[trait]);
  };
}

const orbitExplorer = makeWidget({
  name: "hgmrl-orbit-explorer",
  traits: [...ORBIT_PLACE, "point", "goal", ...ORBIT_SHOWN],
  prepare: (model) => ({ compute: orbitScene(model), hand: orbitHand(model) }),
  build(areas, { model, settings, hand }, signal) {
    const plane = orbitExplorerPlane(settings, hand, signal);
    areas.figure.append(plane.svg);
    const legend = orbitExplorerLegend(areas.legend, model, signal);
    const panel = orbitExplorerPanel(areas.panel, model, hand, signal);
    return (state) => {
      plane.show(state);
      legend(state);
      panel(state);
    };
  },
});

export { orbitExplorer as default };
