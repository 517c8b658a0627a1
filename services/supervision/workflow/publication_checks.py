"""The conditions that an approved briefing has to meet before it is published.

Each check raises the Conflict that says what is missing.
"""

import json
from datetime import datetime

from services.supervision.documents import Briefing
from services.supervision.forms.renderer import RENDERER, renderer_of
from services.supervision.indicators import RULES
from services.supervision.indicators.rules import Rules
from shared.contracts.limits import LONGEST_EVENT
from shared.domain import canonical
from shared.domain.errors import ValidationFailed
from shared.domain.periods import Period, format_instant, parse_instant
from shared.domain.report_periods import parse_period
from shared.domain.types import Json

# In bytes; the rest of the event needs room beside it.
LONGEST_DOCUMENT = LONGEST_EVENT - 500_000
# The database takes 16 MiB; the rest of an issue has room beside.
LONGEST_STORED = 15_000_000


def require_known_rules(briefing: Briefing, action: str) -> None:
    """This version of the system has the rules by which the briefing was made."""
    rules = briefing.freeze["rules"]
    if rules not in RULES:
        reason = "made by rules that this version of the system doesn't have"
        briefing.refuse(action=action, rules=rules, reason=reason)


def require_present_form(briefing: Briefing, action: str) -> None:
    """The draft was made in the words that would be published now."""
    if not has_present_form(briefing.freeze):
        reason = "drafted by another version of the system; draft it again"
        briefing.refuse(action=action, renderer=renderer_of(briefing.freeze), reason=reason)


def has_present_form(freeze: Json) -> bool:
    """Was what has this freeze drafted by this renderer, and by rules that are known here?"""
    return renderer_of(freeze) == RENDERER and freeze["rules"] in RULES


def require_beginning(briefing: Briefing, rules: Rules, action: str) -> None:
    """The draft of a first issue is of a period of the programme, and was made for its first week.

    Raises ValidationFailed for a period before the programme.
    """
    if briefing.revision:
        # It keeps the first week of its issue.
        return
    require_in_programme(parse_period(briefing.period), rules)
    if not has_beginning(briefing.freeze, rules.first_week):
        known = briefing.freeze.get("first_week")
        reason = "drafted for another first week of the programme; draft it again"
        briefing.refuse(action=action, first_week=known, reason=reason)


def has_beginning(freeze: Json, first_week: Period | None) -> bool:
    """Was a draft with this freeze made for this first week of the programme?"""
    return bool(freeze.get("first_week") == (str(first_week) if first_week else None))


def require_in_programme(period: Period, rules: Rules) -> None:
    """Raises ValidationFailed for a period before the programme's first one."""
    first = rules.first(type(period))
    if first and period < first:
        wanted = f"the programme's first period or a later one, such as {first}"
        raise ValidationFailed({"period": [f"Must be {wanted}."]})


def require_true_clock(briefing: Briefing, now: datetime, replaced: str | None) -> None:
    """The draft isn't of the future, nor older than the issue that it replaces, which was published
    at `replaced`: a clock was wrong when it was made."""
    prepared = parse_instant(briefing.prepared_at)
    if prepared > now or (replaced and prepared < parse_instant(replaced)):
        reason = "drafted while a clock was wrong; draft it again"
        briefing.refuse(action="approve", prepared_at=briefing.prepared_at, reason=reason)


def require_cutoff(briefing: Briefing, now: datetime) -> None:
    """The period's cut-off has passed."""
    cutoff = parse_period(briefing.period).cutoff
    if now < cutoff:
        briefing.refuse(action="publish", not_before=format_instant(cutoff))


def require_drafted_after_cutoff(briefing: Briefing) -> None:
    """The draft isn't a snapshot of a week that could still be reported in time."""
    if is_early(briefing.period, briefing.prepared_at):
        reason = "drafted before the cut-off; draft it again"
        briefing.refuse(action="publish", prepared_at=briefing.prepared_at, reason=reason)


def is_early(period: str, prepared_at: str) -> bool:
    """Was it drafted before the week's cut-off?"""
    return parse_instant(prepared_at) < parse_period(period).cutoff


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
        reason = "the period isn't reconciled with these services; draft it again"
        briefing.refuse(
            action="publish", missing=sorted(problems), problems=problems, reason=reason
        )


def require_approved_content(briefing: Briefing, document: Json) -> None:
    """The document has the content that was approved."""
    if document["content_digest"] != briefing.content_digest:
        briefing.refuse(action="publish", reason="not what was approved; draft it again")


def require_size(briefing: Briefing, internal: Json, public: Json) -> None:
    """Each edition fits into an event, and all of it into a document of the database."""
    texts = [canonical.dumps(it).decode() for it in (internal, public)]
    # As it stands in the event: text within JSON.
    size = max(len(json.dumps(text, ensure_ascii=False).encode()) for text in texts)
    if size > LONGEST_DOCUMENT:
        reason = "too long to be sent"
        briefing.refuse(action="publish", size=size, limit=LONGEST_DOCUMENT, reason=reason)
    # Each is stored, and is in one event that waits to be sent; the public one is in two.
    sizes = [len(text.encode()) for text in texts]
    stored = 2 * sizes[0] + 3 * sizes[1]
    if stored > LONGEST_STORED:
        reason = "too long to be stored"
        briefing.refuse(action="publish", size=stored, limit=LONGEST_STORED, reason=reason)
