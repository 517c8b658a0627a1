"""The RPC methods of the review of an issue, which supervision answers."""

from marshmallow import Schema, fields

from shared.contracts.events.briefing import (
    EDITED,
    IN_REVIEW,
    MOST_CHANGES,
    WITHDRAWN,
    Change,
)
from shared.contracts.fields import (
    ISSUE_URN,
    NAME,
    Actor,
    Choice,
    DigestStart,
    Flag,
    Instant,
    Many,
    Part,
    ReportPeriod,
    Text,
    Whole,
    Words,
)
from shared.contracts.rpc.declare import Arguments, CommandSchema, Query, change, changed, query
from shared.domain.errors import NotFound

# What a reviewer reads: the parts of a report. Those that only longer periods have come last.
PARTS = {
    "masthead": ("报头", "masthead"),
    "completeness": ("数据完整性", "completeness"),
    "points": ("要点", "main points"),
    "table": ("主要数字", "headline figures"),
    "waiting": ("督办", "overdue"),
    "sections": ("分项情况", "what was done"),
    "groups": ("专项工作组与平台建设", "groups and platforms"),
    "league": ("排名", "ranking"),
    "follow_up": ("经验推广与督促整改", "practices and rectification"),
    "actions": ("交办事项、承诺与下期计划", "actions, commitments, what is planned next"),
    "late": ("迟报与更正", "late arrivals and corrections"),
    "notes": ("数据说明", "data notes"),
    "annex": ("附件", "annex"),
    "planned": ("计划完成情况", "what was planned and done"),
    "assessment": ("考核结果", "scores and ranks"),
    "commendation": ("表彰名单", "who is commended"),
}
LONGEST_COMMENT = 2000
MOST_POINTS = 20
LONGEST_SENTENCE = 4000


class OnReview(CommandSchema):
    period = ReportPeriod(required=True)


class HavingRead(OnReview):
    """`content_digest` is that of the draft that the person has read, or its first 8 or more
    digits."""

    content_digest = DigestStart(required=True)


class CommentBriefing(OnReview):
    """A remark on a part of the draft, or on the whole where `part` is null."""

    part = Choice(PARTS, load_default=None, allow_none=True)
    text = Text(longest=LONGEST_COMMENT, required=True)


class ResolveComment(OnReview):
    comment = Whole(least=1, required=True)


class SignOffBriefing(HavingRead):
    """A reviewer agrees with a part of the draft, or with the whole where `part` is null."""

    part = Choice(PARTS, load_default=None, allow_none=True)


class WithdrawBriefing(OnReview):
    """A published issue; the last one of the period where `revision` is null. `successor` is the
    urn of the published issue that stands in its place."""

    revision = Whole(load_default=None, allow_none=True)
    reason = Words(required=True)
    successor = Text(pattern=ISSUE_URN, load_default=None, allow_none=True)


class EditedPoint(Arguments):
    """A main point, counted from 1, in other words. A language that isn't given keeps the sentence
    of the rules."""

    point = Whole(least=1, most=MOST_POINTS, required=True)
    words = Words(required=True)


class EditPoints(HavingRead):
    """Words are edited, numbers never: each number has to be one of the figures of the sentence
    that the rules made, with its qualifier and its unit. The sentence itself takes an edit back."""

    points = Many(Part(EditedPoint), required=True, least=1, most=MOST_POINTS)


class Who(Schema):
    """A person, and how the staff register had that person printed on that day: name and office
    are null where it had no entry."""

    actor = Actor(required=True)
    name = Words(longest=NAME, required=True, allow_none=True)
    office = Words(longest=NAME, required=True, allow_none=True)


class Withdrawer(Who):
    actor = Actor(required=True, allow_none=True)


