"""Ten issues of a whole district are made in every form: what one takes, and what others wait."""

import json
import statistics
import threading
import time
import uuid
from contextlib import contextmanager, suppress
from pathlib import Path

from services.supervision.forms.catalogue import FORMS
from services.supervision.workflow.issue_maker import WORKER, make_again
from shared.domain.form_names import EDITIONS
from shared.platform.topology import SERVICES
from shared.service.rpc_client import RpcClient
from tests.bench.briefing import LAST, fill
from tests.bench.report import median
from tests.bench.stage import timed

ISSUES = 10
A_WEEK = 500
SECONDS = 600
IDLE_SECONDS = 20
PAUSE_SECONDS = 0.005
LOOK_SECONDS = 0.05


def run(stage, rounds, say):
    """Milliseconds that `live` takes (99 of 100 answers come sooner): idle, while the forms of ten
    issues are made, and while ten issues are published, which folds their facts too. Seconds of all
    forms and of a publication; megabytes of the processes that make forms; and seconds that each
    form of one issue takes alone, in both languages."""
    fill(stage, ISSUES * A_WEEK, A_WEEK)
    weeks = [LAST]
    while len(weeks) < ISSUES:
        weeks.insert(0, weeks[0].previous())
    with stage.services(*SERVICES), RpcClient(stage.stack.amqp_uri) as rpc:
        stage.clock.set(LAST.cutoff)
        for week in weeks:
            approve(rpc, week)
        idle = asked_until(stage, lambda: time.sleep(IDLE_SECONDS))
        took, made, peaks = [], [], []
        publishing = asked_until(stage, lambda: took.extend(publish(rpc, it) for it in weeks))
        internal, public = (json.loads(show(rpc, LAST, edition=it)) for it in EDITIONS)
        with watched(peaks):
            making = asked_until(
                stage,
                lambda: made.extend(
                    timed(lambda: make_again(internal, public, tuple(FORMS))) for _ in weeks
                ),
            )
    found = {
        "idle_p99_ms": round(1000 * p99(idle), 2),
        "making_p99_ms": round(1000 * p99(making), 2),
        "making_times": round(p99(making) / p99(idle), 2),
        "publishing_p99_ms": round(1000 * p99(publishing), 2),
        "all_forms_s": median(made),
        "publication_s": median(took),
        "peak_mb": round(max(peaks)),
        "alone_s": alone(internal),
    }
    say(f"forms: {found}")
    return found


def approve(rpc, week):
    act(rpc, "draft", week, "person:one")
    digest = json.loads(show(rpc, week))["content_digest"]
    act(rpc, "approve", week, "person:two", content_digest=digest)


def publish(rpc, week):
    return timed(lambda: act(rpc, "publish", week, "person:two"))


def act(rpc, verb, week, actor, **more):
    given = {"command_id": str(uuid.uuid4()), "actor": actor, "period": str(week)}
    rpc.call("supervision", f"{verb}_briefing", timeout=SECONDS, **given, **more)


def show(rpc, week, **more):
    given = {"period": str(week), "format": "json", **more}
    return rpc.call("supervision", "briefing", timeout=SECONDS, **given)


def asked_until(stage, act):
    """Seconds of each answer to `live`, asked by another client until `act()` is done."""
    done, took = threading.Event(), []

    def ask():
        with RpcClient(stage.stack.amqp_uri) as rpc:
            while not done.is_set():
                took.append(timed(lambda: rpc.call("supervision", "live", period=str(LAST))))
                time.sleep(PAUSE_SECONDS)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        act()
    finally:
        done.set()
        asking.join()
    return took


def p99(seconds):
    return statistics.quantiles(seconds, n=100)[-1]


@contextmanager
def watched(peaks):
    """Meanwhile, the most that all processes that make forms had together, in megabytes."""
    done = threading.Event()

    def watch():
        while not done.is_set():
            peaks.append(sum(map(resident, makers())))
            time.sleep(LOOK_SECONDS)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield
    finally:
        done.set()
        watching.join()


def makers():
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            command = (folder / "cmdline").read_bytes().decode(errors="replace")
            if WORKER in command or "typesetting.py" in command:
                yield folder


def resident(folder):
    """Megabytes of a process, its share of what processes have in common."""
    with suppress(OSError, ValueError):
        lines = (folder / "smaps_rollup").read_text().splitlines()
        return next(int(it.split()[1]) for it in lines if it.startswith("Pss:")) / 1024
    return 0


def alone(document):
    return {
        name: round(timed(lambda: [form.make(document, lang) for lang in ("zh", "en")]), 2)  # noqa: B023
        for name, form in FORMS.items()
    }
