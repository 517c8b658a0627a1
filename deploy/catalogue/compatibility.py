"""Does the contract still fit what the last release published?

What may change for whom, and why: docs/decisions/0014-contract-compatibility.md. The published
schemas are kept in PUBLISHED; `python -m deploy.catalogue --release` replaces them.
"""

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from deploy.catalogue.json_schema_fit import Misfit, misfits, resolved
from deploy.local.places import ROOT
from shared.contracts import catalogue
from shared.domain.service_names import NAMES
from shared.domain.types import Json
from shared.platform.version import project_version

PUBLISHED = ROOT / "tests" / "contract" / "published"
RECORD = "docs/decisions/0014-contract-compatibility.md"

# What the next release changes on purpose though callers don't survive it: (file, path in it) → the
# reason. CHANGELOG.md names each under "Compatibility". Empty again after the release.
DELIBERATE = {
    (
        "rpc/supervision.approve_briefing.json",
        "arguments.content_digest",
    ): "a person approves what was read, and no client looks that up for the person",
    **{
        (f"events/{service}.period.sealed.1.json", "data.period"): "months, half-years and years"
        " are sealed as weeks are"
        for service in NAMES
    },
    **{
        (f"rpc/supervision.{method}.json", "result.period"): "who asks about a week is answered"
        " about a week"
        for method in ("explain", "revision_proposal")
    },
}

# Path such as `events/clinics.clinic.held.1.json` → the document in it.
Documents = Mapping[str, Json]

UNTIL = "Go on publishing it until then"
EVENT = "Add an optional field instead, or publish a new version of the event beside this one"
ARGUMENTS = "Go on taking what callers send, or declare a method with a new name"
RESULT = "Go on answering what callers read, or declare a method with a new name"
ERROR = "Go on answering what callers read"
METHOD = "Keep the method, or an alias of it"


@dataclass(frozen=True)
class Problem:
    """An incompatible change of a published file."""

    file: str
    misfit: Misfit
    advice: str

    def __str__(self) -> str:
        path, rule, detail = self.misfit
        place = f"docs/{self.file}: {path}" if path else f"docs/{self.file}"
        return f"{place}: {rule}: {detail}. {self.advice} ({RECORD})."


def problems(old: Documents, new: Documents) -> list[Problem]:
    """Every incompatible change from the published documents `old` to the documents `new`."""
    changed = (path for path in old.keys() | new.keys() if old.get(path) != new.get(path))
    return [problem for path in sorted(changed) for problem in _of_file(path, old, new)]


def unexpected(found: Iterable[Problem]) -> list[Problem]:
    """Those that aren't declared as deliberate."""
    return [it for it in found if (it.file, it.misfit.path) not in DELIBERATE]


def current() -> dict[str, Json]:
    """The documents as the code declares them."""
    return {path: json.loads(text) for path, text in catalogue.files().items()}


def published() -> dict[str, Json]:
    """The documents of the last release."""
    return {
        f"{folder}/{file.name}": json.loads(file.read_text(encoding="utf-8"))
        for folder in catalogue.FOLDERS
        for file in (PUBLISHED / folder).glob("*.json")
    }


def release() -> list[Problem]:
    """Make the schemas in docs the published ones, unless a change is incompatible. Returns the
    problems."""
    found = unexpected(problems(published(), current()))
    if not found:
        for folder in catalogue.FOLDERS:
            shutil.rmtree(PUBLISHED / folder, ignore_errors=True)
            shutil.copytree(catalogue.DOCS / folder, PUBLISHED / folder)
    return found


def _of_file(path: str, old: Documents, new: Documents) -> Iterable[Problem]:
    if path.startswith("events/"):
        return _event(path, old, new)
    if path.startswith("errors/"):
        return _error(path, old, new)
    return _method(path, _answering(path, old), _answering(path, new))


