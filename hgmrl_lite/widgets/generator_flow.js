// GeneratorFlow: a generator W of the plane under the hand; its flow, its type, exp(tW) and the logarithm.

const FLOW_STEP = 0.05;
const FLOW_TRAITS = ["generator", "t", "flowing"];

// What is on screen, from the model's traits.
function generatorFlowScene(model) {
  const { flag, time_limit: timeLimit } = model.get("settings");
  return () => {
    const w = model.get("generator").flat();
    const t = model.get("t");
    const element = exp2(w, t);
    const [foot] = flag;
    return {
      w,
      t,
      element,
      type: planarType(w),
      logarithm: logOfExp2(w, t),
      flag: flag.map(([x, y]) => apply2(element, x, y)),
      orbit: orbitPoints(w, ...foot, -timeLimit, timeLimit, 281),
      way: orbitPoints(w, ...foot, 0, t, 141),
      flowing: model.get("flowing"),
    };
  };
}

// The hand on the generator and on the time; numbers of four digits, so that they can be read in Python.
function generatorFlowHand(model) {
  const { limit, time_limit: timeLimit } = model.get("settings");
  const within = (value, end) => Math.min(end, Math.max(-end, value));
  const tidy = (value) => Math.round(1e4 * value) / 1e4;
  const onGrid = (value) => tidy(Math.round(value / FLOW_STEP) * FLOW_STEP);
  const set = (w) => {
    const [a, b, c, d] = w.map((entry) => within(entry, limit));
    setTrait(model, "generator", [[a, b], [c, d]]);
  };
  const current = () => model.get("generator").flat();
  return {
    set,
    entry(number, value) {
      set(current().map((entry, k) => (k === number ? tidy(value) : entry)));
    },
    // The tip of column j's arrow, which starts at the unit vector e_j.
    column(j, x, y) {
      const w = current();
      w[j] = onGrid(x - (j === 0 ? 1 : 0));
      w[2 + j] = onGrid(y - (j === 1 ? 1 : 0));
      set(w);
    },
    invariants(start, trace, determinant) {
      set(withTraceDeterminant(start, trace, determinant, limit));
    },
    time(value) {
      // A time within a hair of a half turn or a whole one becomes exactly that.
      const { turning } = planarType(current());
      const half = turning > 0 ? Math.PI / turning : Infinity;
      const nearest = Number.isFinite(half) ? Math.round(value / half) * half : Infinity;
      const snapped = Math.abs(value - nearest) < 0.012 ? nearest : tidy(value);
      setTrait(model, "t", within(snapped, timeLimit));
    },
  };
}

// Arrows of the field on a grid: one path. Long ones are shortened, so that none reaches its neighbour.
function fieldArrows(plane, w, spacing = 0.5) {
  let text = "";
  const count = Math.floor(plane.half / spacing - 0.2);
  for (let i = -count; i <= count; i++) {
    for (let j = -count; j <= count; j++) {
      const [x, y] = [i * spacing, j * spacing];
      const [u, v] = apply2(w, x, y);
      const speed = Math.hypot(u, v);
      const px = plane.x(x);
      const py = plane.y(y);
      if (speed < 1e-9) {
        text += `M${px.toFixed(1)} ${py.toFixed(1)}h0`;
        continue;
      }
      const length = plane.length((0.43 * speed) / (0.8 + speed));
      const [ux, uy] = [u / speed, -v / speed];
      const [tx, ty] = [px + length * ux, py + length * uy];
      const head = 0.3 * length;
      const barb = (side) =>
        `${(tx - head * (ux - side * 0.55 * uy)).toFixed(1)} ${(ty - head * (uy + side * 0.55 * ux)).toFixed(1)}`;
      text += `M${px.toFixed(1)} ${py.toFixed(1)}L${tx.toFixed(1)} ${ty.toFixed(1)}`;
      text += `M${barb(1)}L${tx.toFixed(1)} ${ty.toFixed(1)}L${barb(-1)}`;
    }
  }
  return text;
}

