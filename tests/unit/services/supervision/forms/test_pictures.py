"""The page of pictures: what is drawn, and that all of it is said in words too."""

import copy
import io
import re
from decimal import Decimal

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.supervision.briefing.ranking import interval
from services.supervision.briefing.sentences import printed
from services.supervision.forms import catalogue, drawing, pdf, rendering
from services.supervision.indicators import PRESENT
from services.supervision.outline.blocks import Spans, Trend
from services.supervision.outline.front import HEADLINE_FIGURES
from services.supervision.outline.outline import outline
from shared.domain.wording import LANGUAGES
from tests.support import issue_documents
from tests.support.paper import docx_text, sheets, squeezed
from tests.unit.services.supervision.forms.readers import parsed
from tests.unit.services.supervision.forms.test_html import Page

SVG = "{http://www.w3.org/2000/svg}"
GAP = (None, "not_stated", "not_stated")
STATES = ("on_time", "late", "nil", "silent", "exempt")


def document(seed=1, subdistricts=3, **changes):
    """A drawn issue without a revision's changes."""
    made = issue_documents.drawn(seed, subdistricts, 6)
    return made | {"late": [], "status": "final"} | changes


def with_trend(*figures):
    """An issue with one trend: (value, qualifier, status) of each week."""
    names = ("value", "qualifier", "status")
    weeks = [
        {"period": f"2017-W{number:02}"} | dict(zip(names, shown, strict=True))
        for number, shown in enumerate(figures, 7 - len(figures))
    ]
    return document(trends=[{"indicator": HEADLINE_FIGURES[0], "weeks": weeks}])


def with_shares(counts):
    """An issue with one ranking: (numerator, denominator, rank) of each unit."""
    made = copy.deepcopy(document())
    [table] = made["league"][:1]
    table["rows"] = [
        {
            "orgunit": f"410103{number:03}",
            "unit": f"街道{number}",
            "numerator": str(done),
            "denominator": str(of),
            "share": f"{100 * done / of:.1f}" if of else None,
            "interval": interval(done, of),
            "standing": {"code": "ranked", "zh": "参与排名", "en": "ranked"},
            "rank": rank,
        }
        for number, (done, of, rank) in enumerate(counts, 1)
    ]
    return made | {"league": [table]}


def picture(made, kind, lang="zh"):
    """The first picture of a kind as its block, and as parsed SVG."""
    found = [it for it in outline(made, lang).pictures.rows if type(it).__name__ == kind]
    return found[0], parsed(drawing.file(found[0]))


def services_of(made):
    found = made["completeness"]
    return [row["service"] for row in found["services"] if row["service"] in found["summary"]]


def all_of(svg, tag, **attributes):
    return [
        it
        for it in svg.iter(f"{SVG}{tag}")
        if all(it.get(name.replace("_", "-")) == value for name, value in attributes.items())
    ]


@pytest.mark.parametrize("lang", LANGUAGES)
@settings(max_examples=3)
@given(seed=st.integers(0, 10**9), edition=st.sampled_from(["internal", "public"]))
def test_every_figure_of_every_week_is_in_words_beside_its_picture_and_in_the_annex(
    lang, seed, edition
):
    made = issue_documents.drawn(seed, edition=edition) | {"late": []}
    page = Page(rendering.render(made, "html", lang))
    text = squeezed("".join(page.text))
    words = {}
    for row in made["trends"]:
        unit = PRESENT.indicators[row["indicator"]].unit
        words[row["indicator"]] = [(it["period"], printed(it, unit, lang)) for it in row["weeks"]]
    for code in HEADLINE_FIGURES:
        mark = "　" if lang == "zh" else ", "
        said = ("；" if lang == "zh" else "; ").join(mark.join(it) for it in words[code])
        assert squeezed(said) in text
    columns = list(words.values())
    for half in (columns[:5], columns[5:]):
        for weeks in zip(*half, strict=True):
            assert squeezed(weeks[0][0] + "".join(said for _, said in weeks)) in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_pdf_says_in_words_what_its_pictures_show(lang):
    made = document(subdistricts=17)
    body = pdf.make(made, lang)
    shown = outline(made, lang).pictures
    found = [squeezed(it) for it in alternatives(body)]
    assert found == [squeezed(f"{it.title}: {it.description}") for it in shown.rows]
    # On one page, between the first page and the text.
    [page] = [it for it in sheets(body) if squeezed(shown.title) in squeezed(it)]
    for row in shown.rows:
        assert squeezed(f"{row.title}{row.words}") in squeezed(page)
    assert all(squeezed(note) in squeezed(page) for note in shown.notes)
    others = [part.title for part in outline(made, lang).parts]
    assert not any(squeezed(title) in squeezed(page) for title in others)


