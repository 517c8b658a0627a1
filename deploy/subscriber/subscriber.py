#!/usr/bin/env python3
"""Saves published briefings as files: an example of a report consumer.

It needs only pika, and nothing of this project. See README.md beside it.
"""

import argparse
import hashlib
import json
import logging
import os
import re
import signal
import ssl
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple, TextIO
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import pika
from pika.exceptions import AMQPError

# Weeks have briefings, months summaries, half-years assessments and years commendations.
SERIES = ("briefing", "summary", "assessment", "commendation")
PUBLISHED = [f"supervision.{it}.{verb}" for it in SERIES for verb in ("published", "revised")]
WITHDRAWN = [f"supervision.{it}.withdrawn" for it in SERIES]
TESTED = "supervision.subscriber.tested"
NAME = re.compile(r"[0-9]{4}(?:-(?:W[0-9]{2}|[0-9]{2}|H[12]))?-r[0-9]{1,4}")
QUEUE = re.compile(r"sub\.(?P<name>[a-z0-9_-]+)\.reports")
# The exchange for receipts. A subscriber may send there by its own name alone.
RECEIPTS = "supervision.receipts"
# The streams of all reports so far, and of the keys that sign them.
REPORT_STREAM, KEY_STREAM = "reports", "keys"
# Behind what was its end, a stream that gives nothing for so long has nothing more.
END_SECONDS = 1
POLL_SECONDS = 0.25
CONNECT_SECONDS = 5
FIRST_WAIT, LONGEST_WAIT = 0.5, 10
LONGEST_DISK_WAIT = 60
NOTHING_CAME, CANNOT_WRITE = 3, 4


class Refused(Exception):
    """The message holds no valid briefing; the arguments are the reason in Chinese and English."""


class CannotWrite(Exception):
    """The folder takes no file: the disk is full, or this program may not write there."""


class Outcome(NamedTuple):
    """Whether it is a new briefing, and the receipt for it, without one where there is nothing to
    say: the message is no briefing, or has no id."""

    is_new: bool
    receipt: dict[str, str] | None = None


class Archive:
    """Published briefings in a folder, `<period>-r<revision>.json`, each written once. A withdrawn
    one stays, with the office's notice beside it, `<period>-r<revision>.withdrawn.json`."""

    def __init__(self, folder: Path, keys: Any = None) -> None:
        self.folder = folder
        # They check signatures, where a key was given: see signatures.py.
        self.keys = keys
        self._refused = folder / "refused"
        # Bytes that have to fit before the next message is asked for.
        self._needed = 0

    def check(self) -> None:
        """Write what is needed, and remove it again. Raises CannotWrite."""
        trial = self.folder / ".trial"
        try:
            self._refused.mkdir(parents=True, exist_ok=True)
            try:
                write_atomically(trial, bytes(self._needed))
            finally:
                trial.unlink(missing_ok=True)
        except OSError as error:
            raise CannotWrite(error.strerror) from error

    def save(self, body: bytes) -> Outcome:
        """Save the briefing in `body` and print the outcome.

        A body without a valid briefing goes to the folder `refused`. Raises CannotWrite.
        """
        self._needed = len(body)
        try:
            return self._saved(body)
        except OSError as error:
            raise CannotWrite(error.strerror) from error

    def _saved(self, body: bytes) -> Outcome:
        identity = None
        try:
            kind, identity, data = read_event(body)
            if kind in PUBLISHED:
                name, content = checked(data)
                self._require_signed(data, data["digest"])
                is_new = self._save(name, content)
                return Outcome(is_new, receipt(identity, "accepted", digest=data["digest"]))
            if kind in WITHDRAWN:
                name, notice, withdrawn = checked_notice(data)
                self._require_signed(data, hashlib.sha256(notice).hexdigest())
                self._withdraw(name, notice, withdrawn)
                return Outcome(False, receipt(identity, "accepted", digest=data["digest"]))
            if kind == TESTED:
                tested = checked_test(data)
                say("测试消息，不是通报", "a test message, not a briefing")
                return Outcome(False, receipt(identity, "accepted", digest=tested))
            say("忽略其他类型的消息", f"ignored, of another type: {kind[:100]!a}")
        except Refused as refusal:
            chinese, english = refusal.args
            name = hashlib.sha256(body).hexdigest()
            write_atomically(self._refused / name, body)
            say(f"拒收（{chinese}）", f"refused ({english}): refused/{name}")
            return Outcome(False, receipt(identity, "refused", reason=english))
        return Outcome(False)

    def _require_signed(self, data: Mapping[str, Any], digest: str) -> None:
        if self.keys and not self.keys.verifies(data.get("keyid"), data.get("signature"), digest):
            raise Refused("签名无效，或密钥不可信", "not signed with a trusted key")

    def _save(self, name: str, content: bytes) -> bool:
        path = self.folder / f"{name}.json"
        new = not path.exists()
        if new:
            write_atomically(path, content)
            say(f"已保存 {path.name}", "saved")
            if (self.folder / f"{name}.withdrawn.json").exists():
                say(f"{path.name} 已撤回", "withdrawn: do not use it")
        elif path.read_bytes() == content:
            say(f"已有 {path.name}", "already have it")
        else:
            raise Refused("同一期同一版已有不同内容", "the saved issue has other content")
        return new

    def _withdraw(self, name: str, notice: bytes, withdrawn: set[str]) -> None:
        """Keep the issue, if it is here, and the notice beside it. Messages come in any order."""
        issue, path = self.folder / f"{name}.json", self.folder / f"{name}.withdrawn.json"
        if issue.exists() and json.loads(issue.read_bytes()).get("digest") not in withdrawn:
            raise Refused("撤回的不是已保存的那一期", "another issue is saved than it withdraws")
        if not path.exists():
            write_atomically(path, notice)
            say(f"已撤回 {issue.name}，原件保留", "withdrawn: kept, do not use it")
        elif path.read_bytes() == notice:
            say(f"已知撤回 {issue.name}", "already known as withdrawn")
        else:
            raise Refused("同一期已有不同的撤回说明", "the saved notice has other content")


