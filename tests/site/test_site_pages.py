"""Pages of a small notebook: what is shown, what leads where, what is remembered. No browser, no npm."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from bs4 import BeautifulSoup

from hgmrl_lite import widgets
from hgmrl_lite.widgets import GeneratorFlow
from website import __main__ as main_module
from website import assemble, execution, frontend
from website.explore import EXHIBITS, explore_page
from website.pages import VIEW_TYPE, Neighbour, notebook_page, render, text_page

LINKS = {"01_next.ipynb": "01_next.html", "GLOSSARY.md": "glossary.html"}
BAR, FLOW = "a" * 32, "b" * 32


def view(model: str):
    """Return the output that shows a widget."""
    data = {VIEW_TYPE: {"version_major": 2, "version_minor": 0, "model_id": model}}
    return nbformat.v4.new_output("display_data", data)


def any_state(identifier: str, **other: str):
    """Return a stored state as a notebook has it."""
    state = {"_anywidget_id": identifier, "_esm": "old </script> code", "layout": "IPY_MODEL_layout", **other}
    return {"model_name": "AnyModel", "model_module": "anywidget", "state": state}


@pytest.fixture
def notebook():
    """Return a notebook as it is executed: a live widget, a progress bar, a folded solution, links."""
    new = nbformat.v4
    cells = [
        new.new_markdown_cell('# 00 · A "small" lesson\n\nLet $x < 1$ be small.\n\n**Minutes** 30'),
        new.new_markdown_cell("*These are the solutions.* And so on."),
        new.new_code_cell("GeneratorFlow()", outputs=[view(BAR), view(FLOW)]),
        new.new_markdown_cell(
            "## Same name\n\n[next](01_next.ipynb#here), [words](../GLOSSARY.md), [code](../../setup.py), "
            "[web](https://arxiv.org)\n\n## Same name\n\n| | b |\n|---|---|\n| 1 | 2 |"
        ),
        new.new_code_cell("answer = 1", metadata={"jupyter": {"source_hidden": True}, "tags": ["solution"]}),
        new.new_code_cell("course.doctor()", outputs=[new.new_output("stream", text="8 GB of memory")]),
    ]
    states = {
        BAR: {"model_name": "HBoxModel", "model_module": "@jupyter-widgets/controls", "state": {}},
        FLOW: any_state("hgmrl_lite.widgets.generator_flow.GeneratorFlow", _css="old style"),
        "layout": {"model_name": "LayoutModel", "model_module": "@jupyter-widgets/base", "state": {}},
    }
    stored = {"version_major": 2, "version_minor": 0, "state": states}
    return new.new_notebook(cells=cells, metadata={"widgets": {execution.STATE_TYPE: stored}})


def soup_of(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


def test_a_page_has_its_title_its_sections_and_a_language(notebook):
    page = notebook_page(notebook, "00_small.html", LINKS)
    assert page.title == '00 · A "small" lesson'
    assert [(heading.anchor, heading.html) for heading in page.contents] == [
        ("same-name", "Same name"),
        ("same-name-2", "Same name"),
    ]
    soup = soup_of(render(page))
    assert soup.html["lang"] == "en"
    assert soup.title.text.startswith('00 · A "small" lesson · ')
    anchors = [element["id"] for element in soup.find_all(id=True)]
    assert len(anchors) == len(set(anchors))
    for link in soup.select("a[href^='#']"):
        assert link["href"][1:] in anchors
    assert [heading.name for heading in soup.find_all(["h1", "h2"])] == ["h1", "h2", "h2"]


def test_only_widgets_that_live_without_jupyter_are_shown_and_stored(notebook):
    page = notebook_page(notebook, "00_small.html", LINKS)
    shown = [json.loads(script.string)["model_id"] for script in soup_of(page.body).select(".widget script")]
    assert shown == [FLOW]
    assert set(json.loads(page.widgets)["state"]) == {FLOW, "layout"}
    assert "</script" not in page.widgets
    assert json.loads(page.widgets)["state"][FLOW]["state"]["_esm"] == "old </script> code"


def test_a_shown_widget_without_a_state_is_an_error(notebook):
    del execution.widget_states(notebook)[FLOW]
    with pytest.raises(ValueError, match=f"got none of.*{FLOW}"):
        notebook_page(notebook, "00_small.html", LINKS)


def test_links_lead_to_pages_and_never_to_files_that_are_not_there(notebook):
    soup = soup_of(notebook_page(notebook, "00_small.html", LINKS).body)
    targets = {link.text: link["href"] for link in soup.select("p a")}
    assert targets == {
        "next": "01_next.html#here",
        "words": "glossary.html",
        "web": "https://arxiv.org",
    }
    assert "code" in soup.text


def test_a_solution_is_folded_and_other_code_is_not(notebook):
    soup = soup_of(notebook_page(notebook, "00_small.html", LINKS).body)
    (fold,) = soup.find_all("details")
    assert fold.summary.text == "Solution"
    assert not fold.has_attr("open")
    assert fold.find("pre").text.strip() == "answer = 1"
    shown = [code.text.strip() for code in soup.select(".code pre") if not code.find_parent("details")]
    assert shown == ["GeneratorFlow()", "course.doctor()"]


def test_a_table_scrolls_by_itself_and_its_empty_corner_is_no_heading(notebook):
    soup = soup_of(notebook_page(notebook, "00_small.html", LINKS).body)
    (table,) = soup.find_all("table")
    assert table.parent["class"] == ["wide"]
    assert [cell.name for cell in table.find("tr").find_all(["td", "th"])] == ["td", "th"]


def test_what_a_cell_prints_in_pieces_is_one_output(notebook):
    printed = [nbformat.v4.new_output("stream", text=text) for text in ("one\n", "two\n")]
    notebook.cells[-2].outputs = printed
    soup = soup_of(notebook_page(notebook, "00_small.html", LINKS).body)
    assert "one\ntwo" in [output.text.strip() for output in soup.select("pre.output")]


def test_formulas_stay_as_written_for_mathjax(notebook):
    page = notebook_page(notebook, "00_small.html", LINKS)
    assert page.formulas
    assert "$x < 1$" in soup_of(page.body).text
    assert not text_page("# A text\n\nwithout any", "text.html", {}).formulas


def test_what_was_made_without_a_title_is_an_error():
    with pytest.raises(ValueError, match="must begin with a title"):
        text_page("No heading.", "text.html", {})


def test_a_lesson_says_what_the_page_is_and_keeps_quiet_about_the_machine(notebook):
    page = assemble.lesson_page("00_small", notebook, {"00_small.ipynb": "00_small.html"})
    text = soup_of(page.body).text
    assert "make lab" in text
    assert "These are the solutions" not in text
    assert "8 GB" not in text


def test_a_lesson_without_the_note_is_an_error(notebook):
    notebook.cells[1].source = "Something else."
    with pytest.raises(ValueError, match=r"00_small: the second cell must be the note.*Something else"):
        assemble.lesson_page("00_small", notebook, {"00_small.ipynb": "00_small.html"})


def test_pages_lead_to_the_one_before_and_the_one_after():
    pages = [text_page(f"# Page {number}", f"{number}.html", {}) for number in range(3)]
    first, middle, last = assemble.in_order(pages)
    assert first.before is None
    assert last.after is None
    assert (middle.before, middle.after) == (Neighbour("0.html", "Page 0"), Neighbour("2.html", "Page 2"))
    soup = soup_of(render(middle))
    assert {link["rel"][0]: link["href"] for link in soup.select(".steps a")} == {
        "prev": "0.html",
        "next": "2.html",
    }


def test_a_stored_widget_gets_the_javascript_and_style_of_now(notebook):
    state = execution.widget_states(execution.refresh_widgets(notebook))[FLOW]["state"]
    assert state["_esm"] == GeneratorFlow._esm
    assert state["_css"] == GeneratorFlow._css


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """Return a package of two files."""
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "module.py").write_text("x = 1\n")
    (folder / "look.js").write_text("let x = 1;\n")
    return folder


def test_an_execution_counts_until_notebook_or_python_change(tmp_path, package):
    notebook = tmp_path / "00_small.ipynb"
    notebook.write_text("{}")
    prints = [execution.fingerprint(notebook, package)]
    (package / "look.js").write_text("let x = 2;\n")
    assert execution.fingerprint(notebook, package) == prints[0]
    for path, text in ((package / "module.py", "x = 2\n"), (package / "new.py", ""), (notebook, "[]")):
        path.write_text(text)
        prints.append(execution.fingerprint(notebook, package))
    assert len(set(prints)) == 4


def test_an_execution_is_remembered_as_it_was(monkeypatch, tmp_path, notebook):
    def execute(path, cache, timeout):
        calls.append(path)
        return SimpleNamespace(notebook=notebook)

    calls: list[Path] = []
    monkeypatch.setattr(execution, "execute", execute)
    # A widget lists its choices in this order; an alphabetical one would be another page.
    execution.widget_states(notebook)[FLOW]["state"]["settings"] = {"rotation": 1, "ellipse": 2}
    source, store = tmp_path / "00_small.ipynb", tmp_path / "store"
    for text in ("{}", "{}", "[]"):
        source.write_text(text)
        kept = execution.executed(source, store)
        assert list(execution.widget_states(kept)[FLOW]["state"]["settings"]) == ["rotation", "ellipse"]
        assert kept.cells == notebook.cells
    assert len(calls) == 2, "once, and once more when the notebook had changed"
    assert len(list(store.glob("00_small-*"))) == 1, "what is out of date is removed"


def test_without_npm_the_reader_is_told_where_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(frontend.NodeMissing, match=r"install Node\.js"):
        frontend.fetch(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_npm_has_fetched_once_is_not_asked_for_again(monkeypatch, tmp_path):
    def npm(command, cwd, **options):
        calls.append(command)
        for source in frontend.NPM_PARTS.values():
            path = Path(cwd) / "node_modules" / source
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source)
        return frontend.subprocess.CompletedProcess(command, 0)

    calls: list[list[str]] = []
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(frontend.subprocess, "run", npm)
    first = frontend.fetch(tmp_path)
    assert {path.name for path in first.iterdir()} == set(frontend.NPM_PARTS)
    assert frontend.fetch(tmp_path) == first
    assert len(calls) == 1
    assert calls[0][:2] == ["/usr/bin/npm", "ci"]


def test_a_failure_of_npm_leaves_nothing_and_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(shutil, "which", lambda name: "npm")
    outcome = frontend.subprocess.CompletedProcess([], 1, stdout="", stderr="E404 not there")
    monkeypatch.setattr(frontend.subprocess, "run", lambda *arguments, **options: outcome)
    with pytest.raises(RuntimeError, match="E404 not there"):
        frontend.fetch(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_locked_versions_are_the_ones_named():
    named = json.loads((frontend.HERE / "package.json").read_text())["dependencies"]
    locked = json.loads((frontend.HERE / "package-lock.json").read_text())["packages"]
    assert {name: locked[f"node_modules/{name}"]["version"] for name in named} == named
    for part in frontend.NPM_PARTS.values():
        assert any(part.startswith(f"{name}/") for name in named)
    assert all("integrity" in package for name, package in locked.items() if name)


def test_every_widget_can_be_explored():
    assert [exhibit.widget for exhibit in EXHIBITS if exhibit.widget not in widgets.__all__] == []
    assert {exhibit.widget for exhibit in EXHIBITS} == {*widgets.__all__} - {"HgmrlWidget"}


def test_a_build_says_first_what_it_does_and_for_how_long(monkeypatch, capsys, tmp_path):
    said = []

    def build():
        said.append(capsys.readouterr().out)
        return tmp_path / "index.html"

    monkeypatch.setattr(main_module, "build_explore", build)
    monkeypatch.setattr("sys.argv", ["website", "explore"])
    main_module.main()
    assert "agents of five figures are trained: about two minutes" in said[0]
    assert capsys.readouterr().out == f"{tmp_path / 'index.html'}\n"


def test_the_page_of_widgets_tells_its_progress(capsys):
    exhibits = [exhibit for exhibit in EXHIBITS if exhibit.widget in ("GeneratorFlow", "TaskAligner")]
    explore_page([], exhibits)
    shown = capsys.readouterr().err
    assert all(exhibit.widget in shown for exhibit in exhibits)
    assert "2/2" in shown


def test_the_page_of_widgets_knows_every_default():
    exhibit = next(exhibit for exhibit in EXHIBITS if exhibit.widget == "GeneratorFlow")
    page = explore_page(["02_flow.html"], [exhibit])
    models = json.loads(page.widgets)["state"].values()
    (model,) = [model for model in models if model["model_name"] == "AnyModel"]
    in_buffers = {buffer["path"][0] for buffer in model["buffers"]}
    assert {*model["state"], *in_buffers} == {*GeneratorFlow().keys}
    soup = soup_of(render(page))
    assert soup.select_one("section img")["alt"].startswith("GeneratorFlow: ")
    assert [link["href"] for link in soup.select("section a")] == ["02_flow.html"]
