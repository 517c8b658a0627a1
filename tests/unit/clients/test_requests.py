"""What an answer says, and what a caller hears when none comes."""

import json
import time

import pytest
from pika.exceptions import ChannelClosedByBroker, ProbableAuthenticationError, StreamLostError

from deploy.catalogue.python_types import docstring
from warm_client import Address, BadAddress, Conflict, DeadlineExceeded, OtherError
from warm_client.requests import Call, Lost, NoAnswer
from warm_client.wire import _loss


def call(**arguments):
    return Call("relief", "record_visits", arguments, time.monotonic() + 1, "command-1")


def failed(name, data, **more):
    return json.dumps({"result": None, "error": {"exc_type": name, "exc_args": [data], **more}})


@pytest.mark.parametrize("value", ["{'id': ['taken']}", '{"id": ["taken"]}', None])
def test_a_typed_error_is_read_whatever_its_value_is(value):
    answer = failed("Conflict", {"id": ["taken"]}, value=value, try_again="no")
    with pytest.raises(Conflict) as raised:
        call().result(answer.encode())
    assert (raised.value.data, raised.value.try_again) == ({"id": ["taken"]}, "no")


def test_an_answer_without_an_error_is_its_result():
    assert call().result(b'{"result": {"version": 1}, "error": null}') == {"version": 1}


def test_an_error_of_another_release_is_named():
    with pytest.raises(OtherError, match="Renamed") as raised:
        call().result(failed("Renamed", "why", try_again="later").encode())
    assert (raised.value.data, raised.value.try_again) == (["why"], "later")


@pytest.mark.parametrize(
    ("failures", "outcome"),
    [
        ([Lost("gone", sent=False)], "no"),
        ([Lost("gone", sent=True)], "unknown"),
        ([NoAnswer("no answer")], "unknown"),
        ([DeadlineExceeded({"carried_out": "no"})], "no"),
        ([DeadlineExceeded({"carried_out": "unknown"})], "unknown"),
        ([NoAnswer("no answer"), DeadlineExceeded({"carried_out": "no"})], "unknown"),
        ([Lost("gone", sent=False), DeadlineExceeded({"carried_out": "no"})], "no"),
    ],
)
def test_who_gives_up_knows_whether_the_command_may_have_been_carried_out(failures, outcome):
    one = call()
    for failure in failures:
        one.note(failure)
    data = one.late(failures[-1]).data
    assert data["carried_out"] == outcome
    asked = {"service": "relief", "method": "command", "command_id": "command-1"}
    assert data.get("ask") == (asked if outcome == "unknown" else None)


def test_a_query_has_nothing_to_carry_out():
    one = Call("relief", "health", {}, time.monotonic())
    one.note(NoAnswer("no answer"))
    assert one.late(NoAnswer("no answer")).data == {
        "service": "relief",
        "method": "health",
        "reason": "no answer",
    }


def test_a_request_is_plain_json_in_utf_8():
    assert call(name="张三").body == '{"args": [], "kwargs": {"name": "张三"}}'.encode()
    # What isn't Unicode arrives, so that the service can name its field.
    assert json.loads(call(name="\ud800").body)["kwargs"] == {"name": "\ud800"}


@pytest.mark.parametrize(
    "text, user",
    [
        ("amqp://archive:p%40ss@h:5672/%2F", "archive"),
        ("amqp://archive:p@h//\n", "archive"),
        ("amqp://h", "guest"),
    ],
)
def test_an_address_names_the_root_virtual_host_in_any_spelling(text, user):
    address = Address.from_text(text)
    assert address.user == user
    assert address.pika_parameters().virtual_host == "/"
    assert "p@" not in repr(address)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "h",
        "http://a:hush@h/",
        "amqp://a:hush@h/?cacertfile=x",
        "amqps://a:hush@h/?cacertfile=/no",
    ],
)
def test_a_bad_address_is_refused_without_quoting_it(text):
    with pytest.raises(BadAddress) as raised:
        Address.from_text(text)
    assert "hush" not in str(raised.value)


def test_a_docstring_keeps_its_backslashes():
    source = "\n".join(["def f():", *docstring("    ", r"A byte as `\x00`. " * 10, "Raises X.")])
    found = {}
    exec(source, found)  # noqa: S102
    assert found["f"].__doc__.split() == (r"A byte as `\x00`. " * 10 + "Raises X.").split()


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        (ProbableAuthenticationError("ConnectionClosedByBroker: (403) 'ACCESS_REFUSED'"), 403),
        (ProbableAuthenticationError("StreamLostError: ('Transport indicated EOF',)"), 0),
        (ChannelClosedByBroker(403, "ACCESS_REFUSED - access to topic"), 403),
        (StreamLostError("gone"), 0),
    ],
)
def test_only_what_the_broker_says_is_a_refusal(reason, code):
    assert _loss(reason).code == code
