"""Rebuilding without a database: slices of cells, and naming what differs."""

from itertools import pairwise
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.local.rebuild import differs, report
from services.supervision.workflow import rebuild
from services.supervision.workflow.comparison import named_cell, named_levels, plain

CELL = "2017-W06|410103001001"
VISITS = "relief.visits_household"
ROW = {"indicator": VISITS, "value": "3", "qualifier": "exact"}


@given(st.lists(st.integers(1, 9)), st.integers(1, 12))
def test_slices_hold_whole_cells_in_order_and_as_many_as_fit(sizes, most):
    cells = [((week, "unit"), ["subject"] * size) for week, size in enumerate(sizes)]
    with mock.patch.object(rebuild, "SLICE", most):
        found = [list(some.items()) for some in rebuild.slices(iter(cells))]
    assert [cell for some in found for cell in some] == cells
    facts = [[len(subjects) for _, subjects in some] for some in found]
    assert all(sum(some) <= most or len(some) == 1 for some in facts)
    assert all(sum(one) + other[0] > most for one, other in pairwise(facts))


def cell(*rows, seen=1):
    return {"seen": seen, "partials": list(rows)}


@pytest.mark.parametrize(
    "live, fresh, expected",
    [
        (cell(ROW | {"value": "5"}), cell(ROW), [(VISITS, "5", "3")]),
        (None, cell(ROW), [(VISITS, None, "3")]),
        (cell(ROW), None, [(VISITS, "3", None)]),
        (cell(ROW, seen=2), cell(ROW), [(None, None, None)]),
    ],
    ids=["changed", "gone", "extra", "only the number of events"],
)
def test_a_cell_names_the_indicators_that_differ(live, fresh, expected):
    found = list(named_cell(CELL, live, fresh))
    assert [
        (row["indicator"], *((row[it] or {}).get("value") for it in ("live", "rebuilt")))
        for row in found
    ] == expected
    assert {(row["period"], row["orgunit"]) for row in found} == {("2017-W06", "410103001001")}


def test_levels_name_subject_unit_and_week():
    row = {"indicator": "x", "orgunit": "410103", "first": "2017-W06", "until": None, "value": "1"}
    [found] = named_levels("/warm/relief|order-1", None, {"seen": 1, "rows": [row]})
    where = {"subject": "order-1", "indicator": "x", "orgunit": "410103", "period": "2017-W06"}
    assert found == where | {"live": None, "rebuilt": {"until": None, "value": "1"}}


def test_rows_of_levels_have_no_order_and_none_are_no_document():
    rows = [{"first": "2017-W06"}, {"first": "2017-W07"}]
    assert plain({"seen": 1, "rows": rows}) == plain({"seen": 1, "rows": rows[::-1]})
    assert plain({"seen": 4, "rows": []}) is None is plain(None)
    assert plain({"seen": 1, "rows": rows}) != plain({"seen": 2, "rows": rows})


def job(stream=None, **found):
    about = {"folded": 9, "replaced": False, "differences": {"cells": 0, "levels": 0, "named": []}}
    return (
        about
        | {"differences": about["differences"] | found}
        | ({"stream": stream} if stream else {})
    )


def stream(**changes):
    counts = dict.fromkeys(("messages", "only_stored", "only_streamed", "different"), 0)
    return counts | {"skipped": {}, "missing": {}, "named": [], "agreed": True} | changes


def test_what_differs_decides_the_exit_status():
    assert not differs(job())
    assert not differs(job(stream()))
    assert differs(job(cells=1))
    assert differs(job(levels=1))
    assert differs(job(stream(agreed=False)))


def test_people_read_why_figures_were_not_replaced():
    lost = stream(messages=7, skipped={"not_json": 2}, missing={"relief": 3}, agreed=False)
    lines = "\n".join(report(job(lost, cells=1)))
    assert "2 skipped: not_json" in lines
    assert "3 events of relief are missing" in lines
    assert "NOT replaced" in lines
