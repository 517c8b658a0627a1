"""Free clinics, and the next steps that they announced."""

from collections.abc import Iterator, Sequence

from deploy.local.facts.fact_builder import Fact, FactBuilder, FactTime, FileContext
from deploy.local.facts.fields import Bilingual, Fields
from deploy.local.facts.identity import Key, part
from shared.contracts.events.clinics import CLINIC_FIGURES, CLINIC_SERVICES
from shared.contracts.fields import Text
from shared.domain.types import Json

NAMED = {"institutions": "named_institutions", "departments": "named_departments"}


def clinic(key: Key, clinic: Fields, context: FileContext) -> Iterator[Fact]:
    """A clinic from the plan to the tally; each next step is a commitment that is tracked."""
    when = context.when(clinic)
    next_steps = clinic.many_words("next")
    builder = FactBuilder("clinics", key)
    clinic.require("venue")
    created = builder.create(
        "plan_clinic",
        when,
        orgunit=clinic.orgunit(),
        venue=clinic.text("venue"),
        planned_for=when.day.isoformat(),
        activity_key=context.occasion(clinic),
    )
    builder.then("file_clinic", created, when)
    builder.then("hold_clinic", created, when, **_lists(clinic), next_steps=_short(next_steps))
    builder.then("tally_clinic", created, when, **_figures(clinic))
    yield builder.fact
    for number, step in enumerate(next_steps, 1):
        yield _commitment(key.numbered("next", number), clinic.orgunit(), step, created, when)


def _commitment(key: Key, orgunit: str, what: Bilingual, about: str, when: FactTime) -> Fact:
    builder = FactBuilder("supervision", key, first=part("next", what))
    builder.create("make_commitment", when, orgunit=orgunit, what=what, about=about)
    return builder.fact


def _short(next_steps: Sequence[Bilingual]) -> list[str]:
    return [step.get("zh") or step["en"] for step in next_steps]


def _figures(clinic: Fields) -> Json:
    return {name: clinic.amount(name, unit) for name, unit in CLINIC_FIGURES.items()}


def _lists(clinic: Fields) -> Json:
    named = {
        target: clinic.counted(source).many("named", Text()) or None
        for source, target in NAMED.items()
    }
    return named | {"services": clinic.choices("services", CLINIC_SERVICES)}
