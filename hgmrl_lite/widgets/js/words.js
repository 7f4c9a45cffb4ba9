// Angles, and numbers in words, the same in every widget.

// One degree in radians.
export const DEGREE = Math.PI / 180;

export function wrapDegrees(degrees) {
  // (-180, 180]
  return -(((-degrees + 180) % 360 + 360) % 360 - 180);
}

// A number with a true minus, and none before a zero.
export function inNumber(value, digits = 2) {
  const text = Math.abs(value).toFixed(digits);
  return `${value < 0 && Number(text) !== 0 ? "−" : ""}${text}`;
}

export const inPair = ([x, y], digits = 2) => `(${inNumber(x, digits)}, ${inNumber(y, digits)})`;

export const inDegrees = (degrees, digits = 1) => `${inNumber(degrees, digits)}°`;

// A short number: two digits that count, whole from ten on.
export function inShort(value) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size > 0 && size < 1e-4) return `${value < 0 ? "above −" : "below "}0.0001`;
  return inNumber(value, size >= 10 ? 0 : size >= 1 ? 1 : size >= 0.01 ? 2 : 4);
}
