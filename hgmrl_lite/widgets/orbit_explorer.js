// OrbitExplorer: drag a point and a group element; orbit, stabiliser, a figure, a function and a policy follow.

// Numbers that can be read in Python: four digits, angles to a hundredth of a degree.
const orbitTidy = (value) => Math.round(1e4 * value) / 1e4;
const orbitTidyAngle = (t) => (Math.round((100 * t) / PLANE_RADIANS) / 100) * PLANE_RADIANS;

function orbitHand(model) {
  const { groups, half, shift_limit: shiftLimit } = model.get("settings");
  const within = (value, end) => Math.min(end, Math.max(-end, value));
  const isAngle = (group) => group === "rotation" || group === "rigid";
  const tidyT = (group, t) => within(isAngle(group) ? orbitTidyAngle(t) : orbitTidy(t), groups[group].limit);
  const set = (changes) => {
    const { group } = orbitPlace(model);
    for (const [name, value] of Object.entries(changes)) {
      if (name === "t") model.set("t", tidyT(group, value));
      else model.set(name, value.map((number) => within(orbitTidy(number), shiftLimit)));
    }
    model.save_changes();
  };
  return {
    choose(group) {
      model.set("group", group);
      model.set("t", tidyT(group, model.get("t")));
      model.save_changes();
    },
    set,
    step(amount) {
      const { group, t } = orbitPlace(model);
      const next = t + amount * groups[group].step;
      set({ t: isAngle(group) ? wrapRadians(next) : next });
    },
    limit: (side) => set({ t: side * groups[orbitPlace(model).group].limit }),
    shiftBy(dx, dy) {
      const [u, v] = orbitPlace(model).shift;
      set({ shift: [u + 0.05 * dx, v + 0.05 * dy] });
    },
    // The element that carries q to the hand.
    pull(q, target) {
      const place = orbitPlace(model);
      const pulled = pulledPlace(place, q, target.map((value) => within(value, 0.97 * half)));
      if (pulled) set(pulled);
    },
    // The rigid motion turned by the hand about the carried point `foot`.
    turnAbout: (foot, t) => set(turnedAbout(orbitPlace(model), foot, wrapRadians(orbitTidyAngle(t)))),
    identity: () => set(orbitPlace(model).group === "rigid" ? { t: 0, shift: [0, 0] } : { t: 0 }),
    inverse: () => set(inversePlace(orbitPlace(model))),
    point(x, y) {
      const limit = 0.96 * half;
      setTrait(model, "point", [x, y].map((value) => within(Math.round(100 * value) / 100, limit)));
    },
    // A hand does not find a line or a point exactly: near the points that stay where they are it snaps to them.
    dragPoint(x, y) {
      const { group } = orbitPlace(model);
      if (Math.hypot(x, y) < 0.09) this.point(0, 0);
      else this.point(x, group === "shear" && Math.abs(y) < 0.07 ? 0 : y);
    },
    direction: (degrees) => setTrait(model, "direction", degrees),
  };
}

function inNumber(value, digits = 2) {
  const text = Math.abs(value).toFixed(digits);
  return `${value < 0 && Number(text) !== 0 ? "−" : ""}${text}`;
}

const inPair = ([x, y], digits = 2) => `(${inNumber(x, digits)}, ${inNumber(y, digits)})`;

function elementInWords({ group, t, shift, direction }) {
  const angle = inDegrees(t / PLANE_RADIANS);
  if (group === "rotation") return `turned by ${angle}`;
  if (group === "scaling") return `scaled by ${inNumber(Math.exp(t))}`;
  if (group === "shear") return `sheared by ${inNumber(t)}`;
  if (group === "translation") return `moved by ${inNumber(t)} in the direction ${inDegrees(direction, 0)}`;
  return `turned by ${angle}, then moved by ${inPair(shift)}`;
}

function orbitInWords({ orbit, place, point }, words) {
  if (orbit.kind === "point") return words.fixed;
  return words.orbit[place.group]
    .replace("{r}", inNumber(Math.hypot(...point)))
    .replace("{d}", inDegrees(place.direction, 0));
}

