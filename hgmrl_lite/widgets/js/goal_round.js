// Regret around the circle as a ring about the plane's goals: one line an agent, as far as it has been computed.

// Returns show(ring) for ring = { degrees, agents: [{ values, shown }], complete }; values may have NaN to come.
function regretRing(plane, radius, kinds) {
  const [inner, outer, top] = [1.2, 1.62, 205];
  const layer = plane.layer("round");
  const away = (regret) => plane.length(radius * (inner + (outer - inner) * Math.min(1, Math.max(0, regret / top))));
  const [cx, cy] = [plane.x(0), plane.y(0)];
  for (const regret of [0, 100, 200]) {
    svgElement("circle", { cx, cy, r: away(regret), class: "hgmrl-ring-scale" }, layer);
  }
  const lines = kinds.map((kind) => svgElement("path", { class: `hgmrl-ring-line hgmrl-agent-${kind}` }, layer));
  for (const regret of [0, 100, 200]) {
    const text = svgElement("text", { x: cx + 4, y: cy - away(regret) + 4, class: "hgmrl-ring-tick" }, layer);
    setText(text, regret ? String(regret) : "regret 0");
  }
  return ({ degrees, agents }) =>
    agents.forEach(({ values, shown }, agent) => {
      lines[agent].style.display = shown ? "" : "none";
      let text = "";
      let pen = "M";
      degrees.forEach((angle, k) => {
        if (Number.isNaN(values[k])) {
          pen = "M";
          return;
        }
        const r = away(values[k]);
        text += `${pen}${(cx + r * Math.cos(angle * DEGREE)).toFixed(1)} ${(cy - r * Math.sin(angle * DEGREE)).toFixed(1)}`;
        pen = "L";
      });
      lines[agent].setAttribute("d", text && !values.some(Number.isNaN) ? `${text}Z` : text);
    });
}
