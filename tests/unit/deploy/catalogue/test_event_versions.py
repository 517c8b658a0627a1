"""The catalogue has every version of an event that is published, and says until when."""

import json

from deploy.catalogue import events, examples
from shared.contracts import catalogue
from tests.support import golden
from tests.support.event_versions import NAME, THIRD, declared


def test_every_published_version_has_its_own_schema():
    with declared(THIRD):
        files = catalogue.files()
    second, third = (json.loads(files[f"events/{NAME}.{version}.json"]) for version in (2, 3))
    assert f"events/{NAME}.1.json" not in files
    assert second["$comment"] == "published until 9.0" and second["deprecated"]
    assert third.keys().isdisjoint({"$comment", "deprecated"})
    assert second["$id"] == f"urn:warm:{NAME}:2" and third["$id"] == f"urn:warm:{NAME}:3"
    assert "Parcels" in second["$defs"] and "Kinds" in third["$defs"]


def test_the_page_lists_every_published_version_and_says_until_when(monkeypatch):
    monkeypatch.setattr(examples, "event", golden.draft_event)
    with declared(THIRD):
        rows = [line for line in events.lines() if line.startswith(f"| `{NAME}`")]
    assert [row.split(" | ")[1] for row in rows] == ["2，9.0 版之前 until 9.0", "3"]
    for version, row in zip((2, 3), rows, strict=True):
        assert f"(../events/{NAME}.{version}.json)" in row
