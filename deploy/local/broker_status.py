"""What the broker alone shows of a running system, also while services are down: undelivered
messages, and queues without their policy."""

from amqp import AMQPError
from kombu.exceptions import KombuError

from deploy.broker_definitions import lacking
from deploy.local.errors import CannotRun
from deploy.local.stack import Stack
from shared.domain.types import Json
from shared.platform import broker, topology

UNKNOWN = "nobody has checked it"


def undelivered(amqp_uri: str) -> dict[str, dict[str, int]]:
    """Service → the queues of undelivered messages that it looks after and that aren't empty. None
    is listed where the broker doesn't answer, or has no such queues yet."""
    try:
        counts = topology.undelivered(amqp_uri)
    except (OSError, AMQPError, KombuError):
        counts = {}
    return {
        service: {
            queue: counts[queue]
            for queue in topology.undelivered_queues(service)
            if counts.get(queue)
        }
        for service in topology.SERVICES
    }


def problems_of_stack(stack: Stack) -> list[Json]:
    """The problems of the stack's broker, which is asked itself."""
    try:
        return _problems(stack.check_broker())
    except CannotRun:
        # It isn't the stack's own, or doesn't answer.
        return problems_at(stack.amqp_uri)


def problems_at(amqp_uri: str) -> list[Json]:
    """The problems of a broker, by what its own health check found last."""
    try:
        return _problems(broker.cluster_name(amqp_uri))
    except (OSError, AMQPError, KombuError):
        return []


def _problems(cluster_name: str) -> list[Json]:
    """A list of problems, as `health` gives them."""
    queues = lacking(cluster_name)
    if queues is None:
        return [{"code": "limits", "detail": UNKNOWN}]
    return [{"code": "limits", "detail": ", ".join(queues)}] if queues else []
