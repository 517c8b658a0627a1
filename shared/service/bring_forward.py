"""Brings a service forward whose database was restored from an older copy: `bring_forward`.

Its log gets back what supervision has seen of it, its aggregates become what their last events
report, and a new incarnation of the log begins. Each call does some of it; interrupted, it is
called again.
"""

import time
import uuid
from collections.abc import Callable, Iterable

import eventlet

from shared.aggregates.aggregate import kinds
from shared.aggregates.repository import Repository
from shared.aggregates.restoring import restore
from shared.contracts.envelope import Moment, new_event
from shared.contracts.events import EVENT_TYPES
from shared.contracts.messages import Message, event_of, numbered, unsent
from shared.domain.errors import Conflict, NotFound, Unavailable
from shared.domain.types import Event, Json
from shared.messaging.log_guard import BEHIND, CACHE_SECONDS
from shared.messaging.log_repair import LOST, LogRepair, Plan, compare, without_number
from shared.platform import logging_setup
from shared.service.log_history import LogHistory, history_id
from shared.service.service_context import ServiceContext

log = logging_setup.get(__name__)

# How long one call works.
WORK_SECONDS = 10
ACTOR = "service:"


class BringForward:
    """`complete(subjects)` finishes what only the service itself can restore."""

    def __init__(
        self, context: ServiceContext, service: str, complete: Callable[[Iterable[str]], object]
    ) -> None:
        self.context = context
        self.service = service
        self._complete = complete
        self.guard = context.log_guard
        self.repair = LogRepair(
            service, context.event_log, context.database["aggregates"], self._lost_event
        )

    def plan(self) -> Json:
        """What has to be done; nothing is changed. Raises what asking supervision raises."""
        plan = self._compare()
        renumbered = len(plan.renumbered) + len(plan.unplaced)
        return self._answer(plan, len(plan.missing), renumbered, plan.lost, plan.size)

    def work(self) -> Json:
        """Do some of it. Raises Unavailable while supervision still takes events, where numbers
        would be declared lost."""
        plan = self._compare()
        if not plan.size and not self.guard.begun and not self._is_behind():
            return self._answer(plan)
        self._close(plan)
        until = time.monotonic() + WORK_SECONDS
        renumbered = self.repair.clear(plan)
        read_back = 0
        for count in self.repair.read_back(plan, self.context.seen):
            read_back += count
            if time.monotonic() >= until:
                break
        to_do = len(plan.missing) - read_back
        lost = [] if to_do else plan.lost
        unplaced = [] if to_do else plan.unplaced
        renumbered += len(unplaced)
        self.guard.count(read_back, renumbered, self.repair.declare_lost(lost))
        restored = 0 if to_do else self._finish(unplaced)
        return self._answer(plan, read_back, renumbered, lost, to_do, restored)

    def settle(self, subjects: list[str]) -> Json:
        """A person has done what these subjects needed. Raises NotFound where one isn't listed."""
        listed = {row.subject for row in self.context.earlier.rows()}
        for subject in subjects:
            if subject not in listed:
                raise NotFound({"kind": "left over", "id": subject})
        self.context.earlier.settled(subjects)
        log.warning("left over, and done by a person", subjects=subjects)
        return self._answer(self._compare())

    def _compare(self) -> Plan:
        aggregates = self.context.database["aggregates"]
        return compare(self.context.event_log, aggregates, self.context.seen)

    def _is_behind(self) -> bool:
        found = self.guard.problem()
        return found is not None and found[0] == BEHIND

    def _close(self, plan: Plan) -> None:
        if plan.lost and self.context.seen.about()["waiting"]:
            reason = "supervision still takes events: what seems lost may be among them"
            raise Unavailable({"problem": BEHIND, "reason": reason})
        if not self._is_behind():
            self.guard.close(f"has {plan.last}, seen {plan.seen}")
            # Other processes of the service look as often.
            eventlet.sleep(2 * CACHE_SECONDS)
        if plan.size:
            self.guard.begin(plan.first)

    def _finish(self, unplaced: list[Event]) -> int:
        """Restore the aggregates, begin a new incarnation, open the log. Returns how many were
        changed. `unplaced` events get a number afterwards."""
        since = self.guard.begun
        if since is None:
            self.guard.open()
            return 0
        aggregates, known = self.context.database["aggregates"], kinds(self.service)
        restored = 0
        subjects = self.repair.since(since)
        for event in unplaced:
            subjects.setdefault(event["subject"], []).append(event)
        for subject, events in subjects.items():
            changed, left = restore(aggregates, known, subject, events)
            restored += changed
            if left:
                self.context.earlier.keep(left)
        alone = [event for event in unplaced if not self.repair.place(event)]
        self._complete(subjects)
        self._publish_lost(subjects.values())
        self._begin_incarnation()
        self.guard.open()
        self._publish_alone(alone)
        self.context.problems.pop(BEHIND, None)
        return restored

    def _publish_lost(self, subjects: Iterable[list[Event]]) -> None:
        """Unlike all others, these events weren't published yet."""
        lost = [Message.of(it) for events in subjects for it in events if it["type"].endswith(LOST)]
        outbox = self.context.outbox
        outbox.publisher.publish(outbox.exchange, lost)

    def _publish_alone(self, events: list[Event]) -> None:
        """Events whose subject can't be made have nowhere to wait: they get a number at once."""
        if events:
            numbered_now = self.context.event_log.append([without_number(it) for it in events])
            self.context.outbox.publisher.publish(self.context.outbox.exchange, numbered_now)

    def _begin_incarnation(self) -> None:
        orgunit = self._district()
        # Not that of the service: it takes no commands yet.
        aggregates = self.context.database["aggregates"]
        repository = Repository(aggregates, self.context.clock, self.service)
        counts = self.guard.counts()
        command = repository.command(
            "bring_forward", counts.pop("id"), f"{ACTOR}{self.service}", {}, confirms=True
        )
        left = len(self.context.earlier.rows())
        done = counts | {"last": self.context.event_log.last(), "left": left}
        repository.put(
            LogHistory,
            history_id(self.service),
            command,
            lambda it: it.bring_forward(self.service, done, Moment(command.recorded)),
            orgunit=orgunit,
        )
        log.warning("log brought forward", **done)

    def _lost_event(self, number: int) -> Event:
        name = f"{self.service}.number.lost"
        now = self.context.clock.now()
        incarnation = self.context.incarnation() + 1
        event = new_event(
            EVENT_TYPES[name],
            command_id=f"{name}:{number}:{incarnation}",
            n=1,
            subject=str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:warm:{name}:{number}")),
            version=1,
            moment=Moment(now),
            recorded=now,
            orgunit=self._district(),
            data={"number": number, "incarnation": incarnation},
            cause={},
        )
        return event_of({"event": numbered(unsent(event)["event"], number)})

    def _district(self) -> str:
        found = self.context.orgunits.district()
        if found is None:
            raise Conflict({"kind": "log", "reason": "the registry of org units is empty"})
        return found

    def _answer(
        self,
        plan: Plan,
        read_back: int = 0,
        renumbered: int = 0,
        lost: Iterable[int] = (),
        to_do: int = 0,
        restored: int = 0,
    ) -> Json:
        return {
            "incarnation": self.context.incarnation(),
            "last": self.context.event_log.last(),
            "seen": plan.seen,
            "read_back": read_back,
            "renumbered": renumbered,
            "lost": list(lost),
            "restored": restored,
            "to_do": to_do,
            "left": [left._asdict() for left in self.context.earlier.rows()],
        }
