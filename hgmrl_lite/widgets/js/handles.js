// Handles on a drawing: the hand on them, by mouse, pen, touch or keyboard.

import { svgElement } from "./dom.js";
import { DEGREE, wrapDegrees } from "./words.js";

// How often the page has got another size.
let pageSizes = 0;
window.addEventListener("resize", () => (pageSizes += 1));

// Where on a drawing a pointer event is: at(event) returns [x, y] in the drawing's own units. To ask where the drawing
// is costs the page a layout: during a move it is asked five times a second, which is soon enough for a page that scrolls,
// and when the page has another size.
export function pointerOn(svg) {
  let toDrawing = null;
  let fresh = -Infinity;
  let size = pageSizes;
  return (event) => {
    if (event.type !== "pointermove" || event.timeStamp > fresh || size !== pageSizes) {
      toDrawing = svg.getScreenCTM().inverse();
      fresh = event.timeStamp + 200;
      size = pageSizes;
    }
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(toDrawing);
    return [x, y];
  };
}

// Let `element` be dragged with mouse, pen or touch: begin, move and end get the pointer's place on the plane.
export function draggable(plane, element, { begin, move, end = () => {}, signal }) {
  let pointer = null;
  element.style.touchAction = "none";
  // Browsers leave touch-action aside on the shapes inside an SVG: without this a finger scrolls the page.
  element.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false, signal });
  element.addEventListener(
    "pointerdown",
    (event) => {
      if (pointer !== null || event.button !== 0) return;
      pointer = event.pointerId;
      element.setPointerCapture(pointer);
      begin(plane.at(event));
      event.preventDefault();
    },
    { signal },
  );
  element.addEventListener(
    "pointermove",
    (event) => {
      if (event.pointerId === pointer) move(plane.at(event));
    },
    { signal },
  );
  const finish = (event) => {
    if (event.pointerId !== pointer) return;
    pointer = null;
    end();
  };
  // The last moves of a finger may come with its release only.
  element.addEventListener(
    "pointerup",
    (event) => {
      if (event.pointerId === pointer) move(plane.at(event));
    },
    { signal },
  );
  // Losing the capture ends a drag however it ends: release, cancel, or the element leaving the page.
  element.addEventListener("lostpointercapture", finish, { signal });
}

// The same for what keeps its distance to the pointer that took it: place(at) is where it is, follow(x, y) where it is to
// go; `focus` is what the keys then move.
export function draggedAlong(plane, element, { place, follow, focus = element, begin = () => {}, end = () => {}, signal }) {
  let offset = [0, 0];
  draggable(plane, element, {
    begin(at) {
      begin();
      focus.focus({ preventScroll: true });
      offset = place(at).map((value, k) => value - at[k]);
    },
    move: (at) => follow(at[0] + offset[0], at[1] + offset[1]),
    end,
    signal,
  });
}

// And for what turns about the origin: degrees() is where it is, turn(degrees) where it is to go; without degrees it comes
// to the pointer at once. Nearer to the origin than `least` the pointer's angle means nothing: it waits.
export function draggedAround(
  plane, element, { degrees = null, turn, least, focus = element, begin = () => {}, end = () => {}, signal },
) {
  let offset = 0;
  const angleOf = ([x, y]) => Math.atan2(y, x) / DEGREE;
  const move = (at) => {
    if (Math.hypot(...at) > least) turn(angleOf(at) + offset);
  };
  draggable(plane, element, {
    begin(at) {
      begin();
      focus.focus({ preventScroll: true });
      offset = degrees ? wrapDegrees(degrees() - angleOf(at)) : 0;
      if (!degrees) move(at);
    },
    move,
    end,
    signal,
  });
}

// Arrow keys as steps: right and up +1, left and down -1, ten times as far with Shift or Page keys; Home, End.
// step(amount) gets the number of steps, limit(-1 or +1) the ends.
export function steppable(element, { step, limit, signal }) {
  const amounts = {
    ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10,
  };
  element.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key in amounts) {
        step(amounts[event.key] * (event.shiftKey && event.key.startsWith("Arrow") ? 10 : 1));
      } else if (event.key === "Home" || event.key === "End") {
        limit(event.key === "Home" ? -1 : 1);
      } else {
        return;
      }
      event.preventDefault();
    },
    { signal },
  );
}

// Arrow keys as steps in the plane: step(dx, dy) gets whole numbers, ten times as large with Shift.
export function steppable2(element, { step, signal }) {
  const directions = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  element.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in directions)) return;
      const size = event.shiftKey ? 10 : 1;
      step(...directions[event.key].map((amount) => amount * size));
      event.preventDefault();
    },
    { signal },
  );
}

// A handle: a ring with room for a finger around it, and a ring around that for the focus. Returns its group.
export function pointHandle(parent, name, label, { ring = 7.5, focus = 2 * ring, hit = 20 } = {}) {
  const handle = svgElement("g", { class: `hgmrl-handle ${name}`, tabindex: "0", role: "slider" }, parent);
  handle.setAttribute("aria-label", label);
  for (const [part, r] of Object.entries({ hit, focus, ring })) svgElement("circle", { r, class: `hgmrl-${part}` }, handle);
  return handle;
}
