"""Stories of offices that report too little, too much, elsewhere, or what never was."""

from tests.support.district.stories import NAME, PERSON, exact


def stock(told):
    """Declared as a whole, and sometimes declared again for another day."""
    service, name, unit = told.chance.choice(
        [
            ("relief", "merchants", "merchant"),
            ("volunteering", "stations", "station"),
            ("volunteering", "teams", "team"),
        ]
    )
    for _ in range(told.chance.randint(1, 2)):
        yield service, "declare_stock", told.here(stock=name, level=told.amount(unit, most=90))
        told.later()


def station(told):
    made = yield "volunteering", "open_station", told.here(name="服务站")
    if told.maybe():
        told.later()
        yield "volunteering", "close_station", told.then(id=made["id"])


def team(told):
    level = {9: "subdistrict", 12: "community"}[len(told.unit)]
    made = yield "volunteering", "form_team", told.here(name="队伍", level=level)
    if told.maybe():
        told.later()
        yield "volunteering", "disband_team", told.then(id=made["id"])


def visits_elsewhere(told):
    """In another unit, in another week, of another number, or not at all."""
    given = told.here(kind="household", visits=told.amount("visit"))
    made = yield "relief", "record_visits", given
    given = {"id": made["id"], "visits": told.amount("visit"), "reason": "录入有误"}
    change = told.chance.choice(["unit", "week", "number", "never"])
    if change == "unit":
        given["orgunit"] = told.another_unit()
    if change == "week":
        told.another_week()
    given["withdrawn"] = change == "never"
    yield "relief", "correct_visits", told.then(**given)


def clinic_never_held(told):
    made = yield "clinics", "plan_clinic", told.here(venue="广场", planned_for=told.coming())
    yield "clinics", "file_clinic", told.then(id=made["id"])
    yield "clinics", "hold_clinic", told.then(id=made["id"])
    given = told.then(id=made["id"], withdrawn=True, reason="并未举办")
    yield "clinics", "correct_clinic", given
    if told.maybe():
        yield "clinics", "cancel_clinic", told.then(id=made["id"], reason="下雨")


def clinic_elsewhere(told):
    made = yield "clinics", "plan_clinic", told.here(venue="广场", planned_for=told.coming())
    yield "clinics", "file_clinic", told.then(id=made["id"])
    yield "clinics", "hold_clinic", told.then(id=made["id"])
    given = told.then(id=made["id"], orgunit=told.another_unit(), reason="单位有误")
    yield "clinics", "correct_clinic", given | {"consultations": told.amount("person_time")}


def fair_never_held(told):
    made = yield "jobfairs", "plan_fair", told.here(venue="体育馆", planned_for=told.coming())
    yield "jobfairs", "open_registration", told.then(id=made["id"])
    yield "jobfairs", "hold_fair", told.then(id=made["id"])
    yield "jobfairs", "correct_fair", told.then(id=made["id"], withdrawn=True, reason="并未举办")


def hires_elsewhere(told):
    made = yield "jobfairs", "record_hires", told.here(hires=exact("4", "person"))
    given = {"id": made["id"], "reason": "录入有误", "withdrawn": told.maybe()}
    if told.maybe():
        given["orgunit"] = told.another_unit()
    yield "jobfairs", "correct_hires", told.then(**given)


def activity_elsewhere(told):
    given = told.here(name=NAME, category="environment", participants=told.amount("person"))
    made = yield "volunteering", "report_activity", given
    given = told.then(id=made["id"], orgunit=told.another_unit(), reason="单位有误")
    yield "volunteering", "correct_activity", given


def gathering_never_held(told):
    given = told.here(name=NAME, gatherings=told.amount("gathering", most=3))
    made = yield "volunteering", "hold_gathering", given
    given = told.then(id=made["id"], withdrawn=told.maybe(), reason="录入有误")
    if not given["withdrawn"]:
        given["gatherings"] = told.amount("gathering", most=3)
    yield "volunteering", "correct_gathering", given


def order_taken_back(told):
    given = told.here(category="cultural_activities", channel="phone", items=["大米"])
    made = yield "relief", "raise_order", given
    method = told.chance.choice(["reject_order", "withdraw_order"])
    yield "relief", method, told.then(id=made["id"], reason="不需要了")


def order_reopened(told):
    given = told.here(category="daily_necessities", channel="phone", items=["大米"])
    made = yield "relief", "raise_order", given
    for method, more in (
        ("claim_items", {"department": "民政"}),
        ("deliver_order", {}),
        ("reopen_order", {"reason": "少送一袋"}),
    ):
        yield "relief", method, told.then(id=made["id"], **more)
        told.later()
    if told.maybe():
        yield "relief", "deliver_order", told.then(id=made["id"])


def standing_entered_wrongly(told):
    """In another unit or week, not at all, or closed by mistake."""
    service, open_, close, correct, more = told.chance.choice(
        [
            ("relief", "register_merchant", "close_merchant", "correct_merchant", {}),
            ("volunteering", "open_station", "close_station", "correct_station", {}),
            ("volunteering", "form_team", "disband_team", "correct_team", {"level": "district"}),
        ]
    )
    made = yield service, open_, told.here(name="登记有误", **more)
    given = {"id": made["id"], "reason": "录入有误"}
    change = told.chance.choice(["unit", "week", "never", "closed"])
    if change == "closed":
        yield service, close, told.then(id=made["id"])
        given["still_standing"] = True
    if change == "unit":
        given["orgunit"] = told.another_unit()
    if change == "week":
        told.another_week()
    yield service, correct, told.then(**given, withdrawn=change == "never")


def stock_declared_by_mistake(told):
    given = told.here(stock="merchants", level=told.amount("merchant", most=90))
    # Of an instant of its own: nobody else declares and withdraws the same stock.
    given |= {"time": told.own_instant(), "timeprecision": "second"}
    made = yield "relief", "declare_stock", given
    yield "relief", "withdraw_stock", {"actor": PERSON, "id": made["id"], "reason": "单位有误"}


def order_entered_wrongly(told):
    given = told.here(category="cultural_activities", channel="phone", items=["大米"])
    made = yield "relief", "raise_order", given
    given = told.then(id=made["id"], reason="录入有误", withdrawn=told.maybe())
    if not given["withdrawn"]:
        given |= {"orgunit": told.another_unit(), "category": "daily_necessities"}
    if told.maybe():
        yield "relief", "claim_items", told.then(id=made["id"], department="民政")
        yield "relief", "deliver_order", told.then(id=made["id"])
    yield "relief", "correct_order", given


def volunteer_who_is_forgotten(told):
    given = told.here(identity={"id_number": told.id_number()})
    made = yield "volunteering", "register_volunteer", given
    told.later()
    yield "volunteering", "deregister_volunteer", told.then(id=made["id"])
    given = {"actor": PERSON, "id": made["id"], "ground": "requested"}
    yield "volunteering", "erase_volunteer", given


MISTAKES = (
    standing_entered_wrongly,
    stock_declared_by_mistake,
    order_entered_wrongly,
    volunteer_who_is_forgotten,
    stock,
    station,
    team,
    visits_elsewhere,
    clinic_never_held,
    clinic_elsewhere,
    fair_never_held,
    hires_elsewhere,
    activity_elsewhere,
    gathering_never_held,
    order_taken_back,
    order_reopened,
)
