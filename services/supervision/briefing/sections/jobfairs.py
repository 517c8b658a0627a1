"""The job fairs that were held."""

from collections.abc import Iterator

from services.supervision.briefing.folded_week import FoldedWeek
from services.supervision.briefing.sections.rows import (
    CLAUSE,
    COMMA,
    Words,
    among,
    counted,
    date_of,
    figure,
    in_order,
    item,
    joined,
    labelled,
    named,
    on,
    pair,
    plain,
    week_apart,
)
from shared.contracts.events.jobfairs import FAIR_FIGURES, FAIR_SERVICES, FAIR_WARNINGS
from shared.domain.types import Event, Json
from shared.domain.wording import both

# Figure → its label, and whether the English unit is the label.
LABELS = {
    "employers": (pair("用人单位", "employers"), True),
    "vacancies": (pair("提供岗位", "vacancies"), True),
    "seekers": (pair("求职者", "job seekers"), False),
    "consultations": (pair("咨询", "consultations"), False),
    "intents": (pair("达成意向", "intents"), False),
}


def held(week: FoldedWeek) -> list[Json]:
    found = week.counted_events("jobfairs.fairs_held")
    return in_order([fair(week, event) for event in found], "held_on", "orgunit")


def hires(week: FoldedWeek) -> list[Json]:
    """What was reported of people hired, whether a fair is named or not."""
    found = week.counted_events("jobfairs.hires")
    return in_order([_hired(week, event) for event in found], "orgunit")


def _hired(week: FoldedWeek, event: Event) -> Json:
    number = figure(event["data"]["hires"])
    row = item(week, event, "hires", "", hires=number)
    what = labelled(pair("实际录用", "people hired"), number)
    return row | {
        "said": joined(on(date_of(event), week=week_apart(week, event)), row["unit"], what)
    }


def fair(week: FoldedWeek, event: Event) -> Json:
    """One fair. The named employers are some of those stated; a posting is one of its jobs."""
    data = event["data"]
    theme = both(data["theme"]) if data["theme"] else None
    audience = both(data["audience"]) if data["audience"] else None
    facts = {
        "venue": data["venue"],
        "theme": theme,
        "audience": audience,
        "figures": {name: figure(data[name]) for name in FAIR_FIGURES},
        "named_employers": data["named_employers"],
        "postings": [
            {name: posting[name] for name in ("employer", "job")}
            | {"openings": figure(posting["openings"])}
            for posting in data["postings"]
        ],
        "services": [named(FAIR_SERVICES, code) for code in data["services"]],
        "warnings": [named(FAIR_WARNINGS, code) for code in data["warnings"]],
    }
    return item(week, event, "fair", joined(data["venue"], theme), details(facts), **facts)


def details(fair: Json) -> Iterator[Words]:
    texts = {
        name: counted(label, fair["figures"][name], noun) for name, (label, noun) in LABELS.items()
    }
    names = among(fair["named_employers"], fair["figures"]["employers"])
    texts["employers"] = {lang: words + names[lang] for lang, words in texts["employers"].items()}
    yield joined(*texts.values(), mark=CLAUSE)
    if fair["postings"]:
        jobs = [_posting(posting) for posting in fair["postings"]]
        yield labelled(pair("岗位明细", "Postings"), joined(*jobs, mark=CLAUSE))
    if fair["audience"]:
        yield labelled(pair("面向", "For"), fair["audience"])
    if fair["services"]:
        yield labelled(pair("服务", "Services"), joined(*fair["services"], mark=COMMA))
    for warning in fair["warnings"]:
        yield labelled(pair("请核对", "Please check"), warning)


def _posting(posting: Json) -> Words:
    names = plain(f"{posting['employer']} {posting['job']}")
    return joined(names, posting["openings"], mark=plain(" "))
