// Elements of a page and of a drawing: made with their attributes, written to only when something changes.

const SVG_NAMESPACE = "http://www.w3.org/2000/svg";

function filled(element, attributes, parent, text) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== null) element.textContent = text;
  if (parent) parent.append(element);
  return element;
}

/** @returns {any} */
export function htmlElement(tag, attributes = {}, parent = null, text = null) {
  return filled(document.createElement(tag), attributes, parent, text);
}

/** @returns {any} */
export function svgElement(tag, attributes = {}, parent = null, text = null) {
  return filled(document.createElementNS(SVG_NAMESPACE, tag), attributes, parent, text);
}

// Change a text only when it is another: the same text again would cost the page a layout.
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// Write a path only when it has changed, as setText does with texts.
export function setPath(element, d) {
  if (element.getAttribute("d") !== d) element.setAttribute("d", d);
}

// Put an element at (x, y) of its drawing.
export function setPlace(element, x, y) {
  element.setAttribute("transform", `translate(${x.toFixed(2)} ${y.toFixed(2)})`);
}

// Tell a screen reader the ends of what a handle moves along, and where it is.
export function setRange(element, low, high) {
  element.setAttribute("aria-valuemin", String(low));
  element.setAttribute("aria-valuemax", String(high));
}

export function setValue(element, now, text) {
  element.setAttribute("aria-valuenow", String(now));
  element.setAttribute("aria-valuetext", text);
}
