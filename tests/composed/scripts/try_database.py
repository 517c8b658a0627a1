"""Tries at the composed database what is forbidden, as each identity, and without an identity.

Prints how much was tried, and what wasn't refused.
"""

import json
from pathlib import Path

from pymongo import MongoClient
from pymongo.errors import ConfigurationError, OperationFailure, PyMongoError

from shared.platform.database import database_name
from shared.platform.topology import SERVICES

SECONDS = 3000
NO_RIGHT, NO_LOGIN = 13, 18
AUTHORITY = "/run/secrets/authority.pem"
DEFAULTS = (("admin", "admin"), ("root", "root"), ("root", "example"), ("mongo", "mongo"))
ACTS = {
    "read": lambda database: database["log"].find_one(),
    "write": lambda database: database["log"].insert_one({"_id": 1}),
    "remove": lambda database: database["facts"].delete_many({}),
    "drop": lambda database: database.client.drop_database(database.name),
    "list": lambda database: database.list_collection_names(),
}
# What a user with rights to users could give itself.
RISE = {
    "make a user": {"createUser": "nobody", "pwd": "nobody", "roles": ["root"]},
    "shut it down": {"shutdown": 1},
    "read its log": {"getLog": "global"},
}


def uri_of(identity):
    return Path(f"/run/secrets/{identity}.mongodb").read_text()


def refused(client, act):
    try:
        act(client)
    except OperationFailure as error:
        return error.code in (NO_RIGHT, NO_LOGIN)
    return False


def without_tls():
    try:
        with MongoClient("database", serverSelectionTimeoutMS=SECONDS) as client:
            client.admin.command("ping")
    except (PyMongoError, ConfigurationError):
        return True
    return False


def connect(**login):
    return MongoClient(
        "database",
        directConnection=True,
        tls=True,
        tlsCAFile=AUTHORITY,
        serverSelectionTimeoutMS=SECONDS,
        **login,
    )


def of_others(client, owner):
    for other in (*SERVICES, "keeper"):
        name = "admin" if other == "keeper" else database_name(other)
        if other != owner:
            for told, act in ACTS.items():
                yield f"{told} in {name}", refused(client, lambda it, a=act, n=name: a(it[n]))
    for told, command in RISE.items():
        yield told, refused(client, lambda it, c=command: it.admin.command(c))


def tries():
    for who in SERVICES:
        with MongoClient(uri_of(who)) as client:
            for told, said in of_others(client, who):
                yield f"{who}: {told}", said
    with connect() as client:
        for told, said in of_others(client, None):
            yield f"nobody: {told}", said
    for user, password in (*DEFAULTS, *((who, who) for who in (*SERVICES, "keeper", "backup"))):
        with connect(username=user, password=password) as client:
            yield f"log in as {user}", refused(client, lambda it: it.admin.command("ping"))
    yield "talk without TLS", without_tls()


tried = dict(tries())
print(json.dumps({"tried": len(tried), "allowed": [it for it, said in tried.items() if not said]}))
