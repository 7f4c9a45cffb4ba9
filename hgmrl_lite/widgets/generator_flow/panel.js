// The controls and readouts of GeneratorFlow: the time, the entries, the chart, the verdicts, the logarithm.

import { choiceButtons, labelledSlider, spokenText } from "../js/controls.js";
import { htmlElement, setText, svgElement } from "../js/dom.js";
import { besideFigure } from "../js/model.js";
import { inNumber } from "../js/words.js";
import { generatorFlowChart } from "./chart.js";
import { FLOW_STEP } from "./generator.js";
import { logInWords, returnInWords, typeInWords } from "./words.js";

// The angle that log finds against the angle that was turned: a saw, one tooth a turn. Returns { svg, show(scene) }.
function generatorFlowSaw({ time_limit: limit }) {
  const [width, height, left] = [480, 96, 42];
  const svg = svgElement("svg", { viewBox: `0 0 ${width} ${height}`, class: "hgmrl-saw", role: "img" });
  svg.setAttribute("aria-label", "The angle that the logarithm finds, against t");
  const [top, bottom] = [9, height - 20];
  const x = (t) => left + ((t + limit) / (2 * limit)) * (width - left - 8);
  const y = (angle) => (top + bottom) / 2 - (angle / Math.PI) * ((bottom - top) / 2);
  const tick = (content, at, level, anchor) => {
    const text = svgElement("text", { x: at, y: level + 4, "text-anchor": anchor, class: "hgmrl-tick" }, svg);
    text.textContent = content;
    return text;
  };
  for (const [angle, name] of [[Math.PI, "180°"], [0, "0°"], [-Math.PI, "−180°"]]) {
    svgElement("line", { x1: left, x2: width - 8, y1: y(angle), y2: y(angle), class: "hgmrl-grid" }, svg);
    tick(name, left - 4, y(angle), "end");
  }
  for (const time of [-6, -3, 0, 3, 6]) tick(inNumber(time, 0), x(time), height - 8, "middle");
  tick("t", width - 8, height - 8, "end");
  const teeth = svgElement("path", { class: "hgmrl-teeth" }, svg);
  const now = svgElement("circle", { r: 4.5, class: "hgmrl-best" }, svg);
  return {
    svg,
    show({ type, logarithm, t }) {
      const { turning, sense } = type;
      const half = turning ? Math.PI / turning : 2 * limit;
      const value = (time, branch) => sense * (turning * time - 2 * Math.PI * branch);
      let text = "";
      for (let branch = -Math.ceil(limit / half); branch <= Math.ceil(limit / half); branch++) {
        const from = Math.max(-limit, (2 * branch - 1) * half);
        const to = Math.min(limit, (2 * branch + 1) * half);
        if (from < to) {
          text += `M${x(from).toFixed(1)} ${y(value(from, branch)).toFixed(1)}L${x(to).toFixed(1)} ${y(value(to, branch)).toFixed(1)}`;
        }
      }
      teeth.setAttribute("d", text);
      now.setAttribute("cx", x(t).toFixed(1));
      now.setAttribute("cy", y(sense * logarithm.kept).toFixed(1));
    },
  };
}

// A 2×2 matrix between brackets; show(m) writes its numbers.
function matrixReadout(parent, name) {
  const row = htmlElement("span", { class: "hgmrl-matrix" }, parent);
  htmlElement("span", {}, row, `${name} =`);
  const body = htmlElement("span", { class: "hgmrl-matrix-body" }, row);
  const cells = Array.from({ length: 4 }, () => htmlElement("span", {}, body));
  const text = (value) => {
    if (Math.abs(value) < 1000) return inNumber(value);
    const [digits, power] = value.toExponential(1).split("e+");
    return `${digits.replace("-", "−")}e${power}`;
  };
  return (m) => {
    cells.forEach((cell, k) => setText(cell, text(m[k])));
  };
}

// A verdict under a title, with its grounds below. Returns show([verdict, grounds]).
function flowCard(parent, title, kind) {
  const box = htmlElement("div", { class: `hgmrl-card ${kind}` }, parent);
  const head = htmlElement("div", { class: "hgmrl-card-head" }, box);
  htmlElement("span", {}, head, title);
  const verdict = htmlElement("strong", {}, head);
  const detail = htmlElement("div", { class: "hgmrl-detail" }, box);
  return ([words, more]) => {
    setText(verdict, words);
    setText(detail, more);
  };
}

// Below the plane: the time, exp(tW) and its logarithm.
export function generatorFlowTime(parent, settings, hand, signal) {
  const timeLimit = settings.time_limit;
  const area = htmlElement("div", { class: "hgmrl-time" }, parent);
  const slide = labelledSlider(area, {
    label: "t", min: -timeLimit, max: timeLimit, step: 0.01, format: (value) => inNumber(value),
    value: hand.now, change: hand.time, signal,
  });
  const matrices = htmlElement("div", { class: "hgmrl-matrices" }, area);
  const element = matrixReadout(matrices, "exp(tW)");
  const logarithm = matrixReadout(matrices, "log exp(tW)");
  return besideFigure(area, signal, (state) => {
    slide(state.t);
    element(state.element);
    logarithm(state.logarithm.log);
  });
}

export function generatorFlowPanel(parent, settings, hand, signal) {
  const { limit, presets } = settings;
  const choices = htmlElement("div", { class: "hgmrl-presets", role: "group", "aria-label": "Generators to begin with" }, parent);
  const matrices = presets.map(([name, matrix]) => [String(matrix.flat()), name]);
  const showPreset = choiceButtons(choices, matrices, (key) => hand.set(key.split(",").map(Number)), signal);
  const entries = htmlElement("div", { class: "hgmrl-entries", role: "group", "aria-label": "Entries of W" }, parent);
  const sliders = ["W₁₁", "W₁₂", "W₂₁", "W₂₂"].map((label, number) =>
    labelledSlider(entries, {
      label, min: -limit, max: limit, step: FLOW_STEP, format: (value) => inNumber(value),
      value: () => hand.current()[number], change: (value) => hand.entry(number, value), signal,
    }),
  );
  const chart = generatorFlowChart(settings, hand, signal);
  parent.append(chart.svg);
  const type = flowCard(parent, "Type", "hgmrl-of-geometric hgmrl-card-type");
  const returns = flowCard(parent, "Does the flow return?", "hgmrl-of-geometric hgmrl-card-returns");
  const log = flowCard(parent, "Logarithm", "hgmrl-of-base hgmrl-card-log");
  const saw = generatorFlowSaw(settings);
  htmlElement("div", { class: "hgmrl-detail" }, parent, "The angle that log finds, at each t:");
  parent.append(saw.svg);
  const say = spokenText(parent, signal);
  const beside = besideFigure(parent, signal, (state) => {
    const { w } = state;
    showPreset(String(w));
    sliders.forEach((show, number) => show(w[number]));
    const { trace, determinant } = state.type;
    const delta = determinant - (trace * trace) / 4;
    type([
      typeInWords(state.type),
      `tr W = ${inNumber(trace)}, det W = ${inNumber(determinant)}, det W₀ = ${inNumber(delta)}`,
    ]);
    returns(returnInWords(state.type));
    log(logInWords(state));
    saw.show(state);
    say(`${typeInWords(state.type)}; ${returnInWords(state.type)[0]}; t = ${inNumber(state.t)}, ${logInWords(state)[0]}`);
  });
  return (state) => {
    chart.show(state);
    beside(state);
  };
}
