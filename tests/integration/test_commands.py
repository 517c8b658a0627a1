"""A command has its effect once, however often, from however many sides it is given."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.aggregates.aggregate import fingerprint
from shared.domain.errors import Conflict, Forbidden, NeedsConfirmation
from shared.service.rpc_client import RpcClient
from tests.support.running import COMMUNITY, PERSON, SECONDS, SUBDISTRICT, TIME, WEEK, order

THREADS = 8
CLAIM = {"time": TIME, "department": "民政局"}


def command_id():
    return str(uuid.uuid4())


def at_once(running, calls):
    """Each (service, method, arguments) from a thread and a connection of its own; what came."""

    def call(service, method, arguments):
        with RpcClient(running.stack.amqp_uri) as rpc:
            try:
                return rpc.call(service, method, timeout=SECONDS, actor=PERSON, **arguments)
            except Conflict as error:
                return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(lambda one: call(*one), calls))


def events_of(running, service, identity):
    """The events of one aggregate in the service's log, in order."""
    running.wait(lambda: running.health(service)["pending"] == 0)
    page = running.ask(service, "events", after=0)
    assert len(page["events"]) == page["last"]
    return [event for event in page["events"] if event["subject"] == identity]


def test_a_repeated_creation_gives_the_first_result_and_no_second_event(running):
    given = order() | {"command_id": command_id()}
    first = running.do("relief", "raise_order", **given)
    running.do("relief", "claim_items", id=first["id"], **CLAIM)
    assert running.do("relief", "raise_order", **given) == first
    types = [event["type"] for event in events_of(running, "relief", first["id"])]
    assert types == ["relief.order.raised", "relief.order.claimed"]


def test_a_caller_without_an_answer_asks_whether_the_command_was_carried_out(running):
    given = order() | {"command_id": command_id()}
    assert not running.ask("relief", "command", command_id=given["command_id"])["known"]
    first = running.do("relief", "raise_order", **given)
    own = fingerprint("raise_order", {"actor": PERSON, **order()})
    known = running.ask("relief", "command", command_id=given["command_id"], arguments=own)
    assert (known["result"], known["same"]) == (first, True)


def test_a_command_is_found_by_an_index(running):
    with running.service_db("relief") as database:
        plan = database.aggregates.find({"commands.id": "any"}).explain()["queryPlanner"]
    assert "IXSCAN" in str(plan["winningPlan"])


def test_actions_on_dead_letters_and_rebuilds_are_commands_too(running):
    for service, method, arguments in (
        ("clinics", "resume_inbox", {}),
        ("supervision", "rebuild_figures", {"source": "facts"}),
    ):
        identity = command_id()
        running.do(service, method, command_id=identity, **arguments)
        known = running.ask(service, "command", command_id=identity)
        assert (known["known"], known["method"]) == (True, method)


def test_a_repeated_change_gives_the_first_result_and_no_second_event(running):
    identity = running.raise_order()["id"]
    claim = CLAIM | {"id": identity, "command_id": command_id()}
    first = running.do("relief", "claim_items", **claim)
    running.do("relief", "deliver_order", id=identity, time=TIME)
    assert running.do("relief", "claim_items", **claim) == first
    assert running.ask("relief", "order", id=identity)["status"] == "delivered"
    assert len(events_of(running, "relief", identity)) == 3


def test_an_unlikely_value_is_taken_once_it_is_confirmed(running):
    many = {"value": "50000", "qualifier": "exact", "unit": "visit"}
    given = {"orgunit": COMMUNITY, "time": TIME, "kind": "household", "command_id": command_id()}
    before = running.ask("relief", "events", after=0)["last"]
    with pytest.raises(NeedsConfirmation) as asked:
        running.do("relief", "record_visits", visits=many, **given)
    [rule] = asked.value.data["visits"]
    assert (rule["rule"], rule["zh"]) == ("many_visits", "走访超过10000次")
    assert running.ask("relief", "events", after=0)["last"] == before
    done = running.do("relief", "record_visits", visits=many, confirm_unlikely=True, **given)
    assert running.do("relief", "record_visits", visits=many, **given) == done
    [event] = events_of(running, "relief", done["id"])
    assert event["confirmed"] == "many_visits"
    # Supervision has the event as a fact, though its envelope says more than others do.
    running.wait(lambda: running.live("relief.visits_household", COMMUNITY) is not None)


def test_a_unit_that_has_reported_has_no_nil_report(running):
    running.raise_order(orgunit=COMMUNITY)
    with pytest.raises(Conflict) as refused:
        running.do("relief", "report_nil", orgunit=SUBDISTRICT, period=str(WEEK))
    assert refused.value.data["reports"]


def test_the_order_of_arguments_makes_no_difference(running):
    given = order() | {"command_id": command_id()}
    first = running.do("relief", "raise_order", **given)
    assert running.do("relief", "raise_order", **dict(reversed(given.items()))) == first


