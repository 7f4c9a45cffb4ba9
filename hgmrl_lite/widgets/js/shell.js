// The frame of every widget: its areas on the page, one scene a frame for all views of a model, and a view's life.

import { connectionNotice } from "./connection.js";
import { htmlElement } from "./dom.js";
import { promptModel } from "./model.js";

// traits: the names whose change makes the scene stale. compute() -> scene; a view adds draw(scene), gets its removal.
function sharedScene(model, traits, compute) {
  const draws = new Set();
  let scene = null;
  let frame = 0;

  const redraw = () => {
    frame = 0;
    if (!draws.size) return;
    scene = compute();
    for (const draw of draws) draw(scene);
  };
  const request = () => {
    if (!frame && draws.size) frame = requestAnimationFrame(redraw);
  };
  for (const trait of traits) model.on(`change:${trait}`, request);

  return {
    request,
    add(draw) {
      draws.add(draw);
      if (scene === null) scene = compute();
      draw(scene);
      return () => draws.delete(draw);
    },
  };
}

// JupyterLab takes single keys for commands ("a" adds a cell): keep them inside the widget.
// Combinations with Ctrl, Alt or Cmd, Shift+Enter, Escape and Tab go on to the page.
function keepSingleKeys(root, signal) {
  root.addEventListener(
    "keydown",
    (event) => {
      const passes = event.ctrlKey || event.metaKey || event.altKey || ["Tab", "Escape"].includes(event.key);
      if (!passes && !(event.key === "Enter" && event.shiftKey)) event.stopPropagation();
    },
    { signal },
  );
}

// The figure, its legend and the panel with the controls: beside each other, or one below the other where it is narrow.
// The panel begins with what there is to say of the connection to Python: at the hand, and never below the fold.
function widgetAreas(parent, name, model, signal) {
  const root = htmlElement("div", { class: `hgmrl ${name}` }, parent);
  const body = htmlElement("div", { class: "hgmrl-body" }, root);
  keepSingleKeys(root, signal);
  const area = (part) => htmlElement("div", { class: `hgmrl-${part}` }, body);
  const areas = { root, figure: area("figure"), legend: area("legend"), panel: area("panel") };
  connectionNotice(areas.panel, model.connection, signal);
  return areas;
}

// A widget as anywidget takes it. `traits` are those whose change makes the scene stale. prepare(model, redraw) returns
// what the views of a model share: compute() -> scene, whatever build() needs, and if wanted begin() for each view that
// has been drawn, end(left) for each that goes, stop() for the model's end. build(areas, parts, signal) fills one view,
// with `model` and `settings` among its parts, and returns its draw(scene); its listeners end with `signal`.
export function makeWidget({ name, traits, prepare, build }) {
  return () => {
    let model = null;
    let parts = null;
    let shared = null;
    let views = 0;
    return {
      initialize(host) {
        model = promptModel(host.model);
        parts = { model, settings: model.get("settings"), ...prepare(model, () => shared.request()) };
        shared = sharedScene(model, traits, parts.compute);
        return () => {
          parts.stop?.();
          model.stop();
        };
      },
      render({ el }) {
        // Ends every listener of this view, also where the host hands over no signal of its own.
        const ending = new AbortController();
        const areas = widgetAreas(el, name, model, ending.signal);
        const remove = shared.add(build(areas, { ...parts, settings: model.get("settings") }, ending.signal));
        views += 1;
        parts.begin?.();
        return () => {
          views -= 1;
          parts.end?.(views);
          remove();
          ending.abort();
        };
      },
    };
  };
}
