"""What is allowed to a partner, and what the broker has for it."""

import re

import pytest

from deploy.bridge import partners
from deploy.bridge.definitions import definitions, rights_of_bridge, with_partners
from deploy.bridge.partners import Partner, checked
from shared.platform import permissions

CALLS = ("relief.record_visits",)


def test_a_partner_acts_for_itself_by_default():
    partner = checked(Partner("school", CALLS))
    assert partner.may_act_for("service:school")
    for other in ("service:school2", "service:relief", "person:leader", "", None, ["x"]):
        assert not partner.may_act_for(other)


def test_a_partner_may_act_for_all_that_a_pattern_fits():
    partner = checked(Partner("school", CALLS, actors=("person:school.*", "service:school")))
    assert partner.may_act_for("person:school.li")
    assert not partner.may_act_for("person:li")


@pytest.mark.parametrize(
    ("pattern", "heard", "not_heard"),
    [
        ("relief.order.*", "relief.order.delivered", "relief.visit.recorded"),
        ("relief.#", "relief.period.sealed", "clinics.period.sealed"),
        ("relief.*.recorded", "relief.visit.recorded", "relief.visit.corrected"),
        (
            "supervision.briefing.published",
            "supervision.briefing.published",
            "supervision.briefing",
        ),
        ("relief.#.delivered", "relief.order.delivered", "relief.order.delivered.twice"),
    ],
)
def test_patterns_of_events_mean_what_they_mean_to_the_broker(pattern, heard, not_heard):
    partner = checked(Partner("school", events=(pattern,)))
    assert partner.may_hear(heard)
    assert not partner.may_hear(not_heard)


def test_no_pattern_gives_a_partner_the_internal_edition():
    partner = checked(Partner("school", events=("supervision.#",)))
    assert partner.may_hear("supervision.briefing.published")
    assert partner.may_hear("supervision.briefing.withdrawn")
    assert not partner.may_hear("supervision.briefing.published_internal")
    assert not partner.may_hear("supervision.briefing.revised_internal")
    assert not partner.may_hear("supervision.subscriber.added")


@pytest.mark.parametrize(
    "wrong",
    [
        Partner("School", CALLS),
        Partner("a/b", CALLS),
        Partner("school"),
        Partner("school", ("relief.no_such_method",)),
        Partner("school", ("record_visits",)),
        Partner("school", events=("#",)),
        Partner("school", events=("*.order.raised",)),
        Partner("school", events=("relief.no.such",)),
        Partner("school", events=("supervision.briefing.published_internal",)),
        Partner("school", CALLS, actors=("*",)),
        Partner("school", CALLS, actors=("service:relief",)),
        Partner("school", CALLS, actors=("service:*",)),
        Partner("relief", CALLS),
        Partner("school", CALLS, actors=("service:[a-z]",)),
        Partner("school", CALLS, calls_per_minute=0),
    ],
)
def test_a_partner_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValueError, match="."):
        checked(wrong)


def test_the_file_gives_back_what_was_written(tmp_path):
    both = {
        name: checked(Partner(name, CALLS, ("relief.#",), calls_per_minute=7))
        for name in ("school", "clinic")
    }
    file = tmp_path / "partners.json"
    assert partners.read(file) == {}
    file.write_text(partners.text(both, []), "utf-8")
    assert partners.read(file) == both


@pytest.mark.parametrize("damaged", ["", "{", "[]", '{"partners": [{"name": "x"}]}'])
def test_a_damaged_file_is_refused(tmp_path, damaged):
    file = tmp_path / "partners.json"
    file.write_text(damaged)
    with pytest.raises(ValueError, match="partners"):
        partners.read(file)


def test_a_partner_may_do_everything_in_its_own_virtual_host_and_nothing_in_ours():
    found = definitions([checked(Partner("school", CALLS))])
    rights = [it for it in found["permissions"] if it["user"] == "partner.school"]
    assert [(it["vhost"], it["configure"]) for it in rights] == [("partner.school", ".*")]


def test_the_bridge_may_do_in_our_virtual_host_what_some_partner_may():
    rights = rights_of_bridge(
        [
            Partner("one", ("relief.record_visits",), ("relief.order.*",)),
            Partner("two", ("supervision.briefing",), ("relief.visit.recorded",)),
        ]
    )
    called, _ = rights.topics["nameko-rpc"]
    assert re.search(called, "relief.record_visits")
    assert re.search(called, "supervision.briefing")
    assert not re.search(called, "relief.record_visits_too")
    assert not re.search(called, "relief.raise_order")
    _, bound = rights.topics["relief.events"]
    assert re.search(bound, "order.*")
    assert not re.search(bound, "#")
    assert not re.search(bound, "order.raised")
    assert not re.search(rights.read, "clinics.events")
    assert not re.search(rights.write, "relief.events")
    assert not re.search(rights.configure, "relief.inbox")


def test_without_partners_the_bridge_may_call_nothing():
    called, _ = permissions.identities()["bridge"].topics["nameko-rpc"]
    assert not re.search(called, "relief.record_visits")
    assert not re.search(called, "supervision.health")


def test_definitions_with_partners_name_each_right_once():
    whole = with_partners(permissions.definitions(), [checked(Partner("school", CALLS))])
    named = [(it["user"], it["vhost"]) for it in whole["permissions"]]
    assert len(named) == len(set(named))
    assert {("bridge", "/"), ("bridge", "partner.school")} <= set(named)
    assert ("relief", "/") in named
