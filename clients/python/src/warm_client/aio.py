"""Receives reports with aio-pika: the extra `asyncio`. The same rules as `subscriber.py`."""

import asyncio
import logging
import signal
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from aio_pika.exceptions import (
    AMQPError,
    ChannelClosed,
    ChannelInvalidStateError,
    DeliveryError,
)

from warm_client import receipts
from warm_client.address import CONNECT_SECONDS, Address
from warm_client.backoff import Backoff
from warm_client.intake import Handle, Steps
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

log = logging.getLogger("warm_client")

INTERRUPTIONS = (AMQPError, ChannelInvalidStateError, OSError, sqlite3.Error, QueueGone)

AsyncHandler = Callable[[Report, sqlite3.Connection], Awaitable[object]]


class _Stopped(Exception):
    """Asked to end while a message waits for its next attempt."""


class AsyncSubscriber(Subscription):
    """As `Subscriber`, with a handler that is awaited. One report at a time, in order."""

    def __init__(
        self,
        address: Address | str,
        handler: AsyncHandler,
        *,
        store: Path | str,
        keys: KeyRing,
        name: str | None = None,
        options: Options | None = None,
    ) -> None:
        super().__init__(address, store=store, keys=keys, name=name, options=options)
        self._handler = handler
        self._stopping = asyncio.Event()
        self._backoff = Backoff()
        self._receipts_after = 0.0

    def stop(self) -> None:
        """End after the current message."""
        self._stopping.set()

    async def run(self, until: Callable[[], bool] = lambda: False) -> None:
        """Receive until `stop`, SIGTERM or SIGINT, or until `until()`, asked between messages. A
        broker that can't be reached is tried again, for ever."""
        with self._signals():
            while not self._is_over(until):
                try:
                    await self._receive(until)
                except _Stopped:
                    return
                except StreamChanged:
                    log.warning("报告流已重建 / the stream is another one: read from its beginning")
                    self._store.position = None
                except INTERRUPTIONS as error:
                    seconds = self._backoff.wait()
                    reason = f"{type(error).__name__} {error}"[:300]
                    log.warning("中断，%.1f 秒后重试 / interrupted: %s", seconds, reason)
                    await self._pause(seconds)

    async def replay(self, number: int | None = None) -> int:
        """As `Subscriber.replay`."""
        handled = 0
        for it in self.set_aside():
            if number in (None, it.number):
                handled += await self._handled_again(it)
        return handled

    async def _handled_again(self, message: SetAside) -> bool:
        try:
            await self._carry_out(self._intake.again(message.body))
        except Exception as error:
            log.warning("仍未处理 / not handled: %s: %s", message.number, error)
            return False
        self._store.forget_aside(message.number)
        return True

    def _is_over(self, until: Callable[[], bool]) -> bool:
        return self._stopping.is_set() or until()

    @contextmanager
    def _signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        numbers: tuple[signal.Signals, ...] = (signal.SIGTERM, signal.SIGINT)
        try:
            for number in numbers:
                loop.add_signal_handler(number, self.stop)
        except (ValueError, RuntimeError, NotImplementedError):
            # Only the main thread may have signal handlers. There, `stop` ends this.
            numbers = ()
        try:
            yield
        finally:
            for number in numbers:
                loop.remove_signal_handler(number)

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    async def _receive(self, until: Callable[[], bool]) -> None:
        address = self._address
        connection = await aio_pika.connect(
            address.uri, ssl_context=address.tls, timeout=CONNECT_SECONDS
        )
        async with connection:
            await _follow_keys(connection, self._options.key_stream, self._intake.learn)
            merging = Merging(
                self._store,
                self._intake.is_settled,
                self._options.catch_up,
                time.monotonic(),
                self._options.quiet_seconds,
            )
            link = _Link(connection, merging)
            await link.consume(self.queue, self._options, self._stream_offset())
            await self._take_all(link, until)

    async def _take_all(self, link: "_Link", until: Callable[[], bool]) -> None:
        log.info("正在接收 %s / listening", self.queue)
        while not self._is_over(until):
            await self._send_receipts(link)
            message = await link.next(POLL_SECONDS)
            if message:
                await self._carry_out(
                    self._intake.steps(message.body, sent_to_us=message.offset is None)
                )
                link.done(message)
                await self._send_receipts(link)
                await message.source.ack()
                self._backoff.reset()

    async def _carry_out(self, steps: Steps) -> None:
        with suppress(StopIteration):
            step = next(steps)
            while True:
                answer: Exception | None = None
                if isinstance(step, Handle):
                    answer = await self._handle(step)
                else:
                    await self._pause(step.seconds)
                    if self._stopping.is_set():
                        raise _Stopped
                step = steps.send(answer)

    async def _handle(self, step: Handle) -> Exception | None:
        try:
            with self._store.handling(step.report, step.body, step.receipt) as db:
                await self._handler(step.report, db)
        except TakenMeanwhile:
            return None
        except Exception as error:
            if cannot_store(error):
                raise
            return error
        return None

    async def _send_receipts(self, link: "_Link") -> None:
        if not self._options.receipts or time.monotonic() < self._receipts_after:
            return
        for event, receipt in self._store.receipts():
            try:
                await link.send_receipt(self._name, receipt)
            except (DeliveryError, ChannelClosed):
                log.warning("回执暂未送达 / the broker doesn't take receipts now")
                self._receipts_after = time.monotonic() + RECEIPT_SECONDS
                return
            self._store.receipt_sent(event, receipt)


