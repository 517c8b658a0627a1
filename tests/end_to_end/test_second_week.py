"""The second briefing: what changed against the first, and what is still open."""

import json
from collections import Counter

import pytest
from typer.testing import CliRunner

from deploy.local.cli import app
from deploy.local.facts.reader import read_facts
from deploy.local.waiting import wait_until
from shared.domain.errors import NotFound
from tests.end_to_end.conftest import FACTS

DISTRICT = "410103"
CLINIC = "410103006"
SECOND_DAY = {"time": "2017-02-15T00:00:00+08:00", "timeprecision": "day"}
UNIT = {"orgunit": CLINIC, **SECOND_DAY}
OUTCOME = {"zh": "已完成", "en": "done"}


def with_a_meeting(programme):
    """Three actions: one is closed in the second week, one becomes late in it, one is carried."""

    def action(name, due):
        return {"what": {"zh": name, "en": name}, "responsible": "区民政局", "due": due}

    programme["programme"]["meetings"] = [
        {
            "id": "meeting",
            "date": "2017-02-10",
            "actions": [
                action("closed", "2017-02-17"),
                action("late", "2017-02-16"),
                action("carried", "2017-02-17"),
            ],
        }
    ]


@pytest.fixture
def issues(district, other_facts):
    """The issues of both weeks."""
    facts, [week] = read_facts(other_facts(with_a_meeting))
    district.start([week])
    district.enter(facts)
    first = district.publish(week)
    district.clock.set(week.next().end)
    hold_a_clinic(district)
    follow_up(district)
    return first, district.publish(week.next())


def hold_a_clinic(district):
    made = district.do("clinics", "plan_clinic", venue="广场", planned_for="2017-02-15", **UNIT)
    figures = {"consultations": amount("620", "person_time"), "leaflets": amount("80", "leaflet")}
    for verb, more in (("file", {}), ("hold", {}), ("tally", figures)):
        district.do("clinics", f"{verb}_clinic", id=made["id"], **SECOND_DAY, **more)


def amount(value, unit):
    return {"value": value, "qualifier": "exact", "unit": unit, "stated": None}


def follow_up(district):
    actions = {
        event["data"]["what"]["en"]: event["subject"]
        for event in district.log("supervision", "supervision.action.assigned")
    }
    when = SECOND_DAY
    district.do("supervision", "close_action", id=actions["closed"], outcome=OUTCOME, **when)
    district.do("supervision", "carry_action", id=actions["carried"], due="2017-02-24", **when)
    kept = district.log("supervision", "supervision.commitment.made")[0]
    district.do("supervision", "keep_commitment", id=kept["subject"], **when)


def test_it_compares_with_the_first_and_carries_what_is_open(issues, district):
    first, second = issues
    assert (first["issue"], second["issue"]) == (1, 2)
    changes_are_shown(second)
    actions_and_commitments_are_carried(first, second)
    text = district.ask("briefing", period="2017-W07", format="text", lang="zh")
    assert "完成志愿活动：0次，比上周减少2次，累计2次" in text
    for period in ("2017-W06", "2017-W07"):
        assert district.ask("verify", period=period)["equal"]


def changes_are_shown(second):
    rows = {row["indicator"]: row for row in second["headline_table"]}
    clinics, consultations = rows["clinics.clinics_held"], rows["clinics.consultations"]
    assert (clinics["last"]["zh"], clinics["change"]["zh"]) == ("1场", "与上周持平")
    assert clinics["cumulative"]["zh"] == "2场"
    assert consultations["last"]["zh"] == "500多人次"
    assert consultations["change"]["zh"] == "约数，不作比较"
    assert consultations["cumulative"]["zh"] == "1120多人次"
    # A level stands where it stood: nobody declared another.
    stations = rows["volunteering.stations"]
    assert (stations["this"]["zh"], stations["change"]["zh"]) == ("123个", "与上周持平")
    cells = {(cell["indicator"], cell["orgunit"]): cell for cell in second["cells"]}
    previous = cells["clinics.consultations", CLINIC]["previous"]
    assert (previous["value"], previous["qualifier"]) == ("500", "over")


