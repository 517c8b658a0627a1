"""What is in a batch of messages: copies are one message."""

from collections.abc import Hashable, Iterable

from shared.messaging.deliveries import Delivery

# One message, as often as it is in the batch.
Copies = list[Delivery]


def copy_key(delivery: Delivery) -> Hashable:
    """The same for copies: the same bytes through the same exchange. A dead letter of the broker is
    named by its message id, too."""
    return delivery.exchange, delivery.body, delivery.dead and delivery.message_id


def without_copies(batch: Iterable[Delivery]) -> list[Copies]:
    """The messages of the batch in their order, each with its copies."""
    found: dict[Hashable, Copies] = {}
    for delivery in batch:
        found.setdefault(copy_key(delivery), []).append(delivery)
    return list(found.values())
