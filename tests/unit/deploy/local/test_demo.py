"""The demo enters each fact on its day, and closes each week before the facts of the next."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
import yaml
from nameko.exceptions import RemoteError

from deploy.local import demo
from deploy.local.facts.reader import read_facts
from shared.domain.errors import ValidationFailed
from shared.domain.periods import Week

FACTS = {
    "week": "2017-W06",
    "relief": {
        "visits": [{"orgunit": "410103016", "kind": "household"}],
        "orders": [
            {
                "id": "eggs",
                "orgunit": "410103016009",
                "items": ["鸡蛋"],
                "served_by": "民政所",
                "placed": "2017-02-12",
                "delivered": "2017-02-13",
                "confirmed": "2017-03-01",
            }
        ],
    },
}


@pytest.fixture
def played(tmp_path):
    """(facts, every week from the first to the last)."""
    path = tmp_path / "facts.yaml"
    path.write_text(yaml.safe_dump(FACTS, allow_unicode=True), encoding="utf-8")
    facts, weeks = read_facts(path)
    return facts, demo.every_week(weeks[0], weeks[-1])


def test_weeks_without_facts_get_their_issue_too(played):
    assert list(map(str, played[1])) == ["2017-W06", "2017-W07", "2017-W08", "2017-W09"]


def test_the_weeks_go_on_over_the_end_of_a_year():
    weeks = demo.every_week(Week(2016, 52), Week(2017, 2))
    assert list(map(str, weeks)) == ["2016-W52", "2017-W01", "2017-W02"]


def test_each_command_comes_in_the_week_in_which_it_is_entered(played):
    found = {str(week): [step.method for step in steps] for week, steps in demo.by_week(*played)}
    assert found == {
        "2017-W06": ["record_visits", "raise_order"],
        # The delivery of Monday noon no longer is in the issue that is drafted at that time.
        "2017-W07": ["claim_items", "deliver_order"],
        "2017-W08": [],
        "2017-W09": ["confirm_order"],
    }


def test_the_clock_never_goes_back(played):
    instants = []
    for week, steps in demo.by_week(*played):
        instants += [*(step.entered for step in steps), week.cutoff]
    assert instants == sorted(instants)
    assert instants[-1] - instants[0] > timedelta(weeks=3)


@pytest.mark.parametrize(
    "error, message",
    [
        (ValidationFailed({"orgunit": ["Unknown."]}), "orgunit: .'Unknown.'"),
        (RemoteError("RuntimeError", "KeyError in the service"), "KeyError in the service"),
    ],
)
def test_a_fact_that_a_service_refuses_is_named(played, error, message):
    def call(service, method, **arguments):
        if method == "deliver_order":
            raise error

    rpc, clock = SimpleNamespace(call=call), SimpleNamespace(set=lambda instant: None)
    with pytest.raises(
        demo.Refused, match=rf"eggs:2017-W06:deliver \(relief.deliver_order\).*{message}"
    ):
        demo.enter_facts(rpc, played[0], clock, lambda message: None)
