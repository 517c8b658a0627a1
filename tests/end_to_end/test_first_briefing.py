"""The main job: the programme's facts become the briefing that was derived by hand."""

import re

import pytest

from tests.end_to_end.conftest import FACTS, play
from tests.support.expected_week import core_cells, expected_cells


def test_every_expected_cell_is_printed_and_no_other(district):
    issue = play(district, FACTS)["2017-W06"]
    assert core_cells(issue) == expected_cells()
    live = district.ask("live", period="2017-W06")
    assert core_cells(live) == expected_cells()
    for week in ("2017-W05", "2016-W52"):
        assert_stands_at_nothing(district, week)
    assert_no_bare_500(district)
    assert district.ask("verify", period="2017-W06")["equal"]


def assert_stands_at_nothing(district, week):
    """What a week without facts shows."""
    cells = core_cells(district.ask("live", period=week))
    assert cells["clinics.clinics_held", "410103"] == ("0", "exact")
    assert cells["clinics.consultations", "410103"] == (None, "not_stated")


def assert_no_bare_500(district):
    for lang in ("zh", "en"):
        text = district.ask("briefing", period="2017-W06", format="text", lang=lang)
        for found in re.finditer("500", text):
            before, after = text[: found.start()], text[found.end() :]
            assert after.startswith("多") or before.endswith("over ") or after[0].isdigit()


def _620_consultations(programme):
    programme["clinics"][0]["consultations"] = {"count": 620}


@pytest.mark.long
def test_other_consultations_are_followed(district, other_facts):
    issue = play(district, other_facts(_620_consultations))["2017-W06"]
    cells = core_cells(issue)
    assert cells["clinics.consultations", "410103"] == ("620", "exact")
    assert cells["clinics.consultations", "410103006"] == ("620", "exact")


def _everything_differs(programme):
    volunteering, relief = programme["volunteering"], programme["relief"]
    volunteering |= {
        "stations": {"count": 131},
        "team_categories": {"count": 12},
        "professional_teams": {"count": 41, "qualifier": "at_most"},
        "registered_volunteers": {"count": 71000, "qualifier": "about"},
    }
    volunteering["activities"][1]["participants"]["count"] = 250
    volunteering["activities"][0]["participants"] = {"count": 12}
    volunteering["activities"].append(
        {"orgunit": "410103009", "what": {"zh": "助学"}, "participants": 8}
    )
    programme["gatherings"][0]["communities"] = 7
    relief["orders"][0] |= {"delivered": "2017-02-08", "confirmed": "2017-02-09"}
    relief["orders"].append({"id": "second", **_waiting_order()})
    relief["visits"][0]["visits"] = {"count": 300, "qualifier": "over"}
    relief["visits"][1] |= {"visits": 45, "merchants": 40}
    programme["clinics"][0] |= {
        name: {"count": number} for name, number in OTHER_CLINIC_FIGURES.items()
    }
    programme["job_fairs"][0] |= {
        "employers": {"count": 33},
        "vacancies": {"count": 210, "qualifier": "at_most"},
        "seekers": {"count": 900, "qualifier": "over"},
        "intents": 70,
        "hires": [{"date": "2017-02-11", "count": 4}],
    }
    programme["inspections"].append(
        {"orgunit": "410103009", "kind": "problem_found", "what": {"zh": "路灯损坏"}}
    )
    programme["platforms"][0]["milestones"][1]["status"] = "done"
    programme["programme"]["meetings"] = [
        {
            "date": "2017-02-10",
            "actions": [{"what": {"zh": "选址"}, "responsible": "区民政局", "due": "2017-02-20"}],
        }
    ]


def _waiting_order():
    return {"orgunit": "410103009", "placed": "2017-02-06", "items": ["米"]}


OTHER_CLINIC_FIGURES = {
    "institutions": 7,
    "departments": 21,
    "staff": 55,
    "consultations": 620,
    "prescriptions": 205,
    "leaflets": 1010,
}

