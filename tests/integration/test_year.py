"""A simulated year: every cell of every issue is what the oracles say."""

from fractions import Fraction

import pytest

from services.supervision.indicators import INDICATORS
from shared.contracts.event_times import week_of
from shared.contracts.messages import event_of
from shared.domain.report_periods import parse_period
from shared.platform.topology import SERVICES
from shared.service.rpc_client import RpcClient
from tests.support.assessment.oracle import scores
from tests.support.district import naive, registry
from tests.support.district.oracle import expected
from tests.support.district.year import LONGER, PERIODS, LivedYear
from tests.support.expected_week import CORE
from tests.support.running import Running
from tests.support.stack import end_services
from tests.unit.services.supervision.assessment.test_oracle import of_document

LEVELS = {code for code, indicator in INDICATORS.items() if indicator.since}

# How many commands; the long one has a new seed each time.
SHORT, SEED = 1_500, 2017
LONG = 12_000


@pytest.fixture(scope="module", params=[SHORT, pytest.param(LONG, marks=pytest.mark.long)], ids=str)
def year(stack, request):
    drawn = SEED if request.param == SHORT else request.getfixturevalue("seed")
    stack.reset()
    with RpcClient(stack.amqp_uri) as rpc:
        running = Programme(stack, rpc)
        running.set_clock(PERIODS[0].previous().start)
        running.start()
        lived = LivedYear(running, drawn, request.param)
        lived.live()
        yield lived
        running.close()
    end_services(stack)


class Programme(Running):
    @property
    def environment(self):
        # No service is stopped here, and a seal that is given up leaves its week unreconciled: the
        # deadline between services is the usual one.
        own = {"WARM_PROGRAMME_FIRST_WEEK": str(PERIODS[0]), "WARM_RPC_SECONDS": "10"}
        # Figures are looked at here; other tests read every form.
        own["WARM_FORMS"] = "text"
        return super().environment | own


@pytest.fixture(scope="module")
def logs(year):
    """Service → its events, in the order of their numbers."""
    found = {}
    for name in SERVICES:
        with year.running.service_db(name) as database:
            found[name] = [event_of(entry) for entry in database["log"].find(sort=[("_id", 1)])]
    return found


def test_every_cell_of_every_issue_is_the_oracles(year, logs):
    assert len({issue["period"] for issue in year.issues}) == len(PERIODS) + len(LONGER)
    wrong = [
        (issue["period"], issue["revision"], *difference)
        for issue in year.issues
        for difference in differences(issue, logs)
    ]
    assert not wrong, (year.seed, len(wrong), wrong[:5])


def facts_of(issue, logs):
    sources = issue["freeze"]["sources"].items()
    return [event for name, last in sources for event in logs[name][:last]]


def differences(issue, logs):
    oracle, period = naive.Oracle(facts_of(issue, logs)), parse_period(issue["period"])
    printed = {(cell["indicator"], cell["orgunit"]): cell for cell in issue["cells"]}
    for key in ((code, unit) for code in naive.CODES for unit in oracle.units):
        cell = printed.pop(key, None)
        wanted = oracle.cell(*key, period, PERIODS[0])
        if (cell and figure(cell)) != wanted and not (wanted is None and is_empty(cell)):
            yield "this", key, cell, wanted
        if cell is None:
            continue
        for column, wanted in (
            ("previous", oracle.cell(*key, period.previous(), PERIODS[0])),
            ("cumulative", oracle.cumulative(*key, period, PERIODS[0])),
        ):
            if cell[column] and not same(cell[column], wanted):
                yield column, key, cell[column], wanted
    yield from (("no such cell", key, cell, None) for key, cell in printed.items())


def test_every_score_and_rank_is_the_oracles(year, logs):
    assessments = [issue for issue in year.issues if issue["series"] == "assessment"]
    assert {issue["period"] for issue in assessments} == {"2020-H1", "2020-H2"}
    for issue in assessments:
        part, period = issue["assessment"], parse_period(issue["period"])
        oracle = naive.Oracle(facts_of(issue, logs))
        given = year.assessed.inputs(period, part["rubric"], oracle, PERIODS[0])
        assert of_document(part) == scores(part["rubric"], given), (year.seed, issue["period"])


