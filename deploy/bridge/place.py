"""Where a bridge runs: on a local stack, or in a deployment. The commands do the same in both."""

from abc import ABC, abstractmethod
from datetime import UTC, datetime

from deploy.bridge.access import Access
from deploy.bridge.partners import Partner
from deploy.bridge.registry import Registry
from deploy.local.errors import CannotRun
from deploy.local.waiting import wait_until
from shared.domain.types import Json

CONNECTED_SECONDS = 30
UNKNOWN = "Partners are listed by ./warm partner list."


class Place(ABC):
    """`access` changes the running broker."""

    registry: Registry
    access: Access

    @abstractmethod
    def start(self) -> None:
        """Start the bridge where there is a partner; one that runs is kept."""

    @abstractmethod
    def health(self) -> Json:
        """The bridge's health; without partners where it doesn't run."""

    @abstractmethod
    def uri_of(self, partner: Partner) -> str:
        """The partner's address, with its password."""

    def put(self, partner: Partner, by: str) -> str:
        """What was done, as `Registry.put` says. What is there already is made again at the
        broker, which may have lost it."""
        did = self.registry.put(partner, by, _now())
        self.access.give()
        self.start()
        return did

    def rotate(self, name: str, by: str) -> Partner:
        partner = self.partner(name)
        self.registry.rotate(partner, by, _now())
        self.access.give()
        self.access.close_connections(partner)
        return partner

    def remove(self, name: str, by: str) -> None:
        partner = self.partner(name)
        self.registry.remove(partner, by, _now())
        self.access.take(partner)

    def partner(self, name: str) -> Partner:
        """Raises CannotRun for an unknown one."""
        found = self.registry.partners().get(name)
        if found is None:
            raise CannotRun(f"There is no partner {name}.", UNKNOWN)
        return found

    def state_of(self, name: str) -> Json:
        """What the bridge says of a partner; empty where it has not begun with it."""
        return next((it for it in self.health()["partners"] if it["name"] == name), {})

    def await_connected(self, name: str) -> Json:
        """The state of a partner once its links are connected. Raises CannotRun."""
        if not wait_until(lambda: self.state_of(name).get("connected"), CONNECTED_SECONDS):
            problem = self.state_of(name).get("problem") or "it doesn't answer"
            raise CannotRun(f"The bridge isn't connected for {name}: {problem}.", "See its log.")
        return self.state_of(name)


def _now() -> datetime:
    return datetime.now(UTC)
