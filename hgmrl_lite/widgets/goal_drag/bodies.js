// How one agent's episodes are drawn: of a point the paths and their mean, of a car tyre tracks, of an arm its links.

import { setPath, svgElement } from "../js/dom.js";
import { DEGREE, inDegrees } from "../js/words.js";
import { meanPath } from "./episodes.js";
import { armAt } from "./motion.js";
import { pathAt } from "./replay.js";

// A car of which the middle is at the origin, seen from above, heading to the right; its windows, and where it heads.
const CAR = "M-14 -8.5H9Q15 -8.5 15 0Q15 8.5 9 8.5H-14Z";
const WINDOWS = "M3 -6.5Q6.5 0 3 6.5L8 5Q10 0 8 -5ZM-10 -5.5V5.5L-6.5 4.5V-4.5Z";
const HEADING = "M19 0H34M28 -5L34 0L28 5";
// Distance of a wheel from the middle.
const WHEEL = 0.05;

const lengthOf = ({ paths, lengths }, episode, n) => lengths?.[episode] ?? paths[episode].length / n;

// The first episode is the one that is shown as a body: its states up to its end.
const first = (played, n) => played.paths[0].slice(0, n * lengthOf(played, 0, n));

function pointBody(plane, line) {
  const mean = line("bold", "hgmrl-mean");
  return ({ paths, lengths }) => setPath(mean, plane.path([meanPath(paths, lengths)]));
}

function carBody(plane, line, group) {
  const tracks = line("bold", "hgmrl-tracks");
  const car = group("hgmrl-car");
  for (const [d, name] of [[CAR, "hgmrl-chassis"], [WINDOWS, "hgmrl-windows"], [HEADING, "hgmrl-heading"]]) {
    svgElement("path", { d, class: name }, car);
  }
  return (played, time) => {
    const states = first(played, 4);
    const wheels = [-WHEEL, WHEEL].map((side) => {
      const track = [];
      for (let at = 0; at < states.length; at += 4) {
        const [x, y, cosine, sine] = states.slice(at, at + 4);
        track.push(x - side * sine, y + side * cosine);
      }
      return track;
    });
    setPath(tracks, plane.path(wheels));
    const [x, y, cosine, sine] = pathAt(states, states.length / 4, time ?? Infinity, 4);
    const turn = (-Math.atan2(sine, cosine) / DEGREE).toFixed(1);
    car.setAttribute("transform", `translate(${plane.x(x).toFixed(1)} ${plane.y(y).toFixed(1)}) rotate(${turn})`);
  };
}

function armBody(plane, line, group, { links }) {
  const trace = line("bold", "hgmrl-mean");
  const arm = group("hgmrl-arm");
  const [start, limbs] = ["hgmrl-limbs hgmrl-start", "hgmrl-limbs"].map((name) => svgElement("path", { class: name }, arm));
  const joints = svgElement("path", { class: "hgmrl-joints" }, arm);
  return (played, time) => {
    const states = first(played, 6);
    setPath(trace, plane.path([states], null, 6, 4));
    const limbsOf = (state) => [0, 0, ...armAt(state, links).flat()];
    setPath(start, plane.path([limbsOf(states)]));
    const now = limbsOf(pathAt(states, states.length / 6, time ?? Infinity, 6));
    setPath(limbs, plane.path([now]));
    setPath(joints, plane.dots(now));
  };
}

const BODIES = { point: pointBody, car: carBody, arm: armBody };

// Draws one agent in the layers `faint` and `bold`. Returns { elements, show(played, time) }; who has not played is hidden.
export function makeBody(plane, layers, name, { constants, dynamics: { dimension, place } }) {
  const elements = [];
  const made = (tag, parent, kind) => {
    elements.push(svgElement(tag, { class: `${kind} ${name}` }, parent));
    return elements.at(-1);
  };
  const line = (layer, kind) => made("path", layers[layer], kind);
  const faint = line("faint", "hgmrl-faint");
  const draw = BODIES[constants.motion](plane, line, (kind) => made("g", layers.bold, kind), constants);
  let drawn = "";
  let before = null;
  return {
    elements,
    show(played, time) {
      for (const element of elements) element.style.display = played ? "" : "none";
      // The base policy's episodes are the same for every goal; only their ends are not.
      const question = played && `${played.lengths} ${time}`;
      if (!played || (played.paths === before && question === drawn)) return;
      [before, drawn] = [played.paths, question];
      setPath(faint, plane.path(played.paths, played.lengths, dimension, place));
      draw(played, time);
    },
  };
}

// What there is to say of them: the legend's line, a note, and how the shown episode of the geometric agent ends.
export const BODY_WORDS = {
  point: { episodes: "episodes, and their mean in bold", note: "", ending: () => "" },
  car: {
    episodes: "episodes, one with the car and its tracks",
    note:
      "The geometric agent turns the car's place and heading back before it asks the base policy.",
    ending(states, arrived) {
      if (!arrived) return "the car does not arrive";
      const [x, y, , , nextX, nextY, cosine, sine] = states.slice(-8);
      const way = (nextX - x) * cosine + (nextY - y) * sine < 0 ? "in reverse" : "forwards";
      return `the car arrives ${way}, heading ${inDegrees(Math.atan2(sine, cosine) / DEGREE, 0)}`;
    },
  },
  arm: {
    episodes: "ways of the tip, one with the arm",
    note:
      "Thin: the arm at the start. The geometric agent turns base joint and tip back before it asks the base policy. It leaves the elbow and both velocities as they are.",
    ending: () => "",
  },
};
