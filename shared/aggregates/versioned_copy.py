"""Copies of what another service owns: the highest version of each document stays, in any order of
arrival."""

from collections.abc import Iterable
from typing import Any

from pymongo import UpdateOne
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError

from shared.domain.types import Document, Json
from shared.platform.database import duplicates


def store_newer(
    collection: Collection[Document], documents: Iterable[tuple[Any, int, Json]]
) -> bool:
    """Store documents, given as (id, version, fields), that are newer than those here. Returns
    whether any were given."""
    writes = [
        UpdateOne(
            {"_id": identity, "version": {"$lt": version}},
            {"$set": {"version": version, **fields}},
            upsert=True,
        )
        for identity, version, fields in documents
    ]
    try:
        if writes:
            collection.bulk_write(writes, ordered=False)
    except BulkWriteError as error:
        # If the stored version isn't lower, the upsert collides with it. That is no error.
        duplicates(error)
    return bool(writes)
