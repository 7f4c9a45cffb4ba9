// GoalDrag: drag the goal of a new task; at every move the widget explores it, infers the angle, and acts.

// What an evaluation in Python depends on.
const QUESTION = ["goal_degrees", "draw", "context_size"];

// The goal's traits under the hand: while it is dragged nothing heavy is asked; once it rests, Python is.
function goalDragHand(model, redraw) {
  let dragging = false;
  let unanswered = false;
  const question = () => QUESTION.map((trait) => model.get(trait));
  const same = (a, b) => String(a) === String(b);
  const settle = () => {
    if (!model.get("evaluates") || same(model.get("settled"), question())) return;
    setTrait(model, "settled", question());
    patience.call();
  };
  const soon = afterPause(settle, 250);
  const patience = afterPause(() => {
    unanswered = !same(model.get("answered"), model.get("settled"));
    redraw();
  }, 10000);
  for (const trait of QUESTION) {
    model.on(`change:${trait}`, () => (dragging ? soon.cancel() : soon.call()));
  }
  model.on("change:answered", () => {
    unanswered = false;
  });
  const hand = {
    // To a hundredth of a degree: finer than a pixel, and a number one can read in Python.
    turn: (degrees) => setTrait(model, "goal_degrees", wrapDegrees(Math.round(100 * degrees) / 100)),
    step: (amount) => hand.turn(model.get("goal_degrees") + amount),
    grab() {
      dragging = true;
      soon.cancel();
    },
    settleSoon: soon.call,
    release() {
      if (dragging) settle();
      dragging = false;
    },
    regret(name) {
      if (!model.get("evaluates")) return { text: "", stale: false };
      const fresh = same(model.get("answered"), question());
      if (fresh && model.get("evaluation_error")) return { text: "regret failed", stale: false };
      const value = model.get("regrets")[name];
      if (value === undefined) return { text: unanswered ? "regret needs Python" : "regret …", stale: true };
      return { text: `regret ${inShort(value)}`, stale: !fresh };
    },
  };
  return hand;
}

// The plane: what is drawn on it, and the hand on the test goal. Returns { svg, show(scene) }.
function goalDragPlane(scene, hand, signal) {
  const { goals, base, radius, goalRadius, settings } = scene;
  const farthest = Math.max(radius, ...Array.from(goals, Math.abs));
  const plane = makePlane({ half: 1.7 * farthest, ticks: [-1, 1], label: "Plane with the goals and the paths" });
  const circle = { cx: plane.x(0), cy: plane.y(0), r: plane.length(radius) };
  const rim = plane.layer("goals");
  svgElement("circle", { ...circle, class: "hgmrl-circle" }, rim);

  const paths = plane.layer("paths");
  const line = (name) => svgElement("path", { class: name }, paths);
  const baseFaint = line("hgmrl-faint hgmrl-of-base");
  const exploration = line("hgmrl-exploration");
  const geometricFaint = line("hgmrl-faint hgmrl-of-geometric");
  const baseMean = line("hgmrl-mean hgmrl-of-base");
  const geometricMean = line("hgmrl-mean hgmrl-of-geometric");

  const marks = plane.layer("marks");
  for (let k = 0; k < goals.length / 2; k++) {
    const transform = `translate(${plane.x(goals[2 * k])} ${plane.y(goals[2 * k + 1])})`;
    const [shape, name] = k === settings.base_index ? [SQUARE, "hgmrl-base-goal"] : [DIAMOND, "hgmrl-training-goal"];
    svgElement("path", { d: shape, class: name, transform }, marks);
  }
  const label = (content) => {
    const text = svgElement("text", { class: "hgmrl-label", "text-anchor": "middle" }, marks);
    setText(text, content);
    return text;
  };
  const baseLabel = label("base goal");
  const place = (text, [x, y], gap) => placeBeside(text, plane.x(x), plane.y(y), x, y, gap, plane.size, plane.size);
  const baseBox = place(baseLabel, base, 14);
  const testLabel = label("test goal");

  // A wide invisible ring around the circle takes a press anywhere on it; the handle lies above.
  const band = svgElement("circle", { ...circle, class: "hgmrl-band" }, plane.svg);
  const handle = svgElement("g", { class: "hgmrl-handle", tabindex: "0", role: "slider" }, plane.svg);
  handle.setAttribute("aria-label", "Test goal, angle on the circle in degrees");
  handle.setAttribute("aria-valuemin", "-180");
  handle.setAttribute("aria-valuemax", "180");
  svgElement("circle", { r: 26, class: "hgmrl-hit" }, handle);
  svgElement("circle", { r: 24, class: "hgmrl-focus" }, handle);
  svgElement("circle", { r: plane.length(goalRadius), class: "hgmrl-reach" }, handle);
  svgElement("circle", { r: 10, class: "hgmrl-ring" }, handle);
  const aim = svgElement("path", { d: CROSS, class: "hgmrl-aim" }, plane.svg);

  let shown = null;
  let offset = 0;
  const angleOf = ([x, y]) => Math.atan2(y, x) / DEGREE;
  // Near the centre the angle of the pointer means nothing: the handle waits.
  const follow = (point) => {
    if (Math.hypot(...point) > 0.1 * radius) hand.turn(angleOf(point) + offset);
  };
  const drag = (element, keepsOffset) =>
    draggable(plane, element, {
      begin(point) {
        hand.grab();
        handle.focus({ preventScroll: true });
        offset = keepsOffset ? wrapDegrees(shown.degrees - angleOf(point)) : 0;
        follow(point);
      },
      move: follow,
      end: hand.release,
      signal,
    });
  drag(handle, true);
  drag(band, false);
  steppable(handle, {
    step: hand.step,
    limit: (side) => hand.turn(side < 0 ? -179 : 180),
    signal,
  });

  let cuts = "";
  let explored = "";
  return {
    svg: plane.svg,
    show(state) {
      shown = state;
      const [x, y] = state.goal;
      handle.setAttribute("transform", `translate(${plane.x(x).toFixed(2)} ${plane.y(y).toFixed(2)})`);
      handle.setAttribute("aria-valuenow", state.degrees.toFixed(1));
      handle.setAttribute("aria-valuetext", `test goal at ${inDegrees(state.degrees)}; ${onScreen(state)}`);
      const [ax, ay] = state.aimPoint;
      aim.setAttribute("transform", `translate(${plane.x(ax).toFixed(2)} ${plane.y(ay).toFixed(2)})`);
      baseLabel.style.visibility = boxesOverlap(place(testLabel, state.goal, 25), baseBox) ? "hidden" : "";
      geometricFaint.setAttribute("d", plane.path(state.geometric.paths));
      geometricMean.setAttribute("d", plane.path([state.geometric.mean]));
      const key = String(state.base.lengths);
      if (key !== cuts) {
        cuts = key;
        baseFaint.setAttribute("d", plane.path(state.base.paths, state.base.lengths));
        baseMean.setAttribute("d", plane.path([meanPath(state.base.paths, state.base.lengths)]));
      }
      for (const element of [baseFaint, baseMean]) element.style.display = state.showBase ? "" : "none";
      exploration.style.display = state.showExploration ? "" : "none";
      const points = dots(plane, state.context.points);
      if (points !== explored) exploration.setAttribute("d", points);
      explored = points;
    },
  };
}