// An arrow from (x, y) along (u, v), in the drawing's own units: long ones are shortened, so that none is crossed.
function arrowPath(plane, x, y, u, v, reach) {
  const size = Math.hypot(u, v);
  const [px, py] = [plane.x(x), plane.y(y)];
  if (size < 1e-9) return `M${px.toFixed(1)} ${py.toFixed(1)}h0`;
  const length = plane.length((reach * size) / (0.7 + size));
  const [ux, uy] = [u / size, -v / size];
  const [tx, ty] = [px + length * ux, py + length * uy];
  const head = 0.32 * length;
  const barb = (side) =>
    `${(tx - head * (ux - side * 0.55 * uy)).toFixed(1)} ${(ty - head * (uy + side * 0.55 * ux)).toFixed(1)}`;
  const tip = `${tx.toFixed(1)} ${ty.toFixed(1)}`;
  return `M${px.toFixed(1)} ${py.toFixed(1)}L${tip}M${barb(1)}L${tip}L${barb(-1)}`;
}

const GOAL_SQUARE = "M-6 -6H6V6H-6Z";
const GOAL_DIAMOND = "M0 -8L8 0L0 8L-8 0Z";

function orbitHandle(parent, name, label, radius, hit) {
  const handle = svgElement("g", { class: `hgmrl-handle ${name}`, tabindex: "0", role: "slider" }, parent);
  handle.setAttribute("aria-label", label);
  const reach = svgElement("circle", { r: hit, class: "hgmrl-hit" }, handle);
  svgElement("circle", { r: radius + 6, class: "hgmrl-focus" }, handle);
  svgElement("circle", { r: radius, class: "hgmrl-ring" }, handle);
  return { handle, reach };
}

// Put each label where it covers no handle, no other label and, if that can be, no figure; no room: no label.
function placeApart(plane, labels, hard, soft) {
  const taken = [...hard];
  for (const { text, at, away, gap, shown } of labels) {
    const [px, py] = [plane.x(at[0]), plane.y(at[1])];
    if (!shown || Math.min(px, py) < 0 || Math.max(px, py) > plane.size) {
      text.style.visibility = "hidden";
      continue;
    }
    const start = Math.atan2(away[1], away[0]);
    // Tried on a stand-in: writing to the page is what takes time, so the label itself is placed once.
    const trial = { textContent: text.textContent, setAttribute() {} };
    const beside = (label, angle) =>
      placeBeside(label, px, py, Math.cos(angle), Math.sin(angle), gap, plane.size, plane.size);
    const angles = [0, 1, -1, 2, -2, 3, -3, 4].map((k) => start + (k * Math.PI) / 4);
    const boxes = angles.map((angle) => beside(trial, angle));
    const free = (others) => boxes.findIndex((box) => !others.some((other) => boxesOverlap(box, other)));
    let found = free([...taken, ...soft]);
    if (found < 0) found = free(taken);
    text.style.visibility = found < 0 ? "hidden" : "";
    if (found >= 0) taken.push(beside(text, angles[found]));
  }
}

// Write a path only when it has changed, as setText does with texts.
function setPath(element, d) {
  if (element.getAttribute("d") !== d) element.setAttribute("d", d);
}

function polygonBox(plane, points) {
  const xs = points.filter((_, k) => k % 2 === 0).map(plane.x);
  const ys = points.filter((_, k) => k % 2 === 1).map(plane.y);
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
}

function roundBox(plane, [x, y], radius) {
  const [px, py] = [plane.x(x), plane.y(y)];
  return { left: px - radius, right: px + radius, top: py - radius, bottom: py + radius };
}

