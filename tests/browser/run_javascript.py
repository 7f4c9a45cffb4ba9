"""Run the widgets' JavaScript on its own, in an empty page."""

import json
from typing import Any

from playwright.sync_api import Page

# Milliseconds.
LIMIT = 20_000


def call(page: Page, module: str, names: list[str] | tuple[str, ...], body: str, argument: Any = None) -> Any:
    """Return what ``body`` returns: JavaScript with ``input`` and the module ``lib`` that exports ``names``.

    Numbers that are not finite come as words.
    """
    source = module + f"\nexport {{ {', '.join(names)} }};\n"
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