def _answering(path: str, documents: Documents) -> Json | None:
    """The document of a method: the service's own, or else the one of every service."""
    every_service = f"rpc/common.{path.split('.', 1)[1]}"
    return documents.get(path) or documents.get(every_service)


def _event(path: str, old: Documents, new: Documents) -> Iterator[Problem]:
    if path not in old:
        return
    if path not in new:
        yield from _gone(path, old[path])
        return
    received = misfits(new[path], old[path], ("publishers", "subscribers"), keeps=True)
    stored = misfits(old[path], new[path], ("stored events", "their readers"))
    known = {(misfit.path, misfit.rule) for misfit in received}
    for misfit in [*received, *(it for it in stored if (it.path, it.rule) not in known)]:
        yield Problem(path, misfit, EVENT)
    yield from _sooner(path, old[path], new[path])


def _gone(path: str, old: Json) -> Iterator[Problem]:
    """An earlier version may go with the release that was announced, and no other version may."""
    until = _until(old)
    if until is None:
        detail = "the version isn't published any more, and no release had a newer one"
        yield Problem(path, Misfit("", "gone", detail), EVENT)
    elif _numbers(project_version()) < _numbers(until):
        detail = f"the version isn't published any more, and was announced until {until}"
        yield Problem(path, Misfit("", "gone", detail), UNTIL)


def _sooner(path: str, old: Json, new: Json) -> Iterator[Problem]:
    before, now = _until(old), _until(new)
    if before and now and _numbers(now) < _numbers(before):
        detail = f"the version was announced until {before}, and is until {now} now"
        yield Problem(path, Misfit("$comment", "sooner", detail), UNTIL)


def _until(document: Json) -> str | None:
    """The release that was announced as the first one without this version."""
    comment = document.get("$comment")
    return str(comment).removeprefix(catalogue.UNTIL) if comment else None


def _error(path: str, old: Documents, new: Documents) -> Iterator[Problem]:
    if path not in old:
        return
    if path not in new:
        yield Problem(path, Misfit("", "gone", "the error isn't raised any more"), ERROR)
        return
    for misfit in misfits(new[path], old[path], ("services", "callers"), keeps=True):
        yield Problem(path, misfit, ERROR)


def _numbers(release: str) -> list[int]:
    return [int(part) for part in release.split(".")]


def _method(path: str, old: Json | None, new: Json | None) -> Iterator[Problem]:
    if old is None:
        return
    if new is None:
        yield Problem(path, Misfit("", "gone", "the method isn't answered any more"), METHOD)
        return
    for name in sorted(set(old["former_names"]) - set(new["former_names"])):
        detail = "the former name isn't answered any more"
        yield Problem(path, Misfit(name, "gone", detail), METHOD)
    given, taken = old["arguments"], new["arguments"]
    refused = misfits(given, taken, ("callers", "services"))
    for misfit in [*refused, *_defaults(given, taken)]:
        yield Problem(path, _in_part("arguments", misfit), ARGUMENTS)
    for misfit in misfits(new["result"], old["result"], ("services", "callers"), keeps=True):
        yield Problem(path, _in_part("result", misfit), RESULT)


def _in_part(part: str, misfit: Misfit) -> Misfit:
    inside = misfit.path if misfit.path.startswith("[") or not misfit.path else f".{misfit.path}"
    return misfit._replace(path=f"{part}{inside}")


def _defaults(old: Json, new: Json) -> Iterator[Misfit]:
    """Arguments that callers leave out, and that count as something else now."""
    before, now = resolved(old, old), resolved(new, new)
    for name, field in before["properties"].items():
        other = now["properties"].get(name, field)
        if name not in before.get("required", ()) and _default(field) != _default(other):
            detail = f"left out it was {_default(field)}, and is {_default(other)} now"
            yield Misfit(name, "default", detail)


def _default(field: Json) -> str:
    return json.dumps(field["default"], ensure_ascii=False) if "default" in field else "left out"
