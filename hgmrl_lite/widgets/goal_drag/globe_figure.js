// GoalDrag's globe: goals, episodes in depth, the rotation that was found, and the hands on them.

import { setPath, setPlace, setRange, setValue, svgElement } from "../js/dom.js";
import { directionUnder, makeGlobe, placeOf, slicedDots, slicedPaths } from "../js/globe.js";
import { draggable, draggedAlong, steppable2 } from "../js/handles.js";
import { makeLabel, placeApart, roundBox } from "../js/labels.js";
import { apply3, scaled3 } from "../js/matrix3.js";
import { markBusy } from "../js/model.js";
import { makePlane } from "../js/plane.js";
import { DEGREE } from "../js/words.js";
import { placeInWords, rotationInWords } from "./globe_panel.js";
import { meanPath } from "./episodes.js";
import { shownEpisodes, walkersAt } from "./replay.js";
import { ANTIPODE, CROSS, DIAMOND, SQUARE } from "./training.js";

// Half the side of the window, in radii: a policy that nothing stops goes on beyond its goal.
const HALF = 1.4;

// Lines of one kind in four slices of depth, the farther two in the layer behind. Returns { elements, show(texts) }.
function slices(globe, name) {
  const elements = [0, 1, 2, 3].map((slice) =>
    svgElement("path", { class: `${name} hgmrl-slice-${slice}` }, slice < 2 ? globe.behind : globe.front),
  );
  return { elements, show: (texts) => elements.forEach((element, slice) => setPath(element, texts[slice])) };
}

