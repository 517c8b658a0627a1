"""`./warm demo`: from a file of facts to published issues that a subscriber has received."""

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from nameko.exceptions import RemoteError
from pymongo import MongoClient

from deploy.local import issue_files, orgunit_list
from deploy.local.console import Say
from deploy.local.errors import CannotRun
from deploy.local.facts.fact_builder import Fact, Step
from deploy.local.facts.reader import BadFacts, in_order, read_facts
from deploy.local.options import confirmation
from deploy.local.places import DATA, ROOT
from deploy.local.service_calls import error_text, how_to_confirm
from deploy.local.settable_clock import CLOCK, SettableClock
from deploy.local.stack import DATABASE_PREFIX, Stack
from deploy.local.stacks import named_stack
from deploy.local.waiting import wait_until
from services.supervision.forms.catalogue import FORMS
from shared.domain.errors import WarmError
from shared.domain.form_names import EDITIONS
from shared.domain.periods import Period, format_instant
from shared.domain.types import Document
from shared.domain.wording import LANGUAGES
from shared.platform.subscribers import ARCHIVE, subscriber_queue
from shared.platform.topology import SERVICES
from shared.service.rpc_client import RpcClient

FACTS = DATA / "programme_2017.yaml"
OFFICE = "person:programme-office"
HEAD = "person:head-of-office"
# Of nobody: who prepares and who signs the issues of the demo.
STAFF = {
    OFFICE: ({"zh": "示例甲", "en": "Sample A"}, {"zh": "办公室干事", "en": "officer"}),
    HEAD: ({"zh": "示例乙", "en": "Sample B"}, {"zh": "办公室主任", "en": "head of the office"}),
}
BRIEFING_SECONDS = 120
ARRIVAL_SECONDS = 60


class Refused(Exception):
    """A service refused a fact: the message says which one and why, `cause` is its error."""

    def __init__(self, message: str, cause: Exception) -> None:
        super().__init__(message)
        self.cause = cause


def run(
    facts_file: Path, keep: bool, say: Say, confirm_unlikely: bool = False
) -> tuple[Path, list[Period]]:
    """Enter the facts of `facts_file` in a fresh stack; returns (folder, weeks) of the results.

    Every week from the first to the last gets its issue, weeks without facts too.
    The stack is stopped at the end, unless `keep`. Raises CannotRun.
    """
    try:
        facts, weeks = read_facts(facts_file)
    except BadFacts as problem:
        raise CannotRun(
            str(problem), "Correct it; deploy/data/programme_2017.yaml is an example."
        ) from None
    weeks = every_week(weeks[0], weeks[-1])
    stack = named_stack("demo", say)
    try:
        _play(stack, facts, weeks, say, confirm_unlikely)
    except Refused as problem:
        raise CannotRun(
            str(problem),
            f"Nothing was published after it. Correct the fact in {facts_file}."
            f"{how_to_confirm(problem.cause)}",
        ) from problem
    except (WarmError, RemoteError) as error:
        raise CannotRun(error_text(error), f"See {stack.home / 'logs'}") from error
    except BaseException:
        keep = False
        raise
    finally:
        if keep:
            # The next facts to be entered here are those of later days.
            _clock(stack).go_on()
            stack.unlock()
        else:
            stack.stop()
    return stack.home, weeks


def _play(
    stack: Stack,
    facts: Sequence[Fact],
    weeks: Sequence[Period],
    say: Say,
    confirm_unlikely: bool,
) -> None:
    _remove_results(stack.home)
    say("starting broker and database")
    stack.start_infrastructure()
    _require_empty(stack.mongodb_uri)
    clock = _clock(stack)
    clock.set(min([weeks[0].start, *(step.entered for step in in_order(facts))]))
    say(f"starting {', '.join(SERVICES)} and a subscriber, as separate processes")
    say("in a demo one broker user acts for everybody; a deployment asks who calls")
    beginning = {"WARM_PROGRAMME_FIRST_WEEK": str(weeks[0])}
    stack.start_services(extra_env={"WARM_NOW": clock.setting} | beginning)
    received = stack.home / "received"
    _start_subscriber(stack, received)
    stack.wait_answering()
    with RpcClient(stack.amqp_uri) as rpc:
        enter_registry(rpc, say)
        for week, steps in by_week(facts, weeks):
            _enter(rpc, steps, clock, say, confirm_unlikely)
            clock.set(week.cutoff)
            if week == weeks[0]:
                register_staff(rpc, week, say)
            publish(rpc, week, say)
            _save(rpc, week, stack.home)
            _compare(stack, week, received, say)
            _await_receipt(rpc, week, say)


