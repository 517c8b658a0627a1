"""Waiting until everything that was told has arrived, and nothing is under way any more."""

from deploy.local.waiting import wait_until
from shared.platform.topology import SERVICES, dead_queue, inbox_queue

SECONDS = 120
QUEUES = {queue(name) for name in SERVICES for queue in (inbox_queue, dead_queue)}


def settle(district):
    """Returns once every outbox, inbox and retry queue is empty. Raises AssertionError that says
    which isn't."""
    assert wait_until(lambda: not under_way(district), SECONDS, every=0.2), under_way(district)


def under_way(district):
    """What isn't finished: the cheap questions first."""
    return _in_databases(district) or _in_queues(district)


def _in_databases(district):
    found = {}
    logged = 0
    for name in SERVICES:
        with district.service_db(name) as database:
            counted = {
                "outbox": database["aggregates"].count_documents({"pending.id": {"$exists": True}}),
                "retries": database["parked"].count_documents({"state": "waiting"}),
                "helpers": database["aggregates"].count_documents({"helpers.status": "pending"}),
            }
            logged += database["log"].count_documents({})
        found |= {(name, what): count for what, count in counted.items() if count}
    with district.service_db("supervision") as database:
        facts = database["facts"].count_documents({})
        unfolded = database["touched"].count_documents({})
    if facts < logged:
        found["supervision", "facts"] = f"{facts} of {logged}"
    if unfolded:
        found["supervision", "figures"] = unfolded
    return found


def _in_queues(district):
    """Messages in the queues, those that somebody has taken and not acknowledged included."""
    columns = ("name", "messages")
    listed = district.stack.broker_control("list_queues", *columns, "--no-table-headers")
    rows = [line.split("\t") for line in listed.splitlines()]
    return {name: int(count) for name, count in rows if name in QUEUES and count != "0"}
