"""Gives partners what they need at a running broker, and takes it away: by rabbitmqctl, which may
do everything, and which only somebody on the broker's machine can run."""

import json
from collections.abc import Callable
from contextlib import suppress

from deploy.bridge.definitions import definitions, queues
from deploy.bridge.partners import Partner
from deploy.bridge.registry import Registry
from deploy.broker_definitions import with_passwords
from deploy.local.broker_accounts import Control, close_connections
from deploy.local.errors import CannotRun
from shared.domain.types import Json


class Access:
    """`password_of` is by user."""

    def __init__(
        self, registry: Registry, control: Control, password_of: Callable[[str], str]
    ) -> None:
        self._registry, self._control, self._password_of = registry, control, password_of

    def give(self) -> None:
        """What all partners need; what is there already stays."""
        partners = list(self._registry.partners().values())
        needed: Json = definitions(partners) | queues(partners)
        complete = with_passwords(needed, self._password_of)
        self._control("import_definitions", given=json.dumps(complete))

    def take(self, partner: Partner) -> None:
        """Everything of a partner that the registry has no more, with what waits for it."""
        self._ignoring_missing("delete_user", partner.account)
        self._ignoring_missing("delete_vhost", partner.account)
        self._ignoring_missing("delete_queue", partner.events_queue)
        self.give()

    def close_connections(self, partner: Partner) -> None:
        close_connections(self._control, partner.account)

    def lag(self) -> dict[str, int]:
        """Queue → how many messages it has, in our virtual host."""
        found = self._control("list_queues", "name", "messages", "--formatter", "json")
        return {it["name"]: it["messages"] for it in json.loads(found)}

    def _ignoring_missing(self, *arguments: str) -> None:
        with suppress(CannotRun):
            self._control(*arguments)