def _clock(stack: Stack) -> SettableClock:
    return SettableClock(stack.home / CLOCK)


def every_week(first: Period, last: Period) -> list[Period]:
    """All weeks from the first to the last, in order."""
    weeks = [first]
    while weeks[-1] < last:
        weeks.append(weeks[-1].next())
    return weeks


def by_week(facts: Iterable[Fact], weeks: Iterable[Period]) -> Iterator[tuple[Period, list[Step]]]:
    """Each week with the commands entered before its cut-off and after the one before, in order."""
    steps = in_order(facts)
    for week in weeks:
        due = [step for step in steps if step.entered < week.cutoff]
        steps = steps[len(due) :]
        yield week, due


def _require_empty(mongodb_uri: str) -> None:
    """A database server of the user's own may hold data, which a demo must not mix or remove."""
    with MongoClient[Document](mongodb_uri) as client:
        found = [name for name in client.list_database_names() if name.startswith(DATABASE_PREFIX)]
    if found:
        raise CannotRun(
            f"The database has data already: {', '.join(found)}.",
            "Drop these databases first, or unset MONGODB_URI: the demo then starts its own.",
        )


def enter_registry(rpc: RpcClient, say: Say) -> None:
    """Enter the present and the retired org units, and wait until every service has them."""
    rows = orgunit_list.read_units(DATA / "erqi_divisions.csv")
    retired = orgunit_list.read_units(DATA / "erqi_retired.csv")
    count = len(rows) + len(retired)
    say(f"registering {count} org units")
    orgunit_list.enter_units(rpc, rows)
    orgunit_list.enter_units(rpc, retired, retired=True)
    arrived = wait_until(
        lambda: all(rpc.call(name, "health")["orgunits"] >= count for name in SERVICES),
        ARRIVAL_SECONDS,
    )
    if not arrived:
        raise CannotRun("The registry didn't reach every service.", "See ./warm status.")


def enter_facts(rpc: RpcClient, facts: Iterable[Fact], clock: SettableClock, say: Say) -> None:
    """Enter every command on its own day, the earliest first. Raises Refused."""
    _enter(rpc, in_order(facts), clock, say)


def _enter(
    rpc: RpcClient,
    steps: Iterable[Step],
    clock: SettableClock,
    say: Say,
    confirm_unlikely: bool = False,
) -> None:
    for step in steps:
        clock.set(step.entered)
        try:
            rpc.call(step.service, step.method, **step.arguments, **confirmation(confirm_unlikely))
        except (WarmError, RemoteError) as error:
            name = f"{step.arguments['command_id']} ({step.service}.{step.method})"
            message = f"The fact {name} was refused: {error_text(error)}"
            raise Refused(message, error) from error
        say(f"{format_instant(step.entered)[:10]}  {step.service}.{step.method}")


def register_staff(rpc: RpcClient, week: Period, say: Say) -> None:
    """Enter who prepares and who signs issues, from this week on."""
    say("registering who prepares and signs issues")
    for actor, (name, office) in STAFF.items():
        rpc.call(
            "supervision",
            "register_staff",
            command_id=f"staff:{actor}",
            actor=OFFICE,
            code=actor.removeprefix("person:"),
            name=name,
            office=office,
            valid_from=str(week.first_day),
        )


