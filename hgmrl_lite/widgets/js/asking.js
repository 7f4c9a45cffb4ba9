// Questions to Python: asked once the hand rests, and an answer counts for its own question only.

import { afterPause, setTrait } from "./model.js";

export const same = (a, b) => String(a) === String(b);

// The question `name`; question() says what it is now, as an array. Returns ask(), unless this is what was asked last or
// wanted() is false; soon(), the same once `rest` ms have passed without another call; hold(), which drops that; latest(),
// Python's last answer { question, value, error } or null; fresh(), whether it is to the question as it is now; and
// unanswered(), once nobody listens or `patience` ms have passed: then all is drawn anew.
export function questionTo(model, name, { question, wanted = () => true, rest, patience = 10000, redraw = () => {} }) {
  let unanswered = false;
  const asked = () => model.get("asked")[name];
  const latest = () => model.get("answers")[name] ?? null;
  const giveUp = () => {
    unanswered = !same(latest()?.question, asked());
    redraw();
  };
  const late = afterPause(giveUp, patience);
  const ask = () => {
    if (!wanted() || same(asked(), question())) return;
    setTrait(model, "asked", { ...model.get("asked"), [name]: question() });
    if (model.connection.answers()) late.call();
    else giveUp();
  };
  const { call: soon, cancel: hold } = afterPause(ask, rest);
  model.on("change:answers", () => {
    unanswered &&= !same(latest()?.question, asked());
  });
  return { ask, soon, hold, latest, fresh: () => same(latest()?.question, question()), unanswered: () => unanswered };
}
