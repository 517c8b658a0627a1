"""From a file of facts to commands: exactly the facts in the file are entered."""

import copy
from datetime import date

import pytest
import yaml

from deploy.local.facts.reader import BadFacts, read_facts
from deploy.local.places import ROOT
from services.clinics.service import ClinicsService
from services.jobfairs.service import JobFairsService
from services.relief.service import ReliefService
from services.supervision.service import SupervisionService
from services.volunteering.service import VolunteeringService
from shared.domain.periods import Week
from shared.service.rpc_server import CheckedRpc

SERVICES = (ClinicsService, JobFairsService, ReliefService, SupervisionService, VolunteeringService)

FILE = ROOT / "deploy" / "data" / "programme_2017.yaml"
PROGRAMME = yaml.safe_load(FILE.read_text("utf-8"))
DEPARTMENTS = ["内心科", "呼吸内科", "内分泌科", "骨科", "儿科", "口腔科", "妇科", "儿内科"]
FIGURES = {
    "institutions": ("6", "exact"),
    "departments": ("20", "about"),
    "staff": ("50", "over"),
    "hours": ("2", "over"),
    "consultations": ("500", "over"),
    "prescriptions": ("200", "over"),
    "leaflets": ("1000", "about"),
}


def taken_by_rpc():
    """(service, method) → the schema of its arguments."""
    return {
        (service.name, name): entrypoint.takes
        for service in SERVICES
        for name in dir(service)
        for entrypoint in getattr(getattr(service, name), "nameko_entrypoints", ())
        if isinstance(entrypoint, CheckedRpc)
    }


@pytest.fixture
def enter(tmp_path):
    """`enter(change)` → (key → fact, weeks) of the programme's file changed by `change(data)`."""

    def read(change=lambda programme: None):
        programme = copy.deepcopy(PROGRAMME)
        change(programme)
        path = tmp_path / "facts.yaml"
        path.write_text(yaml.safe_dump(programme, allow_unicode=True), encoding="utf-8")
        facts, weeks = read_facts(path)
        return {fact.key: fact for fact in facts}, list(map(str, weeks))

    return read


def sent(fact):
    """(method, day of the time, its precision, day of entry) of each command."""
    return [
        (
            step.method,
            step.arguments["time"][:10],
            step.arguments["timeprecision"],
            str(step.entered.date()),
        )
        for step in fact.steps
    ]


def figures(fact):
    tally = fact.steps[-1].arguments
    return {name: (tally[name]["value"], tally[name]["qualifier"]) for name in FIGURES}


