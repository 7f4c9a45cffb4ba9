// Functions of the plane to be sampled, as hgmrl_lite.widgets.planar_functions has them: value and gradient.

const PLANAR_GOAL = [-0.7, 0.7];
const PLANAR_WIDTH = 0.9;

const PLANAR_FUNCTIONS = {
  distance: {
    value: (x, y) => -Math.hypot(x - PLANAR_GOAL[0], y - PLANAR_GOAL[1]),
    gradient(x, y) {
      const [u, v] = [x - PLANAR_GOAL[0], y - PLANAR_GOAL[1]];
      const size = Math.hypot(u, v);
      return size > 0 ? [-u / size, -v / size] : [0, 0];
    },
  },
  bump: {
    value: (x, y) =>
      Math.exp(-((x - PLANAR_GOAL[0]) ** 2 + (y - PLANAR_GOAL[1]) ** 2) / (2 * PLANAR_WIDTH ** 2)),
    gradient(x, y) {
      const factor = -PLANAR_FUNCTIONS.bump.value(x, y) / PLANAR_WIDTH ** 2;
      return [factor * (x - PLANAR_GOAL[0]), factor * (y - PLANAR_GOAL[1])];
    },
  },
  saddle: { value: (x, y) => x * y, gradient: (x, y) => [y, x] },
  none: {
    value: (x, y) => Math.sin(2 * x) + 0.5 * Math.cos(3 * y) + 0.3 * x * y,
    gradient: (x, y) => [2 * Math.cos(2 * x) + 0.3 * y, -1.5 * Math.sin(3 * y) + 0.3 * x],
  },
};
