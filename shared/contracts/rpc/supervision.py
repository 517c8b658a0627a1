"""The RPC methods of supervision; those of oversight are in oversight.py."""

from shared.contracts.events.supervision import LEVELS, RENDERED
from shared.contracts.fields import (
    Choice,
    Day,
    Digest,
    IndicatorCode,
    OrgUnit,
    Text,
    Week,
    Whole,
    Words,
)
from shared.contracts.rpc.declare import ById, CommandSchema, Method, Query
from shared.domain.wording import LANGUAGES

# The figures are rebuilt from the stored facts, or from the stream of all published events.
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


class ByPeriod(Query):
    period = Week(required=True)


class ByIssue(ByPeriod):
    """An issue of a week; its last revision where `revision` is null."""

    revision = Whole(load_default=None, allow_none=True)


class IssueCommand(CommandSchema):
    period = Week(required=True)


class ReviseBriefing(IssueCommand):
    reason = Words(required=True)


class ApproveBriefing(IssueCommand):
    content_digest = Digest(load_default=None)


class ShowBriefing(ByIssue):
    format = Choice(["json", *RENDERED], load_default="json")
    lang = Choice(LANGUAGES, load_default="zh")


class Explain(ByIssue):
    indicator = IndicatorCode(required=True)
    orgunit = OrgUnit(load_default=None, allow_none=True)


class RebuildFigures(CommandSchema):
    source = Choice(REBUILD_SOURCES, load_default="facts")


METHODS = {
    "register_orgunit": Method(RegisterOrgUnit),
    "change_orgunit": Method(ChangeOrgUnit),
    "retire_orgunit": Method(RetireOrgUnit),
    "orgunits": Method(Query),
    "live": Method(ByPeriod),
    "draft_briefing": Method(IssueCommand),
    "approve_briefing": Method(ApproveBriefing),
    "publish_briefing": Method(IssueCommand),
    "revise_briefing": Method(ReviseBriefing),
    "revision_proposal": Method(ByPeriod),
    "briefing": Method(ShowBriefing),
    "explain": Method(Explain),
    "verify": Method(ByIssue),
    "rebuild_figures": Method(RebuildFigures),
    "rebuild_progress": Method(ById),
    "signing_key": Method(Query),
}
