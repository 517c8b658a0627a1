"""Proxies before the broker: one cuts connections in the middle of a frame, one goes silent."""

import socket
import struct
import threading
from contextlib import suppress

HOST = "127.0.0.1"
GREETING = 8
HEADER = struct.Struct(">BHL")
# Class and number of a method: so begins the payload of its frame.
CONSUME, PUBLISH, ACK = (struct.pack(">HH", 60, number) for number in (20, 40, 80))
RESET = struct.pack("ii", 1, 0)


def publishes_to(exchange):
    """Frames that publish to an exchange."""
    return lambda: lambda frame: frame.startswith(_of(PUBLISH, exchange), HEADER.size)


def acks_from(queue):
    """Frames that acknowledge what a connection consumes, once it consumes from the queue."""

    def of_one_connection():
        consuming = False

        def chosen(frame):
            nonlocal consuming
            consuming = consuming or frame.startswith(_of(CONSUME, queue), HEADER.size)
            return consuming and frame.startswith(ACK, HEADER.size)

        return chosen

    return of_one_connection


def _of(method, name):
    """How the payload of a method begins that is about an exchange or a queue."""
    return method + b"\0\0" + bytes([len(name)]) + name.encode()


class Listener:
    """Listens on a port of its own while the block lasts; `_serve` gets each client in a thread."""

    def __init__(self, port):
        self._target = (HOST, port)

    def __enter__(self):
        self._listener = socket.create_server((HOST, 0))
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        # Closing alone doesn't wake who waits for a connection.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    @property
    def port(self):
        return self._listener.getsockname()[1]

    def _accept(self):
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()


class Proxy(Listener):
    """Cuts a connection in the middle of a frame that is `chosen`, or in one of the two behind it
    (the properties and the body, where it publishes), `times` times in all. `chosen()` gives the
    predicate for the frames of one connection.
    """

    def __init__(self, port, chosen, times, chance):
        super().__init__(port)
        self._chosen, self._times, self._chance = chosen, times, chance
        self._lock = threading.Lock()
        self.cuts = 0

    def _serve(self, client):
        try:
            broker = socket.create_connection(self._target)
        except OSError:
            _reset(client)
            return
        answers = threading.Thread(target=_copy, args=(broker, client), daemon=True)
        answers.start()
        with suppress(OSError):
            self._forward(client, broker)
        _reset(client)
        _reset(broker)

    def _forward(self, client, broker):
        """Frame by frame, until one end closes or the connection is cut."""
        incoming = client.makefile("rb")
        broker.sendall(incoming.read(GREETING))
        until_cut, chosen = None, self._chosen()
        while len(header := incoming.read(HEADER.size)) == HEADER.size:
            frame = header + incoming.read(HEADER.unpack(header)[2] + 1)
            if until_cut is None and chosen(frame) and self._is_due():
                until_cut = self._chance.randrange(
                    3 if frame.startswith(PUBLISH, HEADER.size) else 1
                )
            if until_cut == 0:
                broker.sendall(frame[: len(frame) // 2])
                return
            broker.sendall(frame)
            until_cut = until_cut and until_cut - 1

    def _is_due(self):
        with self._lock:
            due = self.cuts < self._times and self._chance.random() < 0.5
            self.cuts += due
            return due


def _copy(source, target):
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    _reset(target)


def _reset(connection):
    """Close it at once, as a cable that is pulled: the other end sees a reset."""
    with suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()


class Blackhole(Listener):
    """Passes everything on until `swallow` is called; from then on nothing, in either direction,
    and nobody is told. As a cable that is cut far away."""

    def __init__(self, port):
        super().__init__(port)
        self._swallowing = threading.Event()

    def swallow(self):
        self._swallowing.set()

    def _serve(self, client):
        broker = socket.create_connection(self._target)
        threading.Thread(target=self._pass, args=(broker, client), daemon=True).start()
        self._pass(client, broker)

    def _pass(self, source, target):
        with suppress(OSError):
            while data := source.recv(65536):
                if not self._swallowing.is_set():
                    target.sendall(data)
        if not self._swallowing.is_set():
            _reset(target)