def actions_and_commitments_are_carried(first, second):
    def standings(issue):
        return {row["what"]["en"]: row["standing"]["code"] for row in issue["actions"]}

    assert standings(first) == dict.fromkeys(("closed", "late", "carried"), "open")
    assert standings(second) == {"closed": "done", "late": "late", "carried": "carried"}
    assert open_actions(first) == "3" and open_actions(second) == "2"
    assert [row["status"]["code"] for row in first["commitments"]] == ["open"] * 4
    assert sorted(row["status"]["code"] for row in second["commitments"]) == [
        "kept",
        *["open"] * 3,
    ]
    assert [row["what"]["en"] for row in second["overdue"] if row["kind"]["en"] == "action"] == [
        "late"
    ]


def open_actions(issue):
    [cell] = [
        cell
        for cell in issue["cells"]
        if (cell["indicator"], cell["orgunit"]) == ("supervision.actions_open", DISTRICT)
    ]
    return cell["value"]


SECOND_WEEK = """
week: 2017-W07
programme: {district: "410103"}
volunteering:
  stations: {count: 125}
relief:
  visits:
    - {orgunit: "410103016", kind: household, what: 大走访}
    - {orgunit: "410103016", kind: household, visits: 0200}
inspections:
  - {orgunit: "410103005", kind: problem_solved, what: 马砦街下水道堵塞}
"""


@pytest.fixture
def enter_file(tmp_path, monkeypatch, published):
    """`enter_file(text, *options)` → the outcome of `./warm import facts`."""
    monkeypatch.setenv("AMQP_URI", published.stack.amqp_uri)

    def enter(text, *options):
        file = tmp_path / "week.yaml"
        file.write_text(text, encoding="utf-8")
        return CliRunner().invoke(app, ["import", "facts", str(file), *options])

    return enter


def verdicts(done):
    """What became of how many facts."""
    return Counter(line.split()[0] for line in done.stdout.splitlines())


def test_the_second_week_is_entered_from_a_file_without_ids(published, enter_file):
    week = published.week.next()
    first = FACTS.read_text("utf-8")
    assert verdicts(enter_file(first, "--dry-run")) == {"already": 33}
    published.clock.set(week.end)
    assert verdicts(enter_file(SECOND_WEEK, "--dry-run")) == {"new": 4}
    assert verdicts(enter_file(SECOND_WEEK)) == {"entered": 4}
    # Taking a row out shifts no other.
    fewer = "".join(line for line in SECOND_WEEK.splitlines(True) if "大走访" not in line)
    assert verdicts(enter_file(fewer)) == {"already": 3}
    issue = published.publish(week)
    cells = {
        (cell["indicator"], cell["orgunit"]): cell["value"]
        for cell in issue["cells"]
        if cell["orgunit"] == DISTRICT
    }
    assert cells["volunteering.stations", DISTRICT] == "125"
    assert cells["relief.visits_household", DISTRICT] == "200"
    assert cells["supervision.findings_closed", DISTRICT] == "1"


def test_at_the_cut_off_a_timer_drafts(district):
    facts, [week] = read_facts(FACTS)
    district.start([week])
    district.enter(facts)
    district.clock.set(week.end)
    with pytest.raises(NotFound):
        district.ask("briefing", period=str(week))
    district.clock.set(week.cutoff)
    draft = []
    assert wait_until(lambda: draft.append(drafted(district, week)) or draft[-1], 60)
    assert draft[-1]["masthead"]["prepared_by"] == "service:supervision"
    assert draft[-1]["status"] == "draft"
    said = draft[-1]["completeness"]
    assert said["reconciled"] == said["of"] == 5
    district.approve(str(week))
    last = district.do("supervision", "publish_briefing", period=str(week))
    assert last["status"] == "published"


def drafted(district, week):
    try:
        return json.loads(district.ask("briefing", period=str(week)))
    except NotFound:
        return None
