"""A fault that can be repaired: for a while supervision's database refuses some visits."""

from contextlib import contextmanager

from tests.support.foreign import visits

REASON = "cannot_be_stored"
WORD = "refused"


def refused(value="1", **changes):
    """Visits that are fine but for that database."""
    event = visits(value, **changes)
    event["data"] |= {"reason": WORD}
    return event


@contextmanager
def a_database_that_refuses(running):
    with running.service_db("supervision") as service_db:
        service_db.command("collMod", "facts", validator={"event": {"$not": {"$regex": WORD}}})
        try:
            yield
        finally:
            service_db.command("collMod", "facts", validator={})
