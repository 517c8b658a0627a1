"""Commands act for the person who is logged in."""

import getpass

import pytest

from deploy.local.errors import CannotRun
from deploy.local.people import SETTING, acting

PEOPLE = "zhang=zhang.san, li=person:li.si"


def as_login(login, given="", people=PEOPLE):
    return acting(given, {"SUDO_USER": login, SETTING: people})


def test_a_listed_login_acts_for_its_person():
    assert as_login("zhang") == "person:zhang.san"
    assert as_login("li", "person:li.si") == "person:li.si"


@pytest.mark.parametrize("given", ["person:li.si", "service:import", "zhang.san"])
def test_nobody_acts_for_another(given):
    with pytest.raises(CannotRun, match=r"act for person:zhang\.san"):
        as_login("zhang", given)


def test_a_login_that_is_not_listed_acts_for_nobody():
    with pytest.raises(CannotRun, match="wang isn't in WARM_PEOPLE"):
        as_login("wang")


def test_without_the_list_the_login_is_the_person_and_another_one_may_be_named():
    assert as_login("wang", people="") == "person:wang"
    assert as_login("wang", "person:li.si", people="") == "person:li.si"


def test_where_nobody_is_logged_in_the_person_has_to_be_named(monkeypatch):
    def nobody():
        raise KeyError("uid not found")

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert acting("person:li.si", {}) == "person:li.si"
    with pytest.raises(CannotRun, match="--actor"):
        acting("", {})


@pytest.mark.parametrize("people", ["zhang", "zhang=", "=zhang.san"])
def test_an_entry_of_another_form_is_named(people):
    with pytest.raises(CannotRun, match="another form"):
        as_login("zhang", people=people)
