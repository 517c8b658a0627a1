"""The last weeks of the headline figures: each week's figure by the issue's own rules."""

from hypothesis import given, settings
from hypothesis import strategies as st

from services.supervision.briefing.assemble import content, fold_week
from services.supervision.briefing.sections import headlines
from services.supervision.briefing.sections.trends import trends
from services.supervision.briefing.table import table
from services.supervision.indicators import INDICATORS, PRESENT, RULES
from services.supervision.indicators.reporting import TRENDS
from services.supervision.outline.front import HEADLINE_FIGURES
from shared.domain import canonical
from shared.domain.periods import Week, format_instant
from tests.support.district import histories, naive
from tests.unit.services.supervision.briefing.test_table import DISTRICT, REGISTRY, same

FAIRS = "jobfairs.fairs_held"


def folded(events, week, rules=PRESENT):
    return fold_week(week, rules, naive.by_subject([*events, *REGISTRY]))


def weeks_of(events, week, rules=PRESENT):
    """Indicator → its weeks."""
    return {row["indicator"]: row["weeks"] for row in trends(folded(events, week, rules))}


def fair(number, week, **data):
    """A fair that was held in the week."""
    reported = dict.fromkeys(naive.FAIR_FIGURES, {"value": "9", "qualifier": "over"})
    figures = {
        name: reported[name] | {"unit": unit, "stated": None}
        for name, unit in naive.FAIR_FIGURES.items()
    }
    return {
        "id": f"fair-{number}",
        "source": "/warm/jobfairs",
        "type": "jobfairs.fair.held",
        "subject": f"fair-{number}",
        "subjectsequence": 1,
        "sourcesequence": number,
        "orgunit": "410103006",
        "time": format_instant(week.start),
        "recordedtime": format_instant(week.start),
        "data": {"status": "held", "held_on": None, **figures, **data},
    }


@settings(max_examples=30)
@given(histories.histories(), st.sampled_from(histories.WEEKS))
def test_every_week_is_the_oracles(events, week):
    feeding = [event for event in events if event["type"] in PRESENT.fed_by]
    first = min((Week(*naive.week_of(event)) for event in feeding), default=week)
    for code, weeks in weeks_of(events, week).items():
        expected = naive.trend(events, code, DISTRICT, week, first)
        assert [it["period"] for it in weeks] == list(expected)
        about = INDICATORS[code].about
        for shown in weeks:
            period = Week.parse(shown["period"])
            subject = about and naive.cell(events, about, DISTRICT, period)
            assert same(shown, code, expected[shown["period"]], subject)


def test_there_are_26_weeks_of_an_old_programme():
    week, found = Week(2017, 6), []
    for number in range(1, 40):
        found.append(fair(number, week))
        week = week.previous()
    weeks = weeks_of(found, Week(2017, 6))[FAIRS]
    assert [weeks[0]["period"], weeks[-1]["period"], len(weeks)] == ["2016-W33", "2017-W06", 26]
    assert {it["value"] for it in weeks} == {"1"}


def test_a_young_programme_has_its_weeks_alone():
    events = [fair(1, Week(2017, 4))]
    weeks = weeks_of(events, Week(2017, 6))[FAIRS]
    assert [(it["period"], it["value"]) for it in weeks] == [
        ("2017-W04", "1"),
        ("2017-W05", "0"),
        ("2017-W06", "0"),
    ]
    assert [it["period"] for it in weeks_of([], Week(2017, 6))[FAIRS]] == ["2017-W06"]


def test_what_was_before_the_programmes_first_week_is_in_no_trend():
    rules = PRESENT.beginning_in(Week(2017, 5))
    weeks = weeks_of([fair(1, Week(2017, 1)), fair(2, Week(2017, 5))], Week(2017, 6), rules)
    assert [(it["period"], it["value"]) for it in weeks[FAIRS]] == [
        ("2017-W05", "1"),
        ("2017-W06", "0"),
    ]


def test_the_last_two_weeks_are_those_of_the_cells():
    events = [fair(1, Week(2017, 4)), fair(2, Week(2017, 5)), fair(3, Week(2017, 6))]
    week = folded(events, Week(2017, 6))
    cells = {it["indicator"]: it for it in table(week) if it["orgunit"] == DISTRICT}
    for row in trends(week):
        cell = cells[row["indicator"]]
        figure = {name: cell[name] for name in ("value", "qualifier", "status")}
        *_, last, this = row["weeks"]
        assert (last | cell["previous"], this | figure) == (last, this)


def test_a_week_of_which_nobody_knows_has_no_number_and_says_why():
    missing = {"value": None, "qualifier": "not_stated", "unit": "person", "stated": None}
    clinic = fair(1, Week(2017, 5)) | {
        "type": "clinics.clinic.tallied",
        "source": "/warm/clinics",
    }
    figures = {name: missing | {"unit": unit} for name, unit in naive.CLINIC_FIGURES.items()}
    clinic["data"] = {"status": "tallied", "held_on": None, **figures}
    weeks = weeks_of([clinic, fair(2, Week(2017, 4))], Week(2017, 6))["clinics.consultations"]
    assert [(it["value"], it["status"]) for it in weeks] == [
        (None, "none"),
        (None, "not_stated"),
        (None, "none"),
    ]


def test_the_content_digest_covers_the_trends():
    weeks = (Week(2017, 1), Week(2017, 2))
    before, now = (content(folded([fair(1, week)], Week(2017, 9))) for week in weeks)
    # Nothing else of this week tells them apart but the trend.
    assert before["cells"] == now["cells"]
    assert canonical.sha256(before) != canonical.sha256(now)


def test_they_are_the_figures_of_the_first_page_and_of_the_main_points():
    named = {*HEADLINE_FIGURES, *headlines.OVERDUE, *(it for row in headlines.POINTS for it in row)}
    assert set(TRENDS) == {code for code in named if INDICATORS[code].since is None}


def test_earlier_rules_have_the_trends_of_their_own_indicators():
    for rules in RULES.values():
        assert weeks_of([], Week(2017, 6), rules).keys() == set(TRENDS) & rules.indicators.keys()
