"""Verification without a database: whatever is changed in an issue or a fact is found."""

import copy
import hashlib
import json
from collections import defaultdict
from types import SimpleNamespace
from unittest import mock

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.supervision.briefing.assemble import document, draft, fold_week
from services.supervision.briefing.edited_points import with_edits
from services.supervision.facts import evidence as evidence_module
from services.supervision.facts.evidence import Evidence, problem_of
from services.supervision.facts.fact_store import fact_of, grouped
from services.supervision.forms import rendering
from services.supervision.forms.renderer import RENDERER
from services.supervision.indicators import PRESENT
from services.supervision.proof.sealed_facts import SealedFacts
from services.supervision.proof.verify import BESIDE, SIGNED_FOR, Verification
from services.supervision.proof.whole_chunks import WholeChunks
from shared.domain import canonical
from shared.domain.periods import Week
from shared.platform.topology import SERVICES
from tests.support.contract_check import check_result
from tests.support.tampering import Stored, closed, opened, tampered, ways
from tests.unit import strategies as make
from tests.unit.services.supervision.forms.test_rendering import FREEZE, MASTHEAD, other, signer

WEEK = Week(2017, 6)
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


class StoredFacts(Stored):
    """The facts as the database would give them."""

    @property
    def collection(self):
        return self

    def frozen(self, sources, untrusted):
        kept = [f for f in self.documents if f["seq"] <= sources[f["source"]]]
        kept = [f for f in kept if f["_id"] not in untrusted]
        return grouped(sorted(kept, key=lambda fact: fact["subject"]))


KEY = b"supervision's own"


def chunks():
    """Everything in SOURCES, sealed as it is in EVENTS."""
    evidence = Evidence(Stored(), StoredFacts(map(fact_of, EVENTS)))
    with mock.patch.object(evidence_module, "CHUNK", 2):
        evidence.seal(SOURCES)
    return evidence.collection.documents


CHUNKS = chunks()


def evidence_of(stored, kept=CHUNKS):
    return Evidence(Stored(kept), stored)


def sealed_facts(stored, kept=CHUNKS, records=(), sources=None):
    """With `sources`, more is sealed."""
    evidence = evidence_of(stored, kept)
    evidence.seal(sources or {})
    return SealedFacts(evidence, WholeChunks(Stored(records), evidence, KEY))


def published(facts):
    stored = StoredFacts(facts)
    sealed = sealed_facts(stored)
    chains = sealed.digests(SOURCES, sealed.check(SOURCES)).chains
    freeze = FREEZE | {"sources": SOURCES, "facts": chains}
    whole = document(draft(fold_week(WEEK, PRESENT, stored.frozen(SOURCES, ())), freeze), MASTHEAD)
    return rendering.signed(whole | {"keyid": signer().keyid}, signer())


FACTS = [fact_of(item) for item in EVENTS]


def records():
    """What was noted of CHUNKS when they were found whole."""
    sealed = sealed_facts(StoredFacts(FACTS))
    sealed.check(SOURCES)
    return sealed.chunks.records.collection.documents


RECORDS = records()
ISSUE = published(FACTS)


FORMS = rendering.renderings(ISSUE)
EVENT = {"digest": ISSUE["digest"]} | {
    "renderings": [{name: it for name, it in form.items() if name != "text"} for form in FORMS]
}


def stored_beside(issue):
    """What is stored of a published issue beside its document."""
    return {
        **{name: issue[name] for name in BESIDE},
        **{name: issue["masthead"][name] for name in SIGNED_FOR},
        "id": "briefing:2017-W06:r0",
        "series": issue.get("series", "briefing"),
        "status": "published",
        "orgunit": issue["masthead"]["district"],
        "drafted": None,
        "withdrawal": {},
        "reason": {},
        "changes": issue["late"],
        "freeze": issue["freeze"] | {"facts": None},
    }


def verdict(
    issue=ISSUE, facts=FACTS, period=WEEK, beside=None, chunks=CHUNKS, records=RECORDS, **more
):
    stored = StoredFacts(facts)
    sealed = sealed_facts(stored, chunks, records)
    written = canonical.dumps(issue).decode() if isinstance(issue, dict) else issue
    kept = stored_beside(ISSUE) | {"renderings": FORMS, "document": written, **(beside or {})}
    briefing = SimpleNamespace(**kept, manifest={})
    checked = Verification(briefing, period, stored, sealed, signer(), **more)
    found = checked.verdict()
    check_result("supervision", "verify", found)
    assert found["equal"] == (not found["differences"] and not found["figures"])
    return found