class Subscriber:
    """Saves the messages of one queue in `archive`; acknowledges each when it is on disk, and with
    `name`, its own, when a receipt is sent.

    With `since` it first saves what the stream of all reports has, from the issue of that number
    on. It ends after `count` new briefings, or after `timeout` seconds without a message, where
    these are given.
    """

    def __init__(
        self,
        parameters: pika.URLParameters,
        queue: str,
        archive: Archive,
        count: int | None,
        timeout: float | None,
        name: str | None = None,
        since: int | None = None,
    ) -> None:
        self._name, self._since = name, since
        self._parameters, self._queue, self._archive = parameters, queue, archive
        self._count, self._timeout = count, timeout
        self._saved, self._last_message = 0, time.monotonic()
        self._wait: float = FIRST_WAIT
        self._stopped = False
        self._cannot_write = False
        if archive.keys:
            archive.keys.refresh = self._read_keys

    def stop(self, *_: object) -> None:
        """A signal handler: finish the current message, then end."""
        self._stopped = True

    def run(self) -> int:
        """Receive until there is a reason to end; returns the exit status."""
        while (status := self._status()) is None:
            try:
                # Before a message is asked for, because each one that goes back is counted.
                self._archive.check()
                self._could_write()
                self._consume()
            except CannotWrite as error:
                self._complain(error)
                self._pause(LONGEST_DISK_WAIT)
            except (AMQPError, OSError) as error:
                reason = " ".join([type(error).__name__, *map(str, error.args)])
                say("中断，稍后重试", f"interrupted, will try again: {reason[:300]}")
                self._pause(LONGEST_WAIT)
        return status

    def _complain(self, error: CannotWrite) -> None:
        self._cannot_write = True
        say(
            f"不能写入 {self._archive.folder}（{error}）：暂停接收，{self._wait:g} 秒后再试",
            f"can't write there: nothing is received; will try again in {self._wait:g} s",
            to=sys.stderr,
        )

    def _could_write(self) -> None:
        if self._cannot_write:
            say("可以写入了，继续接收", "can write again", to=sys.stderr)
        # The wait goes on growing until a briefing is saved: perhaps only this one can't be.
        self._cannot_write = False

    def _consume(self) -> None:
        with pika.BlockingConnection(self._parameters) as connection:
            channel = connection.channel()
            channel.queue_declare(self._queue, passive=True)
            # One at a time: if this program dies, no other message counts as delivered too often.
            channel.basic_qos(prefetch_count=1)
            if self._name:
                # A receipt counts as sent when the broker has it.
                channel.confirm_delivery()
            # The queue is there: what is published from now on is in it. So nothing is missed
            # between the stream's end and the queue, and what is in both is saved once.
            self._catch_up(channel)
            say(f"正在接收 {self._queue}", "listening")
            for method, _, body in channel.consume(self._queue, inactivity_timeout=POLL_SECONDS):
                if method:
                    self._take(channel, body)
                    channel.basic_ack(method.delivery_tag)
                if self._status() is not None:
                    return

    def _catch_up(self, channel: Any) -> None:
        """Save what the stream has, in its order. After an interruption it begins again."""
        if self._since is None:
            return
        say(f"补收 {REPORT_STREAM}", "catching up")
        with stream(self._parameters, REPORT_STREAM) as bodies:
            for body in bodies:
                if number_of(body) >= self._since:
                    self._take(channel, body)
                if self._status() is not None:
                    return
        self._since = None

    def _read_keys(self) -> None:
        with stream(self._parameters, KEY_STREAM) as bodies:
            for body in bodies:
                with suppress(Refused):
                    kind, _, data = read_event(body)
                    self._archive.keys.hear(kind, data)

    def _take(self, channel: Any, body: bytes) -> None:
        outcome = self._archive.save(body)
        self._send_receipt(channel, outcome.receipt)
        self._saved += outcome.is_new
        self._last_message, self._wait = time.monotonic(), FIRST_WAIT

    def _send_receipt(self, channel: Any, receipt: dict[str, str] | None) -> None:
        if self._name and receipt:
            properties = pika.BasicProperties(content_type="application/json", delivery_mode=2)
            channel.basic_publish(
                RECEIPTS, self._name, canonical(receipt), properties, mandatory=True
            )

    def _status(self) -> int | None:
        """The exit status if it is time to end, else None."""
        if self._stopped or (self._count and self._saved >= self._count):
            return 0
        silent = time.monotonic() - self._last_message
        if self._timeout and silent > self._timeout:
            return CANNOT_WRITE if self._cannot_write else NOTHING_CAME
        return None

    def _pause(self, longest: float) -> None:
        until = time.monotonic() + self._wait
        while self._status() is None and time.monotonic() < until:
            time.sleep(POLL_SECONDS)
        self._wait = min(self._wait * 2, longest)


