"""Markdown, as far as the catalogue needs it."""

import inspect
import re
from collections.abc import Iterable

Row = tuple[str, ...]

COMMAND = "python -m deploy.catalogue"
MADE = (
    f"*由 `{COMMAND}` 根据代码中的声明生成，请勿手工修改。 "
    f"Generated from the declarations by `{COMMAND}`: change those, not this page.*"
)


def page(zh: str, en: str, lines: Iterable[str]) -> str:
    """A whole page with its title, ending in one line break."""
    return "\n".join([f"# {zh} {en}", "", MADE, "", *lines]).rstrip() + "\n"


def table(heads: Row, rows: Iterable[Row]) -> list[str]:
    """The lines of a table; a | in a cell is escaped."""
    return [_row(heads), _row(("---",) * len(heads)), *map(_row, rows), ""]


def _row(cells: Row) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def code(text: str) -> str:
    return f"`{text}`"


def codes(texts: Iterable[str]) -> str:
    return ", ".join(map(code, texts))


def link(text: str, target: str) -> str:
    return f"[{text}]({target})"


def anchor(heading: str) -> str:
    """The anchor of a heading, in the form that Git hosts use."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def summary(documented: object) -> str:
    """The first paragraph of a docstring in one line; empty without a docstring."""
    text = inspect.cleandoc(documented.__doc__ or "")
    return " ".join(text.split("\n\n", 1)[0].split())
