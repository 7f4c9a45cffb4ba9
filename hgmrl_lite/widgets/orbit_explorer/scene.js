// What OrbitExplorer shows, computed from its traits.

import { apply2 } from "../js/matrix2.js";
import {
  carryPoint, inverseElement, planeDirection, planeElement, planeOrbit, planeStabiliser,
} from "../js/plane_groups.js";

export const ORBIT_PLACE = ["group", "t", "direction", "shift"];
export const ORBIT_SHOWN = ["show_figure", "show_orbit", "show_stabiliser", "show_level_sets", "show_arrows"];

/** @returns {any} */
export function orbitPlace(model) {
  return Object.fromEntries(ORBIT_PLACE.map((name) => [name, model.get(name)]));
}

// A hill whose top is at `goal`: longer than wide, so that one sees it turn. Its level sets are ellipses.
function orbitHill(goal, { widths, degrees }) {
  const [ux, uy] = planeDirection(degrees);
  const value = (x, y) => {
    const [dx, dy] = [x - goal[0], y - goal[1]];
    const along = (dx * ux + dy * uy) / widths[0];
    const across = (dy * ux - dx * uy) / widths[1];
    return Math.exp(-0.5 * (along * along + across * across));
  };
  const levelSet = (radius) => {
    const points = [];
    for (let k = 0; k <= 72; k++) {
      const angle = (k * Math.PI) / 36;
      const [a, b] = [radius * widths[0] * Math.cos(angle), radius * widths[1] * Math.sin(angle)];
      points.push(goal[0] + a * ux - b * uy, goal[1] + a * uy + b * ux);
    }
    return points;
  };
  return { value, levelSet };
}

// The policy that walks straight to `goal`: full steps of length 1, shorter ones within `slow` of it.
function orbitPolicy(goal, slow) {
  return (x, y) => {
    const [dx, dy] = [goal[0] - x, goal[1] - y];
    const size = Math.max(Math.hypot(dx, dy), slow);
    return [dx / size, dy / size];
  };
}

function carryAlong(element, points) {
  const carried = new Array(points.length);
  for (let at = 0; at < points.length; at += 2) {
    [carried[at], carried[at + 1]] = carryPoint(element, points[at], points[at + 1]);
  }
  return carried;
}

export function orbitScene(model) {
  const { half, figure, hill, slow, spacing } = model.get("settings");
  const flat = figure.flat();
  return () => {
    const place = orbitPlace(model);
    const point = /** @type {[number, number]} */ (model.get("point"));
    const goal = model.get("goal");
    const shown = Object.fromEntries(ORBIT_SHOWN.map((name) => [name, model.get(name)]));
    const element = planeElement(place);
    const back = inverseElement(element);
    const moved = carryPoint(element, ...point);
    const f = orbitHill(goal, hill);
    const policy = orbitPolicy(goal, slow);
    const movedPolicy = (x, y) => apply2(element.linear, ...policy(...carryPoint(back, x, y)));
    const stabiliser = planeStabiliser(place, ...point);
    const arrows = [];
    if (shown.show_arrows) {
      const count = Math.floor(half / spacing - 0.2);
      for (let i = -count; i <= count; i++) {
        for (let j = -count; j <= count; j++) {
          const [x, y] = [i * spacing, j * spacing];
          arrows.push([x, y, ...movedPolicy(x, y)]);
        }
      }
    }
    const levelSets = shown.show_level_sets ? [0.7, 1.3, 1.9].map(f.levelSet) : [];
    return {
      ...shown,
      place,
      point,
      goal,
      element,
      moved,
      movedGoal: carryPoint(element, ...goal),
      figure: flat,
      movedFigure: carryAlong(element, flat),
      orbit: planeOrbit(place, ...point, 4 * half),
      stabiliser,
      copies: shown.show_stabiliser ? stabiliser.elements.map((h) => carryAlong(h, flat)) : [],
      levelSets,
      movedLevelSets: levelSets.map((points) => carryAlong(element, points)),
      values: {
        f: f.value(...point),
        movedThere: f.value(...carryPoint(back, ...moved)),
        movedHere: f.value(...carryPoint(back, ...point)),
      },
      arrows,
      action: policy(...point),
      movedAction: movedPolicy(...moved),
    };
  };
}
