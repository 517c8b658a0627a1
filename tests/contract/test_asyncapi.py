"""The AsyncAPI document: complete, valid by AsyncAPI's own parser, with examples that fit."""

import json

import jsonschema_rs
import pytest

from deploy.catalogue import asyncapi
from services.supervision.forms.catalogue import FORMS
from shared.contracts.events import published_versions
from shared.contracts.issue_files import FORM, FormHeaders
from shared.contracts.receipts import read_receipt
from shared.contracts.rpc import COMMON, DECLARED
from tests.support import validators

DOCUMENT = asyncapi.document()
MESSAGES = DOCUMENT["components"]["messages"]
HERE = "urn:document"
REGISTRY = jsonschema_rs.Registry([(HERE, DOCUMENT)])
INFORMATION = 2


def at(reference):
    """What a reference within the document stands for."""
    found = DOCUMENT
    for name in reference.removeprefix("#/").split("/"):
        found = found[name]
    return found


def references(value):
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for part in value.values():
            yield from references(part)
    elif isinstance(value, list):
        for part in value:
            yield from references(part)


def test_the_document_in_docs_is_current():
    assert asyncapi.FILE.read_text("utf-8") == asyncapi.text(), "run `python -m deploy.catalogue`"


def test_every_reference_leads_somewhere_in_the_document():
    for reference in set(references(DOCUMENT)):
        assert at(reference) is not None


@pytest.mark.parametrize("event_type", list(published_versions()), ids=lambda it: it.dataschema)
def test_every_event_version_is_sent_to_its_exchange(event_type):
    operation = DOCUMENT["operations"][f"send.{event_type.name}"]
    channel = at(operation["channel"]["$ref"])
    exchange = channel["bindings"]["amqp"]["exchange"]["name"]
    assert operation["action"] == "send"
    assert (exchange, channel["address"]) == (
        f"{event_type.service}.events",
        event_type.routing_key,
    )
    assert f"{event_type.name}.{event_type.version}" in channel["messages"]
    assert f"{event_type.name}.{event_type.version}" in DOCUMENT["channels"]["warm.log"]["messages"]


@pytest.mark.parametrize(
    "owner, name", [(owner, name) for owner, methods in DECLARED.items() for name in methods]
)
def test_every_method_is_a_request_with_its_reply(owner, name):
    operation = DOCUMENT["operations"][f"receive.{owner}.{name}"]
    channel = at(operation["channel"]["$ref"])
    assert channel["address"] == f"{'{service}' if owner == COMMON else owner}.{name}"
    [request], [answer] = channel["messages"].values(), operation["reply"]["messages"]
    for message in (at(request["$ref"]), at(at(answer["$ref"])["$ref"])):
        assert at(message["correlationId"]["$ref"])["location"] == "$message.header#/correlation_id"
    assert operation["reply"]["address"]["location"] == "$message.header#/reply_to"


def test_a_subscriber_may_send_the_receipt_of_the_example():
    operation = DOCUMENT["operations"]["receive.receipt"]
    assert at(operation["channel"]["$ref"])["address"] == "{subscriber}"
    [example] = MESSAGES["receipt"]["examples"]
    assert read_receipt(json.dumps(example["payload"]).encode()) == example["payload"]


FILES = [it for it in MESSAGES if it.startswith(FORM)]


def test_every_form_is_on_its_stream_as_a_file_with_its_own_content_type():
    operation = DOCUMENT["operations"]["send.reports.forms"]
    found = [at(it["$ref"]) for it in at(operation["channel"]["$ref"])["messages"].values()]
    assert found == [MESSAGES[it] for it in FILES]
    assert [it["contentType"] for it in found] == [it.media_type for it in FORMS.values()]
    assert [it["examples"][0]["headers"]["form"] for it in found] == list(FORMS)
    for it in found:
        assert it["bindings"]["amqp"]["messageType"] == FORM
        # Bytes, which no JSON Schema describes further.
        assert it["payload"]["schema"].keys() == {"contentMediaType", "description"}
        assert it["payload"]["schema"]["contentMediaType"] == it["contentType"]


@pytest.mark.parametrize("key", FILES)
def test_the_headers_of_a_file_fit_their_schema(key):
    schema = {"$ref": f"{HERE}#/components/messages/{key}/headers/schema"}
    validator = jsonschema_rs.Draft202012Validator(schema, registry=REGISTRY)
    [example] = MESSAGES[key]["examples"]
    headers = example["headers"]
    validator.validate({**headers, "x-stream-offset": 7})
    assert FormHeaders().validate(headers) == {}
    for name in headers:
        assert not validator.is_valid({**headers, name: 1})
        assert not validator.is_valid({it: headers[it] for it in headers if it != name})


@pytest.mark.parametrize("key", [it for it in MESSAGES if it not in FILES])
def test_the_examples_of_a_message_fit_its_schema(key):
    schema = {"$ref": f"{HERE}#/components/messages/{key}/payload/schema"}
    validator = jsonschema_rs.Draft202012Validator(schema, registry=REGISTRY)
    assert MESSAGES[key]["examples"]
    for example in MESSAGES[key]["examples"]:
        validator.validate(example["payload"])
        assert not validator.is_valid(
            {**example["payload"], "error": 1, "specversion": 1, "args": 1, "outcome": 1}
        )


@pytest.mark.long
def test_asyncapis_own_parser_takes_the_document():
    found = validators.by_asyncapi(asyncapi.FILE.read_text("utf-8"))
    assert [it for it in found["said"] if it["severity"] < INFORMATION] == []
    assert found["operations"] == len(DOCUMENT["operations"])
