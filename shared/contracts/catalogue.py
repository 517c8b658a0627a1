"""The published events as JSON Schemas, for consumers in any language.

`python -m shared.contracts.catalogue` writes them to `docs/events/<type>.<version>.json`.
"""

import json
from pathlib import Path

from shared.contracts.envelope import event_schema
from shared.contracts.events import EVENT_TYPES
from shared.contracts.events.declare import EventType

FOLDER = Path(__file__).parents[2] / "docs" / "events"


def files() -> dict[str, str]:
    """File name → content: the Draft-07 schema of the whole event; one file for each event type."""
    return {
        f"{event_type.name}.{event_type.version}.json": _text(event_type)
        for event_type in EVENT_TYPES.values()
    }


def _text(event_type: EventType) -> str:
    about = {
        "$id": event_type.dataschema,
        "title": event_type.name,
        "description": f"{event_type.zh} · {event_type.en}",
    }
    schema = about | event_schema(event_type)
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.json"):
        old.unlink()
    for name, text in files().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
