"""How each agent looks wherever it is drawn: the one table behind figures, widgets and their style sheets."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

#: Okabe and Ito's colours, which hold with every common form of colour blindness; some darker, for white.
BLUE, VERMILLION, GREEN, PURPLE, AMBER = "#0072B2", "#D55E00", "#00855F", "#B0578D", "#A67300"
#: What belongs to no agent.
GREY = "#8A8A8A"


@dataclass(frozen=True)
class Look:
    """One agent's look.

    Parameters
    ----------
    kind : str
        A word for it: an element of the page with the class ``hgmrl-agent-<kind>`` has its colour.
    colour, dark : str
        Its colour on a white and on a dark background.
    marker : str
        Its marker in Matplotlib's letters, which the widgets draw too.
    """

    kind: str
    colour: str
    dark: str
    marker: str


#: Look of each agent by its name.
LOOKS: Mapping[str, Look] = MappingProxyType(
    {
        "geometric": Look("geometric", BLUE, "#56B4E9", "o"),
        "base policy": Look("base", VERMILLION, "#F08A3C", "s"),
        "nearest task": Look("nearest", GREEN, "#2EC799", "^"),
        "goal-conditioned": Look("conditioned", PURPLE, "#E29CC4", "D"),
        "CCM": Look("ccm", AMBER, "#E6B33C", "v"),
        "true rotation": Look("rotation", "#7A5CC0", "#B9A3F0", "P"),
        "true translation": Look("translation", GREEN, "#2EC799", "^"),
        "true reflection": Look("reflection", "#7A5CC0", "#B9A3F0", "P"),
        "trained on the test task": Look("trained", "#5A5A5A", "#B0B0B0", "X"),
    }
)
#: Look of an agent that the table does not name.
OTHER = Look("other", "#1A1A1A", "#F0F0F0", "*")


def look(agent: str) -> Look:
    """Return the look of an agent by its name, with or without the word "agent" behind it."""
    return LOOKS.get(agent.removesuffix(" agent"), OTHER)


def style_sheet() -> str:
    """Return the colours as CSS: a variable ``--hgmrl-<kind>`` by theme, and a class for each agent."""
    looks = [*LOOKS.values(), OTHER]
    light = " ".join(f"--hgmrl-{one.kind}: {one.colour};" for one in looks)
    dark = " ".join(f"--hgmrl-{one.kind}: {one.dark};" for one in looks)
    return "\n".join(
        [
            f".hgmrl {{ {light} }}",
            f'body:is([data-jp-theme-light="false"], .vscode-dark) .hgmrl {{ {dark} }}',
            *(f".hgmrl-agent-{one.kind} {{ --hgmrl-own: var(--hgmrl-{one.kind}); }}" for one in looks),
        ]
    )
