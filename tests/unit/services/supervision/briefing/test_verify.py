"""Verification without a database: whatever is changed in an issue or a fact is found."""

import copy
import json
from collections import defaultdict
from types import SimpleNamespace

import pytest

from services.supervision.briefing import rendering
from services.supervision.briefing.assemble import document, draft, fold_week
from services.supervision.briefing.verify import BESIDE, SIGNED_FOR, verify
from services.supervision.facts.evidence import Evidence, _problem
from services.supervision.facts.fact_store import fact_of, grouped
from services.supervision.indicators import PRESENT
from shared.domain import canonical
from shared.domain.periods import Period
from shared.platform.topology import SERVICES
from tests.support.contract_check import check_result
from tests.support.tampering import closed, opened
from tests.unit import strategies as make
from tests.unit.services.supervision.briefing.test_rendering import FREEZE, MASTHEAD, other, signer

WEEK = Period(2017, 6)
NOT_STATED = {"value": None, "qualifier": "not_stated", "stated": None}


def event(kind, number, data, orgunit="410103006", subject=None):
    service = kind.split(".")[0]
    return {
        "id": f"{service}-{number}",
        "source": f"/warm/{service}",
        "type": kind,
        "subject": subject or f"{service}-subject",
        "subjectsequence": number,
        "sourcesequence": number,
        "time": "2017-02-09T00:00:00+08:00",
        "timeprecision": "day",
        "recordedtime": "2017-02-09T12:00:00+08:00",
        "orgunit": orgunit,
        "correlationid": f"{service}-{number}",
        "data": data,
    }


def unit(code, name, number):
    data = {"code": code, "name": name, "parent": code[:-3] if len(code) > 6 else None}
    data |= {"valid_from": None, "valid_to": None, "successor": None, "retired": False}
    return event("supervision.orgunit.registered", number, data, code, code)


VISITS = {
    "kind": "household",
    "visits": {"value": "500", "qualifier": "over", "unit": "visit", "stated": None},
    "withdrawn": False,
}
LEVEL = {"stock": "merchants", "level": NOT_STATED | {"unit": "merchant"}, "reported_by": None}
EVENTS = [
    unit("410103", "二七区", 1),
    unit("410103006", "五里堡街道", 2),
    event("relief.visit.recorded", 1, VISITS),
    event("relief.visit.corrected", 2, VISITS | {"visits": VISITS["visits"] | {"value": "620"}}),
    event("relief.stock.declared", 3, LEVEL, subject="ledger"),
]
SOURCES = dict.fromkeys(SERVICES, 0) | {"relief": 3, "supervision": 2}


class StoredFacts:
    """The facts as the database would give them."""

    def __init__(self, facts):
        self.facts = facts

    def find(self, query, fields=None):
        """All of them, or those with certain ids; none is where no chunk lies."""
        if "$nor" in query:
            return []
        ids = query.get("_id", {"$in": [fact["_id"] for fact in self.facts]})
        return [fact for fact in self.facts if fact["_id"] in ids["$in"]]

    def frozen(self, sources, untrusted):
        kept = [f for f in self.facts if f["seq"] <= sources[f["source"]]]
        kept = [f for f in kept if f["_id"] not in untrusted]
        return grouped(sorted(kept, key=lambda fact: fact["subject"]))


class KeptEvidence(Evidence):
    """Everything in SOURCES was sealed as it is in EVENTS."""

    def _until(self, source):
        return SOURCES[source]

    def _sealed(self):
        facts = map(fact_of, EVENTS)
        yield {"source": "relief"}, [(f["seq"], f["_id"], f["digest"]) for f in facts]

    def _ordered(self, query):
        found = [f for f in self.facts.find({}) if f["source"] == query["source"]]
        last = query["seq"]["$lte"]
        return sorted((f for f in found if f["seq"] <= last), key=lambda f: (f["seq"], f["_id"]))


def published(facts):
    stored = StoredFacts(facts)
    freeze = FREEZE | {"sources": SOURCES, "facts": KeptEvidence(None, stored).chain(SOURCES, ())}
    whole = document(draft(fold_week(WEEK, PRESENT, stored.frozen(SOURCES, ())), freeze), MASTHEAD)
    return rendering.signed(whole | {"keyid": signer().keyid}, signer())


FACTS = [fact_of(item) for item in EVENTS]
ISSUE = published(FACTS)


