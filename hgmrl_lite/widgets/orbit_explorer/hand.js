// OrbitExplorer's traits under the hand, and what is on screen in words.

import { setTrait } from "../js/model.js";
import { inversePlace, orbitTidy, orbitTidyAngle, pulledPlace, turnedAbout, wrapRadians } from "../js/plane_groups.js";
import { DEGREE, inDegrees, inNumber, inPair } from "../js/words.js";
import { orbitPlace } from "./scene.js";

export function orbitHand(model) {
  const { groups, half, shift_limit: shiftLimit } = model.get("settings");
  const within = (value, end) => Math.min(end, Math.max(-end, value));
  const isAngle = (group) => group === "rotation" || group === "rigid";
  const tidyT = (group, t) => within(isAngle(group) ? orbitTidyAngle(t) : orbitTidy(t), groups[group].limit);
  const set = (changes) => {
    const { group } = orbitPlace(model);
    for (const [name, value] of Object.entries(changes)) {
      if (name === "t") model.set("t", tidyT(group, value));
      else model.set(name, value.map((number) => within(orbitTidy(number), shiftLimit)));
    }
    model.save_changes();
  };
  return {
    choose(group) {
      model.set("group", group);
      model.set("t", tidyT(group, model.get("t")));
      model.save_changes();
    },
    set,
    step(amount) {
      const { group, t } = orbitPlace(model);
      const next = t + amount * groups[group].step;
      set({ t: isAngle(group) ? wrapRadians(next) : next });
    },
    limit: (side) => set({ t: side * groups[orbitPlace(model).group].limit }),
    shiftBy(dx, dy) {
      const [u, v] = model.get("shift");
      set({ shift: [u + 0.05 * dx, v + 0.05 * dy] });
    },
    shiftAlong: (k, value) => set({ shift: model.get("shift").map((other, j) => (j === k ? value : other)) }),
    // The element that carries q to the hand.
    pull(q, target) {
      const place = orbitPlace(model);
      const pulled = pulledPlace(place, q, target.map((value) => within(value, 0.97 * half)));
      if (pulled) set(pulled);
    },
    // The rigid motion turned by the hand about the carried point `foot`.
    turnAbout: (foot, t) => set(turnedAbout(orbitPlace(model), foot, wrapRadians(orbitTidyAngle(t)))),
    turnBy(foot, amount) {
      this.turnAbout(foot, model.get("t") + amount * DEGREE);
    },
    identity: () => set(orbitPlace(model).group === "rigid" ? { t: 0, shift: [0, 0] } : { t: 0 }),
    inverse: () => set(inversePlace(orbitPlace(model))),
    point(x, y) {
      const limit = 0.96 * half;
      setTrait(model, "point", [x, y].map((value) => within(Math.round(1e3 * value) / 1e3, limit)));
    },
    pointBy(dx, dy) {
      const [x, y] = model.get("point");
      this.point(x + 0.05 * dx, y + 0.05 * dy);
    },
    pointAlong(k, value) {
      this.point(...model.get("point").map((other, j) => (j === k ? value : other)));
    },
    // A hand does not find a line or a point exactly: near the points that stay where they are it snaps to them.
    dragPoint(x, y) {
      const { group } = orbitPlace(model);
      if (Math.hypot(x, y) < 0.09) this.point(0, 0);
      else this.point(x, group === "shear" && Math.abs(y) < 0.07 ? 0 : y);
    },
  };
}

export function elementInWords({ group, t, shift, direction }) {
  const angle = inDegrees(t / DEGREE);
  if (group === "rotation") return `turned by ${angle}`;
  if (group === "scaling") return `scaled by ${inNumber(Math.exp(t))}`;
  if (group === "shear") return `sheared by ${inNumber(t)}`;
  if (group === "translation") return `moved by ${inNumber(t)} in the direction ${inDegrees(direction, 0)}`;
  return `turned by ${angle}, then moved by ${inPair(shift)}`;
}

const ORBIT_CURVES = {
  rotation: ({ point }) => `the circle of radius ${inNumber(Math.hypot(...point))} about the origin`,
  scaling: () => "the ray from the origin through p, without the origin",
  shear: () => "the horizontal line through p",
  translation: ({ place }) => `the line through p in the direction ${inDegrees(place.direction, 0)}`,
};

export function orbitInWords(state) {
  const { kind } = state.orbit;
  if (kind === "point") return "the point p alone: nothing in the group moves it";
  if (kind === "plane") return "the whole plane: some rigid motion carries p to any point";
  return ORBIT_CURVES[state.place.group](state);
}

export const STABILISER_WORDS = {
  identity: "only the identity: everything else moves p",
  all: "the whole group: every element leaves p where it is",
  "rotations about it": "all rotations about p",
};
