// How badly each angle explains what was observed: the curve, the best angle, the runner-up, the hand's own angle.

import {
  labelledSlider, legendItem, legendMark, ringMark, shapeMark, spokenText, strokeMark, traitCheckbox,
} from "../js/controls.js";
import { htmlElement, setPlace, setText, svgElement } from "../js/dom.js";
import { besideFigure, setTrait } from "../js/model.js";
import { DEGREE, inDegrees, inShort, wrapDegrees } from "../js/words.js";
import { CROSS, DIAMOND, SQUARE, trainingPanel } from "./training.js";

// Returns { svg, show({ degrees, misfit, best, runnerUp, hand }) }; best and runnerUp are [degrees, misfit] or null.
function makeMisfitPlot({ width = 400, height = 120, label }) {
  const svg = svgElement("svg", { viewBox: `0 0 ${width} ${height}`, class: "hgmrl-misfit", role: "img" });
  svg.setAttribute("aria-label", label);
  const left = 8;
  const bottom = height - 18;
  const top = 10;
  const x = (degrees) => left + ((degrees + 180) / 360) * (width - 2 * left);
  svgElement("line", { x1: left, x2: width - left, y1: bottom, y2: bottom, class: "hgmrl-axis" }, svg);
  for (const tick of [-180, -90, 0, 90, 180]) {
    svgElement("line", { x1: x(tick), x2: x(tick), y1: bottom, y2: bottom + 4, class: "hgmrl-axis" }, svg);
    const anchor = tick === -180 ? "start" : tick === 180 ? "end" : "middle";
    const at = tick === -180 ? 0 : tick === 180 ? width : x(tick);
    svgElement("text", { x: at, y: height - 3, "text-anchor": anchor, class: "hgmrl-tick" }, svg, inDegrees(tick, 0));
  }
  const hand = svgElement("line", { y1: 2, y2: bottom, class: "hgmrl-hand-line" }, svg);
  const curve = svgElement("path", { class: "hgmrl-misfit-curve" }, svg);
  const other = svgElement("path", { class: "hgmrl-runner-up", d: "M-4.5 -4.5H4.5V4.5H-4.5Z" }, svg);
  const best = svgElement("circle", { r: 4.5, class: "hgmrl-best" }, svg);
  const place = (element, point, y) => {
    element.style.display = point ? "" : "none";
    if (point) setPlace(element, x(point[0]), y(point[1]));
  };
  return {
    svg,
    show(state) {
      const highest = Math.max(...state.misfit, 1e-12);
      const y = (value) => bottom - (value / highest) * (bottom - top);
      const order = Array.from(state.degrees.keys()).sort((i, j) => state.degrees[i] - state.degrees[j]);
      const points = order.map((i) => [state.degrees[i], state.misfit[i]]);
      // The curve is periodic: close it at ±180° by interpolation.
      const [first, last] = [points[0], points[points.length - 1]];
      const gap = first[0] + 360 - last[0];
      const seam = last[1] + ((180 - last[0]) / gap) * (first[1] - last[1]);
      const closed = [[-180, seam], ...points, [180, seam]];
      curve.setAttribute("d", `M${closed.map(([d, m]) => `${x(d).toFixed(1)} ${y(m).toFixed(1)}`).join("L")}`);
      for (const end of ["x1", "x2"]) hand.setAttribute(end, x(state.hand).toFixed(1));
      place(best, state.best, y);
      place(other, state.runnerUp, y);
    },
  };
}

// GoalDrag's words and controls: legend, cards, sliders, the misfit curve.

const REGRET =
  "Regret: return lost against steering straight at the goal, over noisy episodes run in Python when the goal rests.";

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
  const geometric = "geometric agent: episodes, and their mean in bold";
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

// Play, pause and a slider for the clock. Returns show(state).
function replayControls(parent, clock, signal) {
  const row = htmlElement("div", { class: "hgmrl-caption" }, parent);
  const button = htmlElement("button", { type: "button", class: "hgmrl-button hgmrl-play" }, row);
  button.addEventListener("click", clock.toggle, { signal });
  const slide = labelledSlider(row, {
    label: "Episodes at step",
    min: 0,
    max: 100,
    step: 1,
    format: (value) => (value < 0 ? "–" : value.toFixed(0)),
    value: () => Math.round(clock.time() ?? 0),
    change: clock.seek,
    signal,
  });
  return (state) => {
    setText(button, clock.still() ? "One step" : clock.playing() ? "Pause" : "Play");
    slide(state.time === null ? 0 : Math.round(state.time));
  };
}

// One agent's card: name, what it does, its regret.
function goalDragCard(parent, name, kind) {
  const card = htmlElement("div", { class: `hgmrl-card ${kind}` }, parent);
  const head = htmlElement("div", { class: "hgmrl-card-head" }, card);
  htmlElement("strong", {}, head, name);
  const regret = htmlElement("span", { class: "hgmrl-regret" }, head);
  const text = htmlElement("div", { class: "hgmrl-state" }, card);
  const detail = htmlElement("div", { class: "hgmrl-detail" }, card);
  const show = (words, more, figure) => {
    setText(text, words);
    setText(detail, more);
    setText(regret, figure.text);
    regret.classList.toggle("hgmrl-stale", figure.stale);
  };
  return { root: card, show };
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
  const explore = htmlElement("div", { class: "hgmrl-caption" }, parent);
  const setSteps = labelledSlider(explore, {
    label: "Random steps",
    min: 2,
    max: scene.settings.max_context,
    step: 1,
    format: (value) => String(value),
    value: () => model.get("context_size"),
    change: (value) => setTrait(model, "context_size", value),
    release: hand.settleSoon,
    signal,
  });
  const again = htmlElement("button", { type: "button", class: "hgmrl-button" }, explore, "Explore again");
  again.title = "Other random steps in the same task";
  again.addEventListener("click", () => setTrait(model, "draw", (model.get("draw") + 1) % scene.draws), { signal });
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
      `= base policy turned ${inDegrees(Math.abs(turn))} ${way} (from ${state.steps} random steps)`,
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
    const failure = hand.failure();
    const about = failure ? `The evaluation failed: ${failure}` : REGRET;
    setText(note, model.get("evaluates") ? about : "");
    say(`Test goal at ${inDegrees(state.degrees, 0)}: ${onScreen(state)}. ${regrets[0].stale ? "" : regrets[0].text}`);
  });
}
