"""Answers of services beside what the contract declares: no field more, none less, none of another
kind."""

from functools import cache

import fastjsonschema

from shared.contracts.catalogue import result_schema
from shared.contracts.json_schema import validator
from shared.contracts.rpc import METHODS, error_payload
from shared.contracts.rpc.error_schemas import error_schema
from shared.domain.errors import WarmError


def check_result(service, method, result):
    """Fail where `result`, JSON, isn't what the contract declares for the method."""
    try:
        _validator(service, method)(result)
    except fastjsonschema.JsonSchemaValueException as error:
        place = ".".join(map(str, error.path)).replace("data", "result", 1)
        raise AssertionError(
            f"{service}.{method}: {error.message}. Declared in shared/contracts/rpc, "
            f"at {place}: {error.rule} {error.rule_definition!r}; answered: {error.value!r}"
        ) from error


def check_error(service, method, error):
    """Fail where the method raised a typed error that the contract doesn't declare, or one with
    other data."""
    declared = METHODS[service][method].raises
    assert isinstance(error, declared), f"{service}.{method} doesn't declare {error!r}"
    _of_error(type(error))(error_payload.of(error))


def checked_call(rpc, service, method, **arguments):
    """`rpc.call`, with its answer or its typed error checked."""
    known = method in METHODS[service]
    try:
        result = rpc.call(service, method, **arguments)
    except WarmError as error:
        if known:
            check_error(service, method, error)
        raise
    if known:
        check_result(service, method, result)
    return result


@cache
def _of_error(error):
    return validator(error_schema(error))


@cache
def _validator(service, method):
    return validator(result_schema(METHODS[service][method]))