// Points that flow: each lives for a while, then another begins elsewhere, spread evenly.
function makeParticles(half, count = 170, life = 2.4) {
  let born = 0;
  const spread = (k, base) => {
    let [value, part] = [0, 1];
    for (let rest = k; rest > 0; rest = Math.floor(rest / base)) {
      part /= base;
      value += part * (rest % base);
    }
    return half * (2 * value - 1);
  };
  const birth = (age) => {
    born += 1;
    return { x: spread(born, 2), y: spread(born, 3), age };
  };
  let particles = Array.from({ length: count }, (_, k) => birth((life * k) / count));
  return {
    move(w, time) {
      const step = exp2(w, time);
      particles = particles.map(({ x, y, age }) => {
        const [u, v] = apply2(step, x, y);
        const gone = age + time > life || Math.abs(u) > 1.05 * half || Math.abs(v) > 1.05 * half;
        return gone ? birth(0) : { x: u, y: v, age: age + time };
      });
    },
    // Each as the last piece of its way.
    path(plane, w) {
      const back = exp2(w, -0.14);
      let text = "";
      for (const { x, y } of particles) {
        const [u, v] = apply2(back, x, y);
        text += `M${plane.x(u).toFixed(1)} ${plane.y(v).toFixed(1)}L${plane.x(x).toFixed(1)} ${plane.y(y).toFixed(1)}`;
      }
      return text;
    },
  };
}

// Pieces of orbits from a coarse grid, for those who want nothing to move.
function standingOrbits(plane, w) {
  const pieces = [];
  for (let i = -2.5; i <= 2.5; i += 1) {
    for (let j = -2.5; j <= 2.5; j += 1) pieces.push(orbitPoints(w, i, j, -0.35, 0.35, 15));
  }
  return plane.path(pieces);
}

// Let a view's particles flow while they are seen; `show` draws them once where nothing may move.
function flowWhileSeen(element, scene, draw, signal) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let seen = true;
  let frame = 0;
  let before = 0;
  const moving = () => scene().flowing && !calm.matches;
  const tick = (now) => {
    frame = 0;
    if (!moving() || !seen || signal.aborted) return;
    // Half a unit of t a second; after a pause one small step, not a leap.
    draw(Math.min(0.05, Math.max(0, now - before) / 2000));
    before = now;
    frame = requestAnimationFrame(tick);
  };
  const start = () => {
    if (frame || !moving() || !seen || signal.aborted) return;
    before = performance.now();
    frame = requestAnimationFrame(tick);
  };
  const observer = new IntersectionObserver((entries) => {
    seen = entries[entries.length - 1].isIntersecting;
    start();
  });
  observer.observe(element);
  calm.addEventListener("change", () => (moving() ? start() : draw(0)), { signal });
  signal.addEventListener("abort", () => {
    observer.disconnect();
    cancelAnimationFrame(frame);
  });
  return { start, moving };
}

// A handle that can be dragged in two directions. Returns its group.
function flowHandle(parent, name, label) {
  const handle = svgElement("g", { class: `hgmrl-handle ${name}`, tabindex: "0", role: "slider" }, parent);
  handle.setAttribute("aria-label", label);
  svgElement("circle", { r: 20, class: "hgmrl-hit" }, handle);
  svgElement("circle", { r: 15, class: "hgmrl-focus" }, handle);
  svgElement("circle", { r: 7.5, class: "hgmrl-ring" }, handle);
  return handle;
}

