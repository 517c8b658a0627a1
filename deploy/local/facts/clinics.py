"""Free clinics, and what they announced to do next."""

from deploy.local.facts.fact_builder import Story
from shared.contracts.events.clinics import CLINIC_FIGURES, CLINIC_SERVICES
from shared.contracts.fields import Text

NAMED = {"institutions": "named_institutions", "departments": "named_departments"}


def clinic(key, clinic, frame):
    """A clinic from the plan to the tally; each next step is a commitment that is followed."""
    when = frame.when(clinic)
    steps = clinic.many_words("next")
    story = Story("clinics", key)
    clinic.needed("venue")
    made = story.create(
        "plan_clinic",
        when,
        orgunit=clinic.orgunit(),
        venue=clinic.text("venue"),
        planned_for=when.day.isoformat(),
        activity_key=frame.occasion(clinic),
    )
    story.then("file_clinic", made, when)
    story.then("hold_clinic", made, when, **_lists(clinic), next_steps=_short(steps))
    story.then("tally_clinic", made, when, **_figures(clinic))
    yield story.fact
    for number, step in enumerate(steps, 1):
        yield _commitment(f"{key}-next-{number}", clinic.orgunit(), step, made, when)


def _commitment(key, orgunit, what, about, when):
    story = Story("supervision", key)
    story.create("make_commitment", when, orgunit=orgunit, what=what, about=about)
    return story.fact


def _short(steps):
    return [step.get("zh") or step["en"] for step in steps]


def _figures(clinic):
    return {name: clinic.amount(name, unit) for name, unit in CLINIC_FIGURES.items()}


def _lists(clinic):
    named = {
        target: clinic.counted(source).many("named", Text()) or None
        for source, target in NAMED.items()
    }
    return named | {"services": clinic.choices("services", CLINIC_SERVICES)}
