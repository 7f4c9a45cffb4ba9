// RegretExplorer: regret against distance, around the circle, and the episodes behind each figure.

import { labelledSlider, legendMark, spokenText, traitCheckbox } from "../js/controls.js";
import { htmlElement, setText, svgElement } from "../js/dom.js";
import { besideFigure, setTrait } from "../js/model.js";
import { makeWidget } from "../js/shell.js";
import { DEGREE, inDegrees } from "../js/words.js";
import { makeRegretChart, markAt, regretInWords } from "./chart.js";
import { makeRegretRing } from "./ring.js";
import { inRegret, regretScene } from "./scene.js";

// What the hand may do: bring a goal into focus, or step through the goals in an order, around it when `closed`.
function regretHand(model, count) {
  const hand = {
    focus(goal) {
      if (goal >= 0 && goal < count && goal !== model.get("focus")) setTrait(model, "focus", goal);
    },
    step(order, amount, closed = false) {
      const at = order.indexOf(model.get("focus")) + amount;
      hand.focus(order[closed ? ((at % count) + count) % count : Math.min(count - 1, Math.max(0, at))]);
    },
  };
  return hand;
}

// Each agent's figures at the goal in focus and over all goals, with the box that shows or hides it.
function regretTable(parent, model, scene, signal) {
  const table = htmlElement("table", { class: "hgmrl-table" }, parent);
  const head = htmlElement("tr", {}, htmlElement("thead", {}, table));
  for (const title of ["agent", "regret here", "95 %", "reached", "all goals", "steps"]) {
    htmlElement("th", { scope: "col" }, head, title);
  }
  const body = htmlElement("tbody", {}, table);
  const rows = scene.agents.map((agent) => {
    const row = htmlElement("tr", { class: `hgmrl-agent-${agent.kind}` }, body);
    const label = htmlElement("label", { class: "hgmrl-legend-item" }, htmlElement("th", { scope: "row" }, row));
    const input = htmlElement("input", { type: "checkbox" }, label);
    label.append(
      legendMark((svg) => {
        svgElement("path", { d: "M1 8H25", class: "hgmrl-ring-line" }, svg);
        svgElement("path", { d: markAt(agent.mark, 13, 8), class: "hgmrl-marks" }, svg);
      }),
    );
    htmlElement("span", {}, label, agent.told_goal ? `${agent.name} *` : agent.name);
    input.addEventListener(
      "change",
      () => {
        const chosen = new Set(model.get("chosen"));
        if (input.checked) chosen.add(agent.name);
        else chosen.delete(agent.name);
        // In the agents' own order, so that one choice is one value.
        setTrait(model, "chosen", scene.agents.map(({ name }) => name).filter((name) => chosen.has(name)));
      },
      { signal },
    );
    const cells = Array.from({ length: 3 }, () => htmlElement("td", {}, row));
    const [mean, low, high] = agent.overall;
    const overall = htmlElement("td", {}, row, inRegret(mean));
    if (agent.interval) overall.title = `95 % interval ${inRegret(low)} to ${inRegret(high)}`;
    htmlElement("td", {}, row, agent.steps);
    return { input, cells };
  });
  return (state) => {
    rows.forEach(({ input, cells }, k) => {
      const { mean, low, high, success, present, interval } = scene.agents[k];
      const { focus } = state;
      input.checked = state.shown[k];
      setText(cells[0], present[focus] ? inRegret(mean[focus]) : "–");
      setText(cells[1], present[focus] && interval ? `${inRegret(low[focus])} … ${inRegret(high[focus])}` : "–");
      setText(cells[2], present[focus] ? `${Math.round(100 * success[focus])} %` : "–");
    });
  };
}

// The controls below the chart, and below the plane what is drawn beside the agents and how it was measured.
function regretControls({ legend, panel }, model, scene, hand, signal) {
  const slide = labelledSlider(legend, {
    label: "Test goal",
    min: 0,
    max: scene.count - 1,
    step: 1,
    format: (value) => inDegrees(scene.degrees[scene.byAngle[value]], 0),
    value: () => scene.byAngle.indexOf(model.get("focus")),
    change: (value) => hand.focus(scene.byAngle[value]),
    signal,
  });
  const where = htmlElement("div", { class: "hgmrl-state" }, legend);
  const showTable = regretTable(legend, model, scene, signal);
  const choices = htmlElement("div", { class: "hgmrl-choices" }, panel);
  const mark = (name, shape = null) =>
    legendMark((svg) => svgElement("path", { d: shape ? markAt(shape, 13, 8) : "M1 12Q12 10 25 3", class: name }, svg));
  const box = (trait, label, drawing) => traitCheckbox(choices, model, { trait, label, mark: drawing, signal });
  const stretched = box("stretched", "stretch small regrets", mark("hgmrl-none"));
  const published = scene.published.length
    ? box("show_published", `published (${scene.published.map(({ name }) => name).join(" ▽, ")} ○): other training goals, other protocol`, mark("hgmrl-published", "v"))
    : () => {};
  const law = htmlElement("span", { class: "hgmrl-legend-item" }, choices);
  law.append(mark("hgmrl-law"));
  htmlElement("span", {}, law, "going to the nearest training goal: 200 sin(δ/2)");
  const told = scene.agents.some((agent) => agent.told_goal) ? "* is told the true goal. " : "";
  const { caption, differences } = model.get("settings");
  const about = htmlElement("details", { class: "hgmrl-note" }, panel);
  htmlElement("summary", {}, about, `${told}How this was measured`);
  htmlElement("p", {}, about, `Steps: environment steps of the training. ${caption}`);
  htmlElement("p", {}, about, differences);
  const say = spokenText(legend, signal);
  return besideFigure(legend, signal, (state) => {
    const { focus } = state;
    slide(scene.byAngle.indexOf(focus));
    setText(
      where,
      `Test goal at ${inDegrees(scene.degrees[focus], 0)}, ${inDegrees(scene.distance[focus] / DEGREE)} from the nearest training goal`,
    );
    showTable(state);
    stretched(state.stretched);
    published(state.published);
    say(regretInWords(scene, state));
  });
}

const regretExplorer = makeWidget({
  name: "hgmrl-regret-explorer",
  traits: ["focus", "chosen", "stretched", "show_published"],
  prepare(model) {
    const scene = regretScene(model);
    return { scene, compute: scene.compute, hand: regretHand(model, scene.count) };
  },
  build(areas, { model, scene, hand }, signal) {
    const chart = makeRegretChart(scene, hand, signal);
    const ring = makeRegretRing(scene, hand, signal);
    areas.figure.append(chart.svg);
    areas.panel.append(ring.svg);
    const controls = regretControls(areas, model, scene, hand, signal);
    return (state) => {
      chart.show(state);
      ring.show(state);
      controls(state);
    };
  },
});

export { regretExplorer as default };