def publish(rpc: RpcClient, week: Period, say: Say) -> None:
    """Draft, submit, approve and publish one week's briefing: the head doesn't approve what the
    head submitted."""

    def act(verb: str, actor: str, **arguments: str) -> None:
        rpc.call(
            "supervision",
            f"{verb}_briefing",
            timeout=BRIEFING_SECONDS,
            command_id=f"{verb}:{week}",
            actor=actor,
            period=str(week),
            **arguments,
        )
        say(f"{week}: {verb} done")

    act("draft", OFFICE)
    read = json.loads(rpc.call("supervision", "briefing", period=str(week), format="json"))
    act("submit", OFFICE, content_digest=read["content_digest"])
    act("approve", HEAD, content_digest=read["content_digest"])
    act("publish", HEAD)


def _save(rpc: RpcClient, week: Period, folder: Path) -> None:
    """Write both editions of the published issue to files, in every form; the public one to a
    folder of its own."""
    ask = partial(rpc.call, "supervision", timeout=BRIEFING_SECONDS)
    for edition, place in ((EDITIONS[0], folder), (EDITIONS[1], folder / EDITIONS[1])):
        place.mkdir(exist_ok=True)
        issue: dict[str, Any] = {"period": str(week), "edition": edition}
        (place / f"{week}.json").write_bytes(ask("briefing", format="json", **issue).encode())
        manifest = json.loads(ask("issue_manifest", **issue)["manifest"])
        listed = [(it["format"], it["lang"]) for it in manifest["renderings"]]
        made = {it: issue_files.published(ask, *it, **issue) for it in listed}
        for (form, lang), body in made.items():
            (place / f"{week}.{lang}.{FORMS[form].suffix}").write_bytes(body)
        both = f"\n{'=' * 60}\n\n".join(made["text", lang].decode() for lang in LANGUAGES)
        (place / f"{week}.txt").write_text(both, encoding="utf-8")
    key = rpc.call("supervision", "signing_key")
    (folder / "signing_key.pem").write_text(key["pem"], encoding="ascii")


def _start_subscriber(stack: Stack, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    command: list[str | Path] = [
        sys.executable,
        ROOT / "deploy" / "subscriber" / "subscriber.py",
        "--queue",
        subscriber_queue(ARCHIVE.name),
        "--out",
        folder,
        "--receipts",
    ]
    uri = stack.amqp_uri_of(ARCHIVE.name)
    environment = {"PATH": os.environ["PATH"], "AMQP_URI": uri, "PYTHONUNBUFFERED": "1"}
    stack.process("subscriber").start(command, environment)


def _compare(stack: Stack, week: Period, received: Path, say: Say) -> None:
    """Raises CannotRun unless the subscriber's file equals the public edition byte for byte."""
    published, saved = stack.home / EDITIONS[1] / f"{week}.json", received / f"{week}-r0.json"
    arrived = wait_until(saved.exists, ARRIVAL_SECONDS)
    if not arrived or saved.read_bytes() != published.read_bytes():
        raise CannotRun(
            f"The subscriber received {'other bytes' if arrived else 'nothing'} for {week}.",
            f"See {stack.process('subscriber').log_file}",
        )
    say(f"{week}: received by the subscriber, {saved.stat().st_size} bytes, equal byte for byte")


def _await_receipt(rpc: RpcClient, week: Period, say: Say) -> None:
    """Raises CannotRun unless the subscriber says that it has the issue."""
    states: dict[str, str] = {}

    def acknowledged() -> bool:
        found = rpc.call("supervision", "receipts", period=str(week))
        states.update({it["subscriber"]: it["state"] for it in found["subscribers"]})
        return states[ARCHIVE.name] == "acknowledged"

    if not wait_until(acknowledged, ARRIVAL_SECONDS):
        raise CannotRun(
            f"{week}: no receipt of {ARCHIVE.name}: {states[ARCHIVE.name]}.",
            f"See ./warm briefing receipts {week}",
        )
    say(f"{week}: {ARCHIVE.name} acknowledged it by a receipt")


def _remove_results(home: Path) -> None:
    for file in [*home.glob("*-W*.*"), *home.glob("public/*"), *home.glob("received/*.json")]:
        file.unlink()
