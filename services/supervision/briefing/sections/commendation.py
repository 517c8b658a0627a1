"""The part of a year's report on whom it commends: who was chosen, and who was considered."""

from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Any

from services.supervision.briefing.folded_week import FoldedWeek
from services.supervision.briefing.sections.rows import figure, named, unit_name
from services.supervision.commendation.nominate import Candidate, Counted, nominate
from services.supervision.commendation.released import rules_of
from services.supervision.commendation.rules import Category, CommendationRules
from services.supervision.indicators import EVER
from shared.contracts.events.nominations import (
    BY_RULE,
    MOST_EVIDENCE,
    NOMINATED_BY,
    NOMINATION_STATUSES,
    SUBJECT_KINDS,
)
from shared.domain.types import Event, Json
from shared.domain.wording import both
from shared.platform.versioned_files import in_order

CHOSEN, UNDECIDED = "chosen", "nominated"

Key = tuple[str, str]


def commendation_part(year: FoldedWeek, nominations: Iterable[Event]) -> Json:
    """Who is commended, and internally who was considered and why not chosen.

    `nominations` are the last events of all nominations that are known; those of other years don't
    matter. Unlike other parts it names teams, stations and volunteers by their ids: there is no
    other name of a volunteer here. A nomination by rule is compared with the present figures.
    """
    own = [event for event in nominations if str(event["data"]["year"]) == str(year.period)]
    rules = _rules(own)
    candidates = {(it.category, it.subject): it for it in _candidates(year, rules)}
    return {
        "rules": rules[0].content if rules else None,
        "categories": [
            _category(year, category, own, candidates) for category in _categories(rules)
        ],
        "undecided": sum(event["data"]["status"] == UNDECIDED for event in own),
    }


def _rules(nominations: Collection[Event]) -> list[CommendationRules]:
    """The rules by which somebody was nominated, the newest first."""
    versions = {event["data"]["rules_version"] for event in nominations}
    return [rules_of(version) for version in sorted(versions, key=in_order, reverse=True)]


def _categories(rules: Iterable[CommendationRules]) -> list[Category]:
    """The categories of all these rules; those of the newest first, each code once."""
    found: dict[str, Category] = {}
    for of_version in rules:
        for category in of_version.categories:
            found.setdefault(category.code, category)
    return list(found.values())


def _candidates(year: FoldedWeek, rules: list[CommendationRules]) -> list[Candidate]:
    """Whom the newest rules nominate by the figures of the report."""
    if not rules:
        return []
    wanted = {category.rule.indicator for category in rules[0].categories if category.rule}
    counted = {
        code: [Counted(item.event, item.value) for item in year.counted[code]] for code in wanted
    }
    return nominate(rules[0], counted)


def _category(
    year: FoldedWeek,
    category: Category,
    nominations: Iterable[Event],
    candidates: dict[Key, Candidate],
) -> Json:
    own = [event for event in nominations if event["data"]["category"] == category.code]
    known = {event["data"]["subject"] for event in own}
    rows = sorted((_row(year, event, candidates) for event in own), key=_in_order)
    left = [it for key, it in candidates.items() if key[0] == category.code]
    return {
        "code": category.code,
        "label": dict(category.label),
        "kind": named(SUBJECT_KINDS, category.kind),
        "most": category.most,
        "chosen": [row for row in rows if row["status"]["code"] == CHOSEN],
        "considered": [row for row in rows if row["status"]["code"] != CHOSEN],
        "not_nominated": [_left_out(year, it) for it in left if it.subject not in known],
    }


def _row(year: FoldedWeek, event: Event, candidates: dict[Key, Candidate]) -> Json:
    data = event["data"]
    present = candidates.get((data["category"], data["subject"]))
    by_rule = data["by"] == BY_RULE
    shown = present.evidence[:MOST_EVIDENCE] if by_rule and present else data["evidence"]
    more = len(present.evidence) - len(shown) if by_rule and present else data["more"]
    return {
        "subject": data["subject"],
        "name": data["name"],
        "orgunit": event["orgunit"],
        "unit": unit_name(year, event["orgunit"]),
        "status": named(NOMINATION_STATUSES, data["status"]),
        "by": named(NOMINATED_BY, data["by"]),
        "figure": _figure(data, present) if by_rule else None,
        # Whether the figures still meet the rule.
        "stands": present is not None if by_rule else None,
        "grounds": _words(data["grounds"]),
        "evidence": {"events": list(shown), "more": more},
        "nominated_by": _office(data["nominated_by"]),
        "decided_by": _office(data["decided_by"]),
        "reason": _words(data["reason"]),
    }


def _figure(data: Json, present: Candidate | None) -> Json:
    """The figure by which the rule nominated: the present one, or else the one known then."""
    code = data["figure"]["indicator"]
    item = EVER[code]
    shown = present.figure.to_json() if present else data["figure"]["figure"]
    return {"indicator": code, "label": {"zh": item.zh, "en": item.en}, **figure(shown)}


def _office(who: Json | None) -> Json | None:
    """The id of a person and the office; the name stays in the staff register."""
    return who and {"actor": who["actor"], "office": _words(who["office"])}


def _words(given: Json | None) -> Json | None:
    return both(given) if given else None


def _left_out(year: FoldedWeek, candidate: Candidate) -> Json:
    """One whom the rules nominate by the figures of the report, and who isn't nominated."""
    return {
        "subject": candidate.subject,
        "orgunit": candidate.orgunit,
        "unit": unit_name(year, candidate.orgunit),
        "figure": figure(candidate.figure.to_json()),
    }


def _in_order(row: Json) -> tuple[Any, ...]:
    """Those with the highest figure first, then by unit and subject."""
    value = row["figure"]["value"] if row["figure"] else None
    return (-Decimal(value or 0), row["orgunit"], row["name"] or "", row["subject"])
