"""Events as another publisher writes them, with plain JSON and pika."""

import json
import uuid
from itertools import count

from tests.support.running import COMMUNITY, TIME

# Above what the services themselves reach in a test.
_numbers = count(1_000_000)


def visits(value="3", **changes):
    """A round of household visits in the week, as relief reports it."""
    identity = str(uuid.uuid4())
    return {
        "specversion": "1.0",
        "id": identity,
        "source": "/warm/relief",
        "type": "relief.visit.recorded",
        "subject": str(uuid.uuid4()),
        "time": TIME,
        "timeprecision": "day",
        "recordedtime": TIME,
        "orgunit": COMMUNITY,
        "subjectsequence": 1,
        "sourcesequence": next(_numbers),
        "correlationid": identity,
        "causationid": identity,
        "dataschema": "urn:warm:relief.visit.recorded:1",
        "datacontenttype": "application/json",
        "data": {
            "kind": "household",
            "visits": {"value": value, "qualifier": "exact", "unit": "visit", "stated": None},
            "withdrawn": False,
            "reason": None,
        },
    } | changes


def of_type(name, data, **changes):
    """An event of some type of some service."""
    service = name.split(".")[0]
    about = {"type": name, "source": f"/warm/{service}", "dataschema": f"urn:warm:{name}:1"}
    return visits() | about | {"data": data} | changes


def without(name, event):
    return {key: value for key, value in event.items() if key != name}


def body(event):
    return json.dumps(event).encode()
