"""DOCX and PDF: whole, repeatable, and unbroken by what people enter."""

import hashlib
import io
import json
from datetime import UTC, datetime
from functools import cache
from zipfile import ZipFile

import docx
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.supervision.forms import fonts, pdf
from services.supervision.forms.catalogue import PRINTED_FORMS, TABLE_FORMS
from services.supervision.outline.blocks import Bars, Table
from services.supervision.outline.outline import outline
from shared.domain.wording import LANGUAGES
from tests.support import issue_documents
from tests.support.district import histories
from tests.support.elsewhere import made_elsewhere
from tests.support.paper import docx_text, pdf_text, said, sheets, squeezed
from tests.unit.services.supervision.forms.readers import parsed
from tests.unit.services.supervision.forms.test_html import WEEK, WHOLE, clinic
from tests.unit.services.supervision.forms.test_rendering import (
    SHOWN_BY,
    figures,
    found_at,
    made,
    with_large_figures,
)

MAKERS = {form.name: form.make for form in PRINTED_FORMS}
READERS = {"docx": docx_text, "pdf": pdf_text}
FORMS = [(form, lang) for form in MAKERS for lang in LANGUAGES]
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def read(form, document, lang):
    body = whole(form, lang) if document is WHOLE else MAKERS[form](document, lang)
    return READERS[form](body)


@cache
def whole(form, lang):
    return MAKERS[form](WHOLE, lang)


def missing(form, document, lang):
    """Texts of the outline that aren't in the form."""
    issue, text = outline(document, lang), compared(read(form, document, lang))
    return [it for it in said(issue) if compared(it) not in text]


def compared(text):
    """The English title stands in two lines, without its comma."""
    return squeezed(text).casefold().replace(",", "")


def shown_bare(text, printed, lang):
    """As `bare`, in a text without blanks."""
    kinds = {}
    for value, qualifier in printed:
        kinds.setdefault(value, set()).add(qualifier)
    for value, qualifiers in kinds.items():
        forms = [form.strip() for kind in qualifiers for form in SHOWN_BY[lang][kind]]
        allowed = {
            match for form in forms for match in found_at(form.replace(" ", ""), value, text)
        }
        if set(found_at("{}", value, text)) - allowed:
            yield value


@pytest.mark.parametrize(("form", "lang"), FORMS)
@settings(max_examples=3)
@given(histories.histories().map(with_large_figures), st.sampled_from(histories.WEEKS))
def test_everything_is_in_every_printed_form_and_no_inexact_figure_bare(form, lang, events, week):
    document = made(events, week)
    assert missing(form, document, lang) == []
    printed = [pair for pair in figures(document) if len(pair[0]) > 6]
    assert list(shown_bare(squeezed(read(form, document, lang)), printed, lang)) == []


@pytest.mark.parametrize(("form", "lang"), FORMS)
def test_awkward_names_and_a_public_edition_are_printed_whole(form, lang):
    assert missing(form, issue_documents.drawn(3, edition="public"), lang) == []


def test_the_check_finds_a_bare_figure():
    assert list(shown_bare("接诊7000700人次", [("7000700", "over")], "zh"))
    assert not list(shown_bare("consultationsover7000700people", [("7000700", "over")], "en"))


@pytest.mark.parametrize(("form", "lang"), FORMS)
def test_a_row_of_a_table_stands_in_one_line(form, lang):
    """A figure belongs to its label and its column."""
    text = squeezed(read(form, WHOLE, lang))
    tables = [
        block
        for part in outline(WHOLE, lang).parts
        for block in part.blocks
        if isinstance(block, Table)
    ]
    assert tables
    for row in (row for table in tables for group in table.groups for row in group.rows):
        assert squeezed("".join([row.head, *(cell.text for cell in row.cells)])) in text


@pytest.mark.parametrize(("form", "lang"), FORMS)
def test_what_people_enter_is_text_and_never_markup(form, lang):
    venue = '#panic("x") $a$ *b* _c_ `d` @e <f> & </w:t> "g" \\ // {{ h }} {% i %}'
    assert squeezed(venue) in squeezed(read(form, made([clinic(venue)], WEEK), lang))


@pytest.mark.parametrize("form", MAKERS)
def test_characters_that_nobody_can_print_break_nothing(form):
    venue = "广\x00场\x0b一\ufffe\U000e0001𠮷\u2028二"
    text = squeezed(read(form, made([clinic(venue)], WEEK), "zh"))
    assert "广" in text and "𠮷" in text


@pytest.mark.parametrize("form", MAKERS)
def test_a_name_from_right_to_left_leaves_the_rest_in_its_place(form):
    document = made([clinic("\u202e广场 مقهى السلام")], WEEK)
    text = squeezed(read(form, document, "zh"))
    assert "广场" in text
    assert "مقهى" in text or "ىهقم" in text


