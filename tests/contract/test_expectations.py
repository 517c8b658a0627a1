"""What partners use is still there, as each partner's file says it."""

import copy
import json
from pathlib import Path

import pytest

from deploy.catalogue import ends
from deploy.catalogue.expectations import problems

FOLDER = Path(__file__).parent / "expectations"
EXAMPLE = json.loads((FOLDER / "example-partner.json").read_text("utf-8"))


@pytest.mark.parametrize("name", sorted(it.stem for it in FOLDER.glob("*.json")))
def test_the_expectations_of_a_partner_hold(name):
    found = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    assert found["partner"] == name
    assert not list(problems(found))


def test_the_list_of_versions_that_end_is_current():
    assert ends.FILE.read_text("utf-8") == ends.text(), "run `python -m deploy.catalogue`"


def changed(change):
    expectations = copy.deepcopy(EXAMPLE)
    change(expectations)
    return list(problems(expectations))


ORDER, RAISED = "relief.order", "relief.raise_order"
DELIVERED = "relief.order.delivered.1"


@pytest.mark.parametrize(
    "change, said",
    [
        (lambda it: it["calls"].update({"relief.gone": {}}), "relief.gone: no such method"),
        (lambda it: it["calls"].update({"nobody.order": {}}), "nobody.order: no such method"),
        (lambda it: it["calls"][RAISED]["arguments"].update(way="phone"), "Must be left out"),
        (lambda it: it["calls"][RAISED]["arguments"].update(channel="pigeon"), "one of"),
        (lambda it: it["calls"][RAISED]["arguments"].pop("items"), "Must be given"),
        (lambda it: it["calls"][ORDER]["result"].append("colour"), "no field colour"),
        (lambda it: it["calls"][ORDER]["result"].append("items[].colour"), "items[].colour"),
        (lambda it: it["calls"][ORDER]["result"].append("items.item"), "no field items.item"),
        (lambda it: it["calls"][ORDER]["result"].append("rating"), "rating may be left out"),
        (lambda it: it["calls"][RAISED]["result"].append("promise.zh"), "promise.zh may be"),
        (lambda it: it["events"].update({"relief.order.delivered.9": []}), "isn't published"),
        (lambda it: it["events"][DELIVERED].append("data.colour"), "no field colour"),
        (lambda it: it["events"][DELIVERED].append("colour"), "no field colour"),
    ],
)
def test_an_expectation_that_does_not_hold_is_named(change, said):
    (problem,) = changed(change)
    assert said in problem


def test_fields_within_lists_maps_and_alternatives_are_found():
    calls = {
        "supervision.live": {
            "arguments": {"period": "2017-W06"},
            "result": ["cells[].indicator", "cells[].value?"],
        },
        "volunteering.ledger": {
            "arguments": {"volunteer": "v-1"},
            "result": ["sums.*.unit", "sums.*.value?"],
        },
    }
    assert not list(problems({"calls": calls}))
