"""Which subscriber has which issue: shown, watched, and sent again."""

from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from services.supervision.receipts import subscriber_queues
from services.supervision.receipts.overdue import is_late, overdue
from services.supervision.receipts.sent_issues import current_events, of_edition
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
from shared.domain.errors import Conflict, NotFound
from shared.domain.form_names import EDITIONS, PUBLIC
from shared.domain.periods import Period, format_instant
from shared.domain.types import Document, Json
from shared.messaging.direct_channel import direct_channel
from shared.platform import logging_setup
from shared.platform.subscribers import ARCHIVE, Account, undelivered_report_queue
from shared.service.service_context import ServiceContext

log = logging_setup.get(__name__)

WATCH_SECONDS = 15
# A person who asks just after a publication waits until it is known what was sent.
ATTEMPTS = 10
NOT_TAKEN = "issue_not_taken"
MISSING = "subscriber_missing"
UNDELIVERED = "undelivered"
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
            self._report(looks)

    def _report(self, looks: Looks) -> None:
        accounts = self._subscribers.entries.accounts()
        issues, now = self._issues_by_edition(), self._context.clock.now()
        late, missing, kept = list[str](), list[str](), list[str]()
        for name, look in looks.items():
            account = accounts.get(name)
            if account is None:
                continue
            if look is None:
                missing.append(name)
                continue
            # That of the deployment's own is known without supervision.
            if look.undelivered and account != ARCHIVE:
                kept.append(f"{undelivered_report_queue(name)} {look.undelivered}")
            if account.reports:
                sent = issues[account.reports]
                subscriber = self._subscribers.subscriber(account, sent, look)
                late += overdue(name, subscriber, sent, now, self._limit)
        for code, details in ((NOT_TAKEN, late), (MISSING, missing), (UNDELIVERED, kept)):
            self._name_problem(code, details)

    def _issues_by_edition(self) -> dict[str, list[Document]]:
        return {edition: self._issues.all(edition) for edition in EDITIONS}

    def _name_problem(self, code: str, details: list[str]) -> None:
        if details:
            more = f"; and {len(details) - NAMED} more" if len(details) > NAMED else ""
            self._context.problems[code] = "; ".join(details[:NAMED]) + more
        else:
            self._context.problems.pop(code, None)

    def show(self, period: Period, revision: int | None) -> Json:
        """How an issue stands with each subscriber. Raises NotFound."""
        looks = self._subscribers.look(ATTEMPTS)
        issue = self._issue(period, revision)
        now = self._context.clock.now()
        newest, seen = of_edition(issue, PUBLIC)["events"][-1], looks or {}
        if looks is not None:
            self._report(looks)
        accounts = self._subscribers.entries.accounts().values()
        return {
            "period": issue["period"],
            "revision": issue["revision"],
            "issue": issue["issue"],
            "notice": newest["type"].rsplit(".", 1)[1],
            "sent": newest["at"],
            "checked": None if looks is None else format_instant(now),
            "subscribers": [
                self._row(it, of_edition(issue, it.reports), seen.get(it.name), now)
                for it in accounts
                if it.reports and of_edition(issue, it.reports)["events"]
            ],
        }

    def send_again(
        self, command: Command, period: Period, revision: int | None, subscriber: str
    ) -> Json:
        """Send an issue to the queue of one subscriber, with the ids that its events have: who has
        it already, takes it once. Raises NotFound, Conflict where the broker doesn't take it."""
        account = self._subscribers.entries.accounts().get(subscriber)
        if account is None or account.reports is None:
            raise NotFound({"kind": "subscriber", "id": subscriber})
        self._issues.versions()
        issue, [queue, *_] = self._issue(period, revision), account.sources
        about = {"period": issue["period"], "revision": issue["revision"]}
        done = self._context.action_log.begin(command, _sending(command, queue, **about))
        if done is not None:
            return {"messages": done}
        events = of_edition(issue, account.reports)["events"]
        messages = self._send([it["id"] for it in events], queue)
        self._context.action_log.finish(command, messages)
        log.info("issue sent again", subscriber=subscriber, issue=issue["_id"])
        return {"messages": messages}

    def send_test(self, command: Command, account: Account, event: str) -> None:
        """Send a test message, the event with this id, to the first queue of one subscriber. Raises
        Conflict where the broker doesn't take it."""
        [queue, *_] = account.sources
        if self._context.action_log.begin(command, _sending(command, queue, event=event)) is None:
            sent = self._send([event], queue)
            if not sent:
                raise Conflict(
                    {"id": event, "reason": "it has no number in the log yet: repeat it"}
                )
            self._context.action_log.finish(command, sent)

    def _send(self, events: list[str], queue: str) -> int:
        found = [self._context.event_log.message(it) for it in events]
        messages = [message for message in found if message]
        with direct_channel(self._context.settings.amqp_uri) as channel:
            for message in messages:
                subscriber_queues.send(channel, message, queue)
        return len(messages)

    def list(self) -> list[Json]:
        """The active subscribers: what each gets, what waits for it, and what it has said."""
        looks = self._subscribers.look(ATTEMPTS)
        stored, seen = self._subscribers.entries.stored(), looks or {}
        rows, by_edition = [], self._issues_by_edition()
        for name, account in self._subscribers.entries.accounts().items():
            entry, look = stored.get(name, {}), seen.get(name)
            issues = by_edition[account.reports] if account.reports else []
            subscriber = self._subscribers.subscriber(account, issues, look)
            rows.append(
                {
                    "name": name,
                    "own": account == ARCHIVE,
                    "reports": account.reports,
                    "events": list(account.events),
                    "since": entry.get("since"),
                    "password_since": entry.get("password_since"),
                    "is_there": look is not None if name in seen else None,
                    "queue": _queue(subscriber, look),
                    "last_acknowledged": _last_acknowledged(subscriber, issues),
                    "test": _last_test(entry, subscriber),
                }
            )
        return rows

    def _issue(self, period: Period, revision: int | None) -> Document:
        issue = self._issues.find(str(period), revision)
        if issue is None:
            which = str(period) if revision is None else f"{period} R{revision}"
            raise NotFound({"kind": "published issue", "id": which})
        return issue

    def _row(self, account: Account, issue: Document, look: Look | None, now: datetime) -> Json:
        """`issue` with the events of its edition."""
        name, issues = account.name, self._issues.all(account.reports or PUBLIC)
        subscriber = self._subscribers.subscriber(account, issues, look)
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


def _sending(command: Command, queue: str, **what: Any) -> Json:
    """The action, as it is listed."""
    return {
        "at": command.recorded,
        "actor": command.actor,
        "action": "replay",
        "queue": queue,
        **what,
    }


def _last_test(entry: Document, subscriber: Subscriber) -> Json | None:
    """The last test message, and when its receipt came."""
    tests = entry.get("tests", ())
    if not tests:
        return None
    receipt = subscriber.receipts.get(tests[-1]["event"])
    return {"at": tests[-1]["at"], "acknowledged": receipt.at if receipt else None}


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