// The plane with everything on it. Returns { svg, show(scene) }.
function orbitExplorerPlane(settings, hand, signal) {
  const { half, figure, grip, words } = settings;
  const plane = makePlane({ half, ticks: [-2, -1, 0, 1, 2], label: "Plane with p, g·p and what the group carries along" });
  const layer = plane.layer("orbit");
  const line = (name) => svgElement("path", { class: name }, layer);
  const whole = svgElement("rect", { x: 1, y: 1, width: plane.size - 2, height: plane.size - 2, class: "hgmrl-orbit-plane" }, layer);
  line("hgmrl-origin").setAttribute("d", `M${plane.x(0) - 5} ${plane.y(0)}h10M${plane.x(0)} ${plane.y(0) - 5}v10`);
  const curve = line("hgmrl-orbit-curve");
  const hole = svgElement("circle", { cx: plane.x(0), cy: plane.y(0), r: 4, class: "hgmrl-orbit-hole" }, layer);
  const levels = line("hgmrl-level-still");
  const movedLevels = line("hgmrl-level-moved");
  const arrows = line("hgmrl-arrows");
  const copies = line("hgmrl-shape hgmrl-shape-copies");
  const still = line("hgmrl-shape hgmrl-shape-still");
  const moved = svgElement("path", { class: "hgmrl-shape hgmrl-shape-moved" }, plane.svg);
  const mark = (d, name) => svgElement("path", { d, class: name }, layer);
  const goal = mark(GOAL_SQUARE, "hgmrl-goal-still");
  const movedGoal = mark(GOAL_DIAMOND, "hgmrl-goal-moved");
  const action = svgElement("path", { class: "hgmrl-action hgmrl-action-still" }, plane.svg);
  const movedAction = svgElement("path", { class: "hgmrl-action hgmrl-action-moved" }, plane.svg);
  const label = (content) => {
    const text = svgElement("text", { class: "hgmrl-label", "text-anchor": "middle" }, plane.svg);
    text.textContent = content;
    return text;
  };
  const labels = Object.fromEntries(["p", "g·p", "F", "g·F", "goal c", "g·c"].map((name) => [name, label(name)]));
  // The point lies above its image: where both are one, the middle takes p and the rim takes g·p.
  const tip = orbitHandle(plane.svg, "hgmrl-grip-handle", "Group element, by the moved figure", 5.5, 15);
  const image = orbitHandle(plane.svg, "hgmrl-moved-handle", "Group element, by the moved point g·p", 10, 21);
  const origin = orbitHandle(plane.svg, "hgmrl-point-handle", "Point p", 5.5, 16);

  let shown = null;
  const isRigid = () => shown.place.group === "rigid";
  const place = ({ handle }, [x, y]) =>
    handle.setAttribute("transform", `translate(${plane.x(x).toFixed(2)} ${plane.y(y).toFixed(2)})`);
  const drag = (element, where, follow, focus = element) => {
    let offset = [0, 0];
    draggable(plane, element, {
      begin(at) {
        focus.focus({ preventScroll: true });
        offset = where(at).map((value, k) => value - at[k]);
      },
      move: (at) => follow([at[0] + offset[0], at[1] + offset[1]]),
      end: () => {},
      signal,
    });
  };
  drag(origin.handle, () => shown.point, ([x, y]) => hand.dragPoint(x, y));
  steppable2(origin.handle, {
    step: (dx, dy) => hand.point(shown.point[0] + 0.05 * dx, shown.point[1] + 0.05 * dy),
    signal,
  });
  drag(image.handle, () => shown.moved, (target) => hand.pull(shown.point, target));

  const corner = figure[grip];
  const foot = figure[0];
  const footAngle = Math.atan2(corner[1] - foot[1], corner[0] - foot[0]);
  const cornerNow = () => carryPoint(shown.element, ...corner);
  const followCorner = (target) => {
    if (!isRigid()) return hand.pull(corner, target);
    // A rigid motion turns by the corner, about the foot, which stays where it is.
    const [fx, fy] = carryPoint(shown.element, ...foot);
    return hand.turnAbout(foot, Math.atan2(target[1] - fy, target[0] - fx) - footAngle);
  };
  drag(tip.handle, cornerNow, followCorner);
  // The body of the moved figure is taken where it is touched.
  let touched = corner;
  drag(
    moved,
    (at) => {
      touched = carryPoint(inverseElement(shown.element), ...at);
      return at;
    },
    (target) => hand.pull(touched, target),
    tip.handle,
  );
  for (const { handle } of [image, tip]) {
    const turns = () => !isRigid() || handle === tip.handle;
    steppable(handle, {
      step(amount) {
        if (!isRigid()) hand.step(amount);
        else if (handle === tip.handle) hand.turnAbout(foot, shown.place.t + amount * PLANE_RADIANS);
      },
      limit: (side) => (turns() && !isRigid() ? hand.limit(side) : null),
      signal,
    });
    steppable2(handle, { step: (dx, dy) => (turns() ? null : hand.shiftBy(dx, dy)), signal });
  }

  const closed = (points) => `${plane.path([points])}Z`;
  const visible = (element, condition) => {
    element.style.display = condition ? "" : "none";
    return condition;
  };
  return {
    svg: plane.svg,
    show(state) {
      shown = state;
      const { orbit, point, moved: at } = state;
      visible(whole, state.show_orbit && orbit.kind === "plane");
      if (visible(curve, state.show_orbit && orbit.kind === "curve")) setPath(curve, plane.path([orbit.points]));
      visible(hole, state.show_orbit && orbit.kind === "curve" && state.place.group === "scaling");
      visible(copies, state.show_stabiliser);
      setPath(copies, state.copies.map(closed).join(""));
      visible(still, state.show_figure || state.show_stabiliser);
      setPath(still, closed(state.figure));
      visible(moved, state.show_figure);
      setPath(moved, closed(state.movedFigure));
      visible(tip.handle, state.show_figure);
      setPath(levels, state.levelSets.map(closed).join(""));
      setPath(movedLevels, state.movedLevelSets.map(closed).join(""));
      setPath(arrows, state.arrows.map((arrow) => arrowPath(plane, ...arrow, 0.5)).join(""));
      const withGoal = state.show_level_sets || state.show_arrows;
      for (const [element, [x, y]] of [[goal, state.goal], [movedGoal, state.movedGoal]]) {
        visible(element, withGoal);
        element.setAttribute("transform", `translate(${plane.x(x).toFixed(2)} ${plane.y(y).toFixed(2)})`);
      }
      for (const [element, start, vector] of [[action, point, state.action], [movedAction, at, state.movedAction]]) {
        if (visible(element, state.show_arrows)) setPath(element, arrowPath(plane, ...start, ...vector, 0.95));
      }
      place(origin, point);
      place(image, at);
      place(tip, cornerNow());
      const gap = Math.hypot(plane.length(at[0] - point[0]), plane.length(at[1] - point[1]));
      origin.reach.setAttribute("r", Math.max(8, Math.min(16, gap / 2)).toFixed(1));

      const where = elementInWords(state.place);
      const speak = (handle, value, text, limit) => {
        const range = { valuemin: -limit, valuemax: limit, valuenow: value, valuetext: text };
        for (const [name, content] of Object.entries(range)) handle.setAttribute(`aria-${name}`, String(content));
      };
      speak(origin.handle, point[0].toFixed(2), `p at ${inPair(point)}`, half);
      const { limit } = settings.groups[state.place.group];
      for (const { handle } of [image, tip]) speak(handle, state.place.t.toFixed(4), `${where}; g·p at ${inPair(at)}`, limit);

      setText(labels["g·p"], gap < 3 ? "p = g·p" : "g·p");
      const boxes = [roundBox(plane, point, 8), roundBox(plane, at, 13)];
      if (withGoal) boxes.push(roundBox(plane, state.goal, 8), roundBox(plane, state.movedGoal, 9));
      if (state.show_figure) boxes.push(roundBox(plane, cornerNow(), 8));
      const soft = state.show_figure ? [polygonBox(plane, state.figure), polygonBox(plane, state.movedFigure)] : [];
      const named = (name, position, gapTo, condition, away = position) =>
        ({ text: labels[name], at: position, away: Math.hypot(...away) < 1e-9 ? [1, 1] : away, gap: gapTo, shown: condition });
      // A ray leads away from the origin: its points' names stand across it.
      const offOrbit = ([x, y]) => (state.place.group === "scaling" ? [-y, x] : [x, y]);
      const foots = [foot, carryPoint(state.element, ...foot)];
      const tops = [figure[1], carryPoint(state.element, ...figure[1])];
      const up = foots.map(([x, y], k) => [x - tops[k][0], y - tops[k][1]]);
      placeApart(
        plane,
        [
          named("p", point, 9, gap >= 3, offOrbit(point)),
          named("g·p", at, 14, true, offOrbit(at)),
          named("goal c", state.goal, 9, withGoal),
          named("g·c", state.movedGoal, 10, withGoal),
          named("F", foots[0], 5, state.show_figure, up[0]),
          named("g·F", foots[1], 5, state.show_figure, up[1]),
        ],
        boxes,
        soft,
      );
    },
  };
}

