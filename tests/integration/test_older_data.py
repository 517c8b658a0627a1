"""What version 0.1.0 stored: the services start on it, its issues verify, its work goes on."""

import json

import pytest

from deploy.local.demo import FACTS
from deploy.local.facts.importing import Import
from deploy.local.facts.reader import read_facts
from deploy.local.service_calls import error_text
from services.supervision.indicators import PRESENT
from shared.domain.errors import Conflict
from shared.domain.periods import Week, parse_instant
from shared.domain.service_names import NAMES
from shared.service.rpc_client import RpcClient
from tests.support import older_data
from tests.support.running import Running
from tests.support.stack import end_services

WEEK = "2017-W06"
NOW = "2017-02-20T12:00:00+08:00"


@pytest.fixture(scope="module")
def upgraded(stack, tmp_path_factory):
    stack.reset()
    stored = older_data.restore(stack.mongodb_uri, "0.1.0")
    assert {database for database, _ in stored} == {f"warm_{name}" for name in NAMES}
    with RpcClient(stack.amqp_uri) as rpc:
        services = Upgraded(stack, rpc, older_data.keys(tmp_path_factory.mktemp("keys")))
        services.set_clock(parse_instant(NOW))
        services.start()
        yield services
        services.close()
    end_services(stack)


class Upgraded(Running):
    """With the keys of the version that stored the data."""

    def __init__(self, stack, rpc, keys):
        super().__init__(stack, rpc)
        self._keys = keys

    @property
    def environment(self):
        return super().environment | self._keys


def test_every_service_is_ready(upgraded):
    assert {upgraded.health(name)["status"] for name in NAMES} == {"ready"}


def issue(upgraded, revision):
    asked = {"period": WEEK, "revision": revision}
    return json.loads(upgraded.ask("supervision", "briefing", **asked))


@pytest.mark.parametrize("revision", [0, 1])
def test_its_issues_verify_by_their_own_rules(upgraded, revision):
    verdict = upgraded.ask("supervision", "verify", period=WEEK, revision=revision)
    told = [verdict[name] for name in ("equal", "rules", "renderer", "words_made_again")]
    assert told == [True, "2017-3", "1", False], verdict


def test_new_software_alone_proposes_no_revision(upgraded):
    proposal = upgraded.ask("supervision", "revision_proposal", period=WEEK)
    assert (proposal["changes"], proposal["told_differently"]) == ([], [])
    with pytest.raises(Conflict):
        upgraded.do("supervision", "revise_briefing", period=WEEK, reason={"zh": "软件升级"})


def test_its_issues_are_shown_in_the_words_in_which_they_were_published(upgraded):
    text = upgraded.ask("supervision", "briefing", period=WEEK, format="text", lang="zh")
    assert "规则版本 2017-3" in text


def test_its_figures_are_explained(upgraded):
    asked = {"period": WEEK, "indicator": "clinics.consultations"}
    assert upgraded.ask("supervision", "explain", **asked)["included"]


def test_its_issues_are_shown_as_they_were_published(upgraded):
    first, revised = (issue(upgraded, revision) for revision in (0, 1))
    assert (first["issue"], revised["issue"], revised["revision"]) == (1, 1, 1)
    assert first["content_digest"].startswith("2edb24d185bce482")


def test_its_figures_are_folded_again_by_the_present_rules_unasked(upgraded):
    def rules():
        with upgraded.service_db("supervision") as database:
            return (database["figure_rules"].find_one() or {}).get("version")

    upgraded.wait(lambda: rules() == PRESENT.version)
    with upgraded.service_db("supervision") as database:
        [job] = database["rebuilds"].find({"actor": "service:supervision"})
    assert (job["state"], job["source"]) == ("done", "facts")


def test_an_order_that_was_under_way_goes_on_and_counts(upgraded):
    [order] = [
        event
        for event in upgraded.ask("relief", "events", after=0, limit=1000)["events"]
        if event["type"] == "relief.order.raised" and event["time"].startswith("2017-02-16")
    ]
    claim = {"department": "民政局", "time": "2017-02-17T09:30:00+08:00"}
    assert upgraded.do("relief", "claim_items", id=order["subject"], **claim)["status"] == "claimed"
    upgraded.settled()
    assert upgraded.live("relief.orders_claimed", week=Week(2017, 7)) == "1"


def test_a_late_fact_revises_an_issue_by_its_own_rules(upgraded):
    visits = {"value": "7", "qualifier": "exact", "unit": "visit", "stated": None}
    upgraded.do(
        "relief",
        "record_visits",
        orgunit="410103006",
        kind="household",
        visits=visits,
        time="2017-02-09T00:00:00+08:00",
        timeprecision="day",
    )
    upgraded.settled()
    proposal = upgraded.ask("supervision", "revision_proposal", period=WEEK)
    changed = {(row["indicator"], row["orgunit"]) for row in proposal["changes"]}
    assert changed == {("relief.visits_household", code) for code in ("410103", "410103006")}
    assert (proposal["rules"], proposal["rules_before"]) == ("2017-3", None)
    upgraded.do("supervision", "revise_briefing", period=WEEK, reason={"zh": "补报"})
    upgraded.approve(WEEK)
    upgraded.do("supervision", "publish_briefing", period=WEEK)
    revised = issue(upgraded, 2)
    assert revised["freeze"]["rules"] == revised["notes"]["rules"] == "2017-3"
    verdict = upgraded.ask("supervision", "verify", period=WEEK, revision=2)
    assert (verdict["equal"], verdict["words_made_again"]) == (True, True)


def test_a_person_may_ask_for_the_present_rules_and_the_proposal_says_so(upgraded):
    asked = {"period": WEEK, "under_present_rules": True}
    proposal = upgraded.ask("supervision", "revision_proposal", **asked)
    assert (proposal["rules"], proposal["rules_before"]) == (PRESENT.version, "2017-3")


def test_a_command_of_the_older_version_repeated_has_no_second_effect(upgraded):
    log = upgraded.health("relief")["log_last"]
    visits = {"value": "40", "qualifier": "over", "unit": "visit", "stated": None}
    repeated = upgraded.ask(
        "relief",
        "record_visits",
        command_id="late-visit",
        actor="person:tester",
        orgunit="410103016009",
        kind="household",
        visits=visits,
        time="2017-02-08T00:00:00+08:00",
        timeprecision="day",
    )
    assert repeated["version"] == 1
    assert upgraded.health("relief")["log_last"] == log


def test_a_file_that_the_older_version_entered_is_not_entered_again(upgraded):
    facts, _ = read_facts(FACTS)
    entering = Import(upgraded.rpc, facts, error_text)
    for step in entering.steps:
        entering.take(step, lambda step, arguments: pytest.fail(f"{step.command_id} is new"))
    assert {row.verdict for row in entering.rows()} == {"already"}


def test_a_week_after_the_upgrade_is_drafted_approved_and_published(upgraded):
    """What is read from the figures, added up since the beginning, is what the facts give."""
    week, head = "2017-W08", {"actor": "person:head-of-office"}
    upgraded.set_clock(parse_instant("2017-02-27T12:00:00+08:00"))
    upgraded.do("supervision", "draft_briefing", period=week)
    draft = json.loads(upgraded.ask("supervision", "briefing", period=week))
    read = {"content_digest": draft["content_digest"]}
    upgraded.do("supervision", "approve_briefing", period=week, **read, **head)
    upgraded.do("supervision", "publish_briefing", period=week, **head)
    issued = json.loads(upgraded.ask("supervision", "briefing", period=week))
    assert (issued["issue"], issued["content_digest"]) == (2, draft["content_digest"])
