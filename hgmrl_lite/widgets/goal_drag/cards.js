// Words and controls that all families share: cards, the exploration, the clock.

import { labelledSlider } from "../js/controls.js";
import { htmlElement, setText } from "../js/dom.js";
import { setTrait } from "../js/model.js";

// What there is to say of the regrets: how they come about, or why there are none.
export function aboutRegret(model, hand) {
  if (!model.get("evaluates")) return "";
  const failure = hand.failure();
  if (failure) return `The evaluation failed: ${failure}`;
  const { reference } = model.get("settings");
  return `Regret: return lost against ${reference}, over noisy episodes run in Python when the goal rests.`;
}

// Play, pause and a slider for the clock. Returns show(state).
export function replayControls(parent, clock, signal) {
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
export function goalDragCard(parent, name, kind) {
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

// How many random steps, and others of them. Returns show(steps).
export function exploreControls(parent, model, scene, hand, signal) {
  const explore = htmlElement("div", { class: "hgmrl-caption" }, parent);
  const show = labelledSlider(explore, {
    label: "Random steps",
    min: scene.settings.min_context,
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
  return show;
}
