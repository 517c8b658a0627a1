"""Every part of a document, and what its public edition does with it: kept, left out, or made again
from what is public. The reasons are in decision 25."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.supervision.briefing.sections.announced import called_off_occurrence
from services.supervision.briefing.sections.follow_up import KINDS
from services.supervision.briefing.sections.headlines import (
    NO_MEAN,
    TOO_EARLY,
    findings,
    mean_of,
    not_stated_always,
    points,
    reporting,
    without_mean,
)
from services.supervision.briefing.sections.planned import point
from services.supervision.briefing.sentences import headline_row, line
from services.supervision.editions.cells import district_cells
from services.supervision.editions.classified import KEEP, Each, LeaveOut, Make
from services.supervision.editions.items import FINDING, Cells, finding_words, public_items
from services.supervision.editions.published import Published, is_protected, shown
from services.supervision.editions.texts import counts_people, unless_counting
from services.supervision.indicators import EVER
from services.supervision.indicators.reporting import PERIODS_IN_MEAN
from shared.contracts.events.nominations import VOLUNTEER
from shared.domain.absence import SUPPRESSED, both
from shared.domain.periods import Period
from shared.domain.quantities import Quantity
from shared.domain.types import Json


@dataclass(frozen=True)
class Context:
    """What the parts are made from: the document, its public cells, and the earlier editions."""

    document: Json
    cells: list[Json]
    published: Published
    least: int

    @property
    def district(self) -> Mapping[str, Json]:
        """Indicator → the district's public cell."""
        return district_cells(self.cells, self.document["masthead"]["district"])

    @property
    def by_unit(self) -> Cells:
        return {(cell["indicator"], cell["orgunit"]): cell for cell in self.cells}


def _headlines(_: object, context: Context) -> list[Json]:
    district, document = context.district, context.document
    of_plan = (
        [point(_kind(context), _planned(document["planned"]))] if "planned" in document else []
    )
    return [
        reporting(document["completeness"]),
        {"indicator": None} | findings(district),
        *points(_kind(context), district),
        *of_plan,
    ]


def _headline_table(rows: list[Json], context: Context) -> list[Json]:
    district = context.district
    return [
        headline_row(_kind(context), district[row["indicator"]], _mean(row["indicator"], context))
        if is_protected(row["indicator"])
        else row
        for row in rows
    ]


def _kind(context: Context) -> type[Period]:
    return type(context.published.period)


def _mean(code: str, context: Context) -> Json:
    """The mean of the figures that were printed of the last periods."""
    item, district = EVER[code], context.document["masthead"]["district"]
    if item.fold == "median":
        return without_mean(NO_MEAN)
    if context.document["notes"]["mean_begins"]:
        return without_mean(TOO_EARLY)
    periods = PERIODS_IN_MEAN[_kind(context)]
    earlier = context.published.recent(code, district, periods - 1)
    recent = [context.district[code], *earlier]
    if any(figure["status"] == SUPPRESSED for figure in recent):
        return without_mean(both(SUPPRESSED), SUPPRESSED)
    if any(figure["status"] not in ("complete", "none") for figure in recent):
        return without_mean(not_stated_always(_kind(context)))
    stated = [figure for figure in recent if figure["value"] is not None]
    return mean_of(
        [Quantity.from_json(figure | {"unit": item.unit}) for figure in stated], item.unit, periods
    )


def _trends(rows: list[Json], context: Context) -> list[Json]:
    return [
        row | {"weeks": _weeks(row, context)} if is_protected(row["indicator"]) else row
        for row in rows
    ]


def _weeks(row: Json, context: Context) -> list[Json]:
    """The figures of the weeks as they were printed."""
    code, district = row["indicator"], context.document["masthead"]["district"]
    earlier = context.published.recent(code, district, len(row["weeks"]) - 1)
    figures = [*reversed(earlier), context.district[code]]
    return [
        {"period": week["period"], **shown(figure)}
        for week, figure in zip(row["weeks"], figures, strict=True)
    ]


def _lines(rows: list[Json], context: Context) -> list[Json]:
    district = context.district
    return [
        line(district[row["indicator"]]) if is_protected(row["indicator"]) else row for row in rows
    ]


def _items(rows: list[Json], context: Context) -> list[Json]:
    return public_items(rows, context.by_unit, context.least)


def _league(tables: list[Json], _: Context) -> list[Json]:
    """The counts of a share are sums since the beginning, which aren't printed by unit."""
    return [
        table
        for table in tables
        if not is_protected(table["numerator"]) and not is_protected(table["denominator"])
    ]


