"""The RPC methods on issues, and on what supervision has seen. Others of supervision are in the
modules beside this one."""

from marshmallow import Schema, fields

from shared.contracts.envelope import CONFIRMED, EnvelopeSchema
from shared.contracts.events.briefing import (
    BRIEFING_STATUSES,
    DISCARDED,
    MOST_CHANGES,
    Change,
)
from shared.contracts.fields import (
    COUNT,
    TEXT,
    Anything,
    Choice,
    DigestStart,
    Flag,
    Id,
    IndicatorCode,
    Instant,
    Many,
    Map,
    OrgUnit,
    Precision,
    RawText,
    ReportPeriod,
    Text,
    Week,
    Whole,
    Words,
)
from shared.contracts.rpc import common
from shared.contracts.rpc.declare import (
    CommandSchema,
    Query,
    change,
    changed,
    create,
    query,
)
from shared.domain.errors import Conflict, NotFound, Unavailable
from shared.domain.form_names import EDITIONS, READABLE
from shared.domain.quantities import QUALIFIERS
from shared.domain.service_names import NAMES
from shared.domain.units import UNITS
from shared.domain.wording import LANGUAGES

# Numbers of one answer.
MOST_NUMBERS = 10_000


class SeenQuery(Query):
    source = Choice(NAMES, required=True)


class SeenNumbersQuery(SeenQuery):
    after = Whole(required=True)
    limit = Whole(least=1, most=MOST_NUMBERS, load_default=MOST_NUMBERS)


class SeenEventsQuery(SeenQuery):
    numbers = Many(Whole(least=1), required=True, least=1, most=common.LOG_PAGE)


class Numbered(Schema):
    number = Whole(required=True, least=1)
    id = Id(required=True)


class Seen(Schema):
    """What supervision has of a service's log: the event with the highest number, null where there
    is none, and events whose number or id a dead letter has too. `unplaced` are ids of events that
    are dead letters because of their number alone. `waiting` is the number of messages in
    supervision's inbox."""

    newest = fields.Nested(Numbered, required=True, allow_none=True)
    contested = Many(fields.Nested(Numbered), required=True)
    unplaced = Many(Id(), required=True)
    waiting = Whole(required=True)


class SeenNumbers(Schema):
    numbers = Many(fields.Nested(Numbered), required=True, most=MOST_NUMBERS)


class SeenEvents(Schema):
    """The first of the events that were asked for: as many as fit an answer."""

    events = Many(fields.Nested(EnvelopeSchema), required=True, most=common.LOG_PAGE)


class ByPeriod(Query):
    period = ReportPeriod(required=True)


class ByWeek(Query):
    period = Week(required=True)


class ByIssue(ByPeriod):
    """An issue of a period; its last revision where `revision` is null."""

    revision = Whole(load_default=None, allow_none=True)


class IssueCommand(CommandSchema):
    period = ReportPeriod(required=True)


class ByIssueCommand(IssueCommand):
    """About an issue of a period; its last revision where `revision` is null."""

    revision = Whole(load_default=None, allow_none=True)


class DiscardBriefing(IssueCommand):
    reason = Text(longest=TEXT, required=True)


class ProposeRevision(ByPeriod):
    under_present_rules = Flag(load_default=False)


class ReviseBriefing(IssueCommand):
    """A revision follows the rules of the issue, or the present ones where a person asks for them
    because a rule was wrong."""

    reason = Words(required=True)
    under_present_rules = Flag(load_default=False)


class ApproveBriefing(IssueCommand):
    """`content_digest` is that of the draft that the person has read, or its first 8 or more
    digits."""

    content_digest = DigestStart(required=True)


class ByEdition(ByIssue):
    """An edition of an issue of a period."""

    edition = Choice(EDITIONS, load_default=EDITIONS[0])


class VerifyIssue(ByEdition):
    """`quick`: compare every byte of the facts with what was sealed, without folding them again.
    The public edition is verified in one way only."""

    quick = Flag(load_default=False)


class ShowBriefing(ByEdition):
    format = Choice(["json", *READABLE], load_default="json")
    lang = Choice(LANGUAGES, load_default="zh")


