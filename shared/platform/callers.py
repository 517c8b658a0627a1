"""Who calls, and for whom it may act: the broker users and their actors, declared once.

A request names the broker user that sent it in the property `user_id`. The broker refuses one that
names another user, so nobody can pose as somebody else.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from shared.domain.errors import Forbidden
from shared.domain.service_names import NAMES
from shared.platform.permissions import BRIDGE, OFFICE

# Header of a request that its service has returned to its queue: the user that sent it at first.
RETURNED_FOR = "warm-returned-for"

# For requests without a `user_id`: refused, or taken as before 0.3.
NAMED, ANY = UNNAMED = ("named", "any")


@dataclass(frozen=True)
class Caller:
    """`actors` is the pattern of the actors for whom the broker user may act."""

    actors: str
    zh: str
    en: str


CALLERS = {
    **{
        service: Caller(f"service:{service}", f"{zh}服务自身", f"the service {en} itself")
        for service, (zh, en) in NAMES.items()
    },
    OFFICE: Caller(
        "person:.+|service:import",
        "运维命令：以登录本机的人员名义，或文件导入",
        "the operators' commands: the person who is logged in there, or an import of a file",
    ),
    BRIDGE: Caller(
        rf"person:.+|service:(?!({'|'.join([*NAMES, 'import'])})$).+",
        "合作方：由网桥按各合作方的许可核对",
        "partners: the bridge checks for whom each of them may act",
    ),
}


def sender_of(user: str | None, headers: Mapping[str, Any], own: str) -> str | None:
    """The broker user that sent a request at first, where `user` sent it now. What a service says
    of requests that it has returned, it believes itself; `own` is its user."""
    if user == own and RETURNED_FOR in headers:
        return str(headers[RETURNED_FOR])
    return user


@dataclass(frozen=True)
class CallerCheck:
    """`trusted` are broker users that may act for anybody, such as that of the demo. `unnamed` is
    one of UNNAMED."""

    trusted: Collection[str] = ()
    unnamed: str = NAMED

    def require(self, user: str | None, actor: str) -> None:
        """Raise Forbidden unless the broker user may act for `actor`."""
        if user in self.trusted or (user is None and self.unnamed == ANY):
            return
        if user is None:
            reason = "the request doesn't name its broker user: set the AMQP property user_id"
            raise Forbidden({"actor": actor, "rule": "unnamed_caller", "reason": reason})
        known = CALLERS.get(user)
        if known is None or not re.fullmatch(known.actors, actor):
            allowed = known.actors if known else "nobody"
            reason = f"the broker user {user} may act for: {allowed}"
            raise Forbidden({"actor": actor, "rule": "actor_of_another", "reason": reason})
