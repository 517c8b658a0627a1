"""A published issue with everything that is needed to check it, in one zip archive.

The same issue gives the same archive, with the same version of zlib: entries in a fixed order, no
clock. Facts are written as they come: the memory in use doesn't grow with their text.
"""

import base64
import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import resources
from itertools import groupby
from typing import IO

from services.supervision.indicators import rules_of
from services.supervision.proof.contributions import Described, Listed, listed
from services.supervision.proof.fact_lines import Fact, SubjectsOnDisk, line_of, read_facts
from services.supervision.proof.merkle import FactTree, Tree
from shared.domain import canonical
from shared.domain.report_periods import parse_period
from shared.domain.types import Json

FORMAT = "urn:warm:proof:1"
PACKAGE = resources.files("services.supervision.proof")
VERIFIERS = ("verify.py", "verify.mjs", "verify.html")
SCHEMAS = ("contributions.json", "manifest.json", "proof.json")
# The earliest time that a zip archive can hold.
NO_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Issue:
    """A published issue as it is stored.

    `document` and `manifest` are canonical JSON. `forms` maps a file name to its bytes, `keys` the
    id of a public key to its PEM, `schemas` a file name to the JSON Schema of an event.
    """

    document: bytes
    manifest: bytes
    forms: Mapping[str, bytes]
    keys: Mapping[str, str]
    schemas: Mapping[str, bytes] = field(default_factory=dict)


def write_bundle(target: IO[bytes], issue: Issue, facts: Iterable[str] = ()) -> None:
    """Write the archive of an issue.

    `facts` are the texts of exactly the facts of its freeze, by source and number. Those of a
    public edition aren't read. Raises ValueError if they aren't in this order, or if their root
    isn't the one that the manifest names.
    """
    document, manifest = json.loads(issue.document), json.loads(issue.manifest)
    period, rules = parse_period(document["period"]), rules_of(document["freeze"])
    internal = manifest["edition"] == "internal"
    with (
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive,
        SubjectsOnDisk(rules) as subjects,
    ):
        writer = _Writer(archive)
        placed = _write_facts(writer, facts if internal else (), subjects)
        tree = placed.tree()
        if internal and tree.root().hex() != manifest["facts_root"]:
            raise ValueError("facts: their root isn't the one that the manifest names")
        figures = _Figures(document)
        found = figures.watch(listed(period, rules, subjects.subjects()))
        writer.stream("contributions.json", _contributions(document["digest"], found))
        for name, content in sorted(_files(issue).items()):
            writer.write(name, content)
        proof = {
            "format": FORMAT,
            "document": document["digest"],
            "edition": manifest["edition"],
            "root": manifest["facts_root"],
            "size": len(tree) if internal else None,
            "figure": figures.chosen(),
            "inclusion": [_inclusion(item, placed, tree) for item in figures.contributions()],
            "files": writer.digests,
        }
        writer.write("proof.json", canonical.dumps(proof))


class _Writer:
    """Writes the files of an archive, and keeps their digests."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.digests: dict[str, str] = {}

    def write(self, name: str, content: bytes) -> None:
        self.stream(name, [content])

    def stream(self, name: str, parts: Iterable[bytes]) -> None:
        entry = zipfile.ZipInfo(name, NO_TIME)
        entry.compress_type = zipfile.ZIP_DEFLATED
        # The same on every system, and readable by all.
        entry.create_system, entry.external_attr = 3, 0o644 << 16
        digest = hashlib.sha256()
        with self._archive.open(entry, "w", force_zip64=True) as file:
            for part in parts:
                digest.update(part)
                file.write(part)
        self.digests[name] = digest.hexdigest()


def _write_facts(writer: _Writer, facts: Iterable[str], subjects: SubjectsOnDisk) -> FactTree:
    """Write the facts of each source to a file of its own."""
    placed = FactTree()

    def line(fact: Fact) -> bytes:
        placed.add(fact.leaf)
        subjects.add(fact.head, fact.text)
        return line_of(fact.text)

    for source, of_source in groupby(read_facts(facts), key=lambda fact: fact.leaf.source):
        writer.stream(f"facts/{source}.ndjson", map(line, of_source))
    return placed


class _Figures:
    """The figure whose facts are proved to be in the tree: of the district's main points, the one
    with the fewest contributions, so that a person can follow it."""

    def __init__(self, document: Json) -> None:
        self._district = document["masthead"]["district"]
        self._points = [point["indicator"] for point in document["headlines"]]
        self._best: tuple[tuple[bool, int, str], list[Listed]] | None = None

    def watch(self, found: Iterable[Described]) -> Iterator[Described]:
        """Pass the contributions on, after looking at each figure."""
        for item in found:
            self._look_at(item)
            yield item

    def _look_at(self, item: Described) -> None:
        counted = [it for it in item.contributions if self._district in it.cells]
        place = (item.code not in self._points, len(counted), item.code)
        if counted and (self._best is None or place < self._best[0]):
            self._best = (place, counted)

    def chosen(self) -> Json | None:
        """The figure; None where nothing contributes to any."""
        return self._best and {"indicator": self._best[0][2], "orgunit": self._district}

    def contributions(self) -> list[Listed]:
        return self._best[1] if self._best else []


def _inclusion(item: Listed, placed: FactTree, tree: Tree) -> Json:
    index = placed.index(item.source, item.number)
    path = [{side: sibling.hex()} for side, sibling in tree.steps(index)]
    return {"event": item.event, "index": index, "path": path}


def _contributions(digest: str, found: Iterable[Described]) -> Iterator[bytes]:
    """Canonical JSON in parts: there may be as many contributions as facts."""
    indicators = {}
    yield b'{"contributions":{'
    for position, item in enumerate(found):
        indicators[item.code] = item.indicator
        yield b"," * bool(position) + canonical.dumps(item.code) + b":["
        for number, contribution in enumerate(item.contributions):
            yield b"," * bool(number) + canonical.dumps(contribution.to_json())
        yield b"]"
    yield b"}," + canonical.dumps({"document": digest, "indicators": indicators})[1:]


def _files(issue: Issue) -> dict[str, bytes]:
    """The other files, by name."""
    return {
        "README.txt": (PACKAGE / "README.txt").read_bytes(),
        "document.json": issue.document,
        "manifest.json": issue.manifest,
        **{f"forms/{name}": content for name, content in issue.forms.items()},
        **{f"keys/{keyid}.pem": pem.encode() for keyid, pem in issue.keys.items()},
        **{f"keys/{keyid}.raw": raw_key(pem) for keyid, pem in issue.keys.items()},
        **{f"schemas/{name}": (PACKAGE / "schemas" / name).read_bytes() for name in SCHEMAS},
        **{f"schemas/events/{name}": content for name, content in issue.schemas.items()},
        **{name: (PACKAGE / "verifiers" / name).read_bytes() for name in VERIFIERS},
    }


def raw_key(pem: str) -> bytes:
    """The 32 bytes of a public Ed25519 key in PEM."""
    return base64.b64decode("".join(pem.split("\n")[1:-2]))[-32:]
