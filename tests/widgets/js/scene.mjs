// What GoalDrag shows, computed by Node for tests/widgets/conftest.py: traits and questions come as JSON on standard
// input, the answers go out the same way. HGMRL_WIDGETS names the folder of the widgets' files.

import { readFileSync } from "node:fs";

globalThis.window = { addEventListener() {} };

const { goalDragScene } = await import(new URL("goal_drag/scene.js", process.env.HGMRL_WIDGETS).href);
const { state, questions } = JSON.parse(readFileSync(0, "utf8"));
const bytes = Uint8Array.from(Buffer.from(state.array_data, "base64"));
state.array_data = new DataView(bytes.buffer);
const scene = goalDragScene({ get: (name) => state[name] });
// One scene through all the questions, as in a drag: what it remembers must not leak into the next.
const answers = questions.map(({ quick, ...question }) => {
  Object.assign(state, question);
  return scene.compute(quick);
});
const words = (_, value) =>
  ArrayBuffer.isView(value) ? Array.from(/** @type {any} */ (value))
  : typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
process.stdout.write(JSON.stringify(answers, words));
