"""The clinics that were held."""

from collections.abc import Iterator

from services.supervision.briefing.folded_week import FoldedWeek
from services.supervision.briefing.sections.rows import (
    CLAUSE,
    COMMA,
    Words,
    among,
    counted,
    figure,
    in_order,
    item,
    joined,
    labelled,
    named,
    pair,
    plain,
)
from shared.contracts.events.clinics import CLINIC_FIGURES, CLINIC_SERVICES, WARNINGS
from shared.domain.types import Event, Json
from shared.domain.wording import both

# Figure → its label, and whether the English unit is the label.
LABELS = {
    "institutions": (pair("参与机构", "institutions"), True),
    "departments": (pair("科室", "departments"), True),
    "staff": (pair("医护", "staff"), False),
    "hours": (pair("历时", "duration"), False),
    "consultations": (pair("接诊", "consultations"), False),
    "prescriptions": (pair("处方", "prescriptions"), True),
    "leaflets": (pair("资料", "leaflets"), True),
}


def held(week: FoldedWeek) -> list[Json]:
    found = week.counted_events("clinics.clinics_held")
    return in_order([clinic(week, event) for event in found], "held_on", "orgunit")


def clinic(week: FoldedWeek, event: Event) -> Json:
    """One clinic: where, when, and its figures as reported."""
    data = event["data"]
    figures = {name: figure(data[name]) for name in CLINIC_FIGURES}
    services = [named(CLINIC_SERVICES, code) for code in data["services"]]
    steps = _next_steps(week, event)
    warnings = [named(WARNINGS, code) for code in data["warnings"]]
    return item(
        week,
        event,
        "clinic",
        data["venue"],
        details(data, figures, services, steps, warnings),
        venue=data["venue"],
        figures=figures,
        named_institutions=data["named_institutions"],
        named_departments=data["named_departments"],
        services=services,
        next_steps=steps,
        warnings=warnings,
    )


def _next_steps(week: FoldedWeek, event: Event) -> list[Words]:
    """In both languages where there is a commitment with the same words."""
    made = [
        both(other["data"]["what"])
        for other in week.subjects("supervision.commitment")
        if other["data"]["about"] == event["subject"]
    ]
    known = {text: words for words in made for text in words.values()}
    return [known.get(text, plain(text)) for text in event["data"]["next_steps"]]


def details(
    data: Json,
    figures: Json,
    services: list[Words],
    steps: list[Words],
    warnings: list[Words],
) -> Iterator[Words]:
    texts = {name: counted(label, figures[name], noun) for name, (label, noun) in LABELS.items()}
    for name in ("institutions", "departments"):
        names = among(data[f"named_{name}"], figures[name])
        texts[name] = {lang: words + names[lang] for lang, words in texts[name].items()}
    yield joined(*(texts[name] for name in list(LABELS)[:4]), mark=CLAUSE)
    yield joined(*(texts[name] for name in list(LABELS)[4:]), mark=CLAUSE)
    if services:
        yield labelled(pair("服务", "Services"), joined(*services, mark=COMMA))
    if steps:
        yield labelled(pair("下一步安排", "Next"), joined(*steps, mark=pair("；", "; ")))
    for warning in warnings:
        yield labelled(pair("请核对", "Please check"), warning)
