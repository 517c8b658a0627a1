"""What is in a bundle: the same bytes for the same issue, everything that is needed, no more."""

import json
import zipfile
from io import BytesIO
from operator import itemgetter

import jsonschema
import pytest

from services.supervision.facts.fact_store import fact_from
from services.supervision.indicators import RULES
from services.supervision.proof import manifest as manifests
from services.supervision.proof.bundle import NO_TIME, SCHEMAS
from services.supervision.proof.fact_lines import line_of, texts
from services.supervision.proof.merkle import Leaf, facts_root
from shared.contracts.messages import Message
from shared.domain.periods import Week
from tests.support import older_data
from tests.support.district import histories, history
from tests.support.proof_bundles import bundle_of, facts_of, fingerprint, issue_of, opened, signer
from tests.unit.services.supervision.briefing.test_table import REGISTRY
from tests.unit.services.supervision.proof.test_verifiers import verify

WEEK = Week(2017, 6)


@pytest.fixture(scope="module")
def facts():
    weeks = history.weeks_of_events(WEEK.previous(), 3, 90, histories.UNITS)
    return facts_of([*REGISTRY, *weeks])


@pytest.fixture(scope="module")
def issue(facts):
    return issue_of(facts, WEEK)


@pytest.fixture(scope="module")
def bundle(issue, facts):
    return bundle_of(issue, facts)


def test_the_same_issue_gives_the_same_bytes(issue, facts, bundle):
    assert bundle_of(issue, iter(facts)) == bundle
    with zipfile.ZipFile(BytesIO(bundle)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {NO_TIME}


def test_it_holds_what_is_needed_to_check_it(issue, facts, bundle):
    files = opened(bundle)
    assert files["document.json"] == issue.document and files["manifest.json"] == issue.manifest
    forms = {name: files[f"forms/{name}"] for name in issue.forms}
    assert forms == issue.forms
    kept = [
        text
        for name, body in sorted(files.items())
        if name.startswith("facts/")
        for text in texts(BytesIO(body))
    ]
    assert kept == facts
    keyid = signer().keyid
    assert fingerprint(signer()).startswith(keyid)
    assert files[f"keys/{keyid}.pem"].decode() == signer().public_pem()
    assert len(files[f"keys/{keyid}.raw"]) == 32
    assert {"verify.py", "verify.mjs", "verify.html", "README.txt"} <= files.keys()


def test_a_public_bundle_holds_no_facts_and_no_ids_of_events(facts):
    files = opened(bundle_of(issue_of(facts, WEEK, edition="public"), facts))
    proof, listed = (json.loads(files[name]) for name in ("proof.json", "contributions.json"))
    assert not [name for name in files if name.startswith("facts/")]
    assert not any(listed["contributions"].values()) and not proof["inclusion"]


def test_facts_with_another_root_are_refused(issue, facts):
    for wrong in (facts[:-1], [*facts[:-1], facts[-1].replace("2017", "2016")]):
        with pytest.raises(ValueError, match="root"):
            bundle_of(issue, wrong)
    with pytest.raises(ValueError, match="stands after"):
        bundle_of(issue, facts[::-1])


def test_a_figure_of_a_main_point_is_proved(issue, bundle):
    proof = json.loads(opened(bundle)["proof.json"])
    points = [point["indicator"] for point in json.loads(issue.document)["headlines"]]
    assert proof["figure"]["indicator"] in points and proof["inclusion"]


@pytest.mark.parametrize("text", ['{"a":1}', '{\n"a": "二七\\n"\r\n}', '{"a":"\\ud83d 多"}'])
def test_a_fact_is_one_line_whatever_its_text(text):
    line = line_of(text)
    assert line.count(b"\n") == 1 and list(texts([line])) == [text]


def test_a_manifest_is_signed_without_its_signature():
    made = manifests.signed({"edition": "internal"}, signer())
    assert signer().verifies(made["signature"], manifests.message(made))
    assert not signer().verifies(made["signature"], manifests.message(made | {"edition": "public"}))


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_files_are_what_their_schemas_say(name, facts, bundle):
    for archive in (bundle, bundle_of(issue_of(facts, WEEK, edition="public"))):
        files = opened(archive)
        jsonschema.validate(json.loads(files[name]), json.loads(files[f"schemas/{name}"]))


def test_the_root_is_that_of_what_evidence_seals(issue, facts):
    """Number, id and digest of each fact, as they are stored."""
    stored = [fact_from(Message.from_text(text)) for text in facts]
    leaves = [Leaf(fact["source"], fact["seq"], fact["_id"], fact["digest"]) for fact in stored]
    assert facts_root(leaves) == json.loads(issue.manifest)["facts_root"]


@pytest.mark.parametrize("rules", RULES)
def test_the_programme_s_first_week_is_proved(rules):
    """The real facts of 2017, with qualified, declared and unstated figures."""
    stored = older_data.documents("0.1.0", "warm_supervision", "facts")
    facts = [it["event"] for it in sorted(stored, key=itemgetter("source", "seq"))]
    archive = bundle_of(issue_of(facts, WEEK, RULES[rules]), facts)
    known = fingerprint(signer())
    found = dict(verify.checks(zipfile.ZipFile(BytesIO(archive)), known))
    assert len(found) == 10 and not any(found.values())
