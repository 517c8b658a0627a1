"""The ids of the events in the figures of assessments, kept beside the documents.

A half-year has more of them than a document may hold, so a document has their number and digest.
They are kept under the digest: the same ids once, whichever draft or revision they are of.
"""

from collections.abc import Iterable, Iterator

from pymongo import ReplaceOne
from pymongo.collection import Collection

from services.supervision.assessment.inputs import Figure
from shared.domain.canonical import sha256
from shared.domain.types import Document

CHUNK = 5000


class AssessmentEvidence:
    def __init__(self, collection: Collection[Document]) -> None:
        self.collection = collection

    def keep(self, figures: Iterable[Figure]) -> None:
        """Keep the ids of the events in each figure."""
        for figure in figures:
            changes = [
                ReplaceOne({"_id": chunk["_id"]}, chunk, upsert=True)
                for chunk in _chunks(figure.event_ids)
            ]
            if changes:
                self.collection.bulk_write(changes)

    def ids(self, digest: str, events: int) -> list[str] | None:
        """The ids with this digest, which are so many. None where they aren't kept, or not as they
        were."""
        found = {
            chunk["_id"]: chunk.get("ids") or []
            for chunk in self.collection.find({"_id": {"$in": _names(digest, events)}})
        }
        ids = [id for name in _names(digest, events) for id in found.get(name, [])]
        return ids if sha256(ids) == digest else None


def _names(digest: str, events: int) -> list[str]:
    return [f"{digest}|{start}" for start in range(0, events, CHUNK)]


def _chunks(ids: list[str]) -> Iterator[Document]:
    for number, name in enumerate(_names(sha256(ids), len(ids))):
        yield {"_id": name, "ids": ids[number * CHUNK : (number + 1) * CHUNK]}