// The plane with field, particles, flag and the two column arrows. Returns { svg, show(scene) }.
function generatorFlowPlane(settings, hand, signal) {
  const { half, flag, limit } = settings;
  const plane = makePlane({ half, ticks: [-2, -1, 0, 1, 2], label: "Plane with the velocity field and its flow" });
  const layer = plane.layer("flow");
  const line = (name) => svgElement("path", { class: name }, layer);
  const arrows = line("hgmrl-field");
  const orbit = line("hgmrl-orbit");
  const particles = line("hgmrl-particles");
  const way = line("hgmrl-way");
  const draw = (points) =>
    `M${points.slice(0, 4).map(([x, y]) => `${plane.x(clip(x)).toFixed(1)} ${plane.y(clip(y)).toFixed(1)}`).join("L")}Z`;
  const clip = (value) => Math.min(1e3, Math.max(-1e3, value));
  const still = line("hgmrl-flag hgmrl-still");
  still.setAttribute("d", draw(flag));
  const moved = line("hgmrl-flag hgmrl-moved");
  const label = (content) => {
    const text = svgElement("text", { class: "hgmrl-label", "text-anchor": "middle" }, plane.svg);
    text.textContent = content;
    return text;
  };
  const stillLabel = label("flag");
  const movedLabel = label("exp(tW) flag");

  let shown = null;
  const columns = [0, 1].map((j) => {
    const stem = svgElement("path", { class: "hgmrl-column" }, plane.svg);
    const text = label(j === 0 ? "We₁" : "We₂");
    const place = j === 0 ? "(1, 0)" : "(0, 1)";
    const handle = flowHandle(plane.svg, `hgmrl-column-${j + 1}`, `Velocity at ${place}: column ${j + 1} of W`);
    const tip = () => [shown.w[j] + (j === 0 ? 1 : 0), shown.w[2 + j] + (j === 1 ? 1 : 0)];
    let grip = [0, 0];
    draggable(plane, handle, {
      begin(point) {
        handle.focus({ preventScroll: true });
        grip = tip().map((value, k) => value - point[k]);
      },
      move: (point) => hand.column(j, point[0] + grip[0], point[1] + grip[1]),
      end: () => {},
      signal,
    });
    steppable2(handle, {
      step: (dx, dy) => hand.column(j, tip()[0] + dx * FLOW_STEP, tip()[1] + dy * FLOW_STEP),
      signal,
    });
    return { stem, text, handle, tip, start: j === 0 ? [1, 0] : [0, 1] };
  });

  const cloud = makeParticles(half);
  const drawParticles = (time) => {
    if (motion.moving()) {
      cloud.move(shown.w, time);
      particles.setAttribute("d", cloud.path(plane, shown.w));
    } else {
      particles.setAttribute("d", standingOrbits(plane, shown.w));
    }
  };
  const motion = flowWhileSeen(plane.svg, () => shown, drawParticles, signal);

  return {
    svg: plane.svg,
    show(state) {
      shown = state;
      arrows.setAttribute("d", fieldArrows(plane, state.w));
      orbit.setAttribute("d", plane.path([state.orbit.map(clip)]));
      way.setAttribute("d", plane.path([state.way.map(clip)]));
      moved.setAttribute("d", draw(state.flag));
      const boxes = [];
      for (const { stem, text, handle, tip, start } of columns) {
        const [x, y] = tip();
        const [sx, sy] = start;
        stem.setAttribute("d", `M${plane.x(sx)} ${plane.y(sy)}L${plane.x(x)} ${plane.y(y)}`);
        handle.setAttribute("transform", `translate(${plane.x(x).toFixed(2)} ${plane.y(y).toFixed(2)})`);
        const [vx, vy] = [x - sx, y - sy];
        handle.setAttribute("aria-valuemin", String(-limit));
        handle.setAttribute("aria-valuemax", String(limit));
        handle.setAttribute("aria-valuenow", vx.toFixed(2));
        handle.setAttribute("aria-valuetext", `velocity (${inFixed(vx)}, ${inFixed(vy)}) at (${sx}, ${sy})`);
        const [px, py] = [plane.x(x), plane.y(y)];
        boxes.push({ left: px - 9, right: px + 9, top: py - 9, bottom: py + 9 });
        boxes.push(placeBeside(text, px, py, vx, vy, 11, plane.size, plane.size));
      }
      nameFlag(plane, movedLabel, state.flag, [...boxes, boxAround(plane, flag)]);
      nameFlag(plane, stillLabel, flag, [...boxes, boxAround(plane, state.flag), labelBox(movedLabel)]);
      if (motion.moving()) motion.start();
      else drawParticles(0);
    },
  };
}

