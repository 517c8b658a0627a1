"""Recomputing a published issue from the facts, and naming the differences."""

import json
from collections.abc import Iterable

from jinja2 import TemplateError

from services.supervision.briefing import rendering
from services.supervision.briefing.revisions import issue_document
from services.supervision.briefing.signing import Signer
from services.supervision.documents import Briefing, issue_id
from services.supervision.facts.evidence import Evidence
from services.supervision.facts.fact_store import FactStore
from shared.domain import canonical
from shared.domain.errors import WarmError
from shared.domain.periods import Period
from shared.domain.types import Json

SIGNED_FOR = ("prepared_by", "prepared_at", "approved_by", "published_at")
MASTHEAD = ("issue", "revision", "replaces", "reason", "status", "programme", "to", *SIGNED_FOR)
BESIDE: tuple[str, ...] = ("issue", "period", "revision", "replaces", "content_digest")
BESIDE += ("digest", "signature", "keyid")

# The errors to which changed content may lead.
UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, TemplateError)


def verify(
    briefing: Briefing,
    period: Period,
    facts: FactStore,
    evidence: Evidence,
    signer: Signer,
    before: Json | None = None,
) -> Json:
    """The verdict on the issue of `period`; `before` is the document that a revision replaces.

    `equal` means that facts, figures, bytes, signature and everything else that is stored of the
    issue are as published. `strangers` are untrusted facts: they claim a sealed number, belong to
    no issue and don't damage this one.
    """
    try:
        compared = _compared(briefing, period, facts, evidence, signer, before)
    except UNREADABLE as error:
        compared = _unusable(f"the issue can't be read: {type(error).__name__}")
    names = ("period", "issue", "revision", "digest")
    return {name: getattr(briefing, name) for name in names} | compared


def _compared(
    briefing: Briefing,
    period: Period,
    facts: FactStore,
    evidence: Evidence,
    signer: Signer,
    before: Json | None,
) -> Json:
    printed = json.loads(briefing.document)
    untrusted = evidence.untrusted()
    damaged = [
        {"fact": str(identity), "problem": problem}
        for identity, problem in sorted(evidence.damage(printed["freeze"]["sources"]).items())
    ]
    made, failure = _recomputed(printed, period, facts, evidence, untrusted, before)
    signed = _signed(printed, signer)
    same = made is not None and _bytes(made, printed) == briefing.document.encode()
    stored = _stored_differences(briefing, printed)
    # The readable forms of another document would be different anyway.
    if same and [dict(entry) for entry in briefing.renderings] != rendering.renderings(printed):
        stored.append("renderings")
    return {
        "equal": same and signed and not damaged and not stored,
        "signature": "valid" if signed else "invalid",
        "bytes": "equal" if same else "different",
        "facts": damaged,
        "figures": _differences(printed["cells"], made["cells"]) if made else [],
        "stored": stored,
        "strangers": sorted(map(str, untrusted)),
        "failure": failure,
    }


def _unusable(failure: str) -> Json:
    nothing: Json = {"facts": [], "figures": [], "stored": [], "strangers": []}
    return {
        "equal": False,
        "signature": "invalid",
        "bytes": "different",
        **nothing,
        "failure": failure,
    }


def _recomputed(
    printed: Json,
    period: Period,
    facts: FactStore,
    evidence: Evidence,
    untrusted: set[str],
    before: Json | None,
) -> tuple[Json | None, str | None]:
    """The document made from the frozen facts and from the masthead, or why that is impossible."""
    sources = printed["freeze"]["sources"]
    try:
        freeze = printed["freeze"] | {"facts": evidence.chain(sources, untrusted)}
        masthead = {name: printed["masthead"][name] for name in MASTHEAD}
        made = issue_document(period, facts.frozen(sources, untrusted), freeze, masthead, before)
        return made | {"keyid": printed["keyid"]}, None
    except (*UNREADABLE, WarmError) as error:
        return None, f"the facts can't be folded: {type(error).__name__}"


def _bytes(made: Json, printed: Json) -> bytes:
    """Compared as bytes: another spelling of the same content is another document."""
    digest = canonical.sha256(made)
    return canonical.dumps(made | {"digest": digest, "signature": printed["signature"]})


def _signed(printed: Json, signer: Signer) -> bool:
    digest = canonical.sha256(rendering.without_signature(printed))
    return bool(digest == printed["digest"]) and signer.verifies(
        printed["signature"], digest.encode()
    )


def _stored_differences(briefing: Briefing, printed: Json) -> list[str]:
    """The fields stored beside the document that don't agree with it."""
    expected = {
        "id": issue_id(printed["period"], printed["revision"]),
        "status": "published",
        "changes": printed["late"],
        # The digests of the facts were added at publication.
        "freeze": printed["freeze"] | {"facts": None},
        **{name: printed[name] for name in BESIDE},
        **{name: printed["masthead"][name] for name in SIGNED_FOR},
    }
    return sorted(name for name, value in expected.items() if getattr(briefing, name) != value)


def _differences(printed: Iterable[Json], made: Iterable[Json]) -> list[Json]:
    """Every cell that is different, or that only one side has."""
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


def _by_key(cells: Iterable[Json]) -> dict[tuple[str, str], Json]:
    return {(cell["indicator"], cell["orgunit"]): cell for cell in cells}


def _short(cell: Json | None) -> Json | None:
    if cell is None:
        return None
    names = ("value", "qualifier", "numerator", "denominator", "previous", "cumulative")
    return {name: cell[name] for name in names}
