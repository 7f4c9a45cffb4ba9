// DescentRace: a slice of generators, the differential and the functional loss on it, and a descent on each.

const RACE_TRAITS = ["start", "function", "plane", "learning_rate", "step", "playing"];
const RACE_NAMES = ["differential", "functional"];
// Steps that a frame moves on while it plays, and the time that a frame may compute.
const RACE_PACE = 3;
const RACE_BUDGET = 6;

function raceScene(model, proceed) {
  const arrays = unpackArrays(model.get("array_data"), model.get("array_index"));
  const settings = model.get("settings");
  const losses = makeSliceLosses(arrays.points.values, arrays.normals.values, arrays.times.values);
  const { values: found } = arrays.closed_form;
  const maps = new Map();
  let descents = null;
  let raced = "";

  const evaluator = (name, f) =>
    name === "differential"
      ? losses.differential
      : (w, window, axes = null) => losses.functional(w, f === "square", window, axes);

  const landscape = (name, plane, f) => {
    const key = name === "differential" ? `${name} ${plane}` : `${name} ${plane} ${f}`;
    if (!maps.has(key)) {
      const { grid, half, slices } = settings;
      maps.set(key, { key, values: sliceLandscape(slices[plane], evaluator(name, f), grid, half, [0, 128]) });
    }
    return maps.get(key);
  };

  return () => {
    const [plane, f, rate, step] = ["plane", "function", "learning_rate", "step"].map((name) => model.get(name));
    const start = model.get("start");
    const slice = settings.slices[plane];
    const options = { rate, batch: settings.batch, steps: settings.steps, below: settings.below };
    const key = [plane, f, rate, ...start].join(" ");
    if (key !== raced) {
      raced = key;
      descents = RACE_NAMES.map((name) => makeSliceDescent(slice, evaluator(name, f), start, options));
    }
    const deadline = performance.now() + RACE_BUDGET;
    for (const descent of descents) descent.extend(step, deadline);
    // What did not fit into this frame comes in the next ones.
    if (descents.some((descent) => descent.done < step)) proceed();
    return {
      plane, slice, start, step, rate, f, found,
      playing: model.get("playing"),
      runs: RACE_NAMES.map((name, number) => {
        const descent = descents[number];
        const shown = Math.min(step, descent.done);
        const at = [descent.path[2 * shown], descent.path[2 * shown + 1]];
        const arrived = descent.arrival !== null && descent.arrival <= step;
        return {
          name, shown, at, arrived,
          arrival: arrived ? descent.arrival : null,
          path: descent.path.subarray(0, 2 * (shown + 1)),
          degrees: descent.degrees[shown],
          loss: descent.losses[shown],
          norm: Math.hypot(...sliceGenerator(slice, ...at)),
          map: landscape(name, plane, f),
        };
      }),
    };
  };
}

// What moves the traits: the hand, the buttons and the clock.
function raceHand(model) {
  const { reach, steps } = model.get("settings");
  let frame = 0;
  const keep = (value) => Math.round(1000 * Math.min(reach, Math.max(-reach, value))) / 1000;
  const tick = () => {
    frame = 0;
    if (!model.get("playing")) return;
    const step = Math.min(steps, model.get("step") + RACE_PACE);
    setTrait(model, "step", step);
    if (step >= steps) setTrait(model, "playing", false);
    else frame = requestAnimationFrame(tick);
  };
  const play = () => {
    if (model.get("playing") && !frame) frame = requestAnimationFrame(tick);
  };
  model.on("change:playing", play);
  return {
    play,
    start: (u, v) => setTrait(model, "start", [keep(u), keep(v)]),
    startBy(du, dv) {
      const [u, v] = model.get("start");
      this.start(u + du, v + dv);
    },
    toggle() {
      if (!model.get("playing") && model.get("step") >= steps) setTrait(model, "step", 0);
      setTrait(model, "playing", !model.get("playing"));
    },
    again() {
      setTrait(model, "step", 0);
      setTrait(model, "playing", true);
    },
    step(value) {
      if (model.get("playing")) setTrait(model, "playing", false);
      setTrait(model, "step", value);
    },
    pause() {
      if (model.get("playing")) setTrait(model, "playing", false);
    },
  };
}

