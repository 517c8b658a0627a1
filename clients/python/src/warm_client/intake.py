"""What is done with one message, without a broker: the steps are carried out by the subscribers,
each in its own way (`subscriber.py`, `aio.py`)."""

import logging
from collections.abc import Generator
from contextlib import suppress
from dataclasses import dataclass

from warm_client import canonical, receipts
from warm_client.events import Event, Refused, read_event
from warm_client.keys import RETIRED, KeyRing, UnknownKey
from warm_client.reports import Report, read_report
from warm_client.store import Store

TESTED = "supervision.subscriber.tested"

log = logging.getLogger("warm_client")


@dataclass(frozen=True)
class Retries:
    """`attempts` times in all a report is given to the handler, with `first` seconds between the
    first and the second, then twice as many each time, up to `longest`."""

    attempts: int = 5
    first: float = 1.0
    longest: float = 60.0

    def delay(self, refusals: int) -> float:
        return min(self.first * 2.0 ** min(refusals - 1, 30), self.longest)


@dataclass(frozen=True)
class Handle:
    """Give the report to the handler within `Store.handling`; the answer is the exception that it
    raised, or None."""

    report: Report
    body: bytes
    receipt: bytes


@dataclass(frozen=True)
class Wait:
    """Wait so many seconds."""

    seconds: float


Steps = Generator[Handle | Wait, Exception | None, None]
ReportSteps = Generator[Handle | Wait, Exception | None, Report | None]


class Intake:
    """`from_issue`: reports before that issue are skipped until it, or a later one, comes."""

    def __init__(
        self, store: Store, keys: KeyRing, retries: Retries, from_issue: int | None = None
    ) -> None:
        self._store, self._keys, self._retries = store, keys, retries
        self._from_issue = from_issue
        for keyid, sequence in store.retired().items():
            keys.retire(keyid, sequence)

    def is_settled(self, body: bytes) -> bool:
        """Whether there is nothing for the handler in this message."""
        if self._store.is_aside(body):
            return True
        try:
            report = read_report(read_event(body), self._keys)
        except (Refused, UnknownKey):
            return True
        return report is None or self._store.taken(report) is not None

    def steps(self, body: bytes, sent_to_us: bool) -> Steps:
        """What to do; afterwards the message may be acknowledged.

        `sent_to_us`: it came by the queue. If it is known, the office sent it again because it
        lacks the receipt, or we died before the acknowledgement.
        """
        event = None
        try:
            if self._store.is_aside(body):
                if sent_to_us:
                    self._store.owe_again(body)
                return
            event = read_event(body)
            if event.type == TESTED:
                self._answer_test(event)
            report = yield from self._report(event, body)
            if report is not None and self._is_wanted(report, sent_to_us):
                yield from self._handle(report, body)
        except Refused as refusal:
            self._set_aside(body, str(refusal), event.id if event else None)

    def learn(self, body: bytes) -> None:
        """A message of the stream of keys."""
        with suppress(Refused):
            event = read_event(body)
            if keyid := self._keys.follow(event):
                log.info("新密钥 %s / a new key, signed by one that is known", keyid)
            elif event.type == RETIRED:
                self._retire(event)

    def _retire(self, event: Event) -> None:
        keyid, sequence = event.data.get("keyid"), event.sequence
        if isinstance(keyid, str) and sequence is not None:
            self._keys.retire(keyid, sequence)
            # Also where no broker is asked, such as when messages that are set aside are replayed.
            self._store.note_retired(keyid, sequence)

    def _answer_test(self, event: Event) -> None:
        """The operator sent it to this queue alone, to see whether a receipt comes back."""
        unsigned = {name: it for name, it in event.data.items() if name != "digest"}
        try:
            digest = canonical.sha256(unsigned)
        except ValueError as error:
            raise Refused("not canonical JSON") from error
        if event.data.get("digest") != digest:
            raise Refused("the digest of the test doesn't match")
        self._store.owe(event.id, receipts.accepted(event.id, digest))
        log.info("收到测试消息 / a test message came")

    def _report(self, event: Event, body: bytes) -> ReportSteps:
        """Its report. Where the key is unknown yet, it may be on its way. Raises Refused."""
        while True:
            try:
                return read_report(event, self._keys)
            except UnknownKey as error:
                refusals = self._store.count_refusal(body)
                if refusals >= self._retries.attempts:
                    raise Refused(f"unknown key {str(error)[:64]}") from error
                yield Wait(self._retries.delay(refusals))

    def again(self, body: bytes) -> Steps:
        """The same for a message that is set aside: once, and it stays there if that fails. Raises
        Refused, or what the handler raised."""
        report = read_report(read_event(body), self._keys)
        if report is None:
            raise Refused("no report")
        if self._is_wanted(report, sent_to_us=True):
            error = yield Handle(report, body, receipts.accepted(report.event, report.digest))
            if error is not None:
                raise error

    def _is_wanted(self, report: Report, sent_to_us: bool) -> bool:
        """Raises Refused if another document is known by that name."""
        taken = self._store.taken(report)
        if taken is None:
            return self._has_begun(report)
        if taken.digest != report.digest:
            raise Refused("another document of this issue and revision is known")
        if taken.handled and sent_to_us:
            self._store.owe(report.event, receipts.accepted(report.event, report.digest))
        return False

    def _has_begun(self, report: Report) -> bool:
        if self._from_issue is None or self._store.has_begun:
            return True
        if report.issue < self._from_issue:
            self._store.skip(report)
            return False
        self._store.begin()
        return True

    def _handle(self, report: Report, body: bytes) -> Steps:
        accepted = receipts.accepted(report.event, report.digest)
        while (error := (yield Handle(report, body, accepted))) is not None:
            reason = f"{type(error).__name__}: {error}"
            refusals = self._store.count_refusal(body)
            log.warning("处理失败 %s / the handler failed: %s", report.name, reason)
            if refusals >= self._retries.attempts:
                # What the exception says may hold something that the office has no business with.
                said = f"the subscriber's handler failed {refusals} times: {type(error).__name__}"
                self._set_aside(body, reason, report.event, said)
                return
            yield Wait(self._retries.delay(refusals))

    def _set_aside(self, body: bytes, reason: str, event: str | None, said: str = "") -> None:
        receipt = receipts.refused(event, said or reason) if event is not None else None
        self._store.set_aside(body, reason, event, receipt)
        log.error("另存 / set aside: %s", reason)
