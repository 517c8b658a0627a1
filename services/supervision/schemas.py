"""What supervision's RPC takes."""

from services.supervision.indicators import INDICATORS
from services.supervision.rebuilds import SOURCES as REBUILD_SOURCES
from shared.events.supervision import LEVELS, RENDERED
from shared.fields import Choice, Day, Digest, Id, OrgUnit, Text, Week, Whole, Words
from shared.rpc import CommandSchema, Query
from shared.wording import LANGUAGES


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
    indicator = Choice(INDICATORS, required=True)
    orgunit = OrgUnit(load_default=None, allow_none=True)


class RebuildFigures(CommandSchema):
    source = Choice(REBUILD_SOURCES, load_default="facts")


class OfRebuild(Query):
    """The id of the command that began the rebuild."""

    id = Id(required=True)
