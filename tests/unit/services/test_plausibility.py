"""What is impossible is refused, what is unlikely needs a confirmation, all else is taken.

The tables here are written by hand: they say again what shared/contracts/plausibility/ declares.
"""

import copy
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from services.clinics.service import ClinicsService
from services.jobfairs.service import JobFairsService
from services.relief.service import ReliefService
from services.supervision.oversight.patrol_commands import PatrolCommands
from services.supervision.oversight.platform_commands import PlatformCommands
from services.volunteering.service import VolunteeringService
from shared.contracts.plausibility import DECLARED
from shared.domain.errors import Conflict, NeedsConfirmation, ValidationFailed
from shared.domain.id_numbers import birth_date, normal_id_number
from shared.domain.periods import Week, format_instant, parse_instant
from shared.service.base_service import Service
from tests.support.memory import MemoryService

UNIT, COMMUNITY, OTHER = "410103006", "410103006001", "410103007"
NOW = parse_instant("2017-02-20T12:00:00+08:00")
TIME = "2017-02-08T09:00:00+08:00"
BEFORE = "2017-02-05T23:59:59+08:00"
BILLION = 10**9


class Memory(MemoryService):
    ACTOR, TIME, UNIT = "person:office", TIME, UNIT

    def __init__(self):
        super().__init__(NOW, [UNIT, COMMUNITY, OTHER])


class Clinics(Memory, ClinicsService):
    def filed(self):
        id = self.ask("plan_clinic", venue="广场", planned_for="2017-02-08")["id"]
        self.ask("file_clinic", id=id)
        return {"id": id}

    def held(self, **figures):
        clinic = self.filed()
        self.ask("hold_clinic", **clinic, **figures, confirm_unlikely=True)
        return clinic


class JobFairs(Memory, JobFairsService):
    def planned(self):
        return {"id": self.ask("plan_fair", venue="广场", planned_for="2017-02-08")["id"]}

    def held(self, **figures):
        fair = self.planned()
        self.ask("hold_fair", **fair, **figures, confirm_unlikely=True)
        return fair


class Relief(Memory, ReliefService):
    pass


class Volunteering(Memory, VolunteeringService):
    pass


class Supervision(Memory, PatrolCommands, PlatformCommands, Service):
    name = "supervision"


def figure(value, unit, qualifier="exact"):
    return {"value": str(value), "qualifier": qualifier, "unit": unit}


def nothing(service):
    return {}


def stock(name):
    return lambda service: {"stock": name}


# Service, method, argument, unit, the most that passes in silence, and the other arguments.
BOUNDS = [
    (Relief, "record_visits", "visits", "visit", 10_000, lambda _: {"kind": "household"}),
    (Relief, "declare_stock", "level", "merchant", 200_000, stock("merchants")),
    (Clinics, "hold_clinic", "institutions", "institution", 200, Clinics.filed),
    (Clinics, "hold_clinic", "departments", "department", 200, Clinics.filed),
    (Clinics, "hold_clinic", "staff", "person", 2_000, Clinics.filed),
    (Clinics, "hold_clinic", "hours", "hour", 24, Clinics.filed),
    (Clinics, "tally_clinic", "consultations", "person_time", 20_000, Clinics.held),
    (Clinics, "tally_clinic", "prescriptions", "prescription", 20_000, Clinics.held),
    (Clinics, "tally_clinic", "leaflets", "leaflet", 200_000, Clinics.held),
    (JobFairs, "hold_fair", "employers", "employer", 2_000, JobFairs.planned),
    (JobFairs, "hold_fair", "vacancies", "vacancy", 50_000, JobFairs.planned),
    (JobFairs, "hold_fair", "seekers", "person", 100_000, JobFairs.planned),
    (JobFairs, "hold_fair", "consultations", "person_time", 100_000, JobFairs.planned),
    (JobFairs, "reconcile_fair", "intents", "person", 50_000, JobFairs.held),
    (
        Volunteering,
        "hold_gathering",
        "gatherings",
        "gathering",
        500,
        lambda _: {"name": {"zh": "x"}},
    ),
    (
        Volunteering,
        "report_activity",
        "participants",
        "person",
        10_000,
        lambda _: {"name": {"zh": "x"}, "category": "elderly_care"},
    ),
    (Volunteering, "declare_stock", "level", "station", 5_000, stock("stations")),
    (Volunteering, "declare_stock", "level", "team", 20_000, stock("teams")),
    (Volunteering, "declare_stock", "level", "person", 1_000_000, stock("volunteers")),
    (
        Supervision,
        "record_patrol",
        "findings",
        "finding",
        1_000,
        lambda _: {"kind": "safety_patrol"},
    ),
]