// The heat map as a picture: bands of the logarithm of the loss, light where it is small.
function landscapePicture(values, grid, size) {
  const median = [...values].sort((a, b) => a - b)[values.length >> 1];
  // The offset keeps the bands from crowding around the zero of the loss.
  const logs = Array.from(values, (value) => Math.log10(value / median + 0.05));
  const sorted = [...logs].sort((a, b) => a - b);
  const low = sorted[0];
  const high = sorted[Math.floor(0.98 * (sorted.length - 1))];
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  const context = canvas.getContext("2d");
  const image = context.createImageData(size, size);
  const bands = 14;
  for (let row = 0; row < size; row++) {
    const y = (row * (grid - 1)) / (size - 1);
    const i = Math.min(grid - 2, Math.floor(y));
    for (let column = 0; column < size; column++) {
      const x = (column * (grid - 1)) / (size - 1);
      const j = Math.min(grid - 2, Math.floor(x));
      const [a, b] = [logs[i * grid + j], logs[i * grid + j + 1]];
      const [c, d] = [logs[(i + 1) * grid + j], logs[(i + 1) * grid + j + 1]];
      const value = (a + (b - a) * (x - j)) * (1 - y + i) + (c + (d - c) * (x - j)) * (y - i);
      const share = Math.min(1, Math.max(0, (value - low) / (high - low || 1)));
      const band = Math.min(bands - 1, Math.floor(share * bands)) / (bands - 1);
      const at = 4 * (row * size + column);
      // From near white to a slate blue that black and white marks stand out on.
      image.data[at] = 250 - 146 * band;
      image.data[at + 1] = 250 - 126 * band;
      image.data[at + 2] = 246 - 96 * band;
      image.data[at + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
  return canvas.toDataURL();
}

const RACE_STAR = "M0 -9L2.1 -2.9L8.6 -2.8L3.4 1.1L5.3 7.3L0 3.6L-5.3 7.3L-3.4 1.1L-8.6 -2.8L-2.1 -2.9Z";
const RACE_NOW = { differential: "M-4.5 0A4.5 4.5 0 1 0 4.5 0A4.5 4.5 0 1 0 -4.5 0Z", functional: "M-4.2 -4.2H4.2V4.2H-4.2Z" };
const RACE_ZERO = "M-6 -6L6 6M-6 6L6 -6";

// One loss: its card, its map, its descent, and the handle of the start.
function raceLandscape(parent, name, settings, hand, signal) {
  const { half } = settings;
  const box = htmlElement("div", { class: `hgmrl-landscape hgmrl-landscape-${name}` }, parent);
  const card = htmlElement("div", { class: `hgmrl-card hgmrl-of-${name}` }, box);
  const head = htmlElement("div", { class: "hgmrl-card-head" }, card);
  htmlElement("strong", {}, head, name === "differential" ? "Differential loss" : "Functional loss");
  const verdict = htmlElement("span", { class: "hgmrl-regret" }, head);
  const detail = htmlElement("div", { class: "hgmrl-detail" }, card);

  const [width, height, left, top, side] = [346, 338, 34, 4, 300];
  const svg = svgElement("svg", { viewBox: `0 0 ${width} ${height}`, role: "group" });
  svg.setAttribute("aria-label", `Landscape of the ${name} loss`);
  box.append(svg);
  const x = (u) => left + ((u + half) / (2 * half)) * side;
  const y = (v) => top + ((half - v) / (2 * half)) * side;
  const plane = {
    at(event) {
      const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
      return [((point.x - left) / side) * 2 * half - half, half - ((point.y - top) / side) * 2 * half];
    },
  };
  const area = { x: left, y: top, width: side, height: side };
  const map = svgElement("image", { ...area, preserveAspectRatio: "none" }, svg);
  svgElement("rect", { ...area, class: "hgmrl-map-frame" }, svg);
  for (const tick of [-1, 0, 1]) {
    const text = String(tick).replace("-", "−");
    const below = svgElement("text", { x: x(tick), y: top + side + 14, "text-anchor": "middle", class: "hgmrl-tick" }, svg);
    const beside = svgElement("text", { x: left - 5, y: y(tick) + 4, "text-anchor": "end", class: "hgmrl-tick" }, svg);
    for (const element of [below, beside]) element.textContent = text;
  }
  const across = svgElement("text", { x: x(0), y: height - 5, "text-anchor": "middle", class: "hgmrl-axis-label" }, svg);
  const upward = svgElement("text", { "text-anchor": "middle", class: "hgmrl-axis-label" }, svg);
  upward.setAttribute("transform", `translate(11 ${y(0)}) rotate(-90)`);

  const inside = svgElement("svg", { ...area, viewBox: `${left} ${top} ${side} ${side}` }, svg);
  const catcher = svgElement("rect", { ...area, class: "hgmrl-catch" }, inside);
  const line = svgElement("path", { class: "hgmrl-found-line" }, inside);
  const halo = svgElement("path", { class: "hgmrl-halo" }, inside);
  const path = svgElement("path", { class: `hgmrl-descent hgmrl-of-${name}` }, inside);
  const zero = svgElement("path", { d: RACE_ZERO, class: "hgmrl-zero" }, inside);
  const found = svgElement("path", { d: RACE_STAR, class: "hgmrl-found" }, inside);
  const label = svgElement("text", { class: "hgmrl-on-map", "text-anchor": "start" }, inside);
  const now = svgElement("path", { d: RACE_NOW[name], class: `hgmrl-now hgmrl-of-${name}` }, inside);
  const handle = svgElement("g", { class: "hgmrl-handle", tabindex: "0", role: "slider" }, inside);
  handle.setAttribute("aria-label", `Start of both descents, on the ${name} landscape`);
  handle.setAttribute("aria-valuemin", String(-settings.reach));
  handle.setAttribute("aria-valuemax", String(settings.reach));
  svgElement("circle", { r: 22, class: "hgmrl-hit" }, handle);
  svgElement("circle", { r: 16, class: "hgmrl-focus" }, handle);
  svgElement("circle", { r: 8.5, class: "hgmrl-ring" }, handle);

  let shown = null;
  let offset = [0, 0];
  const follow = ([u, v]) => hand.start(u + offset[0], v + offset[1]);
  const drag = (element, keepsOffset) =>
    draggable(plane, element, {
      begin(point) {
        handle.focus({ preventScroll: true });
        offset = keepsOffset ? point.map((value, j) => shown.start[j] - value) : [0, 0];
        follow(point);
      },
      move: follow,
      end: () => {},
      signal,
    });
  drag(handle, true);
  drag(catcher, false);
  steppable2(handle, { step: (du, dv) => hand.startBy(0.01 * du, 0.01 * dv), signal });

  let drawn = "";
  const place = (element, u, v) => element.setAttribute("transform", `translate(${x(u).toFixed(2)} ${y(v).toFixed(2)})`);
  return (state, run) => {
    shown = state;
    if (drawn !== run.map.key) {
      drawn = run.map.key;
      map.setAttribute("href", landscapePicture(run.map.values, settings.grid, 200));
      [across.textContent, upward.textContent] = state.slice.labels;
    }
    const through = state.plane === "through";
    // The answer, scaled into the slice: one point of the slice around J, a line through 0 in the other.
    const [a, b, c, d] = state.found;
    const [growth, stretch, turn] = [(a + d) / 2, (a - d) / 2, (c - b) / 2];
    const answer = through ? [stretch, turn] : [growth / turn, stretch / turn];
    place(found, ...answer);
    const far = 2 * half;
    const end = (sign) => `${x((sign * far * stretch) / turn).toFixed(1)} ${y(sign * far).toFixed(1)}`;
    line.setAttribute("d", through ? `M${end(-1)}L${end(1)}` : "");
    zero.style.display = through ? "" : "none";
    place(zero, 0, 0);
    label.textContent = through ? "W = 0" : "";
    label.setAttribute("x", (x(0) + 11).toFixed(1));
    label.setAttribute("y", (y(0) + 4).toFixed(1));

    // Steps shorter than a pixel are drawn as one: a walker that hardly moves makes no long text.
    let text = "";
    let [px, py] = [Infinity, Infinity];
    const last = run.path.length - 2;
    for (let k = 0; k <= last; k += 2) {
      const [qx, qy] = [x(run.path[k]), y(run.path[k + 1])];
      if (k < last && Math.abs(qx - px) + Math.abs(qy - py) < 1) continue;
      [px, py] = [qx, qy];
      text += `${text ? "L" : "M"}${qx.toFixed(1)} ${qy.toFixed(1)}`;
    }
    halo.setAttribute("d", text);
    path.setAttribute("d", text);
    place(now, ...run.at);
    place(handle, ...state.start);
    handle.setAttribute("aria-valuenow", state.start[0].toFixed(2));
    const [u, v] = state.start.map((value) => inDecimals(value));
    handle.setAttribute("aria-valuetext", `${state.slice.labels[0]} = ${u}, ${state.slice.labels[1]} = ${v}; ${raceVerdict(run)}`);
    verdict.textContent = raceVerdict(run);
    verdict.classList.toggle("hgmrl-stale", !run.arrived);
    detail.textContent = `step ${run.shown}: angle to J ${inDegrees(run.degrees)}, loss ${inShort(run.loss)}, ‖W‖ ${inDecimals(run.norm)}`;
  };
}

function inDecimals(value, digits = 2) {
  const text = Math.abs(value).toFixed(digits);
  return `${value < 0 && Number(text) !== 0 ? "−" : ""}${text}`;
}

function raceVerdict(run) {
  return run.arrived ? `below 1° after ${run.arrival} steps` : `not below 1° yet`;
}

// Buttons of which one is pressed.
function raceChoice(parent, label, choices, choose, signal) {
  const group = htmlElement("span", { role: "group", "aria-label": label }, parent);
  const buttons = choices.map(([value, text]) => {
    const button = htmlElement("button", { type: "button", class: "hgmrl-button" }, group, text);
    button.addEventListener("click", () => choose(value), { signal });
    return [value, button];
  });
  return (current) => {
    for (const [value, button] of buttons) button.setAttribute("aria-pressed", String(value === current));
  };
}

function racePanel(parent, model, settings, hand, signal) {
  const clock = htmlElement("div", { class: "hgmrl-buttons" }, parent);
  const play = htmlElement("button", { type: "button", class: "hgmrl-button hgmrl-main" }, clock, "Play");
  play.addEventListener("click", hand.toggle, { signal });
  const again = htmlElement("button", { type: "button", class: "hgmrl-button" }, clock, "From step 0");
  again.addEventListener("click", hand.again, { signal });
  const slide = labelledSlider(parent, {
    label: "Step", min: 0, max: settings.steps, step: 1, format: String, value: () => model.get("step"), change: hand.step, release: () => {}, signal,
  });
  const choices = htmlElement("div", { class: "hgmrl-buttons" }, parent);
  const f = raceChoice(choices, "Function", settings.functions, (value) => setTrait(model, "function", value), signal);
  const slices = Object.entries(settings.slices).map(([name, { formula }]) => [name, formula]);
  const plane = raceChoice(choices, "Slice", slices, (value) => setTrait(model, "plane", value), signal);
  const [lowest, highest] = settings.rates.map(Math.log10);
  const rate = labelledSlider(parent, {
    label: "Learning rate", min: lowest, max: highest, step: 0.05,
    format: (value) => Math.pow(10, value).toFixed(4),
    value: () => Math.log10(model.get("learning_rate")),
    change: (value) => setTrait(model, "learning_rate", Math.min(settings.rates[1], Math.max(settings.rates[0], Math.pow(10, value)))),
    release: () => {}, signal,
  });
  const coordinates = ["u", "v"].map((name, number) => labelledSlider(parent, {
    label: `Start ${name}`, min: -settings.reach, max: settings.reach, step: 0.01,
    format: (value) => inDecimals(value), value: () => model.get("start")[number],
    change: (value) => hand.start(...model.get("start").map((old, j) => (j === number ? value : old))),
    release: () => {}, signal,
  }));
  const spoken = spokenText(parent);
  signal.addEventListener("abort", spoken.stop);
  return (state) => {
    play.textContent = state.playing ? "Pause" : "Play";
    slide(state.step);
    f(state.f);
    plane(state.plane);
    rate(Math.log10(state.rate));
    coordinates.forEach((show, j) => show(state.start[j]));
    spoken.say(`Step ${state.step}. ${state.runs.map((run) => `${run.name}: ${raceVerdict(run)}`).join(". ")}`);
  };
}

function raceLegend(parent) {
  const mark = (d, name) => (svg) => svgElement("path", { d, class: name, transform: "translate(13 8) scale(0.85)" }, svg);
  legendItem(parent, "start of both descents: drag it", (svg) => svgElement("circle", { cx: 13, cy: 8, r: 6, class: "hgmrl-ring" }, svg));
  for (const name of RACE_NAMES) {
    legendItem(parent, `${name} descent, and where it is now`, (svg) => {
      svgElement("path", { d: "M1 8H25", class: `hgmrl-descent hgmrl-of-${name}` }, svg);
      svgElement("path", { d: RACE_NOW[name], class: `hgmrl-now hgmrl-of-${name}`, transform: "translate(19 8)" }, svg);
    });
  }
  legendItem(parent, "closed form: one linear system, 0 steps", mark(RACE_STAR, "hgmrl-found"));
  const line = legendItem(parent, "its multiples, all right answers", (svg) => svgElement("path", { d: "M1 8H25", class: "hgmrl-found-line" }, svg));
  htmlElement("span", { class: "hgmrl-note" }, parent, "Darker: larger loss, in bands of its logarithm. J turns, I grows, D stretches.");
  return (state) => {
    line.style.display = state.plane === "through" ? "" : "none";
  };
}

export default () => {
  let model = null;
  let shared = null;
  let hand = null;
  let views = 0;
  return {
    initialize(host) {
      model = promptModel(host.model);
      shared = sharedScene(model, RACE_TRAITS, raceScene(model, () => shared.request()));
      hand = raceHand(model);
      return model.stop;
    },
    render({ el }) {
      // Ends every listener of this view, also where the host hands over no signal of its own.
      const ending = new AbortController();
      const { signal } = ending;
      const areas = widgetAreas(el, "hgmrl-descent-race", signal);
      const settings = model.get("settings");
      const landscapes = RACE_NAMES.map((name) => raceLandscape(areas.figure, name, settings, hand, signal));
      const legend = raceLegend(areas.legend);
      const panel = racePanel(areas.panel, model, settings, hand, signal);
      const remove = shared.add((state) => {
        landscapes.forEach((show, number) => show(state, state.runs[number]));
        legend(state);
        panel(state);
      });
      views += 1;
      hand.play();
      return () => {
        views -= 1;
        if (!views) hand.pause();
        remove();
        ending.abort();
      };
    },
  };
};
