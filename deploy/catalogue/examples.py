"""The golden examples, as messages: an event, a request and its answer, an answer with an error."""

import json
from collections.abc import Iterator
from pathlib import Path

from deploy.local.places import ROOT
from shared.contracts.events import EVENT_TYPES
from shared.contracts.events.declare import EventType
from shared.contracts.receipts import ACCEPTED
from shared.contracts.rpc import error_schemas
from shared.domain.errors import WarmError
from shared.domain.types import Json

GOLDEN = ROOT / "tests" / "contract" / "golden"


def event_file(event_type: EventType) -> Path:
    return GOLDEN / "events" / f"{event_type.name}.{event_type.version}.json"


def event(event_type: EventType) -> Json:
    return _read(event_file(event_type))


def request(name: str) -> Json:
    """The body of a request for the method `name`, such as `relief.order`; `common.…` is one of
    every service."""
    return {"args": [], "kwargs": _read(GOLDEN / "rpc" / f"{name}.json")["arguments"]}


def answer(name: str) -> Json:
    """The body of the answer."""
    return {"result": _read(GOLDEN / "rpc" / f"{name}.json")["result"], "error": None}


def failure(error: type[WarmError]) -> Json:
    """The body of an answer with an error."""
    return {"result": None, "error": error_schemas.example(error)}


def receipt() -> Json:
    """The receipt for the golden example of a published issue."""
    issue = event(EVENT_TYPES["supervision.briefing.published"])
    return {"event": issue["id"], "outcome": ACCEPTED, "digest": issue["data"]["digest"]}


def form(name: str) -> Json:
    """The headers of a file of this form, as if the golden example of a published issue had it."""
    data = event(EVENT_TYPES["supervision.briefing.published"])["data"]
    edition, [file, *_] = data["edition"], data["manifest"]["renderings"]
    urn = f"{data['manifest']['urn']}:{edition}:{name}:{file['lang']}"
    about = {"urn": urn, "form": name, "lang": file["lang"], "sha256": file["sha256"]}
    issue = {field: str(data[field]) for field in ("issue", "period", "revision")}
    return {**about, "edition": edition, **issue}


def block(value: Json) -> Iterator[str]:
    """The lines of a code block."""
    yield from ("```json", json.dumps(value, ensure_ascii=False, indent=2), "```", "")


def _read(file: Path) -> Json:
    found: Json = json.loads(file.read_text(encoding="utf-8"))
    return found
