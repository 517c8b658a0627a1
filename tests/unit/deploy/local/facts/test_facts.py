"""The programme's other facts as commands: groups, platforms, volunteering, fairs, inspections."""

import pytest
import yaml

from deploy.local.facts.fields import Fields
from deploy.local.facts.reader import BadFacts, read_facts
from deploy.local.facts.unquoted_commas import FIELDS, rejoined
from tests.unit.deploy.local.facts.test_reader import FILE, taken_by_rpc

WEEK = {"week": "2017-W06", "programme": {"district": "410103"}}


@pytest.fixture
def read(tmp_path):
    """`read(data)` → key → fact, every command being one that its service takes."""

    def facts_of(data):
        path = tmp_path / "facts.yaml"
        path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
        facts, _ = read_facts(path)
        schemas = taken_by_rpc()
        for fact in facts:
            for step in fact.steps:
                schemas[step.service, step.method]().load(step.arguments)
        return {fact.key: fact for fact in facts}

    return facts_of


@pytest.fixture(scope="module")
def first_week():
    return {fact.key: fact for fact in read_facts(FILE)[0]}


def words(given):
    """Every {zh, en} in it, complete or not."""
    if isinstance(given, dict) and given and given.keys() <= {"zh", "en"}:
        yield given
    elif isinstance(given, dict | list):
        for value in given.values() if isinstance(given, dict) else given:
            yield from words(value)


def sent(fact):
    """(method, arguments without actor, times and ids) of each command."""
    hidden = ("command_id", "actor", "time", "timeprecision", "id")
    return [
        (step.method, {name: v for name, v in step.arguments.items() if name not in hidden})
        for step in fact.steps
    ]


def methods(fact):
    return [step.method for step in fact.steps]


def days(fact):
    """(day of the time, day of entry) of each command."""
    return [(step.arguments["time"][:10], str(step.entered.date())) for step in fact.steps]


def number(amount):
    return amount["value"], amount["qualifier"]


