// KernelProbe: a probe on a sampled function; its neighbours, level set, gradient, and two estimates of the tangent.

const PROBE_TRAITS = ["function", "probe", "samples", "noise", "neighbours", "degree", "radius", "window"];
const PROBE_STEP = 0.02;
const TO_DEGREES = 180 / Math.PI;

// Keep the last result of a costly step, by its question.
function rememberLast() {
  let key = null;
  let value = null;
  return (question, compute) => {
    if (question !== key) {
      value = compute();
      key = question;
    }
    return value;
  };
}

// What is on screen, from the model's traits.
function kernelProbeScene(model) {
  const { points: packed, draws: packedDraws } = unpackArrays(model.get("array_data"), model.get("array_index"));
  const { half, spreads, pilot } = model.get("settings");
  const points = packed.values;
  const draws = packedDraws.values;
  const keepSearch = rememberLast();
  const keepValues = rememberLast();
  const keepPilot = rememberLast();
  const levelSets = {};
  return () => {
    const [name, [px, py], count, noise, neighbours, degree, radius, window] = PROBE_TRAITS.map((t) => model.get(t));
    const f = PLANAR_FUNCTIONS[name];
    const sigma = noise * spreads[name];
    const nearest = keepSearch(count, () => makeNeighbours(points, count));
    const values = keepValues(`${name} ${count} ${sigma}`, () =>
      Float64Array.from({ length: count }, (_, i) => f.value(points[2 * i], points[2 * i + 1]) + sigma * draws[i]),
    );
    const variance = keepPilot(`${name} ${count} ${sigma} ${neighbours} ${degree}`, () =>
      pilotVariance(points, values, count, nearest, { neighbours, degree, pilot }),
    );
    // The probe is one more sample, with noise of its own.
    const here = f.value(px, py) + sigma * draws[draws.length - 1];
    const relative = (index) => [
      index.map((i) => points[2 * i] - px), index.map((i) => points[2 * i + 1] - py), index.map((i) => values[i] - here),
    ];
    const used = nearest(px, py, neighbours - 1);
    const [xs, ys, rises] = relative(used.index);
    const fit = fitGradient([0, ...xs], [0, ...ys], [0, ...rises], used.radius, degree);
    const regression = regressionNormal(fit, neighbours, degree, variance);
    const band = nearest.within(px, py, radius).filter((i) => Math.abs(values[i] - here) <= window * spreads[name]);
    const pca = levelSetPca(...relative(band).slice(0, 2));
    const gradient = f.gradient(px, py);
    const truth = Math.hypot(...gradient) > 1e-9 ? Math.atan2(gradient[1], gradient[0]) : null;
    const angles = ({ normal, error, dropped }, count) => ({
      count, dropped, line: Math.atan2(normal[1], normal[0]), error,
      // A line has no direction: its angle to the truth is in (-90°, 90°].
      off: truth === null ? null : wrapDegrees(2 * (Math.atan2(normal[1], normal[0]) - truth) * TO_DEGREES) / 2,
    });
    levelSets[name] ??= makeLevelSets(f.value, half);
    return {
      name, points, values, count, noise, neighbours, degree, radius, window,
      probe: [px, py], here, gradient, truth,
      used: used.index, reach: used.radius, band,
      levelSet: levelSets[name](f.value(px, py)),
      regression: angles(regression, neighbours),
      pca: angles(pca, band.length),
    };
  };
}

// The hand on the probe; three digits, so that the place can be read in Python.
function kernelProbeHand(model) {
  const { limit } = model.get("settings");
  const tidy = (value) => Math.round(1e3 * Math.min(limit, Math.max(-limit, value))) / 1e3;
  return {
    move: (x, y) => setTrait(model, "probe", [tidy(x), tidy(y)]),
    along(axis, value) {
      const place = [...model.get("probe")];
      place[axis] = tidy(value);
      setTrait(model, "probe", place);
    },
  };
}

// All samples, by the strength of their value; a drawing of its own below the plane, so that a drag leaves it alone.
function kernelProbeSamples({ half, levels }) {
  const size = 440;
  const svg = svgElement("svg", { viewBox: `0 0 ${size} ${size}`, class: "hgmrl-samples", "aria-hidden": "true" });
  const paths = Array.from({ length: 6 }, (_, k) => svgElement("path", { class: `hgmrl-sample hgmrl-level-${k}` }, svg));
  const at = (value) => ((value + half) * size) / (2 * half);
  let drawn = null;
  return {
    svg,
    show({ name, points, values, count }) {
      if (values === drawn) return;
      drawn = values;
      const texts = paths.map(() => "");
      for (let i = 0; i < count; i++) {
        const level = levels[name].filter((threshold) => values[i] > threshold).length;
        texts[level] += `M${at(points[2 * i]).toFixed(1)} ${at(-points[2 * i + 1]).toFixed(1)}h0`;
      }
      paths.forEach((path, k) => path.setAttribute("d", texts[k]));
      svg.style.setProperty("--hgmrl-dot", `${count > 2000 ? 2.2 : count > 700 ? 3 : 4}px`);
    },
  };
}

