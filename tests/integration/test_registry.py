"""The registry refuses what can't be, and mistakes in it can be put right."""

import json
import shlex

import pytest
from typer.testing import CliRunner

from deploy.local import calendar_file
from deploy.local.cli import app
from shared.domain.errors import Conflict, ValidationFailed
from tests.support.notices import announcement
from tests.support.running import COMMUNITY, DISTRICT, RETIRED, SUBDISTRICT, WEEK

MERCHANTS = "relief.merchants_registered"
NUMBERS = iter(range(901, 999))


@pytest.fixture
def new(running):
    """Registers a sub-district of its own. Returns its code."""

    def register(name=None, **unit):
        code = f"{DISTRICT}{next(NUMBERS)}"
        given = {"code": code, "parent": DISTRICT, "level": "subdistrict", "name": name or code}
        running.do("supervision", "register_orgunit", **given | unit)
        return code

    return register


@pytest.fixture
def registry(running):
    def command(method, **arguments):
        return running.do("supervision", f"{method}_orgunit", **arguments)

    return command


@pytest.fixture
def unit_of(running):
    def find(code):
        units = running.ask("supervision", "orgunits")
        return next(unit["state"] for unit in units if unit["state"]["code"] == code)

    return find


def refused(act, kind=ValidationFailed):
    with pytest.raises(kind) as caught:
        act()
    return caught.value.data


def test_a_retirement_before_the_beginning_is_refused(new, registry, unit_of):
    code = new(valid_from="2017-02-06")
    for day in ("2017-02-05", "2017-02-06"):
        assert set(refused(lambda d=day: registry("retire", code=code, valid_to=d))) == {"valid_to"}
    assert unit_of(code)["retired"] is False


def test_a_unit_does_not_succeed_itself_however_far_round(new, registry):
    one, two = new(), new()
    assert set(refused(lambda: registry("retire", code=one, successor=one))) == {"successor"}
    registry("retire", code=one, valid_to="2017-03-01", successor=two)
    back = {"code": two, "valid_to": "2017-02-01", "successor": one}
    assert set(refused(lambda: registry("retire", **back))) == {"successor"}


def test_a_successor_goes_on_when_the_unit_ends(new, registry):
    one, two = new(), new()
    registry("retire", code=one, valid_to="2017-02-01")
    late = {"code": two, "valid_to": "2017-03-01", "successor": one}
    told = refused(lambda: registry("retire", **late))
    assert told == {
        "successor": [
            f"Must be a unit that goes on, such as null: {one} is retired since 2017-02-01."
        ]
    }
    registry("retire", **late | {"valid_to": "2017-01-01"})


def test_a_successor_is_a_unit_of_the_same_level(new, registry):
    told = refused(lambda: registry("retire", code=new(), successor=COMMUNITY))
    assert set(told) == {"successor"}


def test_units_below_are_retired_first(registry):
    told = refused(lambda: registry("retire", code=SUBDISTRICT), Conflict)
    assert COMMUNITY in told["below"]


def test_nothing_is_registered_below_a_retired_unit(registry):
    child = {"code": f"{RETIRED}001", "parent": RETIRED, "level": "community", "name": "某社区"}
    assert set(refused(lambda: registry("register", **child))) == {"parent"}


def test_a_retired_code_is_not_used_again_and_the_answer_says_so(registry):
    again = {"code": RETIRED, "parent": DISTRICT, "level": "subdistrict", "name": "新名"}
    told = refused(lambda: registry("register", **again), Conflict)
    assert "a code never changes its meaning" in told["reason"]


def test_units_side_by_side_have_names_of_their_own(new, registry):
    code = new("双名街道")
    told = refused(lambda: new("双名街道"))
    assert told["name"][0].endswith(f"{code} has this name already.")
    other = new()
    assert set(refused(lambda: registry("change", code=other, name="双名街道"))) == {"name"}
    # Free again once the unit is no more.
    registry("retire", code=code, valid_to="2017-02-08")
    registry("change", code=other, name="双名街道")


