"""The golden examples: each still reads, and each is what the published schemas say."""

import base64
import csv
import hashlib
import json
import re
from functools import cache

import pytest
from cryptography.hazmat.primitives.serialization import load_der_public_key, load_pem_public_key

from deploy.local.places import ROOT
from deploy.subscriber import subscriber
from shared.contracts.catalogue import DOCS
from shared.contracts.envelope import read
from shared.contracts.events import EVENT_TYPES, published_versions
from shared.contracts.json_schema import validator
from shared.contracts.rpc import COMMON, DECLARED
from shared.domain.canonical import event_digest
from tests.support import golden, golden_issues
from tests.support.contract_check import check_result

EVENTS = {f"{it.name}.{it.version}": it for it in published_versions()}
METHODS = {f"{owner}.{name}": it for owner, own in DECLARED.items() for name, it in own.items()}
BRIEFINGS = ("supervision.briefing.published.1", "supervision.briefing.revised.1")
# The specimen of GB 11643-1999: nobody's.
SPECIMEN = "11010519491231002X"

every_event = pytest.mark.parametrize("name", golden.names("events"))
every_method = pytest.mark.parametrize("name", sorted(METHODS.keys() & set(golden.names("rpc"))))


def published(kind, name):
    """The JSON Schemas in docs of an event or a method."""
    return json.loads((DOCS / kind / f"{name}.json").read_text(encoding="utf-8"))


def validate(schema, value):
    validator(schema)(value)


def missing(kind, name, draft):
    file = f"tests/contract/golden/{kind}/{name}.json"
    return f"write {file}, beginning with:\n{golden.written(draft)}"


@pytest.mark.parametrize("name", EVENTS)
def test_every_event_version_has_an_example(name):
    draft = golden.draft_event(EVENTS[name])
    assert name in golden.names("events"), missing("events", name, draft)


@pytest.mark.parametrize("name", METHODS)
def test_every_method_has_an_example(name):
    draft = golden.draft_method(METHODS[name])
    assert name in golden.names("rpc"), missing("rpc", name, draft)


def test_no_example_is_of_a_method_that_is_not_declared():
    assert set(golden.names("rpc")) <= METHODS.keys()


def test_the_draft_of_an_event_is_right_in_form():
    for name, event_type in EVENTS.items():
        validate(published("events", name), golden.draft_event(event_type))


@pytest.mark.parametrize("kind", ["events", "rpc"])
def test_an_example_can_be_read_by_people_too(kind):
    for name in golden.names(kind):
        text = golden.text(kind, name)
        assert text == golden.written(json.loads(text)), name


@every_event
def test_an_event_still_reads(name):
    """Facts are stored for good, so this holds for versions that nobody publishes any more."""
    event = golden.example("events", name)
    service = name.split(".", 1)[0]
    message = read(json.dumps(event, ensure_ascii=False).encode(), service)
    assert event_digest(message.event) == event_digest(event)
    kind, version = name.rsplit(".", 1)
    assert (event["type"], event["dataschema"]) == (kind, f"urn:warm:{kind}:{version}")
    assert kind in EVENT_TYPES, f"{kind} isn't declared any more: stored facts can't be read"


@pytest.mark.parametrize("name", sorted(EVENTS.keys() & set(golden.names("events"))))
def test_an_event_is_what_its_published_schema_says(name):
    event = golden.example("events", name)
    validate(published("events", name), event)
    # Nothing in it is unknown.
    EVENTS[name].data().load(event["data"])


@every_method
def test_arguments_are_taken_as_they_are_published(name):
    given = golden.example("rpc", name)["arguments"]
    METHODS[name].arguments().load(given)
    validate(published("rpc", name)["arguments"], given)


@every_method
def test_a_result_is_what_is_declared_and_published(name):
    result = golden.example("rpc", name)["result"]
    owner, method = name.split(".")
    check_result("clinics" if owner == COMMON else owner, method, result)
    validate(published("rpc", name)["result"], result)
    declared = METHODS[name].result
    if isinstance(declared, type):
        declared().load(result)
    else:
        declared.deserialize(result)


@pytest.mark.parametrize("name", BRIEFINGS)
def test_a_briefing_can_be_kept_and_its_signature_checked(name):
    data = golden.example("events", name)["data"]
    key = golden.example("rpc", "supervision.signing_key")["result"]
    assert subscriber.checked(data)[1] == data["document"].encode()
    assert data["keyid"] == key["keyid"]
    signature = base64.b64decode(data["signature"])
    load_pem_public_key(key["pem"].encode()).verify(signature, data["digest"].encode())


def test_an_announced_key_is_signed_by_the_one_before():
    key = golden.example("events", "supervision.key.announced.1")["data"]
    former = golden.example("events", "supervision.key.retired.1")["data"]
    assert key["previous"] == former["keyid"]
    message = hashlib.sha256(key["public_key"].encode()).hexdigest().encode()
    public = load_der_public_key(base64.b64decode(former["public_key"]))
    public.verify(base64.b64decode(key["signature"]), message)


@pytest.mark.parametrize("name", golden_issues.ISSUES)
def test_digests_and_signatures_of_an_issue_are_right(name):
    data = golden.example("events", name)["data"]
    assert golden_issues.sign_issue(data, golden_issues.signer()) == data


def test_the_notice_of_a_withdrawal_is_signed():
    data = golden.example("events", golden_issues.WITHDRAWN)["data"]
    withdrawn = golden.example("events", golden_issues.FIRST)["data"]["digest"]
    assert golden_issues.sign_notice(data, withdrawn, golden_issues.signer()) == data


@cache
def units():
    found = set()
    for file in ("erqi_divisions.csv", "erqi_retired.csv"):
        with (ROOT / "deploy/data" / file).open(encoding="utf-8") as rows:
            found |= {row["code"] for row in csv.DictReader(rows)}
    return found


@every_event
def test_an_event_happened_in_a_unit_of_the_programme(name):
    assert golden.example("events", name)["orgunit"] in units()


@pytest.mark.parametrize("kind", ["events", "rpc"])
def test_nobody_is_named_by_a_number(kind):
    whole = "".join(golden.text(kind, name) for name in golden.names(kind))
    assert set(re.findall(r"\b[0-9]{17}[0-9X]\b", whole)) <= {SPECIMEN}
    assert re.findall(r"\b1[3-9][0-9]{9}\b", whole) == []
