"""The forms of a report on a month, a half-year or a year: its own words, codes and columns."""

import html
import re
from functools import cache

import pysdmx.io
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.supervision.editions.public import public
from services.supervision.forms import sdmx
from services.supervision.forms.catalogue import FORMS
from services.supervision.forms.red_head import red_head
from services.supervision.outline.outline import outline
from shared.contracts.series import series_of
from shared.domain.periods import Week
from shared.domain.report_periods import HalfYear, Month, Year
from shared.domain.wording import LANGUAGES
from tests.support.district import histories
from tests.support.masthead import MASTHEAD
from tests.support.paper import docx_text, pdf_text, said, squeezed
from tests.unit.services.supervision.briefing.test_longer_periods import FEBRUARY, example
from tests.unit.services.supervision.forms import readers
from tests.unit.services.supervision.forms.test_rendering import FREEZE, made
from tests.unit.services.supervision.forms.test_tables import figures, without_rows

PERIODS = [FEBRUARY, HalfYear(2017, 1), Year(2017)]
FIGURE = {"value": "2", "qualifier": "exact", "status": "complete"}
# What speaks of a week where the period is meant; texts on paper may have lost their spaces.
WEEKLY = re.compile(
    r"[本上下]周|四周|周通报|周日|(?:this|last|next)\s*week|week'?s\s*end|weekly\s*briefing|four-week"
)


def texts_of(read):
    """The words of a book."""
    return lambda body: "\n".join(
        str(cell) for rows in read(body).values() for row in rows for cell in row
    )


READ = {
    "text": bytes.decode,
    "html": lambda body: html.unescape(re.sub("<[^>]+>", "", body.decode())),
    "docx": docx_text,
    "pdf": pdf_text,
    "xlsx": texts_of(readers.by_openpyxl),
    "ods": texts_of(readers.by_calamine),
    "csv": lambda body: body.decode("utf-8-sig"),
    "csv-dictionary": lambda body: body.decode("utf-8-sig"),
    "sdmx": bytes.decode,
}


@cache
def issue(period, edition="internal"):
    """The published report, internal or public."""
    document = example(period) | {"issue": 1, "status": "final", "freeze": FREEZE}
    document["masthead"] = document["masthead"] | MASTHEAD
    return public(document, [], 5) if edition == "public" else document


@cache
def read(form, period, lang, edition="internal"):
    return READ[form](FORMS[form].make(issue(period, edition), lang))


@pytest.mark.parametrize("edition", ["internal", "public"])
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("form", FORMS)
def test_no_form_of_a_month_speaks_of_a_week_where_it_means_the_month(form, lang, edition):
    text = read(form, FEBRUARY, lang, edition)
    assert len(text) > 1000
    assert WEEKLY.findall(text) == []
    assert not re.search(r"\{\w+\}", text)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("form", ["text", "html", "xlsx", "csv-dictionary"])
@pytest.mark.parametrize("period", [HalfYear(2017, 1), Year(2017), HalfYear(2017, 2), Year(2018)])
def test_nor_does_one_of_a_half_year_or_a_year(period, form, lang):
    text = read(form, period, lang)
    assert WEEKLY.findall(text) == []
    assert not re.search(r"\{\w+\}", text)


@pytest.mark.parametrize(
    ("period", "zh", "en"),
    [
        (
            FEBRUARY,
            ("督导月小结", "二七区　2017年2月"),
            ("Warm Erqi: monthly summary", "二七区, February 2017"),
        ),
        (
            HalfYear(2017, 1),
            ("半年考核通报", "二七区　2017年上半年"),
            ("Warm Erqi: half-year assessment", "二七区, first half of 2017"),
        ),
        (
            Year(2017),
            ("年底表彰通报", "二七区　2017年"),
            ("Warm Erqi: year-end commendation", "二七区, 2017"),
        ),
    ],
)
def test_the_red_head_names_the_report_its_number_and_its_period(period, zh, en):
    document = issue(period)
    heads = {lang: red_head(document, outline(document, lang)) for lang in LANGUAGES}
    assert (heads["zh"].name, heads["zh"].subject) == (f"温暖二七 {zh[0]}", zh[1])
    assert (heads["en"].name, heads["en"].subject) == en
    assert (heads["zh"].number, heads["en"].number) == ("第1期", "Issue 1")
    assert heads["zh"].days == f"（{period.first_day} 至 {period.last_day}）"
    assert document["series"] == series_of(period).name


