"""Orders that are open: counted and listed until they are closed, with who is waited for."""

from tests.unit.services.supervision.briefing.test_week_parts import (
    event,
    figures,
    printed,
    whole,
)

WHAT = {"zh": "井盖破损", "en": "broken cover"}


def order(verb, subject="order", version=1, day="2017-02-07", due="2017-02-14", items=()):
    data = {"status": verb, "category": "daily_necessities", "channel": "phone", "due": due}
    data |= {"items": list(items)}
    return event(f"relief.order.{verb}", subject, version=version, day=day, **data)


def test_who_is_waited_for_is_said_of_an_overdue_order():
    claimed = [{"item": "大米", "claimed_by": "民政局"}]
    told = [
        order("raised", "free", due="2017-02-10"),
        order("claimed", "claimed", due="2017-02-10", items=claimed),
        order("delivered", "delivered", due="2017-02-10", items=claimed),
    ]
    rows = whole(*told)["overdue"]
    found = {(row["waiting_for"] or {}).get("en"): row["responsible"] for row in rows}
    assert found == {
        None: ["民政局"],
        "waiting for a department to claim it": [],
        "delivered, waiting for the resident to confirm": [],
    }


def test_an_order_is_listed_and_counted_until_it_is_closed():
    open_still = order("raised", day="2017-01-31", due="2017-03-01")
    made = whole(open_still)
    assert [row["unit"] for row in made["open_orders"]] == ["五里堡街道"]
    assert figures(made, "relief.orders_open")["this"]["value"] == "1"
    for verb in ("confirmed", "rejected", "withdrawn"):
        made = whole(open_still, order(verb, version=2, due="2017-03-01"))
        assert made["open_orders"] == []
        assert figures(made, "relief.orders_open")["this"]["value"] == "0"


def test_a_provisional_promise_says_so_wherever_it_is_printed():
    told = [order("raised", "open", due="2017-03-01"), order("claimed", "late", due="2017-02-10")]
    told += [event("supervision.finding.reported", "finding", status="reported", what=WHAT)]
    final, provisional = whole(*told), whole(*map(waiting, told))
    for lang, said in (
        ("zh", "（暂定：2018年放假安排公布后确定）"),
        ("en", " (provisional until the holidays of 2018 are announced)"),
    ):
        for form in ("text", "html"):
            assert said not in printed(final, form, lang)
            page = printed(provisional, form, lang)
            # In the block of relief, in the lists of part 7.
            assert page.count(f"2017-03-01{said}") + page.count(f"2017-02-10{said}") == 2
            assert page.count(said) >= 5


def waiting(told):
    return told | {"data": told["data"] | {"due_awaits_notice": 2018}}


def test_an_overdue_order_is_in_one_list_only():
    made = whole(order("raised", due="2017-02-10"))
    assert (len(made["overdue"]), made["open_orders"]) == (1, [])
    assert figures(made, "relief.orders_open")["this"]["value"] == "1"