def test_another_process_elsewhere_prints_the_same_bytes():
    made_here = {
        f"{form}:{lang}": hashlib.sha256(whole(form, lang)).hexdigest() for form, lang in FORMS
    }
    assert made_elsewhere("PRINTED_FORMS", WHOLE) == made_here


def test_printing_changes_nothing_in_the_document():
    before = json.dumps(WHOLE, sort_keys=True)
    for form, lang in FORMS:
        MAKERS[form](WHOLE, lang)
    assert json.dumps(WHOLE, sort_keys=True) == before


def test_no_two_forms_have_the_same_name_or_file():
    forms = [*TABLE_FORMS, *PRINTED_FORMS]
    assert len({form.name for form in forms}) == len({form.suffix for form in forms}) == len(forms)


# DOCX


@cache
def parts(lang):
    with ZipFile(io.BytesIO(whole("docx", lang))) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        return {
            name: parsed(archive.read(name))
            for name in archive.namelist()
            if name.endswith((".xml", ".rels"))
        }


def values(element):
    return {name.removeprefix(W): value for name, value in element.attrib.items()}


def style(styles, name):
    return next(it for it in styles.iter(f"{W}style") if it.get(f"{W}styleId") == name)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_is_that_of_the_standard(lang):
    section = parts(lang)["word/document.xml"].find(f"{W}body/{W}sectPr")
    assert values(section.find(f"{W}pgSz")) == {"w": "11906", "h": "16838"}
    margins = values(section.find(f"{W}pgMar"))
    millimetres = {
        side: round(int(margins[side]) / 1440 * 25.4) for side in ("top", "bottom", "left", "right")
    }
    assert millimetres == {"top": 37, "bottom": 35, "left": 28, "right": 26}


def test_22_lines_of_28_characters_fit_into_the_page():
    made_of = parts("zh")
    styles = made_of["word/styles.xml"]
    size = int(styles.find(f"{W}docDefaults//{W}sz").get(f"{W}val")) / 2
    normal = style(styles, "Normal")
    line = values(normal.find(f"{W}pPr/{W}spacing"))
    narrower = int(normal.find(f"{W}rPr/{W}spacing").get(f"{W}val")) / 20
    assert (size, line["lineRule"]) == (16, "exact")
    across, down = (mm / 25.4 * 72 for mm in (210 - 28 - 26, 297 - 37 - 35))
    assert across // (size + narrower) == 28
    assert down // (int(line["line"]) / 20) == 22
    grid = values(made_of["word/document.xml"].find(f"{W}body/{W}sectPr/{W}docGrid"))
    assert grid == {"type": "lines", "linePitch": line["line"]}


@pytest.mark.parametrize(
    ("name", "font", "points"),
    [
        ("Title", "方正小标宋简体", 22),
        ("RedName", "方正小标宋简体", 42),
        ("Heading1", "黑体", None),
        ("Heading2", "楷体_GB2312", None),
        ("FooterOdd", "宋体", 14),
    ],
)
def test_the_fonts_are_those_of_the_standard(name, font, points):
    styles = parts("zh")["word/styles.xml"]
    default = styles.find(f"{W}docDefaults//{W}rFonts").get(f"{W}eastAsia")
    assert default == "仿宋_GB2312"
    found = style(styles, name)
    assert found.find(f"{W}rPr/{W}rFonts").get(f"{W}eastAsia") == font
    size = found.find(f"{W}rPr/{W}sz")
    assert points is None or int(size.get(f"{W}val")) == 2 * points


def test_chinese_is_printed_in_simplified_shapes_where_the_fonts_are_missing():
    for lang in LANGUAGES:
        styles = parts(lang)["word/styles.xml"]
        assert styles.find(f"{W}docDefaults//{W}lang").get(f"{W}eastAsia") == "zh-CN"


def test_page_numbers_stand_outside():
    made_of = parts("zh")
    assert made_of["word/settings.xml"].find(f"{W}evenAndOddHeaders") is not None
    for side, where in (("odd", "right"), ("even", "left")):
        footer = made_of[f"word/footer_{side}.xml"]
        written = "".join(footer.itertext()).strip()
        assert written.startswith("— ") and written.endswith(" —") and " PAGE " in written
        name = footer.find(f"{W}p/{W}pPr/{W}pStyle").get(f"{W}val")
        found = style(made_of["word/styles.xml"], name)
        assert found.find(f"{W}pPr/{W}jc").get(f"{W}val") == where