class TestTheFirstWeek:
    @pytest.fixture
    def facts(self, enter):
        return enter()[0]

    def test_is_these_facts_and_no_others(self, enter):
        facts, weeks = enter()
        assert weeks == ["2017-W06"]
        assert sorted(facts) == [
            "cleaning-ganlan",
            "cleanup-mifengzhang",
            "clinic-wulibao",
            *(f"clinic-wulibao-next-{number}" for number in range(1, 5)),
            "fair-daxuelu",
            "gathering-1",
            "group-coordination",
            "group-key_projects",
            "group-leading",
            "group-office",
            "group-publicity",
            "group-supervision",
            *(f"inspection-{number}" for number in range(1, 5)),
            "ledger-2",
            "order-donghutong",
            "plan",
            *(f"platform-{number}" for number in range(1, 5)),
            "service-day",
            "stock-professional_teams",
            "stock-registered_volunteers",
            "stock-stations",
            "stock-team_categories",
            "visits-1",
            "visits-2",
        ]

    def test_each_fact_is_entered_on_its_day_as_precisely_as_it_is_known(self, facts):
        assert sent(facts["order-donghutong"]) == [
            ("raise_order", "2017-02-07", "day", "2017-02-07"),
            # Nobody says when it was claimed.
            ("claim_items", "2017-02-06", "week", "2017-02-10"),
            ("deliver_order", "2017-02-10", "day", "2017-02-10"),
        ]
        assert sent(facts["clinic-wulibao"]) == [
            (method, "2017-02-09", "day", "2017-02-09")
            for method in ("plan_clinic", "file_clinic", "hold_clinic", "tally_clinic")
        ]
        dated = ("order", "clinic", "fair", "cleaning")
        undated = [fact for key, fact in facts.items() if not key.startswith(dated)]
        assert {(at, exactly) for fact in undated for _, at, exactly, _ in sent(fact)} == {
            ("2017-02-06", "week")
        }
        for key, day in (("cleaning-ganlan", "2017-02-09"), ("fair-daxuelu", "2017-02-10")):
            assert {entry[1:] for entry in sent(facts[key])} == {(day, "part_of_day", day)}

    def test_the_order_equals_the_file(self, facts):
        raised, claimed, _ = (step.arguments for step in facts["order-donghutong"].steps)
        assert raised["orgunit"] == "410103016009"
        assert raised["items"] == ["鸡蛋", "米", "面", "油"]
        assert raised["beneficiary"] == {"age": 69, "circumstance": "household_in_difficulty"}
        assert raised["channel"] == "civil_affairs_office"
        assert "街道干部" in claimed["department"]
        assert claimed["id"] == facts["order-donghutong"].steps[0].creates

    def test_the_clinic_equals_the_file(self, facts):
        clinic = facts["clinic-wulibao"]
        assert figures(clinic) == FIGURES
        held = clinic.steps[2].arguments
        assert held["named_institutions"] == ["郑大一附院", "郑大三附院"]
        assert held["named_departments"] == DEPARTMENTS
        assert (len(held["services"]), len(held["next_steps"])) == (6, 4)

    def test_a_missing_count_is_not_stated(self, facts):
        for key, name in (("visits-1", "visits"), ("visits-2", "visits"), ("ledger-2", "level")):
            [step] = facts[key].steps
            assert step.arguments[name]["qualifier"] == "not_stated"
            assert step.arguments[name]["value"] is None

    def test_every_command_is_one_that_its_service_takes(self, facts):
        schemas = taken_by_rpc()
        for fact in facts.values():
            for step in fact.steps:
                schemas[step.service, step.method]().load(step.arguments)

    def test_command_ids_follow_from_the_facts(self, enter, facts):
        ids = [step.arguments["command_id"] for fact in facts.values() for step in fact.steps]
        assert len(set(ids)) == len(ids)
        again = [s.arguments["command_id"] for f in enter()[0].values() for s in f.steps]
        assert again == ids


