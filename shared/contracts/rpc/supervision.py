"""What supervision's RPC takes."""

from shared.contracts.events.supervision import LEVELS, RENDERED
from shared.contracts.fields import (
    Choice,
    Day,
    Digest,
    Id,
    IndicatorCode,
    OrgUnit,
    Text,
    Week,
    Whole,
    Words,
)
from shared.contracts.rpc.declare import CommandSchema, Method, Query
from shared.domain.wording import LANGUAGES

# What the figures are folded from: the stored facts, or the stream of all that was published.
REBUILD_SOURCES = ("facts", "stream")


class RegisterOrgUnit(CommandSchema):
    code = OrgUnit(required=True)
    parent = OrgUnit(required=True, allow_none=True)
    level = Choice(LEVELS, required=True)
    name = Text(required=True)
    valid_from = Day(load_default=None, allow_none=True)


class ChangeOrgUnit(CommandSchema):
    code = OrgUnit(required=True)
    name = Text(required=True)


class RetireOrgUnit(CommandSchema):
    code = OrgUnit(required=True)
    valid_to = Day(load_default=None, allow_none=True)
    successor = OrgUnit(load_default=None, allow_none=True)


class OfPeriod(Query):
    period = Week(required=True)


class OfIssue(OfPeriod):
    """An issue of a week: the last revision, where none is named."""

    revision = Whole(load_default=None, allow_none=True)


class IssueCommand(CommandSchema):
    period = Week(required=True)


class Revise(IssueCommand):
    reason = Words(required=True)


class Approve(IssueCommand):
    content_digest = Digest(load_default=None)


class Show(OfIssue):
    format = Choice(["json", *RENDERED], load_default="json")
    lang = Choice(LANGUAGES, load_default="zh")


class Explain(OfIssue):
    indicator = IndicatorCode(required=True)
    orgunit = OrgUnit(load_default=None, allow_none=True)


class RebuildFigures(CommandSchema):
    source = Choice(REBUILD_SOURCES, load_default="facts")


class OfRebuild(Query):
    """The id of the command that began the rebuild."""

    id = Id(required=True)


METHODS = {
    "register_orgunit": Method(RegisterOrgUnit),
    "change_orgunit": Method(ChangeOrgUnit),
    "retire_orgunit": Method(RetireOrgUnit),
    "orgunits": Method(Query),
    "live": Method(OfPeriod),
    "draft_briefing": Method(IssueCommand),
    "approve_briefing": Method(Approve),
    "publish_briefing": Method(IssueCommand),
    "revise_briefing": Method(Revise),
    "revision_proposal": Method(OfPeriod),
    "briefing": Method(Show),
    "explain": Method(Explain),
    "verify": Method(OfIssue),
    "rebuild_figures": Method(RebuildFigures),
    "rebuild_progress": Method(OfRebuild),
    "signing_key": Method(Query),
}