// A column or a square of numbers between brackets; show(numbers) writes them.
function bracketReadout(parent, columns, count) {
  const body = htmlElement("span", { class: `hgmrl-bracket hgmrl-bracket-${columns}` }, parent);
  const cells = Array.from({ length: count }, () => htmlElement("span", {}, body));
  return (numbers) => cells.forEach((cell, k) => setText(cell, inNumber(numbers[k])));
}

function orbitCard(parent, title, kind) {
  const box = htmlElement("div", { class: `hgmrl-card ${kind}` }, parent);
  htmlElement("strong", {}, box, title);
  const text = htmlElement("div", { class: "hgmrl-state" }, box);
  const more = htmlElement("div", { class: "hgmrl-detail" }, box);
  return (words, detail = "", shown = true) => {
    box.classList.toggle("hgmrl-hidden", !shown);
    setText(text, words);
    setText(more, detail);
  };
}

function orbitElementControls(parent, settings, hand, signal) {
  const names = {
    rotation: "rotation", scaling: "scaling", shear: "shear", translation: "translation", rigid: "rigid motion",
  };
  const choices = htmlElement("div", { class: "hgmrl-groups", role: "group", "aria-label": "Group" }, parent);
  const buttons = Object.entries(names).map(([group, name]) => {
    const button = htmlElement("button", { type: "button", class: "hgmrl-button" }, choices, name);
    button.addEventListener("click", () => hand.choose(group), { signal });
    return [group, button];
  });
  const section = htmlElement("div", { class: "hgmrl-section" }, parent);
  const head = htmlElement("div", { class: "hgmrl-section-head" }, section);
  htmlElement("strong", {}, head, "Group element g");
  const quick = htmlElement("span", { class: "hgmrl-groups" }, head);
  for (const [name, act] of [["identity", hand.identity], ["inverse g⁻¹", hand.inverse]]) {
    const button = htmlElement("button", { type: "button", class: "hgmrl-button" }, quick, name);
    button.addEventListener("click", act, { signal });
  }
  const slider = (options) => {
    const box = htmlElement("div", {}, section);
    const show = labelledSlider(box, { release: () => {}, signal, ...options });
    return { box, show };
  };
  const formats = {
    rotation: (t) => inDegrees(t / PLANE_RADIANS), rigid: (t) => inDegrees(t / PLANE_RADIANS),
    scaling: (t) => `× ${inNumber(Math.exp(t))}`,
  };
  const sliders = Object.entries(settings.groups).map(([group, { label, limit, step }]) => [
    group,
    slider({
      label, min: -limit, max: limit, step, format: formats[group] ?? ((t) => inNumber(t)), change: (t) => hand.set({ t }),
    }),
  ]);
  const direction = slider({
    label: "direction", min: -180, max: 180, step: 1, format: (value) => inDegrees(value, 0), change: hand.direction,
  });
  let shown = null;
  const shifts = ["shift x", "shift y"].map((label, k) =>
    slider({
      label, min: -settings.shift_limit, max: settings.shift_limit, step: 0.05, format: (value) => inNumber(value),
      change: (value) => hand.set({ shift: shown.shift.map((other, j) => (j === k ? value : other)) }),
    }),
  );
  const formula = htmlElement("div", { class: "hgmrl-formula" }, section);
  htmlElement("span", {}, formula, "g·p =");
  const linear = bracketReadout(formula, 2, 4);
  htmlElement("span", {}, formula, "p +");
  const shift = bracketReadout(formula, 1, 2);
  return ({ place, element }) => {
    shown = place;
    for (const [group, button] of buttons) button.setAttribute("aria-pressed", String(group === place.group));
    for (const [group, { box, show }] of sliders) {
      box.classList.toggle("hgmrl-hidden", group !== place.group);
      if (group === place.group) show(place.t);
    }
    direction.box.classList.toggle("hgmrl-hidden", place.group !== "translation");
    direction.show(place.direction);
    shifts.forEach(({ box, show }, k) => {
      box.classList.toggle("hgmrl-hidden", place.group !== "rigid");
      show(place.shift[k]);
    });
    linear(element.linear);
    shift(element.shift);
  };
}