// Name a flag beside its top or its foot where nothing of `boxes` is; no room, or out of the picture: no name.
function nameFlag(plane, text, points, boxes) {
  const [foot, top, tip] = points.map(([x, y]) => [plane.x(x), plane.y(y)]);
  const [ux, uy] = [top[0] - foot[0], foot[1] - top[1]];
  const side = [tip[0] - top[0], top[1] - tip[1]];
  const seen = [foot, top].every(([x, y]) => Math.min(x, y) > 0 && Math.max(x, y) < plane.size);
  const places = [[top, ux, uy], [tip, ...side], [foot, -ux, -uy], [foot, -side[0], -side[1]]];
  text.style.visibility = "hidden";
  for (const [[x, y], dx, dy] of seen ? places : []) {
    const box = placeBeside(text, x, y, dx, dy, 5, plane.size, plane.size);
    if (boxes.some((other) => boxesOverlap(box, other))) continue;
    text.style.visibility = "";
    return;
  }
}

function boxAround(plane, points) {
  const xs = points.map(([x]) => plane.x(x));
  const ys = points.map(([, y]) => plane.y(y));
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
}

function labelBox(text) {
  const [x, y] = ["x", "y"].map((name) => Number(text.getAttribute(name)));
  const half = text.style.visibility === "hidden" ? -1 : (text.textContent.length * 6.9 + 4) / 2;
  return { left: x - half, right: x + half, top: y - 12, bottom: y + 3 };
}

function inFixed(value, digits = 2) {
  const text = Math.abs(value).toFixed(digits);
  return `${value < 0 && Number(text) !== 0 ? "−" : ""}${text}`;
}

