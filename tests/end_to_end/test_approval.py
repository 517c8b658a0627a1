"""A person approves the draft that was read, and nothing is published before that."""

import json

import pytest

from deploy.local.facts.reader import read_facts
from shared.domain.errors import Conflict
from tests.end_to_end.conftest import FACTS

WEEK = "2017-W06"


def test_publishing_is_refused_before_approval_and_before_the_cutoff(district):
    facts, [week] = read_facts(FACTS)
    district.start([week])
    district.enter(facts)
    arguments = {"actor": "person:tester", "period": WEEK}
    district.ask("draft_briefing", command_id="d", **arguments)
    with pytest.raises(Conflict, match="possible_from"):
        district.ask("publish_briefing", command_id="p1", **arguments)
    district.ask("approve_briefing", command_id="a", **arguments)
    with pytest.raises(Conflict, match="not_before"):
        district.ask("publish_briefing", command_id="p2", **arguments)


def test_only_the_draft_that_was_read_is_approved(district):
    facts, [week] = read_facts(FACTS)
    district.start([week])
    arguments = {"actor": "person:tester", "period": WEEK}
    district.ask("draft_briefing", command_id="d1", **arguments)
    read = draft_digest(district)
    district.enter(facts)
    district.ask("draft_briefing", command_id="d2", **arguments)
    now = draft_digest(district)
    with pytest.raises(Conflict) as caught:
        district.ask("approve_briefing", command_id="a1", content_digest=read, **arguments)
    assert (caught.value.data["content_digest"], caught.value.data["draft"]) == (read, now)
    approved = district.ask("approve_briefing", command_id="a2", content_digest=now, **arguments)
    assert approved["status"] == "approved"


def draft_digest(district):
    return json.loads(district.ask("briefing", period=WEEK))["content_digest"]