@pytest.mark.parametrize(
    ("lang", "words"),
    [("zh", "印出的是各周公开版数字之和"), ("en", "add up the weekly public editions")],
)
@pytest.mark.parametrize("period", PERIODS)
def test_the_first_page_of_the_public_edition_says_where_numbers_of_people_come_from(
    period, lang, words
):
    assert words in outline(issue(period, "public"), lang).note
    assert words not in outline(issue(period), lang).note


@pytest.mark.parametrize(
    ("period", "first_week", "zh", "en"),
    [
        (FEBRUARY, "2017-W02", "2017年1月自工作首日2017-01-09起计，不足一个月", "a whole month"),
        (FEBRUARY, "2017-W06", "2017年2月自工作首日2017-02-06起计，不足一个月", "a whole month"),
        (
            HalfYear(2017, 1),
            "2017-W06",
            "2017年上半年自工作首日2017-02-06起计，不足半年",
            "whole half-year",
        ),
        (Year(2017), "2017-W06", "2017年自工作首日2017-02-06起计，不足一年", "a whole year"),
    ],
)
def test_a_period_in_which_the_programme_began_is_said_not_to_be_a_whole_one(
    period, first_week, zh, en
):
    assert zh in table_of(period, first_week, "zh")
    assert en in table_of(period, first_week, "en")


@pytest.mark.parametrize(
    ("period", "first_week"),
    [
        (FEBRUARY, "2016-W50"),
        (Month(2018, 1), "2018-W01"),
        (Week(2017, 7), "2017-W07"),
        (FEBRUARY, None),
    ],
)
def test_nothing_is_said_of_whole_periods(period, first_week):
    assert "不足一" not in table_of(period, first_week, "zh")


def table_of(period, first_week, lang):
    """The part with the headline figures, of a programme that began with this week."""
    document = issue(period)
    began = document | {"freeze": document["freeze"] | {"first_week": first_week}}
    [part] = [it for it in outline(began, lang).parts if it.key == "table"]
    return " ".join(said(part))


def test_the_trend_and_its_picture_say_it_too():
    weeks = [{"period": name, **FIGURE} for name in ("2017-01", "2017-02")]
    document = issue(FEBRUARY)
    shown = document | {
        "freeze": document["freeze"] | {"first_week": "2017-W02"},
        "trends": [{"indicator": "clinics.clinics_held", "weeks": weeks}],
    }
    made = outline(shown, "zh")
    [trends] = [part for part in made.parts if part.key == "trends"]
    assert "不足一个月" in trends.blocks[-1].text
    assert "不足一个月" in made.pictures.notes[-1]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("form", ["docx", "pdf", "html", "text"])
def test_everything_that_a_month_says_is_in_every_readable_form(form, lang):
    text = compared(read(form, FEBRUARY, lang))
    if form in ("docx", "pdf"):
        texts = said(outline(issue(FEBRUARY), lang))
        assert [it for it in texts if compared(it) not in text] == []
    for words in SAID[lang]:
        assert compared(words) in text, words


def compared(text):
    return re.sub("[,，]", "", squeezed(text)).casefold()


