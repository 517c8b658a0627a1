"""What is said of an indicator to those who check it outside is what the indicator does."""

from hypothesis import given, settings

from services.supervision.indicators import DECLARED
from services.supervision.proof.contributions import described
from shared.domain.decimals import decimal_text
from tests.support.district import histories
from tests.unit.services.supervision.proof.test_verifiers import verify


def figure(value):
    if value is None or isinstance(value, int):
        return None if value is None else (str(value), "exact")
    return None if value.value is None else decimal_text(value.value), value.qualifier


def by_ways(indicator, data):
    try:
        return verify.taken(described(indicator), data)
    except TypeError:
        # One of two days isn't known.
        return None


@settings(max_examples=40)
@given(histories.histories())
def test_the_ways_give_what_the_indicator_takes(events):
    for event in events:
        data = event["data"]
        for indicator in DECLARED:
            if event["type"] in indicator.feeds and (
                indicator.since is None or indicator.since(data) is not None
            ):
                found, taken = by_ways(indicator, data), figure(indicator.take(data))
                assert found == taken or (found[0].startswith("-") and taken is None)