const SQUARE = "M-7.5 -7.5H7.5V7.5H-7.5Z";
const DIAMOND = "M0 -8L8 0L0 8L-8 0Z";
const CROSS = "M-5 -5L5 5M-5 5L5 -5";

// Points as zero-length strokes, which round caps turn into dots: one element for all of them.
function dots(plane, points) {
  let text = "";
  for (let at = 0; at < points.length; at += 2) {
    text += `M${plane.x(points[at]).toFixed(1)} ${plane.y(points[at + 1]).toFixed(1)}h0`;
  }
  return text;
}

const REGRET =
  "Regret: return lost against steering straight at the goal, over noisy episodes run in Python when the goal rests.";

function onScreen(state) {
  return `policy at the inferred angle ${inDegrees(state.aim)} (error ${inDegrees(state.error)})`;
}

function goalDragLegend(parent, model, signal) {
  const shape = (d, name) => (svg) => svgElement("path", { d, class: name, transform: "translate(13 8)" }, svg);
  const stroke = (name) => (svg) => svgElement("path", { d: "M1 8H25", class: `hgmrl-mean ${name}` }, svg);
  legendItem(parent, "base goal", shape(SQUARE, "hgmrl-base-goal"));
  legendItem(parent, "other training goals", shape(DIAMOND, "hgmrl-training-goal"));
  legendItem(parent, "test goal: drag it", (svg) =>
    svgElement("circle", { cx: 13, cy: 8, r: 6, class: "hgmrl-ring" }, svg),
  );
  legendItem(parent, "where the policy aims", shape(CROSS, "hgmrl-aim"));
  legendItem(parent, "geometric agent: episodes, and their mean in bold", stroke("hgmrl-of-geometric")).classList.add(
    "hgmrl-wide",
  );
  const choices = htmlElement("div", { class: "hgmrl-choices" }, parent);
  const showBase = traitCheckbox(choices, model, {
    trait: "show_base",
    label: "base policy, unchanged",
    mark: legendMark(stroke("hgmrl-of-base")),
    signal,
  });
  const showExploration = traitCheckbox(choices, model, {
    trait: "show_exploration",
    label: "random steps it learned from",
    mark: legendMark((svg) => svgElement("path", { d: "M5 5h0M13 11h0M21 6h0", class: "hgmrl-exploration" }, svg)),
    signal,
  });
  return (state) => {
    showBase(state.showBase);
    showExploration(state.showExploration);
  };
}

