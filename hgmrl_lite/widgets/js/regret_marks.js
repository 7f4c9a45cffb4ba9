// Marks of agents: one shape each, so that colour is never alone. All are centred and about 9 wide.
const REGRET_MARKS = {
  circle: "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0Z",
  square: "M-3.7 -3.7H3.7V3.7H-3.7Z",
  triangle: "M0 -4.6L4.4 3.4H-4.4Z",
  diamond: "M0 -5L5 0L0 5L-5 0Z",
  wedge: "M0 4.6L4.4 -3.4H-4.4Z",
  // Longer arms than the circle's, which may lie on it.
  plus: "M-1.5 -6.5H1.5V-1.5H6.5V1.5H1.5V6.5H-1.5V1.5H-6.5V-1.5H-1.5Z",
  cross: "M-4.4 -2.3L-2.3 -4.4L0 -2.1L2.3 -4.4L4.4 -2.3L2.1 0L4.4 2.3L2.3 4.4L0 2.1L-2.3 4.4L-4.4 2.3L-2.1 0Z",
  star: "M0 -5.2L1.5 -1.7L5 -1.6L2.2 0.7L3.1 4.3L0 2.2L-3.1 4.3L-2.2 0.7L-5 -1.6L-1.5 -1.7Z",
};
const REGRET_SHAPES = Object.keys(REGRET_MARKS);

// One mark at a place of the drawing, as a piece of a path: the shape's own numbers, with its first point moved.
function markAt(shape, x, y) {
  const text = REGRET_MARKS[shape];
  // Every shape begins with an absolute M; what is absolute after it is moved with it.
  return text.replace(/([MLHV])(-?[\d.]+)(?: (-?[\d.]+))?/g, (_, command, a, b) => {
    if (command === "H") return `H${(x + Number(a)).toFixed(1)}`;
    if (command === "V") return `V${(y + Number(a)).toFixed(1)}`;
    return `${command}${(x + Number(a)).toFixed(1)} ${(y + Number(b)).toFixed(1)}`;
  });
}
