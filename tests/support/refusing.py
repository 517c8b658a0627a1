"""A fault that can be mended: for a while supervision's database refuses some visits."""

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
    with running.books("supervision") as books:
        books.command("collMod", "facts", validator={"event": {"$not": {"$regex": WORD}}})
        try:
            yield
        finally:
            books.command("collMod", "facts", validator={})
