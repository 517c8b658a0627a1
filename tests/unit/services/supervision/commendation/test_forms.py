"""A year's report in every form and in both editions: who is commended, and who may read what."""

import json
import re

import pytest

from services.supervision.editions.public import public
from services.supervision.forms.catalogue import FORMS
from services.supervision.forms.renderer import RENDERER
from services.supervision.indicators import PRESENT
from services.supervision.outline.outline import outline
from shared.domain.periods import Week
from shared.domain.wording import LANGUAGES
from tests.support.masthead import MASTHEAD
from tests.support.paper import docx_text, pdf_text, squeezed
from tests.unit.services.supervision.commendation.test_part import (
    VILLAGE,
    YEAR,
    issue,
    nomination,
    of_volunteer,
    verified,
)
from tests.unit.services.supervision.forms.readers import READERS

DEPARTMENT = {"category": "departments", "kind": "department", "name": "民政局"}


def whole(*events, period=YEAR):
    made = issue(*events, period=period)
    more = {
        "freeze": made["freeze"] | {"renderer": RENDERER, "rules": PRESENT.version},
        "masthead": made["masthead"] | MASTHEAD,
    }
    return json.loads(json.dumps(made | more))


ISSUE = whole(
    nomination(VILLAGE, "chosen", 2, name="绿云社区"),
    nomination("民政局", "passed_over", 2, **DEPARTMENT),
    nomination("城管局", **DEPARTMENT | {"name": "城管局"}),
    of_volunteer("volunteer:01ab", "chosen", version=2),
    verified("volunteer:01ab", "60", "h-1"),
    verified("volunteer:02cd", "130", "h-2"),
)
PUBLIC = public(ISSUE, [], 5)
READ = {
    "text": bytes.decode,
    # The English page marks Chinese words.
    "html": lambda body: re.sub("</?span[^>]*>", "", body.decode()),
    "docx": docx_text,
    "pdf": pdf_text,
}
SAID = {
    "zh": (
        "表彰名单",
        "温暖二七年底表彰办法（示例）",
        "尚有1项提名未作决定",
        "先进社区（村）",
        "淮河路街道绿云社区",
        "由人员提名（人员名册未登记）",
        "事由：全年走访最多",
        "依据事件1条",
        "决定：督导组组长",
        "数字更正后已不符合规则",
        "民政局",
        "原因：有安全问题未整改",
        "达到规则，尚未提名",
    ),
    "en": (
        "Commended",
        "Nominations on which nobody has decided yet: 1",
        "by a person (not registered)",
        "events in evidence: 1",
        "decided by: head of the supervision group",
        "by the present figures the rule is no longer met",
        "reason: a safety finding is open",
        "meets the rule, not nominated yet",
    ),
}


def page(document, form, lang="zh"):
    return READ[form](FORMS[form].make(document, lang))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("form", READ)
def test_who_was_chosen_is_in_the_text_and_who_was_not_in_the_annex(form, lang):
    found = squeezed(page(ISSUE, form, lang))
    for words in SAID[lang]:
        assert squeezed(words) in found, words


def test_the_list_comes_right_after_the_main_points():
    front = [part.key for part in outline(ISSUE, "zh").parts if part.front]
    assert front == ["completeness", "points", "commendation", "table", "waiting"]


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_the_table_has_everybody_with_the_events(form):
    read, *_ = READERS[form]
    heads, *rows = read(FORMS[form].make(ISSUE, "zh"))["表彰提名与决定"]
    names = ("类别", "编号或代码", "状态", "依据事件")
    columns = [heads.index(name) for name in names]
    assert {tuple(row[at] or None for at in columns) for row in rows} == {
        ("先进社区（村）", VILLAGE, "已入选", "e-1"),
        ("先进部门", "民政局", "未入选", "e-1"),
        ("先进部门", "城管局", "已提名", "e-1"),
        ("优秀志愿者", "volunteer:01ab", "已入选", "e-1"),
        ("优秀志愿者", "volunteer:02cd", None, None),
    }


def test_the_public_edition_names_the_chosen_alone():
    found = {it["code"]: it for it in PUBLIC["commendation"]["categories"]}
    [row] = found["communities"]["chosen"]
    assert {name for name, value in row.items() if value is not None} == {
        *("subject", "name", "orgunit", "unit", "status")
    }
    assert PUBLIC["commendation"]["undecided"] == 0
    text = page(PUBLIC, "text")
    assert "淮河路街道绿云社区" in text and "个人名单由志愿服务部门另行公布" in text


def test_the_public_order_says_nothing_of_the_figures():
    most, least = f"{VILLAGE[:-1]}3", VILLAGE
    made = whole(by_rule(most, "90"), by_rule(least, "20"))
    assert in_order(made) == [most, least]
    assert in_order(public(made, [], 5)) == [least, most]


def by_rule(unit, value):
    """A chosen community with this figure."""
    quantity = {"value": value, "qualifier": "exact", "unit": "activity", "stated": None}
    figure = {"indicator": "volunteering.activities_completed", "figure": quantity}
    made = nomination(unit, "chosen", 2, by="rule", grounds=None, figure=figure)
    return made | {"orgunit": unit}


def in_order(document):
    [found] = (it for it in document["commendation"]["categories"] if it["code"] == "communities")
    return [row["subject"] for row in found["chosen"]]


def test_nothing_internal_is_anywhere_in_the_public_edition():
    internal = (
        *("volunteer:", "民政局", "城管局", "走访最多", "未整改", "督导组组长"),
        *("person:wang", "e-1", "h-1", "提名", "nominated by"),
    )
    body = json.dumps(PUBLIC["commendation"], ensure_ascii=False)
    forms = [page(PUBLIC, form, lang) for form in READ for lang in LANGUAGES]
    assert not [word for word in internal for text in (body, *forms) if word in text]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_the_public_edition_is_made(form):
    assert FORMS[form].make(PUBLIC, "zh")


def test_where_nobody_is_nominated_it_says_so():
    assert "尚无提名" in page(whole(), "text")


def test_the_report_of_a_week_says_nothing_of_it():
    assert "表彰" not in page(whole(nomination(VILLAGE), period=Week(2018, 1)), "text")
