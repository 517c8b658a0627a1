"""RPC methods for subscribers."""

from collections.abc import Callable
from typing import Any

from services.supervision.receipts.receipt_store import ReceiptStore
from services.supervision.receipts.receipts import Receipts
from services.supervision.receipts.subscriber_entries import (
    SubscriberEntries,
    SubscriberEntry,
    entry_id,
)
from shared.aggregates.aggregate import Command
from shared.contracts.envelope import Moment, event_id
from shared.contracts.rpc import subscribers
from shared.domain.errors import Conflict, NotFound, ValidationFailed
from shared.domain.periods import format_instant
from shared.domain.types import Json
from shared.messaging.undelivered import Undelivered
from shared.platform.permissions import KEEPER, identities
from shared.platform.subscribers import ARCHIVE, OWNER, event_keys
from shared.service.aggregate_commands import AggregateCommands
from shared.service.rpc_server import rpc_methods

rpc = rpc_methods(subscribers.METHODS)

# Names of broker users that are or may be somebody else's.
RESERVED = (KEEPER, "warm", "guest", "backup")
OWN = "is the deployment's own: its password is a secret file of the deployment"


class SubscriberCommands(AggregateCommands):
    @rpc
    def add_subscriber(self, command: Command, name: str, password_hash: str, **gets: Any) -> Json:
        """A report consumer is known from now on. The broker has to be told, by an operator's
        command: this service may not make users or queues."""
        if name in (*identities(), *RESERVED):
            raise Conflict({"kind": "subscriber", "id": name, "reason": "the name is taken"})
        unknown = [it for it in gets["events"] if not event_keys([it])]
        if unknown:
            wanted = "patterns of events that may be subscribed to, such as relief.order.*"
            raise ValidationFailed({"events": [f"Must be {wanted}: {', '.join(unknown)}."]})
        now = Moment(command.recorded)
        return self._put(command, name, lambda it: it.add(password_hash, now, **gets))

    @rpc
    def rotate_subscriber(self, command: Command, name: str, password_hash: str) -> Json:
        """It has another password from now on."""
        self._refuse_own(name)
        now = Moment(command.recorded)
        return self._change(command, name, lambda it: it.rotate(password_hash, now))

    @rpc
    def remove_subscriber(self, command: Command, name: str) -> Json:
        """It is a subscriber no more. Its events stay in the log, its receipts don't."""
        self._refuse_own(name)
        now = Moment(command.recorded)
        removed = self._change(command, name, lambda it: it.remove(now))
        ReceiptStore(self.context.database).forget(name)
        return removed

    @rpc
    def test_subscriber(self, command: Command, name: str) -> Json:
        """Send a test message, which is no issue, to the queue of one subscriber alone."""
        account = self._entries.accounts().get(name)
        if account is None:
            raise NotFound({"kind": "subscriber", "id": name})
        event, now = event_id(OWNER, command.id, 1), Moment(command.recorded)
        act = self._put if name == ARCHIVE.name else self._change
        tested = act(command, name, lambda it: it.test(event, now))
        # It needs its number in the log before it can be sent.
        self.context.outbox.number()
        Receipts(self.context).send_test(command, account, event)
        return tested | {"event": event}

    @rpc
    def subscribers(self) -> list[Json]:
        """The active subscribers: what each gets, what waits for it, and what it has said."""
        return Receipts(self.context).list()

    @rpc
    def subscriber_accounts(self) -> list[Json]:
        """What the broker has to know of each subscriber, removed ones included."""
        return [
            {
                "name": name,
                "status": it["status"],
                "reports": it.get("reports"),
                "events": it.get("events", []),
                "password_hash": it.get("password_hash"),
            }
            for name, it in self._entries.stored().items()
            if name != ARCHIVE.name
        ]

    @property
    def undelivered_messages(self) -> Undelivered:
        """With those of the subscribers that were added."""
        return Undelivered(
            self.context.settings.amqp_uri, OWNER, self.context.action_log, self._undelivered_queues
        )

    def _undelivered_queues(self) -> dict[str, tuple[str, ...]]:
        accounts = self._entries.accounts().values()
        return {
            name: it for account in accounts for name, it in account.undelivered_queues().items()
        }

    @property
    def _entries(self) -> SubscriberEntries:
        return SubscriberEntries(self.context.database)

    def _change(
        self, command: Command, name: str, act: Callable[[SubscriberEntry], object]
    ) -> Json:
        return self.repository.change(SubscriberEntry, entry_id(name), command, act)

    def _put(self, command: Command, name: str, act: Callable[[SubscriberEntry], object]) -> Json:
        district = self.context.orgunits.district()
        if district is None:
            raise Conflict({"reason": "the registry has no district yet: import org units first"})
        own = {"status": "active", "reports": ARCHIVE.reports} if name == ARCHIVE.name else {}
        since = format_instant(command.recorded)
        return self.repository.put(
            SubscriberEntry,
            entry_id(name),
            command,
            act,
            orgunit=district,
            name=name,
            since=since,
            **own,
        )

    def _refuse_own(self, name: str) -> None:
        if name == ARCHIVE.name:
            raise Conflict({"kind": "subscriber", "id": name, "reason": OWN})
