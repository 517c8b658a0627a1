"""Makes the public edition and the forms of an issue in a process of its own, which this one waits
for while it goes on answering (services/supervision/forms/worker.py)."""

import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from typing import IO, NamedTuple, Self

import eventlet
from eventlet import tpool
from eventlet.patcher import original

from shared.domain import canonical
from shared.domain.types import Json

# With eventlet's own pipes, writing to a process that has ended is tried again for ever.
subprocess = original("subprocess")

WORKER = "services.supervision.forms.worker"
# The fullest week of a district takes a fifth of it.
SECONDS = 200
LOOK_SECONDS = 0.02
# Characters of what the process said last.
SAID = 300
# What the process gets of this one's environment: no address and no secret.
INHERITED = ("PATH", "PYTHONPATH", "LANG", "TMPDIR")


class NotMade(Exception):
    """The process failed, or took too long; the text is what it said last."""


class Made(NamedTuple):
    """A form of an edition; `body` is the file."""

    edition: str
    format: str
    lang: str
    media_type: str
    body: bytes


def make(
    document: Json, earlier: Iterable[str], number: int, threshold: int, forms: Sequence[str]
) -> tuple[Json, list[Made]]:
    """The public edition of an internal document, with its digest, and these forms of both in every
    language. `earlier` are the texts of the editions that were published before it, of which
    `number` are public ones. Raises NotMade."""
    asked = {"document": document, "threshold": threshold, "number": number, "forms": forms}
    return _answer(asked, earlier)


def make_again(document: Json, public: Json, forms: Sequence[str]) -> list[Made]:
    """These forms of both editions in every language. Raises NotMade."""
    return _answer({"document": document, "public": public, "forms": forms})[1]


def _answer(asked: Json, earlier: Iterable[str] = ()) -> tuple[Json, list[Made]]:
    late = NotMade(f"it took longer than {SECONDS} s")
    with _Worker() as worker, eventlet.Timeout(SECONDS, late):
        worker.tell(canonical.dumps(asked).decode())
        for text in earlier:
            worker.tell(text)
        output = worker.made()
        return json.loads(next(output)), list(_forms(output))


def _forms(output: IO[bytes]) -> Iterator[Made]:
    for line in output:
        head = json.loads(line)
        size = head.pop("size")
        yield Made(**head, body=output.read(size))


class _Worker:
    """A process that makes one issue."""

    def __init__(self) -> None:
        self._files = ExitStack()
        self._output, self._said = (
            self._files.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
            for _ in range(2)
        )
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", WORKER],
            env={name: os.environ[name] for name in INHERITED if name in os.environ},
            stdin=subprocess.PIPE,
            stdout=self._output,
            stderr=self._said,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        self._files.close()

    def tell(self, document: str) -> None:
        try:
            # In a thread: the process may not read for some time.
            tpool.execute(self._process.stdin.write, document.encode() + b"\n")
        except BrokenPipeError as error:
            raise self._failure() from error

    def made(self) -> IO[bytes]:
        """What it has made, when it has ended."""
        with suppress(BrokenPipeError):
            tpool.execute(self._process.stdin.close)
        while self._process.poll() is None:
            eventlet.sleep(LOOK_SECONDS)
        if self._process.returncode:
            raise self._failure()
        self._output.seek(0)
        return self._output

    def _failure(self) -> NotMade:
        status = self._process.wait()
        self._said.seek(0)
        lines = self._said.read().decode(errors="replace").strip().splitlines()
        return NotMade((lines or [f"it ended with {status}"])[-1][:SAID])
