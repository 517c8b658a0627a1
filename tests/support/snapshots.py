"""The services' databases as they were at a moment, put back in a second.

To enter 190 org units and a week of facts by RPC takes a hundred times as long as to copy what came
of it, and most tests begin where that ends.
"""

from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient, ReplaceOne

from deploy.local.stack import DATABASE_PREFIX
from deploy.local.waiting import wait_until
from shared.platform.topology import SERVICES

SECONDS = 180


class Snapshots:
    """Of one stack, by name; gone with it."""

    def __init__(self, stack):
        self._stack = stack
        self._kept = {}

    def take(self, name, rpc):
        """Keep what is stored now, once nothing is under way any more."""
        assert wait_until(lambda: _settled(rpc), SECONDS)
        with self._client() as client:
            self._kept[name] = {
                (database, collection): list(client[database][collection].find())
                for database in client.list_database_names()
                if database.startswith(DATABASE_PREFIX)
                for collection in client[database].list_collection_names()
            }

    def restore(self, name):
        """Put it back into a stack that was reset. Returns False where there is none."""
        if name not in self._kept:
            return False
        with self._client() as client:
            for (database, collection), documents in self._kept[name].items():
                _insert(client[database][collection], documents)
        return True

    def put_back(self, name, of):
        """Undo what a test changed in the database `of` by hand, while its service runs."""
        with self._client() as client:
            for (database, collection), documents in self._kept[name].items():
                if database == of:
                    client[database][collection].delete_many({})
                    _replace(client[database][collection], documents)

    def _client(self):
        return MongoClient(self._stack.mongodb_uri, document_class=RawBSONDocument)


def _insert(collection, documents):
    if documents:
        collection.insert_many(documents)


def _replace(collection, documents):
    """The service that runs meanwhile may have stored one of them again."""
    if documents:
        replaced = (ReplaceOne({"_id": it["_id"]}, it, upsert=True) for it in documents)
        collection.bulk_write(list(replaced))


def _settled(rpc):
    """Has every event become a fact, and every fact a figure?"""
    told = {name: rpc.call(name, "health") for name in SERVICES}
    facts = told["supervision"]["facts"]
    return not told["supervision"]["unfolded"] and all(
        it["pending"] == 0 and facts.get(name, 0) == it["log_last"] for name, it in told.items()
    )
