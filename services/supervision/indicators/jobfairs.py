"""The job fairs' indicators: what took place, its figures as reported, and the hires."""

from services.supervision.indicators.declare import (
    PEOPLE,
    THINGS,
    Indicator,
    one,
    quantity,
    types,
)
from shared.contracts.events.jobfairs import FAIR_FIGURES

HELD = types("jobfairs.fair", "held", "reconciled", "corrected", "closed", "cancelled")
COUNTED = ("held", "reconciled", "closed")

FAIR_LABELS = {
    "employers": ("参会用人单位", "employers taking part"),
    "vacancies": ("提供岗位", "vacancies offered"),
    "seekers": ("求职者", "job seekers"),
    "intents": ("达成意向", "intents"),
}

OF_THINGS = ("employers", "vacancies")

JOBFAIRS = [
    Indicator(
        "jobfairs.fairs_held",
        "fair",
        "举办招聘会",
        "job fairs held",
        "{this}举办的招聘会场数",
        "job fairs that took place in the {period}",
        HELD,
        one("fair", *COUNTED),
        counts=THINGS,
    ),
    *(
        Indicator(
            f"jobfairs.{name}",
            FAIR_FIGURES[name],
            zh,
            en,
            f"{{this}}各场招聘会上报的{zh}之和",
            f"{en}, summed over the {{period}}'s fairs as reported",
            HELD,
            quantity(name, *COUNTED),
            recorded=False,
            about="jobfairs.fairs_held",
            nothing=("无招聘会", "no job fair"),
            counts=THINGS if name in OF_THINGS else PEOPLE,
        )
        for name, (zh, en) in FAIR_LABELS.items()
    ),
    Indicator(
        "jobfairs.hires",
        "person",
        "实际录用",
        "people hired",
        "{this}登记的实际录用人数；意向不等于录用",
        "people whose hire was recorded in the {period}; an intent is not a hire",
        types("jobfairs.hire", "recorded", "corrected"),
        quantity("hires", "recorded"),
    ),
]
