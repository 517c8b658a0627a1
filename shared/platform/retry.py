"""Loops that survive failures: a service that waits for a server, and its background work."""

import time
from collections.abc import Callable
from typing import TypeVar

import eventlet

Result = TypeVar("Result")

STOP_CHECK_SECONDS = 0.1


def retry(
    attempt: Callable[[], Result],
    *,
    seconds: float,
    failed: Callable[[Exception], None],
    on: tuple[type[Exception], ...] = (Exception,),
) -> Result:
    """The result of the first attempt that succeeds.

    After an error of `on`, `failed` logs it or raises, and the next attempt follows in `seconds`.
    """
    while True:
        try:
            return attempt()
        except on as error:
            failed(error)
        eventlet.sleep(seconds)


def repeat(
    work: Callable[[], object],
    *,
    seconds: float,
    failed: Callable[[Exception], None],
    stopping: Callable[[], bool],
) -> None:
    """Run `work` until `stopping`: without a pause while it returns a true value, else every
    `seconds`. `failed` logs an error, and the work goes on after `seconds`."""
    while not stopping():
        more: object = False
        try:
            more = work()
        except Exception as error:
            failed(error)
        _pause(0 if more else seconds, stopping)


def _pause(seconds: float, stopping: Callable[[], bool]) -> None:
    until = time.monotonic() + seconds
    # Even where there is no pause, other green threads get their turn.
    eventlet.sleep(0)
    while (left := until - time.monotonic()) > 0 and not stopping():
        eventlet.sleep(min(left, STOP_CHECK_SECONDS))
