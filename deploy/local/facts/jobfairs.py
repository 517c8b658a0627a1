"""Job fairs, and the hires that followed."""

from collections.abc import Iterator, Sequence

from deploy.local.facts.fact_builder import Fact, FactBuilder, FactTime, FileContext
from deploy.local.facts.fields import Fields
from deploy.local.facts.identity import Key
from shared.contracts.events.jobfairs import FAIR_FIGURES, FAIR_SERVICES
from shared.contracts.fields import Text
from shared.domain.types import Json


def fair(key: Key, fair: Fields, context: FileContext) -> Iterator[Fact]:
    """A fair from the plan to its reconciliation, and the hires since."""
    when = context.when(fair)
    builder = FactBuilder("jobfairs", key)
    fair.require("venue")
    created = builder.create(
        "plan_fair",
        when,
        orgunit=fair.orgunit(),
        venue=fair.text("venue"),
        planned_for=when.day.isoformat(),
        theme=fair.words("theme"),
        audience=fair.words("for"),
        capacity=fair.whole("capacity", least=1),
        activity_key=context.occasion(fair),
    )
    builder.then("hold_fair", created, when, **_details(fair))
    builder.then("reconcile_fair", created, when)
    for hire in _hires(fair):
        _record_hires(builder, created, hire, fair, when, context)
    yield builder.fact


def _details(fair: Fields) -> Json:
    """A missing figure is not sent: the service can compute the vacancies from the postings."""
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


def _posting(posting: Fields) -> Json:
    for name in ("employer", "job"):
        posting.require(name)
    return {
        "employer": posting.text("employer"),
        "job": posting.text("job"),
        "openings": posting.amount("openings", "vacancy"),
    }


def _hires(fair: Fields) -> Sequence[Fields]:
    """One figure, or a list of figures: each with its day and its employer, where known."""
    given = fair.get("hires")
    if isinstance(given, list):
        return fair.parts("hires")
    return [] if given is None else [fair.counted("hires")]


def _record_hires(
    builder: FactBuilder,
    fair_id: str,
    hire: Fields,
    fair: Fields,
    held: FactTime,
    context: FileContext,
) -> None:
    number = hire.figure("hires", "person", fair)
    if number["qualifier"] != "exact":
        raise fair.error("hires", "people who were hired are counted exactly")
    builder.create(
        "record_hires",
        context.when(hire) if hire.get("date") else held,
        after=fair_id,
        part_of=hire.given,
        orgunit=fair.orgunit(),
        hires=number,
        fair=fair_id,
        employer=hire.text("employer"),
    )
