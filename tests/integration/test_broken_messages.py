"""A message that can't be read becomes a dead letter with its reason and blocks no other."""

import pytest

from shared.contracts.limits import MESSAGE_BYTES
from tests.support.foreign import body, of_type, visits, without
from tests.support.running import SUBDISTRICT, WEEK, properties

GBK = "走访".encode("gbk")
UNKNOWN = f"{SUBDISTRICT}999"
VISITS = "relief.visits_household"
RAISED = "relief.orders_raised"


def broken():
    """Reason → name → body, as a publisher to relief.events may get it wrong."""
    event = visits()
    data = event["data"]
    return {
        "empty": {"empty": b""},
        "too_large": {
            "5 MB": body(visits(data=data | {"reason": "x" * 5_000_000})),
            "as large as the broker takes": b"x" * MESSAGE_BYTES,
        },
        "not_json": {
            "a number out of range": body(visits(more=1)).replace(b'"more": 1', b'"more": 1e400'),
            "text": b"hello",
            "GBK": body(event).replace(b"household", GBK),
            "bytes": b"\x00\xff\xfe",
            "cut off": body(event)[:-1],
            "not a number": body(event).replace(b'"3"', b"NaN"),
            "100,000 deep": b"[" * 100_000,
            "twice": body(event) * 2,
        },
        "not_an_envelope": {
            "a list": b"[]",
            "null": b"null",
            "no attributes": b"{}",
            "another specversion": body(visits(specversion="0.3")),
            "the data alone": body(data),
            "type a number": body(visits(type=5)),
        },
        "foreign_source": {
            "of another service": body(visits(source="/warm/clinics")),
            "of nobody": body(visits(source="/warm/nobody")),
            "type of another service": body(of_type("clinics.thing.happened", {})),
        },
        "unknown_version": {
            "of the future": body(visits(dataschema="urn:warm:relief.visit.recorded:2"))
        },
        "missing_field": {
            "id": body(without("id", event)),
            "orgunit": body(without("orgunit", event)),
            "data": body(without("data", event)),
            "in data": body(visits(data=without("visits", data))),
            "in a quantity": body(visits(data=data | {"visits": without("unit", data["visits"])})),
        },
        "wrong_type": {
            "source a word": body(visits(source="relief")),
            "sequence as text": body(visits(subjectsequence="1")),
            "sequence 0": body(visits(sourcesequence=0)),
            "sequence true": body(visits(sourcesequence=True)),
            "sequence of 30 digits": body(visits(sourcesequence=10**30)),
            "data a list": body(visits(data=[])),
            "id null": body(visits(id=None)),
            "lone surrogates": body(visits(id="\ud800")),
            "value a number": body(visits(data=data | {"visits": data["visits"] | {"value": 3}})),
            "value below 0": body(visits("-3")),
            "another unit": body(visits(data=data | {"visits": data["visits"] | {"unit": "hour"}})),
            "no such day": body(visits(time="2017-02-30T00:00:00+08:00")),
            "the year 9999": body(visits(time="9999-12-31T23:59:59Z")),
        },
        "time_without_offset": {
            "time": body(visits(time="2017-02-06T09:30:00")),
            "recordedtime": body(visits(recordedtime="2017-02-06T09:30:00")),
        },
        "cannot_be_stored": {
            "surrogates": body(visits(more="\ud800")),
            "surrogates in a key": body(visits(data=data | {"\ud800": 1})),
        },
    }


BROKEN = [
    pytest.param(reason, sent, id=f"{reason}-{name}")
    for reason, bodies in broken().items()
    for name, sent in bodies.items()
]


@pytest.fixture(autouse=True)
def undisturbed(running):
    """Nothing dies of it, and what follows is counted."""
    pids, before = running.pids(), int(running.live(RAISED) or 0)
    yield
    running.raise_order()
    running.wait(lambda: running.live(RAISED) == str(before + 1))
    assert running.pids() == pids
    running.wait(lambda: running.depth("supervision.inbox") == 0)


