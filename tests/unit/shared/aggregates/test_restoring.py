"""An aggregate becomes again what its events report."""

import json
from pathlib import Path

import pytest

from shared.aggregates.aggregate import kinds
from shared.contracts.events import EVENT_TYPES
from shared.domain.service_names import NAMES, service_class

GOLDEN = Path("tests/contract/golden/events")
DRAFT = ("drafted", "edited", "submitted", "reviewed", "approved")
OF_LOG = {f"{name}.number" for name in NAMES}


def all_kinds():
    for name in NAMES:
        service_class(name)
    return {entity: kind for name in NAMES for entity, kind in kinds(name).items()}


KINDS = all_kinds()


def entity(event_type):
    return event_type.rsplit(".", 1)[0]


def golden(name):
    [path] = GOLDEN.glob(f"{name}.1.json")
    return json.loads(path.read_text(encoding="utf-8"))


def test_every_event_belongs_to_one_kind_of_aggregate():
    assert {entity(name) for name in EVENT_TYPES} - OF_LOG == KINDS.keys()


@pytest.mark.parametrize("name", [it for it in EVENT_TYPES if entity(it) not in OF_LOG])
def test_restored_from_an_event_it_reports_the_same(name):
    event = golden(name)
    aggregate = KINDS[entity(name)](id=event["subject"])
    # Only what was published is withdrawn.
    withdrawn = name.endswith("briefing.withdrawn")
    aggregate.restore([*([golden("supervision.briefing.published")] if withdrawn else []), event])
    aggregate.to_document()
    assert (aggregate.version, aggregate.orgunit) == (event["subjectsequence"], event["orgunit"])
    # What a draft says is in no event: it counts as discarded.
    if not name.endswith(tuple(f"briefing.{verb}" for verb in DRAFT)):
        state = aggregate.state()
        assert {part: state[part] for part in event["data"]} == event["data"]
