"""Which versions of events end with which release, for those who test their consumers."""

import json

from deploy.local.places import ROOT
from shared.contracts.events import published_versions

FILE = ROOT / "tests" / "contract" / "golden" / "ends.json"


def text() -> str:
    """`<type>.<version>` → the first release without it."""
    ends = {f"{it.name}.{it.version}": it.beside.until for it in published_versions() if it.beside}
    return json.dumps(dict(sorted(ends.items())), indent=2) + "\n"


def write() -> None:
    FILE.write_text(text(), encoding="utf-8")
