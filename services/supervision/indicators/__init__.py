"""All indicators. Each is declared once, in the module of its service."""

from services.supervision.indicators.clinics import CLINICS
from services.supervision.indicators.declare import VERSIONS, Indicator
from services.supervision.indicators.jobfairs import JOBFAIRS
from services.supervision.indicators.relief import RELIEF
from services.supervision.indicators.rules import Rules
from services.supervision.indicators.supervision import SUPERVISION
from services.supervision.indicators.volunteering import VOLUNTEERING
from shared.domain.periods import Week
from shared.domain.types import Json

DECLARED = (*VOLUNTEERING, *RELIEF, *CLINICS, *JOBFAIRS, *SUPERVISION)

# Version → its rules.
RULES = {version: Rules(version, DECLARED) for version in VERSIONS}
PRESENT = RULES[VERSIONS[-1]]


def rules_of(freeze: Json) -> Rules:
    """The rules of an issue with this freeze, with the programme's first week that it names. Raises
    KeyError for a version that isn't known here."""
    first_week = freeze.get("first_week")
    rules = RULES[freeze["rules"]]
    return rules.beginning_in(Week.parse(first_week)) if first_week else rules


# The indicators of the present rules.
INDICATORS = PRESENT.indicators

# Code → the last declaration of an indicator of any version. Unit and fold never change, and labels
# are words: they follow the renderer.
EVER: dict[str, Indicator] = {item.code: item for item in DECLARED}
