"""All indicators. Each is declared once, in the module of its service."""

from services.supervision.indicators.clinics import CLINICS
from services.supervision.indicators.declare import VERSIONS, Indicator
from services.supervision.indicators.jobfairs import JOBFAIRS
from services.supervision.indicators.relief import RELIEF
from services.supervision.indicators.rules import Rules
from services.supervision.indicators.supervision import SUPERVISION
from services.supervision.indicators.volunteering import VOLUNTEERING

DECLARED = (*VOLUNTEERING, *RELIEF, *CLINICS, *JOBFAIRS, *SUPERVISION)

# Version → its rules.
RULES = {version: Rules(version, DECLARED) for version in VERSIONS}
PRESENT = RULES[VERSIONS[-1]]

# The indicators of the present rules.
INDICATORS = PRESENT.indicators

# Code → the last declaration of an indicator of any version. Unit and fold never change, and labels
# are words: they follow the renderer.
EVER: dict[str, Indicator] = {item.code: item for item in DECLARED}