NUMBERS = st.one_of(
    st.sampled_from([0, 1, 10, BILLION, BILLION + 1, 10**15 - 1]),
    st.sampled_from([bound for *_, bound, _ in BOUNDS]),
    st.sampled_from([bound + 1 for *_, bound, _ in BOUNDS]),
    st.integers(0, 10**15 - 1),
)
QUALIFIERS = st.sampled_from(["exact", "over", "about", "at_most"])


def verdict(impossible, unlikely, confirms):
    if impossible:
        return ValidationFailed
    return NeedsConfirmation if unlikely and not confirms else None


def outcome(service, method, arguments):
    """The error of a command, or None; nothing is stored by one that fails."""
    before = copy.deepcopy(service.collection.documents)
    try:
        service.ask(method, **arguments)
    except (ValidationFailed, NeedsConfirmation) as error:
        assert service.collection.documents == before
        return type(error)
    return None


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(BOUNDS), NUMBERS, QUALIFIERS, st.booleans())
def test_a_figure_is_taken_asked_for_or_refused(row, number, qualifier, confirms):
    kind, method, field, unit, bound, others = row
    service = kind()
    arguments = {**others(service), field: figure(number, unit, qualifier)}
    impossible = number > BILLION or (number == 0 and qualifier != "exact")
    expected = verdict(impossible, number > bound, confirms)
    assert outcome(service, method, arguments | {"confirm_unlikely": confirms}) == expected


def test_the_table_has_every_bound_of_a_quantity():
    """A new bound has to be said here too; whole numbers are in the test below."""
    others = {"wanted", "communities", "capacity", "count", "hires"} | {
        "special_groups",
        "functional_groups",
    }
    declared = {rule.field for rules in DECLARED.values() for rule in rules}
    many = {rule.field for rules in DECLARED.values() for rule in rules if "many_" in rule.code}
    assert {field for _, _, field, *_ in BOUNDS} | others == many - {"postings"} | {"level"}
    assert "level" in declared


@pytest.mark.parametrize(
    "kind, method, field, bound, others",
    [
        (JobFairs, "plan_fair", "capacity", 5_000, {"venue": "x", "planned_for": "2017-02-08"}),
        (
            Volunteering,
            "publish_activity",
            "wanted",
            1_000,
            {"name": {"zh": "x"}, "category": "elderly_care", "planned_for": "2017-02-08"},
        ),
    ],
)
def test_a_whole_number_has_its_bound_too(kind, method, field, bound, others):
    assert outcome(kind(), method, {**others, field: bound}) is None
    assert outcome(kind(), method, {**others, field: bound + 1}) == NeedsConfirmation


# By hand: what a figure can mean at least and at most, with "over" and "more" left open.
def least_and_most(value, qualifier):
    if qualifier == "exact":
        return value, value
    if qualifier == "over":
        return value + 1, float("inf")
    if qualifier == "at_most":
        return 0, value
    return value, float("inf")


SOME = st.tuples(st.integers(1, 20), QUALIFIERS)


def surely_more(one, other):
    return least_and_most(*one)[0] > least_and_most(*other)[1]


