// Level sets of a function on the square [-half, half]², by marching squares; its values are sampled once.

// Returns levelSet(level): line segments [x0, y0, x1, y1], one array each.
export function makeLevelSets(f, half, steps = 80) {
  const width = steps + 1;
  const at = (k) => -half + (2 * half * k) / steps;
  const values = new Float64Array(width * width);
  for (let j = 0; j < width; j++) for (let i = 0; i < width; i++) values[j * width + i] = f(at(i), at(j));
  // Corners anticlockwise from the lower left, and the sides between them.
  const corners = [[0, 0], [1, 0], [1, 1], [0, 1]];
  return (level) => {
    const segments = [];
    for (let j = 0; j < steps; j++) {
      for (let i = 0; i < steps; i++) {
        const crossings = [];
        for (let side = 0; side < 4; side++) {
          const [[a, b], [c, d]] = [corners[side], corners[(side + 1) % 4]];
          const before = values[(j + b) * width + i + a] - level;
          const after = values[(j + d) * width + i + c] - level;
          if (before >= 0 === after >= 0) continue;
          const part = before / (before - after);
          crossings.push(at(i + a + part * (c - a)), at(j + b + part * (d - b)));
        }
        if (crossings.length === 4) segments.push(crossings);
        else if (crossings.length === 8) segments.push(crossings.slice(0, 4), crossings.slice(4));
      }
    }
    return segments;
  };
}
