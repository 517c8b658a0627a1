"""How a briefing reads: every figure says what it counts, every list if it is the whole."""

import re

import pytest

from services.supervision.briefing.folded_week import FoldedWeek
from services.supervision.briefing.sections import clinics
from services.supervision.forms import rendering
from services.supervision.indicators import PRESENT
from shared.contracts.events.clinics import CLINIC_FIGURES
from shared.domain.periods import Week
from tests.unit.services.supervision.forms.test_rendering import SEALED

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


def clinic(figures, names=(), held_on="2017-02-09"):
    """A clinic as a briefing holds it; `figures` maps name → (value, qualifier)."""
    data = {
        "venue": "广场",
        "held_on": held_on,
        "named_institutions": list(names),
        "named_departments": list(names),
        "services": [],
        "next_steps": [],
        "warnings": [],
    }
    for name, unit in CLINIC_FIGURES.items():
        value, qualifier = figures.get(name, NOT_STATED)
        data[name] = {"value": value, "qualifier": qualifier, "unit": unit, "stated": None}
    return made({"orgunit": "410103006", "timeprecision": "day", "data": data})


def made(event):
    week = FoldedWeek(Week(2017, 6), PRESENT)
    week.units = {"410103006": {"name": "五里堡街道"}}
    return clinics.clinic(week, event)


def written(lang, *items, form="text", **parts):
    section = SEALED["sections"][0] | {"items": list(items)}
    return rendering.render(SEALED | {"sections": [section], **parts}, form, lang)


def test_every_figure_of_a_clinic_says_what_it_counts():
    english = written("en", clinic(PROGRAMME))
    assert (
        "    6 institutions; about 20 departments; staff: over 50 people; duration: over 2 hours\n"
        "    consultations: over 500 person-times; over 200 prescriptions; about 1000 leaflets\n"
    ) in english
    chinese = written("zh", clinic(PROGRAMME))
    assert "    参与机构：6家，科室：约20个，医护：50多人，历时：超过2小时\n" in chinese
    assert "    接诊：500多人次，处方：200多张，资料：约1000份\n" in chinese


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
    both = dict.fromkeys(("institutions", "departments"), ("2", "exact"))
    item = clinic(both | {of: figure}, ["甲", "乙"])
    chinese, english = written("zh", item), written("en", item)
    assert chinese.count("（甲、乙）") == 1 + whole
    assert chinese.count("（甲、乙等）") == 1 - whole
    assert english.count(" (甲, 乙)") == 1 + whole
    assert english.count(" (among them 甲, 乙)") == 1 - whole


def test_a_clinic_whose_day_nobody_knows_is_of_that_week():
    item = clinic({}, held_on=None)
    assert "  · 本周（具体日期未报）　五里堡街道" in written("zh", item)
    assert "  - during the week (day not stated), 五里堡街道" in written("en", item)
    assert "  - 2017-02-09, 五里堡街道" in written("en", clinic({}))


OVERDUE = {
    "kind": {"zh": "诉求", "en": "order"},
    "due": "2017-02-10",
    "unit": "五里堡街道",
    "what": {"zh": "生活物资", "en": "daily necessities"},
    "responsible": [],
    "waiting_for": None,
    "unconfirmed": False,
    "days_late": 2,
}


def test_what_is_overdue_says_by_when_it_should_have_been_done_and_by_whom():
    chinese, english = (written(lang, overdue=[OVERDUE]) for lang in ("zh", "en"))
    assert "超期事项\n  · 诉求：应于 2017-02-10（含）前　五里堡街道　生活物资" in chinese
    assert "责任：尚未明确" in chinese
    assert "  - order: due by 2017-02-10 (inclusive), 五里堡街道, daily necessities" in english
    claimed = OVERDUE | {"responsible": ["区民政局", "区卫生局"]}
    assert "责任：区民政局、区卫生局" in written("zh", overdue=[claimed])
    waiting = OVERDUE | {"waiting_for": {"zh": "等待居民确认", "en": "waiting for the resident"}}
    for form in rendering.MEDIA_TYPES:
        page = written("zh", form=form, overdue=[waiting])
        assert "等待居民确认" in page and "责任" not in page.split("等待居民确认")[0][-40:]


