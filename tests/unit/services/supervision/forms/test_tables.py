"""The table forms hold every figure of the document with its qualifier, as others read them."""

import io
import re
from collections import Counter
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.supervision.forms import catalogue, words
from services.supervision.forms.tables import sheets, tables
from shared.domain.periods import Week
from shared.domain.report_periods import HalfYear, Month, Year
from shared.domain.wording import LANGUAGES
from tests.support import issue_documents
from tests.support.district import histories
from tests.unit.services.supervision.forms import readers
from tests.unit.services.supervision.forms.test_rendering import made

FORMS = {form.name: form for form in catalogue.TABLE_FORMS}
BOOKS = [
    (form, read, lang)
    for form in readers.READERS
    for read in readers.READERS[form]
    for lang in LANGUAGES
]
seeds = st.integers(0, 10**9)
editions = st.sampled_from(["internal", "public"])


def reason(shown, status=None):
    """Why there is no number, or the qualifier of the number."""
    if shown["value"] is not None:
        return shown["qualifier"]
    return status or shown.get("status") or shown["qualifier"]


def entry(shown, status=None):
    if shown is None:
        return None, "not_applicable"
    value = shown["value"]
    return value if value is None else Decimal(value), reason(shown, status)


def figures(document):
    """Counter of (where, number, qualifier) of every figure of the document: looked for in it."""
    found, district = Counter(), document["masthead"]["district"]
    statuses = {}
    for cell in document["cells"]:
        key = cell["indicator"], cell["orgunit"]
        statuses[key] = cell
        parts = {"value": cell, "last": cell["previous"], "cumulative": cell["cumulative"]}
        for name, shown in parts.items():
            found["cell", *key, name, *entry(shown)] += 1
    issued = any(row["last"].get("issued") for row in document["headline_table"])
    for row in document["headline_table"]:
        cell, key = statuses[row["indicator"], district], ("headline", row["indicator"])
        parts = {"this": cell, "last": cell["previous"], "cumulative": cell["cumulative"]}
        for name, part in parts.items():
            shown = row[name] if part else None
            found[*key, name, *_in_row(row[name], part)] += 1
            assert shown is None or shown["value"] == part["value"]
        found[*key, "mean", *_mean(row["mean"])] += 1
        if issued:
            found[*key, "last_issued", *entry(row["last"]["issued"])] += 1
    for row in document["trends"]:
        for week in row["weeks"]:
            found["trend", row["indicator"], week["period"], *entry(week)] += 1
    for section in document["sections"]:
        for line in section["lines"]:
            if line["beside"] or line["stated"]:
                found["beside", line["indicator"], *entry(line["beside"])] += 1
        for item in section["items"]:
            for name, shown in _in_item(item):
                found["item", item["orgunit"], name, *entry(shown)] += 1
    for row in document["late"]:
        for name in ("old", "new"):
            found["changes", row["indicator"], row["orgunit"], name, *entry(row[name])] += 1
    for row in document["late_events"]["rows"]:
        for change in row["figures"]:
            for name in ("old", "new"):
                key = "late_events", change["indicator"], row["orgunit"], name
                found[*key, *_late(change[name])] += 1
    return found


# Where a document has figures. Each place is compared above.
PLACES = {
    "cells[]",
    "cells[].previous",
    "cells[].cumulative",
    "trends[].weeks[]",
    "headline_table[].this",
    "headline_table[].last",
    "headline_table[].last.issued",
    "headline_table[].mean",
    "headline_table[].cumulative",
    "sections[].lines[].beside",
    "sections[].items[].figures.*",
    "sections[].items[].hires",
    "sections[].items[].postings[].openings",
    "late[].old",
    "late[].new",
    "late_events.rows[].figures[].old",
    "late_events.rows[].figures[].new",
}


def places(part, path=""):
    """Where in a document there are figures."""
    if isinstance(part, dict):
        if "qualifier" in part:
            yield re.sub(r"figures\.\w+$", "figures.*", path)
        for name, one in part.items():
            yield from places(one, f"{path}.{name}" if path else name)
    elif isinstance(part, list):
        for one in part:
            yield from places(one, f"{path}[]")


