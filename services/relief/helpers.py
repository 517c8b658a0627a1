"""Helpers for a delivery: relief asks volunteering, by RPC with a deadline.

Whatever is down meanwhile, the request stays pending and is passed on later. The command's id
follows from the order, so that volunteering publishes one activity however often it is asked.
"""

from contextlib import suppress

from nameko.exceptions import RemoteError

from services.relief.documents import Order
from shared.aggregates.aggregate import new_id
from shared.contracts.envelope import Moment
from shared.domain.errors import Conflict, DeadlineExceeded, WarmError
from shared.platform import logging_setup
from shared.service.rpc_client import RpcClient

log = logging_setup.get(__name__)

HELPERS_SECONDS = 2
ACTOR = "service:relief"
ACTIVITY = {"zh": "协助送单", "en": "help with a relief delivery"}


def seek_helpers(repository, context):
    """Ask for every order whose request is pending."""
    waiting = repository.find(Order, **{"helpers.status": "pending"})
    if not waiting:
        return
    with RpcClient(context.settings.amqp_uri) as rpc:
        for order in waiting:
            try:
                activity = _ask(rpc, context, order)
            except DeadlineExceeded:
                log.warning("helpers still pending", error="DeadlineExceeded")
                return
            except RemoteError as error:
                # Of this one; those behind it may be answered.
                log.warning("helpers still pending", error=type(error).__name__)
                continue
            _note(repository, order, activity)


def _ask(rpc, context, order):
    """The id of the activity that volunteering published; None where it refused."""
    try:
        return rpc.call(
            "volunteering",
            "publish_activity",
            context.settings.rpc_seconds,
            command_id=new_id(f"{order.id}:helpers:{order.asked}"),
            actor=ACTOR,
            orgunit=order.orgunit,
            time=order.helpers.asked_at,
            name=ACTIVITY,
            category="relief_delivery",
            planned_for=order.helpers.planned_for,
            wanted=order.helpers.wanted,
            activity_key=order.id,
        )["id"]
    except DeadlineExceeded:
        raise
    except WarmError as error:
        log.warning("helpers refused", error=type(error).__name__)
        return None


def _note(repository, order, activity):
    arguments = {"id": order.id, "activity": activity}
    command = repository.command(
        "answer_helpers", new_id(f"{order.id}:answer:{order.asked}"), ACTOR, arguments
    )
    moment = Moment(command.recorded)
    # Another instance of this service may have noted it already.
    with suppress(Conflict):
        repository.change(Order, order.id, command, lambda it: it.answer_helpers(activity, moment))
