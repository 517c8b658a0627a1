"""Waiting for conditions, never for a fixed time."""

import time
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")


def wait_until(condition: Callable[[], Answer], timeout: float, every: float = 0.05) -> Answer:
    """Call `condition()` until its result is true, for `timeout` seconds at most.

    Returns the last result: a false one means that time ran out.
    """
    deadline = time.monotonic() + timeout
    while not (answer := condition()) and time.monotonic() < deadline:
        time.sleep(every)
    return answer
