"""A small notebook as a page without Jupyter: opened from a file, with the network off, and taken hold of."""

import pytest
from site_pages import OpenPage, characters_a_line
from standin import standin_agent

from hgmrl_lite.envs import navigation
from hgmrl_lite.widgets import GoalDrag
from website import assemble
from website.explore import Exhibit, explore_page

pytestmark = pytest.mark.browser

HANDLE = ".hgmrl-handle.hgmrl-moved-handle"
# Until the handle says something else than before.
SAID_ELSE = """([handle, said]) => document.querySelector(handle).getAttribute("aria-valuetext") !== said"""


def place(page):
    """Return where the handle of the moved point is."""
    box = page.locator(HANDLE).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.fixture(scope="module")
def opened(browser, site):
    opened = OpenPage(browser, site)
    opened.page.wait_for_selector("mjx-container")
    yield opened
    opened.page.close()


def test_it_opens_from_a_file_and_asks_nobody(opened):
    opened.page.wait_for_timeout(500)
    opened.assert_clean()
    assert any(url.endswith("assets/widgets.js") for url in opened.requests)
    assert opened.page.locator(".widget").count() == 1, "a progress bar has no place on a page"
    assert not opened.page.locator(".widget > img").is_visible()


def test_the_widget_answers_a_drag_and_a_key(opened):
    page, handle = opened.page, opened.page.locator(HANDLE)
    handle.scroll_into_view_if_needed()
    before, said = place(page), handle.get_attribute("aria-valuetext")
    page.mouse.move(*before)
    page.mouse.down()
    # Down to the right, along the orbit.
    page.mouse.move(before[0] + 60, before[1] + 40, steps=5)
    page.mouse.up()
    page.wait_for_function(SAID_ELSE, arg=[HANDLE, said])
    dragged, said = place(page), handle.get_attribute("aria-valuetext")
    assert dragged[0] > before[0] + 20
    handle.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(SAID_ELSE, arg=[HANDLE, said])
    assert place(page) != dragged
    opened.assert_clean()


def test_formulas_are_typeset(opened):
    opened.page.wait_for_function("() => document.querySelectorAll('mjx-container svg').length === 3")
    assert opened.page.locator("mjx-container[display='true']").count() == 1
    assert opened.page.locator("mjx-container math").count() == 3, "what a screen reader reads"
    assert opened.page.locator("[data-mjx-error]").count() == 0
    assert "$" not in opened.page.locator("main .prose").first.inner_text()


def test_a_solution_is_folded_and_opens_by_keyboard(opened):
    summary = opened.page.locator("details.fold > summary")
    assert not opened.page.locator("details.fold .code").is_visible()
    summary.focus()
    opened.page.keyboard.press("Enter")
    assert opened.page.locator("details.fold .code").is_visible()
    opened.page.keyboard.press("Enter")
    assert not opened.page.locator("details.fold .code").is_visible()


def test_the_keyboard_skips_to_the_text_and_reaches_what_scrolls(opened):
    page = opened.page
    page.reload()
    page.wait_for_selector(HANDLE)
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.textContent") == "Skip to the text"
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "main"
    page.wait_for_selector("pre.output[tabindex='0']")
    assert page.locator(".code pre[tabindex]").count() == 0, "code that fits is no stop"


def test_the_theme_is_the_systems_until_the_reader_chooses(opened):
    page = opened.page

    def look() -> list[str]:
        return page.evaluate(
            """() => [document.body.dataset.jpThemeLight, getComputedStyle(document.body).backgroundColor,
                getComputedStyle(document.querySelector(".hgmrl")).color]"""
        )

    light = look()
    page.emulate_media(color_scheme="dark")
    page.wait_for_selector("body[data-jp-theme-light='false']")
    dark = look()
    assert all(a != b for a, b in zip(light, dark, strict=True))
    page.get_by_role("button", name="Change to light colours").click()
    assert look() == light
    page.reload()
    page.wait_for_selector(HANDLE)
    assert look() == light
    page.evaluate("() => localStorage.clear()")
    page.emulate_media(color_scheme="light")