class TestTheFirstWeeksProgramme:
    def test_the_plan_has_the_numbers_of_groups(self, first_week):
        [(method, plan)] = sent(first_week["plan"])
        assert method == "version_plan"
        assert (plan["special_groups"], plan["functional_groups"]) == (13, 4)
        assert (plan["orgunit"], plan["status"]) == ("410103", "draft_improved")
        assert [entry["every"] for entry in plan["rhythm"]] == [
            *("irregular", "week", "week", "month", "irregular", "half_year", "year")
        ]
        assert plan["rhythm"][-1]["what"] == {"zh": "表彰", "en": "commendation"}

    def test_leading_group_office_and_functional_groups_are_formed(self, first_week):
        groups = [sent(fact)[0][1] for key, fact in first_week.items() if key.startswith("group-")]
        assert [(group["kind"], group["name"]["zh"]) for group in groups] == [
            ("leading", "温暖二七领导小组"),
            ("office", "温暖二七办公室"),
            ("functional", "综合协调组"),
            ("functional", "文秘策划宣传组"),
            ("functional", "重点项目组"),
            ("functional", "督导考评组"),
        ]
        assert groups[1]["responsible_unit"] == "区民政局"

    def test_seven_milestones_are_reached_and_six_are_not(self, first_week):
        commands = [name for n in range(1, 5) for name in methods(first_week[f"platform-{n}"])]
        assert commands.count("register_platform") == 4
        assert (commands.count("set_milestone"), commands.count("reach_milestone")) == (13, 7)

    def test_a_milestone_that_is_done_is_set_and_reached(self, first_week):
        platform = first_week["platform-1"]
        (_, registered), (_, first), (reached, _), (_, second) = sent(platform)[:4]
        assert registered["name"]["zh"] == "党群服务中心平台"
        assert (first["status"], first["count"], reached) == ("planned", 2, "reach_milestone")
        assert platform.steps[2].arguments["id"] == platform.steps[1].creates
        assert first["platform"] == second["platform"] == platform.steps[0].creates
        assert second["status"] == "in_progress"

    @pytest.mark.parametrize(
        "name, stock, level",
        [
            ("stations", "stations", ("123", "exact")),
            ("team_categories", "team_categories", ("10", "exact")),
            ("professional_teams", "teams", ("39", "exact")),
            ("registered_volunteers", "volunteers", ("70000", "over")),
        ],
    )
    def test_a_count_without_records_is_a_declared_stock(self, first_week, name, stock, level):
        [(method, declared)] = sent(first_week[f"stock-{name}"])
        assert (method, declared["orgunit"]) == ("declare_stock", "410103")
        assert (declared["stock"], number(declared["level"])) == (stock, level)

    def test_the_kind_of_the_stations_travels_with_their_number(self, first_week):
        [(_, declared)] = sent(first_week["stock-stations"])
        assert declared["level"]["stated"] == "文明使者志愿服务站"

    def test_the_service_day_recurs_on_the_27th(self, first_week):
        [(_, day)] = sent(first_week["service-day"])
        assert (day["rule"], day["first"]) == ("FREQ=MONTHLY;BYMONTHDAY=27", "2017-02-27")

    def test_activities_keep_who_took_part_and_how_many(self, first_week):
        [(_, cleaning)] = sent(first_week["cleaning-ganlan"])
        [(_, cleanup)] = sent(first_week["cleanup-mifengzhang"])
        assert number(cleaning["participants"]) == (None, "not_stated")
        assert number(cleanup["participants"]) == ("200", "over")
        assert cleanup["taking_part"] == ["communities", "offices", "party_members", "volunteers"]
        assert (cleanup["communities"], cleanup["category"]) == (5, "environment")
        assert cleanup["name"]["en"] == "environmental clean-up, with air pollution control"

    def test_there_is_a_gathering_in_each_community(self, first_week):
        [(method, gathering)] = sent(first_week["gathering-1"])
        assert (method, number(gathering["gatherings"])) == ("hold_gathering", ("5", "exact"))
        assert number(gathering["participants"]) == (None, "not_stated")
        assert len(gathering["invited"]) == 4

    def test_the_fair_is_held_and_reconciled(self, first_week):
        (_, planned), (_, held), _ = sent(first_week["fair-daxuelu"])
        assert methods(first_week["fair-daxuelu"]) == ["plan_fair", "hold_fair", "reconcile_fair"]
        assert planned["theme"]["zh"] == "就业帮扶 真情相助"
        assert planned["audience"]["en"].startswith("unemployed residents")
        assert number(held["employers"]) == ("30", "over")
        assert number(held["vacancies"]) == ("200", "over")
        assert (len(held["named_employers"]), len(held["services"])) == (5, 3)
        assert "seekers" not in held

    def test_patrols_are_recorded_without_a_figure_that_nobody_gave(self, first_week):
        (_, daily), (_, check) = (sent(first_week[f"inspection-{n}"])[0] for n in (1, 4))
        assert (daily["kind"], daily["every"]) == ("safety_patrol", "day")
        assert (check["kind"], check["orgunit"]) == ("building_check", "410103002")
        assert number(daily["findings"]) == number(check["findings"]) == (None, "not_stated")

    def test_solved_problems_are_closed_by_another_than_rectified_them(self, first_week):
        for n in (2, 3):
            _, rectified, closed = first_week[f"inspection-{n}"].steps
            assert (rectified.method, closed.method) == ("rectify_finding", "close_finding")
            assert rectified.arguments["actor"] != closed.arguments["actor"]

    def test_what_the_clinic_announced_is_a_commitment(self, first_week):
        made = [sent(first_week[f"clinic-wulibao-next-{n}"])[0] for n in range(1, 5)]
        assert {(method, made["about"]) for method, made in made} == {
            ("make_commitment", first_week["clinic-wulibao"].steps[0].creates)
        }
        assert made[1][1]["what"] == {"zh": "军绿志愿服务", "en": "army-green volunteering"}

    def test_what_people_read_is_there_in_both_languages(self, first_week):
        steps = [step.arguments for fact in first_week.values() for step in fact.steps]
        found = list(words(steps))
        assert len(found) > 30
        assert [one for one in found if one.keys() != {"zh", "en"}] == []

    def test_facts_stand_alone_so_that_their_order_does_not_matter(self, first_week):
        for fact in first_week.values():
            made = {step.creates for step in fact.steps}
            for step in fact.steps:
                used = {step.arguments.get(name) for name in ("id", "platform", "fair")} - {None}
                assert used <= made


