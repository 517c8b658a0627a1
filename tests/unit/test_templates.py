"""How a briefing reads: every figure says what it counts, every list if it is the whole."""

import pytest

from services.supervision import printing
from services.supervision.sentences import clinic_item
from shared.events.clinics import CLINIC_FIGURES
from tests.unit.test_printing import SEALED

NOT_STATED = (None, "not_stated")
PROGRAMME = {
    "institutions": ("6", "exact"),
    "departments": ("20", "about"),
    "staff": ("50", "over"),
    "hours": ("2", "over"),
    "consultations": ("500", "over"),
    "prescriptions": ("200", "over"),
    "leaflets": ("1000", "about"),
}


def clinic(figures, names=(), precision="day"):
    """A clinic as a briefing holds it; `figures` maps name → (value, qualifier)."""
    data = {
        "venue": "广场",
        "held_on": "2017-02-09",
        "named_institutions": list(names),
        "named_departments": list(names),
        "services": [],
        "next_steps": [],
        "warnings": [],
    }
    for name, unit in CLINIC_FIGURES.items():
        value, qualifier = figures.get(name, NOT_STATED)
        data[name] = {"value": value, "qualifier": qualifier, "unit": unit, "stated": None}
    event = {"orgunit": "410103006", "timeprecision": precision, "data": data}
    return clinic_item(event, "五里堡街道")


def written(lang, *clinics, overdue=()):
    section = next(section for section in SEALED["sections"] if "items" in section)
    filled = section | {"items": list(clinics)}
    return printing.text(SEALED | {"sections": [filled], "overdue": list(overdue)}, lang)


def test_every_figure_of_a_clinic_says_what_it_counts():
    english = written("en", clinic(PROGRAMME))
    assert (
        "    6 institutions; about 20 departments; staff: over 50 people; duration: over 2 hours\n"
        "    consultations: over 500 person-times; over 200 prescriptions; about 1000 leaflets\n"
    ) in english
    chinese = written("zh", clinic(PROGRAMME))
    assert "    参与机构 6家，科室 约20个，医护 50多人，历时 超过2小时\n" in chinese
    assert "    接诊 500多人次，处方 200多张，资料 约1000份\n" in chinese


def test_a_figure_that_nobody_gave_says_what_of():
    assert (
        "    institutions: not stated; departments: not stated; staff: not stated;"
        " duration: not stated\n"
        "    consultations: not stated; prescriptions: not stated; leaflets: not stated\n"
    ) in written("en", clinic({}))


@pytest.mark.parametrize(
    "figure, whole",
    [
        (("2", "exact"), True),
        (("1", "exact"), True),
        (("3", "exact"), False),
        (("2", "about"), False),
        (("2", "over"), False),
        (NOT_STATED, False),
    ],
)
@pytest.mark.parametrize("of", ["institutions", "departments"])
def test_a_list_of_names_says_if_it_is_the_whole(figure, whole, of):
    item = clinic(dict.fromkeys(("institutions", "departments"), ("2", "exact")), ["甲", "乙"])
    item["figures"][of] = clinic({of: figure})["figures"][of]
    chinese, english = written("zh", item), written("en", item)
    assert chinese.count("（甲、乙）") == 1 + whole
    assert chinese.count("（甲、乙等）") == 1 - whole
    assert english.count(" (甲, 乙)") == 1 + whole
    assert english.count(" (among them 甲, 乙)") == 1 - whole


def test_a_clinic_whose_day_nobody_knows_is_of_that_week():
    item = clinic({}, precision="week")
    assert "  本周（日期未报）　五里堡街道" in written("zh", item)
    assert "  that week (day not stated), 五里堡街道" in written("en", item)
    assert "  2017-02-09, 五里堡街道" in written("en", clinic({}))


def test_an_overdue_order_says_by_when_it_should_have_been_confirmed():
    row = {
        "due": "2017-02-10",
        "unit": "五里堡街道",
        "category_name": {"zh": "生活物资", "en": "daily necessities"},
        "responsible": [],
    }
    chinese, english = written("zh", overdue=[row]), written("en", overdue=[row])
    assert "四、超期未确认\n  应于 2017-02-10（含）前确认　五里堡街道" in chinese
    assert "  due by 2017-02-10 (inclusive), 五里堡街道, daily necessities" in english


def test_a_postponed_clinic_is_told_with_both_dates():
    moved = {
        "first_planned_for": "2017-02-11",
        "planned_for": "2017-03-01",
        "unit": "五里堡街道",
        "venue": "广场",
        "reason": None,
    }
    section = next(section for section in SEALED["sections"] if "items" in section)
    sections = [section | {"postponed": [moved]}]
    told = {lang: printing.text(SEALED | {"sections": sections}, lang) for lang in ("zh", "en")}
    assert "原定 2017-02-11，改为 2017-03-01" in told["zh"]
    assert "first planned for 2017-02-11, now for 2017-03-01" in told["en"]
