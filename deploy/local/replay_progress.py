"""Waiting until replayed messages have been tried, with a progress bar."""

import time

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from deploy.local.console import messages
from deploy.local.errors import CannotRun

EVERY_SECONDS = 0.5
PATIENCE_SECONDS = 60


def wait(rpc, touched, command_id):
    """Wait for the replays of one command; `touched` is service → number of messages.

    Returns service → what has become of them. Raises CannotRun when nothing happens any more.
    """
    columns = (TextColumn("replayed"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=messages) as bar:
        task = bar.add_task("", total=sum(touched.values()))
        for outcomes in _until_settled(rpc, touched, command_id):
            bar.update(task, completed=sum(touched.values()) - _waiting(outcomes))
    return outcomes


def _until_settled(rpc, touched, command_id):
    outcomes = _ask(rpc, touched, command_id)
    last_move = time.monotonic()
    while left := _waiting(outcomes):
        yield outcomes
        time.sleep(EVERY_SECONDS)
        outcomes = _ask(rpc, touched, command_id)
        if _waiting(outcomes) != left:
            last_move = time.monotonic()
        elif time.monotonic() - last_move > PATIENCE_SECONDS:
            raise CannotRun(
                f"{left} replayed messages still wait, and none was tried for a minute.",
                "They are tried as soon as their service can. See ./warm status.",
            )
    yield outcomes


def _ask(rpc, touched, command_id):
    return {name: rpc.call(name, "replay_progress", id=command_id) for name in touched}


def _waiting(outcomes):
    return sum(outcome["waiting"] for outcome in outcomes.values())
