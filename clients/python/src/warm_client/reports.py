"""The report in an event: an issue or the notice that one is withdrawn, with digest and signature
checked."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from warm_client import canonical
from warm_client.events import Event, Refused
from warm_client.keys import KeyRing

PUBLISHED, REVISED, WITHDRAWN = "published", "revised", "withdrawn"
# An event type of a report: its series is the group.
TYPE = re.compile(r"supervision\.(briefing|summary|assessment|commendation)\.")
INTERNAL = "_internal"
NAME = re.compile(r"[0-9]{4}(?:-(?:W[0-9]{2}|[0-9]{2}|H[12]))?-r[0-9]{1,4}")
NOTICE = ("issue", "period", "revision", "status", "digest", "reason", "successor", "keyid")
MALFORMED = (KeyError, TypeError, AttributeError, ValueError, RecursionError)


@dataclass(frozen=True)
class Report:
    """A checked report.

    `kind` is `published`, `revised` or `withdrawn`. `text` is the canonical JSON of the document,
    or of the notice that withdraws it: saved as UTF-8 it is the published file, byte for byte.
    `digest` is that of the document; in a notice that of the internal edition, beside
    `public_digest` in `data`, which is everything that the event says (see its JSON Schema).
    """

    event: str
    kind: str
    edition: str
    issue: int
    period: str
    revision: int
    digest: str
    text: str
    data: Mapping[str, Any]

    @property
    def name(self) -> str:
        """`2017-W06-r0`, of a month `2017-02-r0`: safe in a file name."""
        return f"{self.period}-r{self.revision}"

    @property
    def series(self) -> str:
        """In which `issue` is numbered; releases before 0.4 had briefings alone."""
        return str(self.data.get("series", "briefing"))

    @property
    def key(self) -> str:
        """The same for every message that brings this report."""
        return f"{WITHDRAWN if self.kind == WITHDRAWN else self.edition}:{self.name}"

    @cached_property
    def document(self) -> Any:
        """`text`, decoded."""
        return json.loads(self.text)


def read_report(event: Event, keys: KeyRing) -> Report | None:
    """The report of an event; None for an event that brings none.

    Version 1 of an issue that has an edition brings none: version 2 follows, with the manifest.
    Raises Refused, and UnknownKey.
    """
    series = TYPE.match(event.type)
    kind = event.type[series.end() :].removesuffix(INTERNAL) if series else ""
    if kind not in (PUBLISHED, REVISED, WITHDRAWN):
        return None
    try:
        return _notice(event, keys) if kind == WITHDRAWN else _issue(event, kind, keys)
    except MALFORMED as error:
        raise Refused("a field is missing or malformed") from error


def _issue(event: Event, kind: str, keys: KeyRing) -> Report | None:
    data, text = event.data, event.data["document"]
    document = json.loads(text)
    _require_canonical(document, text)
    unsigned = {name: document[name] for name in document.keys() - {"digest", "signature"}}
    if not data["digest"] == document["digest"] == canonical.sha256(unsigned):
        raise Refused("the digest doesn't match")
    if data["keyid"] != document["keyid"] or data["signature"] != document["signature"]:
        raise Refused("the signature isn't the document's")
    _require_signature(keys, event, document, document["digest"])
    # Issues of the first releases have no edition: they were published in full.
    edition = document.get("edition", "internal")
    if "manifest" in data:
        _check_manifest(event, edition, keys)
    elif "edition" in document:
        return None
    return _report(event, kind, edition, document, text)


def _check_manifest(event: Event, edition: str, keys: KeyRing) -> None:
    data, manifest = event.data, event.data["manifest"]
    unsigned = {name: it for name, it in manifest.items() if name != "signature"}
    if manifest["digest"] != data["digest"] or manifest["edition"] != edition:
        raise Refused("the manifest is another document's")
    _require_signature(keys, event, manifest, canonical.sha256(unsigned), "manifest")


def _notice(event: Event, keys: KeyRing) -> Report:
    data, text = event.data, event.data["notice"]
    notice = json.loads(text)
    _require_canonical(notice, text)
    if any(data[name] != notice[name] for name in NOTICE) or notice["status"] != "withdrawn":
        raise Refused("the notice says something else than the event")
    _require_signature(keys, event, data, canonical.sha256(notice))
    return _report(event, WITHDRAWN, WITHDRAWN, notice, text)


def _report(event: Event, kind: str, edition: str, inside: Any, text: str) -> Report:
    data, digest = event.data, event.data["digest"]
    names = ("issue", "period", "revision")
    if any(data[name] != inside[name] for name in names):
        raise Refused("issue, period or revision isn't the document's")
    issue, period, revision = (inside[name] for name in names)
    report = Report(event.id, kind, edition, issue, period, revision, digest, text, data)
    whole = type(issue) is int and type(revision) is int
    if not (whole and isinstance(digest, str) and NAME.fullmatch(report.name)):
        raise Refused("issue, period or revision is wrong")
    return report


def _require_canonical(value: object, text: str) -> None:
    # With other blanks or a key given twice the digest would match, but the file would differ.
    if canonical.dumps(value) != text.encode():
        raise Refused("not canonical JSON")


def _require_signature(
    keys: KeyRing, event: Event, signed: Mapping[str, Any], digest: str, of: str = "document"
) -> None:
    keyid = signed["keyid"]
    if not keys.verifies(keyid, signed["signature"], digest.encode()):
        raise Refused(f"the signature of the {of} is wrong")
    if keys.has_ended(keyid, event):
        raise Refused(f"the key {keyid} of the {of} was retired before")
