"""What was entered wrongly and corrected gives the figures of what was entered rightly at once."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.supervision.briefing.assemble import fold_week
from services.supervision.figures.as_of import as_of
from services.supervision.indicators import PRESENT, RULES
from shared.domain.errors import ValidationFailed
from shared.domain.periods import Week
from tests.support.in_memory import Oversight, Relief, Volunteering
from tests.unit.services.supervision.figures.test_fold import all_figures, expected_figures

UNITS = ("410103006", "410103016", "410103006001")
ALL_UNITS = ("410103", *UNITS)
FIRST = date(2017, 1, 2)
WEEKS = [Week(2017, number) for number in range(1, 6)]
WORDS = {"zh": "某事", "en": "something"}

# Kind → service, method that begins it with its arguments, that ends it, that corrects it.
STANDING = {
    "station": (Volunteering, "open_station", {"name": "某站"}, "close_station"),
    "category": (Volunteering, "define_category", {"name": WORDS}, None),
    "team": (Volunteering, "form_team", {"name": "某队", "level": "subdistrict"}, "disband_team"),
    "merchant": (Relief, "register_merchant", {"name": "某店"}, "close_merchant"),
    "action": (Oversight, "assign_action", {}, "close_action"),
}
ACTION = {"what": WORDS, "responsible": "某主任", "due": "2017-03-01"}
STANDING["action"][2].update(ACTION)

LIVES = {
    "raised": (),
    "claimed": ("claimed",),
    "delivered": ("claimed", "delivered"),
    "confirmed": ("claimed", "delivered", "confirmed"),
    "rated": ("claimed", "delivered", "confirmed", "rated"),
    "rejected": ("rejected",),
    "withdrawn": ("claimed", "withdrawn"),
}
STEPS = {
    "claimed": ("claim_items", {"department": "民政局"}),
    "delivered": ("deliver_order", {"served_by": "街道干部"}),
    "confirmed": ("confirm_order", {}),
    "rated": ("rate_order", {"rating": 4}),
    "rejected": ("reject_order", {"reason": "不属于本项目"}),
    "withdrawn": ("withdraw_order", {"reason": "不再需要"}),
}
CATEGORIES = ("daily_necessities", "temporary_relief")


def at(number):
    """A day of the five weeks, as the arguments of a command."""
    return {"time": f"{FIRST + timedelta(days=number)}T00:00:00+08:00", "timeprecision": "day"}


days = st.integers(0, 34)
units = st.sampled_from(UNITS)


@st.composite
def standing(draw):
    """(kind, unit, begin, end or None) as it was and as it was entered; None for a mistake."""
    kind = draw(st.sampled_from(sorted(STANDING)))

    def life(ended):
        begin, end = sorted([draw(days), draw(days)])
        return draw(units), begin, end if ended else None

    entered_as_ended = STANDING[kind][3] is not None and draw(st.booleans())
    still_standing = entered_as_ended and draw(st.booleans())
    truth = life(entered_as_ended and not still_standing)
    wrong = life(entered_as_ended)
    if truth[2] is not None:
        # When it ended was entered rightly; what can be wrong is when and where it began.
        end = max(truth[1], wrong[1], truth[2])
        truth, wrong = (*truth[:2], end), (*wrong[:2], end)
    return kind, draw(st.sampled_from([truth, truth, None])), wrong


@st.composite
def orders(draw):
    """(truth or None, entered): unit, category, days of raising and of each step."""
    status = draw(st.sampled_from(sorted(LIVES)))
    number = len(LIVES[status]) + 1

    def life():
        moments = sorted(draw(days) for _ in range(number))
        return draw(units), draw(st.sampled_from(CATEGORIES)), status, moments

    truth, wrong = life(), life()
    return draw(st.sampled_from([truth, truth, None])), wrong


class Offices:
    """All services; `figures` folds the events of all of them."""

    def __init__(self):
        self.of = {kind: kind(ALL_UNITS) for kind in (Relief, Volunteering, Oversight)}

    def begin(self, kind, life):
        service, method, arguments, end = STANDING[kind]
        unit, begun, ended = life
        id = self.of[service].ask(method, orgunit=unit, **arguments, **at(begun))["id"]
        if ended is not None:
            self.of[service].ask(end, id=id, **at(ended))
        return id

    def correct(self, kind, id, truth, entered):
        if truth is None:
            how = {"withdrawn": True, **at(entered[1])}
        else:
            unit, begun, ended = truth
            how = {"orgunit": unit, **at(begun)}
            if ended is None and entered[2] is not None:
                how["still_standing"] = True
        self.of[STANDING[kind][0]].ask(f"correct_{kind}", id=id, reason="登记有误", **how)

    def raise_order(self, life):
        unit, category, status, (raised, *steps) = life
        given = {"category": category, "channel": "phone", "items": ["米", "面"]}
        service = self.of[Relief]
        id = service.ask("raise_order", orgunit=unit, **given, **at(raised))["id"]
        for verb, day in zip(LIVES[status], steps, strict=True):
            method, more = STEPS[verb]
            service.ask(method, id=id, **more, **at(day))
        return id

    def correct_order(self, id, truth, entered):
        if truth is None:
            self._correct(id, None, entered[3][0], {"withdrawn": True})
            return
        unit, category, status, (raised, *steps) = truth
        left = [(None, raised), *zip(LIVES[status], steps, strict=True)]
        more = {"orgunit": unit, "category": category}
        # Each step stays between its neighbours: there is always one that can be corrected next.
        while left:
            waiting = [it for it in left if not self._correct(id, *it, more)]
            assert len(waiting) < len(left)
            left = waiting

    def _correct(self, id, step, day, more):
        given = {"id": id, "reason": "登记有误", **at(day)}
        try:
            if step:
                self.of[Relief].ask("correct_order_time", step=step, **given)
            else:
                self.of[Relief].ask("correct_order", **given, **more)
        except ValidationFailed:
            return False
        return True

    def histories(self):
        found = [events for service in self.of.values() for events in service.histories()]
        numbered = enumerate((event for events in found for event in events), 1)
        for number, event in numbered:
            event["sourcesequence"] = number
        return found

    def figures(self, week):
        return all_figures(fold_week(week, PRESENT, self.histories()).this)

    def stood(self, week):
        """What a briefing may report of each subject."""
        last = [as_of(events, week) for events in self.histories()]
        return sorted(
            repr((it["type"].rsplit(".", 1)[0], it["orgunit"], _plain(it["data"])))
            for it in last
            if it
        )


def _plain(data):
    return sorted((name, value) for name, value in data.items() if name != "reason")


def same(entered, clean):
    for week in WEEKS:
        assert entered.stood(week) == clean.stood(week)
        figures = entered.figures(week)
        # Where something was never there, its units have no cell, or an empty one.
        assert {key: it for key, it in figures.items() if it} == {
            key: it for key, it in clean.figures(week).items() if it
        }
        events = [event for events in entered.histories() for event in events]
        assert figures == expected_figures(events, week)


@settings(max_examples=30)
@given(st.lists(standing(), max_size=4), st.randoms(use_true_random=False))
def test_what_begins_and_ends_counts_as_it_was_once_it_is_corrected(subjects, random):
    entered, clean = Offices(), Offices()
    made = [(kind, entered.begin(kind, wrong), truth, wrong) for kind, truth, wrong in subjects]
    random.shuffle(made)
    for one in made:
        entered.correct(*one)
    for kind, truth, _ in subjects:
        if truth:
            clean.begin(kind, truth)
    same(entered, clean)


@settings(max_examples=30)
@given(st.lists(orders(), max_size=3))
def test_an_order_counts_as_it_was_once_it_is_corrected(subjects):
    entered, clean = Offices(), Offices()
    for truth, wrong in subjects:
        id = entered.raise_order(wrong)
        entered.correct_order(id, truth, wrong)
        if truth:
            clean.raise_order(truth)
    same(entered, clean)


@pytest.mark.parametrize("unit", UNITS)
def test_a_withdrawn_stock_counts_in_no_week_and_may_be_declared_again(unit):
    offices = Offices()
    level = {"value": "30", "qualifier": "exact", "unit": "merchant", "stated": None}
    given = {"orgunit": unit, "stock": "merchants", "level": level, **at(3)}
    service = offices.of[Relief]
    stock = service.ask("declare_stock", **given)["id"]
    before = offices.figures(WEEKS[2])
    service.ask("withdraw_stock", id=stock, reason="时点有误")
    for week in WEEKS:
        assert not any(offices.figures(week).values())
    service.ask("declare_stock", **given)
    assert offices.figures(WEEKS[2]) == before


def test_earlier_rules_know_no_correction_of_a_merchant():
    """An issue of earlier rules is recomputed from its facts, whatever is corrected later."""

    def counted():
        folded = fold_week(WEEKS[0], RULES["2017-3"], offices.histories())
        return folded.this.quantity("relief.merchants_registered", UNITS[0])

    offices = Offices()
    id = offices.begin("merchant", (UNITS[0], 1, None))
    before = counted()
    offices.correct("merchant", id, None, (UNITS[0], 1, None))
    assert counted() == before
