"""The archive and the exporter keep only what the office signed, and wait for its issue."""

import hashlib
import json
import sqlite3
from types import SimpleNamespace

import pytest

from tests.support.examples import loaded
from warm_client import Report
from warm_client.forms import Form, _form

TYPES = {"pdf": "application/pdf", "sdmx": "text/csv", "csv": "text/csv"}


def form(kind="pdf", body=b"%PDF", lang="zh", revision=0):
    urn = f"urn:warm:briefing:2017-W06:r{revision}:public:{kind}:{lang}"
    sha256 = hashlib.sha256(body).hexdigest()
    return Form(urn, f"2017-W06-r{revision}", kind, lang, TYPES[kind], sha256, body)


def report(*forms, kind="published", revision=0):
    renderings = [
        {"urn": it.urn, "sha256": it.sha256, "format": it.form, "lang": it.lang} for it in forms
    ]
    text = json.dumps({"revision": revision})
    data = {"manifest": {"renderings": renderings}}
    return Report("e", kind, "public", 1, "2017-W06", revision, "ab" * 32, text, data)


def forged(real):
    """Whole, and another file than the signed one."""
    body = real.body + b"x"
    sha256 = hashlib.sha256(body).hexdigest()
    return Form(real.urn, real.name, real.form, real.lang, real.media_type, sha256, body)


@pytest.mark.parametrize("other", [{"urn": "urn:x"}, {"format": "docx"}, {"lang": "../zh"}])
def test_a_form_that_the_manifest_names_otherwise_is_not_signed(other):
    pdf = form()
    manifest = report(pdf).data["manifest"]
    assert pdf.is_signed_in(manifest)
    assert not pdf.is_signed_in({"renderings": [manifest["renderings"][0] | other]})


def test_a_message_that_names_no_issue_is_no_form():
    headers = {"urn": "urn:x", "form": "pdf", "lang": "zh", "sha256": "ab" * 32, "revision": "0"}
    periods = {"2017-W06": "2017-W06-r0", "../../x": None}
    for period, name in periods.items():
        properties = SimpleNamespace(content_type="a/b", headers=headers | {"period": period})
        assert getattr(_form(properties, b""), "name", None) == name
    assert _form(SimpleNamespace(content_type="a/b", headers=None), b"") is None


@pytest.fixture
def archive(tmp_path):
    return loaded("archive").Archive(tmp_path)


def test_a_form_waits_for_its_issue_and_is_kept_beside_it(archive):
    pdf = form()
    assert not archive.keep(pdf)
    archive.take(report(pdf), None)
    assert archive.keep(pdf)
    place = archive.folder / "2017-W06-r0"
    assert (place / "zh.pdf").read_bytes() == b"%PDF"
    assert json.loads((place / "issue.json").read_bytes()) == {"revision": 0}


def test_two_forms_of_one_type_have_names_of_their_own(archive):
    both = form("csv", b"a"), form("sdmx", b"b")
    archive.take(report(*both), None)
    assert all(map(archive.keep, both))
    names = {path.name for path in (archive.folder / "2017-W06-r0").glob("zh.*")}
    assert names == {"zh.csv", "zh.sdmx.csv"}


def test_what_the_office_did_not_sign_is_not_kept(archive):
    pdf = form()
    archive.take(report(pdf), None)
    assert archive.keep(forged(pdf))
    assert archive.keep(form(lang="en"))
    assert not list((archive.folder / "2017-W06-r0").glob("*.pdf"))


def test_a_withdrawn_issue_stays_and_says_so(archive):
    archive.take(report(form()), None)
    archive.take(report(kind="withdrawn"), None)
    names = {path.name for path in (archive.folder / "2017-W06-r0").iterdir()}
    assert names == {"issue.json", "manifest.json", "withdrawn.json"}


class Export:
    def __init__(self, folder):
        self.exporter = loaded("sdmx_export").Exporter(folder, "zh")
        self.folder = folder

    def take(self, *reports):
        with sqlite3.connect(self.exporter.store) as db:
            for it in reports:
                self.exporter.take(it, db)

    @property
    def files(self):
        return {path.name: path.read_bytes() for path in self.folder.glob("*.csv")}


@pytest.fixture
def export(tmp_path):
    return Export(tmp_path)


def test_the_figures_of_a_week_are_those_of_its_latest_revision(export):
    first, second = form("sdmx", b"1"), form("sdmx", b"2", revision=1)
    assert not export.exporter.keep(first)
    export.take(report(first, form("sdmx", b"x", lang="en")))
    assert export.exporter.keep(form("sdmx", b"x", lang="en"))
    assert export.exporter.keep(form("pdf"))
    assert export.exporter.keep(first)
    assert export.files == {"2017-W06.csv": b"1"}
    export.take(report(second, revision=1))
    assert export.exporter.keep(second)
    assert export.files == {"2017-W06.csv": b"2"}


def test_a_withdrawn_issue_and_what_was_not_signed_are_not_exported(export):
    sdmx = form("sdmx", b"1")
    export.take(report(sdmx))
    assert export.exporter.keep(forged(sdmx))
    assert export.files == {}
    export.exporter.keep(sdmx)
    export.take(report(kind="withdrawn"))
    assert export.exporter.keep(sdmx)
    assert export.files == {}