// A line through the probe with its error as a bow tie: [line, wedge] as SVG paths.
function probeTangent(plane, [x, y], normalAngle, error, length) {
  const [px, py] = [plane.x(x), plane.y(y)];
  const reach = plane.length(length);
  const tip = (angle) => `${(px + reach * Math.cos(angle)).toFixed(1)} ${(py - reach * Math.sin(angle)).toFixed(1)}`;
  const along = normalAngle + Math.PI / 2;
  // Wider than this the wedge says no more than "anywhere".
  const spread = Math.min(error, Math.PI / 3);
  const half = (angle) =>
    `M${px.toFixed(1)} ${py.toFixed(1)}L${tip(angle - spread)}A${reach} ${reach} 0 0 0 ${tip(angle + spread)}Z`;
  return [`M${tip(along + Math.PI)}L${tip(along)}`, half(along) + half(along + Math.PI)];
}

// The plane with level set, neighbours, gradient and both tangents. Returns { svg, show(scene) }.
function kernelProbePlane(settings, hand, signal) {
  const { half, limit, goal } = settings;
  const plane = makePlane({ half, ticks: [-2, -1, 0, 1, 2], label: "Plane with the samples and the probe" });
  const layer = plane.layer("probe");
  const line = (name) => svgElement("path", { class: name }, layer);
  const levelSet = line("hgmrl-level-set");
  const circle = svgElement("circle", { class: "hgmrl-reach" }, layer);
  const used = line("hgmrl-used");
  const band = line("hgmrl-band-dots");
  const pcaWedge = line("hgmrl-wedge hgmrl-of-base");
  const wedge = line("hgmrl-wedge hgmrl-of-geometric");
  const pcaLine = line("hgmrl-mean hgmrl-of-base");
  const tangent = line("hgmrl-mean hgmrl-of-geometric");
  const gradient = line("hgmrl-gradient");
  const goalMark = svgElement("path", { d: PROBE_CROSS, class: "hgmrl-goal-cross" }, layer);
  goalMark.setAttribute("transform", `translate(${plane.x(goal[0])} ${plane.y(goal[1])})`);
  const label = (content) => {
    const text = svgElement("text", { class: "hgmrl-label", "text-anchor": "middle" }, plane.svg);
    text.textContent = content;
    return text;
  };
  const [goalLabel, gradientLabel, levelLabel] = ["c", "true gradient", "level set"].map(label);
  const handle = svgElement("g", { class: "hgmrl-handle", tabindex: "0", role: "slider" }, plane.svg);
  handle.setAttribute("aria-label", "Probe point");
  handle.setAttribute("aria-valuemin", String(-limit));
  handle.setAttribute("aria-valuemax", String(limit));
  svgElement("circle", { r: 22, class: "hgmrl-hit" }, handle);
  svgElement("circle", { r: 14, class: "hgmrl-focus" }, handle);
  svgElement("circle", { r: 7, class: "hgmrl-ring" }, handle);

  let shown = null;
  let grip = [0, 0];
  draggable(plane, handle, {
    begin(point) {
      handle.focus({ preventScroll: true });
      grip = shown.probe.map((value, k) => value - point[k]);
    },
    move: (point) => hand.move(point[0] + grip[0], point[1] + grip[1]),
    end: () => {},
    signal,
  });
  steppable2(handle, {
    step: (dx, dy) => hand.move(shown.probe[0] + dx * PROBE_STEP, shown.probe[1] + dy * PROBE_STEP),
    signal,
  });

  const dots = (index, points) =>
    index.map((i) => `M${plane.x(points[2 * i]).toFixed(1)} ${plane.y(points[2 * i + 1]).toFixed(1)}h0`).join("");
  const squares = (index, points) =>
    index
      .map((i) => `M${(plane.x(points[2 * i]) - 4).toFixed(1)} ${(plane.y(points[2 * i + 1]) - 4).toFixed(1)}h8v8h-8Z`)
      .join("");
  const drawTangent = (state, estimate, stroke, area) => {
    const there = !estimate.dropped;
    for (const element of [stroke, area]) element.style.display = there ? "" : "none";
    if (!there) return;
    const [d, wedgePath] = probeTangent(plane, state.probe, estimate.line, estimate.error, 0.95);
    stroke.setAttribute("d", d);
    area.setAttribute("d", wedgePath);
  };
  return {
    svg: plane.svg,
    show(state) {
      shown = state;
      const [x, y] = state.probe;
      const [px, py] = [plane.x(x), plane.y(y)];
      levelSet.setAttribute("d", plane.path(state.levelSet));
      circle.setAttribute("cx", px.toFixed(1));
      circle.setAttribute("cy", py.toFixed(1));
      circle.setAttribute("r", plane.length(state.radius).toFixed(1));
      used.setAttribute("d", dots(state.used, state.points));
      band.setAttribute("d", squares(state.band, state.points));
      drawTangent(state, state.regression, tangent, wedge);
      drawTangent(state, state.pca, pcaLine, pcaWedge);
      handle.setAttribute("transform", `translate(${px.toFixed(2)} ${py.toFixed(2)})`);
      handle.setAttribute("aria-valuenow", x.toFixed(2));
      handle.setAttribute("aria-valuetext", `x ${inFixed(x)}, y ${inFixed(y)}`);

      const boxes = [{ left: px - 9, right: px + 9, top: py - 9, bottom: py + 9 }];
      const atGoal = state.name === "distance" || state.name === "bump";
      for (const element of [goalMark, goalLabel]) element.style.display = atGoal ? "" : "none";
      if (atGoal) boxes.push(placeBeside(goalLabel, plane.x(goal[0]), plane.y(goal[1]), -1, 1, 6, plane.size, plane.size));
      gradient.style.display = state.truth === null ? "none" : "";
      gradientLabel.style.visibility = "hidden";
      if (state.truth !== null) {
        const [ux, uy] = [Math.cos(state.truth), Math.sin(state.truth)];
        const [tx, ty] = [px + ux * 62, py - uy * 62];
        gradient.setAttribute("d", probeArrow(px, py, ux, uy, 62));
        placeProbeLabel(plane, gradientLabel, [[tx, ty, ux, uy], [tx, ty, -uy, ux], [tx, ty, uy, -ux]], boxes);
      }
      placeProbeLabel(plane, levelLabel, farSegments(plane, state), boxes);
    },
  };
}

