"""How an assessment is printed: ranks in the text, a sheet for each unit in the annex."""

from decimal import Decimal

import pytest

from services.supervision.editions.public import public
from services.supervision.forms.tables import tables
from services.supervision.outline.blocks import Heading, Items, Paragraph, Table
from services.supervision.outline.outline import outline
from tests.support.assessment.half_year import whole
from tests.support.masthead import MASTHEAD


def printed(document, lang):
    """Part → its blocks."""
    ready = document | {"masthead": document["masthead"] | MASTHEAD, "digest": "0" * 64}
    return {part.key: part for part in outline(ready, lang).parts}


def text(part):
    """Every word of a part, a line for each block or row."""
    return "\n".join(line for block in part.blocks for line in _lines(block))


def _lines(block):
    if isinstance(block, Heading | Paragraph):
        yield block.text
    elif isinstance(block, Items):
        yield from (row.text for row in block.rows)
    elif isinstance(block, Table):
        for group in block.groups:
            for row in group.rows:
                yield " ".join([row.head, *(cell.text for cell in row.cells)])


@pytest.fixture(scope="module")
def internal():
    return whole()


def test_the_text_has_ranks_scores_and_what_both_may_be(internal):
    found = text(printed(internal, "zh")["assessment"])
    rows = internal["assessment"]["groups"][0]["rows"]
    assert f"街道3 1 {rows[0]['score']} 1 12.5" in found
    assert "街道1 适用项目不足，不排名 35.53 — 23.52–37.5" in found
    assert "考核细则：温暖二七街道（镇）半年考核细则（示例）　2017-1" in found
    assert "不参评：街道4；期间并入他街道；wang.fang于2017-07-04批准" in found
    assert "细则未列入组别：街道9" in found
    assert "2017-07-10公布，申诉截至2017-07-15（含）" in found


def test_both_languages_are_complete(internal):
    found = text(printed(internal, "en")["assessment"])
    assert "too little of the rubric applies to be ranked" in found
    assert "Not assessed: 街道4; merged during the half-year; approved by wang.fang" in found
    assert "appeals until 2017-07-15 (inclusive)" in found


def test_a_sheet_says_why_a_unit_has_its_score(internal):
    found = text(printed(internal, "zh")["sheets"])
    assert "街道1：35.53分" in found and "问题销号率（%） 35.53 37.5 90 35.53" in found
    assert "点单送达率（%） — — 基数不足，不适用 — — — —" in found
    assert "有效点单：0单" in found and "relief." not in found
    assert "常住人口：41237人（事件1件）" in found
    assert "2017-05-12　现场观摩：87.25；二季度现场观摩；观摩人：wang.fang" in found
    assert "2017-07-12　申诉　问题销号率（%）：漏计三次活动；采纳，改分" in found
    assert "2017-07-20　答复：属实；由13.16分改为12.5分" in found
    assert "四舍五入" in found


def test_the_annex_says_what_the_rubric_wants_for_full_points(internal):
    found = {lang: text(printed(internal, lang)["sheets"]) for lang in ("zh", "en")}
    for lang, words in (
        ("zh", "问题销号率（%） 15 达到95得满分 5 —"),
        ("zh", "居民确认率（%） 15 50得0分，95得满分 5 —"),
        ("zh", "每千人入户走访 10 按组内名次 1000 —"),
        ("zh", "举办义诊 5 达到3得满分；超额最高6分 — —"),
        ("zh", "扣分：期末超期未确认的点单，每单扣0.5分（每次0.5分，上限5分）"),
        ("en", "on-site observation 10 observers' scores, out of 100 2 —"),
        ("en", "bonus: each good practice that the district promoted (1 each, up to 3 points)"),
    ):
        assert words in found[lang], words


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_tables_of_the_sheets_may_break_their_lines(internal, lang):
    """In a wide one, the words of English criteria push the last columns off the page."""
    tables = [it for it in printed(internal, lang)["sheets"].blocks if isinstance(it, Table)]
    assert len(tables) == 3
    assert not [table.head for table in tables if table.wide]


def test_what_the_report_is_made_for_comes_right_after_the_main_points(internal):
    front = [it.key for it in printed(internal, "zh").values() if it.front]
    assert front == ["completeness", "points", "assessment", "table", "waiting"]
    assert "各单位得分表见附件" in text(printed(internal, "zh")["assessment"])


@pytest.mark.parametrize(
    ("lang", "words"), [("zh", "不计入考核得分"), ("en", "not the ranks of the assessment")]
)
def test_the_ranking_by_shares_says_that_it_is_not_the_assessment(internal, lang, words):
    assert words in text(printed(internal, lang)["league"])
    month = {name: part for name, part in internal.items() if name != "assessment"}
    assert words not in text(printed(month, lang)["league"])


def test_the_public_edition_prints_the_ranks_alone(internal):
    parts = printed(public(internal, [], 5), "zh")
    found = text(parts["assessment"])
    assert "街道3 1" in found and "12.5" not in found and "35.53" not in found
    assert "不参评：街道4" in found and "wang.fang" not in found
    assert "sheets" not in parts


def test_other_reports_have_no_such_part(internal):
    week = {name: part for name, part in internal.items() if name != "assessment"}
    assert "assessment" not in printed(week, "zh")


def tabled(document, lang="zh"):
    """Name of a table → its rows, each by the names of the columns."""
    ready = document | {"masthead": document["masthead"] | MASTHEAD, "digest": "0" * 64}
    return {
        it.name: [
            dict(zip([column.name for column in it.columns], row, strict=True)) for row in it.rows
        ]
        for it in tables(ready, lang)
    }


def test_the_forms_of_tables_have_ranks_lines_and_exclusions(internal):
    found = tabled(internal)
    first, second = found["assessment"]
    assert (first["unit"], first["rank"], first["score"]) == ("街道3", "1", "12.5")
    assert (second["rank"], second["standing"]) == (None, "适用项目不足，不排名")
    closed = found["assessment_lines"][0]
    assert (closed["criterion"], closed["points"], closed["line_value"]) == (
        "findings_closed",
        "35.53",
        "90",
    )
    assert [row["exclusion_approved_by"] for row in found["not_assessed"]] == ["person:wang.fang"]


def test_the_lines_of_a_unit_add_up_to_its_score(internal):
    found = tabled(internal)
    for row in found["assessment"]:
        lines = [it for it in found["assessment_lines"] if it["orgunit"] == row["orgunit"]]
        assert sum(Decimal(it["points"]) for it in lines) == Decimal(row["score"])


def test_the_public_tables_have_the_ranks_alone(internal):
    found = tabled(public(internal, [], 5))
    assert found["assessment_lines"] == []
    assert {row["score"] for row in found["assessment"]} == {None}
    assert found["assessment"][0]["rank"] == "1"
