// Controls and readouts beside a plane.

import { htmlElement, setText, svgElement } from "./dom.js";
import { steppable } from "./handles.js";
import { afterPause, setTrait } from "./model.js";

// A labelled range input with its value in words beside it; arrow keys as on the plane. `value()` is what the model holds:
// keys step from it, as a second one may come before the first is drawn. change(value, byKey). Returns show(value).
export function labelledSlider(parent, { label, min, max, step, format, value, change, release = () => {}, signal }) {
  const row = htmlElement("label", { class: "hgmrl-slider" }, parent);
  htmlElement("span", {}, row, label);
  const input = htmlElement("input", { type: "range", min, max, step: "any", "aria-label": label }, row);
  const output = htmlElement("output", {}, row);
  const clamp = (number) => Math.min(max, Math.max(min, number));
  const snap = (number) => clamp(Math.round(number / step) * step);
  let drawn = null;
  input.addEventListener("input", () => change(snap(Number(input.value))), { signal });
  input.addEventListener("change", () => release(), { signal });
  steppable(input, {
    step: (amount) => change(clamp(value() + amount * step), true),
    limit: (side) => change(side < 0 ? min : max),
    signal,
  });
  // Under the hand the thumb is where the hand is: what comes back later must not pull at it.
  let held = false;
  input.addEventListener("pointerdown", () => (held = true), { signal });
  for (const end of ["change", "pointerup", "pointercancel", "blur"]) {
    input.addEventListener(end, () => (held = false), { signal });
  }
  return (number) => {
    if (number === drawn) return;
    drawn = number;
    if (!held) input.value = String(number);
    input.setAttribute("aria-valuetext", format(number));
    setText(output, format(number));
  };
}

// A checkbox on a boolean trait; `mark` is the piece of the legend that it switches.
export function traitCheckbox(parent, model, { trait, label, mark, signal }) {
  const row = htmlElement("label", { class: "hgmrl-legend-item" }, parent);
  const input = htmlElement("input", { type: "checkbox" }, row);
  row.append(mark);
  htmlElement("span", {}, row, label);
  input.addEventListener("change", () => setTrait(model, trait, input.checked), { signal });
  return (value) => {
    input.checked = value;
  };
}

// A small drawing for the legend: `draw` gets a 26 × 16 SVG.
export function legendMark(draw) {
  const svg = svgElement("svg", { viewBox: "0 0 26 16", width: 26, height: 16, "aria-hidden": "true" });
  svg.setAttribute("class", "hgmrl-mark");
  draw(svg);
  return svg;
}

export function legendItem(parent, label, draw) {
  const item = htmlElement("span", { class: "hgmrl-legend-item" }, parent);
  item.append(legendMark(draw));
  htmlElement("span", {}, item, label);
  return item;
}

// Text that a screen reader speaks, at most once every `pause` ms, and always the last one. Returns say(text).
export function spokenText(parent, signal, pause = 600) {
  const region = htmlElement("div", { class: "hgmrl-spoken", "aria-live": "polite" }, parent);
  let last = "";
  const later = afterPause(() => {
    region.textContent = last;
  }, pause);
  signal.addEventListener("abort", later.cancel);
  return (text) => {
    if (text !== last) later.call();
    last = text;
  };
}

// Buttons of which one is pressed: `options` are [value, text], with choose(value). Returns show(value).
export function choiceButtons(parent, options, choose, signal) {
  const buttons = options.map(([value, text]) => {
    const button = htmlElement("button", { type: "button", class: "hgmrl-button" }, parent, text);
    button.addEventListener("click", () => choose(value), { signal });
    return { value, button };
  });
  let pressed = null;
  return (current) => {
    if (current === pressed) return;
    pressed = current;
    for (const { value, button } of buttons) button.setAttribute("aria-pressed", String(value === current));
  };
}

// Drawings for marks of the legend: a stroke, a shape about the middle, the ring that is dragged.
export const strokeMark = (name, d = "M1 8H25") => (svg) => svgElement("path", { d, class: name }, svg);
export const shapeMark = (d, name, scale = 1) => (svg) =>
  svgElement("path", { d, class: name, transform: `translate(13 8) scale(${scale})` }, svg);
export const ringMark = (svg) => svgElement("circle", { cx: 13, cy: 8, r: 6, class: "hgmrl-ring" }, svg);