def figure(cell):
    value = None if cell["value"] is None else Fraction(cell["value"])
    return naive.Figure(value, cell["qualifier"], int(cell["numerator"]), int(cell["denominator"]))


def is_empty(cell):
    """The district has a cell of every indicator, fed or not."""
    return (
        cell is not None
        and cell["orgunit"] == registry.DISTRICT
        and cell["value"] in (None, "0")
        and cell["denominator"] == "0"
    )


def same(column, wanted):
    if wanted is None:
        return column["value"] in (None, "0")
    value = None if column["value"] is None else Fraction(column["value"])
    return (value, column["qualifier"]) == (wanted.value, wanted.qualifier)


def test_what_happened_follows_from_the_commands_alone(year):
    """The live figures of every week, without any event."""
    wanted = {
        key: value
        for key, value in expected(year.ledger).items()
        if key[1] not in LEVELS and key[0] <= str(PERIODS[-1])
    }
    found = {}
    weeks = {week for week, *_ in wanted}
    for week in sorted(weeks):
        for cell in year.running.ask("supervision", "live", period=week)["cells"]:
            code = cell["indicator"]
            if code in CORE - LEVELS and cell["denominator"] != "0":
                found[week, code, cell["orgunit"]] = cell["value"]
    differing = {key for key in wanted.keys() | found.keys() if wanted.get(key) != found.get(key)}
    told = [(key, wanted.get(key), found.get(key)) for key in sorted(differing)]
    assert not told, (year.seed, len(told), told[:5])


def test_a_nil_report_is_no_silence_and_gives_way_to_a_real_one(year, logs):
    found, wanted = {}, {}
    for issue in year.issues:
        unit = year.nil.get(issue["period"])
        if unit and not issue["revision"]:
            told = logs["clinics"][: issue["freeze"]["sources"]["clinics"]]
            real = any(is_of(event, unit, issue["period"]) for event in told)
            wanted[issue["period"]] = "on_time" if real else "nil"
            units = issue["completeness"]["units"]
            [row] = [row for row in units if row["orgunit"] == unit]
            found[issue["period"]] = row["reports"]["clinics"]
    assert found == wanted
    # Of many commands hardly any unit is left without a clinic.
    assert set(found.values()) == {"nil", "on_time"} or len(year.ledger) > SHORT * 4


def is_of(event, unit, period):
    """Is it a clinic of the unit, in that week?"""
    is_clinic = event["type"].startswith("clinics.clinic.")
    return is_clinic and event["orgunit"].startswith(unit) and str(week_of(event)) == period


def test_every_group_is_printed_as_it_reported(year):
    briefings = [issue for issue in year.issues if issue["series"] == "briefing"]
    for issue in briefings:
        wanted = year.groups.states(issue["period"], issue["revision"])
        rows = issue["groups"]["reports"]
        found = {row["name"]["zh"]: row["state"]["code"] for row in rows}
        assert found == wanted, (year.seed, issue["period"], issue["revision"])
    assert any(issue["revision"] for issue in year.issues)


def test_a_draft_of_before_the_cutoff_is_never_published(year):
    assert [week for week, _ in year.refused] == [
        str(period) for number, period in enumerate(PERIODS) if number % 5 == 2
    ]


def test_every_issue_is_verified_and_explained_to_the_last_event(year):
    for number, issue in enumerate(year.issues):
        given = {"period": issue["period"], "revision": issue["revision"]}
        # Some of the many briefings are folded again, and all of the others.
        quick = issue["series"] == "briefing" and number % 6 > 0
        assert year.running.ask("supervision", "verify", **given, quick=quick)["equal"], given
    last = year.issues[-1]
    for cell in last["cells"]:
        if cell["orgunit"] not in (registry.DISTRICT, registry.HEIR):
            continue
        told = year.running.ask(
            "supervision",
            "explain",
            period=last["period"],
            indicator=cell["indicator"],
            orgunit=cell["orgunit"],
        )
        assert len(told["included"]) == int(cell["denominator"]), cell


def test_figures_built_again_from_all_facts_are_the_same(year):
    running = year.running
    job = running.do("supervision", "rebuild_figures", source="facts")["id"]

    def progress():
        return running.ask("supervision", "rebuild_progress", id=job)

    running.wait(lambda: progress()["state"] in ("done", "failed", "died"))
    assert progress()["differences"] == {"cells": 0, "levels": 0, "named": []}