CHANGE = {
    "indicator": "clinics.consultations",
    "orgunit": "410103006",
    "old": {"value": "500", "qualifier": "over", "unit": "person_time"},
    "new": {"value": "620", "qualifier": "exact", "unit": "person_time"},
    "because": [
        {
            "id": "the-event",
            "type": "clinics.clinic.corrected",
            "recordedtime": "2017-02-14T09:00:00+08:00",
            "reason": "重新统计",
        }
    ],
}


@pytest.mark.parametrize("form", rendering.MEDIA_TYPES)
def test_a_revision_says_old_and_new_with_the_reason(form):
    masthead = SEALED["masthead"] | {"reason": {"zh": "院方更正"}}
    names = {"410103006": "五里堡街道"}
    parts = {
        "late": [CHANGE],
        "orgunits": names,
        "masthead": masthead,
        "revision": 1,
        "replaces": "urn:x:r0",
    }
    chinese, english = (written(lang, form=form, **parts) for lang in ("zh", "en"))
    assert "五里堡街道　接诊人次：500多人次 → 620人次" in chinese
    assert "consultations: over 500 person-times → 620 person-times" in english
    assert "义诊更正" in chinese and "clinic corrected" in english
    for text in (chinese, english):
        for told in ("重新统计", "the-event", "urn:x:r0", "院方更正", "R1"):
            assert told in text


def test_a_figure_that_is_new_or_gone_reads_so():
    new, gone = (written("zh", late=[CHANGE | {side: None}]) for side in ("old", "new"))
    assert "接诊人次：无 → 620人次" in new
    assert "接诊人次：500多人次 → 无" in gone


def test_silent_nil_and_exempt_are_three_different_things():
    reports = dict.fromkeys(SEALED["completeness"]["summary"], "silent")
    units = [
        {"orgunit": "410103001", "unit": "甲街道", "reports": reports},
        {"orgunit": "410103002", "unit": "乙街道", "reports": reports | {"clinics": "nil"}},
        {"orgunit": "410103003", "unit": "丙街道", "reports": reports | {"clinics": "exempt"}},
    ]
    silent = {"everywhere": ["甲街道"], "to_some": {"relief": ["乙街道", "丙街道"]}}
    completeness = SEALED["completeness"] | {"units": units, "silent": silent}
    text, page = (written("zh", form=form, completeness=completeness) for form in ("text", "html"))
    assert "  乙街道：" in text and "；义诊 零报告；" in text
    assert "  甲街道：" not in text
    for made in (text, page):
        assert "各项均未报：甲街道" in made
    for state, words in (("nil", "零报告"), ("exempt", "免报"), ("silent", "未报")):
        assert re.search(f'<td class="{state}"[^>]*>{words}</td>', page)


def test_what_is_not_reconciled_says_why():
    services = [
        row | {"problem": None, "why": None} if row["service"] != "clinics" else row
        for row in SEALED["completeness"]["services"]
    ]
    others = len(services) - 1
    parts = {"completeness": SEALED["completeness"] | {"services": services, "reconciled": others}}
    for form in rendering.MEDIA_TYPES:
        page = written("en", form=form, **parts)
        assert f"{others} of {len(services)} services agree with their records" in page
        assert page.count("not reconciled") == 2 and "has not sealed the week" in page


def test_groups_that_the_plan_counts_and_nobody_formed_are_printed_as_vacant():
    special = {"planned": 13, "named": 0, "not_yet_named": 13}
    groups = {"plan": None, "rows": [], "special": special, "reports": []}
    for form in rendering.MEDIA_TYPES:
        assert "已登记0个，未登记13个" in written("zh", form=form, groups=groups)
        english = written("en", form=form, groups=groups)
        assert "entered here: 0, not entered: 13" in english


