"""Recomputing a published issue from the facts, and naming the differences.

What was signed is checked as it is stored. Figures are computed again by the rules of the issue.
Words and layout are made again and compared only where the present renderer made them.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from jinja2 import TemplateError

from services.supervision.briefing import rendering
from services.supervision.briefing.revisions import issue_document
from services.supervision.briefing.signing import Signer
from services.supervision.documents import Briefing, issue_id
from services.supervision.facts.evidence import Evidence
from services.supervision.facts.fact_store import FactStore
from services.supervision.indicators import RULES
from shared.domain import canonical
from shared.domain.errors import WarmError
from shared.domain.periods import Period
from shared.domain.types import Json
from shared.domain.wording import LANGUAGES

SIGNED_FOR = ("prepared_by", "prepared_at", "approved_by", "published_at")
MASTHEAD = ("issue", "revision", "replaces", "reason", "status", "programme", "to", *SIGNED_FOR)
BESIDE: tuple[str, ...] = ("issue", "period", "revision", "replaces", "content_digest")
BESIDE += ("digest", "signature", "keyid")

# The parts with figures, beside the cells.
FIGURES = ("freeze", "league", "completeness", "headline_table", "provenance", "late")

# From a freeze and the week of its issue: the document of the issue of the week before that the
# freeze names, None where it names none. Raises NotFound.
Named = Callable[[Json, Period], Json | None]

# The errors to which changed content may lead.
UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, TemplateError)


def verify(
    briefing: Briefing,
    period: Period,
    facts: FactStore,
    evidence: Evidence,
    signer: Signer,
    before: Json | None = None,
    named: Named = lambda freeze, period: None,
) -> Json:
    """The verdict on the issue of `period`; `before` is the document that a revision replaces,
    `named` gives the issue of the week before with which it is compared.

    `equal` means that facts, figures, signature and everything else that is stored of the issue are
    as published, and so are the bytes of a document that the present renderer made. `strangers` are
    untrusted facts: they claim a sealed number, belong to no issue and don't damage this one.
    """
    try:
        compared = _compared(briefing, period, facts, evidence, signer, before, named)
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
    named: Named,
) -> Json:
    printed = json.loads(briefing.document)
    untrusted = evidence.untrusted()
    damaged = [
        {"fact": str(identity), "problem": problem}
        for identity, problem in sorted(evidence.damage(printed["freeze"]["sources"]).items())
    ]
    made, failure = _recomputed(printed, period, facts, evidence, untrusted, before, named)
    signed = _signed(printed, signer)
    stored = _stored_differences(briefing, printed)
    renderer = rendering.renderer_of(printed["freeze"])
    made_again = made if renderer == rendering.RENDERER else rendering.without_signature(printed)
    same = made_again is not None and _bytes(made_again, printed) == briefing.document.encode()
    # The readable forms of another document would be different anyway.
    if same and not _renderings_agree(briefing, printed, renderer):
        stored.append("renderings")
    figures = _differences(printed["cells"], made["cells"]) if made else []
    parts = list(_different_parts(printed, made)) if made else []
    return {
        "equal": bool(same and made and signed and not (damaged or stored or figures or parts)),
        "signature": "valid" if signed else "invalid",
        "bytes": "equal" if same else "different",
        "rules": printed["freeze"]["rules"],
        "renderer": renderer,
        "words_made_again": renderer == rendering.RENDERER,
        "facts": damaged,
        "figures": figures,
        "parts": parts,
        "stored": stored,
        "strangers": sorted(map(str, untrusted)),
        "failure": failure,
    }


def _unusable(failure: str) -> Json:
    nothing: Json = {"facts": [], "figures": [], "parts": [], "stored": [], "strangers": []}
    return {
        "equal": False,
        "signature": "invalid",
        "bytes": "different",
        "rules": None,
        "renderer": None,
        "words_made_again": False,
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
    named: Named,
) -> tuple[Json | None, str | None]:
    """The document made from the frozen facts and from the masthead, or why that is impossible."""
    sources, rules = printed["freeze"]["sources"], printed["freeze"]["rules"]
    if str(rules) not in RULES:
        return None, f"this version of the system doesn't know the rules {rules}"
    last_week, failure = _last_week(printed, period, named)
    if failure:
        return None, failure
    try:
        freeze = printed["freeze"] | {"facts": evidence.chain(sources, untrusted)}
        masthead = {name: printed["masthead"][name] for name in MASTHEAD}
        subjects = facts.frozen(sources, untrusted)
        made = issue_document(period, subjects, freeze, masthead, before, last_week)
        return made | {"keyid": printed["keyid"]}, None
    except (*UNREADABLE, WarmError) as error:
        return None, f"the facts can't be folded: {type(error).__name__}"


def _last_week(printed: Json, period: Period, named: Named) -> tuple[Json | None, str | None]:
    """The issue of the week before that the document is compared with, or why it isn't the one that
    was named."""
    expected = printed["freeze"].get("last_week")
    if not expected:
        return None, None
    try:
        found = named(printed["freeze"], period)
        if found and canonical.sha256(rendering.without_signature(found)) == expected["digest"]:
            return found, None
    except (*UNREADABLE, WarmError):
        pass
    return None, "the issue of the week before isn't the one that is named"


def _bytes(made: Json, printed: Json) -> bytes:
    """Compared as bytes: another spelling of the same content is another document."""
    digest = canonical.sha256(made)
    return canonical.dumps(made | {"digest": digest, "signature": printed["signature"]})


def _signed(printed: Json, signer: Signer) -> bool:
    digest = canonical.sha256(rendering.without_signature(printed))
    return bool(digest == printed["digest"]) and signer.verifies(
        printed["signature"], digest.encode()
    )


def _renderings_agree(briefing: Briefing, printed: Json, renderer: str) -> bool:
    """Are the readable forms those that the renderer makes; of another renderer, do they have the
    digests with which they were published?"""
    stored = [dict(entry) for entry in briefing.renderings]
    if renderer == rendering.RENDERER:
        return stored == rendering.renderings(printed)
    return all(rendering.is_intact(entry) for entry in stored)


def _different_parts(printed: Json, made: Json) -> Iterator[str]:
    again = json.loads(canonical.dumps(made))
    for name in FIGURES:
        if not _agree(printed[name], again[name]):
            yield name


def _agree(printed: Any, made: Any) -> bool:
    """Are the figures of a printed part in the part made again? Words, and members that a later
    renderer added, are left out."""
    if isinstance(printed, dict):
        return isinstance(made, dict) and all(
            _agree(value, made.get(name))
            for name, value in printed.items()
            if name not in LANGUAGES
        )
    if isinstance(printed, list):
        same_length = isinstance(made, list) and len(printed) == len(made)
        return same_length and all(map(_agree, printed, made))
    return bool(printed == made)


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
