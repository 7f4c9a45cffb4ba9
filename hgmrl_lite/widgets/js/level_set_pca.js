// The line along which neighbours of one level set lie, as hgmrl_lite.tangents.local_pca finds it in the plane.

const PCA_FEWEST = 3;

// xs, ys: displacements to the neighbours of the level set. Returns { normal, error, dropped }.
function levelSetPca(xs, ys) {
  const count = xs.length;
  if (count < PCA_FEWEST) return { normal: [NaN, NaN], error: NaN, dropped: "too few neighbours in the level set" };
  let [xx, xy, yy] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    xx += xs[i] * xs[i];
    xy += xs[i] * ys[i];
    yy += ys[i] * ys[i];
  }
  const angle = 0.5 * Math.atan2(2 * xy, xx - yy);
  const spread = Math.hypot((xx - yy) / 2, xy);
  const [large, small] = [(xx + yy) / 2 + spread, Math.max((xx + yy) / 2 - spread, 0)];
  return {
    normal: [-Math.sin(angle), Math.cos(angle)],
    error: Math.sqrt(small / (large * (count - 1))),
    dropped: "",
  };
}
