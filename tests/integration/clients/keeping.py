"""A subscriber built on the Python client, as tests run it.

`keeping.py KIND ADDRESS KEYS STORE LAST [POINTS]` ends by itself after the issue LAST, and dies by
SIGKILL at the POINTSth point where something is over or about to begin.
"""

import asyncio
import os
import signal
import sqlite3
import sys
from contextlib import closing, contextmanager, suppress

from warm_client import Address, KeyRing, Options, Subscriber, aio, subscriber
from warm_client.aio import AsyncSubscriber
from warm_client.store import Store

SYNC, ASYNC = "sync", "async"


class Fate:
    """Counts the points, and kills at one of them."""

    def __init__(self, points):
        self.left = points

    def point(self):
        if self.left == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        self.left -= 1

    def around(self, cls, name):
        """Two points: before and after the method."""
        inner = getattr(cls, name)

        def outer(*args, **kwargs):
            self.point()
            found = inner(*args, **kwargs)
            self.point()
            return found

        setattr(cls, name, outer)

    def around_transactions(self):
        """Points after it began, before it is stored, and after that."""
        inner = Store.transaction

        @contextmanager
        def outer(store):
            with inner(store) as db:
                self.point()
                yield db
                self.point()
            self.point()

        Store.transaction = outer


def main(kind, address, keys, store, last, points="0"):
    fate = Fate(int(points))
    fate.around_transactions()
    for link in (subscriber._Link, aio._Link):
        fate.around(link, "next")
        fate.around(link, "done")
        fate.around(link, "send_receipt")
    fate.around(subscriber._Link, "acknowledge")
    # A former life may have had the last one already.
    seen = kept_before(store)

    def keep(report, db):
        db.execute("CREATE TABLE IF NOT EXISTS kept (name TEXT, issue INTEGER)")
        db.execute("INSERT INTO kept VALUES (?, ?)", (report.name, report.issue))
        fate.point()
        seen.append(report.issue)

    async def keep_later(report, db):
        await asyncio.sleep(0)
        keep(report, db)

    options = Options(quiet_seconds=1.0)
    given = {"store": store, "keys": KeyRing.from_file(keys), "options": options}
    if kind == SYNC:
        one = Subscriber(Address.from_file(address), keep, **given)
        one.run(until=lambda: int(last) in seen)
    else:
        asyncio.run(run_async(Address.from_file(address), keep_later, given, int(last), seen))


def kept_before(store):
    with closing(sqlite3.connect(store)) as db, suppress(sqlite3.OperationalError):
        return [row[0] for row in db.execute("SELECT issue FROM kept")]
    return []


async def run_async(address, handler, given, last, seen):
    await AsyncSubscriber(address, handler, **given).run(until=lambda: last in seen)


if __name__ == "__main__":
    main(*sys.argv[1:])