def test_the_red_head_says_which_bulletin_which_number_who_and_when():
    lines = docx_text(whole("docx", "zh")).splitlines()
    assert lines[:3] == ["温暖二七 督导通报", "第1期", "\t温暖二七办公室\t2017年2月13日"]
    assert lines[-3:-1] == ["报送：领导小组", "温暖二七办公室\t2017年2月13日印发"]
    styles = parts("zh")["word/styles.xml"]
    assert style(styles, "RedName").find(f"{W}rPr/{W}color").get(f"{W}val") == "FF0000"
    border = style(styles, "RedLine").find(f"{W}pPr/{W}pBdr/{W}bottom")
    assert border.get(f"{W}color") == "FF0000"


def test_a_draft_has_no_number_and_no_day_of_publication():
    draft = WHOLE | {
        "issue": None,
        "status": "draft",
        "masthead": WHOLE["masthead"] | {"published_at": None, "approved_by": None},
    }
    lines = docx_text(MAKERS["docx"](draft, "zh")).splitlines()
    assert lines[:2] == ["温暖二七 督导通报", "草稿"]
    assert "印发" not in "".join(lines[-3:])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_annex_begins_on_a_new_page_and_is_listed_behind_the_text(lang):
    annexes = [part.title for part in outline(WHOLE, lang).parts if part.annex]
    paragraphs = docx.Document(io.BytesIO(whole("docx", lang))).paragraphs
    marks = [it for it in paragraphs if it.style.name == "Annex Mark"]
    assert len(marks) == len(annexes) > 1
    assert all(it.style.paragraph_format.page_break_before for it in marks)
    before = [it.text for it in paragraphs[: paragraphs.index(marks[0])]]
    assert before[-len(annexes) :] == annexes


def test_a_word_document_names_the_instant_of_publication_as_its_own():
    known = docx.Document(io.BytesIO(whole("docx", "zh"))).core_properties
    published = datetime(2017, 2, 13, 4, 30, tzinfo=UTC)
    assert known.created == known.modified == published
    assert (known.author, known.last_modified_by) == ("温暖二七办公室", "")


# PDF


def test_a_pdf_names_the_instant_of_publication_as_its_own():
    known = pypdfium2.PdfDocument(whole("pdf", "zh")).get_metadata_dict()
    assert known["CreationDate"].startswith("D:20170213043000")
    assert known["Author"] == "温暖二七办公室"


@pytest.mark.parametrize(("lang", "told"), [("zh", "zh-CN"), ("en", "en-GB")])
def test_a_pdf_can_be_read_aloud(lang, told):
    body = whole("pdf", lang)
    assert f"/Lang({told})".encode() in body.replace(b" ", b"")
    paper = pypdfium2.PdfDocument(body)
    assert pypdfium2.raw.FPDFCatalog_IsTagged(paper)
    titles = [it.get_title() for it in paper.get_toc()]
    assert {part.title for part in outline(WHOLE, lang).parts} <= set(titles)


def test_chinese_in_a_pdf_has_simplified_shapes_and_its_own_characters():
    body = whole("pdf", "en")
    assert b"NotoSansCJKsc" in body and b"NotoSansCJKjp" not in body
    text = "".join(sheets(whole("pdf", "zh")))
    # A font has one glyph for a character and its radical; readers search for the character.
    assert not [char for char in text if "\u2e80" <= char <= "\u2fdf"]


def test_annexes_of_a_pdf_begin_on_a_new_page():
    annexes = [part.title for part in outline(WHOLE, "zh").parts if part.annex]
    [first] = [
        page for page in sheets(whole("pdf", "zh")) if squeezed(annexes[0]) in squeezed(page)
    ]
    assert squeezed(first).startswith(squeezed("温暖二七 督导通报 第1期 2017-W01" + annexes[0]))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_chart_in_a_pdf_has_its_words(lang):
    text = squeezed(read("pdf", WHOLE, lang))
    blocks = [block for part in outline(WHOLE, lang).parts for block in part.blocks]
    bars = [row for block in blocks if isinstance(block, Bars) for row in block.rows]
    assert bars
    for row in bars:
        assert squeezed(f"{row.label}{row.words}") in text


def test_missing_fonts_are_named_with_their_package(monkeypatch, tmp_path):
    monkeypatch.setattr(fonts, "FOLDER", tmp_path)
    with pytest.raises(fonts.FontsMissing, match=rf"NotoSansCJK-Regular\.ttc.*{fonts.PACKAGES[0]}"):
        pdf.make(WHOLE, "zh")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_long_table_says_the_same_as_lines(lang, monkeypatch):
    monkeypatch.setattr(pdf, "LONG", 0)
    assert missing("pdf", WHOLE, lang) == []
