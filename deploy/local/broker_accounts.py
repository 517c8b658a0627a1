"""Makes a broker agree with the subscribers in supervision's database.

Users, permissions, policies, queues and bindings are imported as one file of definitions: that adds
what is missing, and changes a password. It takes nothing away and is safe to repeat.
"""

import json
from collections.abc import Iterable
from typing import Protocol

from shared.domain.types import Json
from shared.platform import permissions
from shared.platform.subscribers import Account

ACTIVE = "active"


class Control(Protocol):
    """The broker's own command line: what `rabbitmqctl` prints. `given` is the content of a file
    that is named as the last argument. Raises CannotRun when it fails."""

    def __call__(self, *arguments: str, given: str = "") -> str: ...


def account_of(stored: Json) -> Account:
    """`stored` is an answer of supervision's `subscriber_accounts`."""
    return Account(stored["name"], stored["reports"], tuple(stored["events"]))


def definitions(stored: Iterable[Json]) -> Json:
    """What the broker has to have of these subscribers. One whose password isn't known gets no
    user: the broker may have it already."""
    accounts = [(account_of(it), it["password_hash"]) for it in stored]
    rights = {it.name: permissions.of_subscriber(it) for it, known in accounts if known}
    return {
        "users": [
            permissions.user(it.name) | {"password_hash": known} for it, known in accounts if known
        ],
        **permissions.granted(rights),
        "queues": [queue for it, _ in accounts for queue in it.queues()],
        "bindings": [binding for it, _ in accounts for binding in it.bindings()],
        "policies": [policy for it, _ in accounts for policy in it.policies()],
    }


def agree(control: Control, stored: Iterable[Json]) -> list[str]:
    """The broker has the active ones, and nothing of the others. Returns the names of those that it
    has now."""
    entries = list(stored)
    active = [it for it in entries if it["status"] == ACTIVE]
    if active:
        control("import_definitions", given=json.dumps(definitions(active)))
    removed = [it for it in entries if it["status"] != ACTIVE]
    if removed:
        _drop(control, list(map(account_of, removed)))
    return [it["name"] for it in active]


def close_connections(control: Control, name: str) -> None:
    """A changed password doesn't touch connections that are open."""
    control("close_all_user_connections", name, "the password was changed")


def _drop(control: Control, accounts: Iterable[Account]) -> None:
    users = _listed(control, "list_users")
    queues = _listed(control, "list_queues", "name")
    policies = _listed(control, "list_policies", column=1)
    for account in accounts:
        if account.name in users:
            close_connections(control, account.name)
            control("delete_user", account.name)
        for queue in account.queues():
            if queue["name"] in queues:
                control("delete_queue", queue["name"])
        for policy in account.policies():
            if policy["name"] in policies:
                control("clear_policy", policy["name"])


def _listed(control: Control, *what: str, column: int = 0) -> set[str]:
    """One column of a table that has no heading."""
    lines = control(*what, "--no-table-headers").splitlines()
    return {line.split("\t")[column] for line in lines if "\t" in line or not column}