class TestOtherFacts:
    def test_a_bare_number_is_exact(self, enter):
        for count in (620, 620.0, {"count": 620}, {"count": 620, "qualifier": "exact"}):
            facts, _ = enter(lambda p, count=count: p["clinics"][0].update(consultations=count))
            assert figures(facts["clinic-wulibao"]) == FIGURES | {"consultations": ("620", "exact")}

    @pytest.mark.parametrize("missing", [None, {}, {"qualifier": "over"}, {"count": None}])
    def test_a_figure_that_is_not_there_is_not_stated(self, enter, missing):
        facts, _ = enter(lambda p: p["clinics"][0].update(staff=missing))
        assert figures(facts["clinic-wulibao"])["staff"] == (None, "not_stated")

    def test_a_figure_may_have_decimals(self, enter):
        facts, _ = enter(lambda p: p["clinics"][0].update(hours=2.1))
        assert figures(facts["clinic-wulibao"])["hours"] == ("2.1", "exact")

    def test_zero_is_a_figure(self, enter):
        facts, _ = enter(lambda p: p["clinics"][0].update(staff=0))
        assert figures(facts["clinic-wulibao"])["staff"] == ("0", "exact")

    def test_the_reporters_own_words_travel_with_a_figure(self, enter):
        amount = {"count": 500, "qualifier": "over", "stated": "500多人次"}
        facts, _ = enter(lambda p: p["clinics"][0].update(consultations=amount))
        tally = facts["clinic-wulibao"].steps[-1].arguments
        assert tally["consultations"]["stated"] == "500多人次"

    def test_another_week_and_unit_are_followed(self, enter):
        def later(programme):
            programme["clinics"][0] |= {"date": "2017-02-23", "orgunit": "410103009"}

        facts, weeks = enter(later)
        assert weeks == ["2017-W06", "2017-W08"]
        clinic = facts["clinic-wulibao"]
        assert {entry[1] for entry in sent(clinic)} == {"2017-02-23"}
        assert clinic.steps[0].arguments["orgunit"] == "410103009"
        assert clinic.steps[0].arguments["planned_for"] == "2017-02-23"

    def test_a_second_clinic_is_a_fact_of_its_own(self, enter):
        second = {
            "date": date(2017, 2, 11),
            "orgunit": 410103006,
            "venue": "第二会场",
            "consultations": {"count": 300, "qualifier": "over"},
        }
        facts, weeks = enter(lambda p: p["clinics"].append(second))
        assert weeks == ["2017-W06"]
        expected = dict.fromkeys(FIGURES, (None, "not_stated")) | {"consultations": ("300", "over")}
        assert figures(facts["clinic-2"]) == expected
        assert facts["clinic-2"].steps[0].arguments["orgunit"] == "410103006"
        planned, filed = facts["clinic-2"].steps[:2]
        assert filed.arguments["id"] == planned.creates

    def test_an_order_ends_in_the_state_in_the_file(self, enter):
        def methods(*missing, **more):
            def change(programme):
                order = programme["relief"]["orders"][0]
                for name in missing:
                    del order[name]
                order |= more

            return [step.method for step in enter(change)[0]["order-donghutong"].steps]

        assert methods("delivered") == ["raise_order", "claim_items"]
        assert methods("delivered", "served_by") == ["raise_order"]
        assert methods(confirmed="2017-02-11")[-1] == "confirm_order"

    def test_an_order_that_a_department_took_on_an_unknown_day_is_entered_in_the_files_week(
        self, enter
    ):
        order = {"orgunit": "410103006", "items": ["米"], "served_by": "民政所"}
        facts, _ = enter(lambda p: p["relief"].update(orders=[order]))
        assert sent(facts["order-1"]) == [
            (method, "2017-02-06", "week", "2017-02-06")
            for method in ("raise_order", "claim_items")
        ]

    @pytest.mark.parametrize(
        "given, code",
        [
            ("disabled", "disabled"),
            ("残疾人", "disabled"),
            ("disabled person", "disabled"),
            ("他的邻居是张三", "other"),
        ],
    )
    def test_circumstances_in_words_of_ones_own_come_down_to_other(self, enter, given, code):
        facts, _ = enter(
            lambda p: p["relief"]["orders"][0].update(beneficiary={"circumstance": given})
        )
        [raised, *_] = facts["order-donghutong"].steps
        assert raised.arguments["beneficiary"] == {"circumstance": code}

    def test_counted_visits_and_merchants_are_entered(self, enter):
        facts, _ = enter(
            lambda p: p["relief"]["visits"][1].update(visits=12, merchants={"count": 300})
        )
        assert facts["visits-2"].steps[0].arguments["visits"]["value"] == "12"
        assert facts["ledger-2"].steps[0].arguments["level"]["value"] == "300"

    def test_undated_facts_belong_to_the_week_that_the_file_names(self, enter):
        facts, weeks = enter(lambda p: p.update(week="2017-W07"))
        assert weeks == ["2017-W06", "2017-W07"]
        assert sent(facts["visits-1"])[0][1] == str(Week(2017, 7).first_day)

    def test_a_file_with_nothing_in_it_but_a_week_has_no_facts(self, enter):
        def emptied(programme):
            programme.clear()
            programme["week"] = "2017-W06"

        assert enter(emptied) == ({}, ["2017-W06"])


CLINIC = "date: 2017-02-09, orgunit: 410103006, venue: x"
ORDER = "id: eggs, orgunit: 410103016009, items: [鸡蛋]"
SERVED = f"{ORDER}, served_by: x"


def clinic(more):
    return f"clinics: [{{{CLINIC}, {more}}}]"


def order(fields):
    return f"relief: {{orders: [{{{fields}}}]}}"


