import base64
import json
import re
import subprocess
import sys

import numpy as np
import pytest

import hgmrl_lite.widgets as widgets
from hgmrl_lite._looks import LOOKS
from hgmrl_lite.widgets.base import HgmrlWidget, pack_arrays

WIDGETS = [
    widget
    for name in widgets.__all__
    if isinstance(widget := getattr(widgets, name), type) and widget is not HgmrlWidget
]


def test_packed_arrays_are_little_endian_float64_at_their_places():
    arrays = {"matrix": [[1.0, -2.0], [3.5, 4.0]], "scalar": 7.0, "cube": np.arange(24.0).reshape(2, 3, 4)}
    data, index = pack_arrays(arrays)
    assert len(data) == 8 * (4 + 1 + 24)
    for name, values in arrays.items():
        start, shape = index[name]["offset"], index[name]["shape"]
        read = np.frombuffer(data, "<f8", int(np.prod(shape)), 8 * start).reshape(shape)
        np.testing.assert_array_equal(read, values)
    json.dumps(index)


def test_arrays_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match="noise must be finite, got 1 NaN"):
        pack_arrays({"noise": [0.0, np.nan]})


@pytest.mark.parametrize("widget", WIDGETS, ids=lambda widget: widget.__name__)
class TestEveryWidget:
    def test_the_module_has_no_imports_and_one_default_export(self, widget):
        text = str(widget._esm)
        assert not re.search(r"^\s*import\b|\bimport\(", text, re.MULTILINE)
        assert re.findall(r"^export.*", text, re.MULTILINE) == [text.splitlines()[-1]]
        assert text.splitlines()[-1].startswith("export default ")

    def test_nothing_is_fetched(self, widget):
        text = str(widget._esm) + str(widget._css)
        addresses = set(re.findall(r"https?://[^\s\"'`)]+", text))
        assert addresses <= {"http://www.w3.org/2000/svg"}
        assert not re.search(r"\bfetch\(|XMLHttpRequest|@import|url\(", text)

    def test_its_style_is_the_shared_one_with_the_agents_colours_and_its_own(self, widget):
        style, name = str(widget._css), widget.__module__.rpartition(".")[2]
        assert ".hgmrl-body {" in style
        assert f"/* {widget.__name__}" in style, name
        for look in LOOKS.values():
            assert f"--hgmrl-{look.kind}: {look.colour};" in style
            assert f"--hgmrl-{look.kind}: {look.dark};" in style


class _Square(HgmrlWidget):
    def describe(self):
        return "a square"

    def figure(self):
        from matplotlib.figure import Figure

        return Figure(figsize=(1.0, 1.0))


def test_mimebundle_has_the_view_a_picture_and_words():
    widget = _Square()
    data, _ = widget._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == widget.model_id
    assert data["text/plain"] == "_Square: a square"
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")


def test_one_state_gives_one_picture():
    widget = _Square()
    assert widget.png() == widget.png()


def test_importing_the_widgets_loads_neither_anywidget_nor_matplotlib():
    heavy = {"anywidget", "matplotlib", "torch", "plotly"}
    code = f"import sys, hgmrl_lite.widgets; print(*{heavy} & set(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert loaded == []


def test_goal_drag_does_not_load_matplotlib_before_it_draws():
    code = "import sys; from hgmrl_lite.widgets import GoalDrag; print('matplotlib' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        == "False\n"
    )