def named(found, part):
    """The names of the differences of a kind."""
    return [it["name"] for it in found["differences"] if it["part"] == part]


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


# Quick or not, and with or without what was noted of chunks.
WAYS = pytest.mark.parametrize(
    "how",
    [{}, {"records": ()}, {"quick": True}, {"quick": True, "records": ()}],
    ids=["full", "full, without records", "quick", "quick, without records"],
)

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
        "renderer": RENDERER,
        "words_made_again": True,
        "quick": False,
        "withdrawn": False,
        "facts": [],
        "figures": [],
        "parts": [],
        "stored": [],
        "strangers": [],
        "failure": None,
        "digest": ISSUE["digest"],
        "edition": "internal",
        "differences": [],
    }


EDIT = {
    "point": 1,
    "zh": "另一说法",
    "en": "other words",
    "by_rules": {lang: ISSUE["headlines"][0][lang] for lang in ("zh", "en")},
    "edited_by": "person:a",
    "editor": {"name": None, "office": None},
    "edited_at": "2017-02-13T12:05:00+08:00",
}


def test_a_quick_verification_says_that_it_was_one():
    found = verdict(quick=True)
    told = [found[name] for name in ("equal", "quick", "words_made_again", "differences")]
    assert told == [True, True, False, []]


def test_an_issue_with_edited_points_is_made_again_with_them():
    edited = rendering.signed(with_edits(rendering.without_signature(ISSUE), [EDIT]), signer())
    beside = stored_beside(edited) | {"renderings": rendering.renderings(edited)}
    assert verdict(edited, beside=beside)["equal"]
    # What was edited is covered by the digest of the content.
    edited["edited_points"][0]["edited_by"] = "person:b"
    signed = rendering.signed(rendering.without_signature(edited), signer())
    beside = stored_beside(signed) | {"renderings": rendering.renderings(signed)}
    assert not verdict(signed, beside=beside)["equal"]


NOTICE = canonical.dumps({"digest": ISSUE["digest"], "successor": None}).decode()


def withdrawn(**changes):
    digest = hashlib.sha256(NOTICE.encode()).hexdigest().encode()
    signed = {"notice": NOTICE, "signature": signer().sign(digest)}
    return {"status": "withdrawn", "withdrawal": signed | changes}


def test_a_withdrawn_issue_is_still_proved():
    found = verdict(beside=withdrawn(), withdrawn={"notice": NOTICE})
    assert (found["equal"], found["withdrawn"]) == (True, True)


@pytest.mark.parametrize(
    "beside, event",
    [
        (withdrawn() | {"status": "published"}, None),
        (withdrawn() | {"withdrawal": {}}, None),
        (withdrawn(signature="AAAA"), None),
        (withdrawn(notice=NOTICE.replace("null", '"urn"')), None),
        (withdrawn(), {"notice": "another"}),
        ({}, {"notice": NOTICE}),
    ],
    ids=["status", "without a notice", "signature", "notice", "event", "taken out"],
)
def test_a_withdrawal_that_was_changed_by_hand_is_named(beside, event):
    found = verdict(beside=beside, withdrawn=event)
    assert not found["equal"] and "withdrawal" in found["stored"]


def earlier(**changes):
    """The issue as an earlier renderer might have made it."""
    plain = rendering.without_signature(ISSUE) | changes
    plain["freeze"] = {name: it for name, it in plain["freeze"].items() if name != "renderer"}
    words = [row | {"zh": "旧措辞", "en": "former words"} for row in plain["headlines"]]
    return rendering.signed(plain | {"headlines": words, "former": 1}, signer())


def verdict_on(issue, **more):
    signed = more.pop("signed", issue)
    return verdict(issue, beside=stored_beside(signed) | more)


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


