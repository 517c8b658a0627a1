"""Waiting for conditions, never for a fixed time."""

import time


def wait_until(condition, timeout, every=0.05):
    """Ask `condition()` until it gives something true, for `timeout` seconds at most.

    Returns what it gave last: false means that time ran out.
    """
    deadline = time.monotonic() + timeout
    while not (answer := condition()) and time.monotonic() < deadline:
        time.sleep(every)
    return answer
