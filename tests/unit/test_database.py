"""A bulk write counts as done only where duplicates are all that failed."""

import pytest
from pymongo.errors import BulkWriteError

from shared.database import AWAY, duplicates


def failed(*codes, concern=()):
    writes = [{"index": index, "code": code} for index, code in enumerate(codes)]
    return BulkWriteError({"writeErrors": writes, "writeConcernErrors": list(concern)})


def test_duplicates_are_named_by_their_place():
    assert duplicates(failed(11000, 11000)) == [0, 1]


def test_any_other_failure_is_raised():
    with pytest.raises(BulkWriteError):
        duplicates(failed(11000, 2))


def test_what_the_majority_did_not_acknowledge_is_not_taken_as_stored():
    with pytest.raises(AWAY):
        duplicates(failed(11000, concern=[{"code": 64}]))
    with pytest.raises(AWAY):
        duplicates(failed(concern=[{"code": 64}]))
