// GeneratorFlow: a generator W of the plane under the hand; its flow, its type, exp(tW) and the logarithm.

import { legendItem, legendMark, strokeMark, traitCheckbox } from "../js/controls.js";
import { htmlElement, setPlace, setRange, setValue, svgElement } from "../js/dom.js";
import { draggedAlong, pointHandle, steppable2 } from "../js/handles.js";
import { makeLabel, placeBeside, placeWhereFree } from "../js/labels.js";
import { apply2, exp2 } from "../js/matrix2.js";
import { besideFigure, setTrait } from "../js/model.js";
import { makePlane } from "../js/plane.js";
import { makeWidget } from "../js/shell.js";
import { inNumber } from "../js/words.js";
import { fieldArrows, flowWhileSeen, makeCloud, makeParticles, standingOrbits } from "./field.js";
import { FLOW_STEP, logOfExp2, orbitPoints, planarType, withTraceDeterminant } from "./generator.js";
import { generatorFlowPanel, generatorFlowTime } from "./panel.js";

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
    current,
    now: () => model.get("t"),
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
    columnBy(j, dx, dy) {
      const w = current();
      this.column(j, w[j] + (j === 0 ? 1 : 0) + dx, w[2 + j] + (j === 1 ? 1 : 0) + dy);
    },
    invariants(start, trace, determinant) {
      set(withTraceDeterminant(start, trace, determinant, limit));
    },
    invariantsBy(dx, dy) {
      const w = current();
      const on = (value, steps) => Math.round(value / FLOW_STEP + steps) * FLOW_STEP;
      const { trace, determinant } = planarType(w);
      this.invariants(w, dx ? on(trace, dx) : trace, dy ? on(determinant, dy) : determinant);
    },
    time(value, byKey = false) {
      // A time within a hair of a half turn or a whole one becomes exactly that; a key steps away from it again.
      const { turning } = planarType(current());
      const half = turning > 0 ? Math.PI / turning : Infinity;
      const nearest = Number.isFinite(half) ? Math.round(value / half) * half : Infinity;
      const leaves = byKey && model.get("t") === nearest;
      const snapped = Math.abs(value - nearest) < 0.012 && !leaves ? nearest : tidy(value);
      setTrait(model, "t", within(snapped, timeLimit));
    },
  };
}