def test_a_unit_is_split_off_from_one_of_its_level_that_was_valid_until_then(
    new, registry, unit_of
):
    origin = new(valid_from="2017-01-01")
    part = new(valid_from="2017-02-08", split_from=origin)
    assert unit_of(part)["split_from"] == origin
    assert set(refused(lambda: new(split_from=origin))) == {"valid_from"}
    for wrong in (
        {"valid_from": "2017-01-01", "split_from": origin},
        {"valid_from": "2017-02-08", "split_from": COMMUNITY},
        {"valid_from": "2017-02-08", "split_from": f"{DISTRICT}999"},
    ):
        assert set(refused(lambda given=wrong: new(**given))) == {"split_from"}


def test_a_correction_keeps_what_other_units_say_of_this_one(new, registry):
    origin, heir = new(valid_from="2017-01-01"), new(valid_from="2017-01-01")
    part = new(valid_from="2017-02-08", split_from=origin)
    late = {"code": origin, "valid_from": "2017-02-08", "reason": "日期有误"}
    told = refused(lambda: registry("correct", **late))
    assert told == {
        "valid_from": [f"Must be before 2017-02-08, such as null: {part} was split from it."]
    }
    registry("retire", code=origin, valid_to="2017-03-01", successor=heir)
    registry("retire", code=heir, valid_to="2017-04-01")
    early = {"code": heir, "valid_to": "2017-02-20", "reason": "日期有误"}
    assert set(refused(lambda: registry("correct", **early))) == {"valid_to"}


def test_a_wrong_origin_is_corrected(new, registry, unit_of):
    origin, part = new(), new(valid_from="2017-02-08")
    registry("correct", code=part, split_from=origin, reason="漏填")
    assert unit_of(part)["split_from"] == origin
    assert "split_from" in refused(
        lambda: registry("correct", code=part, split_from=part, reason="有误")
    )
    registry("correct", code=part, split_from=None, reason="有误")
    assert "split_from" not in unit_of(part)


def test_a_wrong_retirement_is_taken_back(running, new, registry, unit_of):
    code, successor = new(), new()
    registry("retire", code=code, valid_to="2017-02-07", successor=successor)
    registry("correct", code=code, retired=False, reason="未撤销")
    now = unit_of(code)
    assert (now["retired"], now["valid_to"], now["successor"]) == (False, None, None)
    running.wait(lambda: knows(running, code, retired=False))
    running.raise_order(orgunit=code, time="2017-02-08T09:00:00+08:00")


def test_a_wrong_day_or_successor_is_corrected(new, registry, unit_of):
    code, successor = new(valid_from="2017-01-01"), new()
    registry("retire", code=code, valid_to="2017-02-07")
    registry("correct", code=code, valid_to="2017-02-08", successor=successor, reason="日期有误")
    now = unit_of(code)
    assert (now["valid_to"], now["successor"], now["reason"]) == (
        "2017-02-08",
        successor,
        "日期有误",
    )
    wrong = {"code": code, "valid_from": "2017-02-09", "reason": "日期有误"}
    assert set(refused(lambda: registry("correct", **wrong))) == {"valid_to"}


def test_a_unit_that_is_not_retired_has_no_last_day(new, registry):
    told = refused(lambda: registry("correct", code=new(), valid_to="2017-02-08", reason="x"))
    assert set(told) == {"valid_to"}


def test_a_corrected_name_was_meant_from_the_beginning(running, new, registry):
    code = new("五里保街道")
    running.pass_time(days=8)
    registry("correct", code=code, name="五里堡街道之误", reason="录入有误")
    running.pass_time(days=8)
    registry("change", code=code, name="新名街道")
    running.settled()
    running.do("supervision", "draft_briefing", period=str(WEEK))
    units = json.loads(running.ask("supervision", "briefing", period=str(WEEK)))["completeness"]
    [row] = [row for row in units["units"] if row["orgunit"] == code]
    assert row["unit"] == "五里堡街道之误"


