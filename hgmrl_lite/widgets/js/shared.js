// What the views of one model share: the scene is computed at most once a frame, then every view draws it.

// traits: the names whose change makes the scene stale. compute() -> scene; a view adds draw(scene), gets its removal.
function sharedScene(model, traits, compute) {
  const draws = new Set();
  let scene = null;
  let frame = 0;

  const redraw = () => {
    frame = 0;
    if (!draws.size) return;
    scene = compute();
    for (const draw of draws) draw(scene);
  };
  const request = () => {
    if (!frame && draws.size) frame = requestAnimationFrame(redraw);
  };
  for (const trait of traits) model.on(`change:${trait}`, request);

  return {
    request,
    add(draw) {
      draws.add(draw);
      if (scene === null) scene = compute();
      draw(scene);
      return () => draws.delete(draw);
    },
  };
}

// Set one trait and send it at once: messages that wait make a dragged handle jump back.
function setTrait(model, name, value) {
  model.set(name, value);
  model.save_changes();
}

// Run `action` once `delay` ms have passed without another call; cancel() drops it.
function afterPause(action, delay) {
  let timer = 0;
  return {
    call() {
      clearTimeout(timer);
      timer = setTimeout(action, delay);
    },
    cancel() {
      clearTimeout(timer);
    },
  };
}

// Run `action` at most once every `pause` ms, and in the end with what came last: for words and small plots beside a
// moving figure, which nobody reads at 60 a second and which cost the page a layout each time. stop() drops what waits.
function atMostEvery(pause, action) {
  let last = -Infinity;
  let timer = 0;
  let latest = null;
  const run = () => {
    timer = 0;
    last = performance.now();
    action(latest);
  };
  return {
    call(argument) {
      latest = argument;
      if (timer) return;
      const wait = last + pause - performance.now();
      if (wait <= 0) run();
      else timer = setTimeout(run, wait);
    },
    stop() {
      clearTimeout(timer);
    },
  };
}
