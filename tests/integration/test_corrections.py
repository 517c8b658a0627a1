"""What was entered by mistake leaves the live figures of every week, and moves with its unit."""

from shared.domain.periods import Week
from tests.support.running import COMMUNITY, DISTRICT, SUBDISTRICT, TIME, WEEK

MERCHANTS = "relief.merchants_registered"
BEFORE = "2017-01-10T09:00:00+08:00"
EARLIER = Week(2017, 4)
WHY = {"reason": "登记有误"}
WHERE = {"orgunit": COMMUNITY, "time": BEFORE}


def live(running, *key):
    running.settled()
    return running.live(*key)


def test_a_merchant_entered_by_mistake_counts_in_no_week(running):
    first = running.do("relief", "register_merchant", name="甲店", **WHERE)["id"]
    running.do("relief", "register_merchant", name="乙店", **WHERE)
    assert live(running, MERCHANTS, COMMUNITY, EARLIER) == "2"
    running.do("relief", "correct_merchant", id=first, withdrawn=True, time=TIME, **WHY)
    for week in (EARLIER, WEEK):
        assert live(running, MERCHANTS, COMMUNITY, week) == "1"
    running.do("relief", "correct_merchant", id=first, orgunit=SUBDISTRICT, time=BEFORE, **WHY)
    assert live(running, MERCHANTS, DISTRICT, EARLIER) == "2"
    assert live(running, MERCHANTS, COMMUNITY, EARLIER) == "1"


def test_a_stock_declared_by_mistake_no_longer_stands_for_the_records(running):
    recorded = live(running, MERCHANTS, COMMUNITY, EARLIER)
    level = {"value": "500", "qualifier": "over", "unit": "merchant"}
    given = {"stock": "merchants", "level": level, **WHERE}
    stock = running.do("relief", "declare_stock", **given)["id"]
    assert live(running, MERCHANTS, COMMUNITY, EARLIER) == "500"
    running.do("relief", "withdraw_stock", id=stock, **WHY)
    assert live(running, MERCHANTS, COMMUNITY, EARLIER) == recorded


def test_an_order_moves_to_the_unit_and_week_in_which_it_was_raised(running):
    def raised(unit, week):
        found = live(running, "relief.orders_raised", unit, week)
        return int(found) if found else 0

    before = raised(COMMUNITY, WEEK), raised(SUBDISTRICT, EARLIER)
    id = running.raise_order()["id"]
    running.do("relief", "claim_items", id=id, department="民政局", time=TIME)
    assert raised(COMMUNITY, WEEK) == before[0] + 1
    moved = {"orgunit": SUBDISTRICT, "time": "2017-01-24T09:00:00+08:00"}
    running.do("relief", "correct_order", id=id, **moved, **WHY)
    assert raised(COMMUNITY, WEEK) == before[0]
    assert raised(SUBDISTRICT, EARLIER) == before[1] + 1
    claimed = live(running, "relief.orders_claimed", SUBDISTRICT, WEEK)
    running.do("relief", "correct_order", id=id, withdrawn=True, time=TIME, **WHY)
    assert raised(SUBDISTRICT, EARLIER) == before[1]
    left = live(running, "relief.orders_claimed", SUBDISTRICT, WEEK)
    assert int(left or 0) == int(claimed) - 1
