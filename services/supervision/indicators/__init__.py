"""All indicators. Each is declared once, in the module of its service."""

from services.supervision.indicators.clinics import CLINICS
from services.supervision.indicators.declare import Indicator
from services.supervision.indicators.jobfairs import JOBFAIRS
from services.supervision.indicators.relief import RELIEF
from services.supervision.indicators.supervision import SUPERVISION
from services.supervision.indicators.volunteering import VOLUNTEERING

INDICATORS: dict[str, Indicator] = {
    indicator.code: indicator
    for indicator in [*VOLUNTEERING, *RELIEF, *CLINICS, *JOBFAIRS, *SUPERVISION]
}

# Event type → the indicators that it feeds. Types that feed none are stored as facts too.
FED_BY = {
    event_type: [item for item in INDICATORS.values() if event_type in item.feeds]
    for event_type in set().union(*(item.feeds for item in INDICATORS.values()))
}

# A briefing names the version of its rules. Raised once by each release that changes an indicator.
RULES_VERSION = "2017-3"
