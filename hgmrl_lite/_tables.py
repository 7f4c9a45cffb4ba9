"""The small HTML tables in which results show themselves in a notebook."""

from collections.abc import Iterable, Sequence


def table(caption: str, rows: Iterable[Sequence[str]], align: str = "left", named: bool = True) -> str:
    """Return rows of text as an HTML table; the first text of a row is its name, unless ``named`` is off."""
    style = f" style='text-align:{align}'"
    body = "".join(
        "<tr>"
        + "".join(
            f"<th{style}>{cell}</th>" if named and column == 0 else f"<td{style}>{cell}</td>"
            for column, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    return f"<table><caption style='text-align:left'>{caption}</caption>{body}</table>"
