// What a page does by itself: its theme, scrolling by keyboard, the section in view, figures of Plotly's, widgets.
"use strict";

{
  // What the other scripts of a page define, where it has them.
  const { MathJax, Plotly, requirejs } = /** @type {any} */ (window);

  // The theme: the reader's choice, or else the system's. Widgets look at the body's attribute.
  const dark = /** @type {HTMLStyleElement} */ (document.getElementById("dark"));
  const button = document.getElementById("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  // A browser may refuse storage to a file.
  const remembered = (change) => {
    try {
      return change(localStorage);
    } catch {
      return null;
    }
  };
  const show = (name) => {
    const isDark = name === "dark" || (name !== "light" && system.matches);
    dark.media = isDark ? "all" : "not all";
    button.textContent = isDark ? "Light" : "Dark";
    button.setAttribute("aria-label", `Change to ${isDark ? "light" : "dark"} colours`);
    document.body.dataset.jpThemeLight = String(!isDark);
  };
  let choice = remembered((storage) => storage.getItem("theme"));
  show(choice);
  button.hidden = false;
  button.addEventListener("click", () => {
    choice = document.body.dataset.jpThemeLight === "true" ? "dark" : "light";
    remembered((storage) => storage.setItem("theme", choice));
    show(choice);
  });
  system.addEventListener("change", () => show(choice));
  // Paper is light.
  addEventListener("beforeprint", () => show("light"));
  addEventListener("afterprint", () => show(choice));

  // What is wider than the page can be scrolled by keyboard; the rest is no stop of the Tab key.
  const wide = new ResizeObserver((entries) => {
    for (const entry of entries) {
      const target = /** @type {HTMLElement} */ (entry.target);
      if (target.scrollWidth > target.clientWidth + 1) target.tabIndex = 0;
      else target.removeAttribute("tabindex");
    }
  });
  const watch = (boxes) => {
    for (const box of document.querySelectorAll(boxes)) wide.observe(box);
  };
  watch(".code pre, .output, .wide");
  MathJax?.startup.promise.then(() => watch("mjx-container[display]"));

  // Contents: open where they stand beside the text, folded where they stand before it.
  const contents = /** @type {HTMLDetailsElement} */ (document.querySelector(".contents details"));
  if (contents) {
    const beside = matchMedia("(min-width: 78rem)");
    const fold = () => {
      contents.open = beside.matches;
    };
    fold();
    beside.addEventListener("change", fold);
    // The section in view is the last whose heading has come into the upper third.
    const links = [...contents.querySelectorAll("a")];
    const headings = links.map((link) => document.getElementById(link.hash.slice(1)));
    const mark = () => {
      const reached = headings.filter((heading) => heading.getBoundingClientRect().top < innerHeight / 3).length;
      links.forEach((link, index) => {
        if (index === reached - 1) link.setAttribute("aria-current", "location");
        else link.removeAttribute("aria-current");
      });
    };
    let asked = 0;
    addEventListener("scroll", () => {
      cancelAnimationFrame(asked);
      asked = requestAnimationFrame(mark);
    }, { passive: true });
    mark();
  }

  // A figure of Plotly's takes the place of its picture, which stays for paper.
  for (const script of document.querySelectorAll('script[type="application/vnd.plotly.v1+json"]')) {
    const { data, layout } = JSON.parse(script.textContent);
    const picture = script.parentElement.querySelector("img");
    const place = document.createElement("div");
    place.setAttribute("role", "group");
    place.setAttribute("aria-label", picture?.alt ?? "");
    script.before(place);
    const width = Math.min(layout.width ?? 620, script.parentElement.clientWidth);
    Plotly.newPlot(place, data, { ...layout, width }, { displayModeBar: false }).then(() => picture?.classList.add("still"));
  }

  // anywidget is a file beside the page; without this its manager would ask a server on the network for it.
  requirejs?.config({ paths: { anywidget: "assets/anywidget" } });
}