class TestOtherFacts:
    def test_milestones_are_entered_on_their_days_but_never_before_their_platform(self, read):
        milestones = [
            {"what": "early", "status": "done", "date": "2017-02-03"},
            {"what": "late", "status": "done", "date": "2017-02-08", "target": "2017-03-01"},
            {"what": "some time", "status": "planned"},
        ]
        platforms = [{"name": {"zh": "平台"}, "milestones": milestones}]
        platform = read(WEEK | {"platforms": platforms})["platform-1"]
        assert days(platform) == [
            ("2017-02-06", "2017-02-06"),
            ("2017-02-03", "2017-02-06"),
            ("2017-02-03", "2017-02-06"),
            ("2017-02-08", "2017-02-08"),
            ("2017-02-08", "2017-02-08"),
            ("2017-02-06", "2017-02-06"),
        ]
        assert sent(platform)[3][1]["target"] == "2017-03-01"

    def test_special_groups_that_are_named_are_formed_with_their_parts(self, read):
        group = {
            "code": "clinics",
            "zh": "义诊组",
            "responsible_unit": "区卫计委",
            "responsible_person": "副区长",
            "member_units": ["区教体局"],
            "duties": ["组织义诊"],
        }
        special = {"count": 13, "named": [group]}
        programme = {
            "district": "410103",
            "plan": {"zh": "方案", "status": "adopted"},
            "leading_group": {"special_groups": special},
        }
        facts = read({"week": "2017-W06", "programme": programme})
        [(_, formed)] = sent(facts["group-clinics"])
        assert (formed["kind"], formed["responsible_person"]) == ("special", "副区长")
        assert formed["duties"] == [{"zh": "组织义诊"}]
        assert sent(facts["plan"])[0][1]["special_groups"] == 13

    def test_a_meeting_assigns_actions_and_some_are_closed(self, read):
        meeting = {
            "date": "2017-02-10",
            "summary": "周例会",
            "heard": ["publicity"],
            "actions": [
                {"what": "修路灯", "responsible": "城管局", "due": "2017-02-17"},
                {
                    "what": "补台账",
                    "responsible": "街道办",
                    "due": "2017-02-13",
                    "group": "publicity",
                    "closed": "2017-02-12",
                    "outcome": "已补齐",
                },
            ],
        }
        programme = {"district": "410103", "meetings": [meeting]}
        fact = read({"programme": programme})["meeting-1"]
        assert methods(fact) == ["hold_meeting", "assign_action", "assign_action", "close_action"]
        (_, held), (_, first), (_, second), (_, closed) = sent(fact)
        assert (held["kind"], held["heard"]) == ("office", ["group:publicity"])
        assert first["meeting"] == second["meeting"] == fact.steps[0].creates
        assert (second["group"], closed["outcome"]) == ("group:publicity", {"zh": "已补齐"})
        assert fact.steps[3].arguments["id"] == fact.steps[2].creates
        assert days(fact)[-1] == ("2017-02-12", "2017-02-12")

    def test_groups_report_the_week_of_the_file_and_on_its_last_day(self, read):
        reports = [
            {"group": "clinics", "done": "义诊两场", "planned": {"zh": "一场", "en": "one clinic"}},
            {"id": "jobs-first", "group": "jobs", "nil": True},
        ]
        facts = read({"week": "2017-W06", "programme": {"group_reports": reports}})
        [(method, progress)] = sent(facts["group_report-1"])
        assert (method, progress["group"]) == ("report_progress", "group:clinics")
        assert (progress["period"], progress["nil"]) == ("2017-W06", False)
        assert progress["done"] == {"zh": "义诊两场"}
        [step] = facts["jobs-first"].steps
        assert (step.arguments["nil"], step.entered.date().isoformat()) == (True, "2017-02-12")
        assert step.arguments.keys().isdisjoint({"time", "timeprecision", "done"})

    def test_a_fairs_other_figures_and_later_hires_are_entered(self, read):
        fair = {
            "date": "2017-02-10",
            "orgunit": "410103007",
            "venue": "广场",
            "seekers": {"count": 300, "qualifier": "over"},
            "intents": 45,
            "postings": [{"employer": "永辉超市", "job": "收银员", "openings": 12}],
            "hires": [{"count": 7, "date": "2017-02-21", "employer": "永辉超市"}],
        }
        fact = read({"job_fairs": [fair]})["fair-1"]
        (_, held), _, (_, hired) = sent(fact)[1:]
        assert number(held["seekers"]) == ("300", "over")
        assert number(held["intents"]) == ("45", "exact")
        assert number(held["postings"][0]["openings"]) == ("12", "exact")
        assert (hired["fair"], number(hired["hires"])) == (fact.steps[0].creates, ("7", "exact"))
        assert days(fact)[-1] == ("2017-02-21", "2017-02-21")

    def test_the_weeks_are_those_of_the_fair_and_of_its_hires(self, tmp_path):
        fair = "{date: 2017-02-10, orgunit: 410103007, venue: x, hires: {count: 2, date: %s}}"
        path = tmp_path / "facts.yaml"
        path.write_text(f"job_fairs: [{fair % '2017-02-21'}]\nweek: 2017-W06")
        assert list(map(str, read_facts(path)[1])) == ["2017-W06", "2017-W08"]

    @pytest.mark.parametrize(
        "more, expected",
        [
            ({}, ["report_finding"]),
            ({"rectified": "2017-02-08"}, ["report_finding", "rectify_finding"]),
            (
                {"closed": "2017-02-09"},
                ["report_finding", "rectify_finding", "close_finding"],
            ),
        ],
    )
    def test_a_finding_ends_in_the_state_in_the_file(self, read, more, expected):
        found = {
            "kind": "problem_found",
            "date": "2017-02-07",
            "orgunit": "410103005",
            "what": "路灯不亮",
            "asset": "马砦街",
            "category": "facility",
            "responsible": "城管局",
            "due": "2017-02-14",
        }
        fact = read({"inspections": [found | more]})["inspection-1"]
        assert methods(fact) == expected
        reported = sent(fact)[0][1]
        assert (reported["asset"], reported["kind"]) == ("马砦街", "facility")
        assert (reported["due"], reported["responsible"]) == ("2017-02-14", "城管局")
        # Who says only when it was closed, says that it was put right by then.
        assert {day for day, _ in days(fact)[1:]} <= set(more.values())

    def test_a_patrol_that_found_nothing_is_a_nil_report(self, read):
        patrol = {"kind": "food_check", "orgunit": "410103005", "findings": 0, "unannounced": True}
        [(_, recorded)] = sent(read(WEEK | {"inspections": [patrol]})["inspection-1"])
        assert number(recorded["findings"]) == ("0", "exact")
        assert recorded["unannounced"] is True

    def test_an_activity_at_another_facts_occasion_shares_its_key(self, read):
        clinic = {"id": "clinic-a", "date": "2017-02-09", "orgunit": "410103006", "venue": "x"}
        activities = [
            {"date": "2017-02-09", "orgunit": "410103006", "what": "协助", "activity_key": key}
            for key in ("clinic-a", "own-key")
        ]
        facts = read({"clinics": [clinic], "volunteering": {"activities": activities}})
        assert sent(facts["activity-1"])[0][1]["activity_key"] == facts["clinic-a"].steps[0].creates
        assert sent(facts["activity-2"])[0][1]["activity_key"] == "own-key"
        assert sent(facts["activity-1"])[0][1]["name"] == {"zh": "协助"}

    @pytest.mark.parametrize(
        "more, count",
        [
            ({}, ("1", "exact")),
            ({"gatherings": 3, "communities": 5}, ("3", "exact")),
            ({"communities": {"count": 20, "qualifier": "about"}}, ("20", "about")),
        ],
    )
    def test_the_number_of_gatherings_is_that_in_the_file(self, read, more, count):
        gathering = {"orgunit": "410103005", "what": "联谊会"} | more
        [(_, held)] = sent(read(WEEK | {"gatherings": [gathering]})["gathering-1"])
        assert number(held["gatherings"]) == count

    def test_a_stock_may_have_its_own_unit_day_and_source(self, read):
        stations = {
            "count": 7,
            "orgunit": "410103006",
            "date": "2017-02-08",
            "reported_by": "街道团工委",
        }
        fact = read({"volunteering": {"stations": stations}, "week": "2017-W06"})["stock-stations"]
        [(_, declared)] = sent(fact)
        assert (declared["orgunit"], declared["reported_by"]) == ("410103006", "街道团工委")
        assert days(fact) == [("2017-02-08", "2017-02-08")]

    def test_a_service_day_that_some_months_lack_starts_in_one_that_has_it(self, read):
        day = {"day_of_month": 31, "every": "month"}
        [(_, declared)] = sent(read(WEEK | {"volunteering": {"service_day": day}})["service-day"])
        assert declared["first"] == "2017-03-31"

    def test_an_order_keeps_who_served_it(self, read):
        order = {
            "orgunit": "410103016009",
            "items": ["米"],
            "placed": "2017-02-07",
            "delivered": "2017-02-08",
            "served_by": "民政所",
        }
        delivered = sent(read({"relief": {"orders": [order]}})["order-1"])[-1]
        assert delivered == ("deliver_order", {"served_by": "民政所"})


