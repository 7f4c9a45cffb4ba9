"""Every widget and page for everybody: axe-core in both themes, the keyboard alone, text twice as large."""

import pytest
from site_pages import OpenPage

from website import assemble
from website.explore import EXHIBITS
from website.frontend import fetch

pytestmark = pytest.mark.browser

SERIOUS = ("serious", "critical")
# What a finding is about, in one line each.
AXE = """
async () => (await axe.run(document, { preload: false, resultTypes: ["violations"] })).violations.flatMap(
    ({ impact, id, nodes }) => nodes.map((node) => [impact, id, node.target.join(" "), node.failureSummary]))
"""
STOPS = "a[href], button, input, select, textarea, summary, [tabindex]"
# What the keyboard should reach: it is seen, it is not switched off, and of radio buttons one a group.
REACHABLE = """
(stops) => [...document.querySelectorAll(stops)]
    .filter((element) => element.tabIndex >= 0 && !element.disabled && element.checkVisibility())
    .filter((element) => element.type !== "radio" || element.checked)
    .length
"""
# Where the focus is, and whether it shows.
FOCUS = """
() => {
    const element = document.activeElement;
    window.visited ??= new Set();
    const before = window.visited.size;
    if (element !== document.body) window.visited.add(element);
    const box = element.getBoundingClientRect();
    return {
        body: element === document.body,
        again: element !== document.body && window.visited.size === before,
        name: element.outerHTML.slice(0, 120),
        seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight,
    };
}
"""
# Every text of a widget twice as large, except those in drawings, which grow with the page.
TWICE = """
() => {
    const texts = [...document.querySelectorAll(".hgmrl, .hgmrl *")].filter((each) => !each.closest("svg"));
    const sizes = texts.map((each) => parseFloat(getComputedStyle(each).fontSize));
    texts.forEach((each, k) => each.style.setProperty("font-size", `${2 * sizes[k]}px`, "important"));
}
"""
# What is cut off, reaches out of its widget, is a slider too short to slide, or lies on another text.
BROKEN = """
() => [...document.querySelectorAll(".hgmrl")].flatMap((root) => {
    const edge = root.getBoundingClientRect().right;
    const parts = [...root.querySelectorAll("*")].filter((each) => !each.closest("svg, .hgmrl-spoken")
        && each.checkVisibility() && each.getBoundingClientRect().width > 0);
    const name = (each) => `${root.className}: ${each.tagName} ${each.className} ${each.textContent}`;
    const beyond = parts.filter((each) => each.getBoundingClientRect().right > edge + 1).map(name);
    const cut = parts.filter((each) => getComputedStyle(each).overflow !== "visible"
        && each.scrollWidth > each.clientWidth + 1).map(name);
    const short = parts.filter((each) => each.type === "range" && each.clientWidth < 48).map(name);
    const texts = parts.flatMap((each) => [...each.childNodes]
        .filter((node) => node.nodeType === Node.TEXT_NODE && node.data.trim())
        .map((node) => {
            const range = document.createRange();
            range.selectNodeContents(node);
            return [each, [...range.getClientRects()]];
        }));
    const meet = (a, b) =>
        a.left < b.right - 2 && b.left < a.right - 2 && a.top < b.bottom - 4 && b.top < a.bottom - 4;
    const over = texts.flatMap(([each, boxes], k) => texts.slice(0, k)
        .filter(([, others]) => boxes.some((a) => others.some((b) => meet(a, b))))
        .map(([other]) => `${name(each)} on ${name(other)}`));
    return [...beyond, ...cut, ...short, ...over];
})
"""


@pytest.fixture(scope="module")
def axe(frontend):
    """Return axe-core's program."""
    folder = fetch(assemble.BUILD, {"axe.js": "axe-core/axe.min.js"}, development=True)
    return (folder / "axe.js").read_text(encoding="utf-8")


@pytest.fixture
def opened(browser, gallery):
    opened = OpenPage(browser, gallery)
    opened.page.wait_for_function(
        "(count) => document.querySelectorAll('.widget .hgmrl-body').length === count", arg=len(EXHIBITS)
    )
    yield opened
    opened.assert_clean()
    opened.page.close()


def findings(opened, axe):
    """Return what axe-core calls serious, once what moves has come to rest."""
    opened.page.wait_for_timeout(300)
    opened.page.evaluate(axe)
    return [found for found in opened.page.evaluate(AXE) if found[0] in SERIOUS]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_has_no_serious_finding_on_any_widget(opened, axe, theme):
    opened.page.emulate_media(color_scheme=theme)
    assert findings(opened, axe) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ["99_small.html", "index.html"])
def test_axe_has_no_serious_finding_on_a_lesson_or_the_index(browser, site, axe, name, theme):
    opened = OpenPage(browser, site.with_name(name), theme)
    try:
        assert findings(opened, axe) == []
    finally:
        opened.page.close()


def test_axe_finds_what_is_wrong_on_purpose(opened, axe):
    opened.page.evaluate(
        """() => {
            const slider = document.querySelector(".hgmrl input[type='range']");
            slider.removeAttribute("aria-label");
            slider.closest("label").replaceWith(slider);
            document.querySelector("h1").style.color = "#ddd";
        }"""
    )
    assert {found[1] for found in findings(opened, axe)} >= {"label", "color-contrast"}


def test_the_tab_key_reaches_everything_in_sight_and_leaves_again(opened):
    page = opened.page
    page.evaluate("() => document.activeElement?.blur()")
    count = page.evaluate(REACHABLE, STOPS)
    assert count > 60
    visited = []
    for _ in range(count + 40):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        if focus["body"] or focus["again"]:
            break
        visited.append(focus)
    assert [focus["name"] for focus in visited if not focus["seen"]] == []
    assert len(visited) >= count


def test_text_twice_as_large_breaks_no_widget(opened):
    assert opened.page.evaluate(BROKEN) == []
    opened.page.evaluate(TWICE)
    opened.page.wait_for_timeout(300)
    assert opened.page.evaluate(BROKEN) == []


def test_a_page_twice_as_large_breaks_no_widget(opened):
    opened.page.set_viewport_size({"width": 640, "height": 500})
    opened.page.wait_for_timeout(300)
    assert opened.page.evaluate(BROKEN) == []
    assert opened.page.evaluate("() => document.documentElement.scrollWidth") <= 640


def test_on_a_phone_no_widget_is_wider_than_the_page(opened):
    opened.page.set_viewport_size({"width": 400, "height": 800})
    opened.page.wait_for_timeout(300)
    assert opened.page.evaluate("() => document.documentElement.scrollWidth") <= 400
    assert opened.page.evaluate(BROKEN) == []
