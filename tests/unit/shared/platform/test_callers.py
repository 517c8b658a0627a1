"""Who may act for whom: the rows of one table, and everybody else for nobody."""

import pytest

from shared.domain.errors import Forbidden
from shared.domain.service_names import NAMES
from shared.platform.callers import ANY, RETURNED_FOR, CallerCheck, sender_of
from shared.platform.permissions import OFFICE

PEOPLE = ("person:leader", "person:clerk-7")


@pytest.mark.parametrize("service", NAMES)
def test_a_service_acts_for_itself_alone(service):
    check = CallerCheck()
    check.require(service, f"service:{service}")
    others = {f"service:{it}" for it in NAMES if it != service}
    for actor in (*PEOPLE, *others, f"service:{service}-2", "service:import"):
        with pytest.raises(Forbidden) as refused:
            check.require(service, actor)
        assert refused.value.data["rule"] == "actor_of_another"


def test_the_office_acts_for_people_and_imports():
    check = CallerCheck()
    for actor in (*PEOPLE, "service:import"):
        check.require(OFFICE, actor)
    for actor in ("service:supervision", "service:importer"):
        with pytest.raises(Forbidden, match="service:import"):
            check.require(OFFICE, actor)


def test_a_user_that_the_table_lacks_acts_for_nobody():
    for user in ("archive", "", "guest"):
        with pytest.raises(Forbidden, match="nobody"):
            CallerCheck(trusted=["warm"]).require(user, "person:leader")


def test_a_trusted_user_acts_for_anybody():
    for actor in (*PEOPLE, "service:supervision"):
        CallerCheck(trusted=["warm"]).require("warm", actor)


def test_only_of_what_a_service_returned_itself_the_first_sender_is_believed():
    headers = {RETURNED_FOR: "office"}
    assert sender_of("relief", headers, own="relief") == "office"
    assert sender_of("relief", {}, own="relief") == "relief"
    assert sender_of("archive", headers, own="relief") == "archive"
    assert sender_of(None, headers, own="relief") is None


def test_a_request_without_its_user_is_refused_unless_the_setting_takes_it():
    with pytest.raises(Forbidden) as refused:
        CallerCheck(trusted=["warm"]).require(None, "person:leader")
    assert refused.value.data["rule"] == "unnamed_caller"
    CallerCheck(unnamed=ANY).require(None, "person:leader")
    with pytest.raises(Forbidden):
        CallerCheck(unnamed=ANY).require("archive", "person:leader")
