// A canvas below a plane's SVG, for what has many pieces or moves all the time: the SVG above is left alone.

import { htmlElement } from "./dom.js";

// paint(draw) calls draw(context, colour) in the plane's own units, and again when the size or the theme changes;
// colour(name) is the colour --hgmrl-name. A canvas that is `opaque` has the plane's background, and hides what is below.
export function planeCanvas(parent, plane, signal, { name, opaque = false }) {
  const canvas = htmlElement("canvas", { class: `hgmrl-canvas ${name}`, "aria-hidden": "true" }, parent);
  const context = canvas.getContext("2d", { alpha: !opaque });
  const style = getComputedStyle(canvas);
  const colours = new Map();
  // Remembered: to ask for a style in the middle of a frame would cost the page another one.
  const colour = (of) => {
    if (!colours.has(of)) colours.set(of, style.getPropertyValue(`--hgmrl-${of}`).trim());
    return colours.get(of);
  };
  /** @type {(context: CanvasRenderingContext2D, colour: (of: string) => string) => void} */
  let shown = () => {};
  const repaint = () => {
    context.setTransform(canvas.width / plane.size, 0, 0, canvas.height / plane.size, 0, 0);
    context.clearRect(0, 0, plane.size, plane.size);
    if (opaque) {
      context.fillStyle = colour("back");
      context.fillRect(0, 0, plane.size, plane.size);
    }
    shown(context, colour);
  };
  const size = new ResizeObserver(() => {
    // The first size comes when the canvas comes into the page: before, it has no colours.
    colours.clear();
    const pixels = Math.max(1, Math.round(canvas.clientWidth * (window.devicePixelRatio || 1)));
    if (canvas.width !== pixels) canvas.width = canvas.height = pixels;
    repaint();
  });
  size.observe(canvas);
  const theme = new MutationObserver(() => {
    colours.clear();
    repaint();
  });
  theme.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-jp-theme-name", "class"] });
  signal.addEventListener("abort", () => {
    size.disconnect();
    theme.disconnect();
  });
  return {
    paint(draw) {
      shown = draw;
      repaint();
    },
  };
}