def alternatives(body):
    """What is said of the pictures of a PDF to those who have it read aloud."""
    document = pypdfium2.PdfDocument(body)
    for page in document:
        tree = pdfium.FPDF_StructTree_GetForPage(page.raw)
        try:
            for number in range(pdfium.FPDF_StructTree_CountChildren(tree)):
                yield from _said(pdfium.FPDF_StructTree_GetChildAtIndex(tree, number))
        finally:
            pdfium.FPDF_StructTree_Close(tree)


def _said(element):
    if not element:
        return
    size = pdfium.FPDF_StructElement_GetAltText(element, None, 0)
    if size > 2:
        buffer = (pdfium.c_char * size)()
        pdfium.FPDF_StructElement_GetAltText(element, buffer, size)
        yield bytes(buffer).decode("utf-16-le").rstrip("\0")
    for number in range(pdfium.FPDF_StructElement_CountChildren(element)):
        yield from _said(pdfium.FPDF_StructElement_GetChildAtIndex(element, number))


def test_a_line_joins_neighbouring_weeks_and_breaks_where_there_is_no_number():
    exact = ("4", "exact", "complete")
    block, svg = picture(with_trend(exact, exact, GAP, exact, exact, exact), "Trend")
    assert [point.height for point in block.points] == ["100.0"] * 2 + [None] + ["100.0"] * 3
    assert len(all_of(svg, "circle")) == 5
    assert len(all_of(svg, "line", stroke="#b3191c")) == 3


def test_a_figure_that_is_not_exact_has_a_hollow_mark():
    figures = [
        ("4", "exact", "complete"),
        ("4", "over", "complete"),
        ("4", "about", "complete"),
        ("4", "at_most", "complete"),
        ("4", "exact", "partly_stated"),
    ]
    _, svg = picture(with_trend(*figures), "Trend")
    assert [it.get("fill") for it in all_of(svg, "circle")] == ["#b3191c"] + ["#fff"] * 4


def test_a_mark_is_as_high_as_its_share_of_the_highest_and_0_is_at_the_foot():
    figures = [(value, "exact", "complete") for value in ("0", "3", "12", "6")]
    block, svg = picture(with_trend(*figures), "Trend")
    [foot, *heights] = [Decimal(it.get("cy")) for it in all_of(svg, "circle")]
    assert [(foot - it) / (foot - min(heights)) for it in heights] == [
        Decimal("0.25"),
        1,
        Decimal("0.5"),
    ]
    assert foot == Decimal(all_of(svg, "line", stroke="#999")[0].get("y1"))
    assert block.highest.endswith("12次")


def test_a_trend_without_numbers_has_no_marks_and_a_single_week_is_no_trend():
    block, svg = picture(with_trend(GAP, GAP), "Trend")
    assert (all_of(svg, "circle"), block.highest) == ([], "没有数字")
    shown = outline(with_trend(("3", "exact", "complete")), "zh").pictures.rows
    assert not any(isinstance(it, Trend) for it in shown)


