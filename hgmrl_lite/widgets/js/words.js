// Numbers in words, the same in every widget.

function wrapDegrees(degrees) {
  // (-180, 180]
  return -(((-degrees + 180) % 360 + 360) % 360 - 180);
}

function inDegrees(degrees, digits = 1) {
  const text = Math.abs(degrees).toFixed(digits);
  return `${degrees < 0 && Number(text) !== 0 ? "−" : ""}${text}°`;
}

// Two significant digits for what may be small, whole numbers from ten on.
function inShort(value) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const text = size >= 10 ? size.toFixed(0) : size >= 1 ? size.toFixed(1) : size >= 0.1 ? size.toFixed(2) : size.toFixed(3);
  return `${value < 0 && Number(text) !== 0 ? "−" : ""}${text}`;
}
