"""`./warm bench`: each job beside its limit and its peers, in one run."""

import json
import sys
from typing import Annotated

import typer
from rich.console import Console

from deploy.local.console import say
from deploy.local.errors import CannotRun
from deploy.local.signals import terminate_like_interrupt
from tests.bench import (
    briefing,
    client,
    forms,
    ingest,
    latency,
    memory,
    rebuild,
    relay,
    rpc,
    scaling,
    subscribers,
    years,
)
from tests.bench.report import for_people
from tests.bench.stage import stage

JOBS = {
    "ingest": ingest,
    "scaling": scaling,
    "relay": relay,
    "rpc": rpc,
    "client": client,
    "latency": latency,
    "memory": memory,
    "rebuild": rebuild,
    "briefing": briefing,
    "forms": forms,
    "subscribers": subscribers,
}
# By its name alone: it fills two databases, and an earlier build takes minutes for each step.
LONG = "years"


def bench(
    jobs: Annotated[
        list[str] | None, typer.Argument(help=f"Which: {', '.join(JOBS)} (all by default); {LONG}.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    rounds: Annotated[int, typer.Option(min=1, help="Ratios are medians of so many.")] = 5,
    facts: Annotated[int, typer.Option(min=10_000, help=f"Of the job {LONG}.")] = years.FACTS,
):
    """How fast it is, as ratios to what the machine allows, measured in the same run.

    Takes about twenty minutes; on a machine that does something else the figures mean little.
    """
    asked = jobs or list(JOBS)
    unknown = set(jobs or ()) - {*JOBS, LONG}
    if unknown:
        raise CannotRun(f"No such job: {', '.join(unknown)}.", f"Choose of: {', '.join(JOBS)}.")
    with stage(say) as ready:
        found = {name: JOBS[name].run(ready, rounds, say) for name in asked if name != LONG}
        if LONG in asked:
            found[LONG] = years.run(ready, rounds, say, facts)
    if as_json:
        print(json.dumps(found, indent=2))
    else:
        Console().print(for_people(found))


if __name__ == "__main__":
    terminate_like_interrupt()
    try:
        typer.run(bench)
    except CannotRun as error:
        say(error.problem)
        say(error.remedy)
        sys.exit(1)
