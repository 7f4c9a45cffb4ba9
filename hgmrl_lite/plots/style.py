"""Colours, markers and dashes of every figure, and the look of each agent."""

from typing import Final

from hgmrl_lite import _looks

# Okabe and Ito's palette holds with every common form of colour blindness; markers and dashes differ too.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
MARKERS = ("o", "s", "^", "D", "v", "P")
DASHES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)))

LOOKS: Final = {name: (one.colour, one.marker) for name, one in _looks.LOOKS.items()}
"""Colour and marker of each agent, the same in every figure."""


def look(agent: str, index: int) -> tuple[str, str]:
    """Return colour and marker of an agent; who has none of its own gets those of its place."""
    own = COLOURS[index % len(COLOURS)], MARKERS[index % len(MARKERS)]
    return LOOKS.get(agent.removesuffix(" agent"), own)