const PROBE_CROSS = "M-5 0H5M0 -5V5";

function probeArrow(px, py, ux, uy, length) {
  const [tx, ty] = [px + ux * length, py - uy * length];
  const barb = (side) =>
    `${(tx - 10 * ux - side * 5 * uy).toFixed(1)} ${(ty + 10 * uy - side * 5 * ux).toFixed(1)}`;
  return `M${px.toFixed(1)} ${py.toFixed(1)}L${tx.toFixed(1)} ${ty.toFixed(1)}M${barb(1)}L${tx.toFixed(1)} ${ty.toFixed(1)}L${barb(-1)}`;
}

// Places for a label on the level set, the farthest from the probe first: [x, y, dx, dy] in the drawing.
function farSegments(plane, { levelSet, probe }) {
  const inside = (value) => Math.abs(value) < 0.88 * plane.half;
  const places = levelSet
    .filter(([x, y]) => inside(x) && inside(y))
    .map(([x, y]) => [Math.hypot(x - probe[0], y - probe[1]), x, y])
    .sort((a, b) => b[0] - a[0]);
  return [0, 0.1, 0.25, 0.4]
    .map((part) => places[Math.floor(part * places.length)])
    .filter((place) => place && place[0] > 0.5)
    .map(([, x, y]) => [plane.x(x), plane.y(y), x - probe[0], y - probe[1]]);
}