def test_a_merged_unit_does_not_count_beside_its_successor(running, new, registry):
    """Live, in the issue, in its explanation, and recomputed."""
    one, two = new(valid_from="2017-01-01"), new(valid_from="2017-01-01")

    def declare(unit, level, day):
        running.do(
            "relief",
            "declare_stock",
            stock="merchants",
            level={"value": level, "qualifier": "exact", "unit": "merchant", "stated": None},
            orgunit=unit,
            time=f"{day}T00:00:00+08:00",
            timeprecision="day",
        )

    running.wait(lambda: all(knows(running, unit, retired=False) for unit in (one, two)))
    declare(one, "30", "2017-02-06")
    registry("retire", code=one, valid_to="2017-02-08", successor=two)
    declare(two, "50", "2017-02-09")
    running.settled()
    cells = {unit: running.live(MERCHANTS, unit) for unit in (DISTRICT, one, two)}
    assert cells == {DISTRICT: "50", one: None, two: "50"}
    running.issue(str(WEEK))
    issue = json.loads(running.ask("supervision", "briefing", period=str(WEEK)))
    printed = {
        cell["orgunit"]: cell["value"] for cell in issue["cells"] if cell["indicator"] == MERCHANTS
    }
    assert printed == {DISTRICT: "50", two: "50"}
    told = running.ask("supervision", "explain", period=str(WEEK), indicator=MERCHANTS, orgunit=two)
    assert [event["orgunit"] for event in told["included"]] == [two]
    assert [event["reason"] for event in told["left_out"]] == [f"{one} is no more"]
    assert running.ask("supervision", "verify", period=str(WEEK))["equal"]


def knows(running, code, **state):
    """Has relief's copy of the registry the unit in this state?"""
    with running.service_db("relief") as database:
        unit = database["orgunits"].find_one({"_id": code}) or {}
        return state.items() <= unit.items()


def test_a_list_is_entered_past_what_differs_and_the_printed_commands_put_it_right(
    new, tmp_path, monkeypatch, running, unit_of
):
    monkeypatch.setenv("AMQP_URI", running.stack.amqp_uri)
    renamed, retired, added = new("新 名"), new(), f"{DISTRICT}{next(NUMBERS)}"
    running.do("supervision", "retire_orgunit", code=retired, valid_to="2017-02-01")
    file = tmp_path / "units.csv"
    names = {renamed: "旧 名", retired: retired, added: "新来"}
    rows = [f"{code},{DISTRICT},subdistrict,{name}" for code, name in names.items()]
    file.write_text("\n".join(["code,parent,level,name", *rows]), encoding="utf-8")

    def warm(*arguments):
        return CliRunner().invoke(app, arguments)

    done = warm("import", "orgunits", str(file))
    assert done.exit_code == 4
    assert unit_of(added)["name"] == "新来"
    differing = [line for line in done.stdout.splitlines() if line.startswith("differs")]
    assert len(differing) == 2
    for line in differing:
        remedy = line.split("./warm ")[1].split(" (")[0].replace("…", "区政府公告")
        assert warm(*shlex.split(remedy), "--yes").exit_code == 0
    assert warm("import", "orgunits", str(file)).exit_code == 0
    assert (unit_of(renamed)["name"], unit_of(retired)["retired"]) == ("旧 名", False)


def test_a_notice_makes_provisional_promises_final_and_a_contradiction_is_refused(running):
    """Years before 2004 are unknown to the release, as those to come are."""
    raised = {"time": "2001-12-03T09:00:00+08:00", "timeprecision": "day"}
    order = running.raise_order(**raised)
    assert order["due_awaits_notice"] == 2001
    assert "（暂定：2001年放假安排公布后确定）" in order["promise"]["zh"]
    what = {"kind": "facility", "what": {"zh": "井盖破损"}, "orgunit": SUBDISTRICT, **raised}
    finding = running.do("supervision", "report_finding", **what)["id"]

    notice = announcement(2001, working=["2001-12-08"])
    calendar_file.enter(running.rpc, notice, None, dry_run=False)
    calendar_file.enter(running.rpc, notice, None, dry_run=False)

    def settled():
        found = running.ask("relief", "order", id=order["id"])
        findings = running.ask("supervision", "oversight", kind="finding")
        days = [found] + [one for one in findings if one["id"] == finding]
        return [(one["due"], one["due_awaits_notice"]) for one in days]

    # The Saturday that is worked comes first.
    running.wait(lambda: settled() == [("2001-12-08", None)] * 2)
    other = announcement(2001, working=["2001-12-09"])
    with pytest.raises(Conflict, match="contradicts"):
        running.do("supervision", "announce_calendar", **other)
    assert settled() == [("2001-12-08", None)] * 2
    running.settled()
    types = [
        event["type"] for event in running.ask("relief", "events", after=0, limit=1000)["events"]
    ]
    assert types.count("relief.order.due_settled") == 1
    assert calendar_file.is_same(notice, running.ask("supervision", "calendar")[0]["state"])
