// Differential and functional loss of a generator of the plane, and Adam on a 2-D slice of generators.

// Each sample is a point p with a unit normal n of the level set there, and a time t: six numbers of one array.
// functions: "distance" (f = -‖p‖) or "square" (f = -‖p‖²). A window is [first, count] of the samples, around the end.
export function makeSliceLosses(points, normals, times) {
  const number = times.length;
  const TINY = 1e-150;

  // Mean of |n·Wp| + |n·Wp| / ‖Wp‖; in the plane the second is the part of D^f_p outside span(Wp).
  // With directions A, B also its derivatives along them.
  function differential(w, [first, count], axes = null) {
    let loss = 0, alongA = 0, alongB = 0;
    for (let k = 0; k < count; k++) {
      const i = (first + k) % number;
      const x = points[2 * i], y = points[2 * i + 1], nx = normals[2 * i], ny = normals[2 * i + 1];
      const vx = w[0] * x + w[1] * y, vy = w[2] * x + w[3] * y;
      const speed = Math.max(Math.hypot(vx, vy), TINY);
      const s = nx * vx + ny * vy;
      loss += Math.abs(s) * (1 + 1 / speed);
      if (axes === null) continue;
      const sign = Math.sign(s);
      const slope = (a) => {
        const ax = a[0] * x + a[1] * y, ay = a[2] * x + a[3] * y;
        const across = nx * ax + ny * ay;
        return sign * (across + across / speed - (s * ((vx * ax + vy * ay) / speed)) / (speed * speed));
      };
      alongA += slope(axes[0]);
      alongB += slope(axes[1]);
    }
    return [loss / count, alongA / count, alongB / count];
  }

  // Mean of |f(exp(tW) p) - f(p)|: ‖exp(tW) p‖ in closed form.
  function change(w, square, [first, count]) {
    const half = (w[0] + w[3]) / 2, q = (w[0] - w[3]) / 2;
    const determinant = -q * q - w[1] * w[2];
    const speed = Math.sqrt(Math.abs(determinant));
    let loss = 0;
    for (let k = 0; k < count; k++) {
      const i = (first + k) % number;
      const x = points[2 * i], y = points[2 * i + 1], t = times[i];
      const angle = speed * t;
      let c, s;
      if (angle < 1e-3) {
        const z = determinant * t * t;
        c = 1 - z / 2 + (z * z) / 24;
        s = t * (1 - z / 6 + (z * z) / 120);
      } else if (determinant > 0) {
        c = Math.cos(angle);
        s = Math.sin(angle) / speed;
      } else {
        c = Math.cosh(angle);
        s = Math.sinh(angle) / speed;
      }
      const mx = c * x + s * (q * x + w[1] * y), my = c * y + s * (w[2] * x - q * y);
      const before = x * x + y * y, after = Math.exp(2 * half * t) * (mx * mx + my * my);
      loss += Math.abs(square ? after - before : Math.sqrt(after) - Math.sqrt(before));
    }
    return loss / count;
  }

  // Its derivatives along the axes by central differences.
  function functional(w, square, window, axes = null) {
    if (axes === null) return [change(w, square, window), 0, 0];
    const h = 1e-6;
    const slope = (a) => {
      const moved = (sign) => change(w.map((entry, j) => entry + sign * h * a[j]), square, window);
      return (moved(1) - moved(-1)) / (2 * h);
    };
    return [change(w, square, window), slope(axes[0]), slope(axes[1])];
  }
  return { number, differential, functional };
}

// W(u, v) = origin + u A + v B, as [a, b, c, d].
export function sliceGenerator({ origin, axes }, u, v) {
  return origin.map((entry, j) => entry + u * axes[0][j] + v * axes[1][j]);
}

// Principal angle to the line of J in degrees; 90 at W = 0.
function degreesToJ(w) {
  const along = (w[2] - w[1]) / 2;
  const symmetric = (w[1] + w[2]) / 2;
  const across = Math.sqrt(w[0] * w[0] + w[3] * w[3] + 2 * symmetric * symmetric);
  if (across === 0 && along === 0) return 90;
  return (Math.atan2(across, Math.SQRT2 * Math.abs(along)) * 180) / Math.PI;
}

// One descent by Adam from a start (u, v): the path is extended on demand. evaluate(w, window, axes) -> [loss, du, dv].
export function makeSliceDescent(slice, evaluate, start, { rate, batch, steps, below }) {
  const path = new Float64Array(2 * (steps + 1));
  const degrees = new Float64Array(steps + 1);
  const losses = new Float64Array(steps + 1);
  let arrival = null;
  let done = -1;
  let at = [...start];
  const mean = [0, 0], square = [0, 0];
  return {
    path,
    degrees,
    losses,
    get done() {
      return done;
    },
    get arrival() {
      return arrival;
    },
    // Compute up to a step, or until the time is over.
    extend(until, deadline = Infinity) {
      while (done < Math.min(until, steps)) {
        if (done >= 0 && (done & 7) === 7 && performance.now() > deadline) return;
        done += 1;
        path[2 * done] = at[0];
        path[2 * done + 1] = at[1];
        const w = sliceGenerator(slice, at[0], at[1]);
        degrees[done] = degreesToJ(w);
        if (arrival === null && degrees[done] < below) arrival = done;
        const [loss, ...gradient] = evaluate(w, [done * batch, batch], slice.axes);
        losses[done] = loss;
        const power = done + 1;
        at = at.map((value, j) => {
          mean[j] = 0.9 * mean[j] + 0.1 * gradient[j];
          square[j] = 0.999 * square[j] + 0.001 * gradient[j] * gradient[j];
          const size = Math.sqrt(square[j] / (1 - Math.pow(0.999, power))) + 1e-8;
          return value - (rate * mean[j]) / (1 - Math.pow(0.9, power)) / size;
        });
      }
    },
  };
}

// The loss on a square grid [-half, half]², row by row from the top.
export function sliceLandscape(slice, evaluate, size, half, window) {
  const grid = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const u = -half + (2 * half * column) / (size - 1);
      const v = half - (2 * half * row) / (size - 1);
      grid[row * size + column] = evaluate(sliceGenerator(slice, u, v), window)[0];
    }
  }
  return grid;
}
