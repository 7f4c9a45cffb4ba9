// The connection to Python: a widget says when it is gone, and goes on with what it computes itself.

import { htmlElement, setText } from "./dom.js";

const CONNECTION_WORDS = {
  busy: "Python is busy with another cell. The figure follows your hand; what Python adds comes later.",
  away: "No connection to Jupyter. The figure follows your hand, and tells Python when the connection is back.",
  lost:
    "The Jupyter kernel was stopped or started anew and no longer knows this figure. It still follows your hand; " +
    "to connect it again, run its cell.",
};
const KERNEL_ENDS = ["restarting", "autorestarting", "terminating", "dead"];

// What there is to say of the session that a model's host keeps with a Jupyter kernel: a name of CONNECTION_WORDS, "none"
// on a page that says it has no kernel, or "" when all is well or nothing is known. A kernel that has ended stays lost for
// this model: the next one does not know it. Short work is not worth a word: busy counts from `patience` ms on.
export function kernelConnection(model, patience = 2000) {
  const session = model.widget_manager?.context?.sessionContext;
  const tells = new Set();
  let state = document.body.dataset.jupyterKernel === "none" ? "none" : "";
  let timer = 0;
  let long = false;
  let unknown = false;

  const look = () => {
    const kernel = session.session?.kernel;
    const lost = unknown || state === "lost" || !kernel || KERNEL_ENDS.includes(kernel.status);
    const busy = kernel?.status === "busy";
    if (!busy) {
      clearTimeout(timer);
      timer = 0;
      long = false;
    } else if (!timer) {
      timer = setTimeout(() => {
        long = true;
        look();
      }, patience);
    }
    const away = !lost && kernel.connectionStatus !== "connected";
    const now = lost ? "lost" : away ? "away" : busy && long ? "busy" : "";
    if (now === state) return;
    state = now;
    for (const tell of tells) tell(state);
  };
  const changes = session ? [session.statusChanged, session.connectionStatusChanged, session.kernelChanged] : [];
  for (const change of changes) change.connect(look);
  if (session) look();
  return {
    state: () => state,
    // What a saved notebook shows again has no partner in the Jupyter kernel, and its host marks the view.
    markedIn(element) {
      if (!session || !element.closest(".jupyter-widgets-disconnected")) return;
      unknown = true;
      look();
    },
    // Whether a question to Python may be answered.
    answers: () => !["none", "lost"].includes(state),
    watch(tell, signal) {
      tells.add(tell);
      signal.addEventListener("abort", () => tells.delete(tell));
      tell(state);
    },
    stop() {
      clearTimeout(timer);
      for (const change of changes) change.disconnect(look);
    },
  };
}

// A line beside the figure that says it, on screen and to a screen reader.
export function connectionNotice(parent, connection, signal) {
  const line = htmlElement("p", { class: "hgmrl-connection", role: "status" }, parent);
  connection.markedIn(parent);
  connection.watch((state) => setText(line, CONNECTION_WORDS[state] ?? ""), signal);
}