def publish(running, *events, exchange="relief.events", key="visit.recorded", **given):
    running.publish(exchange, key, *((body(event), properties(**given)) for event in events))


def entry_for(running, reason, sent, exchange="relief.events", key="visit.recorded", **given):
    """The dead letter of a message that was published."""
    before = running.parked()
    running.publish(exchange, key, (sent, properties(**given)))
    running.wait(lambda: running.dead_letters_since(before))
    [entry] = running.dead_letters_since(before)
    assert (entry["reason"], entry["exchange"]) == (reason, exchange)
    return entry


@pytest.mark.parametrize("reason, sent", BROKEN)
def test_it_is_kept_with_its_reason_and_body(running, reason, sent):
    entry = entry_for(running, reason, sent)
    assert entry["size"] == len(sent)
    assert entry["body"] == sent[:100_000].decode("utf-8", "backslashreplace")
    assert (entry["state"], entry["seen"], entry["routing_key"]) == ("parked", 1, "visit.recorded")


@pytest.mark.parametrize("exchange", ["clinics.events", "supervision.events"])
def test_it_is_kept_whatever_exchange_it_came_through(running, exchange):
    entry_for(running, "not_json", f"through {exchange}".encode(), exchange)
    entry_for(running, "foreign_source", body(visits()), exchange)


def test_what_relief_cannot_read_of_the_registry_is_a_dead_letter_there(running):
    before = running.health("relief")["parked"]
    running.publish("supervision.events", "orgunit.changed", b"not an event")
    running.wait(lambda: running.health("relief")["parked"] == before + 1)
    [entry] = running.ask("relief", "dead_letters")
    assert entry["reason"] == "not_json"


@pytest.mark.parametrize("name", ["order.praised", "thing.happened", "visit.recorded_by_robot"])
def test_an_unknown_type_is_kept_as_a_fact_and_not_folded(running, name):
    before, parked = running.counts("supervision"), running.parked()
    publish(running, of_type(f"relief.{name}", {"kind": "household"}), key=name)
    facts = ("supervision", "facts")
    running.wait(lambda: running.counts("supervision")[facts] == before[facts] + 1)
    assert running.parked() == parked
    running.wait(lambda: running.health("supervision")["unfolded"] == 0)


@pytest.mark.parametrize("name", ["clinics.clinic.reviewed", "supervision.orgunit.split"])
def test_an_unknown_type_of_a_known_thing_spoils_no_draft(running, name):
    service, key = name.split(".", 1)
    before = running.counts("supervision")["supervision", "facts"]
    publish(running, of_type(name, {}), exchange=f"{service}.events", key=key)
    running.wait(lambda: running.counts("supervision")["supervision", "facts"] == before + 1)
    assert running.do("supervision", "draft_briefing", period=str(WEEK))["status"] == "draft"


def test_an_event_of_the_far_future_spoils_no_figure(running):
    publish(running, visits("7", time="9998-12-31T12:00:00+08:00"))
    publish(running, visits("7", time="9998-12-31T23:59:59-12:00"))
    running.wait(lambda: running.depth("supervision.inbox") == 0)
    before = int(running.live(VISITS) or 0)
    publish(running, visits("2"))
    running.wait(lambda: running.live(VISITS) == str(before + 2))


def test_an_event_with_more_fields_than_we_know_is_counted(running):
    before = int(running.live(VISITS) or 0)
    more = visits("4", more={"x": [1]})
    more["data"] |= {"weather": "小雨"}
    publish(running, more)
    running.wait(lambda: running.live(VISITS) == str(before + 4))


STRANGE = {
    "a message id in GBK": {"message_id": GBK},
    "headers in GBK": {"headers": {"x": GBK}},
    "lone surrogates": {"message_id": b"\xed\xa0\x80", "headers": {"x": b"\xed\xa0\x80"}},
    "NUL": {"message_id": "a\x00b"},
    "a time in milliseconds": {"timestamp": 1_486_350_000_000},
    "another content encoding": {"content_encoding": "utf-16"},
    "an encoding that makes surrogates": {"content_encoding": "unicode_escape"},
    "no content type": {"content_type": None},
    "a pickle, it says": {"content_type": "application/x-python-serialize"},
    "compressed, it says": {"headers": {"compression": "application/x-gzip"}},
    "long headers": {"headers": {f"header-{n}": "x" * 1000 for n in range(100)}},
}


