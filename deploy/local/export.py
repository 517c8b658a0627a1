"""`./warm briefing export`: an issue with everything that is needed to check it, as one file."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from deploy.local import issue_files
from deploy.local.console import messages
from deploy.local.errors import CannotRun
from services.supervision.forms.catalogue import FORMS
from services.supervision.proof.bundle import Issue, write_bundle
from shared.contracts.catalogue import event_document
from shared.contracts.events import published_versions
from shared.domain import canonical
from shared.domain.form_names import EDITIONS
from shared.domain.types import Json

# A method of supervision with its arguments → the answer.
Ask = Callable[..., Any]

PAGE = 1000


def export(ask: Ask, period: str, revision: int | None, edition: str, target: Path) -> None:
    """Write the bundle of an edition of a published issue. Raises CannotRun, and leaves no file
    then."""
    asked = {"period": period, "revision": revision}
    manifest: str = ask("issue_manifest", edition=edition, **asked)["manifest"]
    document: str = ask("briefing", format="json", edition=edition, **asked)
    forms = dict(_forms(ask, json.loads(manifest), edition=edition, **asked))
    keys = {key["keyid"]: key["pem"] for key in [ask("signing_key"), *ask("signing_keys")]}
    signed_by = {json.loads(text)["keyid"] for text in (document, manifest)}
    issue = Issue(
        document.encode(),
        manifest.encode(),
        forms,
        {keyid: pem for keyid, pem in keys.items() if keyid in signed_by},
        _schemas(),
    )
    facts = _facts(ask, json.loads(document), asked) if edition == EDITIONS[0] else iter(())
    part = target.with_name(f"{target.name}.part")
    try:
        with part.open("wb") as file:
            write_bundle(file, issue, facts)
        part.replace(target)
    except OSError as error:
        problem = f"{target} can't be written: {error.strerror}."
        raise CannotRun(problem, "Choose another file with --output.") from error
    except ValueError as error:
        raise CannotRun(f"The facts aren't those of the issue: {error}.", "Run verify.") from error
    finally:
        part.unlink(missing_ok=True)


def _forms(ask: Ask, manifest: Json, **issue: Any) -> Iterator[tuple[str, bytes]]:
    """Name and content of each form that the manifest names."""
    for entry in manifest["renderings"]:
        form, lang = entry["format"], entry["lang"]
        body = issue_files.published(ask, form, lang, **issue)
        yield f"{issue['period']}.{lang}.{FORMS[form].suffix}", body


def _facts(ask: Ask, document: Json, asked: Json) -> Iterator[str]:
    """The facts of the issue, by source and number."""
    sources = document["freeze"]["sources"]
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=messages) as bar:
        task = bar.add_task("facts", total=sum(sources.values()))
        for source in sorted(sources):
            after = 0
            while after < sources[source]:
                page = ask("issue_facts", source=source, after=after, limit=PAGE, **asked)["facts"]
                yield from (fact["text"] for fact in page)
                reached = page[-1]["number"] if page else min(after + PAGE, sources[source])
                bar.advance(task, reached - after)
                after = reached


def _schemas() -> dict[str, bytes]:
    """The JSON Schemas of the events, by file name."""
    return {
        f"{it.name}.{it.version}.json": canonical.dumps(event_document(it))
        for it in published_versions()
    }
