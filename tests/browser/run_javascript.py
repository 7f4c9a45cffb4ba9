"""Run the widgets' JavaScript on its own, in an empty page."""

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

import hgmrl_lite.widgets as widgets
from hgmrl_lite.widgets.modules import bundle

WIDGETS = Path(widgets.__file__).parent
# Milliseconds.
LIMIT = 20_000


def call(page: Page, files: str, body: str, argument: Any = None) -> Any:
    """Return what ``body`` returns: JavaScript with ``input`` and a ``lib`` of all that ``files`` export.

    Files of hgmrl_lite/widgets are named with a space between. Numbers that are not finite come as words.
    """
    source = bundle(*(WIDGETS / file for file in files.split()))
    text = page.evaluate(
        """async ([source, body, input, limit]) => {
            const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
            const run = async () => {
                const lib = await import(url);
                const function_ = new Function("lib", "input", body);
                // JSON has no NaN and no infinity: send them as words.
                return JSON.stringify(await function_(lib, JSON.parse(input)), (key, value) =>
                    ArrayBuffer.isView(value) ? Array.from(value)
                    : typeof value === "number" && !Number.isFinite(value) ? String(value) : value);
            };
            const late = new Promise((_, reject) => setTimeout(() => reject(new Error("too slow")), limit));
            return Promise.race([run(), late]).finally(() => URL.revokeObjectURL(url));
        }""",
        [source, body, json.dumps(argument), LIMIT],
    )
    return json.loads(text)
