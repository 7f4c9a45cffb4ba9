// The samples nearest to a place of the plane, by a grid of cells.

// points: [x0, y0, x1, y1, ...], of which the first `count` are there.
// Returns nearest(x, y, k): { index, radius }, by distance, radius being that of the last; and nearest.within(x, y, r).
function makeNeighbours(points, count) {
  let [left, bottom, right, top] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < count; i++) {
    left = Math.min(left, points[2 * i]);
    right = Math.max(right, points[2 * i]);
    bottom = Math.min(bottom, points[2 * i + 1]);
    top = Math.max(top, points[2 * i + 1]);
  }
  // About four samples in a cell.
  const side = Math.max(Math.sqrt(((right - left) * (top - bottom) * 4) / count), 1e-9);
  const columns = Math.floor((right - left) / side) + 1;
  const rows = Math.floor((top - bottom) / side) + 1;
  const cells = Array.from({ length: columns * rows }, () => []);
  const column = (x) => Math.floor((x - left) / side);
  const row = (y) => Math.floor((y - bottom) / side);
  for (let i = 0; i < count; i++) cells[row(points[2 * i + 1]) * columns + column(points[2 * i])].push(i);

  // Samples in the cells around a place, `reach` cells to each side, by distance: [distance, number].
  const around = (x, y, reach) => {
    const [cx, cy] = [column(x), row(y)];
    const found = [];
    for (let j = Math.max(0, cy - reach); j <= Math.min(rows - 1, cy + reach); j++) {
      for (let i = Math.max(0, cx - reach); i <= Math.min(columns - 1, cx + reach); i++) {
        for (const at of cells[j * columns + i]) {
          found.push([Math.hypot(points[2 * at] - x, points[2 * at + 1] - y), at]);
        }
      }
    }
    return found.sort((a, b) => a[0] - b[0]);
  };

  const nearest = (x, y, k) => {
    const [cx, cy] = [column(x), row(y)];
    const farthest = Math.max(cx, cy, columns - cx, rows - cy);
    for (let reach = Math.ceil(Math.sqrt(k / (4 * Math.PI))) + 1; ; reach *= 2) {
      const found = around(x, y, reach);
      // What lies outside these cells is at least `reach` cells away.
      if ((found.length >= k && found[k - 1][0] <= reach * side) || reach > farthest) {
        const best = found.slice(0, k);
        return { index: best.map(([, at]) => at), radius: best[best.length - 1][0] };
      }
    }
  };
  nearest.within = (x, y, r) =>
    around(x, y, Math.ceil(r / side)).filter(([distance]) => distance <= r).map(([, at]) => at);
  return nearest;
}
