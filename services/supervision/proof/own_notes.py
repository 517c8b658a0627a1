"""Notes of supervision's own: what it found once, so that it needn't look again.

A note carries a code that takes supervision's own key, over its name and everything that it says.
So nobody who only writes to the database can write or change one.
"""

import hashlib
import hmac
from collections.abc import Iterable

from pymongo.collection import Collection

from services.supervision.facts.fact_store import UNREADABLE
from shared.domain import canonical
from shared.domain.types import Document


class OwnNotes:
    """`key` is supervision's own."""

    def __init__(self, collection: Collection[Document], key: bytes) -> None:
        self.collection = collection
        self._key = key

    def read(self, name: str) -> Document | None:
        """The note of this name; None where there is none, or one that somebody else wrote."""
        note = self.collection.find_one({"_id": name})
        try:
            ours = note and hmac.compare_digest(self._code(note), note["code"])
        except UNREADABLE:
            return None
        return note if ours else None

    def keep(self, name: str, said: Document) -> str:
        """Keep a note in place of the one of this name. Returns its code."""
        note = {"_id": name, **said}
        code = self._code(note)
        self.collection.replace_one({"_id": name}, note | {"code": code}, upsert=True)
        return code

    def _code(self, note: Document) -> str:
        said = {
            name: sha256([value]) if isinstance(value, bytes) else value
            for name, value in note.items()
            if name != "code"
        }
        return hmac.new(self._key, canonical.dumps(said), hashlib.sha256).hexdigest()


def sha256(parts: Iterable[bytes | memoryview]) -> str:
    """The hexadecimal SHA-256 of some bytes."""
    total = hashlib.sha256()
    for part in parts:
        total.update(part)
    return total.hexdigest()
