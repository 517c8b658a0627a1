"""`./warm clock`: show or set the clock of a kept demo, or of a stack that runs for tests."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from deploy.local import stack_state
from deploy.local.console import say
from deploy.local.errors import CannotRun
from deploy.local.options import StackName, chosen_stack
from deploy.local.places import VAR
from deploy.local.settable_clock import CLOCK, SettableClock
from shared.domain.clock import SETTABLE_IN
from shared.domain.periods import SHANGHAI, Week, format_instant


def now_of(stack: str) -> datetime:
    """What the clock of a stack shows: the system's, unless it is set."""
    if not stack and stack_state.configured_amqp_uri():
        return datetime.now(UTC)
    clock = _clock_of(chosen_stack(stack))
    return clock.now() if clock else datetime.now(UTC)


def clock(
    instant: Annotated[
        str,
        typer.Argument(
            help="Such as 2017-02-20T12:00, in the programme's zone where none is given; a day"
            " alone is its first minute. Without it, the clock is shown.",
            show_default=False,
        ),
    ] = "",
    still: Annotated[
        bool, typer.Option("--still", help="The clock stands still at this instant.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Set the clock back without asking.")] = False,
    stack: StackName = "",
) -> None:
    """Show the clock of a kept demo, or set it: the services read it each time.

    It goes on from the given instant at the speed of real time. It is set forward, such as to the
    cut-off of the next week; set back, what was recorded already lies in the future.

    Example: ./warm clock 2017-02-20T12:00

    Exit status: 0 shown or set; 1 not done.
    """
    chosen = _settable(chosen_stack(stack))
    if instant:
        _set(chosen, _read(instant), still, yes)
    now = chosen.now()
    print(format_instant(now.replace(microsecond=0)))
    period = Week.of(now)
    # On a Monday morning the week that is being closed is the one before.
    for week in (period.previous(), period):
        if now <= week.cutoff:
            say(f"the cut-off of week {week} is {format_instant(week.cutoff)}")


def _set(chosen: SettableClock, instant: datetime, still: bool, yes: bool) -> None:
    back = chosen.now() - instant
    if back.total_seconds() > 0 and not yes:
        raise CannotRun(
            f"The clock shows {format_instant(chosen.now().replace(microsecond=0))} already: set"
            " back, what was recorded since would lie in the future.",
            "Give a later instant, or --yes to set it back all the same.",
        )
    if still:
        chosen.set(instant)
    else:
        chosen.go_on(instant)


def _read(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
        format_instant(instant if instant.tzinfo else instant.replace(tzinfo=SHANGHAI))
    except ValueError:
        raise CannotRun(
            f"{text!r} isn't an instant.", "Write it like 2017-02-20T12:00 or 2017-02-20."
        ) from None
    return instant if instant.tzinfo else instant.replace(tzinfo=SHANGHAI)


def _settable(name: str) -> SettableClock:
    state = stack_state.read(VAR / name)
    if state is None:
        raise CannotRun(f"The stack {name} isn't running.", "Start one: ./warm demo --keep")
    chosen = _clock_of(name)
    if chosen is None:
        raise CannotRun(
            f"The services of {name} follow the system's clock, which isn't set here.",
            "Only the clock of a kept demo, or of tests, can be set: ./warm demo --keep",
        )
    return chosen


def _clock_of(name: str) -> SettableClock | None:
    """The clock of a running stack, if it can be set."""
    state = stack_state.read(VAR / name) or {}
    file = VAR / name / CLOCK
    return (
        SettableClock(file) if state.get("environment") in SETTABLE_IN and file.exists() else None
    )
