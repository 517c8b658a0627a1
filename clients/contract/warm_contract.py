#!/usr/bin/env python3
"""Replays the events of this and of the next release to a consumer's handler.

The handler is any program that reads an event as a line of JSON and answers with a line: `ok` if it
handled the event, `ignored` if the event isn't for it, or else what is wrong. See README.md. It
needs only Python 3.9, and nothing of this project.
"""

import argparse
import fnmatch
import json
import queue
import subprocess
import sys
import threading
from pathlib import Path

OK, IGNORED = "ok", "ignored"
EVENTS = Path(__file__).resolve().parents[2] / "tests" / "contract" / "golden" / "events"
# Beside the folder of events: version of an event → the release that publishes it no more.
ENDS = "ends.json"
FAILED, CANNOT_RUN = 1, 2


class CannotRun(Exception):
    """There are no events, or the handler can't be started."""


class Handler:
    """The consumer's program. It is started again after it ended or gave no answer."""

    def __init__(self, command, seconds):
        self._command, self._seconds = command, seconds
        self._process = None

    def answer(self, event):
        """Its answer, or what went wrong in place of one."""
        if self._process is None:
            self._start()
        line = json.dumps(event, ensure_ascii=False) + "\n"
        try:
            self._process.stdin.write(line.encode("utf-8"))
            self._process.stdin.flush()
            said = self._lines.get(timeout=self._seconds)
        except queue.Empty:
            self.end()
            return f"no answer within {self._seconds:g} s"
        except OSError:
            said = None
        if said is None:
            return f"the handler ended with status {self._ended()}"
        return said.decode("utf-8", "replace").strip() or "an empty answer"

    def end(self):
        if self._process is not None:
            self._process.kill()
            self._ended()

    def _start(self):
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        try:
            self._process = subprocess.Popen(self._command, **pipes)
        except OSError as error:
            raise CannotRun(f"can't start {self._command[0]}: {error.strerror}") from None
        self._lines = queue.Queue()
        threading.Thread(target=self._read, args=(self._process, self._lines), daemon=True).start()

    @staticmethod
    def _read(process, lines):
        for line in process.stdout:
            lines.put(line)
        lines.put(None)

    def _ended(self):
        status = self._process.wait()
        self._process = None
        return status


def as_it_is(event):
    return [event]


def twice(event):
    """Delivery is at least once."""
    return [event, event]


def with_unknown_fields(event):
    """A release may add optional fields."""
    added = {"warm_contract_added": {"more": ["than", "you know"]}}
    return [{**event, "warmcontractadded": "1", "data": {**event["data"], **added}}]


def of_unknown_type(event):
    """A release may add event types."""
    kind = event["type"].rsplit(".", 1)[0] + ".invented_for_a_test"
    return [{**event, "type": kind, "dataschema": f"urn:warm:{kind}:1", "data": {"any": "thing"}}]


def of_later_version(event):
    """A release may add a version beside the one that you know."""
    return [{**event, "dataschema": f"urn:warm:{event['type']}:99", "data": {"other": "shape"}}]


VARIANTS = {
    "as it is": as_it_is,
    "the same event twice": twice,
    "with unknown fields": with_unknown_fields,
    "of an unknown type": of_unknown_type,
    "of a later version": of_later_version,
}


def read_events(folder, types):
    """`<type>.<version>` → the event, of the types that fit a pattern."""
    found = {}
    for file in sorted(folder.glob("*.json")):
        if any(fnmatch.fnmatch(file.stem.rsplit(".", 1)[0], pattern) for pattern in types):
            found[file.stem] = json.loads(file.read_text(encoding="utf-8"))
    if not found:
        raise CannotRun(f"no events of these types in {folder}")
    return found


def read_ends(folder):
    file = folder.parent / ENDS
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def replay(handler, events):
    """(event, variant, answer) of each."""
    for name, event in events.items():
        for number, (variant, make) in enumerate(VARIANTS.items()):
            # A variant is an event of its own.
            base = {**event, "id": f"{event['id'][:60]}-{number}"}
            for made in make(base):
                yield name, variant, handler.answer(made)


def lost_with_next_release(answers, ends):
    """What the consumer handles of a type only in versions that end: (event, release)."""
    kept = {
        name.rsplit(".", 1)[0] for name, said in answers.items() if said == OK and name not in ends
    }
    for name, said in answers.items():
        if said == OK and name in ends and name.rsplit(".", 1)[0] not in kept:
            yield name, ends[name]


def check(handler, events, ends, say):
    """Replay everything; returns the number of failures."""
    failures, first = 0, {}
    for name, variant, said in replay(handler, events):
        first.setdefault(name, said)
        if said not in (OK, IGNORED):
            failures += 1
            say(f"FAILED   {name} {variant}: {said[:300]}")
    for name, said in first.items():
        if said in (OK, IGNORED):
            say(f"{said:<8} {name}")
    for name, release in lost_with_next_release(first, ends):
        failures += 1
        say(f"FAILED   {name}: you handle no other version, and this one ends with {release}")
    if OK not in first.values():
        failures += 1
        say("FAILED   the handler handled no event at all")
    say(f"{len(first)} events, each in {len(VARIANTS)} variants: {failures} failures")
    return failures


def read_arguments(given):
    parser = argparse.ArgumentParser(
        prog="warm-contract",
        description="Replay the events of this and the next release to a consumer's handler.",
        epilog="Exit status: 0 nothing failed; 1 something failed; 2 it can't run.",
    )
    parser.add_argument("--events", type=Path, default=EVENTS, help="folder of golden events")
    parser.add_argument(
        "--types",
        action="append",
        metavar="PATTERN",
        help="only these event types, such as 'supervision.briefing.*'; may be given again",
    )
    parser.add_argument("--seconds", type=float, default=10, help="for each answer (10)")
    parser.add_argument("command", nargs="+", help="the handler, after --")
    return parser.parse_args(given)


def main(given=None):
    arguments = read_arguments(given)
    handler = Handler(arguments.command, arguments.seconds)
    try:
        events = read_events(arguments.events, arguments.types or ["*"])
        failures = check(handler, events, read_ends(arguments.events), print)
    except CannotRun as error:
        print(f"warm-contract: {error}", file=sys.stderr)
        return CANNOT_RUN
    finally:
        handler.end()
    return FAILED if failures else 0


if __name__ == "__main__":
    sys.exit(main())