def test_what_only_the_resident_has_not_confirmed_stands_apart():
    late = OVERDUE | {"unconfirmed": True, "waiting_for": {"zh": "等待居民确认", "en": "waiting"}}
    text = written("zh", overdue=[OVERDUE, late])
    overdue, unconfirmed = text.split("\n超期事项\n")[1].split("已送达、居民逾期未确认\n")
    assert overdue.count("超期2天") == 1
    assert "等待居民确认" in unconfirmed.splitlines()[0]


def test_a_service_day_of_next_week_is_listed_once():
    day = {"orgunit": "410103", "next": "2017-01-12", "said": {"zh": "每月27日", "en": "the 27th"}}
    planned = {
        "orgunit": "410103",
        "planned_for": "2017-01-12",
        "kind": {"zh": "服务日", "en": "day"},
    }
    plan = [planned | {"said": {"zh": "志愿服务日", "en": "service day"}}]
    for form in rendering.MEDIA_TYPES:
        assert "每月27日" not in written("zh", form=form, plan=plan, service_days=[day])
        assert "每月27日" in written("zh", form=form, plan=[], service_days=[day])


def masthead_without(*names, **changes):
    known = SEALED["masthead"] | changes
    return {name: value for name, value in known.items() if name not in names}


def test_people_are_printed_by_name_and_office():
    for form in rendering.MEDIA_TYPES:
        page = written("zh", form=form)
        assert "示例甲（干事）" in page and "示例乙（主任）" in page
        assert "person:" not in page
        page = written("en", form=form)
        assert "Sample A" in page and "示例乙" in page and "(head)" in page


def test_nobody_is_printed_by_the_id_of_an_actor():
    unknown = {"name": None, "office": None}
    given = {"preparer": None, "signer": unknown, "approved_by": "person:wang"}
    masthead = masthead_without(**given)
    for form in rendering.MEDIA_TYPES:
        page = written("zh", form=form, masthead=masthead)
        assert "尚未送审" in page and "人员名册未登记" in page and "wang" not in page
        page = written("en", form=form, masthead=masthead)
        assert "not submitted for review yet" in page and "not registered" in page


def test_an_issue_says_that_one_person_may_prepare_and_sign_it():
    for form in rendering.MEDIA_TYPES:
        assert "双人复核" not in written("zh", form=form)
        page = written("zh", form=form, masthead=masthead_without(four_eyes=False))
        assert "双人复核" in page and "未启用" in page


def test_an_issue_of_a_former_release_is_printed_as_before():
    former = masthead_without(
        "preparer", "signer", "four_eyes", prepared_by="service:supervision"
    ) | {"approved_by": "person:wang"}
    for form in rendering.MEDIA_TYPES:
        page = written("zh", form=form, masthead=former)
        assert "系统自动" in page and "wang" in page
        assert "person:" not in page


def test_a_plan_is_in_the_annex_under_what_changed_or_under_what_did_not():
    def plan(this_week):
        words = {"zh": "实施方案", "en": "the plan"}
        row = {"name": words, "version": 1, "status": words, "rhythm": [], "this_week": this_week}
        special = {"planned": 13, "named": 0, "not_yet_named": 13}
        return {"plan": row, "rows": [], "special": special, "reports": []}

    text = written("zh", groups=plan(False))
    assert "本周无变化，全文见附件" in text
    assert text.index("专项工作组与平台建设（本周无变化）") < text.index("实施方案；第1版")
    text = written("zh", groups=plan(True))
    assert text.index("专项工作组与平台建设（本周有变化）") < text.index("实施方案；第1版")
    assert "专项工作组与平台建设（本周无变化）" not in text


def test_chinese_words_are_marked_in_the_english_page_alone():
    marked = '<span lang="zh-Hans">二七区</span>'
    assert marked in written("en", form="html")
    assert marked not in written("zh", form="html")


def test_a_mean_that_is_not_there_yet_is_said_once():
    notes = SEALED["notes"] | {"first_week": False, "mean_begins": "2017-W07"}
    text = written("en", notes=notes)
    assert text.count("four-week mean") == 1
    assert "The four-week mean begins with 2017-W07" in text
    assert written("en", notes=notes | {"mean_begins": None}).count("four-week mean") > 1
