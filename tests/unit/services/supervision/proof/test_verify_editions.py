"""Manifests, forms and the public edition of an issue: whatever was changed by hand is named."""

import copy
import json

import pytest

from services.supervision.documents import Briefing
from services.supervision.forms import rendering
from services.supervision.proof import manifest as manifests
from services.supervision.proof.verify import Verification
from services.supervision.proof.verify_public import PublicVerification
from shared.domain import canonical
from shared.domain.wording import LANGUAGES
from tests.support import published_issue
from tests.support.contract_check import check_result
from tests.support.published_issue import FORMS, Kept, editions
from tests.unit.services.supervision.forms.test_rendering import signer
from tests.unit.services.supervision.proof.test_verify import (
    FACTS,
    WEEK,
    StoredFacts,
    sealed_facts,
    stored_beside,
)

ISSUED, KEPT = published_issue.published()


def changed(**values):
    issue = Briefing(**stored_beside(json.loads(ISSUED.document)))
    for name in ("document", "manifest", "public", "digest", "signature", "keyid"):
        setattr(issue, name, copy.deepcopy(values.get(name, getattr(ISSUED, name))))
    return issue


def internal(issue=ISSUED, kept=KEPT, event=None):
    stored = StoredFacts(FACTS)
    event = event or {"digest": ISSUED.digest, "manifest": ISSUED.edition("internal")["manifest"]}
    verdict = Verification(
        issue, WEEK, stored, sealed_facts(stored), signer(), published=event, kept=kept.body
    ).verdict()
    return found(verdict)


def public(issue=ISSUED, kept=KEPT, event=None, again=None):
    event = event or {name: ISSUED.public[name] for name in ("digest", "manifest")}

    def made_again(briefing, printed):
        return editions(Kept()).public_again(json.loads(briefing.document), 0, 5)

    verdict = PublicVerification(issue, signer(), kept.body, again or made_again, event).verdict()
    return found(verdict)


def found(verdict):
    check_result("supervision", "verify", verdict)
    assert verdict["equal"] == (not verdict["differences"] and not verdict["figures"])
    return [(it["part"], it["name"]) for it in verdict["differences"]]


def without(kept, sha256):
    less = Kept()
    less.files = {name: body for name, body in kept.files.items() if name != sha256}
    return less


@pytest.mark.parametrize("verify", [internal, public])
def test_an_issue_as_it_was_published_is_equal(verify):
    assert verify() == []


@pytest.mark.parametrize(("name", "verify"), [("internal", internal), ("public", public)])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_form_that_is_gone_or_changed_is_named(name, verify, form, lang):
    manifest = ISSUED.edition(name)["manifest"]
    [entry] = [it for it in manifest["renderings"] if (it["format"], it["lang"]) == (form, lang)]
    assert verify(kept=without(KEPT, entry["sha256"])) == [("rendering", f"{form} {lang}")]
    other = without(KEPT, entry["sha256"])
    other.files[entry["sha256"]] = b"other"
    assert verify(kept=other) == [("rendering", f"{form} {lang}")]


URN = "urn:warm:briefing:2017-W06:r0"


@pytest.mark.parametrize(("name", "verify"), [("internal", internal), ("public", public)])
@pytest.mark.parametrize("member", ["urn", "edition", "digest", "facts_root", "renderings"])
def test_a_manifest_that_was_changed_is_named_even_when_it_is_signed_again(name, verify, member):
    manifest = ISSUED.edition(name)["manifest"]
    other = {"renderings": manifest["renderings"][1:]}.get(member, "0" * 64)
    forged = manifest | {member: other}
    again = {it: value for it, value in forged.items() if it not in ("keyid", "signature")}
    for it in (forged, manifests.signed(again, signer())):
        issue = (
            changed(manifest=it)
            if name == "internal"
            else changed(public=ISSUED.public | {"manifest": it})
        )
        assert ("manifest", URN) in verify(issue)


@pytest.mark.parametrize("manifest", [{"renderings": "x"}, {"signature": 5}])
def test_a_manifest_that_cannot_be_read_is_named(manifest):
    broken = ISSUED.edition("internal")["manifest"] | manifest
    assert ("manifest", URN) in internal(changed(manifest=broken))


def test_an_issue_without_the_manifest_of_its_event_is_not_equal():
    assert ("manifest", URN) in internal(changed(manifest={}))


def test_a_public_edition_that_is_not_made_of_the_internal_one_is_named():
    document = json.loads(ISSUED.public["document"])
    document["cells"] = document["cells"][1:]
    forged = rendering.signed(
        {name: it for name, it in document.items() if name not in ("digest", "signature")},
        signer(),
    )
    texts = {"document": canonical.dumps(forged).decode()}
    texts |= {name: forged[name] for name in ("digest", "signature", "content_digest")}
    named = public(changed(public=dict(ISSUED.public) | texts))
    assert {("document", "briefing:2017-W06:r0"), ("stored", "publication")} <= set(named)


def test_a_public_edition_with_another_signature_is_named():
    document = json.loads(ISSUED.public["document"])
    forged = document | {"signature": ISSUED.signature}
    issue = changed(public=dict(ISSUED.public) | {"document": canonical.dumps(forged).decode()})
    assert ("signature", "briefing:2017-W06:r0") in public(issue)


def test_a_public_edition_that_cannot_be_made_again_is_not_equal():
    assert ("document", "briefing:2017-W06:r0") in public(again=lambda briefing, printed: None)


def test_a_public_edition_that_cannot_be_read_is_named():
    assert public(changed(public={"document": "{"})) == [("document", "briefing:2017-W06:r0")]
