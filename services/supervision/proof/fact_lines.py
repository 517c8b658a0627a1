"""Facts as lines of text, in the order of the Merkle tree."""

import hashlib
import json
import tempfile
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import IO, NamedTuple

import msgspec

from services.supervision.indicators.reporting import REGISTRY
from services.supervision.indicators.rules import Rules
from services.supervision.proof import merkle
from services.supervision.proof.merkle import Leaf
from shared.contracts.messages import Head, Message
from shared.domain.types import Event

# So many parts of the facts are kept on disk: one at a time is read into memory.
PARTS = 32


class Fact(NamedTuple):
    head: Head
    text: str
    leaf: Leaf


def leaf_of(head: Head, text: str) -> Leaf:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Leaf(head.source.rsplit("/", 1)[1], head.sourcesequence, head.id, digest)


def line_of(text: str) -> bytes:
    """The line of a fact: its text as it is stored, to the byte.

    A text that holds a line break between its parts is written as a JSON string.
    """
    line = json.dumps(text, ensure_ascii=False) if "\n" in text or "\r" in text else text
    return line.encode() + b"\n"


class SubjectsOnDisk:
    """The facts from which figures are folded, given in any order and read by subject."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._open = ExitStack()
        self._parts: list[IO[bytes]] = [
            self._open.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
            for _ in range(PARTS)
        ]

    def __enter__(self) -> "SubjectsOnDisk":
        return self

    def __exit__(self, *error: object) -> None:
        self._open.close()

    def add(self, head: Head, text: str) -> None:
        if head.type in self._rules.fed_by or head.type.startswith(REGISTRY):
            part = self._parts[zlib.crc32(head.subject.encode()) % PARTS]
            part.write(line_of(text))

    def subjects(self) -> Iterator[list[Event]]:
        """All events of each subject."""
        for part in self._parts:
            part.seek(0)
            events = defaultdict(list)
            for text in texts(part):
                event: Event = msgspec.json.decode(text)
                # Two services may use the same subject id, each for an aggregate of its own.
                events[event["source"], event["subject"]].append(event)
            yield from events.values()


def texts(lines: Iterable[bytes]) -> Iterator[str]:
    """The texts of facts from their lines."""
    for line in lines:
        yield json.loads(line) if line.startswith(b'"') else line[:-1].decode()


def read_facts(facts: Iterable[str]) -> Iterator[Fact]:
    """The facts of texts.

    Raises ValueError if they aren't by source and number, each once, or can't be read.
    """
    last = ("", 0)
    for text in facts:
        head = Message.from_text(text).head
        leaf = leaf_of(head, text)
        last = merkle.place_after(last, leaf)
        yield Fact(head, text, leaf)