def test_a_creation_repeated_from_all_sides_creates_one(running):
    given = order() | {"command_id": command_id()}
    results = at_once(running, [("relief", "raise_order", given)] * THREADS)
    assert results == [results[0]] * THREADS
    assert len(events_of(running, "relief", results[0]["id"])) == 1


def test_a_change_repeated_from_all_sides_changes_once(running):
    identity = running.raise_order()["id"]
    claim = CLAIM | {"id": identity, "command_id": command_id()}
    results = at_once(running, [("relief", "claim_items", claim)] * THREADS)
    assert results == [{"id": identity, "version": 2, "status": "claimed"}] * THREADS
    assert len(events_of(running, "relief", identity)) == 2


@pytest.mark.parametrize(
    "other",
    [{"items": ["大米"]}, {"channel": "wechat"}, {"actor": "person:somebody-else"}],
    ids=["items", "channel", "actor"],
)
def test_other_arguments_are_a_conflict(running, other):
    given = order() | {"command_id": command_id()}
    first = running.do("relief", "raise_order", **given)
    with pytest.raises(Conflict) as caught:
        running.do("relief", "raise_order", **(given | other))
    assert caught.value.data == {
        "command_id": given["command_id"],
        "reason": "used with other arguments",
    }
    assert len(events_of(running, "relief", first["id"])) == 1


def test_other_arguments_at_once_let_one_through(running):
    identity = command_id()
    texts = [f"第{n}件" for n in range(THREADS)]
    calls = [
        ("relief", "raise_order", order() | {"items": [text], "command_id": identity})
        for text in texts
    ]
    results = at_once(running, calls)
    [created] = [result for result in results if not isinstance(result, Conflict)]
    assert len(events_of(running, "relief", created["id"])) == 1


def test_the_id_of_a_change_is_not_taken_for_another_aggregate(running):
    one, other = running.raise_order()["id"], running.raise_order()["id"]
    claim = CLAIM | {"command_id": command_id()}
    running.do("relief", "claim_items", id=one, **claim)
    with pytest.raises(Conflict) as caught:
        running.do("relief", "claim_items", id=other, **claim)
    assert caught.value.data["command_id"] == claim["command_id"]
    assert running.ask("relief", "order", id=other)["status"] == "raised"
    assert len(events_of(running, "relief", other)) == 1


def test_the_id_of_a_creation_is_not_taken_for_a_change(running):
    identity = command_id()
    one, other = running.raise_order(command_id=identity)["id"], running.raise_order()["id"]
    for order_id in (one, other):
        with pytest.raises(Conflict):
            running.do("relief", "claim_items", id=order_id, command_id=identity, **CLAIM)


def test_one_command_id_in_two_services_makes_two_events(running):
    identity = command_id()
    raised = running.raise_order(command_id=identity)
    plan = {"orgunit": COMMUNITY, "venue": "二七广场", "planned_for": "2017-02-06"}
    planned = running.do("clinics", "plan_clinic", command_id=identity, time=TIME, **plan)
    [one] = events_of(running, "relief", raised["id"])
    [other] = events_of(running, "clinics", planned["id"])
    assert one["id"] != other["id"]
    running.settled()
    assert running.parked() == set()


def test_of_two_claims_of_one_item_exactly_one_wins(running):
    for _ in range(10):
        identity = running.raise_order()["id"]
        departments = [f"第{n}部门" for n in range(THREADS)]
        claim = {"id": identity, "time": TIME, "items": ["大米"]}
        claims = [
            claim | {"command_id": command_id(), "department": department}
            for department in departments
        ]
        results = at_once(running, [("relief", "claim_items", claim) for claim in claims])
        [winner] = [n for n, result in enumerate(results) if not isinstance(result, Conflict)]
        items = running.ask("relief", "order", id=identity)["items"]
        assert items[0] == {"item": "大米", "claimed_by": departments[winner]}
        assert len(events_of(running, "relief", identity)) == 2


def test_claims_of_different_items_all_win(running):
    items = [f"第{n}件" for n in range(THREADS)]
    identity = running.raise_order(items=items)["id"]
    claims = [CLAIM | {"id": identity, "command_id": command_id(), "items": [it]} for it in items]
    results = at_once(running, [("relief", "claim_items", claim) for claim in claims])
    assert sorted(result["version"] for result in results) == list(range(2, THREADS + 2))
    assert running.ask("relief", "order", id=identity)["status"] == "claimed"
    sequences = [event["subjectsequence"] for event in events_of(running, "relief", identity)]
    # Each once; who is numbered first, nobody promises.
    assert sorted(sequences) == list(range(1, THREADS + 2))


def test_only_a_person_approves(running):
    running.settled()
    running.do("supervision", "draft_briefing", period="2017-W05")
    with pytest.raises(Forbidden) as caught:
        running.approve("2017-W05", actor="service:cron")
    assert caught.value.data["actor"] == "service:cron"
    running.approve("2017-W05")
