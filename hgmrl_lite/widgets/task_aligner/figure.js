// TaskAligner: the plane with the lines of both tasks, the ring that turns the one, and the goal of the other.

import { setRange, setValue, svgElement } from "../js/dom.js";
import { draggedAlong, draggedAround, pointHandle, steppable, steppable2 } from "../js/handles.js";
import { boxesOverlap, makeLabel, placeBeside } from "../js/labels.js";
import { makePlane } from "../js/plane.js";
import { DEGREE, inDegrees } from "../js/words.js";

// Lines at right angles to normals [x0, y0, ...], or arrows along them, as one SVG path.
function alignerStrokes(plane, points, normals, signed, length) {
  const reach = plane.length(length);
  let text = "";
  for (let i = 0; i < points.length; i += 2) {
    const [px, py] = [plane.x(points[i]), plane.y(points[i + 1])];
    // The drawing's y axis points down.
    const [nx, ny] = [normals[i] * reach, -normals[i + 1] * reach];
    if (!signed) {
      text += `M${(px - ny / 2).toFixed(1)} ${(py + nx / 2).toFixed(1)}l${ny.toFixed(1)} ${(-nx).toFixed(1)}`;
      continue;
    }
    const [bx, by] = [0.4 * nx, 0.4 * ny];
    const barb = (side) => `${(-bx - side * 0.6 * by).toFixed(1)} ${(-by + side * 0.6 * bx).toFixed(1)}`;
    text += `M${px.toFixed(1)} ${py.toFixed(1)}l${nx.toFixed(1)} ${ny.toFixed(1)}l${barb(1)}`;
    text += `M${(px + nx).toFixed(1)} ${(py + ny).toFixed(1)}l${barb(-1)}`;
  }
  return text;
}

export const ALIGNER_SQUARE = "M-7 -7H7V7H-7Z";
const ALIGNER_CROSS = "M-6 -6L6 6M-6 6L6 -6";
const ALIGNER_STEP = 0.02;

// field: { points, normals } of the base task, not turned. Returns { svg, show(scene) }.
export function taskAlignerPlane(settings, field, hand, signal) {
  const { half, ring: ringRadius, base_goal: baseGoal } = settings;
  const plane = makePlane({ half, label: "Plane with the lines of both tasks" });
  const baseDegrees = Math.atan2(baseGoal[1], baseGoal[0]) / DEGREE;
  const centre = { cx: plane.x(0), cy: plane.y(0) };
  const line = (name, layer) => svgElement("path", { class: name }, layer);

  const rims = plane.layer("rims");
  svgElement("circle", { ...centre, r: plane.length(Math.hypot(...baseGoal)), class: "hgmrl-circle" }, rims);
  svgElement("circle", { ...centre, r: plane.length(ringRadius), class: "hgmrl-turn-ring" }, rims);
  const strokes = plane.layer("strokes");
  const turned = line("hgmrl-base-field", strokes);
  const fresh = line("hgmrl-new-lines", strokes);
  const onFresh = line("hgmrl-base-lines", strokes);

  const marks = plane.layer("marks");
  const from = { d: ALIGNER_SQUARE, class: "hgmrl-base-origin", transform: `translate(${plane.x(baseGoal[0])} ${plane.y(baseGoal[1])})` };
  svgElement("path", from, marks);
  const carried = svgElement("path", { d: ALIGNER_SQUARE, class: "hgmrl-base-goal" }, marks);
  const spoke = line("hgmrl-spoke", marks);
  const label = (content) => makeLabel(marks, content);
  const [goalLabel, baseLabel] = ["new goal", "base goal"].map(label);

  const band = svgElement("circle", { ...centre, r: plane.length(ringRadius), class: "hgmrl-band" }, plane.svg);
  const knob = pointHandle(plane.svg, "hgmrl-turn-handle", "Turn of the base task in degrees");
  setRange(knob, -180, 180);
  const goal = pointHandle(plane.svg, "hgmrl-goal-handle", "Goal of the new task");
  const aim = svgElement("path", { d: ALIGNER_CROSS, class: "hgmrl-aim" }, plane.svg);

  let shown = null;
  const turning = { turn: (degrees) => hand.turn(degrees - baseDegrees), least: 0.1, focus: knob, signal };
  draggedAround(plane, band, turning);
  draggedAround(plane, knob, { ...turning, degrees: () => shown.turn + baseDegrees });
  steppable(knob, {
    step: (amount) => hand.turn(hand.now("turn_degrees") + amount),
    limit: (side) => hand.turn(side < 0 ? -179 : 180),
    signal,
  });
  draggedAlong(plane, goal, { place: () => shown.goal, follow: hand.goal, signal });
  steppable2(goal, { step: (dx, dy) => hand.goalBy(dx * ALIGNER_STEP, dy * ALIGNER_STEP), signal });

  const at = (/** @type {number[]} */ [x, y]) => `translate(${plane.x(x).toFixed(2)} ${plane.y(y).toFixed(2)})`;
  const beside = (text, [x, y], gap) => placeBeside(text, plane.x(x), plane.y(y), x, y, gap, plane.size, plane.size);
  let drawnSigned = null;
  let drawnNormals = null;
  return {
    svg: plane.svg,
    show(state) {
      shown = state;
      const { turn, signed, points } = state;
      const changed = signed !== drawnSigned;
      if (changed) turned.setAttribute("d", alignerStrokes(plane, field.points, field.normals, signed, 0.13));
      if (changed || state.normals !== drawnNormals) {
        fresh.setAttribute("d", alignerStrokes(plane, points, state.normals, signed, 0.17));
      }
      [drawnSigned, drawnNormals] = [signed, state.normals];
      // The whole field turns by one attribute; the drawing's angles run clockwise.
      turned.setAttribute("transform", `rotate(${(-turn).toFixed(2)} ${centre.cx} ${centre.cy})`);
      onFresh.setAttribute("d", alignerStrokes(plane, points, state.base, signed, 0.17));
      carried.setAttribute("transform", at(state.carried));
      const direction = (baseDegrees + turn) * DEGREE;
      const end = [ringRadius * Math.cos(direction), ringRadius * Math.sin(direction)];
      spoke.setAttribute("d", plane.path([[...state.carried, ...end]]));
      knob.setAttribute("transform", at(end));
      setValue(knob, turn.toFixed(1), alignerTurnInWords(state));
      goal.setAttribute("transform", at(state.goal));
      setValue(goal, state.goal[0].toFixed(2), `new goal at x ${inHundredths(state.goal[0])}, y ${inHundredths(state.goal[1])}`);
      aim.style.display = state.answer ? "" : "none";
      if (state.answer) aim.setAttribute("transform", at(state.answer.aim));
      // Outside, between circle and ring, is the spoke: the base goal's name stands inside.
      const inwards = state.carried.map((value) => -value);
      const [x, y] = [plane.x(state.carried[0]), plane.y(state.carried[1])];
      const box = placeBeside(baseLabel, x, y, ...inwards, 10, plane.size, plane.size);
      baseLabel.style.visibility = boxesOverlap(beside(goalLabel, state.goal, 14), box) ? "hidden" : "";
    },
  };
}

function inHundredths(value) {
  const text = Math.abs(value).toFixed(2);
  return `${value < 0 && Number(text) !== 0 ? "−" : ""}${text}`;
}

export function alignerTurnInWords({ turn, misalignment, signed }) {
  return `base task turned by ${inDegrees(turn)}: ${signed ? "arrows" : "lines"} ${inDegrees(misalignment)} apart`;
}
