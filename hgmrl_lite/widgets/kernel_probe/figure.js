// KernelProbe: the plane with the samples, the probe's neighbours, the level set and both tangents.

import { setPlace, setRange, setValue, svgElement } from "../js/dom.js";
import { draggedAlong, steppable2 } from "../js/handles.js";
import { makeLabel, placeBeside, placeWhereFree } from "../js/labels.js";
import { makePlane } from "../js/plane.js";
import { inNumber } from "../js/words.js";
import { PROBE_STEP } from "./scene.js";

// All samples, by the strength of their value; a drawing of its own below the plane, so that a drag leaves it alone.
export function kernelProbeSamples({ half, levels }) {
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
export function kernelProbePlane(settings, hand, signal) {
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
  const label = (content) => makeLabel(plane.svg, content);
  const [goalLabel, gradientLabel, levelLabel] = ["c", "true gradient", "level set"].map(label);
  const handle = svgElement("g", { class: "hgmrl-handle", tabindex: "0", role: "slider" }, plane.svg);
  handle.setAttribute("aria-label", "Probe point");
  setRange(handle, -limit, limit);
  svgElement("circle", { r: 22, class: "hgmrl-hit" }, handle);
  svgElement("circle", { r: 14, class: "hgmrl-focus" }, handle);
  svgElement("circle", { r: 7, class: "hgmrl-ring" }, handle);

  let shown = null;
  draggedAlong(plane, handle, { place: () => shown.probe, follow: hand.move, signal });
  steppable2(handle, {
    step: (dx, dy) => hand.moveBy(dx * PROBE_STEP, dy * PROBE_STEP),
    signal,
  });

  const dots = (index, points) =>
    index.map((i) => `M${plane.x(points[2 * i]).toFixed(1)} ${plane.y(points[2 * i + 1]).toFixed(1)}h0`).join("");
  const squares = (index, points) => {
    const r = index.length > 30 ? 2.5 : 4;
    const side = `h${2 * r}v${2 * r}h${-2 * r}Z`;
    const corner = (i) => `${(plane.x(points[2 * i]) - r).toFixed(1)} ${(plane.y(points[2 * i + 1]) - r).toFixed(1)}`;
    return index.map((i) => `M${corner(i)}${side}`).join("");
  };
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
      setPlace(handle, px, py);
      setValue(handle, x.toFixed(2), `x ${inNumber(x)}, y ${inNumber(y)}`);

      // Taken: the probe, and the strips with the axes' numbers.
      const end = plane.size;
      const boxes = [
        { left: px - 9, right: px + 9, top: py - 9, bottom: py + 9 },
        { left: 0, right: 20, top: 0, bottom: end },
        { left: 0, right: end, top: end - 20, bottom: end },
      ];
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

export function probeArrow(px, py, ux, uy, length) {
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

// Put a label where it covers none of `boxes`, and its own box with them; nowhere: it is left out.
function placeProbeLabel(plane, text, places, boxes) {
  const box = placeWhereFree(text, places, boxes, plane);
  if (box) boxes.push(box);
}