function orbitExplorerPanel(parent, settings, hand, signal) {
  const showElement = orbitElementControls(parent, settings, hand, signal);
  const section = htmlElement("div", { class: "hgmrl-section" }, parent);
  const head = htmlElement("div", { class: "hgmrl-section-head" }, section);
  htmlElement("strong", {}, head, "Point p");
  const pair = htmlElement("span", { class: "hgmrl-state" }, head);
  let point = [0, 0];
  const coordinates = ["p, x", "p, y"].map((label, k) =>
    labelledSlider(section, {
      label, min: -0.96 * settings.half, max: 0.96 * settings.half, step: 0.05, format: (value) => inNumber(value),
      change: (value) => hand.point(...point.map((other, j) => (j === k ? value : other))), release: () => {}, signal,
    }),
  );
  const orbit = orbitCard(parent, "Orbit of p: where the group can carry it", "hgmrl-card-orbit");
  const stabiliser = orbitCard(parent, "Stabiliser of p: what leaves it in place", "hgmrl-card-stabiliser");
  const f = orbitCard(parent, "Function: (g·f)(p) = f(g⁻¹·p)", "hgmrl-card-function");
  const policy = orbitCard(parent, "Policy: (g·π)(s) = K π(L⁻¹ s)", "hgmrl-card-policy");
  const spoken = spokenText(parent);
  signal.addEventListener("abort", spoken.stop);
  const words = atMostEvery(80, (state) => {
    const where = orbitInWords(state, settings.words);
    const fixing = settings.words.stabiliser[state.stabiliser.kind];
    orbit(where);
    stabiliser(fixing);
    const { values } = state;
    f(
      `f(p) = ${inNumber(values.f)}  and  (g·f)(g·p) = ${inNumber(values.movedThere)}: the same`,
      `(g·f)(p) = f(g⁻¹·p) = ${inNumber(values.movedHere)}`,
      state.show_level_sets,
    );
    policy(
      `at p: π(p) = ${inPair(state.action)}`,
      `at s = g·p: K π(p) = ${inPair(state.movedAction)}`,
      state.show_arrows,
    );
    spoken.say(`${elementInWords(state.place)}. Orbit of p: ${where}. Stabiliser: ${fixing}.`);
  });
  signal.addEventListener("abort", words.stop);
  // The sliders are written at every frame: their keys step from what they show.
  return (state) => {
    point = state.point;
    showElement(state);
    const outside = Math.max(...state.moved.map(Math.abs)) > settings.half ? ", outside the picture" : "";
    setText(pair, `${inPair(state.point)} → ${inPair(state.moved)}${outside}`);
    coordinates.forEach((show, k) => show(state.point[k]));
    words.call(state);
  };
}

