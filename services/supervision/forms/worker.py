"""The process that makes an issue's public edition and its forms, because that takes seconds of
processor time in which a service has to answer. It knows no broker, no database and no key.

    python -m services.supervision.forms.worker

In comes a line of JSON: `document` (the internal one), `threshold`, `number` (how many public
editions were published before) and `forms` (names of them). Each further line is an edition that
was published before. Where `public` is given, that is the public edition.

Out comes the public edition as one line, with its digest. Then, for each form in each language of
each edition, a line `{edition, format, lang, media_type, size}`, and the form itself, `size` bytes
long. The same input gives the same output, with the same versions of the libraries.
"""

import json
import os
import resource
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import NamedTuple

from services.supervision.editions.public import public
from services.supervision.forms.catalogue import FORMS
from services.supervision.forms.rendering import digested
from shared.domain import canonical
from shared.domain.form_names import INTERNAL, PUBLIC
from shared.domain.types import Json
from shared.domain.wording import LANGUAGES

# Services go first.
NICE = 10
PROCESSES = 2
# Bytes, and seconds of processor time: no issue that can be published needs more.
MEMORY = 2 * 1024**3
PROCESSOR_SECONDS = 300

# Edition → its document. Filled before the processes are forked that make the forms.
DOCUMENTS: dict[str, Json] = {}


class Job(NamedTuple):
    edition: str
    format: str
    lang: str


def answer(lines: Iterator[bytes]) -> Iterator[bytes]:
    asked = json.loads(next(lines))
    DOCUMENTS[INTERNAL] = asked["document"]
    DOCUMENTS[PUBLIC] = asked.get("public") or _public(asked, lines)
    yield canonical.dumps(DOCUMENTS[PUBLIC]) + b"\n"
    if asked["forms"]:
        yield from _forms(asked["forms"])


def _public(asked: Json, lines: Iterable[bytes]) -> Json:
    earlier = map(json.loads, lines)
    made = public(asked["document"], earlier, asked["threshold"], asked["number"])
    return digested(made | {"keyid": asked["document"]["keyid"]})


def _forms(names: Iterable[str]) -> Iterator[bytes]:
    jobs = [Job(*job) for job in _each(list(names))]
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("fork")) as pool:
        for job, body in zip(jobs, pool.map(_make, jobs), strict=True):
            media_type = FORMS[job.format].media_type
            head = {**job._asdict(), "media_type": media_type, "size": len(body)}
            yield canonical.dumps(head) + b"\n"
            yield body


def _each(names: list[str]) -> Iterator[tuple[str, str, str]]:
    for edition in DOCUMENTS:
        for name in names:
            for lang in LANGUAGES:
                yield edition, name, lang


def _make(job: Job) -> bytes:
    return FORMS[job.format].make(DOCUMENTS[job.edition], job.lang)


def main() -> None:
    os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    for part in answer(iter(sys.stdin.buffer)):
        sys.stdout.buffer.write(part)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