@contextmanager
def stream(parameters: pika.URLParameters, name: str) -> Iterator[Iterator[bytes]]:
    """The messages that a stream has by now, from its first one on."""
    connection = pika.BlockingConnection(parameters)
    try:
        yield messages_of(connection, name)
    finally:
        # pika returns what it was handed already, which no stream takes.
        with suppress(AMQPError):
            connection.close()


def messages_of(connection: Any, name: str) -> Iterator[bytes]:
    """Up to what is its end when this begins, at least."""
    is_reached = False
    last = last_offset(connection, name)
    if last is None:
        return
    for offset, body in read_stream(connection, name, "first"):
        if body is not None:
            is_reached = offset >= last
            yield body
        elif is_reached:
            return


def last_offset(connection: Any, name: str) -> int | None:
    """The offset of a message at the end of a stream; None where it has none."""
    for offset, body in read_stream(connection, name, "last"):
        if body is not None:
            return offset
        # A stream counts a new message some seconds later: so this is asked only after silence.
        if not connection.channel().queue_declare(name, passive=True).method.message_count:
            return None
    return None


def read_stream(connection: Any, name: str, begin: str) -> Iterator[tuple[int, bytes | None]]:
    """Offset and body of each message; no body where nothing came for END_SECONDS."""
    channel = connection.channel()
    channel.basic_qos(prefetch_count=10)
    consumed = channel.consume(
        name, arguments={"x-stream-offset": begin}, inactivity_timeout=END_SECONDS
    )
    for method, properties, body in consumed:
        if method:
            yield properties.headers["x-stream-offset"], body
            channel.basic_ack(method.delivery_tag)
        else:
            yield -1, None


