"""The next version of the system, as an upgrade would bring it: a copy of the code in which relief
knows a field, an event and a method more. It is run beside the version that is there."""

import shutil
from pathlib import Path
from typing import NamedTuple

from deploy.local.places import ROOT

VERSION = "next"
PRAISED = "relief.order.praised"


class Change(NamedTuple):
    """In `file`, `text` (there once) is followed by `more`."""

    file: str
    text: str
    more: str


CHANGES = [
    Change(
        "shared/contracts/events/relief.py",
        "    rating = Whole(least=1, most=5, allow_none=True)\n",
        "    praises = Whole(least=0, allow_none=True)\n",
    ),
    Change(
        "shared/contracts/events/relief.py",
        '    EventType("relief.order.rated", 1, OrderState, "居民评单", "order rated"),\n',
        f'    EventType("{PRAISED}", 1, OrderState, "居民表扬", "order praised"),\n',
    ),
    Change(
        "services/relief/documents.py",
        "    rating = IntField()\n",
        "    praises = IntField(default=0)\n",
    ),
    Change(
        "services/relief/documents.py",
        '        more = ["confirmed_on", "age_band", ',
        '"praises", ',
    ),
    Change(
        "services/relief/documents.py",
        '        self.record("relief.order.rated", moment)\n',
        "\n    def praise(self, moment):\n"
        "        self.praises += 1\n"
        f'        self.record("{PRAISED}", moment)\n',
    ),
    Change(
        "services/relief/service.py",
        "        return self._move(Order, command, id, when, lambda order, at: "
        "order.rate(rating, at))\n",
        "\n    @rpc\n"
        "    def praise_order(self, command, id, **when):\n"
        "        return self._move(Order, command, id, when, Order.praise)\n",
    ),
    Change(
        "shared/contracts/rpc/relief.py",
        '    "rate_order": change(RateOrder, ORDER),\n',
        '    "praise_order": change(OnAggregate, ORDER),\n',
    ),
]


def make(folder: Path):
    """Put it into `folder`; returns the environment in which a process runs it."""
    for part in ("shared", "services"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    for change in CHANGES:
        file = folder / change.file
        whole = file.read_text(encoding="utf-8")
        assert whole.count(change.text) == 1, change
        file.write_text(whole.replace(change.text, change.text + change.more), encoding="utf-8")
    # Not from where it is started, which is where the other version is.
    return {"PYTHONPATH": str(folder), "PYTHONSAFEPATH": "1", "WARM_VERSION": VERSION}