def test_each_state_of_a_report_has_a_shape_of_its_own():
    made = copy.deepcopy(document(subdistricts=5))
    for unit, state in zip(made["completeness"]["units"], STATES, strict=True):
        unit["reports"] = dict.fromkeys(unit["reports"], state)
    _, svg = picture(made, "Marks")
    # Without colours: filled or hollow, and the kind of line.
    drawn = [
        re.sub(r"M[\d.]+ [\d.]+", "M", f"{it.tag} {it.get('fill') == '#fff'} {it.get('d')}")
        for it in svg
        if it.tag in (f"{SVG}rect", f"{SVG}path")
    ]
    assert len(drawn) == 25 and len(set(drawn)) == 5


@pytest.mark.parametrize("lang", LANGUAGES)
def test_many_units_are_counted_in_place_of_being_drawn(lang):
    made = document(subdistricts=21)
    block, svg = picture(made, "Marks", lang)
    assert len(block.rows) == 5
    counts = [
        [made["completeness"]["summary"][service][state] for service in services_of(made)]
        for state in STATES
    ]
    shown = [it.text for it in all_of(svg, "text", text_anchor="middle")]
    assert shown == [str(count) for row in counts for count in row]


def test_a_ranked_share_is_a_dot_on_its_interval():
    block, svg = picture(with_shares([(5, 6, 1)]), "Spans")
    assert [(it.share, it.interval) for it in block.rows] == [("83.3", ("43.6", "97.0"))]
    [bar], [dot] = all_of(svg, "line", stroke="#777"), all_of(svg, "circle")
    assert Decimal(bar.get("x1")) < Decimal(dot.get("cx")) < Decimal(bar.get("x2"))
    assert "街道1　83.3% 5/6（43.6%–97.0%）" in block.description


def test_a_share_of_too_few_is_said_and_not_drawn():
    block, svg = picture(with_shares([(5, 6, 1), (2, 2, None), (0, 0, None)]), "Spans")
    assert [it.label for it in block.rows] == ["街道1"] and len(all_of(svg, "circle")) == 1
    assert block.words == "分母不足5：街道2 2/2"
    assert block.words in block.description and "街道3" not in block.description


def test_a_ranking_in_which_nobody_is_ranked_has_no_picture():
    shown = outline(with_shares([(2, 2, None), (0, 0, None)]), "zh").pictures
    assert not any(isinstance(it, Spans) for it in shown.rows)
    assert not any("比率" in note for note in shown.notes)


def test_of_many_shares_both_ends_are_drawn_and_the_others_counted():
    made = with_shares([(number, 50, 51 - number) for number in range(1, 31)])
    block, _ = picture(made, "Spans")
    shares = [Decimal(it.share) for it in block.rows]
    assert len(shares) == 20 and shares == sorted(shares, reverse=True)
    assert (shares[0], shares[-1], block.words) == (60, 2, "首尾各10个，另有10个未画")


def test_an_issue_from_before_the_trends_is_printed_in_every_form():
    made = document()
    del made["trends"]
    for table in made["league"]:
        for row in table["rows"]:
            row.pop("interval")
    for lang in LANGUAGES:
        assert {type(it).__name__ for it in outline(made, lang).pictures.rows} <= {"Marks", "Spans"}
        for form in (*catalogue.TABLE_FORMS, *catalogue.PRINTED_FORMS):
            assert form.make(made, lang)
        for form in rendering.MEDIA_TYPES:
            assert rendering.render(made, form, lang)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_text_and_word_have_the_weeks_in_the_annex_and_no_page_of_pictures(lang):
    made = document()
    [docx] = [form for form in catalogue.PRINTED_FORMS if form.name == "docx"]
    for text in (rendering.render(made, "text", lang), docx_text(docx.make(made, lang))):
        assert outline(made, lang).pictures.title not in text
        for row in made["trends"]:
            unit = PRESENT.indicators[row["indicator"]].unit
            assert all(printed(it, unit, lang) in text for it in row["weeks"])


def test_what_people_enter_is_text_in_a_drawing():
    made = with_shares([(5, 6, 1)])
    made["league"][0]["rows"][0]["unit"] = '<script>&"</script>'
    _, svg = picture(made, "Spans")
    assert [it for it in svg.iter() if it.tag.endswith("script")] == []
    assert io.BytesIO(pdf.make(made, "zh")).read(4) == b"%PDF"
