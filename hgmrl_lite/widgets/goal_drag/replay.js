// Episodes in motion: one clock for all views of a model, in steps of the environment.

const REPLAY_STEPS_A_SECOND = 14;

// Returns { time(), playing, toggle(), seek(step), stop() }; time is null until the clock was first used. Who asks for
// reduced motion gets one step at each press in place of a moving picture.
export function replayClock({ last, redraw }) {
  const still = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  let time = null;
  let playing = false;
  let before = 0;
  let frame = 0;
  const tick = (now) => {
    frame = 0;
    if (!playing) return;
    const passed = Math.min(0.1, (now - before) / 1000);
    before = now;
    time = Math.min(last(), time + REPLAY_STEPS_A_SECOND * passed);
    if (time >= last()) playing = false;
    else frame = requestAnimationFrame(tick);
    redraw();
  };
  const clock = {
    time: () => time,
    playing: () => playing,
    still,
    toggle() {
      if (still()) {
        clock.seek(time === null || time >= last() ? 0 : Math.floor(time) + 1);
        return;
      }
      playing = !playing;
      if (playing) {
        if (time === null || time >= last()) time = 0;
        before = performance.now();
        if (!frame) frame = requestAnimationFrame(tick);
      }
      redraw();
    },
    seek(step) {
      playing = false;
      time = step;
      redraw();
    },
    stop() {
      playing = false;
      cancelAnimationFrame(frame);
      frame = 0;
    },
  };
  return clock;
}

// Where an episode is at a time between two steps; after its end it stays there. Points have n coordinates.
export function pathAt(path, length, time, n = 2) {
  const step = Math.min(length - 1, Math.max(0, time));
  const at = n * Math.floor(step);
  const part = step - Math.floor(step);
  const next = Math.min(at + n, n * (length - 1));
  return Array.from({ length: n }, (_, k) => path[at + k] + part * (path[next + k] - path[at + k]));
}

// The episodes of each agent as they are shown, in the order geometric, base, rivals; null for who is hidden.
export function shownEpisodes(state) {
  return [state.showGeometric ? state.geometric : null, state.showBase ? state.base : null, ...state.rivals];
}

// The places of all episodes at a time, one after the other.
export function walkersAt({ paths, lengths }, time, n = 2) {
  return paths.flatMap((path, e) => pathAt(path, lengths ? lengths[e] : path.length / n, time, n));
}

// The last step of the longest episode that is shown.
export function lastStep(state) {
  const n = state.dimension;
  const lengths = shownEpisodes(state).flatMap((played) =>
    played ? (played.lengths ?? played.paths.map((path) => path.length / n)) : [],
  );
  return Math.max(2, ...lengths) - 1;
}
