"""A caller without an answer asks whether the command was carried out."""

import pytest

from shared.aggregates.aggregate import fingerprint, former_id, new_id
from shared.domain.errors import ValidationFailed
from tests.support.in_memory import TIME, Relief, Volunteering

EXACT = {"value": "3", "qualifier": "exact", "unit": "visit", "stated": None}
VISITS = {"orgunit": "410103006", "time": TIME, "kind": "household", "visits": EXACT}
ORDER = {
    "orgunit": "410103006",
    "time": TIME,
    "category": "daily_necessities",
    "channel": "other",
    "items": ["rice"],
    "beneficiary": {"name": "nobody", "age": 80},
}
UNKNOWN = dict.fromkeys(["method", "actor", "recorded", "arguments", "result", "same"])


@pytest.fixture
def relief():
    return Relief(["410103", "410103006"])


def of(method, arguments):
    return fingerprint(method, {"actor": Relief.ACTOR, **arguments})


def test_a_command_that_nobody_gave_is_unknown(relief):
    assert relief.ask("command", command_id="no") == {"known": False, **UNKNOWN}


def test_a_refused_command_is_unknown(relief):
    with pytest.raises(ValidationFailed):
        relief.ask("record_visits", **VISITS | {"orgunit": "410105"}, command_id="refused")
    assert not relief.ask("command", command_id="refused")["known"]


def test_a_command_is_known_with_its_first_result_whatever_followed(relief):
    first = relief.ask("raise_order", **ORDER, command_id="raise")
    relief.ask("withdraw_order", id=first["id"], reason="moved", command_id="withdraw")
    found = relief.ask("command", command_id="raise")
    assert found["known"]
    assert found["result"] == first
    assert (found["method"], found["actor"]) == ("raise_order", Relief.ACTOR)
    assert found["recorded"].startswith("2017-03-31T12:00:00")
    assert relief.ask("command", command_id="withdraw")["method"] == "withdraw_order"


@pytest.mark.parametrize(
    ("method", "given"), [("record_visits", VISITS), ("raise_order", ORDER)], ids=["plain", "keyed"]
)
def test_a_caller_learns_whether_the_arguments_were_the_same(relief, method, given):
    relief.ask(method, **given, command_id="c")

    def same(**changed):
        return relief.ask("command", command_id="c", arguments=of(method, given | changed))["same"]

    assert same()
    assert not same(orgunit="410103")
    assert relief.ask("command", command_id="c")["same"] is None


def test_the_fingerprint_of_personal_data_is_not_shown(relief):
    relief.ask("raise_order", **ORDER, command_id="c")
    shown = relief.ask("command", command_id="c")["arguments"]
    assert shown != of("raise_order", ORDER)


def test_the_same_command_id_makes_another_subject_in_each_service(relief):
    volunteering = Volunteering(["410103", "410103006"])
    gathering = {"name": {"zh": "联谊会"}, "gatherings": EXACT | {"unit": "gathering"}}
    made = [
        relief.ask("record_visits", **VISITS, command_id="c"),
        volunteering.ask("hold_gathering", **gathering, command_id="c"),
    ]
    assert [it["id"] for it in made] == [new_id("relief", "c"), new_id("volunteering", "c")]
    assert made[0]["id"] != made[1]["id"]


def test_a_creation_of_a_release_before_0_3_repeated_gives_its_first_result(relief):
    first = relief.ask("record_visits", **VISITS, command_id="c")
    [stored] = relief.collection.documents.values()
    stored["_id"] = stored["commands"][0]["result"]["id"] = former_id("c")
    relief.collection.documents = {former_id("c"): stored}
    assert relief.ask("record_visits", **VISITS, command_id="c") == first | {"id": former_id("c")}
    assert list(relief.collection.documents) == [former_id("c")]