class Comment(Schema):
    number = Whole(least=1, required=True)
    part = Text(required=True, allow_none=True)
    author = fields.Nested(Who, required=True)
    at = Instant(required=True)
    text = Text(longest=LONGEST_COMMENT, required=True)
    resolved_by = fields.Nested(Who, required=True, allow_none=True)
    resolved_at = Instant(required=True, allow_none=True)


class SignOff(Schema):
    part = Text(required=True, allow_none=True)
    by = fields.Nested(Who, required=True)
    at = Instant(required=True)


class PointState(Schema):
    """A main point in a person's words, beside the sentence of the rules."""

    point = Whole(least=1, required=True)
    words = Words(longest=LONGEST_SENTENCE, required=True)
    by_rules = Words(longest=LONGEST_SENTENCE, required=True)
    edited_by = fields.Nested(Who, required=True)
    edited_at = Instant(required=True)


class Withdrawal(Schema):
    """`by` withdrew it; its actor is null where the database was restored from events. `successor`
    is the urn of the issue that stands in its place."""

    reason = Words(required=True)
    successor = Text(required=True, allow_none=True)
    by = fields.Nested(Withdrawer, required=True)
    at = Instant(required=True)


class RevisionChanges(Schema):
    """What a revision changes against the issue that it replaces: figures, old and new with the
    events behind the change, and the parts of the document that read differently beside them.

    `changed_parts` are keys of the document; null where the issue before was made by a release with
    other words. `rules_before` are those of the issue before, where they are others. A first issue
    replaces nothing.
    """

    period = ReportPeriod(required=True)
    revision = Whole(required=True)
    urn = Text(required=True)
    replaces = Text(required=True, allow_none=True)
    reason = Words(required=True, allow_none=True)
    rules = Text(required=True)
    rules_before = Text(required=True, allow_none=True)
    changes = Many(fields.Nested(Change), required=True, most=MOST_CHANGES)
    changed_parts = Many(Text(pattern="[a-z_]+"), required=True, allow_none=True)


class IssueStateQuery(Query):
    """An issue of a period; its last revision where `revision` is null."""

    period = ReportPeriod(required=True)
    revision = Whole(load_default=None, allow_none=True)


class IssueState(Schema):
    """How far an issue is, and who did what about it. `drafted_by` drafted it, which may be the
    timer; `submitted_by` handed it in for review; `approved_by` signed it, under the rule of
    `four_eyes`: that this has to be another person."""

    period = ReportPeriod(required=True)
    revision = Whole(required=True)
    issue = Whole(least=1, required=True, allow_none=True)
    urn = Text(required=True)
    status = Text(pattern="[a-z_]+", required=True)
    content_digest = Text(required=True)
    drafted_by = Actor(required=True)
    drafted_at = Instant(required=True)
    submitted_by = fields.Nested(Who, required=True, allow_none=True)
    submitted_at = Instant(required=True, allow_none=True)
    approved_by = fields.Nested(Who, required=True, allow_none=True)
    published_at = Instant(required=True, allow_none=True)
    four_eyes = Flag(required=True, allow_none=True)
    comments = Many(fields.Nested(Comment), required=True, most=None)
    sign_offs = Many(fields.Nested(SignOff), required=True, most=None)
    edited_points = Many(fields.Nested(PointState), required=True)
    withdrawal = fields.Nested(Withdrawal, required=True, allow_none=True)


REVIEWED = changed(IN_REVIEW)

METHODS = {
    "edit_points": change(EditPoints, changed(EDITED)),
    "submit_briefing": change(HavingRead, REVIEWED),
    "comment_briefing": change(CommentBriefing, REVIEWED),
    "resolve_comment": change(ResolveComment, REVIEWED),
    "sign_off_briefing": change(SignOffBriefing, REVIEWED),
    "withdraw_briefing": change(WithdrawBriefing, changed(WITHDRAWN)),
    "revision_changes": query(IssueStateQuery, RevisionChanges, NotFound),
    "issue_state": query(IssueStateQuery, IssueState, NotFound),
}
