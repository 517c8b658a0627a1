"""Which cells are printed, in a first edition, in revisions, and of other weeks."""

import copy

import pytest

from services.supervision.editions.public import public
from tests.unit.services.supervision.editions.weeks import (
    COMMUNITIES,
    DISTRICT,
    PEOPLE,
    RECORDS,
    SUBDISTRICTS,
    cell,
    editions,
    internal,
    rows,
    since,
)

S1, S2, S3 = SUBDISTRICTS
C1, C2, C3, *_ = COMMUNITIES
# The first community of the second sub-district.
OTHER = COMMUNITIES[3]


def only(reported, **more):
    """What is printed of one week that has no earlier one."""
    [edition] = editions([internal(reported, **more)])
    return rows(edition, more.get("indicator", PEOPLE))


def test_figures_from_the_threshold_on_are_printed():
    assert only({C1: 5, OTHER: 7}) == {DISTRICT: 12, S1: 5, C1: 5, S2: 7, OTHER: 7}


def test_0_is_printed():
    assert only({}) == {DISTRICT: 0}


def test_a_small_figure_is_suppressed_with_the_smallest_other_one():
    assert only({C1: 2, C2: 20, C3: 30}) == {DISTRICT: 52, S1: 52, C1: None, C2: None, C3: 30}


def test_below_a_suppressed_cell_nothing_is_listed():
    assert only({C1: 2, OTHER: 20}) == {DISTRICT: 22, S1: None, S2: None}


def test_a_small_total_is_suppressed_with_everything_below():
    assert only({C1: 2, OTHER: 2}) == {DISTRICT: None}


def test_what_a_unit_reported_itself_is_protected_too():
    # 20 - 17 = 3 would be the sub-district's own.
    assert only({S1: 3, C1: 17}) == {DISTRICT: 20, S1: 20, C1: None}


def test_many_cells_of_one_are_not_listed():
    assert only({C1: 1, C2: 1, C3: 3, OTHER: 40}) == {DISTRICT: 45, S1: 5, S2: 40, OTHER: 40}


def test_hours_of_few_records_are_suppressed():
    assert only({C1: 30}, indicator=RECORDS, records={C1: 4}) == {DISTRICT: None}
    assert only({C1: 30}, indicator=RECORDS, records={C1: 5}) == {DISTRICT: 30, S1: 30, C1: 30}


def test_a_remainder_of_hours_has_enough_records():
    hours, records = {C1: 30, C2: 40, C3: 50}, {C1: 1, C2: 9, C3: 9}
    assert only(hours, indicator=RECORDS, records=records) == {
        DISTRICT: 120,
        S1: 120,
        C1: None,
        C2: None,
        C3: 50,
    }


@pytest.mark.parametrize(
    "value, qualifier, printed",
    [
        ("3", "over", None),
        ("4", "about", None),
        ("4", "at_most", None),
        ("0", "over", None),
        ("5", "over", "5"),
        ("0", "at_most", "0"),
        (None, "not_stated", "not stated"),
    ],
)
def test_a_qualified_figure_is_judged_by_its_number(value, qualifier, printed):
    document = internal({C1: 9})
    for row in document["cells"]:
        if row["indicator"] == PEOPLE:
            status = "not_stated" if value is None else "complete"
            row |= {"value": value, "qualifier": qualifier, "status": status}
    [found] = [
        it
        for it in public(document, [], 5)["cells"]
        if (it["indicator"], it["orgunit"]) == (PEOPLE, DISTRICT)
    ]
    expected = {None: (None, "suppressed"), "not stated": (None, "not_stated")}
    assert (found["value"], found["qualifier"]) == expected.get(printed, (printed, qualifier))


@pytest.mark.parametrize("indicator", ["relief.orders_overdue", "relief.orders_open"])
def test_what_stands_is_printed_for_the_district_alone_and_open_orders_never(indicator):
    value = None if indicator == "relief.orders_open" else 60
    assert only({C1: 20, C2: 40}, indicator=indicator) == {DISTRICT: value}


def test_a_median_of_few_is_suppressed():
    median = "relief.days_to_deliver_median"
    for records, value in ((4, None), (5, 3)):
        document = internal({})
        document["cells"] = [it for it in document["cells"] if it["indicator"] != median]
        document["cells"] += [cell(median, unit, 3, records) for unit in (DISTRICT, S1)]
        assert rows(public(document, [], 5), median) == {DISTRICT: value}