// Returns { svg, show(scene) }.
export function goalDragGlobe(scene, hand, signal) {
  const { radius, goalRadius, settings } = scene;
  const { goals, base, tasks } = scene.current();
  const points = Array.from({ length: goals.length / 3 }, (_, k) => Array.from(goals.subarray(3 * k, 3 * k + 3)));
  const plane = makePlane({ half: HALF * radius, ticks: [], label: "Globe with the goals and the paths" });
  const { svg } = plane;
  const globe = makeGlobe(plane, radius);

  const baseFaint = slices(globe, "hgmrl-faint hgmrl-of-base");
  const geometricFaint = slices(globe, "hgmrl-faint hgmrl-of-geometric");
  const baseMean = slices(globe, "hgmrl-mean hgmrl-of-base");
  const geometricMean = slices(globe, "hgmrl-mean hgmrl-of-geometric");
  const way = slices(globe, "hgmrl-way");
  const dots = (name) => [globe.behind, globe.front].map((layer) => svgElement("path", { class: name }, layer));
  const exploration = dots("hgmrl-exploration");
  const walkers = ["hgmrl-of-geometric", "hgmrl-of-base"].map((name) => dots(`hgmrl-walkers ${name}`));

  // The body of the globe takes the hand that turns it; what lies on it is drawn above, and lets presses through.
  const turning = svgElement("g", { class: "hgmrl-turn", tabindex: "0", role: "slider" }, svg);
  const { disc } = globe;
  svgElement("circle", { ...disc, class: "hgmrl-hit" }, turning);
  svgElement("circle", { ...disc, r: disc.r + 4, class: "hgmrl-focus" }, turning);
  turning.setAttribute("aria-label", "Globe: drag it, or turn it with the arrow keys");
  setRange(turning, -180, 180);

  const marks = plane.layer("places");
  const mark = (d, name) => svgElement("path", { d, class: name }, marks);
  const antipode = { point: scaled3(base, -1), element: mark(ANTIPODE, "hgmrl-antipode") };
  const training = points.map((point, k) => {
    const isBase = k === settings.base_index;
    return { point, element: mark(isBase ? SQUARE : DIAMOND, isBase ? "hgmrl-base-goal" : "hgmrl-training-goal") };
  });
  const [testLabel, baseLabel, antipodeLabel] = ["test goal", "base goal", "antipode"].map((text) => makeLabel(marks, text));

  const handle = svgElement("g", { class: "hgmrl-handle", tabindex: "0", role: "slider" }, svg);
  handle.setAttribute("aria-label", "Test goal, longitude and latitude in degrees");
  setRange(handle, -180, 180);
  svgElement("circle", { r: 26, class: "hgmrl-hit" }, handle);
  svgElement("circle", { r: 24, class: "hgmrl-focus" }, handle);
  svgElement("circle", { r: plane.length(goalRadius), class: "hgmrl-reach" }, handle);
  svgElement("circle", { r: 10, class: "hgmrl-ring" }, handle);
  const aim = svgElement("path", { d: CROSS, class: "hgmrl-aim" }, svg);

  let shown = null;
  let view = null;
  let behind = false;
  const seenAt = (point) => apply3(view, point);
  draggedAlong(plane, handle, {
    place() {
      const [x, y, depth] = seenAt(shown.goal);
      behind = depth < 0;
      return [x, y];
    },
    follow: (x, y) => hand.move(placeOf(directionUnder(view, [x / radius, y / radius], behind))),
    begin: hand.grab,
    end: hand.release,
    signal,
  });
  steppable2(handle, { step: hand.step, signal });
  let from = [0, 0];
  let start = [0, 0];
  draggable(plane, turning, {
    begin(at) {
      turning.focus({ preventScroll: true });
      [from, start] = [at, shown.view];
    },
    // The front of the globe goes with the hand.
    move: ([x, y]) => hand.look([start[0] - (x - from[0]) / radius / DEGREE, start[1] - (y - from[1]) / radius / DEGREE]),
    signal,
  });
  steppable2(turning, { step: (dx, dy) => hand.look([shown.view[0] + 5 * dx, shown.view[1] + 5 * dy]), signal });

  let drawnBase = null;
  let drawnView = null;
  let cuts = "";
  const placed = ({ point, element }) => {
    const [x, y, depth] = seenAt(point);
    setPlace(element, plane.x(x), plane.y(y));
    element.classList.toggle("hgmrl-behind", depth < 0);
    return [x, y];
  };
  const cut = (paths, lengths) => slicedPaths(plane, view, radius, paths, lengths);
  return {
    svg,
    show(state) {
      shown = state;
      view = globe.look(state.view);
      const turned = view !== drawnView;
      drawnView = view;
      setValue(turning, state.view[0].toFixed(1), `seen from ${placeInWords(state.view)}`);
      const [x, y] = placed({ point: state.goal, element: handle });
      setValue(handle, state.place[0].toFixed(1), `test goal at ${placeInWords(state.place)}; ${rotationInWords(state)}`);
      placed({ point: state.aimPoint, element: aim });
      const at = training.map(placed);
      const opposite = placed(antipode);
      const others = [...at, opposite].map((place) => roundBox(plane, place, 9));
      placeApart(
        plane,
        [
          { text: testLabel, at: [x, y], away: [x, y], gap: 25, shown: true },
          { text: baseLabel, at: at[settings.base_index], away: at[settings.base_index], gap: 14, shown: true },
          { text: antipodeLabel, at: opposite, away: opposite, gap: 14, shown: true },
        ],
        [roundBox(plane, [x, y], 14), ...others],
        [],
      );
      geometricFaint.show(cut(state.geometric.paths, null));
      geometricMean.show(cut([meanPath(state.geometric.paths, null, 3)], null));
      way.show(cut([tasks.way(state.inferred.turn, base)], null));
      const same = !turned && state.base.paths === drawnBase && String(state.base.lengths) === cuts;
      if (!same) {
        [drawnBase, cuts] = [state.base.paths, String(state.base.lengths)];
        baseFaint.show(cut(state.base.paths, state.base.lengths));
        baseMean.show(cut([meanPath(state.base.paths, state.base.lengths, 3)], null));
      }
      const visible = (elements, yes) => elements.forEach((element) => (element.style.display = yes ? "" : "none"));
      visible([...baseFaint.elements, ...baseMean.elements], state.showBase);
      visible([...geometricFaint.elements, ...geometricMean.elements, ...way.elements, aim], state.showGeometric);
      visible(exploration, state.showExploration);
      const drawn = (elements, from) => slicedDots(plane, view, from).forEach((text, side) => setPath(elements[side], text));
      drawn(exploration, state.context.points);
      shownEpisodes(state).forEach((played, k) => {
        const moving = played && state.time !== null;
        visible(walkers[k], moving);
        if (moving) drawn(walkers[k], walkersAt(played, state.time, 3));
      });
      // The answer under the hand is not the last one: whoever waits for it is told so.
      markBusy(svg, state.quick);
    },
  };
}
