"""Tries a partner's access as the partner itself: with its address, in its virtual host."""

from deploy.bridge.gate import is_command
from deploy.bridge.partners import Partner
from deploy.local.errors import CannotRun
from shared.domain.errors import ValidationFailed, WarmError
from shared.platform import broker
from shared.platform.broker_alarm import UNREACHABLE
from shared.service.rpc_client import RpcClient

SECONDS = 15


def tried(partner: Partner, uri: str) -> str:
    """What was found. Raises CannotRun where the partner couldn't work."""
    try:
        return _call(partner, uri) if partner.methods else _connect(uri)
    except UNREACHABLE as error:
        raise CannotRun(
            f"No connection: {broker.describe(error)}.", "See ./warm status."
        ) from error


def _call(partner: Partner, uri: str) -> str:
    method = min(partner.methods, key=is_command)
    with RpcClient(uri) as rpc:
        try:
            service, _, name = method.partition(".")
            rpc.call(service, name, SECONDS)
        except ValidationFailed:
            # The service read the request: it misses arguments.
            return f"{method} answers"
        except WarmError as error:
            problem = f"{method}: {type(error).__name__} {error.data}"
            raise CannotRun(problem, "See ./warm partner list.") from error
    return f"{method} answers"


def _connect(uri: str) -> str:
    with broker.connection(uri, connect_timeout=SECONDS) as connection:
        connection.connect()
    return "it may log in; it hears events and calls nothing"