@pytest.mark.parametrize("name", STRANGE)
def test_strange_properties_spoil_neither_an_event_nor_a_dead_letter(running, name):
    given = STRANGE[name]
    before = int(running.live(VISITS) or 0)
    publish(running, visits("2"), **given)
    running.wait(lambda: running.live(VISITS) == str(before + 2))
    sent = rb"\ud800" + name.encode()
    assert entry_for(running, "not_json", sent, **given)["body"] == sent.decode()


@pytest.mark.parametrize("key", [GBK, b"\xed\xa0\x80", b"", b"a\x00b", b"x" * 255], ids=repr)
def test_a_strange_routing_key_spoils_neither(running, key):
    before, parked = int(running.live(VISITS) or 0), running.parked()
    running.publish("relief.events", key, (body(visits("2")), properties()))
    running.wait(lambda: running.live(VISITS) == str(before + 2))
    running.publish("relief.events", key, (b"not an event", properties()))
    running.wait(lambda: running.dead_letters_since(parked))


def test_the_same_broken_message_is_one_entry_seen_twice(running):
    entry = entry_for(running, "not_json", b"the same")
    running.publish("relief.events", "visit.recorded", (b"the same", properties()))
    running.wait(lambda: running.parked_message(entry["id"])["seen"] == 2)


def test_a_known_id_with_other_content_is_a_dead_letter_and_the_first_stays(running):
    before = int(running.live(VISITS) or 0)
    first = visits("3")
    publish(running, first)
    running.wait(lambda: running.live(VISITS) == str(before + 3))
    entry_for(running, "id_conflict", body(visits("5", id=first["id"])))
    publish(running, visits("1"))
    running.wait(lambda: running.live(VISITS) == str(before + 4))


def test_an_unknown_unit_is_retried_and_counts_once_it_is_registered(running):
    before, code = int(running.live(VISITS) or 0), f"{SUBDISTRICT}901"
    entry = entry_for(running, "unknown_orgunit", body(visits("6", orgunit=code)))
    assert (entry["state"], entry["orgunit"]) == ("waiting", code)
    running.pass_time(seconds=2)
    running.wait(lambda: running.parked_message(entry["id"])["attempts"] == 1)
    assert running.live(VISITS) == str(before)
    register(running, code)
    running.wait(lambda: running.live(VISITS) == str(before + 6))
    running.wait(lambda: running.parked_message(entry["id"])["state"] == "resolved")
    assert entry["id"] not in running.parked()


def test_an_unknown_unit_counts_even_after_its_message_was_given_up(running):
    before, code = int(running.live(VISITS) or 0), f"{SUBDISTRICT}902"
    entry = entry_for(running, "unknown_orgunit", body(visits("6", orgunit=code)))
    for attempt in range(1, 6):
        running.pass_time(hours=1)
        running.wait(lambda n=attempt: running.parked_message(entry["id"])["attempts"] == n)
    assert running.parked_message(entry["id"])["state"] == "parked"
    register(running, code)
    running.wait(lambda: running.live(VISITS) == str(before + 6))
    running.wait(lambda: running.parked_message(entry["id"])["state"] == "resolved")


def register(running, code):
    unit = {"parent": SUBDISTRICT, "level": "community", "name": f"新社区{code[-3:]}"}
    running.do("supervision", "register_orgunit", code=code, **unit)


def test_a_message_that_the_broker_gave_up_is_stored_with_the_others(running):
    parked, sent = running.parked(), b"given up by the broker"
    running.publish("supervision.dead", "", (sent, properties()))
    running.wait(lambda: running.dead_letters_since(parked))
    [entry] = running.dead_letters_since(parked)
    assert (entry["reason"], entry["body"]) == ("dead_lettered", sent.decode())
    assert running.depth("supervision.dead") == 0
