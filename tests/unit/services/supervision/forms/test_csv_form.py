"""CSV and its data dictionary."""

import csv
import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.supervision.forms import csv_form, dictionary, sdmx
from services.supervision.indicators import PRESENT
from shared.domain.periods import Week
from shared.domain.wording import LANGUAGES
from tests.support import issue_documents
from tests.unit.services.supervision.forms.readers import csv_rows

seeds = st.integers(0, 10**9)


def figure(shown):
    """(number, qualifier or reason, status) of a figure of the document, as text."""
    if shown is None:
        return "", "not_applicable", "not_applicable"
    if shown["value"] is None:
        return "", shown["status"], shown["status"]
    return shown["value"], shown["qualifier"], shown["status"]


def weeks_before(document):
    """(indicator, week, number, qualifier or reason, status) of every week before the issue's."""
    return [
        (row["indicator"], week["period"], *figure(week))
        for row in document["trends"]
        for week in row["weeks"][:-1]
    ]


def trend_figures(rows):
    """The same of the rows of a file. Nothing else is in them, so that no figure is there twice."""
    for row in rows:
        assert (row["issue_period"], row["orgunit"]) == ("2017-W06", issue_documents.DISTRICT)
        assert row["first_day"] == Week.parse(row["period"]).first_day.isoformat()
        for name in ("last", "cumulative", "mean"):
            assert (row[name], row[f"{name}_qualifier"]) == ("", "not_applicable")
    names = ("indicator", "period", "value", "value_qualifier", "status")
    return [tuple(row[name] for name in names) for row in rows]


@pytest.mark.parametrize("lang", LANGUAGES)
@settings(max_examples=8)
@given(seed=seeds, edition=st.sampled_from(["internal", "public"]))
def test_every_cell_is_read_back_with_its_qualifiers(lang, seed, edition):
    document = issue_documents.drawn(seed, edition=edition)
    rows = csv_rows(csv_form.make(document, lang))
    rows, before = rows[: len(document["cells"])], rows[len(document["cells"]) :]
    assert trend_figures(before) == weeks_before(document)
    means = {row["indicator"]: row["mean"] for row in document["headline_table"]}
    for row, cell in zip(rows, document["cells"], strict=True):
        assert row["period"] == row["issue_period"] == document["period"]
        assert row["edition"] == edition
        assert (row["indicator"], row["orgunit"]) == (cell["indicator"], cell["orgunit"])
        assert row["name"] == document["orgunits"][cell["orgunit"]]
        assert row["label"] == getattr(PRESENT.indicators[cell["indicator"]], lang)
        counts = cell["numerator"] or "", cell["denominator"] or ""
        assert (row["numerator"], row["denominator"]) == counts
        parts = {"value": cell, "last": cell["previous"], "cumulative": cell["cumulative"]}
        for name, shown in parts.items():
            status = row["status" if name == "value" else f"{name}_status"]
            assert (row[name], row[f"{name}_qualifier"], status) == figure(shown)
        mean = means[cell["indicator"]] if cell["orgunit"] == issue_documents.DISTRICT else {}
        assert row["mean"] == (mean.get("value") or "")
        hidden = "suppressed" if mean.get("zh") == "不公布" else "not_applicable"
        assert row["mean_qualifier"] == (mean.get("qualifier") or hidden)


@settings(max_examples=8)
@given(seed=seeds)
def test_no_text_of_a_csv_begins_like_a_formula(seed):
    document = issue_documents.drawn(seed)
    for made in (csv_form.make(document, "zh"), dictionary.make(document, "zh")):
        for row in csv.reader(io.StringIO(made.decode("utf-8-sig"), newline="")):
            assert not any(re.match(r"\s*[=+\-@＝＋－＠]", cell) for cell in row)


def test_it_begins_with_a_byte_order_mark_because_offices_open_it():
    assert csv_form.make(issue_documents.drawn(1), "zh").startswith(b"\xef\xbb\xbfperiod,")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_dictionary_explains_every_column_code_and_indicator(lang):
    document = issue_documents.drawn(6)
    rows = list(csv.reader(io.StringIO(dictionary.make(document, lang).decode("utf-8-sig"))))
    columns = {(of, term) for _, term, of, _, _, meaning in rows[1:] if meaning}
    cells = csv_rows(csv_form.make(document, lang))
    assert {("csv", name) for name in cells[0]} <= columns
    assert {("sdmx-csv", name) for name, _, _ in sdmx.COMPONENTS} <= columns
    explained = {
        "*_qualifier": {row[f"{name}_qualifier"] for row in cells for name in ("value", "last")},
        "*status": {row["status"] for row in cells},
        "unit_of_measure": {row["unit_of_measure"] for row in cells},
        "level": {row["level"] for row in cells},
        "issue_status": {row["issue_status"] for row in cells},
    }
    for column, codes in explained.items():
        assert {(column, code) for code in codes} <= columns
    assert {term for _, term, *_ in rows} >= set(PRESENT.indicators)
