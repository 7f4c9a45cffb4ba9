// The line of course.doctor() that only a page can write: do the page and the Jupyter kernel reach each other?

const PATIENCE = 8000;

function render({ model, el, signal }) {
  const line = document.createElement("div");
  line.setAttribute("role", "status");
  const again = document.createElement("button");
  again.textContent = "Ask again";
  el.append(line, again);

  let asked = 0;
  let timer = 0;
  const say = (text, state) => {
    line.textContent = text;
    line.dataset.state = state;
  };
  const ask = () => {
    clearTimeout(timer);
    // A notebook that was saved and is opened again: its host marks what the Jupyter kernel does not know.
    if (el.closest(".jupyter-widgets-disconnected")) {
      say("○ Widgets: this line was saved earlier. Run the cell again to ask the Jupyter kernel.", "saved");
      return;
    }
    asked = performance.now();
    say("… Widgets: asking the Jupyter kernel. It answers when the cells that are running are done.", "asking");
    timer = setTimeout(() => {
      say(
        "! Widgets: the page is live, but the Jupyter kernel has not answered yet. While cells are running (a * beside " +
          "them) wait; otherwise choose Kernel > Restart Kernel and Run All Cells.",
        "silent",
      );
    }, PATIENCE);
    model.set("question", String(Math.random()));
    model.save_changes();
  };
  const listen = () => {
    if (model.get("answered") !== model.get("question")) return;
    clearTimeout(timer);
    const milliseconds = Math.max(1, Math.round(performance.now() - asked));
    say(`✓ OK: widgets are live; page and Jupyter kernel answer each other (${milliseconds} ms).`, "live");
  };
  model.on("change:answered", listen);
  again.addEventListener("click", ask, { signal });
  signal?.addEventListener("abort", () => {
    clearTimeout(timer);
    model.off("change:answered", listen);
  });
  ask();
}

export default { render };