// The chart of trace and determinant; its point is a handle. Returns { svg, show(scene) }.
function generatorFlowChart({ limit }, hand, signal) {
  const [width, height] = [420, 270];
  const [maxTrace, maxDeterminant] = [2 * limit, 2 * limit * limit];
  const svg = svgElement("svg", { viewBox: `0 0 ${width} ${height}`, class: "hgmrl-chart", role: "group" });
  svg.setAttribute("aria-label", "Chart of trace and determinant");
  const pad = 10;
  const x = (trace) => width / 2 + (trace / maxTrace) * (width / 2 - pad);
  const y = (determinant) => height / 2 - (determinant / maxDeterminant) * (height / 2 - pad);
  const curve = (f, from = -maxTrace, to = maxTrace) =>
    Array.from({ length: 61 }, (_, k) => from + ((to - from) * k) / 60)
      .map((trace) => `${x(trace).toFixed(1)} ${y(f(trace)).toFixed(1)}`)
      .join("L");
  const parabola = (trace) => (trace * trace) / 4;
  const roof = (trace) => parabola(trace) + limit * limit;
  const floor = (trace) => limit * Math.abs(trace) - 2 * limit * limit;
  const path = (d, name) => svgElement("path", { d, class: name }, svg);
  svgElement("rect", { x: 0.5, y: 0.5, width: width - 1, height: height - 1, rx: 4, class: "hgmrl-frame" }, svg);
  const back = (trace) => [x(trace).toFixed(1), y(parabola(trace)).toFixed(1)].join(" ");
  const reversed = Array.from({ length: 61 }, (_, k) => back(maxTrace - (2 * maxTrace * k) / 60)).join("L");
  path(`M${curve(roof)}L${reversed}Z`, "hgmrl-elliptic");
  path(`M${curve(parabola)}L${x(0).toFixed(1)} ${y(floor(0)).toFixed(1)}Z`, "hgmrl-hyperbolic");
  path(`M${x(-maxTrace)} ${y(0)}H${x(maxTrace)}M${x(0)} ${y(floor(0))}V${y(0)}`, "hgmrl-chart-axis");
  path(`M${curve(parabola)}`, "hgmrl-parabola");
  path(`M${x(0)} ${y(0)}V${y(roof(0))}`, "hgmrl-compact");
  const word = (content, trace, determinant, anchor = "middle", name = "hgmrl-region") => {
    const text = svgElement("text", { x: x(trace), y: y(determinant) + 4, "text-anchor": anchor, class: name }, svg);
    text.textContent = content;
    return text;
  };
  const regions = {
    "spiral in": word("spiral in", -1.25, 1.75),
    "spiral out": word("spiral out", 1.25, 1.75),
    saddle: word("saddle", 0, -2.1),
    "node in": word("node in", -2.4, 0.5),
    "node out": word("node out", 2.4, 0.5),
    compact: word("compact: returns", 0, 3.05),
  };
  word("elliptic", -2.1, 3.6, "middle", "hgmrl-family");
  word("hyperbolic", -1.15, -0.8, "middle", "hgmrl-family");
  const along = word("parabolic", 0, 0, "middle", "hgmrl-family");
  const [cx, cy] = [x(2.35), y(parabola(2.35))];
  const slope = (Math.atan2(cy - y(parabola(2.36)), x(2.36) - cx) * 180) / Math.PI;
  along.setAttribute("transform", `translate(${cx.toFixed(1)} ${(cy - 6).toFixed(1)}) rotate(${(-slope).toFixed(1)})`);
  for (const name of ["x", "y"]) along.removeAttribute(name);
  word("det W", -0.06, -4.0, "end", "hgmrl-tick");
  word("tr W", maxTrace, -0.42, "end", "hgmrl-tick");

  const handle = flowHandle(svg, "hgmrl-invariants", "Trace and determinant of W");
  const chart = {
    at(event) {
      const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
      const half = { x: width / 2 - pad, y: height / 2 - pad };
      return [((point.x - width / 2) / half.x) * maxTrace, ((height / 2 - point.y) / half.y) * maxDeterminant];
    },
  };
  let shown = null;
  let start = null;
  let grip = [0, 0];
  draggable(chart, handle, {
    begin(point) {
      handle.focus({ preventScroll: true });
      start = shown.w;
      grip = [shown.type.trace - point[0], shown.type.determinant - point[1]];
    },
    move(point) {
      let [trace, determinant] = point.map((value, k) => value + grip[k]);
      // The line and the curve where the type changes have no width: the hand is helped onto them.
      if (Math.abs(trace) < 0.09) trace = 0;
      if (Math.abs(determinant - parabola(trace)) < 0.13) determinant = parabola(trace);
      hand.invariants(start, trace, determinant);
    },
    end() {
      start = null;
    },
    signal,
  });
  steppable2(handle, {
    step(dx, dy) {
      const on = (value, steps) => Math.round(value / FLOW_STEP + steps) * FLOW_STEP;
      const { trace, determinant } = shown.type;
      hand.invariants(shown.w, dx ? on(trace, dx) : trace, dy ? on(determinant, dy) : determinant);
    },
    signal,
  });
  return {
    svg,
    show(state) {
      shown = state;
      const { trace, determinant } = state.type;
      handle.setAttribute("transform", `translate(${x(trace).toFixed(2)} ${y(determinant).toFixed(2)})`);
      handle.setAttribute("aria-valuemin", String(-maxTrace));
      handle.setAttribute("aria-valuemax", String(maxTrace));
      handle.setAttribute("aria-valuenow", trace.toFixed(2));
      handle.setAttribute(
        "aria-valuetext",
        `trace ${inFixed(trace)}, determinant ${inFixed(determinant)}: ${typeInWords(state.type)}`,
      );
      const here = regionOf(state.type);
      for (const [name, text] of Object.entries(regions)) text.classList.toggle("hgmrl-here", name === here);
    },
  };
}

function regionOf({ kind, trace, determinant, compact }) {
  if (kind === "elliptic") return compact ? "compact" : trace < 0 ? "spiral in" : "spiral out";
  if (kind === "hyperbolic" && determinant > 0) return trace < 0 ? "node in" : "node out";
  return kind === "hyperbolic" && determinant < 0 ? "saddle" : "";
}

function typeInWords({ kind, trace, determinant, compact, sense }) {
  const way = trace < 0 ? "inwards" : "outwards";
  if (kind === "zero") return "zero: nothing moves";
  if (kind === "scalar") return `scalar: a scaling ${way}`;
  if (kind === "elliptic") {
    const turn = sense > 0 ? "anticlockwise" : "clockwise";
    return compact ? `elliptic: closed orbits, ${turn}` : `elliptic: spirals ${way}, ${turn}`;
  }
  if (kind === "parabolic") return Math.abs(trace) < 1e-9 ? "parabolic: a shear" : `parabolic: a shear with a scaling ${way}`;
  if (Math.abs(determinant) < 1e-9) return `hyperbolic: a line stands still, the rest flows ${way}`;
  return determinant < 0 ? "hyperbolic: a saddle" : `hyperbolic: a node ${way}`;
}

