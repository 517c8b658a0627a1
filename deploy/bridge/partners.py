"""Partners: programs of other offices that speak to us by stock nameko, or by any AMQP client.

A partner has a virtual host and a user of its own, `partner.<name>`, where it may do anything, and
nothing in ours. The bridge (deploy/bridge/__main__.py) carries between the two what is allowed to
it here.
"""

import json
import re
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from shared.contracts.events import published_versions
from shared.contracts.rpc import METHODS
from shared.domain.service_names import NAMES
from shared.domain.types import Json
from shared.platform.declarations import INTERNAL_REPORT_KEYS, REPORT_KEYS
from shared.platform.permissions import PARTNERS

NAME = re.compile(r"[a-z][a-z0-9-]{1,30}")
# Ends in * for all that begin so.
ACTOR_PATTERN = re.compile(r"(person|service):[A-Za-z0-9._:-]*\*?")
CALLS_PER_MINUTE = 600
# No partner acts for them, and services don't take it from the bridge (shared/platform/callers.py).
OUR_OWN = [f"service:{name}" for name in (*NAMES, "import")]
# Partners get the public edition of a report only, and who subscribes isn't theirs to hear.
SUBSCRIBERS = "supervision.subscriber."
NEVER_HEARD = {f"supervision.{key}" for key in set(INTERNAL_REPORT_KEYS) - set(REPORT_KEYS)}


@dataclass(frozen=True)
class Partner:
    """What a partner may do.

    `methods` are names such as relief.record_visits. `events` are patterns of types, as AMQP writes
    them: relief.order.* or relief.#. `actors` are those for whom it gives commands. More calls than
    `calls_per_minute` are refused; so many may come at once after a pause.
    """

    name: str
    methods: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    calls_per_minute: int = CALLS_PER_MINUTE

    @property
    def account(self) -> str:
        """Its user at the broker, and its virtual host."""
        return f"{PARTNERS}{self.name}"

    @property
    def events_queue(self) -> str:
        """The queue in our virtual host that keeps its events until they are in its own."""
        return f"{PARTNERS}{self.name}.events"

    @property
    def bindings(self) -> list[tuple[str, str]]:
        """(service, routing key) of each pattern of events."""
        return [(service, key) for service, _, key in (it.partition(".") for it in self.events)]

    def may_call(self, method: str) -> bool:
        return method in self.methods

    def may_act_for(self, actor: object) -> bool:
        return any(fnmatchcase(str(actor), pattern) for pattern in self.actors)

    def may_hear(self, event_type: str) -> bool:
        words = event_type.split(".")
        allowed = any(_matches(pattern.split("."), words) for pattern in self.events)
        return allowed and event_type not in NEVER_HEARD and not event_type.startswith(SUBSCRIBERS)


def checked(partner: Partner) -> Partner:
    """The partner, which acts for itself if nobody is named. Raises ValueError."""
    if not NAME.fullmatch(partner.name):
        raise ValueError("A name has 2 to 31 small letters, digits and hyphens, such as school-3.")
    if not (partner.methods or partner.events):
        raise ValueError("Allow at least one method or event.")
    for method in partner.methods:
        service, _, name = method.partition(".")
        if name not in METHODS.get(service, {}):
            raise ValueError(f"There is no method {method}: see docs/catalogue/rpc.md.")
    known = [event.name for event in published_versions()]
    for pattern in partner.events:
        hears = Partner(partner.name, events=(pattern,)).may_hear
        if pattern[:1] in "*#" or not any(map(hears, known)):
            raise ValueError(f"No event for partners fits {pattern}: see docs/catalogue/events.md.")
    actors = partner.actors or (f"service:{partner.name}",)
    for actor in actors:
        if not ACTOR_PATTERN.fullmatch(actor):
            raise ValueError(f"Actors are like service:{partner.name} or person:li.*, not {actor}.")
        if any(fnmatchcase(own, actor) for own in OUR_OWN):
            raise ValueError(f"{actor} is one of our own services.")
    if partner.calls_per_minute < 1:
        raise ValueError("Allow at least one call a minute.")
    return Partner(**asdict(partner) | {"actors": actors})


def read(path: Path) -> dict[str, Partner]:
    """Name → partner; none where the file is missing. Raises ValueError for a damaged one."""
    if not path.exists():
        return {}
    try:
        found = json.loads(path.read_text("utf-8"))["partners"]
        return {it["name"]: of_json(it) for it in found}
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path} isn't a list of partners: {type(error).__name__}") from None


def of_json(found: Json) -> Partner:
    lists = {name: tuple(found[name]) for name in ("methods", "events", "actors")}
    return Partner(found["name"], **lists, calls_per_minute=int(found["calls_per_minute"]))


def text(partners: dict[str, Partner], changes: list[Json]) -> str:
    """The content of the file that `read` reads."""
    listed = [asdict(partners[name]) for name in sorted(partners)]
    content = {"partners": listed, "changes": changes}
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _matches(pattern: list[str], words: list[str]) -> bool:
    """As a topic exchange compares: * is one word, # any number of them."""
    if not pattern:
        return not words
    first, rest = pattern[0], pattern[1:]
    if first == "#":
        return any(_matches(rest, words[skipped:]) for skipped in range(len(words) + 1))
    return bool(words) and first in ("*", words[0]) and _matches(rest, words[1:])