def tampered_forms(first, second, *others):
    """What may become of stored readable forms: the forms, and the names of those that differ."""
    return {
        "gone": ([second, *others], ["text zh"]),
        "all gone": ([], ["text zh", "text en", "html zh", "html en"]),
        "another text": ([first | {"text": "another"}, second, *others], ["text zh"]),
        "no text": ([without(first, "text"), second, *others], ["text zh"]),
        "another digest": ([first | {"sha256": "0" * 64}, second, *others], ["text zh"]),
        "twice": ([first, first, second, *others], ["text zh"]),
        "in another order": ([second, first, *others], ["text en, text zh, html zh, html en"]),
        "one more": ([first, second, *others, first | {"lang": "fr"}], ["text fr"]),
        "no form": ([first, second, *others, 5], ["5"]),
        "no list": (5, ["text zh", "text en", "html zh", "html en"]),
    }


def without(form, name):
    return {key: value for key, value in form.items() if key != name}


TAMPERED_FORMS = tampered_forms(*FORMS)


@pytest.mark.parametrize("renderer", ["present", "earlier", "earlier, published as a fact"])
@pytest.mark.parametrize("how", TAMPERED_FORMS)
def test_whatever_becomes_of_a_readable_form_is_named(how, renderer):
    forms, names = TAMPERED_FORMS[how]
    issue = ISSUE if renderer == "present" else earlier()
    event = EVENT | {"digest": issue["digest"]} if "fact" in renderer else None
    beside = stored_beside(issue) | {"renderings": forms}
    found = verdict(issue, beside=beside, published=event)
    assert (found["equal"], found["stored"]) == (False, ["renderings"])
    assert sorted(named(found, "rendering")) == sorted(names)


def test_a_form_that_was_forged_with_its_digest_is_found_by_the_event_of_publication():
    first, *others = FORMS
    text = "forged"
    digest = hashlib.sha256(text.encode()).hexdigest()
    forged = [first | {"text": text, "size": len(text), "sha256": digest}, *others]
    issue = earlier()
    beside = stored_beside(issue) | {"renderings": forged}
    found = verdict(issue, beside=beside, published=EVENT | {"digest": issue["digest"]})
    assert (found["equal"], named(found, "rendering")) == (False, ["text zh"])


def test_an_issue_of_which_another_one_was_published_is_named():
    found = verdict(published=EVENT | {"digest": "0" * 64})
    assert (found["equal"], found["stored"]) == (False, ["publication"])


@pytest.mark.parametrize(
    ("part", "path", "wrong"),
    [
        ("league", ("league", 1, "least"), 7),
        ("completeness", ("completeness", "services", 0, "events"), 99),
        ("headline_table", ("headline_table", 0, "this", "value"), "99"),
        ("trends", ("trends", 0, "weeks", 0, "value"), "99"),
        ("provenance", ("provenance", "relief.visits_household", "left_out"), 5),
        ("freeze", ("freeze", "facts", "relief"), "0" * 64),
    ],
)
def test_signed_figures_that_the_facts_never_gave_are_found(part, path, wrong):
    """Also with an earlier renderer, where the words aren't made again."""
    found = verdict_on(earlier(**{part: make.replaced(ISSUE, path, wrong)[part]}))
    assert (found["equal"], found["signature"], found["parts"]) == (False, "valid", [part])


def test_an_issue_from_before_there_were_trends_is_verified_without_them():
    issue = {name: part for name, part in earlier().items() if name != "trends"}
    issue = rendering.signed(rendering.without_signature(issue), signer())
    assert verdict_on(issue)["equal"]


def test_a_quick_verification_finds_signed_digests_that_the_facts_do_not_have():
    """But no signed figure that they never gave: it folds nothing."""
    freeze = make.replaced(ISSUE, ("freeze", "facts", "relief"), "0" * 64)["freeze"]
    forged = earlier(freeze=freeze)
    found = verdict(forged, beside=stored_beside(forged), quick=True)
    assert (found["equal"], found["parts"]) == (False, ["freeze"])
    forged = earlier(cells=make.replaced(ISSUE, ("cells", 0, "value"), "99")["cells"])
    assert verdict(forged, beside=stored_beside(forged), quick=True)["equal"]


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


@pytest.mark.parametrize("quick", [False, True], ids=["full", "quick"])
@CHOSEN
def test_whatever_is_changed_in_an_issue_is_found(chosen, quick):
    for path in chosen(leaves(ISSUE)):
        changed = make.replaced(ISSUE, path, other(make.at(ISSUE, path)))
        found = verdict(changed, quick=quick)
        assert (found["equal"], found["signature"]) == (False, "invalid"), path


