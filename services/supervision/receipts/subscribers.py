"""What is known of the known subscribers, from the broker's counts and from their receipts.

What was sent and how much waits has to be of one instant. So what was sent is read before and after
the broker is asked, and where it differs nothing is concluded.
"""

from collections.abc import Iterable, Iterator, Mapping

import amqp
import eventlet

from services.supervision.receipts import subscriber_queues
from services.supervision.receipts.receipt_store import ReceiptStore
from services.supervision.receipts.sent_issues import SentIssues
from services.supervision.receipts.standing import Sending, Subscriber
from services.supervision.receipts.subscriber_entries import SubscriberEntries
from services.supervision.receipts.subscriber_queues import MOST_UNDELIVERED, Look
from shared.contracts.receipts import BadReceipt, read_receipt
from shared.domain.errors import DeadlineExceeded
from shared.domain.periods import format_instant
from shared.domain.types import Document
from shared.messaging.direct_channel import direct_channel
from shared.platform import logging_setup
from shared.platform.subscribers import Account, undelivered_report_queue
from shared.service.service_context import ServiceContext

log = logging_setup.get(__name__)

PAUSE_SECONDS = 0.3

# Subscriber → what the broker shows of it; None where the broker doesn't have its queues.
Looks = Mapping[str, Look | None]
# Event → the digest of the document in it.
Digests = Mapping[str, str | None]


class Subscribers:
    def __init__(self, context: ServiceContext) -> None:
        self._context = context
        self.issues = SentIssues(context.database)
        self.store = ReceiptStore(context.database)
        self.entries = SubscriberEntries(context.database)

    def look(self, attempts: int) -> Looks | None:
        """Read the receipts, and what the broker shows of each subscriber. None where it doesn't
        answer, and where something is on its way even at the last of `attempts`."""
        accounts = self.entries.accounts()
        self.store.watch(accounts, self._now())
        try:
            for attempt in range(attempts):
                if attempt:
                    eventlet.sleep(PAUSE_SECONDS)
                looks = self._look(accounts)
                if looks is not None:
                    return looks
        except DeadlineExceeded as error:
            log.warning("subscribers' queues not seen", reason=error.data["reason"])
        return None

    def _look(self, accounts: Mapping[str, Account]) -> Looks | None:
        before = self._sent(accounts)
        if before is None:
            return None
        with direct_channel(self._context.settings.amqp_uri) as channel:
            looks = {name: subscriber_queues.look(channel, it) for name, it in accounts.items()}
            letters = list(subscriber_queues.receipts(channel))
            if self._sent(accounts) != before:
                return None
            digests = self._digests()
            for letter in letters:
                self._take(letter, digests)
                channel.basic_ack(letter.delivery_tag)
        for name, look in looks.items():
            if look is None:
                continue
            is_all = look.undelivered <= MOST_UNDELIVERED
            self.store.note_kept(name, look.kept & digests.keys(), is_all, self._now())
        return looks

    def _sent(self, accounts: Mapping[str, Account]) -> tuple[Mapping[str, int], list[str]] | None:
        """Everything that was sent so far; None as long as some of it is on its way."""
        versions = self.issues.versions()
        return (
            None
            if versions is None
            else (
                versions,
                [act["_id"] for act in self._replays(accounts.values())],
            )
        )

    def _replays(self, accounts: Iterable[Account]) -> list[Document]:
        queues = [(*it.sources, undelivered_report_queue(it.name)) for it in accounts]
        return self._context.action_log.replayed([name for names in queues for name in names])

    def _digests(self) -> Digests:
        tests = {it["event"]: it["digest"] for it in self.entries.tests()}
        return self.issues.digests() | tests

    def _take(self, letter: amqp.Message, digests: Digests) -> None:
        sender = letter.delivery_info["routing_key"]
        try:
            receipt = read_receipt(letter.body)
            if receipt["event"] not in digests:
                raise BadReceipt("there is no such issue")
            if receipt.get("digest") not in (None, digests[receipt["event"]]):
                raise BadReceipt("another digest than the issue's")
        except BadReceipt as error:
            log.warning("invalid receipt", subscriber=sender, why=str(error))
            self.store.refuse(sender, str(error), self._now())
            return
        self.store.add(sender, receipt, self._now())

    def subscriber(self, account: Account, issues: list[Document], look: Look | None) -> Subscriber:
        """`issues` are those of its edition; `look` is None where its queue wasn't seen."""
        name = account.name
        stored = self.store.subscriber(name)
        sendings = [Sending(it["at"], it["id"]) for issue in issues for it in issue["events"]]
        sendings += self._sent_again(account, issues, stored["kept"])
        return Subscriber(
            stored["since"],
            sorted(sendings, key=lambda it: it.at),
            look.waiting if look else None,
            self.store.words(name),
            {it["event"]: it["at"] for it in stored["kept"]},
        )

    def _sent_again(
        self, account: Account, issues: list[Document], kept: Iterable[Document]
    ) -> Iterator[Sending]:
        """What went into the queue later: by a person, to this subscriber alone."""
        events = {(it["period"], it["revision"]): it["events"] for it in issues}
        for act in self._replays([account]):
            at = format_instant(act["at"])
            if "event" in act:
                yield Sending(at, act["event"])
            elif act["queue"] in account.sources:
                found = events.get((act["period"], act["revision"]), ())
                yield from (Sending(at, it["id"]) for it in found)
            else:
                # Not there any more: among what was returned.
                back = (it for it in kept if not it["there"] and it["at"] <= at)
                yield from (Sending(at, it["event"]) for it in back)

    def _now(self) -> str:
        return format_instant(self._context.clock.now())
