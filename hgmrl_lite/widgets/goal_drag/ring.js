// Regret of each agent on goals all around the circle, computed a goal at a time while the hand rests.

import { setText, svgElement } from "../js/dom.js";
import { projectAction } from "../js/policy.js";
import { DEGREE, wrapDegrees } from "../js/words.js";

// Sum of the rewards of one path up to its end: minus the distance to the goal after every step.
function pathReturn(dynamics, path, length, goal) {
  let sum = 0;
  const n = dynamics.dimension;
  for (let at = n; at < n * length; at += n) sum += dynamics.reward(path, at, goal);
  return sum;
}

// Mean over the episodes of one run; without lengths every path goes to its own end.
export function meanReturn(dynamics, { paths, lengths = null }, goal) {
  const returns = paths.map((path, e) => pathReturn(dynamics, path, lengths?.[e] ?? path.length / dynamics.dimension, goal));
  return returns.reduce((a, b) => a + b, 0) / paths.length;
}

// The reference that steers straight at a goal.
export function greedyPolicy(goal, step, actionSet) {
  return (x, y) => projectAction((goal[0] - x) / step, (goal[1] - y) / step, actionSet);
}

// Works through `count` angles, each answered by regrets(degrees) -> one number an agent. question() says what the
// answers belong to: when it changes, all begins anew; busy() says when to wait. Returns { values(), need(), stop() }.
export function regretAround({ count, agents, question, regrets, busy, redraw }) {
  const degrees = Array.from({ length: count }, (_, k) => wrapDegrees((360 * k) / count));
  let asked = null;
  let done = 0;
  let timer = 0;
  let rows = [];
  const work = () => {
    timer = 0;
    if (asked !== question()) begin();
    if (done === count) return;
    if (busy()) {
      timer = setTimeout(work, 120);
      return;
    }
    const end = performance.now() + 6;
    do {
      regrets(degrees[done]).forEach((regret, agent) => {
        rows[agent][done] = regret;
      });
      done += 1;
    } while (done < count && performance.now() < end);
    redraw();
    if (done < count) timer = setTimeout(work, 16);
  };
  const begin = () => {
    asked = question();
    done = 0;
    rows = Array.from({ length: agents }, () => new Float64Array(count).fill(NaN));
  };
  begin();
  return {
    degrees,
    values: () => ({ rows, complete: done === count && asked === question() }),
    need() {
      if (!timer && (done < count || asked !== question())) timer = setTimeout(work, 0);
    },
    stop() {
      clearTimeout(timer);
      timer = 0;
    },
  };
}

// Regret around the circle as a ring about the plane's goals: one line an agent, as far as it has been computed.

// Returns show(ring) for ring = { degrees, agents: [{ values, shown }], complete }; values may have NaN to come.
export function regretRing(plane, radius, kinds) {
  const [inner, outer, top] = [1.2, 1.62, 205];
  const layer = plane.layer("round");
  const away = (regret) => plane.length(radius * (inner + (outer - inner) * Math.min(1, Math.max(0, regret / top))));
  const [cx, cy] = [plane.x(0), plane.y(0)];
  for (const regret of [0, 100, 200]) {
    svgElement("circle", { cx, cy, r: away(regret), class: "hgmrl-ring-scale" }, layer);
  }
  const lines = kinds.map((kind) => svgElement("path", { class: `hgmrl-ring-line hgmrl-agent-${kind}` }, layer));
  for (const regret of [0, 100, 200]) {
    const text = svgElement("text", { x: cx + 4, y: cy - away(regret) + 4, class: "hgmrl-ring-tick" }, layer);
    setText(text, regret ? String(regret) : "regret 0");
  }
  return ({ degrees, agents }) =>
    agents.forEach(({ values, shown }, agent) => {
      lines[agent].style.display = shown ? "" : "none";
      let text = "";
      let pen = "M";
      degrees.forEach((angle, k) => {
        if (Number.isNaN(values[k])) {
          pen = "M";
          return;
        }
        const r = away(values[k]);
        text += `${pen}${(cx + r * Math.cos(angle * DEGREE)).toFixed(1)} ${(cy - r * Math.sin(angle * DEGREE)).toFixed(1)}`;
        pen = "L";
      });
      lines[agent].setAttribute("d", text && !values.some(Number.isNaN) ? `${text}Z` : text);
    });
}
