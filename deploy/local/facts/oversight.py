"""The programme itself: plan, groups and their reports, meetings, platforms."""

from collections.abc import Iterator

from deploy.local.facts.fact_builder import (
    Fact,
    FactBuilder,
    FactTime,
    FileContext,
    at_the_end_of,
)
from deploy.local.facts.fields import Bilingual, Fields
from deploy.local.facts.identity import Key
from shared.contracts.events.oversight import (
    GROUP_KINDS,
    GROUP_PARTS,
    MEETING_KINDS,
    MILESTONE_STATUSES,
    PLAN_STATUSES,
    RHYTHMS,
)
from shared.contracts.fields import Text
from shared.domain.types import Json

# Statuses that a file may give to a milestone.
FILE_STATUSES = [status for status in MILESTONE_STATUSES if status != "dropped"]


def section(programme: Fields, context: FileContext) -> Iterator[Fact]:
    """The plan, the leading group, its office, and the named groups."""
    name = programme.words("name") or {}
    leading = programme.part("leading_group")
    office = leading.part("office")
    functional = office.parts("functional_groups")
    special = leading.part("special_groups")
    special.choices("each_has", GROUP_PARTS)
    if _has(programme, "plan", "rhythm") or _has(leading, "special_groups"):
        yield _plan(programme, len(functional) or None, special, context)
    if _has(programme, "leading_group"):
        yield _group(leading, "leading", "leading", _group_name(leading, name, "leading"), context)
    if _has(leading, "office"):
        yield _group(office, "office", "office", _group_name(office, name, "office"), context)
    for kind, groups in (("functional", functional), ("special", special.parts("named"))):
        for group in groups:
            yield _named_group(group, kind, context)


def _has(fields: Fields, *names: str) -> bool:
    return any(fields.get(name) is not None for name in names)


def _plan(programme: Fields, functional: int | None, special: Fields, context: FileContext) -> Fact:
    plan = programme.part("plan")
    plan.require("status")
    programme.require("plan")
    when = context.when(plan)
    builder = FactBuilder("supervision", context.key("plan", when))
    builder.create(
        "version_plan",
        when,
        orgunit=context.place(plan),
        name=_required_name(plan),
        status=plan.choice("status", PLAN_STATUSES),
        special_groups=special.whole("count"),
        functional_groups=functional,
        rhythm=[_rhythm(entry) for entry in programme.parts("rhythm")],
    )
    return builder.fact


def _rhythm(entry: Fields) -> Json:
    for name in ("every", "what"):
        entry.require(name)
    return {"every": entry.choice("every", RHYTHMS), "what": entry.words("what")}


def _group_name(fields: Fields, programme: Bilingual, kind: str) -> Bilingual:
    """The group's own name, or else the programme's name with the kind of group."""
    zh, en = GROUP_KINDS[kind]
    default = {
        "zh": f"{programme['zh']}{zh}" if "zh" in programme else zh,
        "en": f"{programme['en']} {en}" if "en" in programme else en,
    }
    return fields.name() or default


def _required_name(fields: Fields) -> Bilingual:
    name = fields.name()
    if name is None:
        raise ValueError(f"{fields.path}zh or en is missing")
    return name


def _named_group(group: Fields, kind: str, context: FileContext) -> Fact:
    group.require("code")
    return _group(group, kind, group.code("code"), _required_name(group), context)


def _group(
    group: Fields, kind: str, code: str | None, name: Bilingual, context: FileContext
) -> Fact:
    when = context.when(group)
    builder = FactBuilder("supervision", context.key(f"group-{code}", when))
    builder.create(
        "form_group",
        when,
        orgunit=context.place(group),
        kind=kind,
        code=code,
        name=name,
        responsible_unit=group.text("host_unit" if kind == "office" else "responsible_unit"),
        responsible_person=group.text("responsible_person"),
        member_units=group.many("member_units", Text()),
        duties=group.many_words("duties"),
        staff=group.words("staff"),
    )
    return builder.fact


def group_report(key: Key, report: Fields, context: FileContext) -> Iterator[Fact]:
    """A group's report of the file's week."""
    report.require("group")
    builder = FactBuilder("supervision", key)
    builder.create(
        "report_progress",
        at_the_end_of(context.week),
        group=f"group:{report.code('group')}",
        done=report.words("done"),
        planned=report.words("planned"),
        problems=report.words("problems"),
        nil=report.flag("nil"),
    )
    yield builder.fact


def meeting(key: Key, meeting: Fields, context: FileContext) -> Iterator[Fact]:
    """A meeting and the actions that it assigned."""
    builder = FactBuilder("supervision", key)
    when = context.when(meeting)
    created = builder.create(
        "hold_meeting",
        when,
        orgunit=context.place(meeting),
        kind=meeting.choice("kind", MEETING_KINDS) or "office",
        heard=[f"group:{code}" for code in meeting.codes("heard")],
        summary=meeting.words("summary"),
    )
    for action in meeting.parts("actions"):
        _action(builder, created, action, when, meeting, context)
    yield builder.fact


def _action(
    builder: FactBuilder,
    meeting_id: str,
    action: Fields,
    when: FactTime,
    meeting: Fields,
    context: FileContext,
) -> None:
    for name in ("what", "responsible", "due"):
        action.require(name)
    group = action.code("group")
    assigned = builder.create(
        "assign_action",
        when,
        after=meeting_id,
        part_of=action.get("what"),
        orgunit=context.place(meeting),
        what=action.words("what"),
        responsible=action.text("responsible"),
        due=action.iso_day("due"),
        group=group and f"group:{group}",
        meeting=meeting_id,
    )
    outcome = action.words("outcome")
    if action.get("closed"):
        closed, held = action.day("closed"), meeting.day("date")
        if closed and held and closed < held:
            raise action.error("closed", "before the meeting")
        when, what = context.when(action, "closed"), action.get("what")
        builder.then("close_action", assigned, when, part_of=what, outcome=outcome)
    elif outcome:
        raise action.error("outcome", "closed is missing")


def platform(key: Key, platform: Fields, context: FileContext) -> Iterator[Fact]:
    """A platform and the status of each of its milestones."""
    platform.require("name")
    builder = FactBuilder("supervision", key)
    created = builder.create(
        "register_platform",
        context.when(platform),
        orgunit=context.place(platform),
        name=platform.words("name"),
    )
    for milestone in platform.parts("milestones"):
        _milestone(builder, created, milestone, platform, context)
    yield builder.fact


def _milestone(
    builder: FactBuilder,
    platform_id: str,
    milestone: Fields,
    platform: Fields,
    context: FileContext,
) -> None:
    milestone.require("what")
    status = milestone.choice("status", FILE_STATUSES) or "planned"
    when = context.when(milestone)
    created = builder.create(
        "set_milestone",
        when,
        after=platform_id,
        part_of=milestone.get("what"),
        orgunit=context.place(platform),
        platform=platform_id,
        what=milestone.words("what"),
        status="planned" if status == "done" else status,
        count=milestone.whole("count"),
        target=milestone.iso_day("target"),
    )
    if status == "done":
        builder.then("reach_milestone", created, when, part_of=milestone.get("what"))
