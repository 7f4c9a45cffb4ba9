// GoalDrag's plane: goals, episodes, exploration, and the hands on them.

import { setPath, setPlace, setRange, setValue, svgElement } from "../js/dom.js";
import { draggedAround, steppable } from "../js/handles.js";
import { boxesOverlap, makeLabel, placeBeside } from "../js/labels.js";
import { makePlane } from "../js/plane.js";
import { DEGREE, inDegrees } from "../js/words.js";
import { makeBody } from "./bodies.js";
import { onScreen } from "./panel.js";
import { shownEpisodes, walkersAt } from "./replay.js";
import { regretRing } from "./ring.js";
import { CROSS, trainingMarks } from "./training.js";

// Returns { svg, show(scene) }.
export function goalDragPlane(scene, hand, training, signal) {
  const { radius, goalRadius, settings } = scene;
  const { goals, dynamics } = scene.current();
  const { dimension, place: at } = dynamics;
  const farthest = Math.max(radius, ...Array.from(goals, Math.abs));
  const plane = makePlane({ half: 1.7 * farthest, ticks: [-1, 1], label: "Plane with the goals and the paths" });
  plane.svg.classList.add(`hgmrl-with-${settings.constants.motion}`);
  const circle = { cx: plane.x(0), cy: plane.y(0), r: plane.length(radius) };
  const rim = plane.layer("goals");
  svgElement("circle", { ...circle, class: "hgmrl-circle" }, rim);
  const showRing = settings.ring ? regretRing(plane, radius, ["geometric", "base", ...settings.rivals.map(({ kind }) => kind)]) : null;

  const paths = plane.layer("paths");
  const line = (name) => svgElement("path", { class: name }, paths);
  // One above the other.
  const faint = svgElement("g", {}, paths);
  const exploration = line("hgmrl-exploration");
  const bold = svgElement("g", {}, paths);
  const body = (name) => makeBody(plane, { faint, bold }, name, { ...settings, dynamics });
  const base = body("hgmrl-of-base");
  const rivals = settings.rivals.map(({ kind }) => body(`hgmrl-rival hgmrl-agent-${kind}`));
  const geometric = body("hgmrl-of-geometric");
  // Where every shown episode is at the clock's time: one path of dots an agent.
  const walkers = ["hgmrl-of-geometric", "hgmrl-of-base", ...settings.rivals.map(({ kind }) => `hgmrl-agent-${kind}`)].map(
    (name) => line(`hgmrl-walkers ${name}`),
  );

  const marks = plane.layer("marks");
  const label = (content) => makeLabel(marks, content);
  const baseLabel = label("base goal");
  const place = (text, [x, y], gap) => placeBeside(text, plane.x(x), plane.y(y), x, y, gap, plane.size, plane.size);
  const placeBase = (training) => {
    const [angle, reach] = [training[settings.base_index] * DEGREE, scene.radii[settings.base_index]];
    return place(baseLabel, [reach * Math.cos(angle), reach * Math.sin(angle)], 14);
  };
  const testLabel = label("test goal");

  // A wide invisible ring around the circle takes a press anywhere on it; the handle lies above.
  const band = svgElement("circle", { ...circle, class: "hgmrl-band" }, plane.svg);
  const showTraining = trainingMarks(plane, settings.movable ? plane.layer("training") : marks, scene, training, signal);
  const handle = svgElement("g", { class: "hgmrl-handle", tabindex: "0", role: "slider" }, plane.svg);
  handle.setAttribute("aria-label", "Test goal, angle on the circle in degrees");
  setRange(handle, -180, 180);
  svgElement("circle", { r: 26, class: "hgmrl-hit" }, handle);
  svgElement("circle", { r: 24, class: "hgmrl-focus" }, handle);
  svgElement("circle", { r: plane.length(goalRadius), class: "hgmrl-reach" }, handle);
  svgElement("circle", { r: 10, class: "hgmrl-ring" }, handle);
  const aim = svgElement("path", { d: CROSS, class: "hgmrl-aim" }, plane.svg);

  let shown = null;
  const turning = { turn: hand.turn, least: 0.1 * radius, focus: handle, begin: hand.grab, end: hand.release, signal };
  draggedAround(plane, handle, { ...turning, degrees: () => shown.degrees });
  draggedAround(plane, band, turning);
  steppable(handle, {
    step: hand.step,
    limit: (side) => hand.turn(side < 0 ? -179 : 180),
    signal,
  });

  return {
    svg: plane.svg,
    show(state) {
      shown = state;
      const [x, y] = state.goal;
      setPlace(handle, plane.x(x), plane.y(y));
      const words = [`test goal at ${inDegrees(state.degrees)}`, onScreen(state), state.ending].filter(Boolean);
      setValue(handle, state.degrees.toFixed(1), words.join("; "));
      const [ax, ay] = state.aimPoint;
      setPlace(aim, plane.x(ax), plane.y(ay));
      showTraining(state);
      baseLabel.style.visibility = boxesOverlap(place(testLabel, state.goal, 25), placeBase(state.training)) ? "hidden" : "";
      const [ours, unchanged, ...others] = shownEpisodes(state);
      geometric.show(ours, state.time);
      base.show(unchanged, state.time);
      rivals.forEach((rival, k) => rival.show(others[k], state.time));
      aim.style.display = ours ? "" : "none";
      for (const element of [...geometric.elements, aim]) element.classList.toggle("hgmrl-out-of-date", state.stale);
      if (showRing) showRing(state.ring);
      shownEpisodes(state).forEach((played, k) => {
        walkers[k].style.display = played && state.time !== null ? "" : "none";
        if (played && state.time !== null) setPath(walkers[k], plane.dots(walkersAt(played, state.time, dimension), dimension, at));
      });
      exploration.style.display = state.showExploration ? "" : "none";
      setPath(exploration, plane.dots(state.context.points, dimension, at));
    },
  };
}