async def _follow_keys(
    connection: aio_pika.abc.AbstractConnection, stream: str, learn: Callable[[bytes], None]
) -> None:
    """As that of `Subscriber`: the stream of keys, before any report."""
    heard = time.monotonic()

    async def deliver(message: AbstractIncomingMessage) -> None:
        nonlocal heard
        learn(message.body)
        await message.ack()
        heard = time.monotonic()

    channel = await connection.channel()
    await channel.set_qos(prefetch_count=STREAM_PREFETCH)
    try:
        queue = await channel.get_queue(stream, ensure=False)
        await queue.consume(deliver, arguments={"x-stream-offset": "first"})
    except ChannelClosed as error:
        log.info("没有密钥流 / no stream of keys here: %s", error)
        return
    while (left := heard + KEY_QUIET_SECONDS - time.monotonic()) > 0:
        await asyncio.sleep(left)


class _Link:
    """One connection: the consumers of the queue and of the stream, and a channel for receipts."""

    def __init__(self, connection: aio_pika.abc.AbstractConnection, merging: Merging) -> None:
        self._connection, self._merging = connection, merging
        self._stream: AbstractChannel | None = None
        self._news = asyncio.Event()
        self._gone: BaseException | None = None

    async def consume(self, queue: str, options: Options, offset: int | str) -> None:
        self._sender = await self._connection.channel(on_return_raises=True)
        own = await self._connection.channel()
        # Before the stream is opened: a queue that isn't there is an error at once.
        await own.declare_queue(queue, passive=True)
        if not self._merging.is_live:
            self._stream = await self._connection.channel()
            arguments = {"x-stream-offset": offset}
            await self._begin(self._stream, options.stream, STREAM_PREFETCH, arguments)
        await self._begin(own, queue, options.prefetch, None)

    async def _begin(
        self, channel: AbstractChannel, name: str, prefetch: int, arguments: Any
    ) -> None:
        await channel.set_qos(prefetch_count=prefetch)
        channel.close_callbacks.add(self._closed)
        underlay = await channel.get_underlay_channel()
        underlay.on_consumer_cancel_callbacks.add(lambda _: self._end(QueueGone(name)))
        queue = await channel.get_queue(name, ensure=False)
        deliver = self._from_stream if arguments else self._from_queue
        await queue.consume(deliver, arguments=arguments)

    def _closed(self, sender: Any, error: BaseException | None) -> None:
        if sender is not self._stream or error is not None:
            self._end(error or QueueGone("the channel was closed"))

    def _end(self, error: BaseException) -> None:
        self._gone = self._gone or error
        self._news.set()

    async def _from_queue(self, message: AbstractIncomingMessage) -> None:
        self._add(Message(message.body, None, message))

    async def _from_stream(self, message: AbstractIncomingMessage) -> None:
        offset = message.headers.get("x-stream-offset")
        self._add(Message(message.body, offset if isinstance(offset, int) else 0, message))

    def _add(self, message: Message) -> None:
        self._merging.add(message, time.monotonic())
        self._news.set()

    async def next(self, seconds: float) -> Message | None:
        """The message to deal with, after waiting for one up to `seconds`."""
        message = self._merging.next(time.monotonic())
        if message is None:
            await self._listen(seconds)
            message = self._merging.next(time.monotonic())
        if self._merging.is_live and self._stream:
            stream, self._stream = self._stream, None
            stream.close_callbacks.remove(self._closed)
            await stream.close()
            log.info("已追上，转为实时接收 / caught up")
        return message

    async def _listen(self, seconds: float) -> None:
        self._news.clear()
        if self._gone:
            raise QueueGone(repr(self._gone)) from self._gone
        with suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), seconds)

    def done(self, message: Message) -> None:
        self._merging.done(message, time.monotonic())

    async def send_receipt(self, name: str, receipt: bytes) -> None:
        if self._sender.is_closed:
            # The broker refused the receipt before.
            self._sender = await self._connection.channel(on_return_raises=True)
        exchange = await self._sender.get_exchange(receipts.EXCHANGE, ensure=False)
        message = aio_pika.Message(
            receipt,
            content_type="application/json",
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        )
        await exchange.publish(message, name, mandatory=True, timeout=CONNECT_SECONDS)
