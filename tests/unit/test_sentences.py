"""Sentences: a figure keeps its qualifier, and a change is said only of exact figures."""

import pytest

from services.supervision.indicators import INDICATORS
from services.supervision.sentences import clinic_item, figure, headline, line
from shared.events.clinics import CLINIC_FIGURES, CLINIC_SERVICES, WARNINGS
from shared.quantities import not_stated

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
        (EXACT, None, "首周，无上周数", "first week, nothing to compare with"),
        (EXACT, printed("600"), "比上周增加20", "20 more than last week"),
        (EXACT, printed("620.5"), "比上周减少0.5", "0.5 fewer than last week"),
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
    said = headline(cell(now, before))
    assert said["zh"].endswith(f"，{zh}")
    assert said["en"].endswith(f", {en}")


def test_every_indicator_is_said_in_both_languages():
    for item in INDICATORS.values():
        assert item.zh and item.en and item.definition_zh and item.definition_en


def clinic(**change):
    data = {
        "status": "tallied",
        "venue": "门诊楼广场",
        "held_on": "2017-02-09",
        "named_institutions": ["郑大一附院"],
        "named_departments": [],
        "services": list(CLINIC_SERVICES),
        "next_steps": [],
        "warnings": list(WARNINGS),
        **{name: not_stated(unit).to_json() for name, unit in CLINIC_FIGURES.items()},
    }
    event = {"orgunit": "410103006", "timeprecision": "day", "data": data}
    return clinic_item(event | change, "五里堡街道")


def test_a_clinic_is_told_with_all_its_figures_in_both_languages():
    item = clinic()
    assert item["held_on"] == "2017-02-09"
    assert item["figures"].keys() == CLINIC_FIGURES.keys()
    for figures in item["figures"].values():
        assert (figures["zh"], figures["en"]) == ("未报数", "not stated")
    for said in (*item["services"], *item["warnings"]):
        assert said["zh"] and said["en"].isascii()


def test_a_clinic_known_to_the_week_has_no_day():
    assert clinic(timeprecision="week")["held_on"] is None
