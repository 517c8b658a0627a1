"""What is made at a publication: both editions, signed, with manifests and forms."""

import json
import os
import subprocess
import sys

import pytest

from deploy.local.places import ROOT as PROJECT
from services.supervision.documents import Briefing
from services.supervision.forms.catalogue import FORMS as ALL_FORMS
from services.supervision.proof.manifest import message
from services.supervision.workflow import issue_maker
from services.supervision.workflow.issue_reading import IssueReading
from shared.contracts.envelope import Moment
from shared.domain import canonical
from shared.domain.errors import Conflict
from shared.domain.form_names import FORMS as NAMES
from shared.domain.wording import LANGUAGES
from tests.support import published_issue
from tests.support.published_issue import FORMS, ROOT, Kept, NoIssues, editions
from tests.unit.services.supervision.forms.test_rendering import signer
from tests.unit.services.supervision.proof.test_verify import ISSUE, stored_beside

ISSUED, KEPT = published_issue.published()
BOTH = ("internal", "public")


def test_the_setting_and_the_catalogue_have_the_same_forms():
    assert tuple(ALL_FORMS) == NAMES


@pytest.mark.parametrize("name", BOTH)
def test_a_manifest_names_each_form_in_each_language_and_is_signed(name):
    edition = ISSUED.edition(name)
    manifest, document = edition["manifest"], json.loads(edition["document"])
    assert (manifest["edition"], manifest["facts_root"]) == (name, ROOT)
    assert manifest["digest"] == edition["digest"] == document["digest"]
    assert signer().verifies(manifest["signature"], message(manifest))
    made = [(it["format"], it["lang"]) for it in manifest["renderings"]]
    assert made == [(form, lang) for form in FORMS for lang in LANGUAGES]
    for entry in manifest["renderings"]:
        body = KEPT.body(entry["sha256"])
        assert len(body) == entry["size"]
        assert body == ALL_FORMS[entry["format"]].make(document, entry["lang"])


def test_forms_have_addresses_of_their_own_in_each_edition():
    entries = [it for name in BOTH for it in ISSUED.edition(name)["manifest"]["renderings"]]
    assert len({it["urn"] for it in entries}) == len(entries)
    assert entries[0]["urn"] == "urn:warm:briefing:2017-W06:r0:text:zh"


def test_the_process_that_makes_them_gets_no_secret(monkeypatch):
    monkeypatch.setenv("AMQP_URI", "amqp://relief:secret@broker/")
    started = []
    popen = issue_maker.subprocess.Popen
    monkeypatch.setattr(
        issue_maker.subprocess,
        "Popen",
        lambda *args, **given: started.append(given["env"]) or popen(*args, **given),
    )
    published_issue.published()
    assert set(started[0]) <= {"PATH", "PYTHONPATH", "LANG", "TMPDIR"}
    assert "AMQP_URI" in os.environ


def test_what_the_process_says_last_is_why_nothing_is_published():
    unsigned = {name: it for name, it in ISSUE.items() if name != "cells"}
    issue = Briefing(**stored_beside(ISSUE))
    with pytest.raises(Conflict, match="its forms can't be made: KeyError: 'cells'"):
        editions(Kept()).published(issue, unsigned, ROOT)


# As in a service, where the waiting is eventlet's: more than a pipe holds.
ENDED_AT_ONCE = """
import eventlet
eventlet.monkey_patch()
from services.supervision.workflow import issue_maker
issue_maker.WORKER = "services.nothing"
try:
    issue_maker.make({}, ["x" * 1_000_000] * 3, 3, 5, ())
except issue_maker.NotMade as error:
    print(error)
"""


def test_a_process_that_ends_before_it_has_read_everything_is_not_waited_for():
    command = [sys.executable, "-W", "ignore", "-c", ENDED_AT_ONCE]
    said = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=60)
    assert said.stdout.endswith("No module named services.nothing\n"), said.stderr


def test_a_process_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(issue_maker, "SECONDS", 0)
    with pytest.raises(issue_maker.NotMade, match="longer than 0 s"):
        issue_maker.make(ISSUE, [], 0, 5, ())


def test_a_notice_and_three_events_with_the_issue_are_published_each_in_the_form_of_its_type():
    issue = Briefing(**stored_beside(ISSUE) | {"status": "approved"})
    stored = {name: getattr(ISSUED, name) for name in ISSUED._fields if name in ISSUED._data}
    stored = {name: stored[name] for name in ("document", "manifest", "public", "issue", "keyid")}
    stored |= {name: getattr(ISSUED, name) for name in ("digest", "signature", "content_digest")}
    issue.publish(stored, Moment(published_issue.AT))
    made = [(it.event_type.name, it.event_type.version, it.data) for it in issue.new_events]
    notice, internal, first, second = made
    assert [it[:2] for it in made] == [
        ("supervision.briefing.announced", 1),
        ("supervision.briefing.published_internal", 1),
        ("supervision.briefing.published", 1),
        ("supervision.briefing.published", 2),
    ]
    assert notice[2] == {
        **{it: second[2][it] for it in ("issue", "period", "series", "revision", "status")},
        "edition": second[2]["edition"],
        "digest": second[2]["digest"],
        "urn": second[2]["manifest"]["urn"],
    }
    assert internal[2]["document"] == ISSUED.document
    assert first[2]["document"] == second[2]["document"] == ISSUED.public["document"]
    texts = {(it["format"], it["lang"]) for it in first[2]["renderings"]}
    assert texts == {(form, lang) for form in ("text", "html") for lang in LANGUAGES}


class Issues:
    """The queries of the one issue."""

    repository, signer = NoIssues, signer()

    def __init__(self, issue=ISSUED):
        self.found = issue

    def issue(self, period, revision):
        return self.found


def reading(issue=ISSUED, kept=KEPT):
    return IssueReading(Issues(issue), kept)


@pytest.mark.parametrize("name", BOTH)
def test_what_is_read_is_what_was_made(name):
    edition = ISSUED.edition(name)
    assert reading().show(None, "json", "zh", None, name) == edition["document"]
    [entry] = [
        it
        for it in edition["manifest"]["renderings"]
        if (it["format"], it["lang"]) == ("csv", "en")
    ]
    assert reading().form(None, "csv", "en", None, name).items() >= entry.items()
    page = reading().show(None, "html", "zh", None, name).encode()
    assert page == ALL_FORMS["html"].make(json.loads(edition["document"]), "zh")
    manifest = reading().manifest(None, None, name)["manifest"]
    assert json.loads(manifest) == edition["manifest"]
    assert manifest.encode() == canonical.dumps(edition["manifest"])


def test_a_form_that_was_not_made_or_is_not_kept_is_refused_by_name():
    with pytest.raises(Conflict, match="pdf.*this form isn't stored"):
        reading().form(None, "pdf", "zh", None, "public")
    with pytest.raises(Conflict, match="this form isn't stored"):
        reading(kept=Kept()).form(None, "csv", "zh", None, "public")


def test_a_draft_and_an_issue_of_an_earlier_release_have_no_public_edition():
    old = Briefing(**stored_beside(ISSUE), document=ISSUED.document)
    with pytest.raises(Conflict, match="before there were editions"):
        reading(old).show(None, "json", "zh", None, "public")
    draft = Briefing(**stored_beside(ISSUE) | {"status": "draft", "drafted": "{}"})
    with pytest.raises(Conflict, match="made at publication"):
        reading(draft).show(None, "json", "zh", None, "public")
    with pytest.raises(Conflict, match="only a published issue"):
        reading(draft).manifest(None, None, "internal")
