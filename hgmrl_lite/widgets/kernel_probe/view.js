// KernelProbe: a probe on a sampled function; its neighbours, level set, gradient, and two estimates of the tangent.

import { legendItem, ringMark, strokeMark } from "../js/controls.js";
import { htmlElement, svgElement } from "../js/dom.js";
import { makeWidget } from "../js/shell.js";
import { kernelProbePlane, kernelProbeSamples, probeArrow } from "./figure.js";
import { kernelProbePanel } from "./panel.js";
import { PROBE_TRAITS, kernelProbeHand, kernelProbeScene } from "./scene.js";

function kernelProbeLegend(parent) {
  legendItem(parent, "probe: drag the ring", ringMark);
  legendItem(parent, "samples, stronger where f is larger", (svg) => {
    ["M4 8h0", "M13 8h0", "M22 8h0"].forEach((d, k) =>
      svgElement("path", { d, class: `hgmrl-sample hgmrl-level-${2 * k + 1}` }, svg),
    );
  });
  legendItem(parent, "true level set through the probe", strokeMark("hgmrl-level-set"));
  legendItem(parent, "true gradient", (svg) => svgElement("path", { d: probeArrow(2, 8, 1, 0, 22), class: "hgmrl-gradient" }, svg));
  legendItem(parent, "regression: neighbours", (svg) => svgElement("path", { d: "M5 8h0M13 8h0M21 8h0", class: "hgmrl-used" }, svg));
  legendItem(parent, "its tangent ± one standard error", (svg) => {
    svgElement("path", { d: "M13 8L1 3V13ZM13 8L25 3V13Z", class: "hgmrl-wedge hgmrl-of-geometric" }, svg);
    svgElement("path", { d: "M1 8H25", class: "hgmrl-mean hgmrl-of-geometric" }, svg);
  });
  legendItem(parent, "local PCA: neighbours in the level set", (svg) =>
    svgElement("path", { d: "M1 4h8v8h-8ZM15 4h8v8h-8Z", class: "hgmrl-band-dots" }, svg),
  );
  legendItem(parent, "its tangent ± one standard error", (svg) => {
    svgElement("path", { d: "M13 8L1 3V13ZM13 8L25 3V13Z", class: "hgmrl-wedge hgmrl-of-base" }, svg);
    svgElement("path", { d: "M1 8H25", class: "hgmrl-mean hgmrl-of-base" }, svg);
  });
}

const kernelProbe = makeWidget({
  name: "hgmrl-kernel-probe",
  traits: PROBE_TRAITS,
  prepare: (model) => ({ compute: kernelProbeScene(model), hand: kernelProbeHand(model) }),
  build(areas, { model, settings, hand }, signal) {
    const samples = kernelProbeSamples(settings);
    const plane = kernelProbePlane(settings, hand, signal);
    const stack = htmlElement("div", { class: "hgmrl-stack" }, areas.figure);
    stack.append(samples.svg, plane.svg);
    kernelProbeLegend(areas.legend);
    const panel = kernelProbePanel(areas.panel, model, hand, signal);
    return (state) => {
      samples.show(state);
      plane.show(state);
      panel(state);
    };
  },
});

export { kernelProbe as default };
