"""Supervision with a handler that fails on every tenth event, the first two times that it comes.

`python -m tests.chaos.failing_supervision supervision`, in place of shared.service.runner.
"""

from shared.service import runner  # first: it makes the threads green

# ruff: noqa: I001
import sys
from collections import Counter

from services.supervision.workflow.projection import Projection

TIMES = 2

_failed = Counter()
_take = Projection.take


class Failing(Exception):
    """Nothing is wrong but the hour."""


def take(self, messages):
    for message in messages:
        identity = message.head.id
        if int(identity[:8], 16) % 10 == 0 and _failed[identity] < TIMES:
            _failed[identity] += 1
            raise Failing
    return _take(self, messages)


if __name__ == "__main__":
    Projection.take = take
    sys.exit(runner.main(sys.argv[1:]))
