"""What of a command that isn't entered yet can be checked without entering it.

The service checks more: what depends on other facts is only known when the command arrives.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from marshmallow import ValidationError

from deploy.local.facts.fact_builder import Step
from shared.contracts.envelope import Moment
from shared.contracts.plausibility import doubts_about
from shared.contracts.rpc import METHODS
from shared.contracts.rpc.declare import CommandSchema
from shared.domain.errors import ValidationFailed
from shared.domain.orgunits import valid_between
from shared.domain.periods import SHANGHAI
from shared.domain.plausibility import confirmed_codes
from shared.domain.types import Json

# As the services allow it.
TOLERANCE = timedelta(hours=1)


def check(
    step: Step, arguments: Json, units: Mapping[str, Json], now: datetime, confirms: bool
) -> None:
    """Raises the error with which the service would refuse the command, as far as it is known.

    `units` are the states of the org units by code.
    """
    try:
        loaded = METHODS[step.service][step.method].arguments().load(arguments)
    except ValidationError as error:
        raise ValidationFailed(error.normalized_messages()) from None
    moment = _moment(loaded)
    if moment.time > now + TOLERANCE:
        name = "period" if "period" in loaded else "time"
        raise ValidationFailed({name: ["Must not be in the future."]})
    if "orgunit" in loaded:
        _check_unit(loaded["orgunit"], moment, units)
    said = {name: it for name, it in loaded.items() if name not in CommandSchema().fields}
    confirmed_codes(doubts_about(step.service, said), confirms)


def _moment(loaded: Json) -> Moment:
    """When it happened."""
    if "period" in loaded:
        return Moment(loaded["period"].start, "week")
    return Moment(loaded["time"].astimezone(SHANGHAI), loaded["timeprecision"])


def _check_unit(code: str, moment: Moment, units: Mapping[str, Json]) -> None:
    unit = units.get(code)
    if unit is None:
        raise ValidationFailed(
            {"orgunit": [f"Unknown org unit {code}: it is not in the registry."]}
        )
    first, last = moment.time.date(), moment.last_day
    if not valid_between(unit, first, last):
        raise ValidationFailed({"orgunit": [f"Org unit {code} was not valid on {first}."]})