def _late(rows: list[Json], context: Context) -> list[Json]:
    """The figures that a revision changes, as far as they were and are printed."""
    earlier = context.published.of_this_period(context.document["revision"])
    return [row | {"because": []} for row in rows if not is_protected(row["indicator"])] + [
        change
        for cell in context.cells
        if is_protected(cell["indicator"]) and earlier
        for change in _changed(earlier[-1].cell(cell["indicator"], cell["orgunit"]), cell)
    ]


def _changed(before: Json | None, cell: Json) -> list[Json]:
    known = (before, cell)
    figures = [_short(it, cell) for it in known if it and it["status"] != SUPPRESSED]
    if len(figures) < 2 or figures[0] == figures[1]:
        return []
    named = {name: cell[name] for name in ("indicator", "orgunit")}
    return [named | {"old": figures[0], "new": figures[1], "because": []}]


def _short(figure: Json, cell: Json) -> Json:
    return {"value": figure["value"], "qualifier": figure["qualifier"], "unit": cell["unit"]}


def _provenance(events: Json, _: Context) -> Json:
    # Null, because 0 would say that there are none.
    nothing: Json = {"events": [], "left_out": None}
    return {code: nothing if is_protected(code) else row for code, row in events.items()}


def _names(names: Json, context: Context) -> Json:
    listed = {cell["orgunit"] for cell in context.cells}
    return {code: name for code, name in names.items() if code in listed}


def _called_off(rows: list[Json], _: object) -> list[Json]:
    return [row | {"reason": None, "said": called_off_occurrence(row)} for row in _announced(rows)]


def _announced(rows: list[Json], _: object = None) -> list[Json]:
    return [row | {"reason": None} for row in rows if not counts_people(row["what"])]


def _without_counts(rows: list[Json], _: object) -> list[Json]:
    return [row for row in rows if not counts_people(row["what"])]


def _commitments(rows: list[Json], context: Context) -> list[Json]:
    return [row | {"reason": None} for row in _without_counts(rows, context)]


def _rectification(rows: list[Json], _: object) -> list[Json]:
    hidden = dict.fromkeys(("asset", "reason"))
    return [row | hidden | {"details": []} | finding_words(row) for row in rows]


def _planned(rows: list[Json], _: object = None) -> list[Json]:
    """What offices owe each other is left out, as in the list of actions."""
    return [row for row in rows if row["kind"] != KINDS["action"]]


def _last_week(named: Json | None, context: Context) -> Json | None:
    """The public edition of the week before that figures come from."""
    last = context.published.last_week
    if named is None or last is None:
        return None
    urn = named["urn"].rsplit(":r", 1)[0]
    return {"urn": f"{urn}:r{last.revision}", "revision": last.revision, "digest": last.digest}


def _changed_parts(names: list[str] | None, _: Context) -> list[str] | None:
    return names and [name for name in names if name not in PARTS_LEFT_OUT]


# What the public reads of one who is commended.
_COMMENDED = ("subject", "name", "orgunit", "unit", "status")


def _commendation(found: Json, _: object) -> Json:
    """Those who were chosen, in the order of their units. Nothing of their figures, of which some
    are suppressed elsewhere: a nomination by rule says that one is above the minimum. Nothing of
    what people wrote. Of volunteers nobody, since an id stands for one person."""
    return found | {
        "undecided": 0,
        "categories": [
            category | {"chosen": _chosen(category), "considered": [], "not_nominated": []}
            for category in found["categories"]
        ],
    }


def _chosen(category: Json) -> list[Json]:
    if category["kind"]["code"] == VOLUNTEER:
        return []
    return [
        {name: value if name in _COMMENDED else None for name, value in row.items()}
        for row in sorted(category["chosen"], key=_by_unit)
    ]


def _by_unit(row: Json) -> tuple[str, str]:
    return row["orgunit"], row["subject"]


def _actor(actor: str | None, context: Context) -> str | None:
    """People are named by name and office; issues of earlier releases have only the actor."""
    return None if "preparer" in context.document["masthead"] else actor


def _keep(*names: str) -> Json:
    return dict.fromkeys(names, KEEP)


_FIGURE = _keep("value", "qualifier", "status")
_COLUMN = _keep("value", "qualifier", "zh", "en")
_CELL = _keep("indicator", "orgunit", "unit", "numerator", "denominator") | _FIGURE
_ANNOUNCED = _keep(
    "kind",
    "orgunit",
    "unit",
    "what",
    "planned_for",
    "first_planned_for",
    "status",
    "reason",
    "said",
)
_CHANGE = _keep("value", "qualifier", "unit")
_EVENT = _keep("id", "type", "orgunit", "time", "timeprecision", "value")

