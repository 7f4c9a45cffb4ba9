// OrbitExplorer's plane: what is drawn on it, its labels, and the three handles.

import { setPath, setPlace, setRange, setText, setValue, svgElement } from "../js/dom.js";
import { draggedAlong, pointHandle, steppable, steppable2 } from "../js/handles.js";
import { makeLabel, placeApart, polygonBox, roundBox } from "../js/labels.js";
import { arrowPath, makePlane } from "../js/plane.js";
import { carryPoint, inverseElement } from "../js/plane_groups.js";
import { inPair } from "../js/words.js";
import { elementInWords } from "./hand.js";

const GOAL_SQUARE = "M-6 -6H6V6H-6Z";
const GOAL_DIAMOND = "M0 -8L8 0L0 8L-8 0Z";

// The plane with everything on it. Returns { svg, show(scene) }.
export function orbitExplorerPlane(settings, hand, signal) {
  const { half, figure, grip } = settings;
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
  const label = (content) => makeLabel(plane.svg, content);
  const labels = Object.fromEntries(["p", "g·p", "F", "g·F", "goal c", "g·c"].map((name) => [name, label(name)]));
  // The point lies above its image: where both are one, the middle takes p and the rim takes g·p.
  const tip = pointHandle(plane.svg, "hgmrl-grip-handle", "Group element, by the moved figure", { ring: 5.5, focus: 11.5, hit: 15 });
  const image = pointHandle(plane.svg, "hgmrl-moved-handle", "Group element, by the moved point g·p", { ring: 10, focus: 16, hit: 21 });
  const origin = pointHandle(plane.svg, "hgmrl-point-handle", "Point p", { ring: 5.5, focus: 11.5, hit: 16 });

  let shown = null;
  const isRigid = () => shown.place.group === "rigid";
  const place = (handle, [x, y]) =>
    setPlace(handle, plane.x(x), plane.y(y));
  const drag = (element, place, follow, focus = element) =>
    draggedAlong(plane, element, { place, follow: (x, y) => follow([x, y]), focus, signal });
  drag(origin, () => shown.point, ([x, y]) => hand.dragPoint(x, y));
  steppable2(origin, { step: hand.pointBy.bind(hand), signal });
  drag(image, () => shown.moved, (target) => hand.pull(shown.point, target));

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
  drag(tip, cornerNow, followCorner);
  // The body of the moved figure is taken where it is touched.
  let touched = corner;
  drag(
    moved,
    (at) => {
      touched = carryPoint(inverseElement(shown.element), ...at);
      return at;
    },
    (target) => hand.pull(touched, target),
    tip,
  );
  for (const handle of [image, tip]) {
    const turns = () => !isRigid() || handle === tip;
    steppable(handle, {
      step(amount) {
        if (!isRigid()) hand.step(amount);
        else if (handle === tip) hand.turnBy(foot, amount);
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
      visible(tip, state.show_figure);
      setPath(levels, state.levelSets.map(closed).join(""));
      setPath(movedLevels, state.movedLevelSets.map(closed).join(""));
      setPath(arrows, state.arrows.map((arrow) => arrowPath(plane, ...arrow, 0.5)).join(""));
      const withGoal = state.show_level_sets || state.show_arrows;
      for (const [element, [x, y]] of [[goal, state.goal], [movedGoal, state.movedGoal]]) {
        visible(element, withGoal);
        setPlace(element, plane.x(x), plane.y(y));
      }
      for (const [element, start, vector] of [[action, point, state.action], [movedAction, at, state.movedAction]]) {
        if (visible(element, state.show_arrows)) setPath(element, arrowPath(plane, ...start, ...vector, 0.95));
      }
      place(origin, point);
      place(image, at);
      place(tip, cornerNow());
      const gap = Math.hypot(plane.length(at[0] - point[0]), plane.length(at[1] - point[1]));
      origin.firstChild.setAttribute("r", Math.max(8, Math.min(16, gap / 2)).toFixed(1));

      const where = elementInWords(state.place);
      const speak = (handle, value, text, limit) => {
        setRange(handle, -limit, limit);
        setValue(handle, value, text);
      };
      speak(origin, point[0].toFixed(2), `p at ${inPair(point)}`, half);
      const { limit } = settings.groups[state.place.group];
      for (const handle of [image, tip]) speak(handle, state.place.t.toFixed(4), `${where}; g·p at ${inPair(at)}`, limit);

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
