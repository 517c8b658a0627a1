"""Events in the order of their times, however these are written."""

from itertools import permutations

import pytest

from shared.contracts.event_times import happened, in_time

AT = "2017-02-06T"
IN_ONE_ZONE = [f"{AT}09:30:00+08:00", f"{AT}09:30:00.5+08:00", f"{AT}09:30:01+08:00"]
IN_TWO_ZONES = [f"{AT}09:00:00+08:00", f"{AT}01:30:00Z", f"{AT}09:45:00+08:00"]
# Where the zone's own offset was another one.
WITH_SUMMER_TIME = ["1988-07-01T09:00:00+09:00", "1988-07-01T08:30:00+08:00", IN_ONE_ZONE[0]]


@pytest.mark.parametrize("times", [IN_ONE_ZONE, IN_TWO_ZONES, WITH_SUMMER_TIME])
def test_they_stand_in_the_order_of_their_instants(times):
    events = [{"time": time, "id": str(number)} for number, time in enumerate(times)]
    for given in permutations(events):
        found = in_time(given, lambda event: event["id"])
        assert found == sorted(given, key=lambda event: (happened(event), event["id"])) == events


def test_those_of_one_instant_stand_in_the_other_order():
    events = [{"time": IN_ONE_ZONE[0], "id": name} for name in "cab"]
    assert [event["id"] for event in in_time(events, lambda event: event["id"])] == list("abc")
