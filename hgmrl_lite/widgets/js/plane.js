// The plane as an SVG: axes, layers, paths, and the hand on it (pointer and keyboard).

const SVG_NAMESPACE = "http://www.w3.org/2000/svg";

function svgElement(tag, attributes = {}, parent = null) {
  const element = document.createElementNS(SVG_NAMESPACE, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (parent) parent.append(element);
  return element;
}

// Write a path only when it has changed, as setText does with texts.
function setPath(element, d) {
  if (element.getAttribute("d") !== d) element.setAttribute("d", d);
}

// Put an element at (x, y) of its drawing.
function setPlace(element, x, y) {
  element.setAttribute("transform", `translate(${x.toFixed(2)} ${y.toFixed(2)})`);
}

// How often the page has got another size.
let pageSizes = 0;
window.addEventListener("resize", () => (pageSizes += 1));

// Where on a drawing a pointer event is: at(event) returns [x, y] in the drawing's own units. To ask where the drawing
// is costs the page a layout: during a move it is asked five times a second, which is soon enough for a page that scrolls,
// and when the page has another size.
function pointerOn(svg) {
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

// A square window [-half, half]² with a frame and ticks. x(), y() go from the plane to the drawing, at() back.
function makePlane({ half, size = 440, ticks = [-1, 0, 1], label }) {
  const svg = svgElement("svg", { viewBox: `0 0 ${size} ${size}`, class: "hgmrl-plane" });
  svg.setAttribute("aria-label", label);
  svg.setAttribute("role", "group");
  const scale = size / (2 * half);
  const pointer = pointerOn(svg);
  const plane = {
    svg,
    half,
    size,
    length: (value) => value * scale,
    x: (value) => (value + half) * scale,
    y: (value) => (half - value) * scale,
    layer: (name) => svgElement("g", { class: `hgmrl-layer-${name}` }, svg),
    at(event) {
      const [x, y] = pointer(event);
      return [x / scale - half, half - y / scale];
    },
    // One SVG path of several polylines [x0, y0, x1, y1, ...]; lengths cut them short.
    path(polylines, lengths = null) {
      let text = "";
      polylines.forEach((points, number) => {
        const end = lengths ? 2 * lengths[number] : points.length;
        for (let at = 0; at < end; at += 2) {
          text += `${at ? "L" : "M"}${plane.x(points[at]).toFixed(1)} ${plane.y(points[at + 1]).toFixed(1)}`;
        }
      });
      return text;
    },
  };

  const axes = plane.layer("axes");
  svgElement("rect", { x: 0.5, y: 0.5, width: size - 1, height: size - 1, rx: 4, class: "hgmrl-frame" }, axes);
  for (const tick of ticks) {
    const text = String(tick).replace("-", "−");
    const vertical = svgElement("text", { x: plane.x(tick), y: size - 7, "text-anchor": "middle" }, axes);
    const horizontal = svgElement("text", { x: 7, y: plane.y(tick) + 4 }, axes);
    for (const element of [vertical, horizontal]) {
      element.setAttribute("class", "hgmrl-tick");
      element.textContent = text;
    }
    const grid = { class: "hgmrl-grid" };
    svgElement("line", { ...grid, x1: plane.x(tick), x2: plane.x(tick), y1: 1, y2: size - 22 }, axes);
    svgElement("line", { ...grid, x1: 22, x2: size - 1, y1: plane.y(tick), y2: plane.y(tick) }, axes);
  }
  return plane;
}

// Let `element` be dragged with mouse, pen or touch: begin, move and end get the pointer's place on the plane.
function draggable(plane, element, { begin, move, end, signal }) {
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

// Arrow keys as steps: right and up +1, left and down -1, ten times as far with Shift or Page keys; Home, End.
// step(amount) gets the number of steps, limit(-1 or +1) the ends.
function steppable(element, { step, limit, signal }) {
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
