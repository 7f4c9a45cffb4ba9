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

// Where an episode is at a time between two steps; after its end it stays there.
export function pathAt(path, length, time) {
  const step = Math.min(length - 1, Math.max(0, time));
  const at = 2 * Math.floor(step);
  const part = step - Math.floor(step);
  const next = Math.min(at + 2, 2 * (length - 1));
  return [path[at] + part * (path[next] - path[at]), path[at + 1] + part * (path[next + 1] - path[at + 1])];
}
