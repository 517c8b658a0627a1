"""ODS: one table a sheet, written by itself, because no library repeats its bytes."""

import html
import re
from collections.abc import Iterable, Iterator
from datetime import UTC
from string import ascii_uppercase

from services.supervision.forms.archive import archive
from services.supervision.forms.catalogue import ODS
from services.supervision.forms.model import CODE, Cell, Column, Table
from services.supervision.forms.spreadsheet import (
    day_of,
    made_at,
    places_of,
    shortened,
    title,
    widths,
)
from services.supervision.forms.tables import sheets
from shared.domain.types import Json

VERSION = "1.3"
PLACES = range(7)
# Centimetres for each character of a column's width.
CHARACTER = 0.22
FONT = "宋体"

_BLANKS = re.compile("  +|^ | $")
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_OASIS = "urn:oasis:names:tc:opendocument:xmlns:"
_NAMESPACES = {
    "office": f"{_OASIS}office:1.0",
    "table": f"{_OASIS}table:1.0",
    "text": f"{_OASIS}text:1.0",
    "style": f"{_OASIS}style:1.0",
    "number": f"{_OASIS}datastyle:1.0",
    "meta": f"{_OASIS}meta:1.0",
    "config": f"{_OASIS}config:1.0",
    "fo": f"{_OASIS}xsl-fo-compatible:1.0",
    "svg": f"{_OASIS}svg-compatible:1.0",
    "dc": "http://purl.org/dc/elements/1.1/",
}


def make(document: Json, lang: str) -> bytes:
    """The issue as an OpenDocument spreadsheet. The same document always gives the same bytes."""
    made = sheets(document, lang)
    files = {
        "mimetype": [ODS],
        "content.xml": _content(made),
        "styles.xml": [_styles(lang)],
        "meta.xml": [_meta(document, lang)],
        "settings.xml": [_settings(made)],
    }
    return archive({**files, "META-INF/manifest.xml": [_manifest(files)]}, stored="mimetype")


def _root(name: str, *parts: str) -> str:
    return f"{_opened(name)}{''.join(parts)}</office:{name}>"


def _opened(name: str) -> str:
    spaces = "".join(f' xmlns:{short}="{space}"' for short, space in _NAMESPACES.items())
    return f'{_DECLARATION}<office:{name}{spaces} office:version="{VERSION}">'


def _content(made: list[Table]) -> Iterator[str]:
    """The largest file, row by row: as one text it would take hundreds of megabytes."""
    yield _opened("document-content")
    yield f"<office:automatic-styles>{_cell_styles()}{_column_styles(made)}"
    yield "</office:automatic-styles><office:body><office:spreadsheet>"
    for table in made:
        yield from _table(table)
    yield f"<table:database-ranges>{''.join(map(_filter, made))}</table:database-ranges>"
    yield "</office:spreadsheet></office:body></office:document-content>"


def _table(table: Table) -> Iterator[str]:
    yield f'<table:table table:name="{_escaped(table.title)}">'
    for width in widths(table):
        yield f'<table:table-column table:style-name="w{width}"/>'
    heads = "".join(_text(column.head, "head") for column in table.columns)
    yield f"<table:table-header-rows>{_row(heads)}</table:table-header-rows>"
    for row in table.rows:
        yield _row("".join(map(_cell, table.columns, row)))
    yield "</table:table>"


def _row(cells: str) -> str:
    return f"<table:table-row>{cells}</table:table-row>"


def _cell(column: Column, cell: Cell) -> str:
    if cell is None:
        return "<table:table-cell/>"
    places = places_of(cell, column)
    if places is not None:
        return (
            f'<table:table-cell table:style-name="n{places}" office:value-type="float"'
            f' office:value="{cell}"><text:p>{cell}</text:p></table:table-cell>'
        )
    if day_of(cell, column) is not None:
        return (
            '<table:table-cell table:style-name="day" office:value-type="date"'
            f' office:date-value="{cell}"><text:p>{cell}</text:p></table:table-cell>'
        )
    return _text(shortened(cell), "code" if column.kind == CODE else "text")


def _text(text: str, style: str) -> str:
    return (
        f'<table:table-cell table:style-name="{style}" office:value-type="string">'
        f"<text:p>{_BLANKS.sub(_blanks, _escaped(text))}</text:p></table:table-cell>"
    )


def _blanks(found: re.Match[str]) -> str:
    """Several blanks, or one at an end, are an element: as characters they would be one or none."""
    return f'<text:s text:c="{len(found[0])}"/>'


def _escaped(text: str) -> str:
    return html.escape(text)


def _filter(table: Table) -> str:
    """The buttons that filter a table by its columns."""
    sheet = _escaped(table.title)
    last = f"{_letters(len(table.columns))}{len(table.rows) + 1}"
    return (
        f'<table:database-range table:name="{table.name}" table:display-filter-buttons="true"'
        f" table:target-range-address=\"'{sheet}'.A1:'{sheet}'.{last}\"/>"
    )


def _letters(number: int) -> str:
    """The name of the column with this number: 1 is A, 27 is AA."""
    letters = ""
    while number:
        number, letter = divmod(number - 1, len(ascii_uppercase))
        letters = ascii_uppercase[letter] + letters
    return letters


