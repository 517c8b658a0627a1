"""Every figure leads to its events, and a fact that was changed by hand is found."""

import copy
import json

import pytest
from pymongo import MongoClient
from pymongo.errors import DuplicateKeyError
from typer.testing import CliRunner

from deploy.local.cli import app
from deploy.local.waiting import wait_until
from services.supervision.facts.fact_store import fact_of
from services.supervision.proof.verify import BESIDE, SIGNED_FOR
from shared.contracts.messages import event_of
from shared.domain.errors import Conflict, NotFound
from shared.domain.form_names import EDITIONS
from shared.service.rpc_client import RpcClient
from tests.end_to_end.conftest import PUBLISHED, District, resume_published
from tests.support.stack import end_services, stack_name
from tests.support.tampering import change_event, closed, opened

WEEK = "2017-W06"
STORED = ("status", "freeze", "document", "manifest", *BESIDE, *SIGNED_FOR)


def leaves(value, path=()):
    """Paths of every leaf of a document."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from leaves(part, (*path, name))
    elif isinstance(value, list) and value:
        for index, part in enumerate(value):
            yield from leaves(part, (*path, index))
    else:
        yield path


def changed(document, path):
    """A copy of the document whose leaf at `path` is another value of the same kind."""
    copied = copy.deepcopy(document)
    target = copied
    for name in path[:-1]:
        target = target[name]
    target[path[-1]] = other(target[path[-1]])
    return copied


def other(value):
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, list | dict):
        return "changed"
    return {"over": "exact", "500": "600", "delivered": "claimed"}.get(value, f"{value}x")


@pytest.fixture(scope="module")
def once_published(stack, snapshots):
    """The first week, published; its services run on from test to test."""
    stack.reset()
    with RpcClient(stack.amqp_uri) as rpc:
        district = District(stack, rpc, snapshots)
        resume_published(district)
        yield district
    end_services(stack)


@pytest.fixture
def proved(once_published):
    """The district, and supervision's facts to be changed by hand; put back at the end."""
    with MongoClient(once_published.stack.mongodb_uri) as client:
        yield once_published, client["warm_supervision"]["facts"]
    once_published.snapshots.put_back(PUBLISHED, "warm_supervision")


def test_every_changed_field_of_a_fact_is_named(proved):
    district, facts = proved
    for fact in facts.find(
        {
            "type": {
                "$in": [
                    "clinics.clinic.tallied",
                    "relief.order.delivered",
                    "supervision.orgunit.retired",
                ]
            }
        }
    ):
        for path in leaves(opened(fact)):
            forged = closed(changed(opened(fact), path))
            if path == ("_id",):
                facts.delete_one({"_id": fact["_id"]})
                facts.insert_one(forged)
            elif path != ("seq",):
                facts.replace_one({"_id": fact["_id"]}, forged)
            else:
                # No other fact can have its number; this one can have one that is free.
                facts.replace_one({"_id": fact["_id"]}, forged | {"seq": 10**9})
            for quick in (True, False):
                verdict = district.ask("verify", period=WEEK, quick=quick)
                assert not verdict["equal"], path
                assert fact["_id"] in [entry["fact"] for entry in verdict["facts"]], path
            facts.delete_one({"_id": forged["_id"]})
            facts.replace_one({"_id": fact["_id"]}, fact, upsert=True)
    for quick in (True, False):
        assert district.ask("verify", period=WEEK, quick=quick)["equal"]


def test_a_figure_is_not_explained_by_a_fact_that_was_changed(proved):
    district, facts = proved
    change_event(facts, {"type": "clinics.clinic.tallied"}, data__consultations__value="5000")
    with pytest.raises(Conflict, match="verify names them"):
        district.ask("explain", period=WEEK, indicator="clinics.consultations")


def test_a_quick_verification_says_so_in_both_languages(proved):
    shown = CliRunner().invoke(
        app, ["briefing", "verify", WEEK, "--quick", "--stack", stack_name()]
    )
    assert shown.exit_code == 0, shown.output
    assert "快速核验" in shown.stdout and "figures not computed again" in shown.stdout
    assert "computed again by rules" not in shown.stdout