SAID = {
    "zh": (
        "计划事项：本月7项，完成2项，延至本月后2项，取消1项，未完成2项；计划外完成1项",
        "工作组周报告：已报进展1个；零报告：就业组；未报：普法组；未报周数：义诊组 1、就业组 3",
        "有进展：2017-W05、2017-W07；零报告：2017-W06；未报：2017-W08",
        "未报：2017-W05 至 2017-W07",
        "2017年第7周　完成：三场义诊",
        "本月销号的问题",
        "五里堡街道　堵塞　已销号　2017-02-08",
        "流动服务车",
        "仅知所属周、不知日期的报告1条，计入该周周四所在的月",
        "2017年第9周（2017-02-27 至 2017-03-05）1条，计入2017年3月",
        "截至月末",
    ),
    "en": (
        "planned for this month: 7; done: 2, postponed beyond it: 2, cancelled: 1, not done: 2",
        "weeks without a report: 义诊组 1, 就业组 3",
        "progress: 2017-W05, 2017-W07; nil report: 2017-W06; silent: 2017-W08",
        "2017-W07, done: en 三场义诊",
        "Findings closed this month",
        "五里堡街道, 堵塞, closed, 2017-02-08",
        "reports known only to their week: 1, counted in the month of that week's Thursday",
        "2017-W09 (2017-02-27 to 2017-03-05): 1, counted in March 2017",
        "at the month's end",
    ),
}


@settings(max_examples=6, deadline=None)
@given(
    histories.histories(),
    st.sampled_from([Month(2016, 12), Month(2017, 1), HalfYear(2017, 1), Year(2016)]),
    st.sampled_from(LANGUAGES),
)
def test_every_figure_of_a_generated_history_is_the_same_in_both_workbooks(events, period, lang):
    document, kind = made(events, period), type(period)
    for form in readers.READERS:
        book = readers.by_calamine(FORMS[form].make(document, lang))
        assert readers.figures(without_rows(book, lang), lang, kind) == figures(document)


@settings(max_examples=6, deadline=None)
@given(
    histories.histories(),
    st.sampled_from([Month(2016, 12), Month(2017, 1), HalfYear(2017, 1), Year(2016)]),
)
def test_every_figure_of_a_generated_history_is_the_same_in_both_files_for_programs(events, period):
    document = made(events, period)
    cells = {(it["indicator"], it["orgunit"]): it["value"] or "" for it in document["cells"]}
    rows = readers.csv_rows(FORMS["csv"].make(document, "zh"))
    own = [row for row in rows if row["period"] == str(period)]
    assert {(row["indicator"], row["orgunit"]): row["value"] for row in own} == cells
    days = {(row["first_day"], row["last_day"]) for row in own}
    assert days == {(str(period.first_day), str(period.last_day))}
    [found] = pysdmx.io.read_sdmx(FORMS["sdmx"].make(document, "zh").decode()).data
    observed = {
        (row["INDICATOR"].replace("-", "."), row["REF_AREA"]): row["OBS_VALUE"]
        for row in found.data.to_dict("records")
        if row["BASIS"] == sdmx.KINDS[type(period)].basis
        and row["TIME_PERIOD"] == sdmx.time_period(str(period))
    }
    assert observed == cells


@pytest.mark.parametrize(
    ("period", "freq", "written", "before", "mean"),
    [
        (Week(2017, 10), "W", "2017-W10", "2017-W09", "MEAN4"),
        (Month(2017, 4), "M", "2017-04", "2017-03", "MEAN3"),
        (HalfYear(2017, 2), "S", "2017-S2", "2017-S1", "MEAN2"),
        (Year(2018), "A", "2018", "2017", "MEAN2"),
    ],
)
def test_periods_are_written_as_sdmx_has_them(period, freq, written, before, mean):
    """FREQ by CL_FREQ; months and years by the calendar, half-years as reporting semesters."""
    [found] = pysdmx.io.read_sdmx(FORMS["sdmx"].make(issue(period), "zh").decode()).data
    rows = found.data.to_dict("records")
    assert {row["FREQ"] for row in rows} == {freq}
    assert {row["TIME_PERIOD"] for row in rows} >= {written, before}
    assert mean in {row["BASIS"] for row in rows}
    assert found.short_urn == f"DataStructure={sdmx.structure_of(str(period))}"