function returnInWords({ kind, trace, determinant, compact, period }) {
  if (kind === "zero") return ["compact", "exp(tW) = I at every t: the group is trivial."];
  if (compact) return [`compact: period ${inFixed(period)}`, "tr W = 0 and det W > 0: after 2π/√det W every point is back."];
  const growth = kind === "elliptic" ? "it turns, but every turn changes the size" : "nothing turns";
  const sign = Math.abs(determinant) < 1e-9 ? "det W = 0" : determinant < 0 ? "det W < 0" : "";
  const size = Math.abs(trace) < 1e-9 ? "" : "tr W ≠ 0";
  return ["not compact: never", `${[size, sign].filter(Boolean).join(", ")}: ${growth}.`];
}

function logInWords({ type, logarithm, t }) {
  const { turn, kept, wholeTurns, halfTurn } = logarithm;
  const degrees = (angle) => inDegrees((type.sense * angle * 180) / Math.PI, 0);
  if (!type.turning) return ["log exp(tW) = tW", "Nothing turns, so the logarithm is tW at every t."];
  if (halfTurn) {
    return ["a half turn: ±180°", `You turned ${degrees(turn)}. Two answers fit, 180° and −180°; the choice is 180°.`];
  }
  if (!wholeTurns) return ["log exp(tW) = tW", `You turned ${degrees(turn)}, less than a half turn: it is all there.`];
  const lost = Math.abs(wholeTurns) === 1 ? "one whole turn" : `${Math.abs(wholeTurns)} whole turns`;
  return ["log exp(tW) ≠ tW", `You turned ${degrees(turn)}, log says ${degrees(kept)}: it leaves out ${lost}.`];
}

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
  for (const time of [-6, -3, 0, 3, 6]) tick(inFixed(time, 0), x(time), height - 8, "middle");
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
    if (Math.abs(value) < 1000) return inFixed(value);
    const [digits, power] = value.toExponential(1).split("e+");
    return `${digits.replace("-", "−")}e${power}`;
  };
  return (m) => {
    cells.forEach((cell, k) => {
      cell.textContent = text(m[k]);
    });
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
    verdict.textContent = words;
    detail.textContent = more;
  };
}

// Below the plane: the time, exp(tW), and what its logarithm is.
function generatorFlowTime(parent, settings, hand, signal) {
  const timeLimit = settings.time_limit;
  const area = htmlElement("div", { class: "hgmrl-time" }, parent);
  const slide = labelledSlider(area, {
    label: "t", min: -timeLimit, max: timeLimit, step: 0.01, format: (value) => inFixed(value),
    change: hand.time, release: () => {}, signal,
  });
  const matrices = htmlElement("div", { class: "hgmrl-matrices" }, area);
  const element = matrixReadout(matrices, "exp(tW)");
  const logarithm = matrixReadout(matrices, "log exp(tW)");
  const log = flowCard(area, "Logarithm", "hgmrl-of-base hgmrl-card-log");
  const saw = generatorFlowSaw(settings);
  htmlElement("div", { class: "hgmrl-detail" }, area, "The angle that log finds, at each t:");
  area.append(saw.svg);
  return (state) => {
    slide(state.t);
    element(state.element);
    logarithm(state.logarithm.log);
    log(logInWords(state));
    saw.show(state);
  };
}