def test_a_changed_figure_is_named_with_what_was_printed(proved):
    district, facts = proved
    change_event(facts, {"type": "clinics.clinic.tallied"}, data__consultations__value="5000")
    verdict = district.ask("verify", period=WEEK)
    found = {(cell["indicator"], cell["orgunit"]): cell for cell in verdict["figures"]}
    cell = found["clinics.consultations", "410103006"]
    assert (cell["printed"]["value"], cell["recomputed"]["value"]) == ("500", "5000")


def test_a_fact_removed_by_hand_is_named(proved):
    district, facts = proved
    gone = facts.find_one_and_delete({"type": "relief.order.delivered"})
    verdict = district.ask("verify", period=WEEK)
    assert gone["_id"] in [entry["fact"] for entry in verdict["facts"]]
    assert not verdict["equal"]


def test_an_issue_changed_by_hand_is_found(proved):
    district, facts = proved
    aggregates = facts.database["aggregates"]
    issue = aggregates.find_one({"_id": f"briefing:{WEEK}:r0"})
    forged = issue["document"].replace('"value":"500"', '"value":"900"')
    aggregates.update_one({"_id": issue["_id"]}, {"$set": {"document": forged}})
    verdict = district.ask("verify", period=WEEK)
    assert (verdict["equal"], verdict["signature"]) == (False, "invalid")


def test_explain_names_exactly_the_events_of_a_figure(proved):
    district, facts = proved
    answer = district.ask("explain", period=WEEK, indicator="clinics.consultations")
    tallied = facts.find_one({"type": "clinics.clinic.tallied"})
    assert [event["id"] for event in answer["included"]] == [tallied["_id"]]
    assert {event["type"] for event in answer["left_out"]} == {"clinics.clinic.held"}
    elsewhere = district.ask(
        "explain", period=WEEK, indicator="clinics.consultations", orgunit="410103009"
    )
    assert elsewhere["included"] == []


def test_every_cell_is_explained_by_as_many_events_as_it_counts(proved):
    district, _ = proved
    for cell in json.loads(district.ask("briefing", period=WEEK))["cells"]:
        answer = district.ask(
            "explain", period=WEEK, indicator=cell["indicator"], orgunit=cell["orgunit"]
        )
        assert len(answer["included"]) == int(cell["denominator"]), cell


def test_a_figure_of_an_unknown_unit_is_not_found(proved):
    district, _ = proved
    with pytest.raises(NotFound, match="410199"):
        district.ask("explain", period=WEEK, indicator="clinics.staff", orgunit="410199")


def test_a_fact_that_claims_a_sealed_number_is_named_and_counted_nowhere(proved):
    district, facts = proved
    fact = facts.find_one({"type": "clinics.clinic.tallied"})
    untrusted = fact_of(event_of(fact) | {"id": "untrusted", "subject": "another"})
    with pytest.raises(DuplicateKeyError):
        facts.insert_one(untrusted)
    facts.delete_one({"_id": fact["_id"]})
    facts.insert_one(untrusted)
    verdict = district.ask("verify", period=WEEK)
    assert (verdict["equal"], verdict["strangers"]) == (False, ["untrusted"])
    answer = district.ask("explain", period=WEEK, indicator="clinics.consultations")
    assert "untrusted" not in [event["id"] for event in answer["included"]]


BROKEN_EVIDENCE = [
    {"entries": 5},
    {"entries": [[1]]},
    {"entries": None},
    {"entries": []},
    {"until": "x"},
    {"until": 2**40},
    {"source": "nobody"},
    {"more": 1},
]


@pytest.mark.parametrize("broken", BROKEN_EVIDENCE, ids=repr)
def test_broken_evidence_is_named_and_nothing_ends_in_an_error(proved, broken):
    district, facts = proved
    evidence = facts.database["evidence"]
    evidence.update_one({"_id": "relief|0"}, {"$set": broken})
    verdict = district.ask("verify", period=WEEK)
    assert (verdict["equal"], verdict["signature"]) == (False, "valid")
    assert "relief|0" in named(verdict, "evidence")
    assert district.ask("explain", period=WEEK, indicator="clinics.consultations")["included"]


def named(verdict, part):
    return [it["name"] for it in verdict["differences"] if it["part"] == part]


