"""Protocols that the broker can speak beside AMQP 0-9-1: each by a plugin, none by default.

`WARM_PROTOCOLS` names those that are wanted. Here is everything that depends on it: plugins, ports
and listeners, for a local stack and for a deployment.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import CannotRun
from deploy.local.places import ROOT
from shared.platform.declarations import events_exchange

SETTING = "WARM_PROTOCOLS"


@dataclass(frozen=True)
class Protocol:
    """`port` is that of a deployment, which speaks TLS only; `above` is how far the port of a local
    stack is above its first one. AMQP 1.0 has neither: it is spoken at the port of AMQP 0-9-1."""

    plugin: str
    listener: str = ""
    port: int = 0
    above: int = 0
    more: tuple[str, ...] = ()


PROTOCOLS = {
    "amqp1": Protocol("rabbitmq_amqp1_0"),
    "stream": Protocol("rabbitmq_stream", "stream", 5551, 10),
    "stomp": Protocol("rabbitmq_stomp", "stomp", 61614, 11),
    "mqtt": Protocol(
        "rabbitmq_mqtt",
        "mqtt",
        8883,
        12,
        # MQTT knows no exchanges: its topics are the routing keys of this one.
        (f"mqtt.exchange = {events_exchange('supervision')}", "mqtt.allow_anonymous = false"),
    ),
}


@dataclass(frozen=True)
class Listening:
    """Where the broker listens: its `address` ("" for all of the machine's), and the `host` that
    clients reach it by."""

    address: str
    host: str
    with_tls: bool
    # The first port of a local stack; None in a deployment.
    base: int | None = None

    def port(self, protocol: Protocol) -> int:
        return protocol.port if self.base is None else self.base + protocol.above


def chosen(text: str) -> list[str]:
    """The protocols that the setting names, with commas between. Raises CannotRun for a name that
    it doesn't know."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    if unknown := [name for name in names if name not in PROTOCOLS]:
        raise CannotRun(
            f"{SETTING} names {unknown[0]!r}.",
            f"Name some of {','.join(PROTOCOLS)}, with commas between, or none.",
        )
    return names


def setting_of_deployment(folder: Path = ROOT, environment: Mapping[str, str] = os.environ) -> str:
    """The setting as docker-compose sees it: in the environment, or else in the file `.env`."""
    lines = (folder / ".env").read_text(encoding="utf-8").splitlines()
    written = dict(line.split("=", 1) for line in lines if "=" in line and line[0] != "#")
    return environment.get(SETTING, written.get(SETTING, ""))


def plugins(names: Iterable[str], *others: str) -> str:
    """The file of enabled plugins."""
    return f"[{','.join((*others, *(PROTOCOLS[name].plugin for name in names)))}].\n"


def configuration(names: Iterable[str], where: Listening) -> str:
    """What the protocols need in rabbitmq.conf. A key of a plugin that isn't enabled would keep the
    broker from starting."""
    lines: list[str] = []
    for protocol in (PROTOCOLS[name] for name in names if PROTOCOLS[name].listener):
        key, port = protocol.listener, where.port(protocol)
        place = f"{where.address}:{port}" if where.address else str(port)
        kind, unused = ("ssl", "tcp") if where.with_tls else ("tcp", "ssl")
        lines += [f"{key}.listeners.{unused} = none", f"{key}.listeners.{kind}.1 = {place}"]
        lines += protocol.more
        if key == "stream":
            # Its clients are told where to connect for a stream.
            tls = "tls_" if where.with_tls else ""
            lines += [f"stream.advertised_host = {where.host}"]
            lines += [f"stream.advertised_{tls}port = {port}"]
    return "".join(f"{line}\n" for line in lines)
