"""The main job: the programme's facts become the briefing that was derived by hand."""

import csv
import re
from pathlib import Path

import pytest

from tests.end_to_end.conftest import FACTS, play

EXPECTED = Path(__file__).parent.parent / "data" / "expected_2017-W06.csv"


def expected_cells():
    with EXPECTED.open(encoding="utf-8", newline="") as file:
        return {
            (row["indicator"], row["orgunit"]): (row["value"] or None, row["qualifier"])
            for row in csv.DictReader(file)
        }


def printed_cells(issue):
    return {
        (cell["indicator"], cell["orgunit"]): (cell["value"], cell["qualifier"])
        for cell in issue["cells"]
    }


def test_every_expected_cell_is_printed_and_no_other(district):
    issue = play(district, FACTS)["2017-W06"]
    assert printed_cells(issue) == expected_cells()
    live = district.ask("live", period="2017-W06")
    assert printed_cells(live) == expected_cells()
    assert_no_bare_500(district)
    assert district.ask("verify", period="2017-W06")["equal"]


def assert_no_bare_500(district):
    for lang in ("zh", "en"):
        text = district.ask("briefing", period="2017-W06", format="text", lang=lang)
        for found in re.finditer("500", text):
            before, after = text[: found.start()], text[found.end() :]
            assert after.startswith("多") or before.endswith("over ") or after[0].isdigit()


def _620_consultations(programme):
    programme["clinics"][0]["consultations"] = {"count": 620}


def test_other_consultations_are_followed(district, other_facts):
    issue = play(district, other_facts(_620_consultations))["2017-W06"]
    cells = printed_cells(issue)
    assert cells["clinics.consultations", "410103"] == ("620", "exact")
    assert cells["clinics.consultations", "410103006"] == ("620", "exact")


def _later_elsewhere(programme):
    programme["clinics"][0] |= {"date": "2017-02-23", "orgunit": "410103009"}


def test_another_week_and_another_unit_are_followed(district, other_facts):
    issues = play(district, other_facts(_later_elsewhere))
    assert sorted(issues) == ["2017-W06", "2017-W08"]
    first, later = map(printed_cells, issues.values())
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
    cells = printed_cells(issue)
    assert cells["clinics.consultations", "410103"] == ("800", "over")
    assert cells["clinics.clinics_held", "410103006"] == ("2", "exact")
    assert cells["clinics.institutions", "410103"] == ("6", "exact")
    text = district.ask("briefing", period="2017-W06", format="text", lang="en")
    assert "over 800 person-times" in text
    assert "6 institutions (1 of 2 gave a figure)" in text


@pytest.mark.parametrize("week", ["2017-W05", "2016-W52"])
def test_a_week_without_facts_stands_at_nothing(district, week):
    play(district, FACTS)
    cells = printed_cells(district.ask("live", period=week))
    assert cells["clinics.clinics_held", "410103"] == ("0", "exact")
    assert cells["clinics.consultations", "410103"] == (None, "not_stated")