def test_last_week_is_what_was_printed():
    known = editions([internal({C1: 20, C2: 2, C3: 9}), internal({C1: 8, C2: 9}, week=2)])[1]
    before = {
        it["orgunit"]: it["previous"]["value"] for it in known["cells"] if it["indicator"] == PEOPLE
    }
    assert before == {DISTRICT: "31", S1: "31", C1: "20", C2: None}


def test_the_sum_since_the_beginning_is_over_what_was_printed_where_a_week_is_not():
    weeks = [internal({C1: 20}), internal({C1: 3}, week=2), internal({C1: 7}, week=3)]
    found = editions(weeks)
    assert [since(it) for it in found] == [("20", "exact"), ("20", "over"), ("27", "over")]


def test_the_sum_begins_with_that_of_the_first_edition():
    first, second = internal({C1: 20}, week=2), internal({C1: 7}, week=3)
    for row in first["cells"]:
        if row["indicator"] == PEOPLE:
            row["cumulative"] = row["cumulative"] | {"value": "100"}
    # Published in full, before there were editions.
    assert since(public(second, [first], 5)) == ("107", "exact")
    assert since(public(second, [], 5)) == ("7", "over")


def test_a_week_without_an_edition_is_missing_in_the_sum():
    [first] = editions([internal({C1: 20})])
    assert since(public(internal({C1: 7}, week=3), [first], 5)) == ("27", "over")


def revised(before, after):
    return rows(editions([internal(before), internal(after, revision=1)])[1])


def test_a_correction_of_a_printed_cell_is_printed():
    assert revised({C1: 20}, {C1: 22}) == {DISTRICT: 22, S1: 22, C1: 22}


def test_a_late_small_figure_is_suppressed_with_all_cells_above():
    assert revised({C1: 20, OTHER: 9}, {C1: 20, C2: 2, OTHER: 9}) == {
        DISTRICT: None,
        S1: None,
        C1: 20,
        S2: 9,
        OTHER: 9,
    }


def test_a_large_change_of_a_remainder_is_printed_and_its_cells_stay_suppressed():
    before, after = {C1: 2, C2: 20, C3: 30}, {C1: 2, C2: 25, C3: 30}
    assert revised(before, after) == {DISTRICT: 57, S1: 57, C1: None, C2: None, C3: 30}


def test_a_small_change_of_a_remainder_is_not_printed():
    before, after = {C1: 2, C2: 20, C3: 30}, {C1: 2, C2: 21, C3: 30}
    assert revised(before, after) == {DISTRICT: None, S1: None, C3: 30}


def test_a_suppressed_cell_stays_suppressed_when_it_has_become_large():
    before, after = {C1: 2, C2: 20, C3: 30}, {C1: 40, C2: 20, C3: 30}
    assert revised(before, after) == {DISTRICT: 90, S1: 90, C1: None, C2: None, C3: 30}


def test_an_indicator_of_which_no_number_was_printed_is_chosen_afresh():
    assert revised({C1: 3}, {C1: 8, C2: 9}) == {DISTRICT: 17, S1: 17, C1: 8, C2: 9}
    assert revised({}, {C1: 8, C2: 2}) == {DISTRICT: 10, S1: 10, C1: None, C2: None}


def test_a_revision_lists_what_it_changes_as_far_as_it_is_printed():
    documents = [internal({C1: 20, OTHER: 9}), internal({C1: 26, OTHER: 9}, revision=1)]
    late = editions(documents)[1]["late"]
    assert [(it["orgunit"], it["old"]["value"], it["new"]["value"]) for it in late] == [
        (DISTRICT, "29", "35"),
        (S1, "20", "26"),
        (C1, "20", "26"),
    ]
    assert all(it["because"] == [] for it in late)


def test_a_change_of_hours_in_a_revision_is_not_printed():
    hours = [({C1: 30}, 0), ({C1: 38}, 1)]
    made = [
        internal(it, revision=number, indicator=RECORDS, records={C1: 9}) for it, number in hours
    ]
    assert rows(editions(made)[1], RECORDS) == {DISTRICT: None, S1: None, C1: None}


def test_contributions_are_not_counted():
    edition = public(internal({C1: 20}), [], 5)
    for row in edition["cells"]:
        if row["indicator"] == PEOPLE:
            assert (row["numerator"], row["denominator"]) == (None, None)


def test_the_internal_document_of_another_week_is_not_needed():
    document = internal({C1: 9}, week=2)
    other = copy.deepcopy(document)
    for row in other["cells"]:
        if row["indicator"] == PEOPLE:
            row["previous"] = row["previous"] | {"value": "4321"}
            row["cumulative"] = row["cumulative"] | {"value": "4321"}
    assert public(document, [], 5) == public(other, [], 5)
