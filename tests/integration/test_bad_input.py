"""Every RPC method refuses what doesn't fit, names the field, and stores nothing."""

import uuid

import pytest

from shared.contracts.rpc.declare import CommandSchema, Happened
from shared.domain.errors import Conflict, NotFound, ValidationFailed
from shared.platform.topology import SERVICES
from tests.support.methods import METHODS
from tests.support.misfits import fitting, misfits
from tests.support.paths import paths
from tests.support.running import COMMUNITY, DISTRICT, PERSON, RETIRED, SUBDISTRICT, TIME

BEFORE = "2017-02-05T09:30:00+08:00"
FUTURE = "2017-02-20T09:30:00+08:00"


TAKES = {(service, name): takes for service, name, takes in METHODS}
COMMANDS = [(service, name) for service, name, takes in METHODS if issubclass(takes, CommandSchema)]


@pytest.fixture(scope="module")
def raised(started):
    """An order with two items, nobody's yet."""
    return started.raise_order()["id"]


@pytest.fixture(scope="module")
def claimed(started):
    identity = started.raise_order()["id"]
    started.do("relief", "claim_items", id=identity, time=TIME, department="民政局")
    return identity


@pytest.fixture(scope="module")
def held(started):
    plan = {"orgunit": COMMUNITY, "venue": "二七广场", "planned_for": "2017-02-06"}
    identity = started.do("clinics", "plan_clinic", time=TIME, **plan)["id"]
    for verb in ("file", "hold"):
        started.do("clinics", f"{verb}_clinic", id=identity, time=TIME)
    return identity


@pytest.fixture(scope="module")
def entered(started, raised, claimed, held):
    """What is stored when all is entered."""
    started.settled()
    return started.counts()


@pytest.fixture(autouse=True)
def nothing_stored(running, entered):
    yield
    assert running.counts() == entered


def test_every_method_is_found():
    assert {service for service, _, _ in METHODS} == set(SERVICES)
    assert len(METHODS) == len({(service, name) for service, name, _ in METHODS}) > 40


@pytest.mark.parametrize(
    "service, method, takes", METHODS, ids=[f"{service}.{name}" for service, name, _ in METHODS]
)
def test_a_misfit_of_each_field_is_refused_and_named(running, service, method, takes):
    """One for each field; unit tests try all values, and so does the long run by RPC."""
    one_each = {path: (path, arguments) for path, arguments in misfits(takes)}
    all_are_refused(running, service, method, one_each.values())


@pytest.mark.long
@pytest.mark.parametrize(
    "service, method, takes", METHODS, ids=[f"{service}.{name}" for service, name, _ in METHODS]
)
def test_each_misfit_is_refused_and_named(running, service, method, takes):
    all_are_refused(running, service, method, misfits(takes))


def all_are_refused(running, service, method, tries):
    answers = {
        (path, repr(arguments)[:300]): refused(running, service, method, arguments)
        for path, arguments in tries
    }
    wrong = {asked: said for asked, said in answers.items() if said != {asked[0]}}
    assert wrong == {}


def refused(running, service, method, arguments):
    """Paths of the fields that the refusal names; what came instead of a refusal."""
    try:
        return running.ask(service, method, **arguments)
    except ValidationFailed as error:
        return set(paths(error.data))
    except Exception as error:
        return error


@pytest.mark.parametrize("service, method", COMMANDS, ids=map(".".join, COMMANDS))
def test_all_missing_fields_are_named_at_once(running, service, method):
    fields = TAKES[service, method]().fields
    required = {(name,) for name, field in fields.items() if field.required}
    assert refused(running, service, method, {}) == required


PLACED = [(service, name) for service, name, takes in METHODS if issubclass(takes, Happened)]


@pytest.mark.parametrize("service, method", PLACED, ids=map(".".join, PLACED))
@pytest.mark.parametrize(
    "wrong, field",
    [
        ({"orgunit": "999999"}, "orgunit"),
        ({"orgunit": RETIRED, "time": TIME}, "orgunit"),
        ({"time": FUTURE}, "time"),
        ({"time": "9997-12-31T23:59:59-23:59"}, "time"),
    ],
    ids=["unknown unit", "dissolved unit", "future", "far future"],
)
def test_a_place_or_time_that_cannot_be_is_refused(running, service, method, wrong, field):
    arguments = fitting(TAKES[service, method], time=TIME, orgunit=COMMUNITY) | wrong
    assert refused(running, service, method, arguments) == {(field,)}


ON_SOMETHING = [
    (service, name)
    for service, name, takes in METHODS
    if "id" in takes().fields or name in ("change_orgunit", "retire_orgunit")
]


@pytest.mark.parametrize("service, method", ON_SOMETHING, ids=map(".".join, ON_SOMETHING))
def test_what_is_not_there_is_not_found(running, service, method):
    takes = TAKES[service, method]
    unknown = {"code": "410199"} if "code" in takes().fields else {}
    with pytest.raises(NotFound) as caught:
        running.ask(service, method, **fitting(takes, **unknown))
    assert set(caught.value.data) >= {"kind", "id"}


@pytest.mark.parametrize(
    "code, parent",
    [
        ("410103099", "410104"),
        ("410103099", "410103099"),
        ("410104001", "410104"),
        ("410103099", None),
    ],
    ids=["lies elsewhere", "its own parent", "parent unknown", "a second root"],
)
def test_a_unit_needs_a_parent_that_fits(running, code, parent):
    with pytest.raises(ValidationFailed) as caught:
        unit = {"level": "subdistrict", "name": "某街道"}
        running.do("supervision", "register_orgunit", code=code, parent=parent, **unit)
    assert set(caught.value.data) == {"parent"}