def number_of(body: bytes) -> int:
    """The number of the briefing in a message; of another report, and of one that can't be read, a
    very large one, so that it is looked at."""
    try:
        data = json.loads(body)["data"]
        return int(data["issue"]) if "W" in data["period"] else sys.maxsize
    except (KeyError, TypeError, ValueError, RecursionError):
        return sys.maxsize


def read_event(body: bytes) -> tuple[str, Any, Any]:
    """Type, id and data of a CloudEvents 1.0 event in JSON. Raises Refused."""
    try:
        event = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refused("不是 JSON", "not JSON") from error
    if not isinstance(event, dict) or event.get("specversion") != "1.0":
        raise Refused("不是 CloudEvents 1.0", "not CloudEvents 1.0")
    if not isinstance(event.get("type"), str):
        raise Refused("没有事件类型", "no event type")
    return event["type"], event.get("id"), event.get("data")


def receipt(identity: Any, outcome: str, **more: str) -> dict[str, str] | None:
    """The receipt for an event; None for one without an id."""
    if not isinstance(identity, str):
        return None
    return {"event": identity, "outcome": outcome, **more}


def checked(data: Any) -> tuple[str, bytes]:
    """File name (without suffix) and bytes of the issue in an event's `data`. Raises Refused."""
    try:
        document = json.loads(data["document"])
        name, name_inside = name_of(data), name_of(document)
        expected = digest({key: document[key] for key in document.keys() - {"digest", "signature"}})
        content = data["document"].encode()
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise Refused("缺少内容或格式不对", "a field is missing or malformed") from error
    if not NAME.fullmatch(name) or name != name_inside:
        raise Refused("期号或版次不对", "period or revision is wrong")
    if not data.get("digest") == document.get("digest") == expected:
        raise Refused("摘要不符", "the digest doesn't match")
    # With other spaces or a duplicate key the digest would match, but the file would differ.
    if canonical(document) != content:
        raise Refused("不是规范 JSON", "not canonical JSON")
    return name, content


def checked_notice(data: Any) -> tuple[str, bytes, set[str]]:
    """File name (without suffix) of the withdrawn issue, bytes of the notice, digests of the issue:
    of the internal edition, and of the public one where there is one.

    Raises Refused.
    """
    try:
        notice, content = json.loads(data["notice"]), data["notice"].encode()
        names = ("issue", "period", "revision", "status", "digest", "reason", "successor", "keyid")
        same = all(data[key] == notice[key] for key in names)
        name = name_of(notice)
        withdrawn = {str(notice["digest"]), str(notice.get("public_digest"))}
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise Refused("缺少内容或格式不对", "a field is missing or malformed") from error
    if not NAME.fullmatch(name) or not same or notice["status"] != "withdrawn":
        raise Refused("期号、版次或状态不对", "period, revision or status is wrong")
    if canonical(notice) != content:
        raise Refused("不是规范 JSON", "not canonical JSON")
    return name, content, withdrawn


def checked_test(data: Any) -> str:
    """The digest of a test message. Raises Refused."""
    rest = {key: data[key] for key in data if key != "digest"} if isinstance(data, dict) else {}
    if not rest or data.get("digest") != digest(rest):
        raise Refused("测试消息摘要不符", "the digest of the test doesn't match")
    return str(data["digest"])


def name_of(issue: Mapping[str, Any]) -> str:
    return f"{issue['period']}-r{issue['revision']}"


def digest(value: object) -> str:
    return hashlib.sha256(canonical(value)).hexdigest()


def canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def write_atomically(path: Path, content: bytes) -> None:
    """After a crash the file is either complete or missing."""
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def say(chinese: str, english: str, to: TextIO | None = None) -> None:
    # Its output may go to the disk that is full.
    with suppress(OSError):
        print(f"{chinese} / {english}", flush=True, file=to)