def _in_row(shown, part):
    """A missing figure of another week is explained in the words of the document."""
    if part is None:
        return None, "not_applicable" if shown["zh"] == "—" else "in words"
    return entry(shown, part["status"] if shown["value"] is None else None)


def _mean(shown):
    if shown["value"] is None:
        reasons = {"—": "not_applicable", "不适用": "not_applicable", "不公布": "suppressed"}
        return None, reasons.get(shown["zh"], "in words")
    return entry(shown)


def _late(shown):
    """`old` of a report that is new has words only."""
    return entry(shown) if "qualifier" in shown else (None, "not_applicable")


def _in_item(item):
    yield from item.get("figures", {}).items()
    for name in ("communities", "activities", "rating", "reopened", "repeats"):
        if item.get(name) is not None:
            yield name, {"value": str(item[name]), "qualifier": "exact"}
    if "hires" in item:
        yield "hires", item["hires"]
    for posting in item.get("postings", []):
        yield "openings", posting["openings"]
    for category in item.get("categories", []):
        yield "orders", {"value": str(category["orders"]), "qualifier": "exact"}


@pytest.mark.parametrize(("form", "read", "lang"), BOOKS)
@settings(max_examples=3)
@given(seed=seeds, edition=editions)
def test_every_figure_and_every_cell_is_read_back_as_what_it_is(form, read, lang, seed, edition):
    document = issue_documents.drawn(seed, edition=edition)
    book = read(FORMS[form].make(document, lang))
    assert readers.figures(without_rows(book, lang), lang) == figures(document)
    assert same_cells(book, document, lang)


@settings(max_examples=8)
@given(histories.histories(), st.sampled_from(histories.WEEKS), st.sampled_from(LANGUAGES))
def test_every_figure_of_a_real_week_is_read_back(events, week, lang):
    document = made(events, week)
    assert set(places(document)) <= PLACES
    for form in readers.READERS:
        book = readers.by_calamine(FORMS[form].make(document, lang))
        assert readers.figures(without_rows(book, lang), lang) == figures(document)


def without_rows(book, lang):
    """The book with the sheets that it may lack, because a table without rows has none."""
    tables = ("occurrence_figures", "changes", "late_events", "declared")
    return {readers.title(table, lang): [[]] for table in tables} | book


def same_cells(book, document, lang):
    """Is a number read as a number, a day as a day, and a name or a code as text?"""
    for table in sheets(document, lang):
        first, *rows = book[table.title]
        assert first == [column.head for column in table.columns]
        expected = [list(map(as_it_is, table.columns, row)) for row in table.rows]
        assert [row + [None] * (len(first) - len(row)) for row in rows] == expected
    return True


def as_it_is(column, cell):
    if cell is None:
        return None
    if column.kind == "number" and len(cell.replace(".", "")) <= 15:
        return Decimal(cell)
    return date.fromisoformat(cell) if column.kind == "date" else cell


def test_the_drawn_documents_have_a_figure_in_nearly_every_place():
    """Hires and the rest are in the weeks that are folded from events."""
    found = {place for seed in range(5) for place in places(issue_documents.drawn(seed))}
    assert PLACES - found == {"sections[].items[].hires"}


@pytest.mark.parametrize("form", readers.READERS)
@settings(max_examples=3)
@given(seed=seeds)
def test_no_cell_is_a_formula(form, seed):
    document = issue_documents.drawn(seed)
    assert readers.formulas(form, FORMS[form].make(document, "zh")) == []


def test_a_name_like_a_formula_stays_text_when_somebody_edits_its_cell():
    document = issue_documents.drawn(1)
    document["orgunits"] |= dict.fromkeys(document["orgunits"], "五里堡")
    document["orgunits"][issue_documents.DISTRICT] = "=1+1"
    book = openpyxl.load_workbook(io.BytesIO(FORMS["xlsx"].make(document, "zh")))
    cells = [cell for row in book[readers.title("cells", "zh")] for cell in row]
    quoted = {cell.value for cell in cells if cell.quotePrefix}
    assert quoted == {"=1+1"}
    assert {cell.data_type for cell in cells if cell.value == "=1+1"} == {"s"}