_COLUMN_OF_YEAR = _COLUMN | _keep("unit", "indicator", "label")
_NOMINEE = (
    _keep("subject", "name", "orgunit", "unit", "status", "by", "stands", "grounds", "reason")
    | {"figure": _COLUMN_OF_YEAR, "evidence": _keep("events", "more")}
    | dict.fromkeys(("nominated_by", "decided_by"), _keep("actor", "office"))
)
_RULES = _keep("version", "standing", "label", "note") | {
    "categories": _keep("code", "label", "kind", "most", "most_of_unit")
    | {"rule": _keep("indicator", "least", "best")}
}

# The number of events of a week, and of all weeks, would be a sum that counts orders too.
_NO_COUNT = LeaveOut()

# Ranks alone. Scores, lines and intervals follow from figures of which small ones aren't published;
# the rest is said to the office.
_ASSESSMENT = {
    **_keep("period", "rubric_digest"),
    "rubric": _keep("version", "standing", "label", "note", "total", "appeal_days")
    | dict.fromkeys(("least_weight", "about_within"), LeaveOut())
    | dict.fromkeys(("groups", "declared", "criteria"), LeaveOut([])),
    "method": Each(KEEP),
    "groups": _keep("code", "label")
    | {
        "rows": _keep("orgunit", "unit", "standing", "rank")
        | dict.fromkeys(("score", "interval", "chance", "rank_interval"), LeaveOut())
    },
    "excluded": _keep("orgunit", "unit")
    | dict.fromkeys(("reason", "approved_by", "approved_on"), LeaveOut())
    | {"evidence": LeaveOut([])},
    "not_in_a_group": _keep("orgunit", "unit"),
    "appeal_window": _keep("announced_on", "last_day") | {"open": LeaveOut()},
    "sheets": LeaveOut([]),
}

