"""Colours, markers and dashes of every figure, and the look of each agent."""

from typing import Final

# Okabe and Ito's palette holds with every common form of colour blindness; markers and dashes differ too.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
MARKERS = ("o", "s", "^", "D", "v", "P")
DASHES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)))

LOOKS: Final = {
    "geometric": (COLOURS[0], "o"),
    "base policy": (COLOURS[1], "s"),
    "nearest task": (COLOURS[2], "^"),
    "goal-conditioned": (COLOURS[3], "D"),
    "CCM": (COLOURS[4], "v"),
    "true rotation": ("#7A5CC0", "P"),
    "trained on the test task": ("#4D4D4D", "X"),
    "true translation": (COLOURS[2], "^"),
    "true reflection": ("#7A5CC0", "P"),
}
"""Colour and marker of each agent, the same in every figure."""


def look(agent: str, index: int) -> tuple[str, str]:
    """Return colour and marker of an agent; who has none of its own gets those of its place."""
    own = COLOURS[index % len(COLOURS)], MARKERS[index % len(MARKERS)]
    return LOOKS.get(agent.removesuffix(" agent"), own)