@pytest.mark.parametrize("form", readers.READERS)
def test_characters_that_xml_cannot_hold_break_no_file(form):
    document = issue_documents.drawn(1)
    for code in document["orgunits"]:
        document["orgunits"][code] = "前\ufffe\x0b\n\u2028\x85后"
    book = readers.by_calamine(FORMS[form].make(document, "zh"))
    names = {row[readers.head("name", "zh")] for row in readers.rows(book, "cells", "zh")}
    assert names == {"前     后"}


@pytest.mark.parametrize("form", readers.READERS)
def test_text_longer_than_a_cell_is_cut_and_not_lost(form):
    document = issue_documents.drawn(1)
    document["orgunits"][issue_documents.DISTRICT] = "长" * 40_000
    book = readers.by_calamine(FORMS[form].make(document, "zh"))
    names = {row[readers.head("name", "zh")] for row in readers.rows(book, "cells", "zh")}
    assert "长" * 32_766 + "…" in names


def test_an_empty_number_always_has_its_reason_beside_it():
    document = issue_documents.drawn(2)
    for lang in LANGUAGES:
        for table in tables(document, lang):
            names = [column.name for column in table.columns]
            figures = [name for name in names if f"{name}_qualifier" in names]
            for name in figures:
                if not table.name.startswith("units_"):
                    beside = table.index(f"{name}_qualifier")
                    assert beside == table.index(name) + 1
                    assert all(row[beside] for row in table.rows)


def test_a_suppressed_figure_is_neither_zero_nor_not_stated():
    document = issue_documents.drawn(3, edition="public")
    hidden = {"value": None, "qualifier": "suppressed", "status": "suppressed"}
    document["cells"][0] |= hidden | {"previous": hidden, "cumulative": hidden}
    for lang, shown in (("zh", "不公布"), ("en", "not published")):
        [table] = [table for table in tables(document, lang) if table.name == "cells"]
        row = dict(zip([column.name for column in table.columns], table.rows[0], strict=True))
        for name in ("value", "last", "cumulative"):
            assert (row[name], row[f"{name}_qualifier"]) == (None, shown)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_the_public_edition_leaves_out_is_never_said_to_be_nothing(lang):
    document = issue_documents.drawn(3, edition="public")
    _, contents, notes, *others = tables(document, lang)
    names = {table.title: table.name for table in others}
    for title, count, more, remark in contents.rows:
        left_out = names[title] in issue_documents.LEFT_OUT
        assert (remark == words.word(words.LEFT_OUT, lang)) == left_out
        assert (count is None) == left_out and (more is None or not left_out)
    said = {row[1] for row in notes.rows}
    assert not said & {"events_in_week", "reported", "occasions"}
    assert document["notes"]["public"][lang] in {row[3] for row in notes.rows}
    [counts] = [table for table in others if table.name == "provenance_counts"]
    assert {row[2:] for row in counts.rows} == {(None, None)}


@pytest.mark.parametrize("kind", [Week, Month, HalfYear, Year])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_sheets_have_names_that_spreadsheets_take(lang, kind):
    titles = [readers.title(table, lang, kind) for table in words.TITLES]
    assert len({title.lower() for title in titles}) == len(titles)
    for title in titles:
        assert 0 < len(title) <= 31 and not set(title) & set("[]:*?/\\'")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_two_columns_of_a_table_have_the_same_head(lang):
    for table in tables(issue_documents.drawn(4), lang):
        heads = [column.head for column in table.columns]
        assert len(set(heads)) == len(heads), table.name


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_contents_list_every_table_also_those_without_rows(lang):
    document = issue_documents.drawn(5)
    _, contents, _, *others = tables(document, lang)
    listed = {title: int(count) for title, count, _, _ in contents.rows}
    assert listed["经验推广" if lang == "zh" else "Good practices"] == 0
    # The notes come before them.
    assert list(listed) == [table.title for table in others]
    assert all(len(table.rows) == listed[table.title] for table in others)
