"""The bytes of stored documents, as the database has them.

The driver makes an object of each document, even of those that it is asked for as bytes; that takes
longer than to read and hash them. So a whole answer of the database is taken as it is.
"""

import struct
from collections.abc import Iterator
from itertools import repeat
from typing import TypeVar

import bson
import eventlet
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from bson.timestamp import Timestamp
from pymongo.client_session import ClientSession
from pymongo.collection import Collection

from shared.domain.types import Document

UNDECODED = CodecOptions(document_class=RawBSONDocument)
SIZE = struct.Struct("<i")

Part = TypeVar("Part")


def batches(
    collection: Collection[Document],
    query: Document,
    sort: dict[str, int],
    at_once: int,
    fields: Document | None = None,
    at: Timestamp | None = None,
) -> Iterator[memoryview]:
    """The documents that a query finds, in their order: some of them at a time, as the bytes of a
    BSON array. The same documents give the same bytes. `fields` is a projection; with `at`, they
    are as they were at that instant.

    Where not all of them are read, the database forgets the rest after ten minutes.
    """
    command = {"filter": query, "projection": fields or {}, "sort": sort, "allowDiskUse": True}
    return _answers(collection, command, repeat(at_once), at)


def in_storage_order(
    collection: Collection[Document], sizes: Iterator[int], at: Timestamp | None
) -> Iterator[memoryview]:
    """As `batches`, all documents in the order in which they are stored, which takes the database
    half the time. Each answer has at most as many as `sizes` says next."""
    return _answers(collection, {"hint": {"$natural": 1}}, sizes, at)


def instant(collection: Collection[Document]) -> Timestamp | None:
    """An instant at which what is stored now can be read; None where there is no collection."""
    command = {"find": collection.name, "limit": 1, "projection": {"_id": 1}}
    answer = collection.database.command({**command, "readConcern": {"level": "snapshot"}})
    time: Timestamp | None = answer["cursor"].get("atClusterTime")
    return time


def ahead(parts: Iterator[Part]) -> Iterator[Part]:
    """The same parts. The next one is fetched while one is worked on."""
    next_part = eventlet.spawn(next, parts, None)
    while (part := next_part.wait()) is not None:
        next_part = eventlet.spawn(next, parts, None)
        # The request has to be sent before the work begins.
        eventlet.sleep(0)
        yield part


def _answers(
    collection: Collection[Document], command: Document, sizes: Iterator[int], at: Timestamp | None
) -> Iterator[memoryview]:
    first = {"find": collection.name, **command, "batchSize": next(sizes)}
    if at:
        first["readConcern"] = {"level": "snapshot", "atClusterTime": at}
    # A cursor belongs to the session in which it was opened.
    with collection.database.client.start_session(causal_consistency=False) as session:
        documents, cursor = _answer(collection, first, "firstBatch", session)
        yield documents
        while cursor:
            more = {"getMore": bson.Int64(cursor), "collection": collection.name}
            more["batchSize"] = next(sizes)
            documents, cursor = _answer(collection, more, "nextBatch", session)
            yield documents


def decoded(batch: memoryview) -> list[Document]:
    """The documents of a batch."""
    found: list[Document] = list(bson.decode(batch).values())
    return found


def _answer(
    collection: Collection[Document], command: Document, name: str, session: ClientSession
) -> tuple[memoryview, int]:
    """The array of documents of an answer, and the id of the cursor that has more, or 0."""
    answer = collection.database.command(command, codec_options=UNDECODED, session=session)
    raw = memoryview(answer["cursor"].raw)
    # The array is the first part: after the document's size stand its type and its name.
    begin = SIZE.size + 1 + len(name) + 1
    if raw[SIZE.size + 1 : begin - 1] != name.encode():
        # An answer of other parts, as that of a collection that isn't there.
        cursor = answer["cursor"]
        documents = {str(number): it for number, it in enumerate(cursor[name])}
        return memoryview(bson.encode(documents)), cursor["id"]
    end = begin + SIZE.unpack_from(raw, begin)[0]
    rest = bytes(raw[end:])
    return raw[begin:end], bson.decode(SIZE.pack(SIZE.size + len(rest)) + rest)["id"]
