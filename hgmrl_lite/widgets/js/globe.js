// A globe seen from far away: where a point of space is on the drawing, and whether it lies in front or behind.

import { apply3, dot3, transpose3 } from "./matrix3.js";
import { svgElement } from "./dom.js";
import { DEGREE } from "./words.js";

// The direction with a longitude and a latitude, in degrees.
export function directionAt([longitude, latitude]) {
  const across = Math.cos(latitude * DEGREE);
  return [across * Math.cos(longitude * DEGREE), across * Math.sin(longitude * DEGREE), Math.sin(latitude * DEGREE)];
}

// The longitude and the latitude of a direction, in degrees.
export function placeOf([x, y, z]) {
  return [Math.atan2(y, x) / DEGREE, Math.atan2(z, Math.hypot(x, y)) / DEGREE];
}

// Seen from a place, north upwards: the rows of the matrix point to the right, upwards, and towards who looks.
export function viewFrom([longitude, latitude]) {
  const [sine, cosine] = [Math.sin(longitude * DEGREE), Math.cos(longitude * DEGREE)];
  const [rise, level] = [Math.sin(latitude * DEGREE), Math.cos(latitude * DEGREE)];
  return [-sine, cosine, 0, -rise * cosine, -rise * sine, level, level * cosine, level * sine, rise];
}

// The direction of the globe under a place (x, y) of its disc, in radii, on the side that is seen or behind. Beyond the
// edge it goes on around the other side.
export function directionUnder(view, [x, y], behind) {
  const away = Math.hypot(x, y);
  const shrunk = away > 1 ? Math.max(0, 2 - away) / away : 1;
  const depth = Math.sqrt(Math.max(0, 1 - (shrunk * away) ** 2));
  return apply3(transpose3(view), [shrunk * x, shrunk * y, behind !== away > 1 ? -depth : depth]);
}

// Slices of depth, the farthest first: lines in them are drawn thicker and darker the nearer they are.
const SLICES = [-0.35, 0, 0.35];

// Polylines [x0, y0, z0, x1, ...], cut short by lengths, as one SVG path for each slice.
export function slicedPaths(plane, view, radius, polylines, lengths = null) {
  const texts = ["", "", "", ""];
  polylines.forEach((points, number) => {
    const end = lengths ? 3 * lengths[number] : points.length;
    let before = null;
    let last = -1;
    for (let at = 0; at < end; at += 3) {
      const [px, py, pz] = [points[at], points[at + 1], points[at + 2]];
      const x = plane.x(view[0] * px + view[1] * py + view[2] * pz).toFixed(1);
      const y = plane.y(view[3] * px + view[4] * py + view[5] * pz).toFixed(1);
      const depth = (view[6] * px + view[7] * py + view[8] * pz) / radius;
      if (before) {
        const middle = 0.5 * (depth + before.depth);
        const slice = middle < SLICES[0] ? 0 : middle < SLICES[1] ? 1 : middle < SLICES[2] ? 2 : 3;
        texts[slice] += slice === last ? `L${x} ${y}` : `M${before.x} ${before.y}L${x} ${y}`;
        last = slice;
      }
      before = { x, y, depth };
    }
  });
  return texts;
}

// Points [x0, y0, z0, ...] as zero-length strokes, which round caps turn into dots: those behind, and those in front.
export function slicedDots(plane, view, points) {
  const texts = ["", ""];
  for (let at = 0; at < points.length; at += 3) {
    const point = [points[at], points[at + 1], points[at + 2]];
    const front = dot3(view.slice(6), point) >= 0 ? 1 : 0;
    texts[front] += `M${plane.x(dot3(view.slice(0, 3), point)).toFixed(1)} ${plane.y(dot3(view.slice(3, 6), point)).toFixed(1)}h0`;
  }
  return texts;
}

// Circles of latitude and longitude, 30 degrees apart, as polylines on a sphere.
export function graticule(radius) {
  const line = (places) => places.flatMap((place) => directionAt(place).map((value) => radius * value));
  const steps = (from, to, step) => Array.from({ length: (to - from) / step + 1 }, (_, k) => from + k * step);
  return [
    ...steps(-60, 60, 30).map((latitude) => line(steps(-180, 180, 6).map((longitude) => [longitude, latitude]))),
    ...steps(-180, 150, 30).map((longitude) => line(steps(-90, 90, 6).map((latitude) => [longitude, latitude]))),
  ];
}

// The globe on a plane: a layer behind its middle, its edge, a layer in front. Returns the layers, and look(place), which
// turns the grid and returns the view.
export function makeGlobe(plane, radius) {
  const grid = graticule(radius);
  const disc = { cx: plane.x(0), cy: plane.y(0), r: plane.length(radius) };
  const behind = plane.layer("behind");
  svgElement("circle", { ...disc, class: "hgmrl-globe" }, plane.svg);
  const front = plane.layer("front");
  const lines = [behind, front].map((layer) => svgElement("path", { class: "hgmrl-grid" }, layer));
  let seen = "";
  let view = null;
  return {
    disc,
    behind,
    front,
    look(place) {
      if (String(place) === seen) return view;
      seen = String(place);
      view = viewFrom(place);
      const texts = slicedPaths(plane, view, radius, grid);
      lines[0].setAttribute("d", texts[0] + texts[1]);
      lines[1].setAttribute("d", texts[2] + texts[3]);
      return view;
    },
  };
}