def verdict(issue=ISSUE, facts=FACTS, period=WEEK, beside=None):
    stored = StoredFacts(facts)
    written = canonical.dumps(issue).decode() if isinstance(issue, dict) else issue
    kept = {name: ISSUE[name] for name in BESIDE}
    kept |= {"id": "briefing:2017-W06:r0", "status": "published", "changes": ISSUE["late"]}
    kept |= {"freeze": ISSUE["freeze"] | {"facts": None}}
    kept |= {name: ISSUE["masthead"][name] for name in SIGNED_FOR}
    kept |= {"renderings": rendering.renderings(ISSUE), "document": written, **(beside or {})}
    briefing = SimpleNamespace(**kept)
    found = verify(briefing, period, stored, KeptEvidence(None, stored), signer())
    check_result("supervision", "verify", found)
    return found


def leaves(value):
    return [
        path
        for path in make.paths(value)
        if not isinstance(make.at(value, path), dict | list) or not make.at(value, path)
    ]


def some_of_each_list(paths):
    """Of the entries of a list, the first, the last and one in between: they are all alike."""
    found = defaultdict(list)
    for path in paths:
        found[tuple("" if isinstance(part, int) else part for part in path)].append(path)
    return [alike[n] for alike in found.values() for n in {0, len(alike) // 2, len(alike) - 1}]


CHOSEN = pytest.mark.parametrize(
    "chosen", [some_of_each_list, pytest.param(list, marks=pytest.mark.long)]
)


def test_an_issue_and_its_facts_agree():
    assert verdict() == {
        "period": "2017-W06",
        "issue": 1,
        "revision": 0,
        "equal": True,
        "signature": "valid",
        "bytes": "equal",
        "rules": PRESENT.version,
        "renderer": rendering.RENDERER,
        "words_made_again": True,
        "facts": [],
        "figures": [],
        "parts": [],
        "stored": [],
        "strangers": [],
        "failure": None,
        "digest": ISSUE["digest"],
    }


def earlier(**changes):
    """The issue as an earlier renderer might have made it."""
    plain = rendering.without_signature(ISSUE) | changes
    plain["freeze"] = {name: it for name, it in plain["freeze"].items() if name != "renderer"}
    words = [row | {"zh": "旧措辞", "en": "former words"} for row in plain["headlines"]]
    return rendering.signed(plain | {"headlines": words, "former": 1}, signer())


def verdict_on(issue, **more):
    signed = more.pop("signed", issue)
    beside = {name: signed[name] for name in BESIDE}
    beside |= {"freeze": signed["freeze"] | {"facts": None}, "changes": signed["late"]}
    return verdict(issue, beside=beside | more)


def test_an_issue_of_an_earlier_renderer_is_checked_as_it_was_signed():
    found = verdict_on(earlier())
    told = [found[name] for name in ("equal", "bytes", "renderer", "words_made_again")]
    assert told == [True, "equal", "1", False]


@CHOSEN
def test_whatever_is_changed_in_an_issue_of_an_earlier_renderer_is_found(chosen):
    issue = earlier()
    for path in chosen(leaves(issue)):
        changed = make.replaced(issue, path, other(make.at(issue, path)))
        found = verdict_on(changed, signed=issue)
        assert (found["equal"], found["signature"]) == (False, "invalid"), path


def test_a_changed_rendering_of_an_earlier_renderer_is_found():
    first, *others = rendering.renderings(ISSUE)
    found = verdict_on(earlier(), renderings=[first | {"text": "another"}, *others])
    assert (found["equal"], found["stored"]) == (False, ["renderings"])


@pytest.mark.parametrize(
    ("part", "path", "wrong"),
    [
        ("league", ("league", 1, "least"), 7),
        ("completeness", ("completeness", "services", 0, "events"), 99),
        ("headline_table", ("headline_table", 0, "this", "value"), "99"),
        ("provenance", ("provenance", "relief.visits_household", "left_out"), 5),
        ("freeze", ("freeze", "facts", "relief"), "0" * 64),
    ],
)
def test_signed_figures_that_the_facts_never_gave_are_found(part, path, wrong):
    """Also with an earlier renderer, where the words aren't made again."""
    found = verdict_on(earlier(**{part: make.replaced(ISSUE, path, wrong)[part]}))
    assert (found["equal"], found["signature"], found["parts"]) == (False, "valid", [part])


def test_a_signed_cell_that_the_facts_never_gave_is_named():
    found = verdict_on(earlier(cells=make.replaced(ISSUE, ("cells", 0, "value"), "99")["cells"]))
    assert (found["equal"], len(found["figures"])) == (False, 1)


def test_rules_that_are_not_known_here_are_said():
    freeze = ISSUE["freeze"] | {"rules": "2099-1"}
    found = verdict_on(earlier(freeze=freeze))
    assert (found["equal"], "2099-1" in found["failure"]) == (False, True)


def test_the_order_of_the_facts_and_later_ones_change_nothing():
    later = fact_of(event("relief.visit.corrected", 4, VISITS, subject="elsewhere"))
    assert verdict(facts=[later, *reversed(FACTS)])["equal"]


@CHOSEN
def test_whatever_is_changed_in_an_issue_is_found(chosen):
    for path in chosen(leaves(ISSUE)):
        found = verdict(make.replaced(ISSUE, path, other(make.at(ISSUE, path))))
        assert (found["equal"], found["signature"]) == (False, "invalid"), path


@CHOSEN
@pytest.mark.parametrize("wrong", [None, 1, "", {}, ["x"]], ids=repr)
def test_an_issue_that_is_no_issue_any_more_is_found_too(wrong, chosen):
    for path in chosen([path for path in make.paths(ISSUE) if len(path) < 3]):
        if make.at(ISSUE, path) != wrong:
            assert not verdict(make.replaced(ISSUE, path, wrong))["equal"], path


@CHOSEN
def test_an_issue_without_one_of_its_parts_is_found_too(chosen):
    for path in chosen([path for path in make.paths(ISSUE) if len(path) < 3]):
        assert not verdict(make.without(ISSUE, path))["equal"], path


@pytest.mark.parametrize("text", ["", "{", "null", "[]", "{}", '"text"'])
def test_a_document_that_is_no_document_is_found_too(text):
    assert not verdict(text)["equal"]


@pytest.mark.parametrize("number", range(len(FACTS)))
def test_whatever_is_changed_in_a_fact_is_named(number):
    plain = opened(FACTS[number])
    for path in leaves(plain):
        facts = copy.deepcopy(FACTS)
        facts[number] = closed(make.replaced(plain, path, other(make.at(plain, path))))
        found = verdict(facts=facts)
        assert not found["equal"], path
        assert FACTS[number]["_id"] in [entry["fact"] for entry in found["facts"]], path


@pytest.mark.parametrize("number", range(len(FACTS)))
def test_a_fact_that_is_gone_is_named(number):
    found = verdict(facts=FACTS[:number] + FACTS[number + 1 :])
    assert not found["equal"]
    assert FACTS[number]["_id"] in [entry["fact"] for entry in found["facts"]]


def test_a_changed_figure_is_named_with_what_was_printed():
    plain = opened(FACTS[3])
    forged = closed(make.replaced(plain, ("event", "data", "visits", "value"), "5000"))
    found = verdict(facts=[*FACTS[:3], forged, *FACTS[4:]])
    cells = {(cell["indicator"], cell["orgunit"]): cell for cell in found["figures"]}
    cell = cells["relief.visits_household", "410103006"]
    assert (cell["printed"]["value"], cell["recomputed"]["value"]) == ("620", "5000")


def test_a_fact_forged_with_its_digest_is_found_by_the_seal():
    forged = fact_of(make.replaced(EVENTS[3], ("data", "visits", "value"), "5000"))
    found = verdict(facts=[*FACTS[:3], forged, *FACTS[4:]])
    assert found["facts"] == [
        {"fact": forged["_id"], "problem": "its digest isn't the one that was sealed"}
    ]


def test_a_fact_slipped_in_under_a_sealed_number_is_not_counted():
    untrusted = fact_of(
        event("relief.visit.recorded", 1, VISITS, subject="x") | {"id": "untrusted"}
    )
    found = verdict(facts=[*FACTS, untrusted])
    assert (found["equal"], found["figures"], found["strangers"]) == (True, [], ["untrusted"])


def test_another_spelling_of_the_same_document_is_another_document():
    spaced = json.dumps(ISSUE, ensure_ascii=False, sort_keys=True)
    twice = '{"cells":[],' + canonical.dumps(ISSUE).decode()[1:]
    for written in (spaced, twice):
        found = verdict(issue=written)
        assert (found["equal"], found["bytes"]) == (False, "different")


def test_the_issue_of_another_week_is_not_the_one_asked_for():
    assert not verdict(period=WEEK.next())["equal"]


@pytest.mark.parametrize("name", ["id", "status", "freeze", *BESIDE, *SIGNED_FOR])
def test_what_is_stored_beside_the_document_has_to_say_the_same(name):
    found = verdict(beside={name: "another"})
    assert (found["equal"], found["stored"]) == (False, [name])


def test_a_changed_rendering_is_found():
    first, *others = rendering.renderings(ISSUE)
    found = verdict(beside={"renderings": [first | {"text": "another"}, *others]})
    assert (found["equal"], found["stored"]) == (False, ["renderings"])


def test_what_is_no_fact_at_all_is_a_problem_and_no_crash():
    for wrong in ({}, {"event": None}, {"event": "{}"}, {"event": '{"source":5,"id":1}'}):
        assert _problem({"_id": "x", **wrong}, None)


def test_the_issue_is_plain_json_that_reads_back_to_the_byte():
    written = canonical.dumps(ISSUE)
    assert canonical.dumps(json.loads(written)) == written