@settings(deadline=None, max_examples=150)
@given(SOME, SOME, SOME, SOME, st.booleans())
@example((10, "exact"), (10, "exact"), (3, "exact"), (3, "exact"), False)
def test_the_figures_of_a_clinic_are_compared(seen, prescribed, institutions, staff, confirms):
    service = Clinics()
    given = {
        "consultations": figure(seen[0], "person_time", seen[1]),
        "prescriptions": figure(prescribed[0], "prescription", prescribed[1]),
        "institutions": figure(institutions[0], "institution", institutions[1]),
        "staff": figure(staff[0], "person", staff[1]),
    }
    unlikely = surely_more(prescribed, seen) or surely_more(institutions, staff)
    given = {**service.held(), **given, "confirm_unlikely": confirms}
    assert outcome(service, "tally_clinic", given) == verdict(False, unlikely, confirms)


@settings(deadline=None, max_examples=100)
@given(SOME, SOME, st.integers(0, 30), st.integers(1, 15), st.booleans())
def test_the_figures_of_a_fair_are_compared(seekers, intents, vacancies, openings, confirms):
    service = JobFairs()
    posting = {"employer": "甲", "job": "焊工", "openings": figure(openings, "vacancy")}
    given = {
        "seekers": figure(seekers[0], "person", seekers[1]),
        "intents": figure(intents[0], "person", intents[1]),
        "vacancies": figure(vacancies, "vacancy"),
        "postings": [posting, posting],
    }
    unlikely = surely_more(intents, seekers) or 2 * openings > vacancies
    given = {**service.planned(), **given, "confirm_unlikely": confirms}
    assert outcome(service, "hold_fair", given) == verdict(False, unlikely, confirms)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.filter_too_much])
@given(st.integers(-9_000, 12), st.booleans())
@example(-366, False)
@example(-367, False)
def test_a_correction_moves_a_clinic_at_most_a_year_in_silence(days, confirms):
    service = Clinics()
    moved = format_instant(parse_instant(TIME) + timedelta(days=days))
    given = {**service.held(), "reason": "日期有误", "time": moved, "confirm_unlikely": confirms}
    assert outcome(service, "correct_clinic", given) == verdict(False, days < -366, confirms)


def report(service):
    name = {"name": {"zh": "清扫"}, "category": "environment"}
    return service.ask("report_activity", **name, participants=figure(5, "person"))


def gather(service):
    return service.ask("hold_gathering", name={"zh": "联谊"}, gatherings=figure(1, "gathering"))


def reach(service):
    platform = service.ask("register_platform", name={"zh": "平台"})["id"]
    milestone = service.ask("set_milestone", platform=platform, what={"zh": "上线"})["id"]
    return service.ask("reach_milestone", id=milestone)


ONE_VISIT = {"visits": figure(1, "visit")}
CORRECTIONS = [
    (
        Relief,
        lambda it: it.ask("record_visits", kind="household", **ONE_VISIT),
        "visits",
        ONE_VISIT,
    ),
    (JobFairs, lambda it: it.ask("record_hires", hires=figure(1, "person")), "hires", {}),
    (JobFairs, JobFairs.held, "fair", {}),
    (Volunteering, report, "activity", {}),
    (Volunteering, gather, "gathering", {}),
    (Supervision, lambda it: it.ask("record_patrol", kind="safety_patrol"), "patrol", {}),
    (Supervision, reach, "milestone", {}),
]


@pytest.mark.parametrize(
    "kind, enter, name, parts", CORRECTIONS, ids=[f"correct_{name}" for *_, name, _ in CORRECTIONS]
)
def test_every_correction_is_compared_with_the_time_that_it_corrects(kind, enter, name, parts):
    service = kind()
    given = {"id": enter(service)["id"], **parts, "reason": "日期有误"}
    assert (
        outcome(service, f"correct_{name}", given | {"time": "2016-02-08T09:00:00+08:00"}) is None
    )
    wrong = given | {"time": "1990-02-08T09:00:00+08:00"}
    assert outcome(service, f"correct_{name}", wrong) == NeedsConfirmation


