"""An aggregate of an earlier release with as many commands as its document can hold goes on."""

import uuid
from itertools import count

import bson
import pytest

from shared.aggregates.command_archive import KEPT, MOST
from shared.domain.errors import Conflict
from tests.support.running import SUBDISTRICT

# Their document has 16 MiB, and no place for another command.
MANY = 60_000
LARGEST = 16 * 1024 * 1024
NUMBERS = count(1)


def declare(running, command_id=None, number=None):
    """A command on one and the same aggregate."""
    level = {"value": str(number or next(NUMBERS)), "qualifier": "exact", "unit": "station"}
    time = "2017-02-05T00:00:00+08:00"
    given = {"orgunit": SUBDISTRICT, "time": time, "stock": "stations", "level": level}
    given["command_id"] = command_id or str(uuid.uuid4())
    return running.do("volunteering", "declare_stock", **given)


def fill(running, identity):
    """Store commands as releases before 0.3 did, until nothing fits any more. Returns their ids."""
    with running.service_db("volunteering") as database:
        document = database["aggregates"].find_one({"_id": identity})
        entry = document["commands"][-1] | {"id": str(uuid.uuid4())}
        one = len(bson.encode({str(MANY): entry})) - len(bson.encode({}))
        number = (LARGEST - len(bson.encode(document))) // one
        entries = [entry | {"id": str(uuid.uuid4())} for _ in range(number)]
        # All at once are too many for one request.
        for some in (entries[::2], entries[1::2]):
            change = {"$push": {"commands": {"$each": some}}}
            database["aggregates"].update_one({"_id": identity}, change)
        return [it["id"] for it in entries]


@pytest.fixture(scope="module")
def full(started):
    """The first command, and the ids of the others."""
    identity = declare(started, "first", number=7)["id"]
    started.stack.stop_services(["volunteering"])
    ids = fill(started, identity)
    started.start()
    return identity, ids


def commands(running, identity):
    """How many are in the document, and how many were moved out of it."""
    with running.service_db("volunteering") as database:
        aggregates = database["aggregates"]
        moved = aggregates.count_documents({"command_of": identity})
        return len(aggregates.find_one({"_id": identity})["commands"]), moved


def test_its_next_command_is_carried_out(running, full):
    identity, ids = full
    assert len(ids) > MANY - 2000
    assert declare(running)["id"] == identity


def test_its_old_commands_are_moved_in_the_background_and_none_is_lost(running, full):
    identity, ids = full
    running.wait(lambda: commands(running, identity)[0] <= 2 * KEPT, timeout=300)
    assert sum(commands(running, identity)) >= len(ids) + 1


def test_a_moved_command_gives_its_first_result_and_other_arguments_are_a_conflict(running, full):
    identity, ids = full
    before = running.health("volunteering")["log_last"]
    first = declare(running, "first", number=7)
    assert (first["id"], first["version"]) == (identity, 1)
    # The entries were copied from the first command.
    assert declare(running, ids[10], number=7) == first
    with pytest.raises(Conflict) as refused:
        declare(running, ids[10], number=8)
    assert refused.value.data["reason"] == "used with other arguments"
    assert running.health("volunteering")["log_last"] == before


def test_thousands_of_commands_leave_it_short(running, full):
    identity, _ = full
    for _ in range(KEPT + 20):
        declare(running)
        assert commands(running, identity)[0] <= MOST
    running.wait(lambda: commands(running, identity)[0] <= 2 * KEPT)