WRONG = (None, 1, "", {}, ["x"])


def one_of_them(number):
    return [WRONG[number % len(WRONG)]]


@pytest.mark.parametrize(
    ("chosen", "wrong"),
    [
        (some_of_each_list, one_of_them),
        pytest.param(list, lambda number: WRONG, marks=pytest.mark.long),
    ],
    ids=["some", "all"],
)
def test_an_issue_that_is_no_issue_any_more_is_found_too(chosen, wrong):
    for number, path in enumerate(chosen([path for path in make.paths(ISSUE) if len(path) < 3])):
        for it in wrong(number):
            if make.at(ISSUE, path) != it:
                assert not verdict(make.replaced(ISSUE, path, it))["equal"], (path, it)


@CHOSEN
def test_an_issue_without_one_of_its_parts_is_found_too(chosen):
    for path in chosen([path for path in make.paths(ISSUE) if len(path) < 3]):
        assert not verdict(make.without(ISSUE, path))["equal"], path


@pytest.mark.parametrize("text", ["", "{", "null", "[]", "{}", '"text"'])
def test_a_document_that_is_no_document_is_found_too(text):
    assert not verdict(text)["equal"]


@WAYS
@pytest.mark.parametrize("number", range(len(FACTS)))
def test_whatever_is_changed_in_a_fact_is_named(number, how):
    plain = opened(FACTS[number])
    for path in leaves(plain):
        facts = copy.deepcopy(FACTS)
        facts[number] = closed(make.replaced(plain, path, other(make.at(plain, path))))
        found = verdict(facts=facts, **how)
        assert not found["equal"], path
        assert FACTS[number]["_id"] in [entry["fact"] for entry in found["facts"]], path


@WAYS
@pytest.mark.parametrize("number", range(len(FACTS)))
def test_a_fact_that_is_gone_is_named(number, how):
    found = verdict(facts=FACTS[:number] + FACTS[number + 1 :], **how)
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


@pytest.mark.parametrize("empty", ["", [], 0, False])
def test_something_empty_in_place_of_no_withdrawal_is_named(empty):
    assert "withdrawal" in verdict(beside={"withdrawal": empty})["stored"]


@pytest.mark.parametrize("name", stored_beside(ISSUE))
def test_what_is_stored_beside_the_document_has_to_say_the_same(name):
    found = verdict(beside={name: "another"})
    assert (found["equal"], found["stored"]) == (False, [name])


def test_what_is_no_fact_at_all_is_a_problem_and_no_crash():
    for wrong in ({}, {"event": None}, {"event": "{}"}, {"event": '{"source":5,"id":1}'}):
        assert problem_of({"_id": "x", **wrong}, None)


def test_the_issue_is_plain_json_that_reads_back_to_the_byte():
    written = canonical.dumps(ISSUE)
    assert canonical.dumps(json.loads(written)) == written


# --- evidence


@WAYS
@pytest.mark.parametrize("number", range(len(CHUNKS)))
def test_evidence_that_is_gone_is_named_by_its_numbers(number, how):
    chunk = CHUNKS[number]
    start = int(chunk["_id"].split("|")[1])
    found = verdict(chunks=CHUNKS[:number] + CHUNKS[number + 1 :], **how)
    assert found["equal"] is False
    assert named(found, "evidence") == [f"{chunk['source']} {start + 1}–{chunk['until']}"]


def test_without_any_evidence_all_of_it_is_named_and_facts_are_still_checked():
    forged = fact_of(EVENTS[3]) | {"orgunit": "410103"}
    found = verdict(facts=[*FACTS[:3], forged, *FACTS[4:]], chunks=[])
    assert named(found, "evidence") == ["relief 1–3", "supervision 1–2"]
    assert named(found, "fact") == [forged["_id"]]


def test_evidence_that_is_there_twice_is_named():
    first = CHUNKS[0]
    source, start = first["_id"].split("|")
    again = {**first, "_id": f"{source}|{int(start) + 1}", "entries": first["entries"][1:]}
    found = verdict(chunks=[*CHUNKS, again])
    assert (found["equal"], named(found, "evidence")) == (False, [f"{source} 2–2"])