// Put a label at the first place where it covers none of `boxes`; nowhere: it is left out.
function placeProbeLabel(plane, text, places, boxes) {
  text.style.visibility = "hidden";
  for (const [x, y, dx, dy] of places) {
    const box = placeBeside(text, x, y, dx, dy, 5, plane.size, plane.size);
    if (boxes.some((other) => boxesOverlap(box, other))) continue;
    text.style.visibility = "";
    boxes.push(box);
    return;
  }
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
    const text = svgElement("text", { x: x(tick), y: height - 5, "text-anchor": "middle", class: "hgmrl-tick" }, svg);
    text.textContent = `${String(tick).replace("-", "−")}°`;
  }
  const rows = [["regression", "hgmrl-of-geometric", 22], ["local PCA", "hgmrl-of-base", 52]].map(([name, kind, y]) => {
    const text = svgElement("text", { x: 2, y: y + 4, class: "hgmrl-tick" }, svg);
    text.textContent = name;
    const bar = svgElement("path", { class: `hgmrl-error-bar ${kind}` }, svg);
    const mark = svgElement("path", { class: `hgmrl-error-mark ${kind}` }, svg);
    return (estimate) => {
      const there = !estimate.dropped && estimate.off !== null;
      for (const element of [bar, mark]) element.style.display = there ? "" : "none";
      if (!there) return;
      const [off, error] = [estimate.off, estimate.error * TO_DEGREES];
      const [from, to] = [Math.max(off - error, -90), Math.min(off + error, 90)].map((end) => x(end).toFixed(1));
      bar.setAttribute("d", `M${from} ${y}H${to}M${from} ${y - 4}v8M${to} ${y - 4}v8`);
      const at = x(off).toFixed(1);
      mark.setAttribute("d", kind === "hgmrl-of-base" ? `M${at - 4.5} ${y - 4.5}h9v9h-9Z` : `M${at - 5} ${y}a5 5 0 1 0 10 0a5 5 0 1 0 -10 0Z`);
    };
  });
  return {
    svg,
    show({ regression, pca }) {
      rows[0](regression);
      rows[1](pca);
    },
  };
}

function inFixed(value, digits = 2) {
  const text = Math.abs(value).toFixed(digits);
  return `${value < 0 && Number(text) !== 0 ? "−" : ""}${text}`;
}

// An angle with as many digits as it deserves.
function fineDegrees(degrees) {
  const size = Math.abs(degrees);
  return `${size >= 10 ? size.toFixed(0) : size >= 1 ? size.toFixed(1) : size >= 0.1 ? size.toFixed(2) : size.toFixed(3)}°`;
}

// One estimator's card. Returns show(estimate, support).
function probeCard(parent, name, kind) {
  const card = htmlElement("div", { class: `hgmrl-card ${kind}` }, parent);
  const head = htmlElement("div", { class: "hgmrl-card-head" }, card);
  htmlElement("span", {}, head, name);
  const figure = htmlElement("strong", { class: "hgmrl-state hgmrl-off" }, head);
  const detail = htmlElement("div", { class: "hgmrl-detail" }, card);
  return (estimate, support) => {
    figure.textContent = estimate.dropped ? "dropped" : estimate.off === null ? "–" : `${fineDegrees(estimate.off)} off`;
    detail.textContent = estimate.dropped
      ? `${support}: ${estimate.dropped}`
      : `predicted standard error ${fineDegrees(estimate.error * TO_DEGREES)}; ${support}`;
  };
}

const DEGREE_WORDS = ["", "linear", "quadratic", "cubic"];

function kernelProbePanel(parent, model, hand, signal) {
  const { limit, functions, ranges } = model.get("settings");
  const choices = htmlElement("div", { class: "hgmrl-choices", role: "group", "aria-label": "Function" }, parent);
  const buttons = functions.map(([name, title, formula]) => {
    const button = htmlElement("button", { type: "button", class: "hgmrl-button" }, choices, title);
    button.addEventListener("click", () => setTrait(model, "function", name), { signal });
    return [button, name, formula];
  });
  const formula = htmlElement("div", { class: "hgmrl-detail hgmrl-formula" }, parent);
  const sliders = htmlElement("div", { class: "hgmrl-sliders" }, parent);
  const slider = (label, trait, step, format, change) => {
    const [min, max] = ranges[trait] ?? [-limit, limit];
    return labelledSlider(sliders, { label, min, max, step, format, change, release: () => {}, signal });
  };
  const onTrait = (trait) => (value) => setTrait(model, trait, value);
  const inPercent = (value) => `${(100 * value).toFixed(1)} %`;
  const shows = {
    x: slider("Probe x", "x", PROBE_STEP, (value) => inFixed(value), (value) => hand.along(0, value)),
    y: slider("Probe y", "y", PROBE_STEP, (value) => inFixed(value), (value) => hand.along(1, value)),
    samples: slider("Samples", "samples", 50, String, onTrait("samples")),
    noise: slider("Noise", "noise", 0.005, inPercent, onTrait("noise")),
    neighbours: slider("Neighbours", "neighbours", 1, String, onTrait("neighbours")),
    degree: slider("Degree", "degree", 1, (value) => DEGREE_WORDS[value], onTrait("degree")),
    radius: slider("PCA radius", "radius", 0.01, (value) => inFixed(value), onTrait("radius")),
    window: slider("PCA window", "window", 0.005, inPercent, onTrait("window")),
  };
  const regression = probeCard(parent, "Local regression", "hgmrl-of-geometric");
  const pca = probeCard(parent, "Local PCA", "hgmrl-of-base");
  const plot = probeErrorPlot();
  parent.append(plot.svg);
  const note = htmlElement("div", { class: "hgmrl-note" }, parent);
  const spoken = spokenText(parent);
  signal.addEventListener("abort", spoken.stop);
  return (state) => {
    for (const [button, name, text] of buttons) {
      button.setAttribute("aria-pressed", String(name === state.name));
      if (name === state.name) formula.textContent = `f(x, y) = ${text}`;
    }
    const [x, y] = state.probe;
    const { samples, ...others } = shows;
    samples(state.count);
    for (const [trait, show] of Object.entries(others)) show({ ...state, x, y }[trait]);
    regression(state.regression, `${state.neighbours} nearest samples, reach ${inFixed(state.reach)}`);
    pca(state.pca, `${state.band.length} samples in the level set's band`);
    plot.show(state);
    note.textContent =
      state.truth === null
        ? "Here the true gradient is zero or has no value: there is no normal to find."
        : "Error from the true tangent (0°), finer near 0. Bar: one standard error. Noise and window: in % of f's standard deviation.";
    const words = ({ dropped, off }) => (dropped ? "dropped" : off === null ? "unknown" : `${fineDegrees(off)} off`);
    spoken.say(`Probe at ${inFixed(x)}, ${inFixed(y)}: regression ${words(state.regression)}, local PCA ${words(state.pca)}`);
  };
}