// The plane with field, particles, flag and the two column arrows. Returns { show(scene) }.
function generatorFlowPlane(parent, settings, hand, signal) {
  const { half, flag, limit } = settings;
  const plane = makePlane({ half, ticks: [-2, -1, 0, 1, 2], label: "Plane with the velocity field and its flow" });
  const stack = htmlElement("div", { class: "hgmrl-stack" }, parent);
  const paint = makeCloud(stack, plane, signal);
  stack.append(plane.svg);
  const layer = plane.layer("flow");
  const line = (name) => svgElement("path", { class: name }, layer);
  const arrows = line("hgmrl-field");
  const orbit = line("hgmrl-orbit");
  const way = line("hgmrl-way");
  const draw = (points) =>
    `M${points.slice(0, 4).map(([x, y]) => `${plane.x(clip(x)).toFixed(1)} ${plane.y(clip(y)).toFixed(1)}`).join("L")}Z`;
  const clip = (value) => Math.min(1e3, Math.max(-1e3, value));
  const still = line("hgmrl-flag hgmrl-still");
  still.setAttribute("d", draw(flag));
  const moved = line("hgmrl-flag hgmrl-moved");
  const label = (content) => makeLabel(plane.svg, content);
  const stillLabel = label("flag");
  const movedLabel = label("exp(tW) flag");

  let shown = null;
  let held = false;
  const columns = [0, 1].map((j) => {
    const stem = svgElement("path", { class: "hgmrl-column" }, plane.svg);
    const text = label(j === 0 ? "We₁" : "We₂");
    const place = j === 0 ? "(1, 0)" : "(0, 1)";
    const handle = pointHandle(plane.svg, `hgmrl-column-${j + 1}`, `Velocity at ${place}: column ${j + 1} of W`);
    setRange(handle, -limit, limit);
    const tip = () => [shown.w[j] + (j === 0 ? 1 : 0), shown.w[2 + j] + (j === 1 ? 1 : 0)];
    draggedAlong(plane, handle, {
      place: tip,
      follow: (x, y) => hand.column(j, x, y),
      begin: () => (held = true),
      end: () => (held = false),
      signal,
    });
    steppable2(handle, {
      step: (dx, dy) => hand.columnBy(j, dx * FLOW_STEP, dy * FLOW_STEP),
      signal,
    });
    return { stem, text, handle, tip, start: j === 0 ? [1, 0] : [0, 1] };
  });

  const particles = makeParticles(half);
  const drawParticles = (time) => {
    if (motion.moving()) {
      particles.move(shown.w, time);
      paint(particles.streaks(shown.w));
    } else {
      paint(standingOrbits(shown.w));
    }
  };
  const motion = flowWhileSeen(plane.svg, () => shown, drawParticles, signal);

  const drawScene = (state) => {
    arrows.setAttribute("d", fieldArrows(plane, state.w));
    orbit.setAttribute("d", plane.path([state.orbit.map(clip)]));
    way.setAttribute("d", plane.path([state.way.map(clip)]));
    moved.setAttribute("d", draw(state.flag));
    const boxes = [];
    for (const { stem, text, handle, tip, start } of columns) {
      const [x, y] = tip();
      const [sx, sy] = start;
      stem.setAttribute("d", `M${plane.x(sx)} ${plane.y(sy)}L${plane.x(x)} ${plane.y(y)}`);
      setPlace(handle, plane.x(x), plane.y(y));
      const [vx, vy] = [x - sx, y - sy];
      setValue(handle, vx.toFixed(2), `velocity (${inNumber(vx)}, ${inNumber(vy)}) at (${sx}, ${sy})`);
      const [px, py] = [plane.x(x), plane.y(y)];
      boxes.push({ left: px - 9, right: px + 9, top: py - 9, bottom: py + 9 });
      boxes.push(placeBeside(text, px, py, vx, vy, 11, plane.size, plane.size));
    }
    const taken = nameFlag(plane, movedLabel, state.flag, [...boxes, boxAround(plane, flag)]);
    nameFlag(plane, stillLabel, flag, [...boxes, boxAround(plane, state.flag), ...taken]);
    if (motion.moving()) motion.start();
    else drawParticles(0);
  };
  // While the hand is on something else, thirty times a second is as good to the eye, and leaves the hand its time.
  const drawBeside = besideFigure(stack, signal, () => drawScene(shown), 30);
  return {
    show(state) {
      shown = state;
      if (held) drawScene(state);
      else drawBeside(state);
    },
  };
}

// Name a flag beside its top or its foot where nothing of `boxes` is; no room, or out of the picture: no name. Returns
// the boxes that the name takes, one or none.
function nameFlag(plane, text, points, boxes) {
  const [foot, top, tip] = points.map(([x, y]) => [plane.x(x), plane.y(y)]);
  const [ux, uy] = [top[0] - foot[0], foot[1] - top[1]];
  const side = [tip[0] - top[0], top[1] - tip[1]];
  const seen = [foot, top].every(([x, y]) => Math.min(x, y) > 0 && Math.max(x, y) < plane.size);
  const places = [[...top, ux, uy], [...tip, ...side], [...foot, -ux, -uy], [...foot, -side[0], -side[1]]];
  const box = placeWhereFree(text, seen ? places : [], boxes, plane);
  return box ? [box] : [];
}

function boxAround(plane, points) {
  const xs = points.map(([x]) => plane.x(x));
  const ys = points.map(([, y]) => plane.y(y));
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
}

function generatorFlowLegend(parent, model, signal) {
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
  legendItem(parent, "way of its foot", strokeMark("hgmrl-way"));
  legendItem(parent, "its whole orbit", strokeMark("hgmrl-orbit"));
  const choices = htmlElement("div", { class: "hgmrl-choices" }, parent);
  return traitCheckbox(choices, model, {
    trait: "flowing",
    label: "particles flow",
    mark: legendMark((svg) => svgElement("path", { d: "M2 5h7M14 11h7", class: "hgmrl-particles" }, svg)),
    signal,
  });
}

const generatorFlow = makeWidget({
  name: "hgmrl-generator-flow",
  traits: FLOW_TRAITS,
  prepare: (model) => ({ compute: generatorFlowScene(model), hand: generatorFlowHand(model) }),
  build(areas, { model, settings, hand }, signal) {
    const plane = generatorFlowPlane(areas.figure, settings, hand, signal);
    const time = generatorFlowTime(areas.figure, settings, hand, signal);
    const legend = generatorFlowLegend(areas.legend, model, signal);
    const panel = generatorFlowPanel(areas.panel, settings, hand, signal);
    return (state) => {
      plane.show(state);
      legend(state.flowing);
      panel(state);
      time(state);
    };
  },
});

export { generatorFlow as default };
