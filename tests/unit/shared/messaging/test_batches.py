"""The messages of a batch: copies are one message."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from shared.messaging.batches import without_copies
from shared.messaging.deliveries import Delivery

EXCHANGES = ("relief.events", "clinics.events")
deliveries = st.builds(
    Delivery,
    body=st.sampled_from([b"one", b"other"]),
    exchange=st.sampled_from(EXCHANGES),
    routing_key=st.just("visit.recorded"),
    tag=st.integers(),
    dead=st.booleans(),
)


@given(st.lists(deliveries))
def test_each_message_is_there_once_with_all_its_copies(batch):
    found = without_copies(batch)
    assert Counter(map(id, batch)) == Counter(id(one) for copies in found for one in copies)
    keys = [(it.body, it.exchange, it.dead) for it, *_ in found]
    assert len(keys) == len(set(keys))
    for copies in found:
        assert len({(it.body, it.exchange, it.dead) for it in copies}) == 1