def _cell_styles() -> str:
    top = '<style:table-cell-properties style:vertical-align="top"/>'
    wrapped = '<style:table-cell-properties style:vertical-align="top" fo:wrap-option="wrap"/>'
    head = (
        '<style:table-cell-properties fo:background-color="#ddebf7" fo:wrap-option="wrap"'
        ' fo:border-bottom="0.5pt solid #000000"/><style:text-properties fo:font-weight="bold"'
        ' style:font-weight-asian="bold"/>'
    )
    # Beside a number, which stands to the right, text begins a little further in.
    left = '<style:paragraph-properties fo:text-align="start" fo:margin-left="0.15cm"/>'
    numbers = "".join(
        f'<number:number-style style:name="f{places}"><number:number'
        f' number:decimal-places="{places}" number:min-decimal-places="{places}"'
        ' number:min-integer-digits="1"/></number:number-style>'
        + _cell_style(f"n{places}", top, f"f{places}")
        for places in PLACES
    )
    return (
        '<number:text-style style:name="as_text"><number:text-content/></number:text-style>'
        '<number:date-style style:name="iso"><number:year number:style="long"/>'
        "<number:text>-</number:text><number:month number:style='long'/>"
        "<number:text>-</number:text><number:day number:style='long'/></number:date-style>"
        + _cell_style("head", head)
        + _cell_style("text", wrapped + left, "as_text")
        + _cell_style("code", top + left, "as_text")
        + _cell_style("day", top + left, "iso")
        + numbers
    )


def _cell_style(name: str, properties: str, data: str | None = None) -> str:
    shape = f' style:data-style-name="{data}"' if data else ""
    return (
        f'<style:style style:name="{name}" style:family="table-cell"'
        f' style:parent-style-name="Default"{shape}>{properties}</style:style>'
    )


def _column_styles(made: Iterable[Table]) -> str:
    return "".join(
        f'<style:style style:name="w{width}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{width * CHARACTER:.1f}cm"/>'
        "</style:style>"
        for width in sorted({width for table in made for width in widths(table)})
    )


def _styles(lang: str) -> str:
    """The language of the text, its font, and the page: A4 across, as wide as the page."""
    language = 'fo:language="en" fo:country="GB"' if lang == "en" else ""
    return _root(
        "document-styles",
        "<office:font-face-decls>"
        f'<style:font-face style:name="{FONT}" svg:font-family="{FONT}"/>'
        "</office:font-face-decls><office:styles>"
        '<style:default-style style:family="table-cell"><style:text-properties'
        f' style:font-name="{FONT}" style:font-name-asian="{FONT}" fo:font-size="10pt"'
        ' style:font-size-asian="10pt" style:language-asian="zh" style:country-asian="CN"'
        f" {language}/></style:default-style>"
        '<style:style style:name="Default" style:family="table-cell"/></office:styles>'
        '<office:automatic-styles><style:page-layout style:name="page">'
        '<style:page-layout-properties fo:page-width="29.7cm" fo:page-height="21cm"'
        ' style:print-orientation="landscape" fo:margin="1.5cm" style:scale-to-X="1"/>'
        "</style:page-layout></office:automatic-styles><office:master-styles>"
        '<style:master-page style:name="Default" style:page-layout-name="page"/>'
        "</office:master-styles>",
    )


def _meta(document: Json, lang: str) -> str:
    made = made_at(document).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    author = _escaped(document["masthead"]["programme"][lang])
    return _root(
        "document-meta",
        f"<office:meta><dc:title>{_escaped(title(document, lang))}</dc:title>"
        f"<meta:initial-creator>{author}</meta:initial-creator>"
        f"<meta:creation-date>{made}</meta:creation-date><dc:date>{made}</dc:date></office:meta>",
    )


def _settings(made: Iterable[Table]) -> str:
    """The head of each sheet stays where it is."""
    frozen = "".join(
        f'<config:config-item-map-entry config:name="{_escaped(table.title)}">'
        + _item("VerticalSplitMode", "short", 2)
        + _item("VerticalSplitPosition", "int", 1)
        + _item("ActiveSplitRange", "short", 2)
        + _item("PositionBottom", "int", 1)
        + "</config:config-item-map-entry>"
        for table in made
    )
    return _root(
        "document-settings",
        '<office:settings><config:config-item-set config:name="ooo:view-settings">'
        '<config:config-item-map-indexed config:name="Views"><config:config-item-map-entry>'
        f'<config:config-item-map-named config:name="Tables">{frozen}'
        "</config:config-item-map-named></config:config-item-map-entry>"
        "</config:config-item-map-indexed></config:config-item-set></office:settings>",
    )


def _item(name: str, kind: str, value: int) -> str:
    return (
        f'<config:config-item config:name="{name}" config:type="{kind}">{value}'
        "</config:config-item>"
    )


def _manifest(files: Iterable[str]) -> str:
    space = f"{_OASIS}manifest:1.0"
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="text/xml"/>'
        for name in files
        if name != "mimetype"
    )
    return (
        f'{_DECLARATION}<manifest:manifest xmlns:manifest="{space}" manifest:version="{VERSION}">'
        f'<manifest:file-entry manifest:full-path="/" manifest:version="{VERSION}"'
        f' manifest:media-type="{ODS}"/>{entries}</manifest:manifest>'
    )
