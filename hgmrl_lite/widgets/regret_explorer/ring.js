// The plane with the goals and the episodes of the goal in focus, and around it the regret of every goal as a ring.

import { setPlace, setRange, setText, setValue, svgElement } from "../js/dom.js";
import { steppable } from "../js/handles.js";
import { makePlane } from "../js/plane.js";
import { DEGREE } from "../js/words.js";
import { markAt, regretInWords } from "./chart.js";
import { nearestAngle } from "./scene.js";

const RING = { inner: 1.24, outer: 1.84 };

// Returns { svg, show(state) }.
export function makeRegretRing(scene, hand, signal) {
  const plane = makePlane({ half: 1.95, ticks: [], label: "Plane with the goals, the episodes, and the regret of every goal around it" });
  const reach = Math.hypot(scene.goals[0], scene.goals[1]);
  const at = (degrees, radius) => [
    plane.x(reach * radius * Math.cos(degrees * DEGREE)),
    plane.y(reach * radius * Math.sin(degrees * DEGREE)),
  ];
  const rim = plane.layer("goals");
  svgElement("circle", { cx: plane.x(0), cy: plane.y(0), r: plane.length(reach), class: "hgmrl-circle" }, rim);
  const circles = plane.layer("scale");
  const paths = plane.layer("paths");
  const rings = plane.layer("ring");
  const groups = scene.agents.map(({ kind }) => {
    const name = `hgmrl-agent-${kind}`;
    return {
      episodes: svgElement("path", { class: `hgmrl-episodes ${name}` }, paths),
      ring: svgElement("path", { class: `hgmrl-ring-line ${name}` }, rings),
      focused: svgElement("path", { class: `hgmrl-focused ${name}` }, rings),
    };
  });
  for (const agent of scene.drawn) {
    const { episodes, ring, focused } = groups[agent];
    paths.append(episodes);
    rings.append(ring, focused);
  }
  const figures = plane.layer("figures");
  const marks = plane.layer("marks");
  for (let k = 0; k < scene.training.length / 2; k++) {
    const transform = `translate(${plane.x(scene.training[2 * k])} ${plane.y(scene.training[2 * k + 1])})`;
    const [d, name] = k === scene.base ? ["M-7.5 -7.5H7.5V7.5H-7.5Z", "hgmrl-base-goal"] : ["M0 -8L8 0L0 8L-8 0Z", "hgmrl-training-goal"];
    svgElement("path", { d, class: name, transform }, marks);
  }
  const dots = scene.degrees.map((degrees) => "M" + at(degrees, 1).map((value) => value.toFixed(1)).join(" ") + "h0");
  svgElement("path", { d: dots.join(""), class: "hgmrl-test-goals" }, marks);

  // Anywhere from the goals outwards the pointer chooses the goal in its direction.
  const band = (radius) => {
    const r = plane.length(reach * radius);
    const [cx, cy] = [plane.x(0), plane.y(0)];
    return `M${cx - r} ${cy}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`;
  };
  const hit = svgElement("path", { d: band(RING.outer + 0.08) + band(0.84), "fill-rule": "evenodd", class: "hgmrl-choose" }, plane.svg);
  hit.style.touchAction = "none";
  const follow = (event) => {
    const [x, y] = plane.at(event);
    hand.focus(nearestAngle(scene.degrees, Math.atan2(y, x) / DEGREE));
  };
  for (const kind of ["pointermove", "pointerdown"]) hit.addEventListener(kind, follow, { signal });
  // Browsers leave touch-action aside on the shapes inside an SVG.
  hit.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false, signal });
  const handle = svgElement("g", { class: "hgmrl-handle", tabindex: "0", role: "slider" }, plane.svg);
  handle.style.pointerEvents = "none";
  handle.setAttribute("aria-label", "Test goals around the circle");
  setRange(handle, -180, 180);
  svgElement("circle", { r: 19, class: "hgmrl-focus" }, handle);
  svgElement("circle", { r: 9, class: "hgmrl-ring" }, handle);
  steppable(handle, {
    step: (amount) => hand.step(scene.byAngle, amount, true),
    limit: (side) => hand.focus(scene.byAngle[side < 0 ? 0 : scene.count - 1]),
    signal,
  });

  let radius = null;
  const layOut = (state) => {
    radius = (value) => RING.inner + (RING.outer - RING.inner) * state.height(value);
    circles.replaceChildren();
    figures.replaceChildren();
    for (const tick of state.stretched ? [0, 1, 10, 100] : [0, 100, 200]) {
      if (tick > scene.range.top) continue;
      const r = plane.length(reach * radius(tick));
      svgElement("circle", { cx: plane.x(0), cy: plane.y(0), r, class: "hgmrl-ring-scale" }, circles);
      const text = svgElement("text", { x: plane.x(0) + 4, y: plane.y(0) - r + 4, class: "hgmrl-ring-tick" }, figures);
      setText(text, String(tick));
    }
    groups.forEach(({ ring }, agent) => {
      const { mean, present, mark } = scene.agents[agent];
      const points = scene.byAngle.filter((goal) => present[goal]).map((goal) => at(scene.degrees[goal], radius(mean[goal])));
      const line = points.map((point) => point.map((value) => value.toFixed(1)).join(" ")).join("L");
      // Between goals that are far apart a line would claim what was not measured.
      ring.setAttribute("d", points.length === scene.count ? `M${line}Z` : points.map((point) => markAt(mark, ...point)).join(""));
    });
  };
  // A goal's episodes never change: their path is written once, when they are first seen.
  const written = scene.agents.map(() => []);
  const episodes = (agent, goal) => (written[agent][goal] ??= plane.path(scene.episodes(agent, goal)));

  let drawn = null;
  return {
    svg: plane.svg,
    show(state) {
      if (radius === null || drawn !== state.stretched) layOut(state);
      drawn = state.stretched;
      groups.forEach((group, agent) => {
        for (const path of Object.values(group)) path.style.display = state.shown[agent] ? "" : "none";
        if (!state.shown[agent]) return;
        group.focused.style.display = scene.agents[agent].present[state.focus] ? "" : "none";
        group.episodes.setAttribute("d", episodes(agent, state.focus));
        const point = at(scene.degrees[state.focus], radius(scene.agents[agent].mean[state.focus]));
        group.focused.setAttribute("d", markAt(scene.agents[agent].mark, ...point));
      });
      const [x, y] = at(scene.degrees[state.focus], 1);
      setPlace(handle, x, y);
      setValue(handle, scene.degrees[state.focus].toFixed(1), regretInWords(scene, state));
    },
  };
}