def test_evidence_removed_by_hand_is_named_in_both_languages(proved):
    district, facts = proved
    chunk = facts.database["evidence"].find_one_and_delete({"source": "relief"})
    verdict = district.ask("verify", period=WEEK)
    assert (verdict["equal"], verdict["bytes"]) == (False, "equal")
    assert named(verdict, "evidence") == [f"relief 1–{chunk['until']}"]
    shown = CliRunner().invoke(app, ["briefing", "verify", WEEK, "--stack", stack_name()])
    assert shown.exit_code == 4
    assert f"relief 1–{chunk['until']}: 证据：已缺失" in shown.stdout
    assert "evidence is missing" in shown.stdout


def test_an_issue_that_was_removed_is_named_by_the_event_of_its_publication(proved):
    district, facts = proved
    published = {"type": "supervision.briefing.published_internal"}
    assert wait_until(lambda: facts.count_documents(published) == 1, 30)
    facts.database["aggregates"].delete_one({"_id": f"briefing:{WEEK}:r0"})
    for revision in ({}, {"revision": 0}):
        verdict = district.ask("verify", period=WEEK, **revision)
        assert (verdict["equal"], verdict["issue"]) == (False, 1)
        assert named(verdict, "issue") == [f"briefing:{WEEK}:r0"]
    facts.delete_one(published)
    with pytest.raises(NotFound):
        district.ask("verify", period=WEEK)


@pytest.mark.parametrize(
    "change", [{"$unset": {"document": ""}}, {"$unset": {"version": ""}}], ids=str
)
def test_an_issue_that_cannot_be_read_gives_a_verdict(proved, change):
    district, facts = proved
    facts.database["aggregates"].update_one({"_id": f"briefing:{WEEK}:r0"}, change)
    verdict = district.ask("verify", period=WEEK, revision=0)
    assert not verdict["equal"]
    assert [it["name"] for it in verdict["differences"]] == [f"briefing:{WEEK}:r0"]


def test_a_readable_form_that_was_removed_is_named_and_showing_it_says_so(proved):
    district, facts = proved
    for edition in EDITIONS:
        asked = {"period": WEEK, "edition": edition}
        manifest = json.loads(district.ask("issue_manifest", **asked)["manifest"])
        texts = [it["sha256"] for it in manifest["renderings"] if it["format"] == "text"]
        facts.database["issue_forms"].delete_many({"_id": {"$in": texts}})
        forms = named(district.ask("verify", **asked), "rendering")
        assert sorted(forms) == ["text en", "text zh"]
        with pytest.raises(Conflict, match="verify names"):
            district.ask("briefing", format="text", lang="zh", **asked)


@pytest.mark.parametrize("wrong", [5, "x", ["x"], {"x": 1}], ids=repr)
def test_whatever_is_changed_beside_the_document_gives_a_verdict(proved, wrong):
    district, facts = proved
    aggregates = facts.database["aggregates"]
    issue = aggregates.find_one({"_id": f"briefing:{WEEK}:r0"})
    for name in STORED:
        aggregates.update_one({"_id": issue["_id"]}, {"$set": {name: wrong}})
        assert not district.ask("verify", period=WEEK)["equal"], name
        aggregates.replace_one({"_id": issue["_id"]}, issue)
    assert district.ask("verify", period=WEEK)["equal"]


@pytest.mark.parametrize("wrong", [5, "x", ["x"], {"x": 1}], ids=repr)
def test_whatever_is_changed_in_the_public_edition_gives_a_verdict(proved, wrong):
    district, facts = proved
    aggregates = facts.database["aggregates"]
    issue = aggregates.find_one({"_id": f"briefing:{WEEK}:r0"})
    for name in ("public", *(f"public.{it}" for it in issue["public"])):
        aggregates.update_one({"_id": issue["_id"]}, {"$set": {name: wrong}})
        assert not district.ask("verify", period=WEEK, edition="public")["equal"], name
        aggregates.replace_one({"_id": issue["_id"]}, issue)
    assert district.ask("verify", period=WEEK, edition="public")["equal"]


def test_a_fact_that_came_after_the_issue_is_looked_after_too(proved):
    district, facts = proved
    later = {"type": "supervision.briefing.published_internal"}
    assert wait_until(lambda: facts.count_documents(later) == 1, 30)
    change_event(facts, later, data__issue=7)
    verdict = district.ask("verify", period=WEEK)
    assert [entry["fact"] for entry in verdict["facts"]] == [facts.find_one(later)["_id"]]
    assert (verdict["equal"], verdict["bytes"]) == (False, "equal")
