"""What a partner asks is looked at here before it reaches a service."""

import time
from collections.abc import Callable

from deploy.bridge.partners import Partner
from shared.contracts.rpc import METHODS, requests
from shared.domain.errors import Forbidden, Unavailable
from shared.domain.types import Json


class Quota:
    """A bucket of calls that fills again evenly; a full one has those of a minute."""

    def __init__(self, calls_per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = calls_per_minute, clock
        self._left, self._seen = float(calls_per_minute), clock()

    def take(self) -> None:
        """One call. Raises Unavailable, with the seconds after which there is one again."""
        now = self._clock()
        each = 60 / self._most
        self._left = min(self._most, self._left + (now - self._seen) / each)
        self._seen = now
        if self._left < 1:
            seconds = round((1 - self._left) * each + 0.005, 2)
            quota = {"calls_per_minute": self._most, "retry_after_seconds": seconds}
            raise Unavailable({"reason": "too many calls", **quota})
        self._left -= 1


class Gate:
    """Lets the allowed requests of one partner pass."""

    def __init__(self, partner: Partner, quota: Quota) -> None:
        self._partner, self._quota = partner, quota

    def admit(self, method: str, body: bytes, content_type: str | None) -> Json:
        """The arguments of the request. Raises a WarmError where it isn't allowed."""
        self._quota.take()
        if not self._partner.may_call(method):
            raise Forbidden({"rule": "method_not_allowed", "method": method})
        arguments = requests.read(body, content_type)
        # A command without an actor is refused by its service.
        if "actor" in arguments and not self._partner.may_act_for(arguments["actor"]):
            allowed = list(self._partner.actors)
            raise Forbidden({"rule": "actor_of_another", "may_act_for": allowed})
        return arguments


def is_command(method: str) -> bool:
    service, _, name = method.partition(".")
    declared = METHODS.get(service, {}).get(name)
    return declared is not None and declared.changes
