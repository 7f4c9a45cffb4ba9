// A handle that moves in two directions, by pointer and by keyboard.

// Arrow keys as steps in the plane: step(dx, dy) gets whole numbers, ten times as large with Shift.
function steppable2(element, { step, signal }) {
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

// The box of a text beside a point of a drawing, within [0, width] × [0, height]; (dx, dy) points away, upwards positive.
function boxBeside(text, x, y, dx, dy, gap, width, height, letter = 6.9) {
  const long = text.textContent.length * letter + 4;
  const high = 15;
  const size = Math.hypot(dx, dy) || 1;
  const [ux, uy] = dx === 0 && dy === 0 ? [0, 1] : [dx / size, dy / size];
  const inside = (value, extent, end) => Math.min(end - extent / 2 - 3, Math.max(extent / 2 + 3, value));
  const reach = gap + (Math.abs(ux) * long + Math.abs(uy) * high) / 2;
  const cx = inside(x + ux * reach, long, width);
  const cy = inside(y - uy * reach, high, height);
  return { left: cx - long / 2, right: cx + long / 2, top: cy - high / 2, bottom: cy + high / 2 };
}

// Put a text in the middle of a box. A text that is moved is not set anew, as one with other coordinates is.
function centreIn(text, { left, right, top, bottom }) {
  setPlace(text, (left + right) / 2, (top + bottom) / 2 + 4.5);
}

// Put a text beside a point, and return the box that it takes.
function placeBeside(text, ...where) {
  const box = boxBeside(text, ...where);
  centreIn(text, box);
  return box;
}

// Put a text at the first of `places`, each [x, y, dx, dy], where it covers none of `boxes`, and return the box that it
// takes; nowhere: the text is hidden, and there is no box.
function placeWhereFree(text, places, boxes, { size }) {
  const box = places
    .map((place) => boxBeside(text, ...place, 5, size, size))
    .find((candidate) => !boxes.some((other) => boxesOverlap(candidate, other)));
  const visibility = box ? "" : "hidden";
  if (text.style.visibility !== visibility) text.style.visibility = visibility;
  if (box) centreIn(text, box);
  return box;
}

function boxesOverlap(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

// A handle that can be dragged in two directions. Returns its group.
function pointHandle(parent, name, label) {
  const handle = svgElement("g", { class: `hgmrl-handle ${name}`, tabindex: "0", role: "slider" }, parent);
  handle.setAttribute("aria-label", label);
  svgElement("circle", { r: 20, class: "hgmrl-hit" }, handle);
  svgElement("circle", { r: 15, class: "hgmrl-focus" }, handle);
  svgElement("circle", { r: 7.5, class: "hgmrl-ring" }, handle);
  return handle;
}
