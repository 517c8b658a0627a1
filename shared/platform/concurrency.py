"""Doing some of the work side by side: while one piece waits for a server, another goes on."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from eventlet import GreenPool

Item = TypeVar("Item")
Result = TypeVar("Result")


def side_by_side(lanes: int, work: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """`work(item)` for each item, `lanes` of them at once; the results in their order.

    Raises what the items or a piece of work raised. (`GreenPool.imap` waits for ever when its items
    raise.)
    """
    pool = GreenPool(lanes)
    begun = [pool.spawn(work, item) for item in items]
    return [piece.wait() for piece in begun]
