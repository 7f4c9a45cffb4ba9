// The direction across a level set by principal components, as hgmrl_lite.tangents.local_pca finds it in the plane.

const PCA_FEWEST = 4;
const PCA_TINY = Number.MIN_VALUE;

// xs, ys, rises: displacements and differences of value to all samples within the radius, the centre itself included.
// Returns { normal, error, count, dropped }: the normal towards larger f, from those that rise at most levelWidth.
export function localPca(xs, ys, rises, levelWidth) {
  let [count, mx, my, xx, xy, yy] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < xs.length; i++) {
    if (Math.abs(rises[i]) > levelWidth) continue;
    count += 1;
    mx += xs[i];
    my += ys[i];
    xx += xs[i] * xs[i];
    xy += xs[i] * ys[i];
    yy += ys[i] * ys[i];
  }
  [mx, my, xx, xy, yy] = [mx, my, xx, xy, yy].map((sum) => sum / count);
  xx -= mx * mx;
  xy -= mx * my;
  yy -= my * my;
  const angle = 0.5 * Math.atan2(2 * xy, xx - yy);
  const half = Math.hypot((xx - yy) / 2, xy);
  const [large, small] = [(xx + yy) / 2 + half, (xx + yy) / 2 - half];
  let [nx, ny] = [-Math.sin(angle), Math.cos(angle)];
  let [spread, product] = [PCA_TINY, 0];
  const heights = Array.from(xs, (x, i) => nx * x + ny * ys[i]);
  heights.forEach((height, i) => {
    spread += height * height;
    product += height * rises[i];
  });
  const slope = product / spread;
  let scatter = 0;
  heights.forEach((height, i) => {
    scatter += (rises[i] - slope * height) ** 2;
  });
  scatter /= Math.max(xs.length - 1, 1);
  const gap = Math.max(large - small, PCA_TINY);
  const turn = Math.min((small * large) / (count * gap * gap), 1e6);
  const flat = !(slope * slope > slope * slope * turn + scatter / spread);
  if (slope < 0) [nx, ny] = [-nx, -ny];
  return {
    normal: [nx, ny],
    error: Math.sqrt(Math.max(turn, 0)),
    count,
    dropped: count < PCA_FEWEST ? "too few neighbours in the level set" : flat ? "gradient below its own error" : "",
  };
}
