"""Settles provisional due days once the calendar notice that they wait for is known."""

from typing import Any

from shared.aggregates.aggregate import new_id
from shared.aggregates.repository import Repository
from shared.contracts.envelope import Moment
from shared.domain.errors import WarmError
from shared.domain.workdays import Calendar
from shared.platform import logging_setup

log = logging_setup.get(__name__)

# How soon after a notice the due days that waited for it are settled.
SETTLE_SECONDS = 5


def settle_due_days(
    repository: Repository, service: str, kind: type[Any], calendar: Calendar
) -> int:
    """Settle the due days of all aggregates of a kind that wait for a notice which the calendar
    has. Returns how many were settled.

    Each is a command of its own, whose id follows from the aggregate and the notice: repeated, or
    carried out by two processes at once, it has one effect.
    """
    found = repository.find(
        kind,
        due_awaits_notice={"$in": calendar.years},
        status={"$in": list(kind.waits_in)},
    )
    settled = sum(
        _settle(repository, service, kind, waiting, calendar)
        for waiting in found
        if waiting.can_settle(calendar)
    )
    if settled:
        log.info("due days settled", kind=kind.entity, number=settled)
    return settled


def _settle(
    repository: Repository, service: str, kind: type[Any], waiting: Any, calendar: Calendar
) -> bool:
    year = waiting.due_awaits_notice
    command = repository.command(
        "settle_due",
        new_id(service, f"due-settled:{year}:{waiting.id}:{waiting.version}"),
        f"service:{service}",
        {"id": waiting.id, "notice": year},
        # That it is older than the programme is nothing that a person could confirm here.
        confirms=True,
    )
    moment = Moment(command.recorded)
    try:
        repository.change(kind, waiting.id, command, lambda it: it.settle_due(calendar, moment))
    except WarmError as error:
        # Another process was faster, or it has been closed meanwhile.
        log.info("due day not settled", kind=kind.entity, error=type(error).__name__)
        return False
    return True