@settings(deadline=None, max_examples=80)
@given(
    st.integers(-3, 3),
    st.sampled_from([UNIT, COMMUNITY, OTHER]),
    st.integers(1, 12),
    st.integers(0, 12),
    st.booleans(),
)
def test_hires_are_compared_with_their_fair(days, unit, hired, before, confirms):
    service = JobFairs()
    fair = service.held(seekers=figure(10, "person"))["id"]
    if before:
        service.ask(
            "record_hires", fair=fair, hires=figure(before, "person"), confirm_unlikely=True
        )
    given = {
        "fair": fair,
        "hires": figure(hired, "person"),
        "orgunit": unit,
        "time": format_instant(parse_instant(TIME) + timedelta(days=days)),
        "confirm_unlikely": confirms,
    }
    impossible = days < 0 or unit == OTHER
    expected = verdict(impossible, hired + before > 10, confirms)
    assert outcome(service, "record_hires", given) == expected


def test_an_order_of_hires_and_their_fair_is_kept_by_corrections_too():
    service = JobFairs()
    fair = service.held(seekers=figure(10, "person"))["id"]
    hires = service.ask("record_hires", fair=fair, hires=figure(3, "person"))["id"]
    later = {"id": fair, "time": "2017-02-10T09:00:00+08:00", "reason": "日期有误"}
    for moved in (later, {"id": fair, "orgunit": OTHER, "reason": "单位有误"}):
        with pytest.raises(Conflict) as refused:
            service.ask("correct_fair", **moved)
        assert refused.value.data["hires"] == [hires]
    with pytest.raises(ValidationFailed) as refused:
        service.ask("correct_hires", id=hires, reason="单位有误", orgunit=OTHER)
    assert list(refused.value.data) == ["orgunit"]
    # The way out: withdraw them, correct the fair, record them again.
    service.ask("correct_hires", id=hires, reason="随招聘会更正", withdrawn=True)
    service.ask("correct_fair", **later)
    service.ask("correct_hires", id=hires, reason="随招聘会更正", time=later["time"])


def test_where_the_unit_of_the_fair_is_no_more_another_one_reports_its_hires():
    service = JobFairs()
    fair = service.held()["id"]
    service.context.orgunits.codes.remove(UNIT)
    service.ask("record_hires", fair=fair, hires=figure(1, "person"), orgunit=OTHER)


def test_fewer_seekers_than_hires_need_a_confirmation():
    service = JobFairs()
    fair = service.held()["id"]
    service.ask("record_hires", fair=fair, hires=figure(3, "person"))
    with pytest.raises(NeedsConfirmation) as asked:
        service.ask("reconcile_fair", id=fair, seekers=figure(2, "person"))
    assert [rule["rule"] for rule in asked.value.data["seekers"]] == ["hires_exceed_seekers"]


