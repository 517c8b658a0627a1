"""Waiting until replayed dead letters have been tried, with a progress bar."""

import time
from collections.abc import Iterator, Mapping

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from deploy.local.console import messages
from deploy.local.errors import CannotRun
from shared.domain.types import Json
from shared.service.rpc_client import RpcClient

POLL_SECONDS = 0.5
STALLED_SECONDS = 60

# Service → the answer of its RPC method `replay_progress`.
Outcomes = dict[str, Json]


def wait(rpc: RpcClient, replayed: Mapping[str, int], command_id: str) -> Outcomes:
    """Wait for the replays of one command. `replayed` maps a service to its number of messages.

    Returns the outcome of each service. Raises CannotRun when none was tried for STALLED_SECONDS.
    """
    total = sum(replayed.values())
    outcomes: Outcomes = {}
    columns = (TextColumn("replayed"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=messages) as bar:
        task = bar.add_task("", total=total)
        for outcomes in _until_settled(rpc, replayed, command_id):
            bar.update(task, completed=total - _waiting(outcomes))
    return outcomes


def _until_settled(
    rpc: RpcClient, replayed: Mapping[str, int], command_id: str
) -> Iterator[Outcomes]:
    outcomes = _read(rpc, replayed, command_id)
    last_change = time.monotonic()
    while left := _waiting(outcomes):
        yield outcomes
        time.sleep(POLL_SECONDS)
        outcomes = _read(rpc, replayed, command_id)
        if _waiting(outcomes) != left:
            last_change = time.monotonic()
        elif time.monotonic() - last_change > STALLED_SECONDS:
            raise CannotRun(
                f"{left} replayed messages still wait, and none was tried for a minute.",
                "They are tried as soon as their service can. See ./warm status.",
            )
    yield outcomes


def _read(rpc: RpcClient, replayed: Mapping[str, int], command_id: str) -> Outcomes:
    return {name: rpc.call(name, "replay_progress", id=command_id) for name in replayed}


def _waiting(outcomes: Outcomes) -> int:
    return sum(outcome["waiting"] for outcome in outcomes.values())
