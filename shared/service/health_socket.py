"""The health of a service on a unix socket of its own process, independent of the broker.

    @rpc
    @probe
    def health(self): ...

A client that connects to the socket WARM_HEALTH_SOCKET gets the method's result as JSON (see
`shared/service/health_client.py`), also while the broker is unreachable.
"""

import json
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import eventlet
from nameko.extensions import Entrypoint

from shared.domain.types import Method
from shared.platform import logging_setup
from shared.service.service_context import ServiceContext

log = logging_setup.get(__name__)


class Probe(Entrypoint):
    context = ServiceContext()
    _listener: Any = None

    def start(self) -> None:
        path = self.context.settings.health_socket
        if path:
            # A killed process leaves its socket behind; two processes never share one.
            with suppress(FileNotFoundError):
                os.unlink(path)
            self._listener = eventlet.listen(path, family=socket.AF_UNIX)
            self.container.spawn_managed_thread(self._serve, identifier="health socket")

    def stop(self) -> None:
        if self._listener:
            listener, self._listener = self._listener, None
            # This wakes the thread that waits in `accept`; closing the socket doesn't.
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()

    kill = stop

    def _serve(self) -> None:
        while listener := self._listener:
            try:
                connection, _ = listener.accept()
            except OSError:
                continue
            self.container.spawn_worker(
                self, (), {}, handle_result=partial(self._answer, connection)
            )

    @staticmethod
    def _answer(
        connection: Any, worker_ctx: Any, result: Any = None, exc_info: Any = None
    ) -> tuple[Any, Any]:
        try:
            with connection:
                connection.sendall(json.dumps(result).encode())
        except OSError as error:
            log.warning("health answer not sent", error=type(error).__name__)
        return result, exc_info


probe: Callable[[Method], Method] = Probe.decorator
