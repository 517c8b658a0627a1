"""Gives partners what they need at a running broker, and takes it away: by rabbitmqctl, which may
do everything, and which only somebody on the broker's machine can run."""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from deploy.bridge.definitions import definitions, queues
from deploy.bridge.partners import Partner
from deploy.bridge.registry import Registry
from deploy.broker_definitions import with_passwords
from deploy.local.errors import CannotRun
from shared.domain.types import Json


class Control(Protocol):
    """The broker's own command line. Raises CannotRun where it fails."""

    def run(self, *arguments: str) -> str:
        """The output of rabbitmqctl with these arguments."""

    def load(self, definitions: str) -> None:
        """Import definitions, by a file: from its input 3.10 takes them too, 4.0 never ends."""


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
        self._control.load(json.dumps(complete))

    def take(self, partner: Partner) -> None:
        """Everything of a partner that the registry has no more, with what waits for it."""
        self._ignoring_missing("delete_user", partner.account)
        self._ignoring_missing("delete_vhost", partner.account)
        self._ignoring_missing("delete_queue", partner.events_queue)
        self.give()

    def close_connections(self, partner: Partner, reason: str) -> None:
        """Those that are open know nothing of a new password."""
        self._control.run("close_all_user_connections", partner.account, reason)

    def lag(self) -> dict[str, int]:
        """Queue → how many messages it has, in our virtual host."""
        found = self._control.run("list_queues", "name", "messages", "--formatter", "json")
        return {it["name"]: it["messages"] for it in json.loads(found)}

    def _ignoring_missing(self, *arguments: str) -> None:
        with suppress(CannotRun):
            self._control.run(*arguments)
