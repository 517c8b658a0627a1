"""Events of the weekly briefing, from its draft to its withdrawal."""

from marshmallow import Schema, fields

from shared.contracts.events.declare import Beside, EventType
from shared.contracts.fields import (
    FORM_NAME,
    KEYID,
    TEXT,
    Amount,
    Choice,
    Digest,
    Id,
    Many,
    OrgUnit,
    Text,
    Week,
    Whole,
    Words,
)
from shared.domain.form_names import EDITIONS, PUBLIC, READABLE
from shared.domain.types import Json
from shared.domain.units import UNITS
from shared.domain.wording import LANGUAGES

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

# In which series the issue is numbered. Not given by earlier releases, which had one.
SERIES = Choice(["briefing"])

LONGEST_DOCUMENT = 4_000_000
LONGEST_NOTICE = 5_000

MOST_RENDERINGS = 60

MOST_CHANGES = 10_000
MOST_CAUSES = 50


class BriefingDrafted(Schema):
    period = Week(required=True)
    series = SERIES
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
    series = SERIES
    revision = Whole(required=True)
    status = Choice(["withdrawn"], required=True)
    digest = Digest(required=True)
    reason = Words(required=True)
    successor = Text(required=True, allow_none=True)
    notice = Text(longest=LONGEST_NOTICE, required=True)
    keyid = Text(longest=64, required=True)
    signature = Text(longest=128, required=True)
    # That of the public edition's document; null where there was none. Earlier releases had none.
    public_digest = Digest(allow_none=True)


class BriefingAnnounced(Schema):
    """A small notice, without the document: this issue is out (`final`), or isn't valid any more
    (`withdrawn`). `digest` is that of the document which subscribers have, `urn` names it. When it
    happened is the event's `time`.

    It is published just before the event that carries the document.
    """

    issue = Whole(least=1, required=True)
    period = Week(required=True)
    series = SERIES
    revision = Whole(required=True)
    edition = Choice([PUBLIC], required=True)
    status = Choice(["final", "withdrawn"], required=True)
    urn = Text(required=True)
    digest = Digest(required=True)


class BriefingDiscarded(BriefingDrafted):
    """A draft was given up, for this reason. It was never published."""

    reason = Text(longest=TEXT, required=True)


class Rendering(Schema):
    """Another form of the same issue, fetched by RPC and identified by its digest."""

    format = Choice(READABLE, required=True)
    lang = Choice(["zh", "en"], required=True)
    media_type = Text(required=True)
    sha256 = Digest(required=True)
    size = Whole(required=True)
    urn = Text(required=True)


class ManifestRendering(Schema):
    """A file that was made of the document when it was published."""

    format = Text(longest=40, pattern=FORM_NAME, required=True)
    lang = Choice(LANGUAGES, required=True)
    media_type = Text(required=True)
    sha256 = Digest(required=True)
    size = Whole(required=True)
    urn = Text(required=True)


class Manifest(Schema):
    """What is signed beside the document of an edition: its digest, its other forms, and the Merkle
    root of its facts. The signature is over the hexadecimal SHA-256 of the canonical JSON of the
    rest.
    """

    urn = Text(required=True)
    edition = Choice(EDITIONS, required=True)
    digest = Digest(required=True)
    renderings = Many(fields.Nested(ManifestRendering), required=True, most=MOST_RENDERINGS)
    facts_root = Digest(required=True)
    keyid = Text(longest=16, pattern=KEYID, required=True)
    signature = Text(longest=128, required=True)


class PublishedIssue(Schema):
    """What every version says of a published issue."""

    issue = Whole(least=1, required=True)
    period = Week(required=True)
    series = SERIES
    revision = Whole(required=True)
    replaces = Text(required=True, allow_none=True)
    status = Choice(["final"], required=True)
    content_digest = Digest(required=True)
    digest = Digest(required=True)
    keyid = Text(longest=64, required=True)
    signature = Text(longest=128, required=True)
    document = Text(longest=LONGEST_DOCUMENT, required=True)


class BriefingPublished(PublishedIssue):
    """`document` is the canonical JSON itself, as text, so that no JSON library changes its numbers
    or the order of its keys. Saved as UTF-8 it is the published file, byte for byte."""

    renderings = Many(fields.Nested(Rendering), required=True, most=20)


class BriefingPublished2(PublishedIssue):
    """An edition of an issue with its signed manifest, which names its other forms. `document` is
    the canonical JSON itself, as text, byte for byte, as in version 1."""

    edition = Choice(EDITIONS, required=True)
    manifest = fields.Nested(Manifest, required=True)


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


class Revision(Schema):
    """What every version says of a revision beside its document."""

    replaces = Text(required=True)
    reason = Words(required=True)
    changes = Many(fields.Nested(Change), required=True, most=MOST_CHANGES)
    # The parts of the document that read differently, beside those figures. Not given where the
    # issue before was made by a release with other words.
    changed_parts = Many(Text())


class BriefingRevised(Revision, BriefingPublished):
    """A revision: the whole new issue, its reason, and the differences from the issue before it."""


class BriefingRevised2(Revision, BriefingPublished2):
    """An edition of a revision with its signed manifest, its reason, and the differences from the
    issue before it."""


def _without_manifest(state: Json) -> Json:
    """The data of version 1: the readable forms alone."""
    common = {name: it for name, it in state.items() if name not in ("edition", "manifest")}
    listed = state["manifest"]["renderings"]
    return common | {"renderings": [it for it in listed if it["format"] in READABLE]}


PUBLISHED = EventType(
    "supervision.briefing.published",
    2,
    BriefingPublished2,
    "通报发布",
    "briefing published",
    earlier=EventType(
        "supervision.briefing.published",
        1,
        BriefingPublished,
        "通报发布",
        "briefing published",
        beside=Beside("0.5", _without_manifest),
    ),
)
REVISED = EventType(
    "supervision.briefing.revised",
    2,
    BriefingRevised2,
    "通报修订",
    "briefing revised",
    earlier=EventType(
        "supervision.briefing.revised",
        1,
        BriefingRevised,
        "通报修订",
        "briefing revised",
        beside=Beside("0.5", _without_manifest),
    ),
)
PUBLISHED_INTERNAL = EventType(
    "supervision.briefing.published_internal",
    1,
    BriefingPublished2,
    "通报发布（内部版）",
    "internal edition published",
)
REVISED_INTERNAL = EventType(
    "supervision.briefing.revised_internal",
    1,
    BriefingRevised2,
    "通报修订（内部版）",
    "internal edition revised",
)

EVENTS = [
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
        "supervision.briefing.announced", 1, BriefingAnnounced, "通报简讯", "briefing announced"
    ),
    PUBLISHED,
    PUBLISHED_INTERNAL,
    REVISED,
    REVISED_INTERNAL,
    EventType(
        "supervision.briefing.withdrawn", 1, BriefingWithdrawn, "通报撤回", "briefing withdrawn"
    ),
]
