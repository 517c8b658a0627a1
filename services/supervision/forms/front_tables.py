"""The first sheets: cover, contents, notes and definitions."""

from collections.abc import Iterable, Iterator
from typing import Any

from services.supervision.briefing.period_words import kind_of, of_kind, pair_of_kind
from services.supervision.briefing.words import STATUSES
from services.supervision.forms.figure_tables import measure_word
from services.supervision.forms.model import Table, code, number, said, table, text
from services.supervision.forms.words import (
    CELL_STATUSES,
    CELL_STATUSES_MEAN,
    COVER,
    EDITIONS,
    GENERAL,
    ISSUE_STATUSES_MEAN,
    LEFT_OUT,
    QUALIFIERS,
    QUALIFIERS_MEAN,
    REPORT_STATES,
    REPORT_STATES_MEAN,
    TITLES,
    TOPICS,
    WEEK_NOTES,
    Pair,
    word,
)
from services.supervision.outline.language import Language, clock
from shared.domain.periods import Period
from shared.domain.types import Json


def cover(document: Json, lang: str) -> Table:
    """Who made the issue, of what, and by which digest it is known."""
    found, kind = _cover(document, lang), kind_of(document["period"])
    rows = [
        {"item": of_kind(word(COVER[name], lang), kind, lang), "content": found[name]}
        for name in COVER
        if found[name] is not None
    ]
    return table("cover", rows, [text("item"), text("content")], lang)


def _cover(document: Json, lang: str) -> dict[str, Any]:
    masthead, freeze, w = (
        document["masthead"],
        document["freeze"],
        Language.of_document(document, lang),
    )
    reason = masthead.get("reason")
    return {
        "programme": masthead["programme"][lang],
        "district": f"{masthead['district_name']} {masthead['district']}",
        "issue": said(document["issue"], lang),
        "revision": f"R{document['revision']}" if document["revision"] else None,
        "period": w.period(document["period"]),
        "days": f"{masthead['first_day']} – {masthead['last_day']}",
        "edition": word(EDITIONS[edition(document)], lang),
        "status": w.status(document["status"]),
        "cutoff": _at(masthead["cutoff"]),
        "prepared_by": w.preparer(masthead),
        "prepared_at": _at(masthead.get("prepared_at")),
        "approved_by": w.signer(masthead),
        "four_eyes": w("one_person") if masthead.get("four_eyes") is False else None,
        "published_at": _at(masthead.get("published_at")),
        "to": masthead["to"][lang],
        "replaces": document.get("replaces"),
        "reason": said(reason, lang),
        "rules": freeze["rules"],
        "rules_before": document.get("rules_before"),
        "renderer": freeze.get("renderer"),
        "facts_root": masthead.get("facts_root"),
        "content_digest": document["content_digest"],
        "digest": document.get("digest"),
        "keyid": document.get("keyid"),
    }


def edition(document: Json) -> str:
    """Issues of releases that had one edition don't name it."""
    return str(document.get("edition", "internal"))


def _at(instant: str | None) -> str | None:
    return clock(instant) if instant else None


def contents(document: Json, others: Iterable[Table], lang: str) -> Table:
    """Every table with its number of rows. One without rows has no sheet; one that the edition
    leaves out has no number either, because 0 would say that there is nothing."""
    rows = [_entry(other, other.name in document.get("left_out", [])) for other in others]
    fields = [text("sheet"), number("rows"), number("more"), text("remark")]
    return table("contents", rows, fields, lang)


def _entry(other: Table, is_left_out: bool) -> Json:
    if is_left_out:
        zh, en = LEFT_OUT
        return {"sheet": other.title, "remark": {"zh": zh, "en": en}}
    return {"sheet": other.title, "rows": len(other.rows), "more": other.more or None}


def notes(document: Json, lang: str) -> Table:
    """What the words and codes mean, and what is to be known of the period's data."""
    kind = kind_of(document["period"])
    rows = [*_meanings(kind), *_of_the_period(document, kind)]
    spoken = [
        {
            "topic": of_kind(word(TOPICS[topic], lang), kind, lang),
            "term": term,
            "words": word(words, lang) if words else None,
            "meaning": word(meaning, lang) if meaning else None,
            "number": amount,
        }
        for topic, term, words, meaning, amount in rows
    ]
    fields = [text("topic"), code("term"), text("words"), text("meaning"), number("number")]
    return table("notes", spoken, fields, lang)


# Topic, code, words, meaning, number.
_Note = tuple[str, str | None, Pair | None, Pair | None, Any]


def _meanings(kind: type[Period]) -> Iterator[_Note]:
    for meaning in GENERAL.values():
        yield "general", None, None, pair_of_kind(meaning, kind), None
    explained = (
        ("qualifier", QUALIFIERS, QUALIFIERS_MEAN),
        ("status", CELL_STATUSES, CELL_STATUSES_MEAN),
        ("report", REPORT_STATES, REPORT_STATES_MEAN),
        ("issue", STATUSES, ISSUE_STATUSES_MEAN),
    )
    for topic, words, meanings in explained:
        for term, meaning in meanings.items():
            yield topic, term, words[term], pair_of_kind(meaning, kind), None


def _of_the_period(document: Json, kind: type[Period]) -> Iterator[_Note]:
    noted = document["notes"]
    if public := noted.get("public"):
        yield "general", None, None, (public["zh"], public["en"]), None
    for part in document.get("left_out", []):
        yield "left_out", part, pair_of_kind(TITLES[part], kind), None, None
    for name, week in _weeks(document).items():
        if week:
            yield "week", name, (week, week), pair_of_kind(WEEK_NOTES[name], kind), None
    for name, amount in _numbers(document).items():
        if amount is not None:
            yield "week", name, None, pair_of_kind(WEEK_NOTES[name], kind), amount
    for row in noted["parked"]:
        yield "parked", row["code"], (row["zh"], row["en"]), None, row["messages"]
    for row in noted["unknown_types"]:
        yield "unknown_types", row["type"], None, None, row["events"]


def _weeks(document: Json) -> dict[str, Any]:
    noted = document["notes"]
    return {
        "first_week": document["period"] if noted["first_week"] else None,
        "mean_begins": noted.get("mean_begins"),
        "programme_begins": document["freeze"].get("first_week"),
    }


def _numbers(document: Json) -> dict[str, Any]:
    special = document["groups"]["special"]
    overlap = {} if "overlap" in document.get("left_out", []) else document["overlap"]
    return {
        "events_in_week": document["notes"]["events_in_week"],
        "known_to_week": document["notes"].get("known_to_week", {}).get("events"),
        "reported": overlap.get("told"),
        "occasions": overlap.get("occasions"),
        "reconciled": document["completeness"]["reconciled"],
        "special_planned": special["planned"],
        "special_named": special["named"],
        "special_missing": special["not_yet_named"],
    }


def definitions(document: Json, lang: str) -> Table:
    """Every indicator with its unit and definition, as the issue was made."""
    rows = [
        row | {"unit_of_measure": row["unit"], "measure_word": measure_word(row["unit"], lang)}
        for row in document["notes"]["definitions"]
    ]
    fields = [
        code("indicator"),
        text("label"),
        code("unit_of_measure"),
        text("measure_word"),
        text("definition"),
    ]
    return table("definitions", rows, fields, lang)
