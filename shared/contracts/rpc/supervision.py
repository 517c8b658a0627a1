"""The RPC methods of supervision; those of oversight are in oversight.py."""

from marshmallow import Schema, fields

from shared.contracts.envelope import CONFIRMED, EnvelopeSchema
from shared.contracts.events.briefing import (
    BRIEFING_STATUSES,
    DISCARDED,
    MOST_CHANGES,
    Change,
)
from shared.contracts.events.supervision import LEVELS, OrgUnitState
from shared.contracts.fields import (
    COUNT,
    TEXT,
    Actor,
    Anything,
    Choice,
    Day,
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
    Text,
    Week,
    Whole,
    Words,
)
from shared.contracts.rpc import common
from shared.contracts.rpc.declare import (
    ById,
    Changed,
    CommandSchema,
    Paged,
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

# How an issue stands with a subscriber; what each means: SubscriberReceipt.
RECEIPT_STATES = ("acknowledged", "refused", "waiting", "left", "unknown")

# Numbers of one answer.
MOST_NUMBERS = 10_000

# The figures are rebuilt from the stored facts, or from the stream of all published events.
REBUILD_SOURCES = ("facts", "stream")


class RegisterOrgUnit(CommandSchema):
    code = OrgUnit(required=True)
    parent = OrgUnit(required=True, allow_none=True)
    level = Choice(LEVELS, required=True)
    name = Text(required=True)
    valid_from = Day(load_default=None, allow_none=True)
    split_from = OrgUnit(load_default=None, allow_none=True)


class ChangeOrgUnit(CommandSchema):
    code = OrgUnit(required=True)
    name = Text(required=True)


class RetireOrgUnit(CommandSchema):
    code = OrgUnit(required=True)
    valid_to = Day(load_default=None, allow_none=True)
    successor = OrgUnit(load_default=None, allow_none=True)


class CorrectOrgUnit(CommandSchema):
    """A part that is left out keeps its value. `retired` false takes a wrong retirement back, with
    its day and its successor."""

    code = OrgUnit(required=True)
    name = Text()
    valid_from = Day(allow_none=True)
    valid_to = Day(allow_none=True)
    successor = OrgUnit(allow_none=True)
    split_from = OrgUnit(allow_none=True)
    retired = Flag()
    reason = Text(longest=TEXT, required=True)


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
    period = Week(required=True)


class ByIssue(ByPeriod):
    """An issue of a week; its last revision where `revision` is null."""

    revision = Whole(load_default=None, allow_none=True)


class IssueCommand(CommandSchema):
    period = Week(required=True)


class ByIssueCommand(IssueCommand):
    """About an issue of a week; its last revision where `revision` is null."""

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
    """An edition of an issue of a week."""

    edition = Choice(EDITIONS, load_default=EDITIONS[0])


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


class RebuildFigures(CommandSchema):
    source = Choice(REBUILD_SOURCES, load_default="facts")


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


class RegisteredOrgUnit(Schema):
    state = fields.Nested(OrgUnitState, required=True)
    version = Whole(least=1, required=True)


class CompareRegistry(Query):
    """`digest` is the SHA-256 of the canonical JSON of the caller's versions, by code."""

    digest = Text(required=True)


class RegistryVersions(Schema):
    """The digest of the versions of all units, and the versions by code where the caller's digest
    is another one."""

    digest = Text(required=True)
    versions = Map(Whole(least=1), required=True, allow_none=True)


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

    period = Week(required=True)
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

    period = Week(required=True)
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
    `issue`, `revision` and `digest` are given as they are stored: a week, a number, a number and a
    SHA-256 in an issue that nobody changed by hand. `withdrawn`: the office has taken it back.
    The public edition is made again of the internal one, which is verified by itself.
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
    withdrawn = Flag(required=True)
    facts = Many(fields.Nested(DamagedFact), required=True, most=None)
    figures = Many(fields.Nested(ComparedFigure), required=True, most=None)
    parts = Many(Text(), required=True)
    stored = Many(Text(), required=True)
    strangers = Many(RawText(), required=True, most=None)
    failure = Text(longest=TEXT, required=True, allow_none=True)
    differences = Many(fields.Nested(Difference), most=None)


class DifferentFigure(Schema):
    """A part of the stored figures that differs from the rebuilt one: of a cell (`period`,
    `orgunit`) or of a `subject` that has levels. `indicator` is null for the cell or the subject
    as a whole. `live` and `rebuilt` are null where there is none."""

    period = RawText()
    orgunit = RawText()
    subject = RawText()
    indicator = RawText(required=True, allow_none=True)
    live = fields.Dict(required=True, allow_none=True)
    rebuilt = fields.Dict(required=True, allow_none=True)


class FigureDifferences(Schema):
    """How many cells and subjects differ; the first of them by name."""

    cells = Whole(required=True)
    levels = Whole(required=True)
    named = Many(fields.Nested(DifferentFigure), required=True)


class DifferentFact(Schema):
    problem = Choice(["only_stored", "only_streamed", "different"], required=True)
    id = RawText(required=True)
    source = RawText(required=True, allow_none=True)
    seq = Whole(required=True, allow_none=True)
    type = RawText(required=True, allow_none=True)


class StreamComparison(Schema):
    """The facts in the stream beside those stored. `skipped` counts unusable messages by reason,
    `missing` the events of each source that the stream lacks."""

    messages = Whole(required=True)
    skipped = Map(Whole(least=1), required=True)
    missing = Map(Whole(least=1), required=True)
    only_stored = Whole(required=True)
    only_streamed = Whole(required=True)
    different = Whole(required=True)
    named = Many(fields.Nested(DifferentFact), required=True)
    agreed = Flag(required=True)


class RebuildJob(Schema):
    """A rebuild, known by the id of its command. `folded` of `total` facts are done; `total` is
    null as long as they aren't counted. `problem` says why it failed."""

    id = Id(required=True)
    state = Choice(["working", "swapping", "dying", "done", "failed", "died"], required=True)
    doing = Choice(["starting", "reading", "comparing", "folding", "swapping"], required=True)
    source = Choice(REBUILD_SOURCES, required=True)
    actor = Actor(required=True)
    at = Instant(required=True)
    read = Whole(required=True)
    folded = Whole(required=True)
    total = Whole(required=True, allow_none=True)
    replaced = Flag(required=True)
    differences = fields.Nested(FigureDifferences)
    stream = fields.Nested(StreamComparison)
    problem = fields.Dict()


class SigningKey(Schema):
    """The public key that checks the signatures of issues."""

    keyid = Text(longest=64, required=True)
    pem = RawText(required=True)


class SendAgain(ByIssueCommand):
    """`subscriber` is the name of a known subscriber, such as archive."""

    subscriber = Text(required=True)


class SentAgain(Schema):
    """How many messages were sent: one for each event of the issue."""

    messages = Whole(required=True)


class SubscriberQueue(Schema):
    """What the broker counts, null while it isn't known: messages that nobody has taken, when the
    oldest of them was sent, consumers, and messages that came back too often. A message that a
    consumer has taken and not acknowledged is in none of these counts."""

    waiting = Whole(required=True, allow_none=True)
    oldest = Instant(required=True, allow_none=True)
    consumers = Whole(required=True, allow_none=True)
    undelivered = Whole(required=True, allow_none=True)


class AcknowledgedIssue(Schema):
    period = Week(required=True)
    revision = Whole(required=True)
    at = Instant(required=True)


class RefusedIssue(AcknowledgedIssue):
    """`reason` is the subscriber's, or that the message came back too often; null where none was
    given."""

    reason = RawText(longest=TEXT, required=True, allow_none=True)


class InvalidReceipts(Schema):
    """Receipts that count for nothing: how many, the last one, and why."""

    messages = Whole(least=1, required=True)
    last = Instant(required=True)
    why = RawText(longest=TEXT, required=True)


class SubscriberReceipt(Schema):
    """How an issue stands with one subscriber. `acknowledged`: by its own receipt. `refused`: by
    its own receipt, or the message came back too often. `waiting`: in its queue. `left`: not in its
    queue any more, and no receipt: taken, or discarded, or lost with the queue. `unknown`: `reason`
    says why. `since` is null for the last two. `late`: not taken within the set time.
    `sent_again` are the times after the first. Of other issues: the one that its last receipt
    accepts, and the newest ones that it refuses."""

    subscriber = Text(required=True)
    state = Choice(RECEIPT_STATES, required=True)
    since = Instant(required=True, allow_none=True)
    reason = RawText(longest=TEXT, required=True, allow_none=True)
    late = Flag(required=True)
    sent_again = Many(Instant(), required=True, most=None)
    watched_since = Instant(required=True)
    queue = fields.Nested(SubscriberQueue, required=True)
    last_acknowledged = fields.Nested(AcknowledgedIssue, required=True, allow_none=True)
    refused = Many(fields.Nested(RefusedIssue), required=True)
    invalid_receipts = fields.Nested(InvalidReceipts, required=True, allow_none=True)


class IssueReceipts(Schema):
    """Who has an issue. `notice` is what was sent last about it, `sent` when; `checked` is when the
    broker was asked, null where it didn't answer or an issue was on its way."""

    period = Week(required=True)
    revision = Whole(required=True)
    issue = Whole(least=1, required=True)
    notice = Choice(["published", "revised", "withdrawn"], required=True)
    sent = Instant(required=True)
    checked = Instant(required=True, allow_none=True)
    subscribers = Many(fields.Nested(SubscriberReceipt), required=True)


BRIEFING = changed(BRIEFING_STATUSES)

METHODS = {
    "health": query(Query, SupervisionHealth),
    "seen": query(SeenQuery, Seen, Unavailable),
    "seen_numbers": query(SeenNumbersQuery, SeenNumbers),
    "seen_events": query(SeenEventsQuery, SeenEvents),
    "seen_unplaced": query(SeenQuery, SeenEvents),
    "register_orgunit": create(RegisterOrgUnit, Changed),
    "change_orgunit": change(ChangeOrgUnit, Changed),
    "retire_orgunit": change(RetireOrgUnit, Changed),
    "correct_orgunit": change(CorrectOrgUnit, Changed),
    "orgunits": query(Paged, Many(fields.Nested(RegisteredOrgUnit), most=None)),
    "compare_registry": query(CompareRegistry, RegistryVersions),
    "live": query(ByPeriod, LiveFigures),
    "draft_briefing": create(IssueCommand, BRIEFING),
    "approve_briefing": change(ApproveBriefing, BRIEFING),
    "publish_briefing": change(IssueCommand, BRIEFING),
    "discard_briefing": change(DiscardBriefing, changed(DISCARDED)),
    "revise_briefing": change(ReviseBriefing, BRIEFING),
    "revision_proposal": query(ProposeRevision, RevisionProposal, Conflict, NotFound),
    "briefing": query(ShowBriefing, RawText(), Conflict, NotFound),
    "explain": query(Explain, Explanation, Conflict, NotFound),
    "issue_facts": query(IssueFactsQuery, IssueFacts, Conflict, NotFound),
    "verify": query(ByEdition, Verdict, Conflict, NotFound),
    "receipts": query(ByIssue, IssueReceipts, NotFound),
    "send_again": change(SendAgain, SentAgain),
    "rebuild_figures": create(RebuildFigures, RebuildJob),
    "rebuild_progress": query(ById, RebuildJob, NotFound),
    "signing_key": query(Query, SigningKey),
}
