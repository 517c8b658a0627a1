"""Erasing a resident or a volunteer: what identifies the person goes, what is counted stays."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.supervision.briefing.assemble import fold_week
from services.supervision.figures.as_of import as_of
from services.supervision.indicators import PRESENT
from shared.contracts.events.erasure import GROUNDS
from shared.contracts.reports import is_report
from shared.domain.errors import Conflict
from shared.domain.periods import Week
from tests.support.in_memory import ID_NUMBERS, Relief, Volunteering
from tests.unit.services.supervision.figures.test_fold import all_figures

UNIT = "410103006"
PERSON = {"name": "某某甲", "phone": "13912345678", "address": "某路7号院", "age": 69}
IDENTITY = {"id_number": ID_NUMBERS[0], "name": "某某乙", "phone": "13987654321"}
ABOUT = "某某甲已搬到女儿家"
WEEKS = [Week(2017, week) for week in (1, 2, 3, 13, 14)]
ENDS = {
    "rejected": ["reject_order"],
    "withdrawn": ["withdraw_order"],
    "confirmed": ["claim_items", "deliver_order", "confirm_order"],
    "rated": ["claim_items", "deliver_order", "confirm_order", "rate_order"],
    "reopened": ["claim_items", "deliver_order", "reopen_order", "deliver_order", "confirm_order"],
}
MORE = {
    "reject_order": {"reason": ABOUT},
    "withdraw_order": {"reason": ABOUT},
    "reopen_order": {"reason": ABOUT},
    "claim_items": {"department": "民政局"},
    "rate_order": {"rating": 5},
}
OPEN = {"raised": [], "claimed": ["claim_items"], "delivered": ["claim_items", "deliver_order"]}


def relief():
    return Relief(["410103", UNIT])


def volunteering():
    return Volunteering(["410103", UNIT])


def ordered(service, methods, person=PERSON):
    given = {"category": "daily_necessities", "channel": "phone", "items": ["米"]}
    id = service.ask("raise_order", beneficiary=person, **given)["id"]
    for method in methods:
        service.ask(method, id=id, **MORE.get(method, {}))
    return id


def former(service):
    id = service.ask("register_volunteer", identity=IDENTITY)["id"]
    service.ask("deregister_volunteer", id=id)
    return id


def served(service, id):
    activity = {"category": "other", "planned_for": "2017-01-03", "name": {"zh": "活动"}}
    hours = {"value": "2", "qualifier": "exact", "unit": "hour", "stated": None}
    held = service.ask("publish_activity", **activity)["id"]
    return service.ask("record_hours", volunteer=id, activity=held, hours=hours)["id"]


def figures(service):
    return [all_figures(fold_week(week, PRESENT, _numbered(service)).this) for week in WEEKS], [
        [as_of(events, week) for events in _numbered(service)] for week in WEEKS
    ]


def _numbered(service):
    return [
        [event | {"sourcesequence": number} for number, event in enumerate(events, 1)]
        for events in service.histories()
    ]


@settings(max_examples=25)
@given(st.lists(st.sampled_from(sorted(ENDS)), min_size=1, max_size=4), st.data())
def test_no_figure_and_no_report_changes(ends, data):
    service, volunteers = relief(), volunteering()
    ids = [ordered(service, ENDS[end]) for end in ends]
    person = former(volunteers)
    before = figures(service), figures(volunteers)
    for id in data.draw(st.lists(st.sampled_from(ids), min_size=1)):
        service.ask("erase_beneficiary", id=id, ground=data.draw(st.sampled_from(sorted(GROUNDS))))
    volunteers.ask("erase_volunteer", id=person, ground="requested")
    assert (figures(service), figures(volunteers)) == before
    erased = service.events(id)[-1] | {"sourcesequence": 1}
    assert erased["type"] == "relief.order.erased"
    assert not is_report(erased)


@pytest.mark.parametrize("end", ENDS)
def test_nothing_about_the_resident_is_left(end):
    service = relief()
    id = ordered(service, ENDS[end])
    service.ask("erase_beneficiary", id=id, ground="requested")
    document = service.collection.documents[id]
    assert not {"personal", "reason"} & document.keys()
    texts = [text for text in (*PERSON.values(), ABOUT) if isinstance(text, str)]
    assert not [text for text in texts if text in repr(document)]
    order = service.ask("order", id=id)
    assert (order["erased"], order["age_band"]) == ("requested", "60-69")


@pytest.mark.parametrize("status", OPEN)
def test_an_open_order_keeps_its_resident(status):
    service = relief()
    id = ordered(service, OPEN[status])
    with pytest.raises(Conflict) as caught:
        service.ask("erase_beneficiary", id=id, ground="requested")
    assert caught.value.data["status"] == status
    assert caught.value.data["possible_from"] == ["confirmed", "rated", "rejected", "withdrawn"]
    assert service.collection.documents[id]["personal"]


def test_an_erased_order_is_not_open_again_and_learns_nothing_new():
    service = relief()
    confirmed, rejected = ordered(service, ENDS["confirmed"]), ordered(service, ENDS["rejected"])
    for id in (confirmed, rejected):
        service.ask("erase_beneficiary", id=id, ground="requested")
    with pytest.raises(Conflict, match="raise a new order"):
        service.ask("reopen_order", id=confirmed, reason=ABOUT)
    with pytest.raises(Conflict, match="raise a new order"):
        service.ask("correct_order", id=rejected, still_standing=True, reason=ABOUT)
    service.ask("correct_order", id=rejected, channel="visit", reason=ABOUT)
    assert ABOUT not in repr(service.collection.documents)


def test_an_order_entered_by_mistake_has_no_case():
    service = relief()
    id = ordered(service, [])
    service.ask("correct_order", id=id, withdrawn=True, reason="重复登记")
    service.ask("erase_beneficiary", id=id, ground="unlawful")


def test_erased_twice_is_erased_once_and_the_audit_says_by_whom():
    service = relief()
    id = ordered(service, ENDS["confirmed"])
    given = {"id": id, "ground": "requested"}
    first = service.ask("erase_beneficiary", **given, command_id="e", actor="person:one")
    assert service.ask("erase_beneficiary", **given, command_id="e", actor="person:one") == first
    assert service.ask("erase_beneficiary", **given, actor="person:two") == first
    assert [it["type"] for it in service.events(id)].count("relief.order.erased") == 1
    assert [(it["id"], it["ground"], it["actor"]) for it in service.ask("erasures")] == [
        (id, "requested", "person:one")
    ]


def test_other_orders_of_the_resident_are_found_by_phone_or_by_name_and_address():
    service = relief()
    own = ordered(service, ENDS["confirmed"])
    by_phone = ordered(service, [], {"phone": "+86 139-1234-5678"})
    by_home = ordered(service, [], {"name": "某某 甲", "address": "某路７号院"})
    ordered(service, [], {"name": PERSON["name"], "address": "别处"})
    ordered(service, [], {})
    found = {it["id"]: it["same"] for it in service.ask("orders_of_same_resident", id=own)}
    assert found == {by_phone: ["phone"], by_home: ["name_and_address"]}
    service.ask("erase_beneficiary", id=own, ground="requested")
    assert service.ask("orders_of_same_resident", id=own) == []


def test_a_volunteer_leaves_and_hours_are_verified_before_the_erasure():
    service = volunteering()
    id = service.ask("register_volunteer", identity=IDENTITY)["id"]
    with pytest.raises(Conflict) as caught:
        service.ask("erase_volunteer", id=id, ground="requested")
    assert caught.value.data["possible_from"] == ["left"]
    row = served(service, id)
    service.ask("deregister_volunteer", id=id)
    with pytest.raises(Conflict) as caught:
        service.ask("erase_volunteer", id=id, ground="requested")
    assert caught.value.data["hours"] == [row]
    service.ask("verify_hours", id=row)
    service.ask("erase_volunteer", id=id, ground="requested")
    assert len(service.ask("ledger", volunteer=id)["rows"]) == 1
    with pytest.raises(Conflict, match="is erased"):
        served(service, id)


def test_who_was_erased_is_a_new_volunteer_whom_nothing_connects_with_the_former_one():
    service = volunteering()
    old = former(service)
    hashed = service.collection.documents[old]["identity"]
    first = service.ask("erase_volunteer", id=old, ground="consent_withdrawn", command_id="e")
    document = service.collection.documents[old]
    assert not {"personal", "identity", "reason"} & document.keys()
    assert hashed not in repr(document)
    new = service.ask("register_volunteer", identity=IDENTITY)
    assert new["id"] != old and new["version"] == 1
    assert service.collection.documents[new["id"]]["identity"] == hashed
    # Commands of before have their results of before.
    again = {"identity": IDENTITY, "command_id": "command-1"}
    assert service.ask("register_volunteer", **again)["id"] == old
    assert (
        service.ask("erase_volunteer", id=old, ground="consent_withdrawn", command_id="e") == first
    )
    with pytest.raises(Conflict):
        service.ask("erase_volunteer", id=new["id"], ground="requested")