function kernelProbeLegend(parent) {
  const stroke = (name) => (svg) => svgElement("path", { d: "M1 8H25", class: name }, svg);
  legendItem(parent, "probe: drag the ring", (svg) => svgElement("circle", { cx: 13, cy: 8, r: 6, class: "hgmrl-ring" }, svg));
  legendItem(parent, "samples, stronger where f is larger", (svg) => {
    ["M4 8h0", "M13 8h0", "M22 8h0"].forEach((d, k) =>
      svgElement("path", { d, class: `hgmrl-sample hgmrl-level-${2 * k + 1}` }, svg),
    );
  });
  legendItem(parent, "true level set through the probe", stroke("hgmrl-level-set"));
  legendItem(parent, "true gradient", (svg) => svgElement("path", { d: probeArrow(2, 8, 1, 0, 22), class: "hgmrl-gradient" }, svg));
  legendItem(parent, "regression: neighbours", (svg) => svgElement("path", { d: "M5 8h0M13 8h0M21 8h0", class: "hgmrl-used" }, svg));
  legendItem(parent, "its tangent ± one standard error", (svg) => {
    svgElement("path", { d: "M13 8L1 3V13ZM13 8L25 3V13Z", class: "hgmrl-wedge hgmrl-of-geometric" }, svg);
    svgElement("path", { d: "M1 8H25", class: "hgmrl-mean hgmrl-of-geometric" }, svg);
  });
  legendItem(parent, "local PCA: neighbours in the level set", (svg) =>
    svgElement("path", { d: "M1 4h8v8h-8ZM15 4h8v8h-8Z", class: "hgmrl-band-dots" }, svg),
  );
  legendItem(parent, "its tangent ± one standard error", (svg) => {
    svgElement("path", { d: "M13 8L1 3V13ZM13 8L25 3V13Z", class: "hgmrl-wedge hgmrl-of-base" }, svg);
    svgElement("path", { d: "M1 8H25", class: "hgmrl-mean hgmrl-of-base" }, svg);
  });
}

export default () => {
  let shared = null;
  let hand = null;
  return {
    initialize({ model }) {
      shared = sharedScene(model, PROBE_TRAITS, kernelProbeScene(model));
      hand = kernelProbeHand(model);
    },
    render({ model, el }) {
      // Ends every listener of this view, also where the host hands over no signal of its own.
      const ending = new AbortController();
      const { signal } = ending;
      const areas = widgetAreas(el, "hgmrl-kernel-probe", signal);
      const settings = model.get("settings");
      const samples = kernelProbeSamples(settings);
      const plane = kernelProbePlane(settings, hand, signal);
      const stack = htmlElement("div", { class: "hgmrl-stack" }, areas.figure);
      stack.append(samples.svg, plane.svg);
      kernelProbeLegend(areas.legend);
      const panel = kernelProbePanel(areas.panel, model, hand, signal);
      const remove = shared.add((state) => {
        samples.show(state);
        plane.show(state);
        panel(state);
      });
      return () => {
        remove();
        ending.abort();
      };
    },
  };
};
