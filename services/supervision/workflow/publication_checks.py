"""The conditions that an approved briefing has to meet before it is published.

Each check raises the Conflict that says what is missing.
"""

import json
from datetime import datetime

from services.supervision.documents import Briefing
from shared.contracts.envelope import LONGEST_EVENT
from shared.domain import canonical
from shared.domain.periods import Period, format_instant
from shared.domain.types import Json

# In bytes; the rest of the event needs room beside it.
LONGEST_DOCUMENT = LONGEST_EVENT - 500_000


def require_cutoff(briefing: Briefing, now: datetime) -> None:
    """The week's cut-off has passed."""
    cutoff = Period.parse(briefing.period).cutoff
    if now < cutoff:
        briefing.refuse(action="publish", not_before=format_instant(cutoff))


def require_answers(briefing: Briefing) -> None:
    """Every service answered when the briefing was drafted."""
    if briefing.freeze["incomplete"]:
        reason = "drafted without these services; draft again when they answer"
        missing = sorted(briefing.freeze["incomplete"])
        briefing.refuse(action="publish", missing=missing, reason=reason)


def require_reconciled(briefing: Briefing, document: Json) -> None:
    """The facts of every service agree with its seal."""
    rows = document["completeness"]["services"]
    problems = {row["service"]: row["problem"] for row in rows if row["problem"]}
    if problems:
        reason = "the week isn't reconciled with these services; draft it again"
        briefing.refuse(
            action="publish", missing=sorted(problems), problems=problems, reason=reason
        )


def require_approved_content(briefing: Briefing, document: Json) -> None:
    """The document has the content that was approved."""
    if document["content_digest"] != briefing.content_digest:
        briefing.refuse(action="publish", reason="not what was approved; draft it again")


def require_size(briefing: Briefing, document: Json) -> None:
    """The document fits into an event."""
    # As it stands in the event: text within JSON.
    size = len(json.dumps(canonical.dumps(document).decode(), ensure_ascii=False).encode())
    if size > LONGEST_DOCUMENT:
        reason = "too long to be sent"
        briefing.refuse(action="publish", size=size, limit=LONGEST_DOCUMENT, reason=reason)
