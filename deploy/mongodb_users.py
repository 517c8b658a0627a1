"""Users of a MongoDB server."""

from collections.abc import Mapping
from typing import Any

from pymongo import MongoClient

Roles = list[dict[str, str]]


def put(client: MongoClient[Any], users: Mapping[str, tuple[str, Roles]]) -> None:
    """Users by name, each with its password and roles; one that is there already gets just
    these."""
    known = {user["user"] for user in client.admin.command("usersInfo")["users"]}
    for name, (password, roles) in users.items():
        command = "updateUser" if name in known else "createUser"
        client.admin.command(command, name, pwd=password, roles=roles)
