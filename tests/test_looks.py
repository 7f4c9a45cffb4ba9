import re

from hgmrl_lite._looks import LOOKS, OTHER, look, style_sheet


def luminance(colour):
    """Return the relative luminance of a colour, as WCAG 2 defines it."""
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_an_agent_is_found_with_or_without_the_word():
    assert look("geometric agent") == look("geometric") == LOOKS["geometric"]
    assert look("somebody new") == OTHER


def test_every_look_has_a_kind_of_its_own_that_css_can_name():
    kinds = [one.kind for one in (*LOOKS.values(), OTHER)]
    assert len(set(kinds)) == len(kinds)
    assert all(re.fullmatch("[a-z]+", kind) for kind in kinds)


def test_colours_stand_out_on_white_and_on_black():
    # WCAG's 3 : 1 for what is no text; white has luminance 1, JupyterLab's dark background about 0.006.
    for one in (*LOOKS.values(), OTHER):
        assert 1.05 / (luminance(one.colour) + 0.05) >= 3.0, one
        assert (luminance(one.dark) + 0.05) / 0.056 >= 3.0, one


def test_the_style_sheet_has_each_colour_in_its_theme():
    light, dark, *classes = style_sheet().splitlines()
    assert light.startswith(".hgmrl {")
    assert "dark" in dark
    for one in (*LOOKS.values(), OTHER):
        assert f"--hgmrl-{one.kind}: {one.colour};" in light
        assert f"--hgmrl-{one.kind}: {one.dark};" in dark
        assert f".hgmrl-agent-{one.kind} {{ --hgmrl-own: var(--hgmrl-{one.kind}); }}" in classes
