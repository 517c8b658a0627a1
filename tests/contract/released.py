"""What released issues rest on: the indicators of each version of the rules, and the words of the
renderer. `python -m tests.contract.released` records it, as a step of a release."""

import hashlib
import json
from operator import itemgetter

from deploy.catalogue.compatibility import PUBLISHED
from services.supervision.briefing.revisions import issue_document
from services.supervision.facts.fact_store import grouped
from services.supervision.forms import rendering
from services.supervision.forms.renderer import RENDERER
from services.supervision.indicators import PRESENT, RULES
from shared.domain import canonical
from shared.domain.periods import Week
from tests.support import older_data
from tests.support.masthead import MASTHEAD

RECORD = PUBLISHED / "issues.json"
WEEK = Week(2017, 6)


def rules():
    """Version → code → what may never change in it."""
    return {
        version: {
            code: {"unit": it.unit, "fold": it.fold, "level": bool(it.since)}
            | {"feeds": sorted(it.feeds)}
            for code, it in known.indicators.items()
        }
        for version, known in RULES.items()
    }


def words():
    """SHA-256 of everything written about the programme's week, without the versions' names."""
    facts = older_data.documents("0.1.0", "warm_supervision", "facts")
    subjects = grouped(sorted(facts, key=itemgetter("subject")))
    sources = dict.fromkeys({fact["source"] for fact in facts}, 10000)
    freeze = {"sources": sources, "incomplete": {}, "parked": {"not_json": 2}}
    freeze |= {"rules": PRESENT.version, "renderer": RENDERER, "facts": None}
    made = issue_document(WEEK, subjects, freeze, MASTHEAD)
    for part in (made["freeze"], made["notes"]):
        part |= {name: "" for name in ("rules", "renderer") if name in part}
    whole = [made, rendering.renderings(made)]
    return hashlib.sha256(canonical.dumps(whole)).hexdigest()


def record():
    renderer = {"version": RENDERER, "words": words()}
    return {"rules": rules(), "renderer": renderer}


if __name__ == "__main__":
    RECORD.write_text(json.dumps(record(), indent=2, sort_keys=True, ensure_ascii=False) + "\n")
