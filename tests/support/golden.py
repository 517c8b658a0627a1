"""The golden examples of the contract: one of every event version, one of every RPC method."""

import json
from pathlib import Path

from shared.contracts.envelope import EnvelopeSchema
from shared.contracts.rpc.declare import Method
from tests.support.misfits import fitting, fitting_field

FOLDER = Path(__file__).parents[1] / "contract" / "golden"


def names(kind):
    """The names of all examples of `events` or `rpc`."""
    return sorted(file.stem for file in (FOLDER / kind).glob("*.json"))


def text(kind, name):
    return (FOLDER / kind / f"{name}.json").read_text(encoding="utf-8")


def example(kind, name):
    """`events`: a whole event. `rpc`: `arguments` and `result`."""
    return json.loads(text(kind, name))


def written(value):
    """An example as it stands in its file."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def draft_event(event_type):
    """An event to begin with: right in form, and without a meaning so far."""
    fixed = {
        "source": f"/warm/{event_type.service}",
        "type": event_type.name,
        "dataschema": event_type.dataschema,
        "data": fitting(event_type.data),
    }
    envelope = EnvelopeSchema().fields
    return {
        name: fixed.get(name) or fitting_field(field)
        for name, field in envelope.items()
        if field.required
    }


def draft_method(method: Method):
    """Arguments and a result to begin with."""
    result = method.result
    answer = fitting(result) if isinstance(result, type) else fitting_field(result)
    return {"arguments": fitting(method.arguments), "result": answer}
