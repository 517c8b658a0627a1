"""Recompute a published issue from the facts, and say what differs."""

import json

from services.supervision import printing
from services.supervision.compose import document, fold_week
from shared import canonical
from shared.errors import WarmError
from shared.periods import Period


def verify(briefing, facts, evidence, signer):
    """The verdict: `equal` only if facts, figures, bytes and signature are as published."""
    printed = json.loads(briefing.document)
    sources = printed["freeze"]["sources"]
    sealed = evidence.sealed(sources)
    damaged = [
        {"fact": identity, "problem": problem}
        for identity, problem in evidence.damage(sealed)
    ]
    made, failure = _recomputed(printed, facts, evidence, sealed)
    signed = _signed(printed, signer)
    same = made is not None and canonical.dumps(made) == canonical.dumps(printing.unsealed(printed))
    return {
        "period": printed["period"],
        "issue": printed["issue"],
        "revision": printed["revision"],
        "equal": same and signed and not damaged,
        "signature": "valid" if signed else "invalid",
        "bytes": "equal" if same else "different",
        "facts": damaged,
        "figures": _differences(printed["cells"], made["cells"]) if made else [],
        "failure": failure,
        "digest": printed["digest"],
    }


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
    except (KeyError, TypeError, ValueError, AttributeError, WarmError) as error:
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
