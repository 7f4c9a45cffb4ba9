// TaskPuller's plane: two canvases below an SVG. What stays, what is carried, and what the hand takes.

import { planeCanvas } from "../js/canvas.js";
import { htmlElement, setPath, setPlace, svgElement } from "../js/dom.js";
import { draggedAlong, pointHandle, steppable, steppable2 } from "../js/handles.js";
import { makeLabel, placeApart, roundBox } from "../js/labels.js";
import { arrowPath, makePlane } from "../js/plane.js";
import { carryPoint } from "../js/plane_groups.js";
import { DEGREE } from "../js/words.js";
import { taskInWords } from "./scene.js";

export const TASK_SQUARE = "M-6.5 -6.5H6.5V6.5H-6.5Z";
export const TASK_DIAMOND = "M0 -10L10 0L0 10L-10 0Z";

// Stroke polylines [x0, y0, x1, y1, ...] of the plane, carried by a map.
function strokeCarried(context, plane, { linear, shift }, lines, colour, width, dash = []) {
  const [a, b, c, d] = linear;
  context.beginPath();
  for (const line of lines) {
    let [fromX, fromY] = [Infinity, Infinity];
    for (let at = 0; at < line.length; at += 2) {
      const [x, y] = [line[at], line[at + 1]];
      const [px, py] = [plane.x(a * x + b * y + shift[0]), plane.y(c * x + d * y + shift[1])];
      // Steps of a few pixels are as round to the eye as shorter ones.
      if (at && at < line.length - 2 && Math.abs(px - fromX) + Math.abs(py - fromY) < 4) continue;
      if (at) context.lineTo(px, py);
      else context.moveTo(px, py);
      [fromX, fromY] = [px, py];
    }
  }
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.setLineDash(dash);
  context.stroke();
  context.setLineDash([]);
}

function fillDots(context, plane, map, points, colour, radius) {
  context.beginPath();
  for (let at = 0; at < points.length; at += 2) {
    const [px, py] = carryPoint(map, points[at], points[at + 1]).map((value, k) => (k ? plane.y(value) : plane.x(value)));
    context.moveTo(px + radius, py);
    context.arc(px, py, radius, 0, 2 * Math.PI);
  }
  context.fillStyle = colour;
  context.fill();
}

const TASK_IDENTITY = { linear: [1, 0, 0, 1], shift: [0, 0] };

export function taskPullerPlane(parent, settings, hand, signal) {
  const { half, goal, constants } = settings;
  const plane = makePlane({ half, ticks: [-1, 0, 1], label: "Plane with the base task, the target task and the carried task" });
  const stack = htmlElement("div", { class: "hgmrl-stack" }, parent);
  const still = planeCanvas(stack, plane, signal, { name: "hgmrl-task-still", opaque: true });
  const moved = planeCanvas(stack, plane, signal, { name: "hgmrl-task-moved" });
  stack.append(plane.svg);
  const layer = plane.layer("task");
  const guide = svgElement("path", { class: "hgmrl-task-guide" }, layer);
  const mark = (d, name) => svgElement("path", { d, class: name }, layer);
  const at = (element, [x, y]) => setPlace(element, plane.x(x), plane.y(y));
  at(mark(TASK_SQUARE, "hgmrl-goal-still"), goal);
  const targetMark = mark(TASK_DIAMOND, "hgmrl-task-target");
  const label = (content) => makeLabel(plane.svg, content);
  const labels = Object.fromEntries(["carried", "target task", "base task", "starts"].map((name) => [name, label(name)]));
  const handle = pointHandle(plane.svg, "hgmrl-carried-handle", "Carried base goal", { ring: 9, focus: 15, hit: 24 });

  let shown = null;
  draggedAlong(plane, handle, { place: () => shown.carriedGoal, follow: (x, y) => hand.pull([x, y]), signal });
  const freely = () => ["shear", "translation"].includes(hand.now("kind"));
  steppable(handle, {
    step: (amount) => (freely() ? null : hand.step(amount)),
    limit: (side) => (freely() ? null : hand.limit(side)),
    signal,
  });
  steppable2(handle, { step: (dx, dy) => (freely() ? hand.pullBy(0.05 * dx, 0.05 * dy) : null), signal });

  // Where the kind can carry the goal, and the line that a mirror or a shear leaves in place.
  const guidePath = ({ place }) => {
    const radius = Math.hypot(...goal);
    const line = (angle, from) => [from * 9 * Math.cos(angle), from * 9 * Math.sin(angle), 9 * Math.cos(angle), 9 * Math.sin(angle)];
    if (place.kind === "scaling") return plane.path([line(Math.atan2(goal[1], goal[0]), 0)]);
    if (place.kind === "translation") return "";
    if (place.kind === "shear") return plane.path([line(place.direction * DEGREE, -1)]);
    const points = [];
    for (let k = 0; k <= 90; k++) points.push(radius * Math.cos((k * Math.PI) / 45), radius * Math.sin((k * Math.PI) / 45));
    return plane.path(place.kind === "reflection" ? [points, line(place.t, -1)] : [points]);
  };

  let drawn = "";
  return {
    show(state) {
      shown = state;
      const key = [state.reward, state.targetName, state.showBase].join();
      if (key !== drawn) {
        drawn = key;
        still.paint((context, colour) => {
          if (state.showBase) strokeCarried(context, plane, TASK_IDENTITY, state.lines, colour("soft"), 1.2, [2, 4]);
          strokeCarried(context, plane, state.target, state.lines, colour("target"), 3.4);
          fillDots(context, plane, TASK_IDENTITY, state.starts, colour("train"), 1.7);
        });
      }
      moved.paint((context, colour) => {
        if (state.showPolicy) {
          context.strokeStyle = colour("base");
          context.lineWidth = 1.2;
          context.globalAlpha = 0.85;
          context.stroke(new Path2D(state.arrows.map((arrow) => arrowPath(plane, ...arrow, 0.5)).join("")));
          context.globalAlpha = 1;
        }
        strokeCarried(context, plane, state.map, state.lines, colour("geometric"), 1.6);
        fillDots(context, plane, state.map, state.starts, colour("explore"), 1.9);
      });
      setPath(guide, guidePath(state));
      at(targetMark, state.targetGoal);
      at(handle, state.carriedGoal);
      const range = { valuemin: -constants.maps[state.place.kind].limit, valuemax: constants.maps[state.place.kind].limit };
      const spoken = { ...range, valuenow: state.place.t.toFixed(4), valuetext: `${taskInWords(state.place)}; ${settings.verdicts[state.verdict]}` };
      for (const [name, content] of Object.entries(spoken)) handle.setAttribute(`aria-${name}`, String(content));

      const middle = carryPoint(state.map, 0, 0);
      const boxes = [roundBox(plane, goal, 9), roundBox(plane, state.targetGoal, 11), roundBox(plane, state.carriedGoal, 12)];
      const named = (name, position, gap) =>
        ({ text: labels[name], at: position, away: Math.hypot(...position) < 1e-9 ? [-1, -1] : position, gap, shown: true });
      placeApart(
        plane,
        [
          named("carried", state.carriedGoal, 14),
          named("target task", state.targetGoal, 13),
          named("base task", goal, 11),
          named("starts", middle, 16),
        ],
        [...boxes, roundBox(plane, [0, 0], 12), roundBox(plane, middle, 12)],
        [],
      );
    },
  };
}
