"""Promises that wait for a calendar notice: said so, and settled once."""

import pytest

from services.relief.documents import Order
from shared.domain.clock import Clock
from shared.domain.errors import ValidationFailed
from shared.domain.periods import parse_instant
from shared.domain.workdays import PUBLISHED
from shared.service.due_days import settle_due_days
from tests.support.in_memory import Relief
from tests.support.notices import notice

UNIT = "410103006"
YEAR = max(PUBLISHED) + 1
WHY = {"reason": "登记有误"}
# Off on the first three days of the year, of which two are a Saturday and a Sunday in 2027.
NEXT = notice(YEAR, off=[(1, 1), (1, 2), (1, 3)])


@pytest.fixture
def service():
    found = Relief(["410103", UNIT])
    at(found, f"{YEAR}-01-20T12:00:00+08:00")
    return found


def at(service, now):
    service.context.clock = service.repository.clock = Clock(lambda: parse_instant(now))


def on(day):
    return {"time": f"{day}T00:00:00+08:00", "timeprecision": "day"}


RAISED = on(f"{YEAR - 1}-12-28")
MADE = {"category": "daily_necessities", "channel": "phone", "items": ["米"], **RAISED}
GUESSED, FINAL = f"{YEAR}-01-04", f"{YEAR}-01-05"


def announced(service):
    service.context.calendar.entered = [NEXT]


def settle(service):
    calendar = service.context.calendar.present()
    return settle_due_days(service.repository, "relief", Order, calendar)


def verbs(service, id):
    return [event["type"].rsplit(".", 1)[1] for event in service.events(id)]


def test_a_promise_across_days_that_nobody_knows_is_provisional_and_says_so(service):
    made = service.ask("raise_order", **MADE)
    assert (made["due"], made["due_awaits_notice"]) == (GUESSED, YEAR)
    assert made["promise"] == {
        "zh": f"{GUESSED}（暂定：{YEAR}年放假安排公布后确定）",
        "en": f"{GUESSED} (provisional until the holidays of {YEAR} are announced)",
    }
    found = service.ask("order", id=made["id"])
    assert (found["due_awaits_notice"], found["promise"]) == (YEAR, made["promise"])
    assert service.events(made["id"])[-1]["data"]["due_awaits_notice"] == YEAR


def test_a_promise_on_known_days_is_final(service):
    made = service.ask("raise_order", **MADE | on(f"{YEAR - 1}-12-01"))
    assert (made["due"], made["due_awaits_notice"]) == (f"{YEAR - 1}-12-08", None)
    assert made["promise"]["zh"] == made["promise"]["en"] == made["due"]


def test_once_the_notice_is_known_promises_are_final_from_the_start(service):
    announced(service)
    assert service.ask("raise_order", **MADE)["due_awaits_notice"] is None


def test_a_notice_settles_the_promise_once(service):
    id = service.ask("raise_order", **MADE)["id"]
    assert settle(service) == 0
    announced(service)
    assert settle(service) == 1
    assert settle(service) == 0
    assert verbs(service, id) == ["raised", "due_settled"]
    found = service.ask("order", id=id)
    assert (found["due"], found["due_awaits_notice"]) == (FINAL, None)
    assert service.events(id)[0]["data"]["due"] == GUESSED


def test_a_corrected_notice_moves_no_final_promise(service):
    id = service.ask("raise_order", **MADE)["id"]
    announced(service)
    settle(service)
    service.context.calendar.entered = [notice(YEAR, off=[(1, 1), (1, 4), (1, 5), (1, 6)])]
    assert settle(service) == 0
    assert service.ask("order", id=id)["due"] == FINAL


def test_what_is_closed_keeps_what_was_promised_until_it_is_open_again(service):
    id = service.ask("raise_order", **MADE)["id"]
    service.ask("claim_items", id=id, department="民政局", **on(f"{YEAR - 1}-12-29"))
    service.ask("deliver_order", id=id, **on(f"{YEAR - 1}-12-30"))
    service.ask("confirm_order", id=id, **on(f"{YEAR - 1}-12-31"))
    announced(service)
    assert settle(service) == 0
    assert service.ask("order", id=id)["due"] == GUESSED
    service.ask("reopen_order", id=id, reason="仍缺", **on(f"{YEAR}-01-11"))
    assert settle(service) == 1
    assert service.ask("order", id=id)["due"] == FINAL


def test_what_was_entered_by_mistake_is_not_settled(service):
    id = service.ask("raise_order", **MADE)["id"]
    service.ask("correct_order", id=id, withdrawn=True, **RAISED, **WHY)
    announced(service)
    assert settle(service) == 0


def test_a_correction_of_something_else_keeps_what_was_promised_when(service):
    id = service.ask("raise_order", **MADE)["id"]
    service.ask("claim_items", id=id, department="民政局", **on(f"{YEAR}-01-08"))
    announced(service)
    settle(service)
    at(service, f"{YEAR}-01-25T12:00:00+08:00")
    service.ask("deliver_order", id=id, **on(f"{YEAR}-01-22"))
    service.ask("correct_order", id=id, channel="visit", **RAISED, **WHY)
    again = service.events(id)[-4:]
    assert [(it["type"].rsplit(".", 1)[1], it["data"]["due"]) for it in again] == [
        ("corrected", GUESSED),
        ("claimed", GUESSED),
        ("due_settled", FINAL),
        ("delivered", FINAL),
    ]
    assert again[2]["time"] == f"{YEAR}-01-20T12:00:00+08:00"
    assert [it["data"]["due_awaits_notice"] for it in again] == [YEAR, YEAR, None, None]


def test_another_day_is_another_promise_by_what_is_known_now(service):
    id = service.ask("raise_order", **MADE)["id"]
    announced(service)
    settle(service)
    service.ask("correct_order", id=id, **on(f"{YEAR - 1}-12-29"), **WHY)
    assert verbs(service, id) == ["raised", "due_settled", "corrected"]
    found = service.ask("order", id=id)
    assert (found["due"], found["due_awaits_notice"]) == (f"{YEAR}-01-06", None)


def test_an_order_of_the_release_before_is_final(service):
    id = service.ask("raise_order", **MADE | on(f"{YEAR - 1}-12-01"))["id"]
    document = service.collection.documents[id]
    for name in ("due_awaits_notice", "due_counted", "due_before"):
        document.pop(name, None)
    announced(service)
    assert settle(service) == 0
    assert service.ask("order", id=id)["due_awaits_notice"] is None


def test_an_order_that_fails_does_not_hold_up_the_others(service, monkeypatch):
    ids = [service.ask("raise_order", **MADE)["id"] for _ in range(2)]
    announced(service)
    act = Order.settle_due

    def fails_once(order, *given):
        if order.id == min(ids):
            raise ValidationFailed({"due": ["broken"]})
        return act(order, *given)

    monkeypatch.setattr(Order, "settle_due", fails_once)
    assert settle(service) == 1
