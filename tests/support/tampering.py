"""What is stored, changed by hand, as somebody with the database's password could."""

import copy
import json
from contextlib import nullcontext

import bson
import msgspec
from bson.raw_bson import RawBSONDocument
from pymongo.errors import DuplicateKeyError

from tests.unit import strategies as make


def opened(fact):
    """The fact with its event as JSON instead of text."""
    return fact | {"event": json.loads(fact["event"])}


def closed(fact):
    """Back in the stored form, whatever its event has become."""
    event = fact.get("event")
    return fact if isinstance(event, str) else fact | {"event": msgspec.json.encode(event).decode()}


def change_event(facts, query, **parts):
    """Give the event of one stored fact other parts, such as data__issue=7. Returns the fact as it
    was."""
    fact = facts.find_one(query)
    forged = opened(fact)
    for path, value in parts.items():
        *above, name = path.split("__")
        target = forged["event"]
        for step in above:
            target = target[step]
        target[name] = value
    facts.replace_one({"_id": fact["_id"]}, closed(forged))
    return fact


# What stands in place of a part that was replaced: of other types, empty, or no part at all.
OTHERS = (None, 5, 2.5, "x", "", [], ["x"], {}, {"x": 1}, True)


def ways(part):
    """What may become of a part: name of the way → the part afterwards, another one than it was."""
    found = {f"is {other!r}": other for other in OTHERS}
    if isinstance(part, str | list) and part:
        found |= {"cut short": part[: len(part) // 2], "without its end": part[:-1]}
    if isinstance(part, list) and part:
        found |= {"in reverse": part[::-1], "with one twice": [*part, part[0]]}
    if isinstance(part, dict) and part:
        found |= {"with more": part | {"more": 1}}
    if isinstance(part, int) and not isinstance(part, bool):
        found |= {"one more": part + 1, "huge": 2**62}
    return {way: it for way, it in found.items() if repr(it) != repr(part)}


def tampered(document):
    """Everything that may become of a stored document: (way, the document), changed in one part."""
    for path in make.paths(document):
        name = ".".join(map(str, path))
        part = make.at(document, path)
        for way, other in ways(part).items():
            yield f"{name} {way}", make.replaced(document, path, other)
        yield f"{name} is gone", make.without(document, path)


class Stored:
    """As much of a collection as facts and evidence need, without a server."""

    def __init__(self, documents=()):
        self.documents = list(documents)

    def find(self, query=None, fields=None):
        return Found(copy.deepcopy([it for it in self.documents if _matches(it, query or {})]))

    def find_one(self, query, fields=None, sort=()):
        found = self.find(query)
        for name, order in sort:
            found.sort(name, order)
        return next(iter(found), None)

    name = "stored"

    @property
    def database(self):
        return self

    @property
    def client(self):
        return self

    def start_session(self, causal_consistency):
        return nullcontext()

    def command(self, command, codec_options, session):
        """Only a find whose answer fits into one batch."""
        found = self.find(command["filter"])
        for name, order in command["sort"].items():
            found.sort(name, order)
        cursor = {"firstBatch": list(found), "id": 0, "ns": self.name}
        return RawBSONDocument(bson.encode({"cursor": cursor}))

    def replace_one(self, query, document, upsert):
        kept = [it for it in self.documents if not _matches(it, query)]
        self.documents[:] = [*kept, {**query, **copy.deepcopy(document)}]

    def insert_one(self, document):
        if any(it["_id"] == document["_id"] for it in self.documents):
            raise DuplicateKeyError("_id")
        self.documents.append(copy.deepcopy(document))


class Found(list):
    def sort(self, name, order=1):
        super().sort(key=lambda it: _order(it.get(name)), reverse=order < 0)
        return self


def _order(value):
    """Any values beside each other."""
    number = isinstance(value, int | float)
    return (0, value, "") if number else (1, 0, repr(value))


def _matches(document, query):
    return all(_fits(document, name, wanted) for name, wanted in query.items())


def _fits(document, name, wanted):
    value = document.get(name)
    if not isinstance(wanted, dict):
        return value == wanted
    number = type(value) in (int, float)
    return all(
        {
            "$gt": lambda limit: number and value > limit,
            "$lte": lambda limit: number and value <= limit,
            "$in": lambda some: any(value == it for it in some),
            "$nin": lambda some: all(value != it for it in some),
            "$not": lambda other: not _fits(document, name, other),
            "$type": lambda kinds: type(value) is int,
        }[operator](given)
        for operator, given in wanted.items()
    )
