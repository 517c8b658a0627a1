"""Users of a MongoDB server."""

from collections.abc import Mapping
from typing import Any

from pymongo import MongoClient

Roles = list[dict[str, str]]


def create_or_update(client: MongoClient[Any], users: Mapping[str, tuple[str, Roles]]) -> None:
    """`users` maps a name to (password, roles). An existing user gets exactly these."""
    existing = {user["user"] for user in client.admin.command("usersInfo")["users"]}
    for name, (password, roles) in users.items():
        command = "updateUser" if name in existing else "createUser"
        client.admin.command(command, name, pwd=password, roles=roles)
