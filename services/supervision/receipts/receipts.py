"""Which subscriber has which issue: shown, watched, and sent again."""

from datetime import datetime, timedelta
from itertools import islice

from services.supervision.receipts import subscriber_queues
from services.supervision.receipts.overdue import is_late, overdue
from services.supervision.receipts.sent_issues import current_events
from services.supervision.receipts.standing import (
    IS_REFUSED,
    Subscriber,
    last_sent,
    standing,
    times_sent,
    waiting,
)
from services.supervision.receipts.subscriber_queues import Look
from services.supervision.receipts.subscribers import Looks, Subscribers
from shared.aggregates.aggregate import Command
from shared.contracts.receipts import ACCEPTED
from shared.domain.errors import NotFound
from shared.domain.periods import Period, format_instant
from shared.domain.types import Document, Json
from shared.messaging.direct_channel import direct_channel
from shared.platform import logging_setup
from shared.platform.topology import SUBSCRIBERS, subscriber_queue
from shared.service.service_context import ServiceContext

log = logging_setup.get(__name__)

WATCH_SECONDS = 15
# A person who asks just after a publication waits until it is known what was sent.
ATTEMPTS = 10
NOT_TAKEN = "issue_not_taken"
# How many issues a detail and a list name.
NAMED = 5


class Receipts:
    def __init__(self, context: ServiceContext) -> None:
        self._context = context
        self._subscribers = Subscribers(context)
        self._issues = self._subscribers.issues
        self._limit = timedelta(hours=context.settings.not_taken_hours)

    def watch(self) -> None:
        """Read receipts, ask the broker, and put what isn't taken in time among the problems. Where
        the broker doesn't answer, or an issue is on its way, these stay as they were."""
        looks = self._subscribers.look(attempts=1)
        if looks is not None:
            self._report(looks, self._issues.all())

    def _report(self, looks: Looks, issues: list[Document]) -> None:
        now = self._context.clock.now()
        late = [
            text
            for name, look in looks.items()
            for text in overdue(
                name, self._subscribers.subscriber(name, issues, look), issues, now, self._limit
            )
        ]
        if late:
            more = f"; and {len(late) - NAMED} more" if len(late) > NAMED else ""
            self._context.problems[NOT_TAKEN] = "; ".join(late[:NAMED]) + more
        else:
            self._context.problems.pop(NOT_TAKEN, None)

    def show(self, period: Period, revision: int | None) -> Json:
        """How an issue stands with each subscriber. Raises NotFound."""
        looks = self._subscribers.look(ATTEMPTS)
        issue = self._issue(period, revision)
        issues, now = self._issues.all(), self._context.clock.now()
        newest, seen = issue["events"][-1], looks or {}
        if looks is not None:
            self._report(looks, issues)
        return {
            "period": issue["period"],
            "revision": issue["revision"],
            "issue": issue["issue"],
            "notice": newest["type"].rsplit(".", 1)[1],
            "sent": newest["at"],
            "checked": None if looks is None else format_instant(now),
            "subscribers": [
                self._row(name, issue, issues, seen.get(name), now) for name in SUBSCRIBERS
            ],
        }

    def send_again(
        self, command: Command, period: Period, revision: int | None, subscriber: str
    ) -> Json:
        """Send an issue to the queue of one subscriber, with the ids that its events have: who has
        it already, takes it once. Raises NotFound, Conflict where the broker doesn't take it."""
        if subscriber not in SUBSCRIBERS:
            raise NotFound({"kind": "subscriber", "id": subscriber})
        self._issues.versions()
        issue = self._issue(period, revision)
        done = self._context.action_log.begin(command, _sending(command, issue, subscriber))
        if done is not None:
            return {"messages": done}
        found = [self._context.event_log.message(it["id"]) for it in issue["events"]]
        messages = [message for message in found if message]
        with direct_channel(self._context.settings.amqp_uri) as channel:
            for message in messages:
                subscriber_queues.send(channel, message, subscriber)
        self._context.action_log.finish(command, len(messages))
        log.info("issue sent again", subscriber=subscriber, issue=issue["_id"])
        return {"messages": len(messages)}

    def _issue(self, period: Period, revision: int | None) -> Document:
        issue = self._issues.find(str(period), revision)
        if issue is None:
            which = str(period) if revision is None else f"{period} R{revision}"
            raise NotFound({"kind": "published issue", "id": which})
        return issue

    def _row(
        self, name: str, issue: Document, issues: list[Document], look: Look | None, now: datetime
    ) -> Json:
        subscriber = self._subscribers.subscriber(name, issues, look)
        events = current_events(issue)
        found, sent = standing(subscriber, events), last_sent(subscriber, events)
        return {
            "subscriber": name,
            **found._asdict(),
            "late": is_late(subscriber, found, sent, now, self._limit),
            "sent_again": times_sent(subscriber, events)[1:],
            "watched_since": subscriber.watched_since,
            "queue": _queue(subscriber, look),
            "last_acknowledged": _last_acknowledged(subscriber, issues),
            "refused": _refused(subscriber, issues),
            "invalid_receipts": self._subscribers.store.subscriber(name).get("invalid"),
        }


def _sending(command: Command, issue: Document, subscriber: str) -> Json:
    """The action, as it is listed."""
    return {
        "at": command.recorded,
        "actor": command.actor,
        "action": "replay",
        "queue": subscriber_queue(subscriber),
        "period": issue["period"],
        "revision": issue["revision"],
    }


def _queue(subscriber: Subscriber, look: Look | None) -> Json:
    waits = waiting(subscriber)
    return {
        "waiting": look.waiting if look else None,
        "oldest": waits[0].at if waits else None,
        "consumers": look.consumers if look else None,
        "undelivered": look.undelivered if look else None,
    }


def _last_acknowledged(subscriber: Subscriber, issues: list[Document]) -> Json | None:
    """The issue of its last receipt that accepts one."""
    found = [
        (subscriber.receipts[it["id"]].at, issue["period"], issue["revision"])
        for issue in issues
        for it in issue["events"]
        if it["id"] in subscriber.receipts and subscriber.receipts[it["id"]].outcome == ACCEPTED
    ]
    return dict(zip(("at", "period", "revision"), max(found), strict=True)) if found else None


def _refused(subscriber: Subscriber, issues: list[Document]) -> list[Json]:
    """The newest issues that it refuses, or that came back too often."""
    suspects = {event for event, it in subscriber.receipts.items() if it.outcome != ACCEPTED}
    suspects |= subscriber.kept.keys()
    found = (
        (issue, standing(subscriber, current_events(issue)))
        for issue in reversed(issues)
        if not suspects.isdisjoint(current_events(issue))
    )
    refused = (
        {
            "period": issue["period"],
            "revision": issue["revision"],
            "at": it.since,
            "reason": it.reason,
        }
        for issue, it in found
        if it.state == IS_REFUSED
    )
    return list(islice(refused, NAMED))