class TestUnquotedCommas:
    def test_pieces_of_a_text_are_put_back(self):
        text = "{what: one (two, three four), count: 2, status: done}"
        assert rejoined(yaml.safe_load(text)) == {
            "what": "one (two, three four)",
            "count": 2,
            "status": "done",
        }

    def test_each_language_gets_its_own_pieces(self):
        text = "{zh: 走访, en: shops visited, cards left}"
        assert rejoined(yaml.safe_load(text)) == {"zh": "走访", "en": "shops visited, cards left"}

    def test_sorted_as_a_program_writes_them_none_is_lost(self):
        data = yaml.safe_load("{every: week, what: hears, assigns work, solves problems}")
        written = yaml.safe_load(yaml.safe_dump(data))
        assert rejoined(written)["what"] == "hears, assigns work, solves problems"

    def test_a_field_that_is_empty_stays_one(self):
        data = {"what": "x", "participants": None, "staff": None}
        assert rejoined(data) == data

    def test_every_field_that_is_read_may_be_empty(self, monkeypatch, read):
        asked = set()
        get = Fields.get
        monkeypatch.setattr(Fields, "get", lambda self, name: asked.add(name) or get(self, name))
        read(yaml.safe_load(FILE.read_text("utf-8")))
        assert asked - FIELDS == set()