function generatorFlowPanel(parent, settings, hand, signal) {
  const { limit, presets } = settings;
  const choices = htmlElement("div", { class: "hgmrl-presets", role: "group", "aria-label": "Generators to begin with" }, parent);
  const buttons = presets.map(([name, matrix]) => {
    const button = htmlElement("button", { type: "button", class: "hgmrl-button" }, choices, name);
    button.addEventListener("click", () => hand.set(matrix.flat()), { signal });
    return [button, String(matrix.flat())];
  });
  const entries = htmlElement("div", { class: "hgmrl-entries", role: "group", "aria-label": "Entries of W" }, parent);
  const sliders = ["W₁₁", "W₁₂", "W₂₁", "W₂₂"].map((label, number) =>
    labelledSlider(entries, {
      label, min: -limit, max: limit, step: FLOW_STEP, format: (value) => inFixed(value),
      change: (value) => hand.entry(number, value), release: () => {}, signal,
    }),
  );
  const chart = generatorFlowChart(settings, hand, signal);
  parent.append(chart.svg);
  const type = flowCard(parent, "Type", "hgmrl-of-geometric hgmrl-card-type");
  const returns = flowCard(parent, "Does the flow return?", "hgmrl-of-geometric hgmrl-card-returns");
  const spoken = spokenText(parent);
  signal.addEventListener("abort", spoken.stop);
  return (state) => {
    const { w } = state;
    for (const [button, key] of buttons) button.setAttribute("aria-pressed", String(key === String(w)));
    sliders.forEach((show, number) => show(w[number]));
    chart.show(state);
    const { trace, determinant } = state.type;
    const delta = determinant - (trace * trace) / 4;
    type([
      typeInWords(state.type),
      `tr W = ${inFixed(trace)}, det W = ${inFixed(determinant)}, det W₀ = ${inFixed(delta)}`,
    ]);
    returns(returnInWords(state.type));
    spoken.say(`${typeInWords(state.type)}; ${returnInWords(state.type)[0]}; t = ${inFixed(state.t)}, ${logInWords(state)[0]}`);
  };
}

function generatorFlowLegend(parent, model, signal) {
  const stroke = (name) => (svg) => svgElement("path", { d: "M1 8H25", class: name }, svg);
  const flag = (name) => (svg) => svgElement("path", { d: "M8 15V1L19 4L8 7", class: `hgmrl-flag ${name}` }, svg);
  legendItem(parent, "velocity Wp at p", (svg) =>
    svgElement("path", { d: "M2 8H22M16 4L22 8L16 12", class: "hgmrl-field" }, svg),
  );
  legendItem(parent, "columns of W: drag", (svg) => {
    svgElement("path", { d: "M1 8H15", class: "hgmrl-column" }, svg);
    svgElement("circle", { cx: 19, cy: 8, r: 5, class: "hgmrl-ring" }, svg);
  });
  legendItem(parent, "flag", flag("hgmrl-still"));
  legendItem(parent, "flag carried by exp(tW)", flag("hgmrl-moved"));
  legendItem(parent, "way of its foot", stroke("hgmrl-way"));
  legendItem(parent, "its whole orbit", stroke("hgmrl-orbit"));
  const choices = htmlElement("div", { class: "hgmrl-choices" }, parent);
  return traitCheckbox(choices, model, {
    trait: "flowing",
    label: "particles flow",
    mark: legendMark((svg) => svgElement("path", { d: "M2 5h7M14 11h7", class: "hgmrl-particles" }, svg)),
    signal,
  });
}

export default () => {
  let shared = null;
  let hand = null;
  return {
    initialize({ model }) {
      shared = sharedScene(model, FLOW_TRAITS, generatorFlowScene(model));
      hand = generatorFlowHand(model);
    },
    render({ model, el }) {
      // Ends every listener of this view, also where the host hands over no signal of its own.
      const ending = new AbortController();
      const { signal } = ending;
      const areas = widgetAreas(el, "hgmrl-generator-flow", signal);
      const settings = model.get("settings");
      const plane = generatorFlowPlane(settings, hand, signal);
      areas.figure.append(plane.svg);
      const time = generatorFlowTime(areas.figure, settings, hand, signal);
      const legend = generatorFlowLegend(areas.legend, model, signal);
      const panel = generatorFlowPanel(areas.panel, settings, hand, signal);
      const remove = shared.add((state) => {
        plane.show(state);
        legend(state.flowing);
        panel(state);
        time(state);
      });
      return () => {
        remove();
        ending.abort();
      };
    },
  };
};
