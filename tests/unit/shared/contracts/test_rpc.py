"""The RPC contract: it and the services agree, and tests notice an answer that isn't declared."""

import pytest
from marshmallow import fields
from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR

from shared.contracts.fields import OneOf
from shared.contracts.rpc import COMMON, DECLARED, METHODS
from shared.contracts.rpc.common import ALIASES
from shared.contracts.rpc.declare import EVERY_METHOD
from shared.domain.errors import Conflict, DeadlineExceeded, Forbidden, NotFound, WarmError
from shared.domain.service_names import service_class
from shared.platform.topology import SERVICES
from shared.service.rpc_server import CheckedRpc
from tests.support.contract_check import check_error, check_result, checked_call

every_method = pytest.mark.parametrize(
    "method",
    [method for own in DECLARED.values() for method in own.values()],
    ids=[f"{owner}.{name}" for owner, own in DECLARED.items() for name in own],
)


def answered(service):
    """Method name → schema of its arguments, as the service answers."""
    cls = service_class(service)
    return {
        name: entrypoint.takes
        for name in dir(cls)
        for entrypoint in getattr(getattr(cls, name), ENTRYPOINT_EXTENSIONS_ATTR, ())
        if isinstance(entrypoint, CheckedRpc)
    }


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_answers_what_is_declared_and_nothing_else(service):
    declared = {name: method.arguments for name, method in METHODS[service].items()}
    assert answered(service) == declared


def test_former_names_are_answered_as_the_present_ones():
    for service in SERVICES:
        for former, present in ALIASES.items():
            assert METHODS[service][former] == METHODS[service][present]
    assert not DECLARED[COMMON].keys() & ALIASES.keys()


@every_method
def test_every_command_may_conflict_with_another_of_its_id(method):
    assert not method.changes or Conflict in method.errors
    assert set(EVERY_METHOD) <= set(method.raises) <= set(WarmError.__subclasses__())
    assert not set(EVERY_METHOD) & set(method.errors)


def schemas(field):
    """Every schema of an object within a field."""
    if isinstance(field, fields.Nested):
        yield type(field.schema)
        for part in field.schema.fields.values():
            yield from schemas(part)
    elif isinstance(field, OneOf):
        for schema in field.schemas:
            yield from schemas(fields.Nested(schema))
    elif hasattr(field, "inner"):
        yield from schemas(field.inner)


@every_method
def test_no_two_schemas_of_an_answer_have_the_same_name(method):
    """The JSON Schema knows them by their names."""
    result = method.result if isinstance(method.result, fields.Field) else None
    found = set(schemas(result or fields.Nested(method.result)))
    assert len({schema.__name__ for schema in found}) == len(found)


FILED = {"id": "clinic-1", "version": 2, "status": "filed"}


def test_an_answer_as_declared_is_accepted():
    check_result("clinics", "file_clinic", FILED)
    check_result("relief", "declare_stock", {"id": "stock-1", "version": 1})
    check_result("supervision", "dead_letter_groups", [])
    check_result("supervision", "briefing", "二七区")


@pytest.mark.parametrize(
    "answer",
    [
        FILED | {"venue": "广场"},
        {"id": "clinic-1", "version": 2},
        FILED | {"status": "open"},
        FILED | {"version": 2.0},
        FILED | {"version": None},
        [FILED],
        None,
    ],
    ids=repr,
)
def test_an_answer_that_is_not_declared_is_noticed(answer):
    with pytest.raises(AssertionError, match=r"clinics\.file_clinic"):
        check_result("clinics", "file_clinic", answer)


def test_the_place_of_the_difference_is_named():
    cell = {"indicator": "clinics.staff", "orgunit": "410103006", "value": 5, "unit": "person"}
    cell |= {"qualifier": "exact", "numerator": "1", "denominator": "1"}
    with pytest.raises(AssertionError, match=r"result\.cells\.0\.value"):
        check_result("supervision", "live", {"period": "2017-W06", "cells": [cell]})


class Answering:
    """An RPC client that gets one answer, or one error."""

    def __init__(self, answer):
        self.answer = answer

    def call(self, service, method, **arguments):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.mark.parametrize("error", [NotFound({}), Conflict({}), DeadlineExceeded({})], ids=repr)
def test_a_declared_error_reaches_the_caller(error):
    with pytest.raises(type(error)):
        checked_call(Answering(error), "clinics", "file_clinic")


def test_an_error_that_is_not_declared_is_noticed():
    with pytest.raises(AssertionError, match="Forbidden"):
        checked_call(Answering(Forbidden({})), "clinics", "clinic")
    with pytest.raises(AssertionError, match="NotFound"):
        check_error("clinics", "plan_clinic", NotFound({}))


def test_a_method_that_only_another_version_has_is_not_judged():
    assert checked_call(Answering("anything"), "clinics", "no_such_method") == "anything"
