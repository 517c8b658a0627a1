"""Job fairs, and the hires that came of them."""

from deploy.local.facts.fact_builder import Story
from shared.contracts.events.jobfairs import FAIR_FIGURES, FAIR_SERVICES
from shared.contracts.fields import Text, Whole


def fair(key, fair, frame):
    """A fair from the plan to the books, and who was hired since."""
    when = frame.when(fair)
    story = Story("jobfairs", key)
    fair.needed("venue")
    made = story.create(
        "plan_fair",
        when,
        orgunit=fair.orgunit(),
        venue=fair.text("venue"),
        planned_for=when.day.isoformat(),
        theme=fair.words("theme"),
        audience=fair.words("for"),
        capacity=fair.checked("capacity", Whole(least=1)),
        activity_key=frame.occasion(fair),
    )
    story.then("hold_fair", made, when, **_details(fair))
    story.then("reconcile_fair", made, when)
    for hire in _hires(fair):
        _record_hires(story, made, hire, fair, when, frame)
    yield story.fact


def _details(fair):
    """A figure that nobody gave is left out: the postings may tell the vacancies."""
    figures = {
        name: fair.amount(name, unit)
        for name, unit in FAIR_FIGURES.items()
        if fair.get(name) is not None
    }
    return figures | {
        "named_employers": fair.counted("employers").many("named", Text()),
        "postings": [_posting(posting) for posting in fair.parts("postings")],
        "services": fair.choices("services", FAIR_SERVICES),
    }


def _posting(posting):
    for name in ("employer", "job"):
        posting.needed(name)
    return {
        "employer": posting.text("employer"),
        "job": posting.text("job"),
        "openings": posting.amount("openings", "vacancy"),
    }


def _hires(fair):
    """One figure, or a list of them: each with its day and its employer, where they are known."""
    given = fair.get("hires")
    if isinstance(given, list):
        return fair.parts("hires")
    return [] if given is None else [fair.counted("hires")]


def _record_hires(story, made, hire, fair, held, frame):
    level = hire.figure("hires", "person", fair)
    if level["qualifier"] != "exact":
        raise fair.wrong("hires", "people who were hired are counted exactly")
    story.create(
        "record_hires",
        frame.when(hire) if hire.get("date") else held,
        after=made,
        orgunit=fair.orgunit(),
        hires=level,
        fair=made,
        employer=hire.text("employer"),
    )
