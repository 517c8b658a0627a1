#!/usr/bin/env python3
"""Keeps published briefings as files: an example of a report consumer of one's own.

It needs pika and nothing else of this project. See README.md beside it.
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
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import pika
from pika.exceptions import AMQPError

PUBLISHED = ("supervision.briefing.published", "supervision.briefing.revised")
NAME = re.compile(r"[0-9]{4}-W[0-9]{2}-r[0-9]{1,4}")
POLL_SECONDS = 0.25
CONNECT_SECONDS = 5
FIRST_WAIT, LONGEST_WAIT = 0.5, 10
NOTHING_CAME = 3


class Refused(Exception):
    """This message holds no briefing that may be kept; the reason in Chinese and in English."""


class Archive:
    """Published briefings in a folder, `<period>-r<revision>.json`, each written once."""

    def __init__(self, folder):
        self.folder = folder
        self._refused = folder / "refused"
        self._refused.mkdir(parents=True, exist_ok=True)

    def take(self, body):
        """Keep what `body` brings, and say so. True if it is a briefing not seen before."""
        try:
            kind, data = read_event(body)
            if kind in PUBLISHED:
                return self._keep(*checked(data))
            say("忽略其他类型的消息", f"ignored, of another type: {kind[:100]!a}")
        except Refused as refusal:
            chinese, english = refusal.args
            name = hashlib.sha256(body).hexdigest()
            write_atomically(self._refused / name, body)
            say(f"拒收（{chinese}）", f"refused ({english}): refused/{name}")
        return False

    def _keep(self, name, content):
        path = self.folder / f"{name}.json"
        new = not path.exists()
        if new:
            write_atomically(path, content)
            say(f"已保存 {path.name}", "saved")
        elif path.read_bytes() == content:
            say(f"已有 {path.name}", "already have it")
        else:
            raise Refused("同一期同一版已有不同内容", "this issue is here with other content")
        return new


class Subscriber:
    """Hands the messages of one queue to `archive`; acknowledges each when it is on disk."""

    def __init__(self, parameters, queue, archive, count, timeout):
        self._parameters, self._queue, self._archive = parameters, queue, archive
        self._count, self._timeout = count, timeout
        self._saved, self._heard, self._wait = 0, time.monotonic(), FIRST_WAIT
        self._stopped = False

    def stop(self, *_):
        """From a signal: finish the message in hand, then end."""
        self._stopped = True

    def run(self):
        """The exit status, once it is stopped, has enough or has heard nothing for too long."""
        while self._status() is None:
            try:
                self._consume()
            except (AMQPError, OSError) as error:
                # A full disk too: the message is not acknowledged, so it comes again.
                reason = " ".join([type(error).__name__, *map(str, error.args)])
                say("中断，稍后重试", f"interrupted, will try again: {reason[:300]}")
                self._pause()
        return self._status()

    def _consume(self):
        with pika.BlockingConnection(self._parameters) as connection:
            channel = connection.channel()
            channel.queue_declare(self._queue, passive=True)
            # One at a time: whoever dies drags no innocent message towards a delivery limit.
            channel.basic_qos(prefetch_count=1)
            say(f"正在接收 {self._queue}", "listening")
            for method, _, body in channel.consume(self._queue, inactivity_timeout=POLL_SECONDS):
                if method:
                    self._saved += self._archive.take(body)
                    channel.basic_ack(method.delivery_tag)
                    self._heard, self._wait = time.monotonic(), FIRST_WAIT
                if self._status() is not None:
                    return

    def _status(self):
        if self._stopped or (self._count and self._saved >= self._count):
            return 0
        silent = time.monotonic() - self._heard
        return NOTHING_CAME if self._timeout and silent > self._timeout else None

    def _pause(self):
        until = time.monotonic() + self._wait
        while self._status() is None and time.monotonic() < until:
            time.sleep(POLL_SECONDS)
        self._wait = min(self._wait * 2, LONGEST_WAIT)


def read_event(body):
    """Type and data of a CloudEvents 1.0 event in JSON. Raises Refused."""
    try:
        event = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refused("不是 JSON", "not JSON") from error
    if not isinstance(event, dict) or event.get("specversion") != "1.0":
        raise Refused("不是 CloudEvents 1.0", "not CloudEvents 1.0")
    if not isinstance(event.get("type"), str):
        raise Refused("没有事件类型", "no event type")
    return event["type"], event.get("data")


def checked(data):
    """File name (without its ending) and bytes of the issue in `data`. Raises Refused."""
    try:
        document = json.loads(data["document"])
        name, name_inside = name_of(data), name_of(document)
        expected = digest({key: document[key] for key in document.keys() - {"digest", "signature"}})
        content = data["document"].encode()
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise Refused("缺少内容或格式不对", "something is missing or malformed") from error
    if not NAME.fullmatch(name) or name != name_inside:
        raise Refused("期号或版次不对", "period or revision is wrong")
    if not data.get("digest") == document.get("digest") == expected:
        raise Refused("摘要不符", "the digest doesn't match")
    # Other spacing or a key given twice would pass the digest, and be another file.
    if canonical(document) != content:
        raise Refused("不是规范 JSON", "not canonical JSON")
    return name, content


def name_of(issue):
    return f"{issue['period']}-r{issue['revision']}"


def digest(value):
    return hashlib.sha256(canonical(value)).hexdigest()


def canonical(value):
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def write_atomically(path, content):
    """After a crash the file is there whole or not at all."""
    temporary = path.with_name(f".{path.name}.tmp")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def say(chinese, english):
    print(f"{chinese} / {english}", flush=True)


def broker(uri):
    try:
        parts = urlsplit(uri)
        query = dict(parse_qsl(parts.query))
        authority = query.pop("cacertfile", None)
        parameters = pika.URLParameters(urlunsplit(parts._replace(query=urlencode(query))))
    except (ValueError, IndexError):
        raise argparse.ArgumentTypeError("need amqp://user:password@host:port/vhost") from None
    if parts.scheme == "amqps":
        parameters.ssl_options = pika.SSLOptions(trusting(authority), parts.hostname)
    elif authority:
        raise argparse.ArgumentTypeError("cacertfile needs amqps://")
    # Some libraries write the virtual host "/" as a second slash; pika reads that as no name.
    parameters.virtual_host = parameters.virtual_host or "/"
    parameters.socket_timeout = parameters.stack_timeout = CONNECT_SECONDS
    return parameters


def trusting(authority):
    """Checks the certificate and the name in it, against the system's authorities or this one."""
    try:
        return ssl.create_default_context(cafile=authority)
    except OSError as error:
        raise argparse.ArgumentTypeError(f"cacertfile {authority}: {error}") from None


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--uri", type=broker)
    parser.add_argument("--queue", required=True, help="for example sub.archive.reports")
    parser.add_argument("--out", required=True, type=Path, help="folder for the briefings")
    parser.add_argument("--count", type=int, help="end after so many new briefings")
    parser.add_argument("--timeout", type=float, help="end with status 3 after so many silent s")
    given = parser.parse_args()
    try:
        given.uri = given.uri or broker(given_uri())
    except (OSError, UnicodeDecodeError, argparse.ArgumentTypeError) as error:
        parser.error(str(error))
    return given


def given_uri():
    """From the environment, or from the file that it names: a password is better kept there."""
    file, uri = os.environ.get("AMQP_URI_FILE"), os.environ.get("AMQP_URI")
    if bool(file) == bool(uri):
        raise argparse.ArgumentTypeError("give --uri, or set one of AMQP_URI and AMQP_URI_FILE")
    return Path(file).read_text(encoding="utf-8").strip() if file else uri


def main():
    # pika tells of one failure many times over; the subscriber says it once.
    logging.getLogger("pika").setLevel(logging.CRITICAL)
    given = arguments()
    archive = Archive(given.out)
    subscriber = Subscriber(given.uri, given.queue, archive, given.count, given.timeout)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, subscriber.stop)
    return subscriber.run()


if __name__ == "__main__":
    sys.exit(main())