class Explain(ByIssue):
    indicator = IndicatorCode(required=True)
    orgunit = OrgUnit(load_default=None, allow_none=True)


class IssueFactsQuery(ByIssue):
    """The facts of a published issue with the next `limit` numbers of a `source` above `after`."""

    source = Choice(NAMES, required=True)
    after = Whole(load_default=0)
    limit = Whole(least=1, most=common.LOG_PAGE, load_default=common.LOG_PAGE)


class IssueFact(Schema):
    """The text of an event as it is stored: its digest is in the Merkle root of the issue."""

    number = Whole(required=True, least=1)
    text = RawText(required=True)


class IssueFacts(Schema):
    """`last` is the number of the source's last fact in the issue."""

    facts = Many(fields.Nested(IssueFact), required=True, most=common.LOG_PAGE)
    last = Whole(required=True)


# The sum or the median of quantities, as text.
FIGURE = r"[0-9]+(?:\.[0-9]+)?"


class FiguresLag(common.Lag):
    figures = Whole(required=True, allow_none=True)


class FiguresProgress(common.Progress):
    figures = fields.Nested(common.PartProgress, required=True)


class SupervisionHealth(common.Health):
    """`facts` maps each source to the number up to which all its events are stored; `unfolded`
    facts wait to be counted in the figures. `first_week` is the programme's first week, null where
    none is set."""

    lag = fields.Nested(FiguresLag, required=True)
    progress = fields.Nested(FiguresProgress, required=True)
    facts = Map(Whole(), required=True, allow_none=True)
    unfolded = Whole(required=True, allow_none=True)
    first_week = Week(required=True, allow_none=True)


class LiveCell(Schema):
    """A figure with how many reports gave it (`numerator`) of how many (`denominator`)."""

    indicator = IndicatorCode(required=True)
    orgunit = OrgUnit(required=True)
    value = Text(pattern=FIGURE, required=True, allow_none=True)
    qualifier = Choice(QUALIFIERS, required=True)
    unit = Choice(UNITS, required=True)
    numerator = Text(pattern=COUNT, required=True)
    denominator = Text(pattern=COUNT, required=True)


class LiveFigures(Schema):
    period = Week(required=True)
    cells = Many(fields.Nested(LiveCell), required=True, most=None)


class RevisionProposal(Schema):
    """Figures that a revision of `revision` would change, and the parts of the briefing beside the
    figures that would read differently. `rules` are those of the revision; `rules_before` those of
    the issue where they are others."""

    period = ReportPeriod(required=True)
    revision = Whole(required=True)
    changes = Many(fields.Nested(Change), required=True, most=MOST_CHANGES)
    told_differently = Many(Text(pattern="[a-z_]+"), required=True)
    rules = Text(required=True)
    rules_before = Text(required=True, allow_none=True)


class ExplainedEvent(Schema):
    """`confirmed`: the rules of plausibility that a person has confirmed its values against."""

    id = Id(required=True)
    type = Text(required=True)
    subject = Id(required=True)
    subjectsequence = Whole(least=1, required=True)
    source = Text(required=True)
    sourcesequence = Whole(least=1, required=True)
    orgunit = OrgUnit(required=True)
    time = Instant(required=True)
    timeprecision = Precision(required=True)
    recordedtime = Instant(required=True)
    confirmed = Text(longest=500, pattern=CONFIRMED)


class IncludedEvent(ExplainedEvent):
    """What the event adds to the figure, in words."""

    value = Words(required=True)


class LeftOutEvent(ExplainedEvent):
    reason = Text(longest=TEXT, required=True)


class Explanation(Schema):
    """The events in a figure, and those that feed its indicator and don't count in it."""

    period = ReportPeriod(required=True)
    indicator = IndicatorCode(required=True)
    orgunit = OrgUnit(required=True)
    included = Many(fields.Nested(IncludedEvent), required=True, most=None)
    left_out = Many(fields.Nested(LeftOutEvent), required=True, most=None)


class DamagedFact(Schema):
    fact = RawText(required=True)
    problem = Text(longest=TEXT, required=True)


