"""The forms of published issues, made once and kept under their digests."""

import hashlib
from collections.abc import Iterable, Iterator

from bson import Binary
from pymongo import UpdateOne
from pymongo.collection import Collection
from pymongo.database import Database

from services.supervision.workflow.issue_maker import Made
from shared.domain.form_names import PUBLIC
from shared.domain.types import Document, Json


class IssueForms:
    """A document for each file: its `_id` is the hexadecimal SHA-256 of its `body`.

    So a publication that is tried again, or by two at once, can't mix up the files of two issues.
    """

    def __init__(self, database: Database[Document]) -> None:
        self._files: Collection[Document] = database["issue_forms"]

    def keep(self, made: Iterable[Made]) -> None:
        """Keep the files. Repeating it changes nothing."""
        new = [
            UpdateOne(
                {"_id": digest_of(form.body)},
                {"$setOnInsert": {"body": Binary(form.body)}},
                upsert=True,
            )
            for form in made
        ]
        if new:
            self._files.bulk_write(new, ordered=False)

    def body(self, sha256: str) -> bytes | None:
        """The file with this digest; None where it isn't kept, or is another by now."""
        found = self._files.find_one({"_id": sha256})
        body = bytes(found["body"]) if found else b""
        return body if digest_of(body) == sha256 else None


def digest_of(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def entries(urn: str, edition: str, made: Iterable[Made]) -> Iterator[Json]:
    """What the manifest of an edition says of its forms; `urn` is that of the issue."""
    prefix = f"{urn}:{PUBLIC}" if edition == PUBLIC else urn
    for form in made:
        if form.edition != edition:
            continue
        yield {
            "format": form.format,
            "lang": form.lang,
            "media_type": form.media_type,
            "sha256": digest_of(form.body),
            "size": len(form.body),
            "urn": f"{prefix}:{form.format}:{form.lang}",
        }
