"""The indicators, each declared once, in the module of the service that it is about."""

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

# What an event type feeds: types that feed nothing are kept as facts all the same.
FED_BY = {
    event_type: [item for item in INDICATORS.values() if event_type in item.feeds]
    for event_type in set().union(*(item.feeds for item in INDICATORS.values()))
}

# Changes whenever a definition does: a briefing names the rules that it was made by.
RULES_VERSION = "2017-3"
