"""Sentences: a figure keeps its qualifier, and a change is said only of exact figures."""

import pytest

from services.supervision.briefing.sentences import figure, headline, headline_row, line
from services.supervision.indicators import INDICATORS
from shared.domain.periods import Week
from shared.domain.quantities import Sum, exact

CONSULTATIONS = "clinics.consultations"


def printed(value, qualifier="exact", status="complete"):
    return {"value": value, "qualifier": qualifier, "status": status}


def cell(now, previous=None, given="1", total="1"):
    return now | {
        "indicator": CONSULTATIONS,
        "orgunit": "410103",
        "unit": "person_time",
        "numerator": given,
        "denominator": total,
        "previous": previous,
        "cumulative": None,
    }


@pytest.mark.parametrize(
    "shown, zh, en",
    [
        (cell(printed("500", "over")), "500多人次", "over 500 person-times"),
        (cell(printed("620")), "620人次", "620 person-times"),
        (
            cell(printed("500", "over", "partly_stated"), total="2"),
            "500多人次（2项中1项报数）",
            "over 500 person-times (1 of 2 gave a figure)",
        ),
        (
            cell(printed(None, "not_stated", "not_stated"), given="0", total="2"),
            "未报数",
            "not stated",
        ),
    ],
)
def test_a_figure_reads_in_both_languages(shown, zh, en):
    assert (figure(shown, "zh"), figure(shown, "en")) == (zh, en)
    assert line(shown) == {
        "indicator": CONSULTATIONS,
        "beside": None,
        "stated": None,
        "zh": f"接诊人次：{zh}",
        "en": f"consultations: {en}",
    }


EXACT = printed("620")
OVER = printed("500", "over")
PARTLY = printed("600", "exact", "partly_stated")
NOTHING = printed(None, "not_stated", "not_stated")


@pytest.mark.parametrize(
    "now, before, zh, en",
    [
        (EXACT, printed("600"), "比上周增加20人次", "20 more than last week"),
        (EXACT, printed("620.5"), "比上周减少0.5人次", "0.5 fewer than last week"),
        (EXACT, EXACT, "与上周持平", "as last week"),
        (EXACT, OVER, "上周500多人次", "last week over 500 person-times"),
        (OVER, EXACT, "上周620人次", "last week 620 person-times"),
        (OVER, OVER, "上周500多人次", "last week over 500 person-times"),
        (EXACT, NOTHING, "上周未报数", "last week not stated"),
        (NOTHING, EXACT, "上周620人次", "last week 620 person-times"),
        # Figures of which a part is missing aren't exact, whatever their parts were.
        (PARTLY, EXACT, "上周620人次", "last week 620 person-times"),
        (
            EXACT,
            PARTLY,
            "上周600人次（部分未报）",
            "last week 600 person-times (partly stated)",
        ),
    ],
)
def test_a_change_is_a_number_only_between_exact_figures(now, before, zh, en):
    said = headline(Week, cell(now, before))
    assert said["zh"].endswith(f"，{zh}")
    assert said["en"].endswith(f", {en}")


def test_every_indicator_is_said_in_both_languages():
    for item in INDICATORS.values():
        assert item.zh and item.en and item.definition_zh and item.definition_en


def test_what_was_recorded_below_a_declared_stock_is_printed_beside_it():
    said = line(cell(printed("123")), Sum.of(exact(2, "station")))
    assert said["zh"] == "接诊人次：123人次（申报数；逐条登记合计2个）"
    assert said["en"] == "consultations: 123 person-times (declared; recorded: 2 stations)"
    assert said["beside"]["value"] == "2"


def test_the_reporters_own_words_for_a_declared_stock_stand_beside_it():
    said = line(cell(printed("123")), None, "文明使者志愿服务站")
    assert said["zh"] == "接诊人次：123人次（原文：文明使者志愿服务站）"
    assert said["en"] == "consultations: 123 person-times (as reported: 文明使者志愿服务站)"


def test_a_main_point_says_its_level_and_what_belongs_to_it():
    now = cell(EXACT, printed("600")) | {"cumulative": printed("1820", "over")}
    said = headline(Week, now, cell(OVER))
    assert said["zh"] == "接诊人次：620人次，比上周增加20人次，累计1820多人次；接诊人次：500多人次"
    assert said["en"].endswith(
        ", over 1820 person-times since the beginning; consultations: over 500 person-times"
    )


def test_the_headline_table_claims_no_difference_of_inexact_figures():
    row = headline_row(Week, cell(OVER, EXACT) | {"cumulative": None}, None)
    assert (row["last"]["zh"], row["change"]["zh"]) == ("620人次", "约数，不作比较")
    assert row["cumulative"] == {
        "value": None,
        "qualifier": None,
        "zh": "—",
        "en": "—",
    }


def test_a_main_point_of_the_first_week_compares_nothing():
    assert headline(Week, cell(EXACT))["zh"] == "接诊人次：620人次"


def test_in_the_first_week_the_headline_table_has_no_week_before():
    row = headline_row(Week, cell(EXACT) | {"cumulative": EXACT}, None)
    assert (row["last"]["value"], row["last"]["en"]) == (None, "n/a (first week)")
    assert row["change"]["zh"] == "—"