def broker(uri: str) -> pika.URLParameters:
    """pika's parameters of a broker's address. Raises ArgumentTypeError."""
    try:
        parts = urlsplit(uri)
        query = dict(parse_qsl(parts.query))
        authority = query.pop("cacertfile", None)
        parameters = pika.URLParameters(urlunsplit(parts._replace(query=urlencode(query))))
    except (ValueError, IndexError):
        raise argparse.ArgumentTypeError("need amqp://user:password@host:port/vhost") from None
    if parts.scheme == "amqps":
        parameters.ssl_options = pika.SSLOptions(tls_context(authority), parts.hostname)
    elif authority:
        raise argparse.ArgumentTypeError("cacertfile needs amqps://")
    # Some libraries write the virtual host "/" as a second slash; pika reads that as an empty name.
    parameters.virtual_host = parameters.virtual_host or "/"
    parameters.socket_timeout = parameters.stack_timeout = CONNECT_SECONDS
    return parameters


def tls_context(authority: str | None) -> ssl.SSLContext:
    """Trusts the certificate file `authority`, or else the system's authorities, and checks the
    server's name."""
    try:
        return ssl.create_default_context(cafile=authority)
    except OSError as error:
        raise argparse.ArgumentTypeError(f"cacertfile {authority}: {error}") from None


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Save published briefings as files: an example of a report consumer.",
        epilog="Exit status: 0 stopped, or N new briefings are saved; 2 wrong options;"
        " 3 no message came in time; 4 the folder couldn't be written, and --timeout passed.",
    )
    parser.add_argument(
        "--uri",
        type=broker,
        help="the broker, amqp://user:password@host:port/vhost; or set AMQP_URI or AMQP_URI_FILE",
    )
    parser.add_argument("--queue", required=True, help="for example sub.archive.reports")
    parser.add_argument("--out", required=True, type=Path, help="folder for the briefings")
    parser.add_argument(
        "--receipts",
        action="store_true",
        help="send a receipt for each briefing; the queue has to be sub.NAME.reports",
    )
    parser.add_argument(
        "--since",
        type=int,
        metavar="N",
        help="first save what was published before, from the issue of this number on; 1 for all",
    )
    parser.add_argument(
        "--key",
        type=trusted_keys,
        metavar="FILE",
        help="check signatures: a public key in PEM that was compared on another way. Later keys"
        " come by the stream keys. It needs the package cryptography",
    )
    parser.add_argument("--count", type=int, metavar="N", help="end after N new briefings")
    parser.add_argument(
        "--timeout", type=float, metavar="S", help="end after S seconds without a message"
    )
    arguments = parser.parse_args()
    named = QUEUE.fullmatch(arguments.queue)
    if arguments.receipts and not named:
        parser.error("--receipts needs a queue of the form sub.NAME.reports")
    arguments.name = named["name"] if named and arguments.receipts else None
    try:
        arguments.uri = arguments.uri or broker(uri_from_environment())
    except (OSError, UnicodeDecodeError, argparse.ArgumentTypeError) as error:
        parser.error(str(error))
    return arguments


def trusted_keys(file: str) -> Any:
    """Raises ArgumentTypeError."""
    try:
        # Only who checks signatures needs cryptography.
        from signatures import Keys  # type: ignore[import-not-found, unused-ignore]
    except ImportError as error:
        raise argparse.ArgumentTypeError(f"pip install cryptography: {error}") from None
    try:
        return Keys(Path(file))
    except (OSError, ValueError) as error:
        raise argparse.ArgumentTypeError(f"{file}: {error}") from None


def uri_from_environment() -> str:
    """AMQP_URI, or the content of the file AMQP_URI_FILE, which keeps the password out of process
    lists."""
    file, uri = os.environ.get("AMQP_URI_FILE"), os.environ.get("AMQP_URI")
    if file and not uri:
        return Path(file).read_text(encoding="utf-8").strip()
    if uri and not file:
        return uri
    raise argparse.ArgumentTypeError("give --uri, or set one of AMQP_URI and AMQP_URI_FILE")


def main() -> int:
    # pika logs one failure many times; the subscriber prints it once.
    logging.getLogger("pika").setLevel(logging.CRITICAL)
    arguments = read_arguments()
    archive = Archive(arguments.out, arguments.key)
    subscriber = Subscriber(
        arguments.uri,
        arguments.queue,
        archive,
        arguments.count,
        arguments.timeout,
        arguments.name,
        arguments.since,
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, subscriber.stop)
    return subscriber.run()


if __name__ == "__main__":
    sys.exit(main())
