"""Requests for helpers: relief asks volunteering, by RPC with a deadline.

A request stays pending while volunteering or the broker is down, and is sent again later. The
command's id is derived from the order, so a repeated request publishes no second activity.
"""

from contextlib import suppress

from nameko.exceptions import RemoteError

from services.relief.documents import UNKNOWN_DAY, Order
from shared.aggregates.aggregate import derived_id
from shared.aggregates.repository import Repository
from shared.contracts.envelope import Moment
from shared.domain.errors import (
    Conflict,
    DeadlineExceeded,
    NeedsConfirmation,
    Unavailable,
    WarmError,
)
from shared.domain.types import Json
from shared.platform import logging_setup
from shared.service.rpc_client import RpcClient
from shared.service.service_context import ServiceContext

log = logging_setup.get(__name__)

ACTOR = "service:relief"
# Volunteering hasn't decided.
NOT_NOW = (DeadlineExceeded, Unavailable)
ACTIVITY_NAME = {"zh": "协助送单", "en": "help with a relief delivery"}


def request_helpers(repository: Repository, context: ServiceContext) -> None:
    """Send the pending request of every order to volunteering and record the answers."""
    lost = {"helpers.planned_for": {"$ne": UNKNOWN_DAY}}
    waiting = repository.find(Order, **{"helpers.status": "pending"}, **lost)
    if not waiting:
        return
    with RpcClient(context.settings.amqp_uri) as rpc:
        for order in waiting:
            try:
                activity = _publish_activity(rpc, context.settings.rpc_seconds, order)
            except NOT_NOW as error:
                log.warning("helpers still pending", error=type(error).__name__)
                return
            except RemoteError as error:
                # The fault may lie in this request alone, so the next one is tried.
                log.warning("helpers still pending", error=type(error).__name__)
                continue
            _record_answer(repository, order, activity)


def _publish_activity(rpc: RpcClient, seconds: float, order: Order) -> str | None:
    """The id of the activity that volunteering published; None where it refused."""
    activity: Json = {
        "command_id": derived_id(f"{order.id}:helpers:{order.asked}"),
        "actor": ACTOR,
        "orgunit": order.orgunit,
        "time": order.helpers.asked_at,
        "name": ACTIVITY_NAME,
        "category": "relief_delivery",
        "planned_for": order.helpers.planned_for,
        "wanted": order.helpers.wanted,
        "activity_key": order.id,
    }

    def publish(**more: bool) -> Json:
        answer: Json = rpc.call("volunteering", "publish_activity", seconds, **activity, **more)
        return answer

    try:
        try:
            result = publish()
        except NeedsConfirmation:
            # The person who asked for the helpers has confirmed it here.
            result = publish(confirm_unlikely=True)
    except NOT_NOW:
        raise
    except WarmError as error:
        log.warning("helpers refused", error=type(error).__name__)
        return None
    identity: str = result["id"]
    return identity


def _record_answer(repository: Repository, order: Order, activity: str | None) -> None:
    command = repository.command(
        "answer_helpers",
        derived_id(f"{order.id}:answer:{order.asked}"),
        ACTOR,
        {"id": order.id, "activity": activity},
    )
    moment = Moment(command.recorded)
    # Another instance of this service may have recorded it already.
    with suppress(Conflict):
        repository.change(Order, order.id, command, lambda it: it.answer_helpers(activity, moment))
