"""An aggregate becomes again what its events report."""

import json
from pathlib import Path

import pytest

from shared.aggregates.aggregate import kinds
from shared.contracts.events import EVENT_TYPES
from shared.contracts.series import event_types
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


def golden(name, version=None):
    version = version or EVENT_TYPES[name].version
    return json.loads((GOLDEN / f"{name}.{version}.json").read_text(encoding="utf-8"))


def before(name):
    """The events that the aggregate needs beside its last one."""
    if name in WITHDRAWALS:
        # Only what was published is withdrawn.
        published = f"{entity(name)}.published"
        if published == "supervision.briefing.published":
            return [golden(published, 1)]
        return [golden(f"{published}_internal"), golden(published)]
    internal, notice = f"{name}_internal", f"{entity(name)}.announced"
    return [golden(notice), golden(internal)] if internal in EVENT_TYPES else []


# The hash of a subscriber's password is in no event: it gets a new password. A test's digest is of
# the event itself.
LOST = {"supervision.subscriber": ("password_since", "digest")}
NOTICES, WITHDRAWALS = event_types("announced"), event_types("withdrawn")
# Of an issue, both editions: one alone is half of it, and a notice is never the last event.
HALVES = [*NOTICES, *(name for name in EVENT_TYPES if name.endswith("_internal"))]
WHOLE = [it for it in EVENT_TYPES if entity(it) not in OF_LOG and it not in HALVES]


def test_every_event_belongs_to_one_kind_of_aggregate():
    assert {entity(name) for name in EVENT_TYPES} - OF_LOG == KINDS.keys()


@pytest.mark.parametrize("name", WHOLE)
def test_restored_from_an_event_it_reports_the_same(name):
    event = golden(name)
    aggregate = KINDS[entity(name)](id=event["subject"])
    aggregate.restore([*before(name), event])
    aggregate.to_document()
    assert (aggregate.version, aggregate.orgunit) == (event["subjectsequence"], event["orgunit"])
    # What a draft says is in no event: it counts as discarded.
    if name not in event_types(*DRAFT):
        state, lost = aggregate.state(), LOST.get(entity(name), ())
        parts = [part for part in event["data"] if part not in lost]
        assert {part: state[part] for part in parts} == {
            part: event["data"][part] for part in parts
        }


@pytest.mark.parametrize("name", ["supervision.briefing.published", "supervision.briefing.revised"])
def test_an_issue_of_an_earlier_release_comes_back_from_its_one_event(name):
    event = golden(name, 1)
    aggregate = KINDS[entity(name)](id=event["subject"])
    aggregate.restore([event])
    assert (aggregate.document, aggregate.public) == (event["data"]["document"], None)


@pytest.mark.parametrize("name", [*HALVES, *(it.removesuffix("_internal") for it in HALVES)])
def test_an_issue_does_not_come_back_from_one_edition(name):
    event = golden(name)
    with pytest.raises(KeyError):
        KINDS[entity(name)](id=event["subject"]).restore([event])
