"""Recompute a published issue from the facts, and say what differs."""

import json

from jinja2 import TemplateError

from services.supervision.briefing import rendering
from services.supervision.briefing.revisions import issue_document
from services.supervision.documents import issue_id
from shared.domain import canonical
from shared.domain.errors import WarmError

SIGNED_FOR = ("prepared_by", "prepared_at", "approved_by", "published_at")
MASTHEAD = ("issue", "revision", "replaces", "reason", "status", "programme", "to", *SIGNED_FOR)
BESIDE = ("issue", "period", "revision", "replaces", "content_digest")
BESIDE += ("digest", "signature", "keyid")

# What comes of content that isn't what it was when it was published.
SPOILT = (KeyError, TypeError, ValueError, AttributeError, TemplateError)


def verify(briefing, period, facts, evidence, signer, before=None):
    """The verdict on the issue of `period`: `equal` only if facts, figures, bytes, signature and
    what else is stored of the issue are as published. `strangers` are facts that claim a sealed
    number, and so belong to no issue: no damage to this one. `before` is the document that a
    revision replaces."""
    try:
        compared = _compared(briefing, period, facts, evidence, signer, before)
    except SPOILT as error:
        compared = _unusable(f"the issue can't be read: {type(error).__name__}")
    names = ("period", "issue", "revision", "digest")
    return {name: getattr(briefing, name) for name in names} | compared


def _compared(briefing, period, facts, evidence, signer, before):
    printed = json.loads(briefing.document)
    strangers = evidence.strangers()
    damaged = [
        {"fact": str(identity), "problem": problem}
        for identity, problem in sorted(evidence.damage(printed["freeze"]["sources"]).items())
    ]
    made, failure = _recomputed(printed, period, facts, evidence, strangers, before)
    signed = _signed(printed, signer)
    same = made is not None and _bytes(made, printed) == briefing.document.encode()
    stored = _stored_otherwise(briefing, printed)
    # Of a document that isn't the one that was published nobody asks how it reads.
    if same and [dict(entry) for entry in briefing.renderings] != rendering.renderings(printed):
        stored.append("renderings")
    return {
        "equal": same and signed and not damaged and not stored,
        "signature": "valid" if signed else "invalid",
        "bytes": "equal" if same else "different",
        "facts": damaged,
        "figures": _differences(printed["cells"], made["cells"]) if made else [],
        "stored": stored,
        "strangers": sorted(map(str, strangers)),
        "failure": failure,
    }


def _unusable(failure):
    nothing = {"facts": [], "figures": [], "stored": [], "strangers": []}
    return {
        "equal": False,
        "signature": "invalid",
        "bytes": "different",
        **nothing,
        "failure": failure,
    }


def _recomputed(printed, period, facts, evidence, strangers, before):
    """The document made again from who did what when, and from exactly the frozen facts."""
    sources = printed["freeze"]["sources"]
    try:
        freeze = printed["freeze"] | {"facts": evidence.chain(sources, strangers)}
        masthead = {name: printed["masthead"][name] for name in MASTHEAD}
        made = issue_document(period, facts.frozen(sources, strangers), freeze, masthead, before)
        return made | {"keyid": printed["keyid"]}, None
    except (*SPOILT, WarmError) as error:
        return None, f"the facts can't be folded: {type(error).__name__}"


def _bytes(made, printed):
    """Compared as bytes: another spelling of the same content is another document."""
    digest = canonical.sha256(made)
    return canonical.dumps(made | {"digest": digest, "signature": printed["signature"]})


def _signed(printed, signer):
    digest = canonical.sha256(rendering.unsealed(printed))
    return digest == printed["digest"] and signer.verifies(printed["signature"], digest.encode())


def _stored_otherwise(briefing, printed):
    """What is stored beside the document and says something else than it."""
    told = {
        "id": issue_id(printed["period"], printed["revision"]),
        "status": "published",
        "changes": printed["late"],
        # The digests of the facts came with the publishing.
        "freeze": printed["freeze"] | {"facts": None},
        **{name: printed[name] for name in BESIDE},
        **{name: printed["masthead"][name] for name in SIGNED_FOR},
    }
    return sorted(name for name, value in told.items() if getattr(briefing, name) != value)


def _differences(printed, made):
    """Every cell that reads differently, or that one side lacks."""
    before, now = _by_key(printed), _by_key(made)
    return [
        {
            "indicator": key[0],
            "orgunit": key[1],
            "printed": _short(before.get(key)),
            "recomputed": _short(now.get(key)),
        }
        for key in sorted(before.keys() | now.keys())
        if before.get(key) != now.get(key)
    ]


def _by_key(cells):
    return {(cell["indicator"], cell["orgunit"]): cell for cell in cells}


def _short(cell):
    if cell is None:
        return None
    names = ("value", "qualifier", "numerator", "denominator", "previous", "cumulative")
    return {name: cell[name] for name in names}
