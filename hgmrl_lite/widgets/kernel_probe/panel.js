// KernelProbe: sliders, the two estimators' cards, and the plot of their errors.

import { choiceButtons, labelledSlider, spokenText } from "../js/controls.js";
import { htmlElement, setText, svgElement } from "../js/dom.js";
import { besideFigure, setTrait } from "../js/model.js";
import { DEGREE, inNumber } from "../js/words.js";
import { PROBE_STEP } from "./scene.js";

// An angle with as many digits as it deserves.
function fineDegrees(degrees) {
  const size = Math.abs(degrees);
  return `${size >= 10 ? size.toFixed(0) : size >= 1 ? size.toFixed(1) : size >= 0.1 ? size.toFixed(2) : size.toFixed(3)}°`;
}

// Angle errors of both estimators on one axis, finer near zero. Returns { svg, show(scene) }.
function probeErrorPlot() {
  const [width, height, left, right] = [420, 92, 92, 14];
  const svg = svgElement("svg", { viewBox: `0 0 ${width} ${height}`, class: "hgmrl-errors", role: "img" });
  svg.setAttribute("aria-label", "Angle errors in degrees, with one standard error to each side");
  const finest = 0.01;
  const scale = Math.asinh(90 / finest);
  const middle = (left + width - right) / 2;
  const x = (degrees) => middle + (Math.asinh(degrees / finest) / scale) * (middle - left);
  const bottom = height - 20;
  for (const tick of [-90, -10, -1, -0.1, 0, 0.1, 1, 10, 90]) {
    const name = tick === 0 ? "hgmrl-axis" : "hgmrl-grid";
    svgElement("line", { x1: x(tick), x2: x(tick), y1: 4, y2: bottom, class: name }, svg);
    svgElement("text", { x: x(tick), y: height - 5, "text-anchor": "middle", class: "hgmrl-tick" }, svg, `${String(tick).replace("-", "−")}°`);
  }
  const row = (name, kind, y) => {
    svgElement("text", { x: 2, y: y + 4, class: "hgmrl-tick" }, svg, name);
    const bar = svgElement("path", { class: `hgmrl-error-bar ${kind}` }, svg);
    const mark = svgElement("path", { class: `hgmrl-error-mark ${kind}` }, svg);
    return (estimate) => {
      const there = !estimate.dropped && estimate.off !== null;
      for (const element of [bar, mark]) element.style.display = there ? "" : "none";
      if (!there) return;
      const [off, error] = [estimate.off, estimate.error / DEGREE];
      const [from, to] = [Math.max(off - error, -90), Math.min(off + error, 90)].map((end) => x(end).toFixed(1));
      bar.setAttribute("d", `M${from} ${y}H${to}M${from} ${y - 4}v8M${to} ${y - 4}v8`);
      const at = Number(x(off).toFixed(1));
      mark.setAttribute("d", kind === "hgmrl-of-base" ? `M${at - 4.5} ${y - 4.5}h9v9h-9Z` : `M${at - 5} ${y}a5 5 0 1 0 10 0a5 5 0 1 0 -10 0Z`);
    };
  };
  const regression = row("regression", "hgmrl-of-geometric", 22);
  const pca = row("local PCA", "hgmrl-of-base", 52);
  return {
    svg,
    show(state) {
      regression(state.regression);
      pca(state.pca);
    },
  };
}

// One estimator's card. Returns show(estimate, support).
function probeCard(parent, name, kind) {
  const card = htmlElement("div", { class: `hgmrl-card ${kind}` }, parent);
  const head = htmlElement("div", { class: "hgmrl-card-head" }, card);
  htmlElement("span", {}, head, name);
  const figure = htmlElement("strong", { class: "hgmrl-state hgmrl-off" }, head);
  const detail = htmlElement("div", { class: "hgmrl-detail" }, card);
  return (estimate, support) => {
    setText(figure, estimate.dropped ? "dropped" : estimate.off === null ? "–" : `${fineDegrees(estimate.off)} off`);
    const error = fineDegrees(estimate.error / DEGREE);
    setText(detail, estimate.dropped ? `${support}: ${estimate.dropped}` : `predicted standard error ${error}; ${support}`);
  };
}

const DEGREE_WORDS = ["", "linear", "quadratic", "cubic"];

export function kernelProbePanel(parent, model, hand, signal) {
  const { limit, functions, ranges } = model.get("settings");
  const choices = htmlElement("div", { class: "hgmrl-choices", role: "group", "aria-label": "Function" }, parent);
  const names = functions.map(([name, title]) => [name, title]);
  const showFunction = choiceButtons(choices, names, (name) => setTrait(model, "function", name), signal);
  const formula = htmlElement("div", { class: "hgmrl-detail hgmrl-formula" }, parent);
  const sliders = htmlElement("div", { class: "hgmrl-sliders" }, parent);
  const slider = (label, trait, step, format, change, value = () => model.get(trait)) => {
    const [min, max] = ranges[trait] ?? [-limit, limit];
    return labelledSlider(sliders, { label, min, max, step, format, value, change, signal });
  };
  const onTrait = (trait) => (value) => setTrait(model, trait, value);
  const inPercent = (value) => `${(100 * value).toFixed(1)} %`;
  const shows = {
    x: slider("Probe x", "x", PROBE_STEP, (value) => inNumber(value), (value) => hand.along(0, value), () => model.get("probe")[0]),
    y: slider("Probe y", "y", PROBE_STEP, (value) => inNumber(value), (value) => hand.along(1, value), () => model.get("probe")[1]),
    samples: slider("Samples", "samples", 50, String, onTrait("samples")),
    noise: slider("Noise", "noise", 0.005, inPercent, onTrait("noise")),
    neighbours: slider("Neighbours", "neighbours", 1, String, onTrait("neighbours")),
    degree: slider("Degree", "degree", 1, (value) => DEGREE_WORDS[value], onTrait("degree")),
    radius: slider("PCA radius", "radius", 0.01, (value) => inNumber(value), onTrait("radius")),
    levelWidth: slider("Level width", "level_width", 0.005, inPercent, onTrait("level_width")),
  };
  const regression = probeCard(parent, "Local regression", "hgmrl-of-geometric");
  const pca = probeCard(parent, "Local PCA", "hgmrl-of-base");
  const plot = probeErrorPlot();
  parent.append(plot.svg);
  const note = htmlElement("div", { class: "hgmrl-note" }, parent);
  const say = spokenText(parent, signal);
  return besideFigure(parent, signal, (state) => {
    showFunction(state.name);
    setText(formula, `f(x, y) = ${functions.find(([name]) => name === state.name)[2]}`);
    const [x, y] = state.probe;
    const { samples, ...others } = shows;
    samples(state.count);
    for (const [trait, show] of Object.entries(others)) show({ ...state, x, y }[trait]);
    regression(state.regression, `${state.neighbours} nearest samples, reach ${inNumber(state.reach)}`);
    pca(state.pca, `${state.band.length + 1} samples in the level set`);
    plot.show(state);
    setText(
      note,
      state.truth === null
        ? "Here the true gradient is zero or has no value: there is no normal to find."
        : "Error from the true tangent (0°), finer near 0. Bar: one standard error. Noise and level width: in % of f's standard deviation.",
    );
    const words = ({ dropped, off }) => (dropped ? "dropped" : off === null ? "unknown" : `${fineDegrees(off)} off`);
    say(`Probe at ${inNumber(x)}, ${inNumber(y)}: regression ${words(state.regression)}, local PCA ${words(state.pca)}`);
  });
}