function orbitExplorerLegend(parent, model, signal) {
  const stroke = (name) => (svg) => svgElement("path", { d: "M1 8H25", class: name }, svg);
  const round = (name, r) => (svg) => {
    const group = svgElement("g", { class: name }, svg);
    svgElement("circle", { cx: 13, cy: 8, r, class: "hgmrl-ring" }, group);
  };
  legendItem(parent, "point p: drag it", round("hgmrl-point-handle", 4.5));
  legendItem(parent, "g·p: drag it along its orbit", round("hgmrl-moved-handle", 6));
  const choices = htmlElement("div", { class: "hgmrl-choices" }, parent);
  const box = (trait, label, draw) => [trait, traitCheckbox(choices, model, { trait, label, mark: legendMark(draw), signal })];
  const boxes = [
    box("show_figure", "an F, and g·F (drag it)", (svg) => {
      svgElement("path", { d: "M8 15V1H19V4.5H11.5V7H17V10H11.5V15Z", class: "hgmrl-shape hgmrl-shape-moved" }, svg);
    }),
    box("show_orbit", "orbit of p", stroke("hgmrl-orbit-curve")),
    box("show_stabiliser", "the F under what fixes p", stroke("hgmrl-shape hgmrl-shape-copies")),
    box("show_level_sets", "level sets of f (dotted) and g·f", (svg) => {
      svgElement("path", { d: "M1 4H25", class: "hgmrl-level-still" }, svg);
      svgElement("path", { d: "M1 12H25", class: "hgmrl-level-moved" }, svg);
    }),
    box("show_arrows", "arrows of the policy g·π", (svg) => {
      svgElement("path", { d: "M2 8H23M17 4L23 8L17 12", class: "hgmrl-arrows" }, svg);
    }),
  ];
  return (state) => {
    for (const [trait, show] of boxes) show(state[trait]);
  };
}

export default () => {
  let shared = null;
  let hand = null;
  return {
    initialize({ model }) {
      shared = sharedScene(model, [...ORBIT_PLACE, "point", "goal", ...ORBIT_SHOWN], orbitScene(model));
      hand = orbitHand(model);
    },
    render({ model, el }) {
      // Ends every listener of this view, also where the host hands over no signal of its own.
      const ending = new AbortController();
      const { signal } = ending;
      const areas = widgetAreas(el, "hgmrl-orbit-explorer", signal);
      const settings = model.get("settings");
      const plane = orbitExplorerPlane(settings, hand, signal);
      areas.figure.append(plane.svg);
      const legend = orbitExplorerLegend(areas.legend, model, signal);
      const panel = orbitExplorerPanel(areas.panel, settings, hand, signal);
      const remove = shared.add((state) => {
        plane.show(state);
        legend(state);
        panel(state);
      });
      return () => {
        remove();
        ending.abort();
      };
    },
  };
};
