"""The groups' reports in a briefing: progress, nil and silence, each named."""

import json
import re

import pytest

from services.supervision.briefing.sections.group_reports import TEXTS
from services.supervision.editions.public import public
from services.supervision.forms.catalogue import FORMS
from shared.domain.periods import Week
from shared.domain.wording import LANGUAGES
from tests.support.paper import docx_text, pdf_text, squeezed
from tests.unit.services.supervision.briefing.test_week_parts import (
    event,
    group,
    plan,
    whole,
)
from tests.unit.services.supervision.forms.readers import READERS
from tests.unit.services.supervision.forms.test_rendering import made

DISTRICT = "410103"
DONE, PLANNED = {"zh": "举办义诊两场", "en": "two clinics held"}, {"zh": "下周再办一场"}


def named(code, zh, **data):
    return group(f"group:{code}", code=code, name={"zh": zh}, **data)


def report(code, version=1, verb="recorded", day="2017-02-06", **data):
    told = {"status": "recorded", "group": f"group:{code}", "nil": False} | data
    kind = f"supervision.group_report.{verb}"
    return event(kind, f"report-{code}-{day}", version, day, DISTRICT, **told)


def reported(*events):
    """(name, state) of each group in the part on reports."""
    rows = whole(*events)["groups"]["reports"]
    return [(row["name"]["zh"], row["state"]["code"]) for row in rows]


CLINICS, JOBS, LAW = named("clinics", "义诊组"), named("jobs", "就业组"), named("law", "普法组")
WEEK = [CLINICS, JOBS, LAW, report("clinics", done=DONE, planned=PLANNED), report("jobs", nil=True)]


def test_progress_nil_and_silence_are_three_things():
    assert reported(*WEEK) == [("义诊组", "progress"), ("就业组", "nil"), ("普法组", "silent")]
    first, nil, _ = whole(*WEEK)["groups"]["reports"]
    assert (first["done"], first["problems"]) == (DONE, None)
    assert first["planned"] == {"zh": "下周再办一场", "en": "下周再办一场"}
    assert (nil["done"], nil["planned"], nil["problems"]) == (None, None, None)


def test_only_special_groups_have_to_report_and_others_may():
    office = named("office", "办公室", kind="office")
    publicity = named("publicity", "宣传组", kind="functional")
    assert reported(office, publicity) == []
    assert reported(office, publicity, report("publicity", done=DONE)) == [("宣传组", "progress")]


def test_a_report_of_another_week_leaves_the_group_silent():
    assert reported(CLINICS, report("clinics", day="2017-01-30", done=DONE)) == [
        ("义诊组", "silent")
    ]


def test_a_withdrawn_report_leaves_the_group_silent_and_a_restored_one_does_not():
    first = report("clinics", done=DONE)
    withdrawn = report("clinics", 2, "corrected", status="withdrawn", done=DONE)
    restored = report("clinics", 3, "corrected", done=PLANNED)
    assert reported(CLINICS, first, withdrawn) == [("义诊组", "silent")]
    [row] = whole(CLINICS, first, withdrawn, restored)["groups"]["reports"]
    assert (row["state"]["code"], row["done"]["zh"]) == ("progress", PLANNED["zh"])


def test_a_dissolved_group_need_not_report_and_what_it_reported_is_there():
    dissolved = event(
        "supervision.group.dissolved",
        "group:clinics",
        2,
        "2017-02-09",
        DISTRICT,
        **CLINICS["data"] | {"status": "dissolved"},
    )
    assert reported(CLINICS, dissolved) == []
    assert reported(CLINICS, dissolved, report("clinics", done=DONE)) == [("义诊组", "progress")]


def test_a_report_of_a_group_that_is_not_known_yet_is_there():
    assert reported(report("clinics", done=DONE)) == [("未登记的工作组", "progress")]


def test_a_late_report_is_listed_in_the_week_of_its_entry_and_changes_its_own():
    late = report("clinics", day="2017-01-30", done=DONE) | {
        "recordedtime": "2017-02-08T09:00:00+08:00"
    }
    made = whole(CLINICS, late)
    [row] = made["late_events"]["rows"]
    assert (row["type"], row["week"]) == ("supervision.group_report.recorded", "2017-W05")
    before = CLINICS | {"time": "2017-01-30T09:00:00+08:00"}
    then = whole(before, late, period=Week(2017, 5))
    assert [row["state"]["code"] for row in then["groups"]["reports"]] == ["progress"]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("form", ["text", "html", "docx", "pdf"])
def test_who_reported_is_in_the_text_and_what_in_the_annex(form, lang):
    page = READ[form](FORMS[form].make(ISSUE, lang))
    for words in SAID[lang]:
        assert squeezed(words) in squeezed(page), words


READ = {
    "text": bytes.decode,
    # The English page marks Chinese words.
    "html": lambda body: re.sub("</?span[^>]*>", "", body.decode()),
    "docx": docx_text,
    "pdf": pdf_text,
}
SAID = {
    "zh": (
        "工作组周报告：已报进展1个；零报告：就业组；未报：普法组",
        "本周完成：举办义诊两场",
        "计划：下周再办一场",
    ),
    "en": (
        "Weekly reports of the groups: with progress: 1; nil report: 就业组; silent: 普法组",
        "done: two clinics held",
        "planned: 下周再办一场",
    ),
}
ISSUE = made(WEEK, Week(2017, 6))


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_the_tables_have_every_report(form):
    body = FORMS[form].make(ISSUE, "zh")
    read, *_ = READERS[form]
    heads, *rows = read(body)["工作组周报告"]
    names = ("工作组", "报告情况", "本周完成", "计划", "问题")
    columns = [heads.index(name) for name in names]
    assert [[row[at] or None for at in columns] for row in rows] == [
        ["义诊组", "已报进展", "举办义诊两场", "下周再办一场", None],
        ["就业组", "零报告", None, None, None],
        ["普法组", "未报", None, None, None],
    ]


def test_nothing_is_said_of_reports_where_no_group_has_to_report():
    quiet = made([plan(special_groups=13)], Week(2017, 6))
    assert "周报告" not in FORMS["text"].make(quiet, "zh").decode()


def test_a_public_edition_names_who_was_silent_and_has_no_texts():
    edition = public(ISSUE, [], 5)
    text = FORMS["text"].make(edition, "zh").decode()
    assert "已报进展1个；零报告：就业组；未报：普法组" in text
    assert not any(row[name] for row in edition["groups"]["reports"] for name in TEXTS)
    assert "举办义诊两场" not in json.dumps(edition, ensure_ascii=False)
