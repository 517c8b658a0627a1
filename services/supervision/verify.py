"""Recompute a published issue from the facts, and say what differs."""

import json

from services.supervision import printing
from services.supervision.compose import document, fold_week
from shared import canonical
from shared.errors import WarmError
from shared.periods import Period

# What comes of content that isn't what it was when it was published.
SPOILT = (KeyError, TypeError, ValueError, AttributeError)


def verify(briefing, facts, evidence, signer):
    """The verdict: `equal` only if facts, figures, bytes and signature are as published."""
    try:
        compared = _compared(json.loads(briefing.document), facts, evidence, signer)
    except SPOILT as error:
        compared = _unusable(f"the issue can't be read: {type(error).__name__}")
    names = ("period", "issue", "revision", "digest")
    return {name: getattr(briefing, name) for name in names} | compared


def _compared(printed, facts, evidence, signer):
    sealed = evidence.sealed(printed["freeze"]["sources"])
    damaged = [
        {"fact": identity, "problem": problem} for identity, problem in evidence.damage(sealed)
    ]
    made, failure = _recomputed(printed, facts, evidence, sealed)
    signed = _signed(printed, signer)
    same = made is not None and canonical.dumps(made) == canonical.dumps(printing.unsealed(printed))
    return {
        "equal": same and signed and not damaged,
        "signature": "valid" if signed else "invalid",
        "bytes": "equal" if same else "different",
        "facts": damaged,
        "figures": _differences(printed["cells"], made["cells"]) if made else [],
        "failure": failure,
    }


def _unusable(failure):
    nothing = {"signature": "invalid", "bytes": "different", "facts": [], "figures": []}
    return {"equal": False, **nothing, "failure": failure}


def _recomputed(printed, facts, evidence, sealed):
    """The document made again from who did what when, and from exactly the frozen facts."""
    sources = printed["freeze"]["sources"]
    try:
        week = fold_week(Period.parse(printed["period"]), facts.frozen(sources, sealed))
        freeze = printed["freeze"] | {"facts": evidence.chain(sources, sealed)}
        names = (
            "issue",
            "revision",
            "replaces",
            "status",
            "programme",
            "to",
            "prepared_by",
            "prepared_at",
            "approved_by",
            "published_at",
        )
        masthead = {name: printed["masthead"][name] for name in names}
        return document(week, freeze, masthead) | {"keyid": printed["keyid"]}, None
    except (*SPOILT, WarmError) as error:
        return None, f"the facts can't be folded: {type(error).__name__}"


def _signed(printed, signer):
    digest = canonical.sha256(printing.unsealed(printed))
    return digest == printed["digest"] and signer.verifies(printed["signature"], digest.encode())


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
