"""README's pictures, taken of the real widgets in a browser.

``make pictures`` takes them anew, with agents that are really trained, into ``notebooks/images``; a test
takes them with stand-ins, into a folder of its own, and sees that README shows every one of them.
"""

import io
import itertools
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from site_pages import OpenPage

from website import assemble
from website.explore import EXHIBITS

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
IMAGES = ROOT / "notebooks" / "images"
# `make pictures` names the folder.
TAKEN = os.environ.get("HGMRL_PICTURES")
MOVIE = "goal_drag.webp"
# Degrees from frame to frame of the movie, once around, fewer frames for the test alone; milliseconds each.
STEP, PAUSE = 6 if TAKEN else 45, 90
MOST_BYTES = 1_000_000
# Pixels of the page around a widget.
MARGIN = 8


def file_name(exhibit: str) -> str:
    """Return the name of an exhibit's picture: GoalDrag's is goal_drag.png."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", exhibit).lower() + ".png"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Return where the pictures go."""
    return Path(TAKEN) if TAKEN else tmp_path_factory.mktemp("pictures")


@pytest.fixture(scope="module")
def opened(browser, frontend, request) -> Iterator[OpenPage]:
    """Open the page of all widgets: with stand-ins, or for README as everybody gets it."""
    page = assemble.build_explore() if TAKEN else request.getfixturevalue("gallery")
    opened = OpenPage(browser, page, scale=1.5)
    opened.page.wait_for_function(
        "(count) => document.querySelectorAll('.widget .hgmrl-body').length >= count", arg=len(EXHIBITS)
    )
    opened.page.wait_for_timeout(1000)
    yield opened
    opened.assert_clean()
    opened.page.close()


def seen(opened, number: int, part: str = ".hgmrl-body") -> Image.Image:
    """Return a picture of a widget as it is seen, without the empty page beside it."""
    root = opened.page.locator(".widget").nth(number)
    root.scroll_into_view_if_needed()
    opened.page.mouse.move(1, 1)
    box = root.locator(part).first.evaluate(
        """(part) => {
            const boxes = [...part.children].map((child) => child.getBoundingClientRect());
            const [x, y] = ["left", "top"].map((side) => Math.min(...boxes.map((box) => box[side])));
            const ends = ["right", "bottom"].map((side) => Math.max(...boxes.map((box) => box[side])));
            return { x: x + scrollX, y: y + scrollY, width: ends[0] - x, height: ends[1] - y };
        }"""
    )
    assert box["x"] > MARGIN, "there is room around it"
    clip = {"x": box["x"] - MARGIN, "y": box["y"] - MARGIN}
    clip |= {side: box[side] + 2 * MARGIN for side in ("width", "height")}
    return Image.open(io.BytesIO(opened.page.screenshot(clip=clip, full_page=True))).convert("RGB")


@pytest.mark.parametrize("number", range(len(EXHIBITS)), ids=[exhibit.name for exhibit in EXHIBITS])
def test_a_picture_of_every_widget(opened, folder, number):
    picture = seen(opened, number)
    path = folder / file_name(EXHIBITS[number].name)
    # A palette is a quarter of the size, and nobody sees it.
    picture.quantize(200, dither=Image.Dither.NONE).save(path, optimize=True)
    assert path.stat().st_size < MOST_BYTES / 4
    width, height = picture.size
    assert 0.8 < width / height < 3.0
    blank = max(count for count, _ in picture.getcolors(width * height)) / (width * height)
    assert blank < 0.97, "there is something to see"


def test_a_movie_of_the_drag(opened, folder):
    number = [exhibit.name for exhibit in EXHIBITS].index("GoalDrag")
    handle = opened.page.locator(".widget").nth(number).locator(".hgmrl-handle").first
    frames = []
    for _ in range(0, 360, STEP):
        handle.focus()
        for _ in range(STEP):
            opened.page.keyboard.press("ArrowLeft")
        handle.blur()
        opened.page.wait_for_timeout(60)
        frames.append(seen(opened, number, ".hgmrl-figure"))
    path = folder / MOVIE
    frames[0].save(
        path, save_all=True, append_images=frames[1:], duration=PAUSE, loop=0, quality=60, method=4
    )
    assert path.stat().st_size < MOST_BYTES
    with Image.open(path) as movie:
        assert movie.n_frames == len(frames)
    changed = [a.tobytes() != b.tobytes() for a, b in itertools.pairwise(frames)]
    assert all(changed), "at every step the figure answers"


def test_readme_shows_every_picture():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"notebooks/images/([\w.]+)", readme))
    assert shown == {path.name for path in IMAGES.iterdir()}
    assert shown == {file_name(exhibit.name) for exhibit in EXHIBITS} | {MOVIE}
    assert max(path.stat().st_size for path in IMAGES.iterdir()) < MOST_BYTES
    pictures = re.findall(r"!\[([^\]]*)\]\(notebooks/images/|<img [^>]*alt=\"([^\"]*)\"", readme)
    assert all(len(a or b) > 20 for a, b in pictures), "each is told in words"
