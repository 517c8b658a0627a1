"""The charts of the workbook: drawn from cells that hold numbers, and honest about inexact ones."""

import io
import re
from decimal import Decimal
from zipfile import ZipFile

import pytest

from services.supervision.forms import charts, words, xlsx
from shared.domain.wording import LANGUAGES
from tests.support import issue_documents
from tests.unit.services.supervision.forms import readers

CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
TEXT = "{http://schemas.openxmlformats.org/drawingml/2006/main}t"
COMPARED = charts.FIGURES[1]


def document(**columns):
    """An issue in which one charted figure has these columns, and the other figures none."""
    made = issue_documents.drawn(1) | {"trends": []}
    empty = {"value": None, "qualifier": "not_stated", "zh": "未报数", "en": "not stated"}
    for row in made["headline_table"]:
        row |= {name: dict(empty) for name in ("this", "last", "mean", "cumulative")}
        if row["indicator"] == COMPARED:
            row |= columns
    return made


def shown(value, qualifier):
    return {"value": value, "qualifier": qualifier, "zh": "", "en": ""}


def drawn(body):
    """The charts, each as its parsed XML."""
    with ZipFile(io.BytesIO(body)) as archive:
        names = sorted(name for name in archive.namelist() if name.startswith("xl/charts/chart"))
        return [readers.parsed(archive.read(name)) for name in names]


def cells_of(book, reference):
    """The cells that a reference such as `'表'!$B$2:$B$6` names."""
    sheet, *corners = re.fullmatch(
        r"'?(.+?)'?!\$(\w+)\$(\d+)(?::\$(\w+)\$(\d+))?", reference
    ).groups()
    left, top, right, bottom = corners if corners[2] else corners[:2] * 2
    columns = range(column(left), column(right) + 1)
    return [
        book[sheet][line - 1][place]
        for line in range(int(top), int(bottom) + 1)
        for place in columns
    ]


def column(letters):
    return int(letters, 36) - 10 if len(letters) == 1 else 26 + column(letters[1])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_bar_is_a_number_of_a_sheet(lang):
    made = xlsx.make(document(this=shown("5", "exact"), last=shown("500", "over")), lang)
    book, found = readers.by_openpyxl(made), drawn(made)
    # Who reported, and the figure that has two columns.
    assert len(found) == 2
    for chart in found:
        for values in chart.iter(f"{CHART}val"):
            cells = cells_of(book, values.find(f".//{CHART}f").text)
            assert cells and all(isinstance(cell, Decimal) for cell in cells)


@pytest.mark.parametrize(("lang", "label"), [("zh", "超过 500"), ("en", "over 500")])
def test_an_inexact_bar_is_labelled_with_its_qualifier(lang, label):
    made = xlsx.make(document(this=shown("5", "exact"), last=shown("500", "over")), lang)
    labels = {part.text for chart in drawn(made) for part in chart.iter(TEXT)}
    assert label in labels and "500" not in labels


def test_a_figure_with_nothing_to_compare_is_not_drawn():
    assert len(drawn(xlsx.make(document(this=shown("5", "exact")), "zh"))) == 1


def test_the_ranked_units_of_each_measure_are_drawn_and_no_others():
    made = document()
    ranked, other = made["league"][0]["rows"][:2]
    ranked |= {"rank": 1, "share": "83.3", "numerator": "5", "denominator": "6"}
    other |= {"rank": None, "share": "50.0", "numerator": "1", "denominator": "2"}
    body = xlsx.make(made, "zh")
    [_, league] = drawn(body)
    [values] = league.iter(f"{CHART}val")
    book = readers.by_openpyxl(body)
    assert cells_of(book, values.find(f".//{CHART}f").text) == [Decimal("83.3")]
    assert words.word(words.TITLES["league"], "zh") in values.find(f".//{CHART}f").text


def trend(*figures):
    """An issue with one trend, of these (number, qualifier) in the weeks up to its own."""
    made, weeks = document(), []
    for number, (value, qualifier) in enumerate(figures, 7 - len(figures)):
        status = "complete" if value else "not_stated"
        shown = {"value": value, "qualifier": qualifier, "status": status}
        weeks.append({"period": f"2017-W{number:02}"} | shown)
    return made | {"trends": [{"indicator": COMPARED, "weeks": weeks}]}


GAP = (None, "not_stated")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_trend_is_a_line_over_the_weeks_of_its_sheet_with_gaps(lang):
    body = xlsx.make(trend(("3", "exact"), GAP, ("500", "over"), ("0", "exact")), lang)
    *_, chart = drawn(body)
    book = readers.by_openpyxl(body)
    [values], [weeks] = chart.iter(f"{CHART}val"), chart.iter(f"{CHART}cat")
    assert cells_of(book, values.find(f".//{CHART}f").text) == [3, None, 500, 0]
    named = cells_of(book, weeks.find(f".//{CHART}f").text)
    assert named == ["2017-W03", "2017-W04", "2017-W05", "2017-W06"]
    assert chart.find(f".//{CHART}lineChart") is not None
    # Blank cells are gaps, which is what a chart without this element has.
    assert chart.find(f".//{CHART}dispBlanksAs") is None
    # The number that isn't exact has a mark of its own, and its qualifier beside it.
    assert [it.get("val") for it in chart.findall(f".//{CHART}dPt/{CHART}idx")] == ["2"]
    assert [it.text for it in chart.findall(f".//{CHART}dLbl//{TEXT}")] == [
        {"zh": "超过 500", "en": "over 500"}[lang]
    ]


def test_a_trend_with_one_number_is_not_drawn():
    assert len(drawn(xlsx.make(trend(("3", "exact"), GAP), "zh"))) == 1


def test_a_ranked_share_has_its_interval():
    made = document()
    row = made["league"][0]["rows"][0]
    row |= {"rank": 1, "share": "83.3", "numerator": "5", "denominator": "6"}
    row["interval"] = {"low": "43.6", "high": "97.0"}
    [_, league] = drawn(xlsx.make(made, "zh"))
    bounds = {
        side: [it.text for it in league.findall(f".//{CHART}{side}//{CHART}v")]
        for side in ("minus", "plus")
    }
    assert bounds == {"minus": ["39.7"], "plus": ["13.7"]}