@pytest.mark.parametrize(
    "code, parent, level, field",
    [
        ("410104", None, "district", "parent"),
        ("410103", "410103", "district", "parent"),
        ("410103099", DISTRICT, "community", "level"),
        ("410103099", DISTRICT, "district", "level"),
        (f"{SUBDISTRICT}999", DISTRICT, "community", "parent"),
        (f"{SUBDISTRICT}999", SUBDISTRICT, "subdistrict", "level"),
    ],
)
def test_level_and_parent_of_a_unit_follow_from_its_code(running, code, parent, level, field):
    unit = {"code": code, "parent": parent, "level": level, "name": "某单位"}
    assert refused(running, "supervision", "register_orgunit", commanded(**unit)) == {(field,)}


def test_only_a_registered_unit_succeeds_another(running):
    retirement = commanded(code=COMMUNITY, successor="410103099")
    assert refused(running, "supervision", "retire_orgunit", retirement) == {("successor",)}


def commanded(**arguments):
    return {"command_id": str(uuid.uuid4()), "actor": PERSON, **arguments}


@pytest.mark.parametrize(
    ("verb", "more"), [("approve", {"content_digest": "2edb24d1"}), ("publish", {})]
)
def test_an_issue_that_was_not_drafted_is_not_found(running, verb, more):
    with pytest.raises(NotFound):
        running.do("supervision", f"{verb}_briefing", period="2017-W01", **more)


@pytest.mark.parametrize("method", ["briefing", "verify"])
def test_a_week_without_briefing_is_not_found(running, method):
    with pytest.raises(NotFound):
        running.ask("supervision", method, period="2017-W01")


def test_an_indicator_that_is_not_declared_is_refused(running):
    with pytest.raises(ValidationFailed) as caught:
        running.ask("supervision", "explain", period="2017-W01", indicator="relief.none_such")
    assert set(caught.value.data) == {"indicator"}


def test_a_registered_unit_is_not_registered_again(running):
    with pytest.raises(Conflict) as caught:
        unit = {"parent": DISTRICT, "level": "subdistrict", "name": "又一个"}
        running.do("supervision", "register_orgunit", code=SUBDISTRICT, **unit)
    assert caught.value.data["reason"] == "exists already"


def test_a_dissolved_unit_does_not_change(running):
    with pytest.raises(Conflict) as caught:
        running.do("supervision", "change_orgunit", code=RETIRED, name="新名")
    assert caught.value.data["reason"] == "retired already"


@pytest.mark.parametrize(
    "verb, arguments",
    [
        ("deliver", {}),
        ("confirm", {}),
        ("rate", {"rating": 5}),
        ("reopen", {"reason": "没有解决"}),
    ],
)
def test_an_order_in_the_wrong_state_is_a_conflict(running, raised, verb, arguments):
    with pytest.raises(Conflict) as caught:
        running.do("relief", f"{verb}_order", id=raised, time=TIME, **arguments)
    data = caught.value.data
    assert (data["action"], data["status"], data["id"]) == (verb, "raised", raised)
    assert "raised" not in data["possible_from"]


def test_nothing_to_release_is_a_conflict(running, raised):
    with pytest.raises(Conflict) as caught:
        release = {"department": "民政局", "reason": "人手不足"}
        running.do("relief", "release_items", id=raised, time=TIME, **release)
    assert caught.value.data["nothing_claimed_by"] == "民政局"


def test_an_item_that_nobody_asked_for_is_not_claimed(running, raised):
    with pytest.raises(ValidationFailed) as caught:
        wanted = {"department": "民政局", "items": ["大米", "电视机"]}
        running.do("relief", "claim_items", id=raised, time=TIME, **wanted)
    assert set(caught.value.data) == {"items"}


def test_a_claimed_item_is_not_claimed_again(running, claimed):
    with pytest.raises(Conflict):
        taken = {"department": "卫计委", "items": ["大米"]}
        running.do("relief", "claim_items", id=claimed, time=TIME, **taken)


def test_an_order_is_not_delivered_before_it_was_raised(running, claimed):
    with pytest.raises(ValidationFailed) as caught:
        running.do("relief", "deliver_order", id=claimed, time=BEFORE)
    assert set(caught.value.data) == {"time"}


@pytest.mark.parametrize(
    "verb, arguments",
    [
        ("file", {}),
        ("hold", {}),
        ("cancel", {"reason": "下雨"}),
        ("postpone", {"reason": "下雨", "planned_for": "2017-02-08"}),
    ],
)
def test_a_clinic_in_the_wrong_state_is_a_conflict(running, held, verb, arguments):
    with pytest.raises(Conflict) as caught:
        running.do("clinics", f"{verb}_clinic", id=held, time=TIME, **arguments)
    assert (caught.value.data["action"], caught.value.data["status"]) == (verb, "held")


def test_a_tally_of_another_day_is_refused(running, held):
    with pytest.raises(ValidationFailed) as caught:
        running.do("clinics", "tally_clinic", id=held, time=BEFORE)
    assert set(caught.value.data) == {"time"}


def test_what_another_service_owns_is_not_found(running, raised, held):
    with pytest.raises(NotFound):
        running.ask("clinics", "clinic", id=raised)
    with pytest.raises(NotFound):
        running.ask("relief", "order", id=held)
