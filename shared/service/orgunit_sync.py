"""A service's copies of what supervision keeps for all: the registry of org units, and the calendar
notices. Loaded from supervision when the service starts, kept up to date by events, and compared
with supervision's at intervals.

While supervision is down, the service works with what it has, and repeats its request.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from nameko.extensions import DependencyProvider

from shared.domain import canonical
from shared.domain.types import Json
from shared.platform import logging_setup
from shared.platform.retry import retry
from shared.service.comparison import Comparison, Differing, differing
from shared.service.rpc_client import RpcClient
from shared.service.service_context import ServiceContext

log = logging_setup.get(__name__)

OWNER = "supervision"
RETRY_SECONDS = 2


class RegistryCopy:
    """A source for `Comparison`: the registry, by the versions of its units.

    `ask(digest)` and `units()` are supervision's methods `compare_registry` and `orgunits`.
    """

    name = "registry"
    code = "registry_gap"

    def __init__(
        self,
        context: ServiceContext,
        ask: Callable[[str], Json],
        units: Callable[[], list[Json]],
    ) -> None:
        self.context = context
        self._ask = ask
        self._units = units

    def differing(self) -> Differing:
        here = self.context.orgunits.versions()
        there = self._ask(digest_of(here))["versions"]
        return {} if there is None else differing(here, there)

    def repair(self, missing: Differing) -> None:
        """Load the registry anew; dead letters that wait for these units become due."""
        self.load()
        self.context.dead_letters.units_registered(missing)

    def load(self) -> None:
        units = self._units()
        self.context.orgunits.load([(unit["state"], unit["version"]) for unit in units])
        log.info("registry loaded", units=len(units))


class CalendarCopy:
    """A source for `Comparison`: the calendar notices, by the versions of their years. There are
    few: they are compared by loading them.

    `notices()` is supervision's method `calendar`.
    """

    name = "calendar"
    code = "calendar_gap"

    def __init__(self, context: ServiceContext, notices: Callable[[], list[Json]]) -> None:
        self.context = context
        self._notices = notices

    def differing(self) -> Differing:
        there = {str(it["state"]["year"]): it["version"] for it in self._notices()}
        return differing(self.context.calendar.versions(), there)

    def repair(self, missing: Differing) -> None:
        self.load()

    def load(self) -> None:
        notices = self._notices()
        self.context.calendar.load([(notice["state"], notice["version"]) for notice in notices])
        log.info("calendar loaded", notices=len(notices))


Copy = RegistryCopy | CalendarCopy


def digest_of(versions: Mapping[str, int]) -> str:
    """The digest of the versions of all units."""
    return canonical.sha256(dict(versions))


def compare_registry(versions: Mapping[str, int], digest: str) -> Json:
    """The answer of the registry to a copy with this digest: its own, and its versions where they
    are others."""
    own = digest_of(versions)
    return {"digest": own, "versions": None if digest == own else dict(versions)}


class Registry(DependencyProvider):
    """Loads and compares the copies in the background; methods don't use this dependency."""

    context = ServiceContext()

    def setup(self) -> None:
        self._followers: list[Any] = []

    def start(self) -> None:
        if self.container.service_name == OWNER:
            return
        for copy_over in (_registry, _calendar):
            follow = partial(self._follow, copy_over)
            thread = self.container.spawn_managed_thread(follow, identifier="copies")
            self._followers.append(thread)

    def stop(self) -> None:
        for thread in self._followers:
            thread.kill()

    def _follow(self, copy_over: "Callable[[ServiceContext, Call], Copy]") -> None:
        with RpcClient(self.context.settings.amqp_uri) as rpc:
            seconds = self.context.settings.rpc_seconds
            copy = copy_over(
                self.context,
                lambda method, **arguments: rpc.call(OWNER, method, seconds, **arguments),
            )
            # No failure stops the service: it works with what it has.
            retry(
                copy.load,
                seconds=RETRY_SECONDS,
                failed=lambda error: log.warning(
                    f"{copy.name} not loaded yet", error=type(error).__name__
                ),
            )
            Comparison(copy, self.context).run()


# A call of one of supervision's methods.
Call = Callable[..., Any]


def _registry(context: ServiceContext, call: Call) -> RegistryCopy:
    return RegistryCopy(
        context, lambda digest: call("compare_registry", digest=digest), lambda: call("orgunits")
    )


def _calendar(context: ServiceContext, call: Call) -> CalendarCopy:
    return CalendarCopy(context, lambda: call("calendar"))
