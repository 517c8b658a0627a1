"""The bytes of stored documents, as the database has them.

The driver makes an object of each document, even of those that it is asked for as bytes; that takes
longer than to read and hash them. So a whole answer of the database is taken as it is.
"""

import struct
from collections.abc import Iterator

import bson
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo.client_session import ClientSession
from pymongo.collection import Collection

from shared.domain.types import Document

UNDECODED = CodecOptions(document_class=RawBSONDocument)
SIZE = struct.Struct("<i")


def batches(
    collection: Collection[Document],
    query: Document,
    sort: dict[str, int],
    at_once: int,
    fields: Document | None = None,
) -> Iterator[memoryview]:
    """The documents that a query finds, in their order: some of them at a time, as the bytes of a
    BSON array. The same documents give the same bytes. `fields` is a projection.

    Where not all of them are read, the database forgets the rest after ten minutes.
    """
    command = {
        "find": collection.name,
        "filter": query,
        "projection": fields or {},
        "sort": sort,
        "batchSize": at_once,
        "allowDiskUse": True,
    }
    # A cursor belongs to the session in which it was opened.
    with collection.database.client.start_session(causal_consistency=False) as session:
        yield from _answers(collection, command, at_once, session)


def _answers(
    collection: Collection[Document], command: Document, at_once: int, session: ClientSession
) -> Iterator[memoryview]:
    documents, cursor = _answer(collection, command, "firstBatch", session)
    yield documents
    while cursor:
        command = {"getMore": bson.Int64(cursor), "collection": collection.name}
        command["batchSize"] = at_once
        documents, cursor = _answer(collection, command, "nextBatch", session)
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