// One agent's card: name, what it does, its regret.
function goalDragCard(parent, name, kind) {
  const card = htmlElement("div", { class: `hgmrl-card ${kind}` }, parent);
  const head = htmlElement("div", { class: "hgmrl-card-head" }, card);
  htmlElement("strong", {}, head, name);
  const regret = htmlElement("span", { class: "hgmrl-regret" }, head);
  const text = htmlElement("div", { class: "hgmrl-state" }, card);
  const detail = htmlElement("div", { class: "hgmrl-detail" }, card);
  return (words, more, figure) => {
    setText(text, words);
    setText(detail, more);
    setText(regret, figure.text);
    regret.classList.toggle("hgmrl-stale", figure.stale);
  };
}

function goalDragPanel(parent, model, scene, hand, signal) {
  const slide = labelledSlider(parent, {
    label: "Test goal",
    min: -180,
    max: 180,
    step: 1,
    format: (value) => inDegrees(value),
    change: hand.turn,
    release: hand.settleSoon,
    signal,
  });
  const geometric = goalDragCard(parent, "Geometric agent", "hgmrl-of-geometric");
  const base = goalDragCard(parent, "Base policy, unchanged", "hgmrl-of-base");
  const explore = htmlElement("div", { class: "hgmrl-caption" }, parent);
  const setSteps = labelledSlider(explore, {
    label: "Random steps",
    min: 2,
    max: scene.settings.max_context,
    step: 1,
    format: (value) => String(value),
    change: (value) => setTrait(model, "context_size", value),
    release: hand.settleSoon,
    signal,
  });
  const again = htmlElement("button", { type: "button", class: "hgmrl-button" }, explore, "Explore again");
  again.title = "Other random steps in the same task";
  again.addEventListener("click", () => setTrait(model, "draw", (model.get("draw") + 1) % scene.draws), { signal });
  const question = htmlElement("strong", {}, parent);
  const plot = makeMisfitPlot({ label: "Misfit between the base task's reward model and the rewards, by angle" });
  parent.append(plot.svg);
  const verdict = htmlElement("div", { class: "hgmrl-detail hgmrl-verdict" }, parent);
  const note = htmlElement("div", { class: "hgmrl-note" }, parent);
  const spoken = spokenText(parent);
  signal.addEventListener("abort", spoken.stop);
  const beside = atMostEvery(50, (state) => {
    const { inferred } = state;
    slide(state.degrees);
    setSteps(state.steps);
    const turn = wrapDegrees(state.aim - state.baseDegrees);
    const way = turn < 0 ? "clockwise" : "anticlockwise";
    const regrets = [hand.regret("geometric"), hand.regret("base")];
    geometric(
      onScreen(state),
      `= base policy turned ${inDegrees(Math.abs(turn))} ${way} (from ${state.steps} random steps)`,
      regrets[0],
    );
    const away = Math.abs(wrapDegrees(state.baseDegrees - state.degrees));
    base(`trained for the goal at ${inDegrees(state.baseDegrees)}, ${inDegrees(away)} away`, "", regrets[1]);
    plot.show({
      degrees: state.gridDegrees,
      misfit: inferred.misfit,
      best: [state.aim, inferred.residual],
      runnerUp: state.runnerUp === null ? null : [state.runnerUp, inferred.runnerUpResidual],
      hand: state.degrees,
    });
    setText(question, `How badly each angle fits the ${state.steps} rewards`);
    const best = `● best ${inDegrees(state.aim)}: misfit ${inShort(inferred.residual)}`;
    const other =
      state.runnerUp === null
        ? "no other valley"
        : `□ runner-up ${inDegrees(state.runnerUp, 0)}: ${inShort(inferred.runnerUpResidual)}`;
    setText(verdict, `${best} · ${other}${inferred.decided ? "" : " · undecided: both explain the rewards"}`);
    verdict.classList.toggle("hgmrl-warning", !inferred.decided);
    const failure = model.get("evaluation_error");
    const about = failure ? `The evaluation failed: ${failure}` : REGRET;
    setText(note, model.get("evaluates") ? about : "");
    spoken.say(`Test goal at ${inDegrees(state.degrees, 0)}: ${onScreen(state)}. ${regrets[0].stale ? "" : regrets[0].text}`);
  });
  signal.addEventListener("abort", beside.stop);
  return beside.call;
}

export default () => {
  let scene = null;
  let shared = null;
  let hand = null;
  return {
    initialize({ model }) {
      scene = goalDragScene(model);
      shared = sharedScene(
        model,
        [...QUESTION, "show_base", "show_exploration", "answered", "regrets", "evaluation_error"],
        scene.compute,
      );
      hand = goalDragHand(model, shared.request);
    },
    render({ model, el }) {
      // Ends every listener of this view, also where the host hands over no signal of its own.
      const ending = new AbortController();
      const { signal } = ending;
      const areas = widgetAreas(el, "hgmrl-goal-drag", signal);
      const plane = goalDragPlane(scene, hand, signal);
      areas.figure.append(plane.svg);
      const legend = goalDragLegend(areas.legend, model, signal);
      const panel = goalDragPanel(areas.panel, model, scene, hand, signal);
      const remove = shared.add((state) => {
        plane.show(state);
        legend(state);
        panel(state);
      });
      hand.settleSoon();
      return () => {
        hand.release();
        remove();
        ending.abort();
      };
    },
  };
};
