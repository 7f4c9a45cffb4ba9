// The model under the hand, and what need not happen at every move.

import { kernelConnection } from "./connection.js";

// The model under the hand: what is set is there at once, for every view. It goes to Python at once or, when another
// message went within `pause` ms, with all that is set until then or until the hand has rested for `rest` ms: at each
// message JupyterLab lays out its toolbar and paints the whole window, which costs a moving hand a frame or two.
// stop() sends nothing more; nor does anything reach a Jupyter kernel that has ended.
export function promptModel(model, pause = 1000, rest = 100) {
  const unsent = new Map();
  const guarded = new Set();
  const connection = kernelConnection(model);
  let timer = 0;
  let last = -Infinity;

  // What comes from Python in the meantime is older than what the hand has set.
  const guard = (name) => {
    if (guarded.has(name)) return;
    guarded.add(name);
    model.on(`change:${name}`, () => {
      if (unsent.has(name) && model.get(name) !== unsent.get(name)) model.set(name, unsent.get(name));
    });
  };
  const send = () => {
    timer = 0;
    last = performance.now();
    unsent.clear();
    if (connection.answers()) model.save_changes();
  };
  return {
    connection,
    get: (name) => model.get(name),
    on: (event, action) => model.on(event, action),
    set(name, value) {
      guard(name);
      unsent.set(name, value);
      model.set(name, value);
    },
    save_changes() {
      clearTimeout(timer);
      const wait = Math.min(rest, last + pause - performance.now());
      if (wait <= 0) send();
      else timer = setTimeout(send, wait);
    },
    stop() {
      clearTimeout(timer);
      connection.stop();
    },
  };
}

// Set one trait and save it.
export function setTrait(model, name, value) {
  model.set(name, value);
  model.save_changes();
}

// Run `action` once `delay` ms have passed without another call; cancel() drops it.
export function afterPause(action, delay) {
  let timer = 0;
  return {
    call() {
      clearTimeout(timer);
      timer = setTimeout(action, delay);
    },
    cancel() {
      clearTimeout(timer);
    },
  };
}

// Run `action` at most once every `pause` ms, and in the end with what came last: for words, sliders and small plots
// beside a moving figure, which nobody reads at 60 a second and which cost the page a layout each time. While something
// waits, `element` is busy. Returns call(argument); ends with `signal`.
export function besideFigure(element, signal, action, pause = 100) {
  let last = -Infinity;
  let timer = 0;
  let latest = null;
  const run = () => {
    clearTimeout(timer);
    timer = 0;
    last = performance.now();
    action(latest);
    markBusy(element, false);
  };
  signal.addEventListener("abort", () => clearTimeout(timer));
  return (argument) => {
    latest = argument;
    const wait = last + pause - performance.now();
    if (wait <= 0) return run();
    if (timer) return;
    // A little later than a call could come: what changes within a figure's frame shares its layout.
    timer = setTimeout(run, wait + 25);
    markBusy(element, true);
  };
}

// Say that an element is not up to date yet: assistive technology waits for it, and so do the tests.
export function markBusy(element, busy) {
  if ((element.getAttribute("aria-busy") === "true") !== busy) element.setAttribute("aria-busy", String(busy));
}
