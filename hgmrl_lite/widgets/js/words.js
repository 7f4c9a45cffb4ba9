// Numbers in words, the same in every widget.

function wrapDegrees(degrees) {
  // (-180, 180]
  return -(((-degrees + 180) % 360 + 360) % 360 - 180);
}

function inDegrees(degrees, digits = 1) {
  const text = Math.abs(degrees).toFixed(digits);
  return `${degrees < 0 && Number(text) !== 0 ? "−" : ""}${text}°`;
}

// A short number: two digits that count, whole from ten on.
function inShort(value) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size > 0 && size < 1e-4) return `${value < 0 ? "above −" : "below "}0.0001`;
  const text = size >= 10 ? size.toFixed(0) : size >= 1 ? size.toFixed(1) : size >= 0.01 ? size.toFixed(2) : size.toFixed(4);
  return `${value < 0 && Number(text) !== 0 ? "−" : ""}${text}`;
}
