"""Events of supervision: the registry of org units, the briefing, and those of oversight.py."""

from marshmallow import Schema, fields

from shared.contracts.events import calendar, oversight, staff
from shared.contracts.events.declare import EventType
from shared.contracts.events.week import week_events
from shared.contracts.fields import (
    TEXT,
    Amount,
    Choice,
    Day,
    Digest,
    Flag,
    Id,
    Many,
    OrgUnit,
    Text,
    Week,
    Whole,
    Words,
)
from shared.domain.units import UNITS

LEVELS = {
    "district": ("区", "district"),
    "subdistrict": ("街道（镇）", "sub-district"),
    "community": ("社区（村）", "community"),
}

BRIEFING_STATUSES = {
    "draft": ("草稿", "draft"),
    "approved": ("已审批", "approved"),
    "published": ("已发布", "published"),
}

# The answer of the methods of a review. No other answer has it.
IN_REVIEW = {"in_review": ("会审中", "in review")}

# The answer of `edit_points`.
EDITED = {"draft": BRIEFING_STATUSES["draft"]}

# The answer of `withdraw_briefing`.
WITHDRAWN = {"withdrawn": ("已撤回", "withdrawn")}

# The answer of `discard_briefing`. No other answer has it: a query doesn't find a discarded draft.
DISCARDED = {"discarded": ("已作废", "discarded")}

LONGEST_DOCUMENT = 4_000_000
LONGEST_NOTICE = 5_000

# The readable forms of an issue.
RENDERED = ("text", "html")

MOST_CHANGES = 10_000
MOST_CAUSES = 50


class OrgUnitState(Schema):
    """A division code never changes its meaning. A unit is valid from `valid_from` until before
    `valid_to`. An unknown date is null, for example if a unit was `retired` on an unknown day."""

    code = OrgUnit(required=True)
    parent = OrgUnit(required=True, allow_none=True)
    level = Choice(LEVELS, required=True)
    name = Text(required=True)
    valid_from = Day(required=True, allow_none=True)
    valid_to = Day(required=True, allow_none=True)
    successor = OrgUnit(required=True, allow_none=True)
    retired = Flag(required=True)
    # The unit of which this one was a part until `valid_from`, if it was split off.
    split_from = OrgUnit()
    # Why the unit was corrected; before its first correction there is none.
    reason = Text(longest=TEXT)


class BriefingDrafted(Schema):
    period = Week(required=True)
    revision = Whole(required=True)
    content_digest = Digest(required=True)


class BriefingInReview(BriefingDrafted):
    """A person handed the draft in for review. What was said in the review stays with the issue:
    the event says how many comments were made and are open, and how often it was signed off."""

    comments_made = Whole(required=True)
    comments_unresolved = Whole(required=True)
    sign_offs_given = Whole(required=True)


class BriefingWithdrawn(Schema):
    """A published issue is not valid any more, for this reason. `digest` is that of its document.
    `successor` is the urn of the issue that stands in its place, null where there is none.

    `notice` says the same in canonical JSON, with the time and with name and office of who withdrew
    it. It is signed as a document is: over the hexadecimal SHA-256 of its text.
    """

    issue = Whole(least=1, required=True)
    period = Week(required=True)
    revision = Whole(required=True)
    status = Choice(["withdrawn"], required=True)
    digest = Digest(required=True)
    reason = Words(required=True)
    successor = Text(required=True, allow_none=True)
    notice = Text(longest=LONGEST_NOTICE, required=True)
    keyid = Text(longest=64, required=True)
    signature = Text(longest=128, required=True)


class BriefingDiscarded(BriefingDrafted):
    """A draft was given up, for this reason. It was never published."""

    reason = Text(longest=TEXT, required=True)


class Rendering(Schema):
    """Another form of the same issue, fetched by RPC and identified by its digest."""

    format = Choice(RENDERED, required=True)
    lang = Choice(["zh", "en"], required=True)
    media_type = Text(required=True)
    sha256 = Digest(required=True)
    size = Whole(required=True)
    urn = Text(required=True)


class BriefingPublished(Schema):
    """`document` is the canonical JSON itself, as text, so that no JSON library changes its numbers
    or the order of its keys. Saved as UTF-8 it is the published file, byte for byte."""

    issue = Whole(least=1, required=True)
    period = Week(required=True)
    revision = Whole(required=True)
    replaces = Text(required=True, allow_none=True)
    status = Choice(["final"], required=True)
    content_digest = Digest(required=True)
    digest = Digest(required=True)
    keyid = Text(longest=64, required=True)
    signature = Text(longest=128, required=True)
    document = Text(longest=LONGEST_DOCUMENT, required=True)
    renderings = Many(fields.Nested(Rendering), required=True, most=20)


class Because(Schema):
    """An event that changed a figure: a late event, or a correction with its reason."""

    id = Id(required=True)
    type = Text(required=True)
    recordedtime = Text(required=True)
    reason = Text(longest=TEXT, required=True, allow_none=True)


class Change(Schema):
    """A figure that a revision changes: `old` is null for a new cell, `new` for a removed one."""

    indicator = Text(required=True)
    orgunit = OrgUnit(required=True)
    old = Amount(*UNITS, required=True, allow_none=True)
    new = Amount(*UNITS, required=True, allow_none=True)
    because = Many(fields.Nested(Because), required=True, most=MOST_CAUSES)


class BriefingRevised(BriefingPublished):
    """A revision: the whole new issue, its reason, and the differences from the issue before it."""

    replaces = Text(required=True)
    reason = Words(required=True)
    changes = Many(fields.Nested(Change), required=True, most=MOST_CHANGES)
    # The parts of the document that read differently, beside those figures. Not given where the
    # issue before was made by a release with other words.
    changed_parts = Many(Text())


EVENTS = [
    EventType("supervision.orgunit.registered", 1, OrgUnitState, "单位登记", "unit registered"),
    EventType("supervision.orgunit.changed", 1, OrgUnitState, "单位变更", "unit changed"),
    EventType("supervision.orgunit.retired", 1, OrgUnitState, "单位撤销", "unit retired"),
    EventType("supervision.orgunit.corrected", 1, OrgUnitState, "单位更正", "unit corrected"),
    EventType("supervision.briefing.drafted", 1, BriefingDrafted, "通报起草", "briefing drafted"),
    EventType("supervision.briefing.edited", 1, BriefingDrafted, "通报修改文字", "points edited"),
    EventType(
        "supervision.briefing.submitted", 1, BriefingInReview, "通报送审", "briefing submitted"
    ),
    EventType(
        "supervision.briefing.reviewed", 1, BriefingInReview, "通报会审", "briefing reviewed"
    ),
    EventType("supervision.briefing.approved", 1, BriefingDrafted, "通报审批", "briefing approved"),
    EventType(
        "supervision.briefing.discarded", 1, BriefingDiscarded, "通报初稿作废", "draft discarded"
    ),
    EventType(
        "supervision.briefing.published", 1, BriefingPublished, "通报发布", "briefing published"
    ),
    EventType("supervision.briefing.revised", 1, BriefingRevised, "通报修订", "briefing revised"),
    EventType(
        "supervision.briefing.withdrawn", 1, BriefingWithdrawn, "通报撤回", "briefing withdrawn"
    ),
    *calendar.EVENTS,
    *oversight.EVENTS,
    *staff.EVENTS,
    *week_events("supervision"),
]
