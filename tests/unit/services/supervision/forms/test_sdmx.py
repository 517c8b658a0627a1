"""SDMX-CSV, as the two libraries read it that statistics offices use."""

import io
import re

import pysdmx.io
import pytest
import sdmx as sdmx1
from hypothesis import given, settings
from hypothesis import strategies as st
from sdmx.model import common, v30

from services.supervision.forms import sdmx
from services.supervision.indicators import EVER
from tests.support import issue_documents

seeds = st.integers(0, 10**9)
MISSING = {"not_stated": "L", "none": "M", "unknown": "O", "suppressed": "Q"}


def structure():
    """The data structure that the dictionary describes."""
    made = v30.DataStructureDefinition(
        id="BRIEFING", version="1.0.0", maintainer=common.Agency(id="WARM")
    )
    for name, role, _ in sdmx.COMPONENTS:
        if role == sdmx.DIMENSION:
            made.dimensions.append(common.Dimension(id=name))
        elif role == sdmx.MEASURE:
            made.measures.append(v30.Measure(id=name))
        else:
            made.attributes.append(common.DataAttribute(id=name))
    return made


def by_sdmx1(body):
    message = sdmx1.read_sdmx(io.BytesIO(body), format="csv", structure=structure())
    [found] = message.data
    for one in found.obs:
        names = {name: part.value for name, part in one.dimension.values.items()}
        attributes = {name: part.value for name, part in one.attached_attribute.items()}
        yield {**names, **attributes, "OBS_VALUE": one.value}


def by_pysdmx(body):
    [found] = pysdmx.io.read_sdmx(body.decode()).data
    assert found.short_urn == f"DataStructure={sdmx.structure_of('2017-W06')}"
    return found.data.to_dict("records")


def key(row):
    return tuple(row[name] for name in ("INDICATOR", "REF_AREA", "BASIS", "TIME_PERIOD"))


def observations(document):
    """Key → (number, qualifier, status) of each figure, as the document has them."""
    found = {}
    revised = {(row["indicator"], row["orgunit"]) for row in document["late"]}
    means = {row["indicator"]: row["mean"] for row in document["headline_table"]}
    for cell in document["cells"]:
        name = cell["indicator"].replace(".", "-"), cell["orgunit"]
        is_revised = (cell["indicator"], cell["orgunit"]) in revised
        parts = {
            ("WEEK", "2017-W06"): (cell, is_revised),
            ("WEEK", "2017-W05"): (cell["previous"], False),
            ("CUMULATIVE", "2017-W06"): (cell["cumulative"], False),
        }
        mean = means[cell["indicator"]]
        if cell["orgunit"] == issue_documents.DISTRICT and mean["zh"] != "不适用":
            hidden = {} if mean["value"] else {"status": "suppressed"}
            parts["MEAN4", "2017-W06"] = mean | hidden, False
        for place, (shown, changed) in parts.items():
            if shown is not None:
                found[*name, *place] = observation(document, shown, changed)
    for row in document["trends"]:
        name = row["indicator"].replace(".", "-"), issue_documents.DISTRICT
        # The last two weeks are those of the cells.
        for week in row["weeks"][:-2]:
            found[*name, "WEEK", week["period"]] = observation(document, week, False)
    return found


def observation(document, shown, changed):
    if shown["value"] is None:
        return "", shown["status"].upper(), MISSING[shown["status"]]
    status = "R" if changed else "A"
    if document["status"] in ("draft", "provisional"):
        status = "P"
    return shown["value"], shown["qualifier"].upper(), status


@pytest.mark.parametrize("read", [by_sdmx1, by_pysdmx])
@settings(max_examples=6)
@given(seed=seeds)
def test_every_figure_is_read_back_with_its_qualifier_and_status(read, seed):
    document = issue_documents.drawn(seed)
    rows = list(read(sdmx.make(document, "zh")))
    read_back = {key(row): (row["OBS_VALUE"], row["QUALIFIER"], row["OBS_STATUS"]) for row in rows}
    assert len(read_back) == len(rows)
    assert read_back == observations(document)


def test_only_the_figures_of_the_week_itself_are_revised():
    document = issue_documents.drawn(1) | {"status": "final"}
    cell = document["cells"][0]
    shown = {"value": "3", "qualifier": "exact", "status": "complete"}
    cell |= shown | {"previous": dict(shown), "cumulative": dict(shown)}
    document["late"] = [{"indicator": cell["indicator"], "orgunit": cell["orgunit"]}]
    rows = [
        row
        for row in by_pysdmx(sdmx.make(document, "zh"))
        if key(row)[:2] == ("clinics-clinics_held", "410103")
    ]
    assert [row["OBS_STATUS"] for row in rows][:3] == ["R", "A", "A"]


@pytest.mark.parametrize(("edition", "free"), [("public", "F"), ("internal", "N")])
def test_a_suppressed_figure_is_confidential_and_the_others_are_as_the_edition(edition, free):
    document = issue_documents.drawn(2, edition=edition)
    for row in by_pysdmx(sdmx.make(document, "zh")):
        suppressed = row["OBS_STATUS"] == "Q"
        assert suppressed == (row["QUALIFIER"] == "SUPPRESSED")
        assert row["CONF_STATUS"] == ("C" if suppressed else free)
        assert not suppressed or row["OBS_VALUE"] == ""


def test_every_code_is_one_that_sdmx_allows():
    for row in by_pysdmx(sdmx.make(issue_documents.drawn(3), "zh")):
        for name in ("FREQ", "INDICATOR", "REF_AREA", "BASIS", "QUALIFIER", "UNIT_MEASURE"):
            assert re.fullmatch(r"[A-Za-z0-9_@$-]+", row[name])
    assert not any("-" in code for code in EVER)


def test_weeks_before_the_first_of_a_year_are_those_of_the_year_before():
    document = issue_documents.drawn(4) | {"period": "2021-W01", "trends": []}
    periods = {row["TIME_PERIOD"] for row in by_pysdmx(sdmx.make(document, "zh"))}
    assert periods == {"2021-W01", "2020-W53"}
