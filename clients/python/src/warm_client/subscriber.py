"""Receives reports with pika, in one thread."""

import logging
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pika
from pika.exceptions import AMQPError, ChannelClosedByBroker, NackError, UnroutableError

from warm_client import receipts
from warm_client.address import Address
from warm_client.backoff import Backoff
from warm_client.intake import Handle, Steps, Wait
from warm_client.keys import KeyRing
from warm_client.merging import Merging, Message, StreamChanged
from warm_client.reports import Report
from warm_client.store import SetAside, TakenMeanwhile, cannot_store
from warm_client.subscription import (
    KEY_QUIET_SECONDS,
    POLL_SECONDS,
    RECEIPT_SECONDS,
    STREAM_PREFETCH,
    Options,
    QueueGone,
    Subscription,
)

FROM_THE_START = {"x-stream-offset": "first"}

log = logging.getLogger("warm_client")


class _Stopped(Exception):
    """Asked to end while a message waits for its next attempt."""


class Subscriber(Subscription):
    """Gives each report to `handler`, once and in the order of publication.

    `handler(report, db)` is called in a transaction of the store: what it writes by `db` (a
    `sqlite3.Connection`) is stored together with the fact that the report is handled. What it does
    elsewhere may be done again, if the process dies before the end of it: write a file under the
    report's name, so that it becomes the same file again. If it raises, it is called again later,
    `Retries.attempts` times in all; then the message is set aside, and the next one comes.

    Raises BadAddress, and OSError or sqlite3.Error if the store can't be opened.
    """

    def __init__(
        self,
        address: Address | str,
        handler: Callable[[Report, sqlite3.Connection], object],
        *,
        store: Path | str,
        keys: KeyRing,
        name: str | None = None,
        options: Options | None = None,
    ) -> None:
        super().__init__(address, store=store, keys=keys, name=name, options=options)
        self._handler = handler
        self._stopping = threading.Event()
        self._backoff = Backoff()
        self._receipts_after = 0.0

    def stop(self, *_: object) -> None:
        """End after the current message. Any thread may call it, and it is a signal handler."""
        self._stopping.set()

    def run(self, until: Callable[[], bool] = lambda: False) -> None:
        """Receive until `stop`, SIGTERM or SIGINT, or until `until()`, asked between messages. A
        broker that can't be reached is tried again, for ever."""
        with self._signals():
            while not self._is_over(until):
                try:
                    self._receive(until)
                except _Stopped:
                    return
                except StreamChanged:
                    log.warning("报告流已重建 / the stream is another one: read from its beginning")
                    self._store.position = None
                except (AMQPError, OSError, sqlite3.Error, QueueGone) as error:
                    seconds = self._backoff.wait()
                    reason = " ".join([type(error).__name__, *map(str, error.args)])[:300]
                    log.warning("中断，%.1f 秒后重试 / interrupted: %s", seconds, reason)
                    self._stopping.wait(seconds)

    def replay(self, number: int | None = None) -> int:
        """Give what is set aside to the handler again, or the one message of this number; returns
        how many were handled. The others stay. `run` sends the receipts."""
        handled = 0
        for it in self.set_aside():
            if number in (None, it.number):
                handled += self._handled_again(it)
        return handled

    def _handled_again(self, message: SetAside) -> bool:
        try:
            self._carry_out(self._intake.again(message.body), None)
        except Exception as error:
            log.warning("仍未处理 / not handled: %s: %s", message.number, error)
            return False
        self._store.forget_aside(message.number)
        return True

    def _is_over(self, until: Callable[[], bool]) -> bool:
        return self._stopping.is_set() or until()

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """Only the main thread may set signal handlers."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {it: signal.signal(it, self.stop) for it in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _receive(self, until: Callable[[], bool]) -> None:
        connection = pika.BlockingConnection(self._address.pika_parameters())
        try:
            _follow_keys(connection, self._options.key_stream, self._intake.learn)
            link = _Link(connection, self.queue, self._options, self._merging())
            self._take_all(link, until)
        finally:
            with suppress(AMQPError, OSError):
                connection.close()

    def _merging(self) -> Merging:
        return Merging(
            self._store,
            self._intake.is_settled,
            self._options.catch_up,
            time.monotonic(),
            self._options.quiet_seconds,
        )

    def _take_all(self, link: "_Link", until: Callable[[], bool]) -> None:
        link.consume(self._stream_offset())
        log.info("正在接收 %s / listening", self.queue)
        while not self._is_over(until):
            self._send_receipts(link)
            message = link.next(POLL_SECONDS)
            if message:
                steps = self._intake.steps(message.body, sent_to_us=message.offset is None)
                self._carry_out(steps, link)
                link.done(message)
                self._send_receipts(link)
                link.acknowledge(message)
                self._backoff.reset()

    def _carry_out(self, steps: Steps, link: "_Link | None") -> None:
        answer: Exception | None = None
        with suppress(StopIteration):
            step = next(steps)
            while True:
                answer = None
                if isinstance(step, Handle):
                    answer = self._handle(step)
                elif link:
                    self._wait(step, link)
                step = steps.send(answer)

    def _handle(self, step: Handle) -> Exception | None:
        try:
            with self._store.handling(step.report, step.body, step.receipt) as db:
                self._handler(step.report, db)
        except TakenMeanwhile:
            return None
        except Exception as error:
            if cannot_store(error):
                raise
            return error
        return None

    def _wait(self, step: Wait, link: "_Link") -> None:
        until = time.monotonic() + step.seconds
        while (left := until - time.monotonic()) > 0:
            if self._stopping.is_set():
                raise _Stopped
            link.listen(min(left, POLL_SECONDS))

    def _send_receipts(self, link: "_Link") -> None:
        if not self._options.receipts or time.monotonic() < self._receipts_after:
            return
        for event, receipt in self._store.receipts():
            try:
                link.send_receipt(self._name, receipt)
            except (NackError, UnroutableError, ChannelClosedByBroker):
                log.warning("回执暂未送达 / the broker doesn't take receipts now")
                self._receipts_after = time.monotonic() + RECEIPT_SECONDS
                return
            self._store.receipt_sent(event, receipt)


def _follow_keys(connection: Any, stream: str, learn: Callable[[bytes], None]) -> None:
    """Read the stream of keys, all of it again on each connection, and before any report: the key
    of a report may be retired. What comes later is read beside the reports."""
    channel = connection.channel()
    heard = time.monotonic()

    def deliver(_channel: Any, method: Any, _properties: Any, body: bytes) -> None:
        nonlocal heard
        learn(body)
        channel.basic_ack(method.delivery_tag)
        heard = time.monotonic()

    channel.basic_qos(prefetch_count=STREAM_PREFETCH)
    try:
        channel.basic_consume(stream, deliver, arguments=FROM_THE_START)
    except ChannelClosedByBroker as error:
        log.info("没有密钥流 / no stream of keys here: %s", error.reply_text)
        return
    while (left := heard + KEY_QUIET_SECONDS - time.monotonic()) > 0:
        connection.process_data_events(time_limit=left)


class _Link:
    """One connection: the consumers of the queue and of the stream, and a channel for receipts."""

    def __init__(self, connection: Any, queue: str, options: Options, merging: Merging) -> None:
        self._connection, self._queue, self._options = connection, queue, options
        self._merging = merging
        self._gone = False
        self._own = connection.channel()
        self._sender = self._open_sender()
        self._stream = None if merging.is_live else connection.channel()

    def _open_sender(self) -> Any:
        sender = self._connection.channel()
        sender.confirm_delivery()
        return sender

    def consume(self, offset: int | str) -> None:
        self._own.queue_declare(self._queue, passive=True)
        if self._stream:
            arguments = {"x-stream-offset": offset}
            self._begin(self._stream, self._options.stream, STREAM_PREFETCH, arguments)
        self._begin(self._own, self._queue, self._options.prefetch, None)

    def _begin(self, channel: Any, queue: str, prefetch: int, arguments: Any) -> None:
        channel.basic_qos(prefetch_count=prefetch)
        channel.add_on_cancel_callback(self._cancelled)
        channel.basic_consume(queue, self._delivered, arguments=arguments)

    def _cancelled(self, _frame: object) -> None:
        self._gone = True

    def _delivered(self, channel: Any, method: Any, properties: Any, body: bytes) -> None:
        offset = (properties.headers or {}).get("x-stream-offset")
        is_stream = channel is self._stream
        message = Message(body, offset if is_stream else None, method.delivery_tag)
        self._merging.add(message, time.monotonic())

    def next(self, seconds: float) -> Message | None:
        """The message to deal with, after waiting for one up to `seconds`."""
        message = self._merging.next(time.monotonic())
        if message is None:
            self.listen(seconds)
            message = self._merging.next(time.monotonic())
        if self._merging.is_live and self._stream:
            # Closed and not cancelled: what was sent ahead can't be returned to a stream.
            self._stream.close()
            self._stream = None
            log.info("已追上，转为实时接收 / caught up")
        return message

    def listen(self, seconds: float) -> None:
        self._connection.process_data_events(time_limit=seconds)
        if self._gone:
            raise QueueGone(self._queue)

    def done(self, message: Message) -> None:
        self._merging.done(message, time.monotonic())

    def acknowledge(self, message: Message) -> None:
        channel = self._own if message.offset is None else self._stream
        if channel:
            channel.basic_ack(message.source)

    def send_receipt(self, name: str, receipt: bytes) -> None:
        if self._sender.is_closed:
            # The broker refused the receipt before.
            self._sender = self._open_sender()
        properties = pika.BasicProperties(content_type="application/json", delivery_mode=2)
        self._sender.basic_publish(receipts.EXCHANGE, name, receipt, properties, mandatory=True)
