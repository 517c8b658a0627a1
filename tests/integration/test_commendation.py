"""A year's commendation by RPC: nominated by rule and by person, decided, drafted; and the names,
which only a listed reader gets and which are nowhere else."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.local.cli import app
from shared.domain.errors import Conflict, Forbidden, ValidationFailed
from shared.domain.report_periods import Year
from tests.support.running import COMMUNITY, DISTRICT, PERSON, SIGNER, started
from tests.support.stack import stack_name

__all__ = ["started"]

YEAR = 2017
READER = "person:reader"
# Of nobody: there is no place 990000.
IDENTITY = {"id_number": "990000199001010017", "name": "欧阳示例"}
DAYS = [f"2017-02-{day:02}" for day in range(6, 13)]
GROUNDS = {"zh": "办结最快", "en": "the fastest"}
REASON = {"zh": "有超期事项"}


@pytest.fixture(scope="module")
def district(started):
    """A volunteer with 105 verified hours, nominated by the rules."""
    started.more = {"WARM_NAME_READERS": READER}
    started.stack.stop_services(["volunteering"])
    started.start("volunteering")
    started.volunteer = registered(started)
    for day in DAYS:
        serve(started, day)
    started.settled()
    started.do("supervision", "nominate_by_rules", year=YEAR)
    return started


def registered(running):
    where = {"orgunit": COMMUNITY, "time": f"{DAYS[0]}T08:00:00+08:00"}
    return running.do("volunteering", "register_volunteer", identity=IDENTITY, **where)["id"]


def serve(running, day):
    """15 hours of one day, which another person verifies."""
    where = {"orgunit": COMMUNITY, "time": f"{day}T00:00:00+08:00", "timeprecision": "day"}
    name = {"zh": "环境整治"}
    activity = {"name": name, "category": "environment", "planned_for": day}
    activity = running.do("volunteering", "publish_activity", **activity, **where)["id"]
    hours = {"value": "15", "qualifier": "exact", "unit": "hour", "stated": None}
    row = {"volunteer": running.volunteer, "activity": activity, "hours": hours}
    id = running.do("volunteering", "record_hours", **row, **where)["id"]
    when = {name: where[name] for name in ("time", "timeprecision")}
    running.do("volunteering", "verify_hours", id=id, actor=SIGNER, **when)


def nominations(running):
    rows = running.ask("supervision", "nominations", year=YEAR)
    return {row["subject"]: row for row in rows}


def nominate(running, subject="民政局", **more):
    given = {"category": "departments", "subject": subject, "orgunit": DISTRICT}
    return running.do(
        "supervision", "nominate", **given | {"year": YEAR, "grounds": GROUNDS, **more}
    )


def names(running, actor):
    asked = {"year": YEAR, "volunteers": [running.volunteer]}
    return running.do("volunteering", "commendation_names", actor=actor, **asked)


def commended(running):
    """The part of the year's draft, made from everything known now."""
    running.settled()
    running.do("supervision", "draft_briefing", period=str(YEAR))
    return json.loads(running.ask("supervision", "briefing", period=str(YEAR)))["commendation"]


def test_the_rules_nominate_by_the_hours_of_the_year_with_the_events(district):
    row = nominations(district)[district.volunteer]
    assert (row["by"], row["category"], row["orgunit"]) == ("rule", "volunteers", COMMUNITY)
    assert (row["figure"]["figure"]["value"], row["name"]) == ("105", None)
    explained = district.ask("volunteering", "ledger", volunteer=district.volunteer)
    assert len(row["evidence"]) == len(explained["rows"]) == len(DAYS)


def test_evidence_has_to_be_a_known_fact(district):
    with pytest.raises(ValidationFailed) as refused:
        nominate(district, evidence=["nothing"])
    assert refused.value.data.keys() == {"evidence"}
    known = nominations(district)[district.volunteer]["evidence"][:1]
    assert nominate(district, evidence=known)["status"] == "nominated"
    with pytest.raises(Conflict):
        nominate(district)


