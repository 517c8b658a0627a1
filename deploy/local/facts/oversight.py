"""The programme itself: plan, groups, meetings, platforms."""

from deploy.local.facts.fact_builder import Story
from shared.contracts.events.oversight import (
    GROUP_KINDS,
    GROUP_PARTS,
    MEETING_KINDS,
    MILESTONE_STATUSES,
    PLAN_STATUSES,
    RHYTHMS,
)
from shared.contracts.fields import Text, Whole

SET_AS = [status for status in MILESTONE_STATUSES if status != "dropped"]


def section(_key, programme, frame):
    """The plan, the leading group, its office, and the groups that are known by name."""
    name = programme.words("name") or {}
    leading = programme.part("leading_group")
    office = leading.part("office")
    functional = office.parts("functional_groups")
    special = leading.part("special_groups")
    special.choices("each_has", GROUP_PARTS)
    if _has(programme, "plan", "rhythm") or _has(leading, "special_groups"):
        yield _plan(programme, len(functional) or None, special, frame)
    if _has(programme, "leading_group"):
        yield _group(leading, "leading", "leading", _called(leading, name, "leading"), frame)
    if _has(leading, "office"):
        yield _group(office, "office", "office", _called(office, name, "office"), frame)
    for kind, groups in (("functional", functional), ("special", special.parts("named"))):
        for group in groups:
            yield _named_group(group, kind, frame)


def _has(fields, *names):
    return any(fields.get(name) is not None for name in names)


def _plan(programme, functional, special, frame):
    plan = programme.part("plan")
    plan.needed("status")
    programme.needed("plan")
    story = Story("supervision", "plan")
    story.create(
        "version_plan",
        frame.when(plan),
        orgunit=frame.place(plan),
        name=_needed_name(plan),
        status=plan.choice("status", PLAN_STATUSES),
        special_groups=special.checked("count", Whole()),
        functional_groups=functional,
        rhythm=[_rhythm(entry) for entry in programme.parts("rhythm")],
    )
    return story.fact


def _rhythm(entry):
    for name in ("every", "what"):
        entry.needed(name)
    return {"every": entry.choice("every", RHYTHMS), "what": entry.words("what")}


def _called(fields, programme, kind):
    """Its own name, or else the programme's with what kind of group it is."""
    zh, en = GROUP_KINDS[kind]
    built = {
        "zh": f"{programme['zh']}{zh}" if "zh" in programme else zh,
        "en": f"{programme['en']} {en}" if "en" in programme else en,
    }
    return fields.name() or built


def _needed_name(fields):
    name = fields.name()
    if name is None:
        raise ValueError(f"{fields.path}zh or en is missing")
    return name


def _named_group(group, kind, frame):
    group.needed("code")
    return _group(group, kind, group.code("code"), _needed_name(group), frame)


def _group(group, kind, code, name, frame):
    story = Story("supervision", f"group-{code}")
    story.create(
        "form_group",
        frame.when(group),
        orgunit=frame.place(group),
        kind=kind,
        code=code,
        name=name,
        responsible_unit=group.text("host_unit" if kind == "office" else "responsible_unit"),
        responsible_person=group.text("responsible_person"),
        member_units=group.many("member_units", Text()),
        duties=group.many_words("duties"),
        staff=group.words("staff"),
    )
    return story.fact


def meeting(key, meeting, frame):
    """A meeting and what it told somebody to do."""
    story = Story("supervision", key)
    when = frame.when(meeting)
    made = story.create(
        "hold_meeting",
        when,
        orgunit=frame.place(meeting),
        kind=meeting.choice("kind", MEETING_KINDS, "office"),
        heard=[f"group:{code}" for code in meeting.codes("heard")],
        summary=meeting.words("summary"),
    )
    for action in meeting.parts("actions"):
        _action(story, made, action, when, meeting, frame)
    yield story.fact


def _action(story, made, action, when, meeting, frame):
    for name in ("what", "responsible", "due"):
        action.needed(name)
    group = action.code("group")
    assigned = story.create(
        "assign_action",
        when,
        after=made,
        orgunit=frame.place(meeting),
        what=action.words("what"),
        responsible=action.text("responsible"),
        due=action.iso_day("due"),
        group=group and f"group:{group}",
        meeting=made,
    )
    outcome = action.words("outcome")
    if action.get("closed"):
        if meeting.get("date") and action.day("closed") < meeting.day("date"):
            raise action.wrong("closed", "before the meeting")
        story.then("close_action", assigned, frame.when(action, "closed"), outcome=outcome)
    elif outcome:
        raise action.wrong("outcome", "closed is missing")


def platform(key, platform, frame):
    """A platform and how far each of its milestones is."""
    platform.needed("name")
    story = Story("supervision", key)
    made = story.create(
        "register_platform",
        frame.when(platform),
        orgunit=frame.place(platform),
        name=platform.words("name"),
    )
    for milestone in platform.parts("milestones"):
        _milestone(story, made, milestone, platform, frame)
    yield story.fact


def _milestone(story, made, milestone, platform, frame):
    milestone.needed("what")
    status = milestone.choice("status", SET_AS, "planned")
    when = frame.when(milestone)
    created = story.create(
        "set_milestone",
        when,
        after=made,
        orgunit=frame.place(platform),
        platform=made,
        what=milestone.words("what"),
        status="planned" if status == "done" else status,
        count=milestone.checked("count", Whole()),
        target=milestone.iso_day("target"),
    )
    if status == "done":
        story.then("reach_milestone", created, when)
