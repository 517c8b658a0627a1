"""`./warm demo`: the whole way once, from the facts in a file to an issue that a subscriber got."""

import os
import sys
from pathlib import Path

from nameko.exceptions import RemoteError
from pymongo import MongoClient

from deploy.local import orgunit_list
from deploy.local.errors import CannotRun
from deploy.local.facts.reader import BadFacts, in_order, read_facts
from deploy.local.places import DATA, ROOT
from deploy.local.service_calls import in_words
from deploy.local.settable_clock import SettableClock
from deploy.local.stack import DATABASE_PREFIX
from deploy.local.stacks import named_stack
from deploy.local.waiting import wait_until
from shared.domain.errors import WarmError
from shared.domain.periods import format_instant
from shared.domain.wording import LANGUAGES
from shared.platform.topology import SERVICES, SUBSCRIBERS, subscriber_queue
from shared.service.rpc_client import RpcClient

FACTS = DATA / "programme_2017.yaml"
OFFICE = "person:programme-office"
HEAD = "person:head-of-office"
BRIEFING_SECONDS = 120
ARRIVAL_SECONDS = 60


class Refused(Exception):
    """A service didn't take a fact: says which, and why."""


def run(facts_file, keep, say):
    """Play the facts of `facts_file` through a fresh stack; returns (folder, weeks) of results.

    Every week from the first to the last gets its issue, those without facts too.
    Raises CannotRun. What was started is stopped, unless `keep`.
    """
    try:
        facts, weeks = read_facts(facts_file)
    except BadFacts as problem:
        raise CannotRun(str(problem), "See deploy/data/programme_2017.yaml for the form.") from None
    weeks = every_week(weeks[0], weeks[-1])
    stack = named_stack("demo", say)
    try:
        _play(stack, facts, weeks, say)
    except Refused as problem:
        raise CannotRun(
            str(problem), f"Nothing was published after it. Mend the fact in {facts_file}."
        ) from problem
    except (WarmError, RemoteError) as error:
        raise CannotRun(in_words(error), f"See {stack.home / 'logs'}") from error
    except BaseException:
        keep = False
        raise
    finally:
        stack.leave() if keep else stack.stop()
    return stack.home, weeks


def _play(stack, facts, weeks, say):
    _clear(stack.home)
    say("starting broker and database")
    stack.start_infrastructure()
    _require_empty(stack.mongodb_uri)
    clock = SettableClock(stack.home / "clock")
    clock.set(min([weeks[0].start, *(step.entered for step in in_order(facts))]))
    say(f"starting {', '.join(SERVICES)} and a subscriber, as separate processes")
    stack.start_services(extra_env={"WARM_NOW": clock.setting})
    received = stack.home / "received"
    _start_subscriber(stack, received)
    stack.wait_answering()
    with RpcClient(stack.amqp_uri) as rpc:
        enter_registry(rpc, say)
        for week, steps in by_week(facts, weeks):
            _enter(rpc, steps, clock, say)
            clock.set(week.cutoff)
            publish(rpc, week, say)
            _save(rpc, week, stack.home)
            _compare(stack, week, received, say)


def every_week(first, last):
    """All weeks from the first to the last, in order."""
    weeks = [first]
    while weeks[-1] < last:
        weeks.append(weeks[-1].next())
    return weeks


def by_week(facts, weeks):
    """(week, what is entered after the cut-off of the week before and before its own), in order."""
    steps = in_order(facts)
    for week in weeks:
        due = [step for step in steps if step.entered < week.cutoff]
        steps = steps[len(due) :]
        yield week, due


def _require_empty(mongodb_uri):
    """Somebody's own server may hold what must not be mixed with a demo, nor removed."""
    with MongoClient(mongodb_uri) as client:
        found = [name for name in client.list_database_names() if name.startswith(DATABASE_PREFIX)]
    if found:
        raise CannotRun(
            f"The database has data already: {', '.join(found)}.",
            "Drop these databases first, or unset MONGODB_URI: the demo then starts its own.",
        )