BAD = {
    "a plan without a status": (
        "programme: {plan: {zh: 方案}}",
        "programme.plan.status is missing",
    ),
    "a rhythm without a plan": (
        "programme: {district: 410103, rhythm: [{every: week, what: x}]}",
        "programme.plan",
    ),
    "a rhythm that isn't": (
        (
            "programme: {district: 410103, plan: {zh: 方案, status: draft},"
            " rhythm: [{every: fortnight, what: x}]}"
        ),
        "programme.rhythm 1.every: 'fortnight' isn't one of",
    ),
    "a part that groups don't have": (
        "programme: {leading_group: {special_groups: {each_has: [budget]}}}",
        "programme.leading_group.special_groups.each_has: 'budget' isn't one of",
    ),
    "a report of no group": (
        "programme: {group_reports: [{nil: true}]}",
        "group_report-1: group is missing",
    ),
    "a group without a name": (
        "programme: {district: 410103, leading_group: {office: {functional_groups: [{code: a}]}}}",
        "functional_groups 1.zh or en is missing",
    ),
    "an action without a day": (
        "programme: {district: 410103, meetings: [{actions: [{what: x, responsible: y}]}]}",
        "meeting-1: actions 1.due is missing",
    ),
    "an action closed before its meeting": (
        (
            "programme: {district: 410103, meetings: [{date: 2017-02-10, actions:"
            " [{what: x, responsible: y, due: 2017-02-12, closed: 2017-02-09}]}]}"
        ),
        "meeting-1: actions 1.closed: before the meeting",
    ),
    "an outcome of what isn't closed": (
        (
            "programme: {district: 410103, meetings: [{actions:"
            " [{what: x, responsible: y, due: 2017-02-12, outcome: z}]}]}"
        ),
        "meeting-1: actions 1.outcome: closed is missing",
    ),
    "a milestone's status that isn't": (
        (
            "programme: {district: 410103}\nplatforms:"
            " [{name: {zh: 平台}, milestones: [{what: x, status: ready}]}]"
        ),
        "platform-1: milestones 1.status: 'ready' isn't one of planned, in_progress, done",
    ),
    "a service day that isn't monthly": (
        (
            "programme: {district: 410103}\nvolunteering:"
            " {service_day: {day_of_month: 27, every: year}}"
        ),
        "volunteering.service_day.every: 'year'",
    ),
    "a service day that no month has": (
        "programme: {district: 410103}\nvolunteering: {service_day: {day_of_month: 32}}",
        "volunteering.service_day.day_of_month: Must be a whole number from 1 to 31",
    ),
    "an activity's category that isn't": (
        "volunteering: {activities: [{orgunit: 410103005, what: x, category: sports}]}",
        "activity-1: category: 'sports' isn't one of",
    ),
    "people from nowhere": (
        (
            "volunteering: {activities:"
            " [{orgunit: 410103005, what: x, participants: {count: 2, from: [mars]}}]}"
        ),
        "activity-1: participants.from: 'mars' isn't one of",
    ),
    "communities in words": (
        "volunteering: {activities: [{orgunit: 410103005, what: x, communities: five}]}",
        "activity-1: communities: Must be a whole number from 0",
    ),
    "a unit that can't be one": (
        "gatherings: [{orgunit: 4101, what: x}]",
        "gathering-1: orgunit: Must be a 6-, 9- or 12-digit division code, such as 410103005",
    ),
    "a gathering without a name": ("gatherings: [{orgunit: 410103005}]", "gathering-1: what is"),
    "hires that nobody counted": (
        "job_fairs: [{orgunit: 410103007, venue: x, hires: {count: 5, qualifier: over}}]",
        "fair-1: hires: people who were hired are counted exactly",
    ),
    "a fair's service that isn't": (
        "job_fairs: [{orgunit: 410103007, venue: x, services: [lunch]}]",
        "fair-1: services: 'lunch' isn't one of",
    ),
    "an inspection's kind that isn't": (
        "inspections: [{orgunit: 410103005, kind: stroll}]",
        "inspection-1: kind: 'stroll' isn't one of",
    ),
    "rectified before it was found": (
        (
            "inspections: [{orgunit: 410103005, kind: problem_solved, what: x,"
            " date: 2017-02-08, rectified: 2017-02-07}]"
        ),
        "inspection-1: rectified before it was reported",
    ),
}


@pytest.mark.parametrize("text, message", BAD.values(), ids=BAD)
def test_an_error_names_its_place(tmp_path, text, message):
    path = tmp_path / "bad.yaml"
    path.write_text(f"week: 2017-W06\n{text}", encoding="utf-8")
    with pytest.raises(BadFacts, match=f"bad.yaml: .*{message}"):
        read_facts(path)


def test_an_error_about_a_beneficiary_does_not_repeat_who_it_is(tmp_path):
    order = "{orgunit: 410103016009, items: [米], beneficiary: %s}"
    for beneficiary in (
        "王小明",
        "{name: [王小明]}",
        f"{{phone: {'王小明' * 20}}}",
    ):
        path = tmp_path / "bad.yaml"
        path.write_text(f"week: 2017-W06\nrelief: {{orders: [{order % beneficiary}]}}", "utf-8")
        with pytest.raises(BadFacts, match="order-1: beneficiary") as caught:
            read_facts(path)
        assert "王小明" not in str(caught.value)