# What is wrong → (the file, what the message says of it).
BAD = {
    "nothing": ("", ""),
    "a list": ("[1, 2]", ""),
    "text": ("hello", ""),
    "no yaml": ("a: [", ""),
    "a tab": ("a:\n\t- b", ""),
    "no date anywhere": ("relief: {visits: [{orgunit: 410103016, kind: household}]}", "no date"),
    "no week": ("week: 2017-W53", "no week 53"),
    "a number for a week": ("week: 201706", "not an ISO week like 2017-W06: '201706'"),
    "a day that isn't": ("clinics: [{date: '2017-02-30'}]", "clinic-1: date: .*'2017-02-30'"),
    "no fields": ("clinics: [义诊]", "clinic-1: must have named fields, not '义诊'"),
    "no unit": ("clinics: [{date: 2017-02-09, venue: x}]", "clinic-1: orgunit is missing"),
    "no venue": (
        "clinics: [{date: 2017-02-09, orgunit: 410103006}]",
        "clinic-1: venue is missing",
    ),
    "no items": (
        order("placed: 2017-02-07, orgunit: 410103016009, items: []"),
        "order-1: items is missing",
    ),
    "a figure in words": (clinic("staff: many"), "clinic-1: staff: not a number: 'many'"),
    "a figure that is yes": (clinic("staff: yes"), "clinic-1: staff: not a number: 'yes'"),
    "a figure below 0": (clinic("staff: -1"), "clinic-1: staff: .*below 0"),
    "a qualifier of its own": (
        clinic("staff: {count: 5, qualifier: nearly}"),
        "clinic-1: staff: .*'nearly'",
    ),
    "a service that isn't": (
        clinic("services: [diagnosis, acupuncture]"),
        "clinic-1: services: 'acupuncture' isn't one of diagnosis",
    ),
    "a circumstance's wrong code": (
        order(f"{ORDER}, placed: 2017-02-07, beneficiary: {{circumstance: lives_alone}}"),
        "eggs: beneficiary.circumstance: 'lives_alone' isn't one of",
    ),
    "a kind of visit that isn't": (
        "relief: {visits: [{date: 2017-02-07, orgunit: 410103016, kind: school}]}",
        "visits-1: kind: 'school' isn't one of household, merchant",
    ),
    "a field that isn't known": (
        clinic("doctors: 5"),
        "clinic-1: doctors: there is no such field",
    ),
    "a field that isn't known, further down": (
        clinic("staff: {count: 5, doctors: 3}"),
        "clinic-1: staff.doctors: there is no such field",
    ),
    "a section that isn't known": (
        "week: 2017-W06\nschools: []",
        "schools: there is no such field",
    ),
    "a field of a section that isn't known": (
        "week: 2017-W06\nvolunteering: {statoins: {count: 3}}",
        "volunteering.statoins: there is no such field",
    ),
    "merchants where households were visited": (
        "relief: {visits: [{date: 2017-02-07, orgunit: 410103016, kind: household, merchants: 3}]}",
        "visits-1: merchants: there is no such field",
    ),
    "a list that is none": (
        order("placed: 2017-02-07, orgunit: 410103016009, items: 鸡蛋"),
        "order-1: items: must be a list",
    ),
    "a list with nothing in a place": (clinic("next: [义诊, null]"), "clinic-1: next: one of its"),
    "a section that is a list": ("relief: [1]", "relief: must have named fields"),
    "an id that can't be one": (clinic("id: 义诊"), "clinic-1: id: "),
    "a part of no day": (
        "week: 2017-W06\nclinics: [{orgunit: 410103006, venue: x, part_of_day: morning}]",
        "clinic-1: part_of_day: of which day",
    ),
    "a part of the day that isn't": (
        clinic("part_of_day: noon"),
        "clinic-1: part_of_day: 'noon' isn't one of morning",
    ),
    "an order category that isn't": (
        "week: 2017-W06\nrelief: {order_categories: [{zh: 打车}]}",
        "relief.order_categories 1.zh: '打车' isn't one of",
    ),
    "no district for what is the district's": (
        "week: 2017-W06\nvolunteering: {stations: 3}",
        "volunteering.stations.orgunit is missing",
    ),
    "an id twice": (
        f"relief: {{orders: [{{{ORDER}}}, {{{ORDER}}}]}}",
        "eggs: this id is given twice",
    ),
    "delivered before placed": (
        order(f"{SERVED}, placed: 2017-02-07, delivered: 2017-02-06"),
        "eggs: delivered before it was placed",
    ),
    "confirmed before delivered": (
        order(f"{SERVED}, placed: 2017-02-07, delivered: 2017-02-09, confirmed: 2017-02-08"),
        "eggs: confirmed before it was delivered",
    ),
    "confirmed, never delivered": (
        order(f"{SERVED}, placed: 2017-02-07, confirmed: 2017-02-08"),
        "eggs: confirmed, but delivered is missing",
    ),
    "delivered, never claimed": (
        order(f"{ORDER}, placed: 2017-02-07, delivered: 2017-02-08"),
        "eggs: served_by is missing: an order that nobody claimed",
    ),
}


@pytest.mark.parametrize("text, message", BAD.values(), ids=BAD)
def test_an_error_names_the_file_the_fact_and_the_reason(tmp_path, text, message):
    path = tmp_path / "bad.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadFacts, match=f"bad.yaml: .*{message}"):
        read_facts(path)


def test_a_file_that_is_not_there_or_not_text_is_named_too(tmp_path):
    other = tmp_path / "other.yaml"
    other.write_bytes("clinics: 义诊".encode("gbk"))
    for path in (tmp_path / "none.yaml", other, tmp_path):
        with pytest.raises(BadFacts, match=path.name):
            read_facts(path)
