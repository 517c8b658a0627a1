"""What an event of ours brings to a client of another protocol, and where: the tables of
docs/other-protocols.md, made of what was seen."""

from typing import NamedTuple

from shared.domain.periods import parse_instant

EXCHANGE = "supervision.events"
COLUMNS = {
    "amqp1": "AMQP 1.0",
    "stream": "stream",
    "stomp": "STOMP 1.2",
    "mqtt311": "MQTT 3.1.1",
    "mqtt5": "MQTT 5",
}
NOWHERE = "—"
# Where a protocol says that a message is kept on disk, or has to be confirmed.
LASTING = {
    "durable": True,
    "annotation x-basic-delivery-mode": 2,
    "header persistent": "true",
    "QoS": 1,
}
# Where a protocol has times, and how many of its units are a second.
TIMES = {"creation-time": 1000, "header timestamp": 1}


class Arrival(NamedTuple):
    """An event, and what a client saw of its message: place → value."""

    event: dict
    places: dict


def table(version, arrivals, manners):
    """The block of the page for a version of the broker. `arrivals`: column → Arrival, or None
    where nothing arrives; `manners`: further rows, each with its cells by column."""
    head = ["published by AMQP 0-9-1", *COLUMNS.values()]
    rows = [[name, *(_cell(arrivals[it], where) for it in COLUMNS)] for name, where in ROWS.items()]
    rows += [[name, *(cells.get(it, NOWHERE) for it in COLUMNS)] for name, cells in manners.items()]
    lines = (f"| {' | '.join(line)} |" for line in [head, ["---"] * len(head), *rows])
    return "\n".join((f"<!-- {version} -->", *lines, f"<!-- end of {version} -->"))


def _cell(arrival, where):
    return ", ".join(where(*arrival)) if arrival and where(*arrival) else NOWHERE


def _equal(of):
    """Where one of the values stands that `of(event)` gives."""
    return lambda event, places: [f"`{it}`" for it in places if places[it] in of(event)]


def _key(event):
    return event["type"].split(".", 1)[1]


def _address(event):
    return f"/exchange/{EXCHANGE}/{_key(event)}"


def _lasting(event, places):
    return [f"`{it}`" for it in places.keys() & LASTING.keys() if LASTING[it] == places[it]]


def _time(event, places):
    seconds = int(parse_instant(event["recordedtime"]).timestamp())
    found = []
    for place in places.keys() & TIMES.keys():
        value, right = int(places[place]), seconds * TIMES[place]
        assert value in (right, right // 1000)
        found.append(f"`{place}`" if value == right else f"`{place}`, 1,000 times too small")
    return found


ROWS = {
    "`message_id`: the event's `id`": _equal(lambda event: [event["id"]]),
    "`correlation_id`": _equal(lambda event: [event["correlationid"]]),
    "`type`: the event's type": _equal(lambda event: [event["type"]]),
    "`app_id`: the service": _equal(lambda event: [event["source"].rsplit("/", 1)[1]]),
    "`timestamp`": _time,
    "`content_type`": _equal(lambda event: ["application/json"]),
    "`content_encoding`": _equal(lambda event: ["utf-8"]),
    "header `ce-mode`": _equal(lambda event: ["structured"]),
    "exchange": _equal(lambda event: [EXCHANGE, _address(event)]),
    "routing key": _equal(lambda e: [_key(e), _key(e).replace(".", "/"), _address(e)]),
    "delivery mode 2": _lasting,
}
