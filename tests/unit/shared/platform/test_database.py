"""What the database says of a write that failed, and whether it is only away."""

import ssl

import pytest
from amqp import AMQPError
from pymongo.errors import AutoReconnect, BulkWriteError, OperationFailure, WriteConcernError

from shared.domain.errors import DeadlineExceeded
from shared.platform.database import UNREACHABLE, duplicates, normalized
from shared.service.rpc_server import _public_error

# As a replica set says them whose members are killed, stopped, started (tried: 6.0).
PASSING = {
    "gone": AutoReconnect("connection closed"),
    "just started": OperationFailure("No keys found for HMAC", 211),
    "stopping": WriteConcernError("Replication is being shut down", 91),
    "stepping down": WriteConcernError("operation was interrupted", 11602),
    "stopping, many writes": BulkWriteError({"writeErrors": [], "writeConcernErrors": [{}]}),
}


def failed(*codes, concern=()):
    writes = [{"index": index, "code": code} for index, code in enumerate(codes)]
    return BulkWriteError({"writeErrors": writes, "writeConcernErrors": list(concern)})


def test_duplicates_are_named_by_their_place():
    assert duplicates(failed(11000, 11000)) == [0, 1]


def test_any_other_failure_is_raised():
    with pytest.raises(BulkWriteError):
        duplicates(failed(11000, 2))


def test_what_the_majority_did_not_acknowledge_is_not_taken_as_stored():
    with pytest.raises(UNREACHABLE):
        duplicates(failed(11000, concern=[{"code": 64}]))
    with pytest.raises(UNREACHABLE):
        duplicates(failed(concern=[{"code": 64}]))


@pytest.mark.parametrize("error", PASSING.values(), ids=PASSING)
def test_a_database_that_is_away_is_known_by_whatever_it_says(error):
    assert isinstance(normalized(error), UNREACHABLE)
    assert isinstance(_public_error(error), DeadlineExceeded)


@pytest.mark.parametrize(
    "error", [TimeoutError(), ConnectionRefusedError(), AMQPError(), ssl.SSLEOFError()]
)
def test_a_broker_that_is_away_is_no_fault_of_the_service(error):
    told = _public_error(error)
    assert isinstance(told, DeadlineExceeded)
    assert "broker" in told.data["reason"]


def test_a_missing_file_is_no_absence_of_a_server():
    assert isinstance(_public_error(FileNotFoundError()), RuntimeError)


def test_a_refusal_is_no_absence():
    refused = OperationFailure("Document failed validation", 121)
    assert normalized(refused) is refused
