"""Concurrent work: while one piece waits for a server, another one runs."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from eventlet import GreenPool

Item = TypeVar("Item")
Result = TypeVar("Result")


def run_concurrently(
    limit: int, work: Callable[[Item], Result], items: Iterable[Item]
) -> list[Result]:
    """`work(item)` for each item, at most `limit` of them at once; results in the order of items.

    Raises the error of the items or of the work. (`GreenPool.imap` never ends if its items raise.)
    """
    pool = GreenPool(limit)
    begun = [pool.spawn(work, item) for item in items]
    return [piece.wait() for piece in begun]