def id_number(digits):
    """An ID number with its check character, of its first 17 digits."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))
    return digits + "10X98765432"[total % 11]


def of_person(born):
    return id_number(f"410103{born:%Y%m%d}001")


class Keys:
    """Personal data without encryption."""

    def key(self, _name):
        return b"1" * 32

    def keyed(self, command):
        return command

    def seal(self, _personal):
        return {}


@settings(deadline=None, max_examples=100)
@given(st.dates(date(1880, 1, 1), date(2120, 1, 1)), st.booleans())
@example(date(2099, 5, 5), True)
@example(date(2011, 2, 8), False)
@example(date(2011, 2, 9), False)
def test_a_volunteer_is_born_before_and_has_an_age(born, confirms):
    service = Volunteering()
    service.personal = Keys()
    day = parse_instant(TIME).date()
    # By hand: 6 on the birthday six years later, 101 on the one 101 years later.
    young = (day.year - 6, day.month, day.day) < (born.year, born.month, born.day)
    old = (born.year, born.month, born.day) <= (day.year - 101, day.month, day.day)
    given = {"identity": {"id_number": of_person(born)}, "confirm_unlikely": confirms}
    expected = verdict(born > day, young or old, confirms)
    assert outcome(service, "register_volunteer", given) == expected


def test_a_day_of_birth_that_does_not_exist_is_refused_and_not_quoted():
    digits = "41010320991301001"
    with pytest.raises(ValueError, match="date of birth") as refused:
        normal_id_number(id_number(digits))
    assert digits not in str(refused.value)
    assert birth_date(of_person(NOW.date())) == NOW.date()


MANY = {"kind": "household", "visits": figure(50_000, "visit")}


def test_the_answer_names_field_and_rule_in_both_languages():
    with pytest.raises(NeedsConfirmation) as asked:
        Relief().ask("record_visits", **MANY)
    [rule] = asked.value.data["visits"]
    assert rule == {
        "rule": "many_visits",
        "zh": "走访超过10000次",
        "en": "visits: more than 10,000 visits",
    }


def test_a_command_that_needs_a_confirmation_does_not_use_up_its_id():
    service = Relief()
    with pytest.raises(NeedsConfirmation):
        service.ask("record_visits", command_id="c", **MANY)
    right = {**MANY, "visits": figure(50, "visit")}
    done = service.ask("record_visits", command_id="c", **right)
    assert done["version"] == 1
    with pytest.raises(Conflict):
        service.ask("record_visits", command_id="c", **MANY, confirm_unlikely=True)


def test_a_repeated_command_gives_its_first_result_confirmed_or_not():
    service = Relief()
    done = service.ask("record_visits", command_id="c", **MANY, confirm_unlikely=True)
    assert service.ask("record_visits", command_id="c", **MANY) == done
    changed = {"id": done["id"], **MANY, "reason": "漏记"}
    del changed["kind"]
    again = service.ask("correct_visits", command_id="d", **changed, confirm_unlikely=True)
    assert service.ask("correct_visits", command_id="d", **changed) == again
    assert len(service.events(done["id"])) == 2


def test_the_event_says_what_was_confirmed_and_no_other_event_has_the_attribute():
    service = Relief()
    id = service.ask("record_visits", **MANY, confirm_unlikely=True)["id"]
    service.ask(
        "correct_visits", id=id, visits=figure(5, "visit"), reason="改", confirm_unlikely=True
    )
    confirmed, plain = service.events(id)
    assert confirmed["confirmed"] == "many_visits"
    assert "confirmed" not in plain


def test_what_was_confirmed_before_is_not_asked_again():
    service = Clinics()
    clinic = service.held(
        consultations=figure(5, "person_time"), prescriptions=figure(9, "prescription")
    )
    service.ask("correct_clinic", **clinic, reason="补充", leaflets=figure(10, "leaflet"))
    with pytest.raises(NeedsConfirmation):
        service.ask(
            "correct_clinic", **clinic, reason="改", prescriptions=figure(8, "prescription")
        )


def test_what_is_withdrawn_needs_no_confirmation():
    service = Relief()
    id = service.ask("record_visits", **MANY, confirm_unlikely=True)["id"]
    service.ask("correct_visits", id=id, visits=MANY["visits"], reason="重复", withdrawn=True)


PAST = [400, 420, 440, 460, 480, 500, 520, 540, 560, 580]


@pytest.mark.parametrize(
    "past, number, asked",
    [
        (PAST, 490, False),
        (PAST, 730, False),  # less than half the mean away
        (PAST, 750, True),
        (PAST, 240, True),
        (PAST[:-1], 5_000, False),  # too few to compare with
        ([500] * 10, 749, False),
        ([500] * 10, 751, True),
    ],
)
def test_a_clinic_is_compared_with_past_clinics(past, number, asked):
    service = Clinics()
    for seen in past:
        service.held(consultations=figure(seen, "person_time"))
    given = {**service.held(), "consultations": figure(number, "person_time")}
    expected = NeedsConfirmation if asked else None
    assert outcome(service, "tally_clinic", given) == expected


def test_a_plan_or_a_due_day_of_another_year_needs_a_confirmation():
    service = Clinics()
    with pytest.raises(NeedsConfirmation) as asked:
        service.ask("plan_clinic", venue="广场", planned_for="2107-02-08")
    assert list(asked.value.data) == ["planned_for"]


class TestNilReports:
    def test_a_unit_that_reported_has_no_nil_report(self):
        service = Relief()
        visits = service.ask("record_visits", kind="household", visits=figure(5, "visit"))["id"]
        with pytest.raises(Conflict) as refused:
            service.ask("report_nil", period="2017-W06")
        assert refused.value.data["reports"] == [visits]
        service.ask("report_nil", period="2017-W07")
        service.ask("report_nil", period="2017-W06", orgunit=OTHER)

    def test_what_a_community_reported_is_reported(self):
        service = Relief()
        service.ask("record_visits", orgunit=COMMUNITY, kind="household", visits=figure(5, "visit"))
        with pytest.raises(Conflict):
            service.ask("report_nil", period="2017-W06")

    @pytest.mark.parametrize(
        "correction",
        [{"withdrawn": True}, {"orgunit": OTHER}, {"time": "2017-02-01T09:00:00+08:00"}],
    )
    def test_what_was_taken_back_or_moved_is_not(self, correction):
        service = Relief()
        given = {"visits": figure(5, "visit")}
        id = service.ask("record_visits", kind="household", **given)["id"]
        service.ask("correct_visits", id=id, **given, reason="有误", **correction)
        service.ask("report_nil", period="2017-W06")

    def test_a_repeated_nil_report_gives_its_first_result(self):
        service = Relief()
        done = service.ask("report_nil", command_id="n", period="2017-W06")
        service.ask("record_visits", kind="household", visits=figure(5, "visit"))
        assert service.ask("report_nil", command_id="n", period="2017-W06") == done


class TestBeforeTheProgramme:
    """What happened before the programme's first week is asked about; what may be older isn't."""

    @pytest.fixture
    def service(self):
        def begun(kind):
            made = kind()
            made.repository.first_week = Week(2017, 6)
            return made

        return begun

    def test_visits_are_taken_once_they_are_confirmed(self, service):
        relief = service(Relief)
        given = {"kind": "household", "visits": figure(3, "visit"), "time": BEFORE}
        with pytest.raises(NeedsConfirmation) as caught:
            relief.ask("record_visits", **given)
        assert [rule["rule"] for rule in caught.value.data["time"]] == ["before_programme"]
        assert not relief.collection.documents
        relief.ask("record_visits", **given, confirm_unlikely=True)

    def test_what_was_withdrawn_is_not_asked_about(self, service):
        relief = service(Relief)
        given = {"kind": "household", "visits": figure(3, "visit"), "time": BEFORE}
        made = relief.ask("record_visits", **given, confirm_unlikely=True)
        given = {"id": made["id"], "visits": figure(3, "visit"), "reason": "误录", "time": BEFORE}
        relief.ask("correct_visits", **given, withdrawn=True)

    def test_what_stands_may_have_begun_earlier(self, service):
        relief, volunteering = service(Relief), service(Volunteering)
        relief.ask("register_merchant", name="商户", time=BEFORE)
        volunteering.ask("open_station", name="服务站", time=BEFORE)

    def test_the_first_week_itself_is_no_question(self, service):
        given = {"kind": "household", "visits": figure(3, "visit")}
        service(Relief).ask("record_visits", **given, time="2017-02-06T00:00:00+08:00")
