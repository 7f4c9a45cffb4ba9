// The workbook's part of JupyterLab: a style sheet, and figures that are still there when a lesson is opened again.
//
// With the default settings beside this folder, JupyterLab's widget manager saves the state of widgets in the notebook:
// of those only that the Jupyter kernel knows. In a lesson that is opened again these are none, and its first save would
// leave "model not found" in place of every figure.
"use strict";
{
  const VIEW = "application/vnd.jupyter.widget-view+json";
  const STATE = "application/vnd.jupyter.widget-state+json";

  const shownModel = (output) => output.data?.[VIEW]?.model_id;

  // Of the states of models, those that a notebook's outputs show, with all that these refer to.
  const shownStates = (notebook, states) => {
    const kept = {};
    const waiting = notebook.cells.flatMap((cell) => cell.outputs ?? []).map(shownModel);
    while (waiting.length) {
      const id = waiting.pop();
      if (!(id in states) || id in kept) continue;
      kept[id] = states[id];
      // An output widget names what it shows as an output does.
      const parts = JSON.stringify(states[id].state).matchAll(/"(?:IPY_MODEL_|model_id":")(\w+)"/g);
      waiting.push(...[...parts].map(([, part]) => part));
    }
    return kept;
  };

  // At a save: what the manager writes, and of the save before what the outputs still show.
  const keepFigures = (model) => {
    let writing = false;
    model.metadataChanged.connect((_, { key, oldValue, newValue }) => {
      if (writing || key !== "widgets" || !newValue?.[STATE]) return;
      const state = shownStates(model.toJSON(), { ...oldValue?.[STATE]?.state, ...newValue[STATE].state });
      writing = true;
      try {
        model.setMetadata("widgets", { ...newValue, [STATE]: { ...newValue[STATE], state } });
      } finally {
        writing = false;
      }
    });
  };

  // At the opening: where neither the file nor the Jupyter kernel has a model, show the picture that was saved with it;
  // a progress bar that was taken away has none, and shows nothing.
  const replaceLost = async ({ model, sessionContext }) => {
    const { state = {} } = model.getMetadata("widgets")?.[STATE] ?? {};
    const outputs = [...model.cells].flatMap(({ outputs }) =>
      outputs ? Array.from({ length: outputs.length }, (_, k) => outputs.get(k)) : [],
    );
    const lost = outputs.filter((output) => shownModel(output) && !(shownModel(output) in state));
    if (!lost.length) return;
    await sessionContext.ready;
    const kernel = sessionContext.session?.kernel;
    // Without a Jupyter kernel nobody knows yet.
    const reply = await kernel?.requestCommInfo({ target_name: "jupyter.widget" });
    if (reply?.content.status !== "ok") return;
    for (const output of lost) {
      if (shownModel(output) in reply.content.comms) continue;
      const { [VIEW]: view, ...rest } = output.data;
      output.setData({ data: rest["image/png"] ? rest : { ...rest, [VIEW]: { ...view, model_id: "" } } });
    }
  };

  const plugin = {
    id: "hgmrl-lite:plugin",
    description: "Keeps saved figures, and prose narrow.",
    autoStart: true,
    activate(app) {
      app.docRegistry.addWidgetExtension("Notebook", {
        createNew(_, context) {
          keepFigures(context.model);
          context.ready.then(() => replaceLost(context));
        },
      });
    },
  };

  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = new URL("style.css", document.currentScript.src).href;
  document.head.append(style);

  // How JupyterLab asks for the module of an extension: what a bundler would write.
  (window._JUPYTERLAB ??= {})["hgmrl-lite"] = {
    init() {},
    get: async () => () => ({ __esModule: true, default: plugin }),
  };
}