class ComparedCell(Schema):
    """The parts of a cell: text or null in an issue that nobody changed by hand; `previous` and
    `cumulative` are an object or null."""

    value = Anything(required=True)
    qualifier = Anything(required=True)
    numerator = Anything(required=True)
    denominator = Anything(required=True)
    previous = Anything(required=True)
    cumulative = Anything(required=True)


class ComparedFigure(Schema):
    """A figure as printed and as recomputed from the facts; null where there is no such cell."""

    indicator = RawText(required=True)
    orgunit = RawText(required=True)
    printed = fields.Nested(ComparedCell, required=True, allow_none=True)
    recomputed = fields.Nested(ComparedCell, required=True, allow_none=True)


class Difference(Schema):
    """What differs, and how, in Chinese and in English. `part` says what kind of thing it is, such
    as `fact` or `evidence`, `name` which one."""

    part = Text(required=True)
    name = RawText(required=True)
    zh = Text(longest=TEXT, required=True)
    en = Text(longest=TEXT, required=True)


class Verdict(Schema):
    """`equal`: facts, figures, bytes, signature and everything stored beside the document are as
    published. Figures are computed again by the issue's own `rules`. Words and layout are made
    again and compared only where the present renderer made the document (`words_made_again`);
    otherwise `bytes` says whether the document is stored as it was signed. `facts` are the damaged
    ones; `figures` (cells), `parts` (of the document, beside the cells) and `stored` what differs;
    `strangers` the ids of facts that were slipped in; `failure` why the document can't be
    recomputed. `differences` names all of it but the figures, with evidence that was changed or
    removed. `rules` and `renderer` are text, or null in a document that can't be read. `period`,
    `issue`, `revision` and `digest` are given as they are stored: a period, two numbers and a
    SHA-256 in an issue that nobody changed by hand. `quick`: every byte of the facts was read and
    compared with what was sealed, but figures and words weren't made again. `withdrawn`: the office
    has taken it back. The public edition is made again of the internal one, which is verified by
    itself.
    """

    period = Anything(required=True)
    issue = Anything(required=True)
    revision = Anything(required=True)
    digest = Anything(required=True)
    edition = Choice(EDITIONS, required=True)
    equal = Flag(required=True)
    signature = Choice(["valid", "invalid"], required=True)
    bytes = Choice(["equal", "different"], required=True)
    rules = Anything(required=True)
    renderer = Anything(required=True)
    words_made_again = Flag(required=True)
    quick = Flag()
    withdrawn = Flag(required=True)
    facts = Many(fields.Nested(DamagedFact), required=True, most=None)
    figures = Many(fields.Nested(ComparedFigure), required=True, most=None)
    parts = Many(Text(), required=True)
    stored = Many(Text(), required=True)
    strangers = Many(RawText(), required=True, most=None)
    failure = Text(longest=TEXT, required=True, allow_none=True)
    differences = Many(fields.Nested(Difference), most=None)


class SigningKey(Schema):
    """The public key that checks the signatures of issues."""

    keyid = Text(longest=64, required=True)
    pem = RawText(required=True)


BRIEFING = changed(BRIEFING_STATUSES)

METHODS = {
    "health": query(Query, SupervisionHealth),
    "seen": query(SeenQuery, Seen, Unavailable),
    "seen_numbers": query(SeenNumbersQuery, SeenNumbers),
    "seen_events": query(SeenEventsQuery, SeenEvents),
    "seen_unplaced": query(SeenQuery, SeenEvents),
    "live": query(ByWeek, LiveFigures),
    "draft_briefing": create(IssueCommand, BRIEFING),
    "approve_briefing": change(ApproveBriefing, BRIEFING),
    "publish_briefing": change(IssueCommand, BRIEFING),
    "discard_briefing": change(DiscardBriefing, changed(DISCARDED)),
    "revise_briefing": change(ReviseBriefing, BRIEFING),
    "revision_proposal": query(ProposeRevision, RevisionProposal, Conflict, NotFound),
    "briefing": query(ShowBriefing, RawText(), Conflict, NotFound),
    "explain": query(Explain, Explanation, Conflict, NotFound),
    "issue_facts": query(IssueFactsQuery, IssueFacts, Conflict, NotFound),
    "verify": query(VerifyIssue, Verdict, Conflict, NotFound),
    "signing_key": query(Query, SigningKey),
}