PARTS = {
    **_keep("period", "series", "issue", "revision", "replaces", "status", "rules_before"),
    # Made by `public`, over what is public.
    **dict.fromkeys(("edition", "content_digest", "left_out"), KEEP),
    # Made by those who sign.
    **dict.fromkeys(("digest", "keyid", "signature"), KEEP),
    "masthead": _keep(
        *("district", "district_name", "first_day", "last_day", "cutoff", "programme", "to"),
        *("issue", "revision", "replaces", "status"),
        *("prepared_at", "submitted_at", "published_at", "four_eyes", "facts_root"),
    )
    | dict.fromkeys(("preparer", "signer"), _keep("name", "office"))
    | dict.fromkeys(("prepared_by", "submitted_by", "approved_by"), Make(_actor, KEEP))
    | {"reason": Make(lambda words, _: words and unless_counting(words), KEEP)},
    "freeze": _keep("rules", "renderer", "first_week")
    | {name: Each(KEEP) for name in ("incomplete", "parked", "facts")}
    | {"sources": LeaveOut({})}
    | {"last_week": Make(_last_week, _keep("urn", "revision", "digest"))},
    "orgunits": Make(_names, Each(KEEP)),
    "completeness": {
        "services": _keep("service", "title", "complete", "sealed", "problem", "why")
        | {"events": _NO_COUNT},
        **_keep("reconciled", "of"),
        "units": _keep("orgunit", "unit") | {"reports": Each(KEEP)},
        "summary": Each(_keep("on_time", "late", "nil", "silent", "exempt")),
        "silent": {"everywhere": KEEP, "to_some": Each(KEEP)},
    },
    "cells": Make(
        lambda _, context: context.cells, _CELL | {"previous": _FIGURE, "cumulative": _FIGURE}
    ),
    "trends": Make(_trends, _keep("indicator") | {"weeks": _keep("period") | _FIGURE}),
    # The public edition has the sentences of the rules, over what is public.
    "edited_points": LeaveOut([]),
    # They name parts, of which some are left out.
    "changed_parts": Make(_changed_parts, KEEP),
    "headlines": Make(_headlines, _keep("indicator", "zh", "en")),
    "headline_table": Make(
        _headline_table,
        _keep("indicator", "label", "unit", "change")
        | dict.fromkeys(("this", "mean", "cumulative"), _COLUMN)
        | {"last": _COLUMN | {"issued": _COLUMN}},
    ),
    "sections": _keep("service", "title", "announces")
    | {
        "lines": Make(
            _lines,
            _keep("indicator", "stated", "zh", "en")
            | {"beside": _keep("value", "qualifier", "unit", "zh", "en")},
        ),
        "items": Make(_items, LeaveOut()),
        "more": LeaveOut(0),
        "not_held": Make(_announced, _ANNOUNCED),
        **{name: Make(_called_off, _ANNOUNCED) for name in ("postponed", "cancelled")},
    },
    "groups": {
        "plan": _keep(
            *("orgunit", "name", "status", "version", "special_groups", "functional_groups"),
            "this_week",
        )
        | {"rhythm": _keep("every", "what")},
        "rows": _keep(
            *("kind", "name", "unit", "responsible_unit", "member_units", "duties", "vacant"),
            "this_week",
        )
        | {"responsible_person": LeaveOut(), "staff": LeaveOut()}
        | {"actions": _keep("open", "done")},
        "special": _keep("planned", "named", "not_yet_named"),
        "reports": _keep("kind", "name", "unit", "state", "week")
        | {"weeks": _keep("progress", "nil", "silent")}
        # Said to the office, with numbers that may be suppressed elsewhere.
        | dict.fromkeys(("done", "planned", "problems"), LeaveOut()),
    },
    "platforms": _keep("orgunit", "name", "done", "of", "this_week")
    | {
        "milestones": _keep("what", "status", "count", "target", "reached_on", "this_week")
        | {"reason": LeaveOut()}
    },
    "league": Make(
        _league,
        _keep("measure", "title", "numerator", "denominator", "least")
        | {
            "rows": _keep(
                *("orgunit", "unit", "numerator", "denominator", "share", "standing", "rank")
            )
            | {"interval": _keep("low", "high")},
            "excluded": _keep("orgunit", "unit", "reason"),
        },
    ),
    "commendation": Make(
        _commendation,
        {
            "rules": _RULES,
            "undecided": KEEP,
            "categories": _keep("code", "label", "kind", "most")
            | {
                "chosen": _NOMINEE,
                "considered": _NOMINEE,
                "not_nominated": _keep("subject", "orgunit", "unit") | {"figure": _COLUMN_OF_YEAR},
            },
        },
    ),
    "assessment": _ASSESSMENT,
    "practices": Make(_without_counts, _keep("orgunit", "unit", "what")),
    "rectification": Make(_rectification, FINDING),
    "rectified": Make(_rectification, FINDING),
    "planned": Make(
        _planned,
        _keep(
            *("kind", "planned", "done", "postponed", "cancelled", "not_done", "unplanned"),
        ),
    ),
    "commitments": Make(
        _commitments,
        _keep("orgunit", "unit", "what", "status", "announced_on", "due", "closed_on", "late")
        | _keep("reason"),
    ),
    "plan": Make(_announced, _ANNOUNCED),
    "service_days": _keep("orgunit", "unit", "name", "rule", "next", "said"),
    "late": Make(
        _late,
        _keep("indicator", "orgunit") | {"old": _CHANGE, "new": _CHANGE, "because": LeaveOut([])},
    ),
    # Single orders, and what offices owe each other in words of their own.
    "overdue": LeaveOut([]),
    "open_orders": LeaveOut([]),
    "actions": LeaveOut([]),
    # Single reports.
    "late_events": LeaveOut({"rows": [], "more": 0}),
    # Occasions include orders delivered: without the others, their number is left.
    "overlap": LeaveOut({"rows": [], "told": 0, "occasions": 0}),
    "more": _keep("platforms", "practices", "rectification", "commitments", "plan", "service_days")
    | _keep("planned", "rectified")
    | dict.fromkeys(("overdue", "open_orders", "actions"), LeaveOut(0)),
    "notes": _keep("rules", "first_week", "mean_begins")
    | {
        "events_in_week": _NO_COUNT,
        "known_to_week": {
            "events": _NO_COUNT,
            "weeks": _keep("week", "first_day", "last_day", "period") | {"events": _NO_COUNT},
        },
        "parked": _keep("code", "zh", "en", "messages"),
        "unknown_types": LeaveOut([]),
        "confirmed": LeaveOut({"rows": [], "more": 0}),
        "definitions": _keep("indicator", "unit", "label", "definition"),
    },
    "provenance": Make(_provenance, Each({"events": _EVENT, "left_out": KEEP})),
}

# What the reader is told to be left out.
PARTS_LEFT_OUT = ("actions", "late_events", "open_orders", "overdue", "overlap")
