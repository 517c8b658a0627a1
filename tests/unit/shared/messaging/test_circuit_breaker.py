"""The line stops after too many invalid messages in a row."""

from shared.messaging.circuit_breaker import CircuitBreaker


def test_it_stops_beyond_the_limit_and_knows_the_reasons():
    breaker = CircuitBreaker(3)
    for reason in ("not_json", "empty", "not_json"):
        breaker.record_invalid(reason)
        assert not breaker.is_open
    breaker.record_invalid("handler_failed")
    assert breaker.is_open
    assert breaker.reasons == {"not_json": 2, "empty": 1, "handler_failed": 1}


def test_one_good_message_in_between_begins_the_count_anew():
    breaker = CircuitBreaker(2)
    for _ in range(100):
        breaker.record_invalid("not_json")
        breaker.record_invalid("not_json")
        breaker.record_valid()
    assert not breaker.is_open


def test_resumed_it_counts_from_nothing():
    breaker = CircuitBreaker(1)
    for _ in range(2):
        breaker.record_invalid("empty")
    breaker.resume()
    assert not breaker.is_open
    breaker.record_invalid("empty")
    assert not breaker.is_open
    breaker.record_invalid("empty")
    assert breaker.is_open