def enter_registry(rpc, say):
    """Load the present division codes and the retired ones, and wait until all services know."""
    rows = orgunit_list.read_units(DATA / "erqi_divisions.csv")
    retired = orgunit_list.read_units(DATA / "erqi_retired.csv")
    say(f"registering {len(rows) + len(retired)} org units")
    orgunit_list.enter_units(rpc, rows)
    orgunit_list.enter_units(rpc, retired, retired=True)
    count = len(rows) + len(retired)
    known = wait_until(
        lambda: all(rpc.call(name, "health")["orgunits"] >= count for name in SERVICES),
        ARRIVAL_SECONDS,
    )
    if not known:
        raise CannotRun("The registry didn't reach every service.", "See ./warm status.")


def enter_facts(rpc, facts, clock, say):
    """Enter every command on its own day, the earliest first. Raises Refused."""
    _enter(rpc, in_order(facts), clock, say)


def _enter(rpc, steps, clock, say):
    for step in steps:
        clock.set(step.entered)
        try:
            rpc.call(step.service, step.method, **step.arguments)
        except (WarmError, RemoteError) as error:
            name = f"{step.arguments['command_id']} ({step.service}.{step.method})"
            raise Refused(f"The fact {name} wasn't entered: {in_words(error)}") from error
        say(f"{format_instant(step.entered)[:10]}  {step.service}.{step.method}")


def publish(rpc, week, say):
    """Draft, approve and publish one week's briefing."""
    for verb, actor in (("draft", OFFICE), ("approve", HEAD), ("publish", HEAD)):
        rpc.call(
            "supervision",
            f"{verb}_briefing",
            timeout=BRIEFING_SECONDS,
            command_id=f"{verb}:{week}",
            actor=actor,
            period=str(week),
        )
        say(f"{week}: {verb} done")


def _save(rpc, week, folder):
    """Every format of the published issue, as files."""

    def show(form, lang="zh"):
        return rpc.call(
            "supervision",
            "briefing",
            timeout=BRIEFING_SECONDS,
            period=str(week),
            format=form,
            lang=lang,
        )

    (folder / f"{week}.json").write_bytes(show("json").encode())
    both = f"{show('text', 'zh')}\n{'=' * 60}\n\n{show('text', 'en')}"
    (folder / f"{week}.txt").write_text(both, encoding="utf-8")
    for lang in LANGUAGES:
        page = folder / f"{week}.{lang}.html"
        page.write_bytes(show("html", lang).encode())
    key = rpc.call("supervision", "signing_key")
    (folder / "signing_key.pem").write_text(key["pem"], encoding="ascii")


def _start_subscriber(stack, folder):
    folder.mkdir(parents=True, exist_ok=True)
    command = [
        sys.executable,
        ROOT / "deploy" / "subscriber" / "subscriber.py",
        "--queue",
        subscriber_queue(SUBSCRIBERS[0]),
        "--out",
        folder,
    ]
    uri = stack.amqp_uri_of(SUBSCRIBERS[0])
    environment = {"PATH": os.environ["PATH"], "AMQP_URI": uri, "PYTHONUNBUFFERED": "1"}
    stack.process("subscriber").start(command, environment)


def _compare(stack, week, received, say):
    """What the subscriber saved has to be the published file, byte for byte."""
    mine, theirs = stack.home / f"{week}.json", received / f"{week}-r0.json"
    arrived = wait_until(theirs.exists, ARRIVAL_SECONDS)
    if not arrived or theirs.read_bytes() != mine.read_bytes():
        raise CannotRun(
            f"The subscriber {'got other bytes' if arrived else 'got nothing'} for {week}.",
            f"See {stack.process('subscriber').log_file}",
        )
    say(f"{week}: received by the subscriber, {theirs.stat().st_size} bytes, equal byte for byte")


def _clear(home):
    """Results of an earlier run."""
    old: list[Path] = [*home.glob("*-W*.*"), *home.glob("received/*.json")]
    for file in old:
        file.unlink()