def test_a_volunteer_and_a_unit_that_nobody_knows_are_refused(district):
    for given in (
        {"category": "volunteers", "subject": "volunteer:nobody", "orgunit": COMMUNITY},
        {"category": "communities", "subject": COMMUNITY, "orgunit": "410103001999"},
    ):
        with pytest.raises(ValidationFailed):
            nominate(district, **given)
    given = {"category": "communities", "subject": COMMUNITY, "orgunit": COMMUNITY}
    assert nominate(district, **given)["status"] == "nominated"
    assert nominations(district)[COMMUNITY]["name"]


def test_the_document_has_what_another_person_decided(district):
    rows = nominations(district)
    chosen, passed = rows[district.volunteer]["id"], rows["民政局"]["id"]
    with pytest.raises(Forbidden):
        district.do("supervision", "choose_nominee", id=passed)
    district.do("supervision", "choose_nominee", id=chosen, actor=PERSON)
    district.do("supervision", "pass_over_nominee", id=passed, actor=SIGNER, reason=REASON)
    part = commended(district)
    found = {it["code"]: it for it in part["categories"]}
    [one] = found["volunteers"]["chosen"]
    assert (one["subject"], one["stands"], one["figure"]["value"]) == (
        *(district.volunteer, True, "105"),
    )
    [other] = found["departments"]["considered"]
    assert other["reason"] == {"zh": "有超期事项", "en": "有超期事项"}
    assert part["undecided"] == 1


def test_a_reader_who_is_not_listed_gets_no_name(district):
    before = district.counts("volunteering")
    with pytest.raises(Forbidden):
        names(district, SIGNER)
    assert district.counts("volunteering") == before


def test_a_listed_reader_gets_the_name_and_is_on_record(district):
    answer = names(district, READER)
    assert answer["names"] == [
        {"volunteer": district.volunteer, "name": IDENTITY["name"], "missing": None}
    ]
    district.settled()
    with district.service_db("supervision") as database:
        fact = database["facts"].find_one({"type": "volunteering.name_list.read"})
    data = json.loads(fact["event"])["data"]
    assert (data["reader"], data["volunteers"]) == (READER, [district.volunteer])


def listed(actor):
    arguments = ["commendation", "list", str(YEAR), "--actor", actor, "--stack", stack_name()]
    return CliRunner().invoke(app, arguments)


def test_the_published_report_is_listed_with_names_for_a_listed_reader(district):
    assert listed(READER).exit_code == 1
    for id in (row["id"] for row in nominations(district).values() if row["status"] == "nominated"):
        district.do("supervision", "pass_over_nominee", id=id, actor=SIGNER, reason=REASON)
    district.set_clock(Year(YEAR).cutoff + timedelta(hours=1))
    district.issue(str(YEAR))
    for edition in ("internal", "public"):
        verified = district.ask("supervision", "verify", period=str(YEAR), edition=edition)
        assert verified["equal"]
    found = listed(READER)
    assert f"  {IDENTITY['name']}  " in found.stdout
    assert IDENTITY["name"] not in listed(SIGNER).output


def test_the_name_is_in_no_event_no_log_and_no_document(district):
    names(district, READER)
    district.settled()
    for service in ("volunteering", "supervision"):
        with district.service_db(service) as database:
            for name in database.list_collection_names():
                stored = list(database[name].find())
                assert IDENTITY["name"] not in str(stored), (service, name)
    logs = Path(district.stack.home).rglob("*.log")
    assert not [file for file in logs if IDENTITY["name"] in file.read_text(errors="replace")]


def test_a_volunteer_who_has_left_has_no_name_any_more(district):
    time = "2017-02-12T20:00:00+08:00"
    district.do("volunteering", "deregister_volunteer", id=district.volunteer, time=time)
    [row] = names(district, READER)["names"]
    assert (row["name"], row["missing"]) == (None, "left")
