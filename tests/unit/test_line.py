"""The line stops after too many invalid messages in a row."""

from shared.messaging.circuit_breaker import Line


def test_it_stops_beyond_the_limit_and_knows_the_reasons():
    line = Line(3)
    for reason in ("not_json", "empty", "not_json"):
        line.bad(reason)
        assert not line.stopped
    line.bad("handler_failed")
    assert line.stopped
    assert line.reasons == {"not_json": 2, "empty": 1, "handler_failed": 1}


def test_one_good_message_in_between_begins_the_count_anew():
    line = Line(2)
    for _ in range(100):
        line.bad("not_json")
        line.bad("not_json")
        line.good()
    assert not line.stopped


def test_resumed_it_counts_from_nothing():
    line = Line(1)
    for _ in range(2):
        line.bad("empty")
    line.resume()
    assert not line.stopped
    line.bad("empty")
    assert not line.stopped
    line.bad("empty")
    assert line.stopped