@pytest.mark.parametrize("name", ["99_small.html", "index.html"])
def test_on_a_phone_nothing_is_wider_than_the_page(browser, site, name):
    phone = OpenPage(browser, site.with_name(name), theme="dark", width=400)
    try:
        page = phone.page
        assert page.evaluate("() => document.documentElement.scrollWidth") == 400
        assert page.evaluate("() => document.body.dataset.jpThemeLight") == "false"
        inside = page.evaluate(
            "() => document.querySelector('.widget').getBoundingClientRect().right <= innerWidth"
        )
        assert inside
        phone.assert_clean()
    finally:
        page.close()


def test_the_index_lists_lessons_and_their_sections(browser, site):
    index = OpenPage(browser, site.with_name("index.html"))
    try:
        page = index.page
        assert page.locator(".lessons > li > a").get_attribute("href") == "99_small.html"
        page.locator(".lessons summary").click()
        page.locator(".lessons li li a").first.click()
        page.wait_for_url("**/99_small.html#exercise-99-1-an-answer")
        index.assert_clean()
    finally:
        page.close()


def waiting_goal_drag():
    return GoalDrag(standin_agent(), navigation())


def test_what_only_python_could_tell_is_said_at_once(browser, frontend, tmp_path):
    exhibit = Exhibit("GoalDrag", "A goal", "Drag it.", "00", waiting_goal_drag)
    opened = OpenPage(browser, assemble.write([explore_page([], [exhibit])], tmp_path, assemble.BUILD))
    try:
        handle = opened.page.locator(".hgmrl-handle").first
        handle.focus()
        opened.page.keyboard.press("ArrowRight")
        regret = opened.page.locator(".hgmrl-card .hgmrl-regret").first
        regret.filter(has_text="regret needs Python").wait_for(timeout=3000)
        assert opened.page.locator(".hgmrl-connection").text_content() == ""
        opened.assert_clean()
    finally:
        opened.page.close()


# The width of A4 between its margins, in pixels.
PAPER = 680
# Boxes that hide a part of what they hold, or reach beyond the paper.
CUT = """() => [...document.querySelectorAll(
    ".code pre, .output, .wide, .widget, .plotly, mjx-container, mjx-container svg")]
    .filter((box) => {
        const hides = getComputedStyle(box).overflowX !== "visible" && box.scrollWidth > box.clientWidth + 1;
        return box.checkVisibility() && (hides || box.getBoundingClientRect().right > innerWidth + 1);
    })
    .map((box) => box.outerHTML.slice(0, 80))"""


def test_on_paper_nothing_is_cut_and_nothing_leads_elsewhere(browser, site):
    opened = OpenPage(browser, site, theme="dark", width=PAPER)
    page = opened.page
    try:
        page.wait_for_selector("mjx-container[display='true'] svg")
        assert page.evaluate(CUT) != [], "on a screen of this width the long formula scrolls"
        page.emulate_media(media="print", color_scheme="dark")
        page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
        assert page.evaluate(CUT) == []
        assert page.evaluate("() => document.documentElement.scrollWidth") <= PAPER
        assert page.evaluate("() => getComputedStyle(document.body).color") == "rgb(29, 33, 38)", "light"
        columns = page.locator(".widget .hgmrl-body").first.evaluate(
            "(body) => getComputedStyle(body).gridTemplateColumns.split(' ').length"
        )
        assert columns == 2
        # Less than half a page of A4, whose height between the margins is 1009 pixels.
        assert page.locator(".widget").first.bounding_box()["height"] < 500
        for part in (".contents", ".top nav", ".skip", ".anchor-link"):
            assert not page.locator(part).first.is_visible(), part
        folded = page.locator(".fold > summary").evaluate(
            "(node) => getComputedStyle(node, '::after').content"
        )
        assert "folded" in folded
        page.evaluate("() => dispatchEvent(new Event('afterprint'))")
        assert page.evaluate("() => document.body.dataset.jpThemeLight") == "false"
        opened.assert_clean()
    finally:
        page.close()


@pytest.mark.parametrize("width", [1366, 2560])
def test_prose_is_as_wide_as_it_is_read(browser, site, width):
    wide = OpenPage(browser, site, width=width)
    try:
        assert 70 < characters_a_line(wide.page.locator(".prose").first) < 85
    finally:
        wide.page.close()