# Every core figure of the district, worked out by hand from the facts above.
OTHERWISE = {
    "volunteering.stations": ("131", "exact"),
    "volunteering.team_categories": ("12", "exact"),
    "volunteering.teams": ("41", "at_most"),
    "volunteering.volunteers_registered": ("71000", "about"),
    "volunteering.activities_completed": ("3", "exact"),
    "volunteering.participants": ("270", "over"),
    "volunteering.gatherings_held": ("7", "exact"),
    "volunteering.hours_verified": ("0", "exact"),
    "relief.orders_raised": ("2", "exact"),
    "relief.orders_claimed": ("1", "exact"),
    "relief.orders_delivered": ("1", "exact"),
    "relief.orders_confirmed": ("1", "exact"),
    "relief.orders_overdue": ("0", "exact"),
    "relief.days_to_deliver_median": ("1", "exact"),
    "relief.visits_household": ("300", "over"),
    "relief.visits_merchant": ("45", "exact"),
    "relief.merchants_registered": ("40", "exact"),
    "clinics.clinics_held": ("1", "exact"),
    **{f"clinics.{name}": (str(number), "exact") for name, number in OTHER_CLINIC_FIGURES.items()},
    "jobfairs.fairs_held": ("1", "exact"),
    "jobfairs.employers": ("33", "exact"),
    "jobfairs.vacancies": ("210", "at_most"),
    "jobfairs.seekers": ("900", "over"),
    "jobfairs.intents": ("70", "exact"),
    "jobfairs.hires": ("4", "exact"),
    "supervision.findings_reported": ("3", "exact"),
    "supervision.findings_closed": ("2", "exact"),
    "supervision.milestones_reached": ("8", "exact"),
    "supervision.actions_open": ("1", "exact"),
}


def test_other_facts_give_other_figures_everywhere(district, other_facts):
    issue = play(district, other_facts(_everything_differs))["2017-W06"]
    cells = core_cells(issue)
    assert {code: cells[code, unit] for code, unit in cells if unit == "410103"} == OTHERWISE
    usual = expected_cells()
    same = {code for code, shown in OTHERWISE.items() if usual[code, "410103"] == shown}
    # What the file can't tell, or tells by one clinic, one fair and one delivery.
    assert same == {
        "volunteering.hours_verified",
        "relief.orders_claimed",
        "relief.orders_delivered",
        "relief.orders_overdue",
        "clinics.clinics_held",
        "jobfairs.fairs_held",
        "supervision.findings_closed",
    }


def _later_elsewhere(programme):
    programme["clinics"][0] |= {"date": "2017-02-23", "orgunit": "410103009"}


def test_another_week_and_another_unit_are_followed(district, other_facts):
    issues = play(district, other_facts(_later_elsewhere))
    assert sorted(issues) == ["2017-W06", "2017-W08"]
    first, later = map(core_cells, issues.values())
    assert first["clinics.clinics_held", "410103"] == ("0", "exact")
    assert later["clinics.consultations", "410103009"] == ("500", "over")
    assert ("clinics.consultations", "410103006") not in later
    assert [issue["issue"] for issue in issues.values()] == [1, 2]


def _second_clinic(programme):
    programme["clinics"].append(
        {
            "id": "clinic-second",
            "date": "2017-02-11",
            "orgunit": "410103006",
            "venue": "第二会场",
            "consultations": {"count": 300, "qualifier": "over"},
        }
    )


def test_a_second_clinic_is_added_and_what_it_left_out_is_said(district, other_facts):
    issue = play(district, other_facts(_second_clinic))["2017-W06"]
    cells = core_cells(issue)
    assert cells["clinics.consultations", "410103"] == ("800", "over")
    assert cells["clinics.clinics_held", "410103006"] == ("2", "exact")
    assert cells["clinics.institutions", "410103"] == ("6", "exact")
    text = district.ask("briefing", period="2017-W06", format="text", lang="en")
    assert "over 800 person-times" in text
    assert "6 institutions (1 of 2 gave a figure)" in text
