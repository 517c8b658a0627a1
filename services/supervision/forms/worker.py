"""The process that makes an issue's public edition and its forms, because that takes seconds of
processor time in which a service has to answer. It knows no broker, no database and no key.

    python -m services.supervision.forms.worker public|forms

Documents come in as lines of JSON, each with its line feed:

- `public`: the internal document with its threshold, `{document, threshold}`, then each public
  edition that was published before it. The public edition comes out, as one line.
- `forms`: each document of which all forms are wanted. For each form in each language a line
  `{format, lang, media_type, size}` comes out, and then the form itself, `size` bytes long.

The same input gives the same output, on a machine with the same versions of the libraries.
"""

import json
import os
import resource
import sys
from collections.abc import Callable, Iterable, Iterator

from services.supervision.editions.public import public
from services.supervision.forms.catalogue import FORMS, Form
from shared.domain import canonical
from shared.domain.types import Json
from shared.domain.wording import LANGUAGES

# Services go first.
NICE = 10
# Bytes, and seconds of processor time: no issue that can be published needs more.
MEMORY = 2 * 1024**3
PROCESSOR_SECONDS = 300


def make_public(lines: Iterator[bytes]) -> Iterator[bytes]:
    asked = json.loads(next(lines))
    made = public(asked["document"], map(json.loads, lines), asked["threshold"])
    yield canonical.dumps(made) + b"\n"


def make_forms(lines: Iterable[bytes]) -> Iterator[bytes]:
    for line in lines:
        document = json.loads(line)
        for form in FORMS.values():
            for lang in LANGUAGES:
                yield from _form(document, form, lang)


def _form(document: Json, form: Form, lang: str) -> Iterator[bytes]:
    body = form.make(document, lang)
    head = {"format": form.name, "lang": lang, "media_type": form.media_type, "size": len(body)}
    yield canonical.dumps(head) + b"\n"
    yield body


TASKS: dict[str, Callable[[Iterator[bytes]], Iterator[bytes]]] = {
    "public": make_public,
    "forms": make_forms,
}


def main(task: str) -> None:
    os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    for part in TASKS[task](iter(sys.stdin.buffer)):
        sys.stdout.buffer.write(part)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(sys.argv[1])