def test_the_order_in_which_evidence_is_stored_changes_nothing():
    assert verdict(chunks=CHUNKS[::-1])["equal"]


def test_evidence_of_a_later_issue_is_not_missed():
    assert verdict(chunks=[it for it in CHUNKS if it["source"] != "clinics"])["equal"]


TAMPERED_CHUNKS = [(way, number, it) for number, c in enumerate(CHUNKS) for way, it in tampered(c)]


def test_whatever_becomes_of_evidence_is_named():
    """As the issue would, without its figures: these don't depend on evidence."""
    for way, number, changed in TAMPERED_CHUNKS:
        kept = [*CHUNKS[:number], *([changed] if "_id" in changed else []), *CHUNKS[number + 1 :]]
        for records in (RECORDS, ()):
            found = sealed_facts(StoredFacts(FACTS), kept, records).check(SOURCES)
            assert found.evidence or found.damaged, way


@CHOSEN
def test_whatever_becomes_of_evidence_is_not_equal_and_no_error(chosen):
    for path in chosen(list(make.paths(CHUNKS[0]))):
        for wrong in (None, 5, "x", ["x"]):
            if make.at(CHUNKS[0], path) != wrong:
                found = verdict(chunks=[make.replaced(CHUNKS[0], path, wrong), *CHUNKS[1:]])
                assert not found["equal"] and found["differences"], (path, wrong)


def test_sealing_beside_broken_evidence_ends_and_leaves_it():
    for way, changed in tampered(CHUNKS[-1]):
        if isinstance(changed.get("_id"), str):
            evidence = evidence_of(StoredFacts(FACTS), [*CHUNKS[:-1], changed])
            evidence.seal(SOURCES)
            assert changed in evidence.collection.documents, way


# --- anything at all


@pytest.mark.parametrize(
    ("name", "value"), [("issue", True), ("issue", 1.0), ("revision", False), ("series", "summary")]
)
def test_what_only_equals_it_in_python_is_another_value(name, value):
    found = verdict(beside=stored_beside(ISSUE) | {name: value})
    assert not found["equal"]
    assert [it["name"] for it in found["differences"]] == [name]


stored_documents = st.sampled_from(
    [("facts", n) for n in range(len(FACTS))]
    + [("chunks", n) for n in range(len(CHUNKS))]
    + [("forms", n) for n in range(len(FORMS))]
    + [("beside", name) for name in stored_beside(ISSUE)]
)


@pytest.mark.parametrize(
    "examples", [15, pytest.param(1500, marks=pytest.mark.long)], ids=["few", "many"]
)
def test_whatever_becomes_of_anything_stored_is_named(examples):
    @settings(max_examples=examples, deadline=None)
    @given(st.data())
    def check(data):
        kind, which = data.draw(stored_documents)
        stored = {
            "facts": list(map(opened, FACTS)),
            "chunks": copy.deepcopy(CHUNKS),
            "forms": copy.deepcopy(FORMS),
            "beside": stored_beside(ISSUE),
        }
        path = data.draw(st.sampled_from([p for p in make.paths(stored[kind]) if p[0] == which]))
        before = make.at(stored[kind], path)
        if kind != "beside" and data.draw(st.booleans()):
            stored[kind] = make.without(stored[kind], path)
        else:
            others = [*ways(before).values(), data.draw(make.json_values())]
            changed = data.draw(st.sampled_from(others))
            assume(repr(changed) != repr(before))
            # What isn't there is stored as an empty object or as nothing.
            assume(not (before in ({}, None) and changed in ({}, None)))
            stored[kind] = make.replaced(stored[kind], path, changed)
        # The database gives each document an id, and has none twice.
        for documents in (stored["facts"], stored["chunks"]):
            assume(all(isinstance(it, dict) and "_id" in it for it in documents))
        found = verdict(
            facts=[closed(it) if "event" in it else it for it in stored["facts"]],
            chunks=stored["chunks"],
            records=data.draw(st.sampled_from([RECORDS, ()])),
            quick=data.draw(st.booleans()),
            beside=stored["beside"] | {"renderings": stored["forms"]},
        )
        assert not found["equal"]
        assert found["differences"]

    check()
