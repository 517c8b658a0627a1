"""The table forms depend on nothing but the document and the language."""

import hashlib
import io
import json
import subprocess
import sys
from datetime import UTC, datetime
from zipfile import ZipFile

import openpyxl
import pytest

from deploy.local.places import ROOT
from services.supervision.forms.catalogue import PRINTED_FORMS, TABLE_FORMS
from shared.domain.wording import LANGUAGES
from tests.support import issue_documents
from tests.support.elsewhere import made_elsewhere

FORMS = ["forms.catalogue", *(f"forms.{form.module}" for form in PRINTED_FORMS + TABLE_FORMS)]
# They run a service, or reach its broker and database.
NEEDLESS = {"nameko", "kombu", "pika", "eventlet", "pymongo", "mongoengine"}


def test_another_process_elsewhere_makes_the_same_bytes():
    document = issue_documents.drawn(7)
    made = {
        f"{form.name}:{lang}": hashlib.sha256(form.make(document, lang)).hexdigest()
        for form in TABLE_FORMS
        for lang in LANGUAGES
    }
    assert made_elsewhere("TABLE_FORMS", document) == made


@pytest.mark.parametrize("module", [*FORMS, "forms.rendering", "editions.public"])
def test_no_form_loads_what_runs_a_service(module):
    """They are made in a process of their own, and by the command line, which should begin fast."""
    code = f"import sys, services.supervision.{module}; print(*sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert not set(ended.stdout.decode().split()) & NEEDLESS


def test_making_a_form_changes_nothing_in_the_document():
    document = issue_documents.drawn(8)
    before = json.dumps(document, sort_keys=True)
    for form in TABLE_FORMS:
        form.make(document, "zh")
    assert json.dumps(document, sort_keys=True) == before


@pytest.mark.parametrize("name", ["xlsx", "ods"])
def test_an_archive_has_no_time_of_its_own(name):
    [form] = [form for form in TABLE_FORMS if form.name == name]
    with ZipFile(io.BytesIO(form.make(issue_documents.drawn(9), "zh"))) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert name != "ods" or archive.infolist()[0].filename == "mimetype"


def test_a_workbook_names_the_instant_of_publication_as_its_own():
    [form] = [form for form in TABLE_FORMS if form.name == "xlsx"]
    book = openpyxl.load_workbook(io.BytesIO(form.make(issue_documents.drawn(10), "zh")))
    published = datetime(2017, 2, 13, 4, 30, tzinfo=UTC).replace(tzinfo=None)
    assert (book.properties.created, book.properties.modified) == (published, published)
