"""Which messages are reports, and which are refused."""

import json

import pytest

from services.supervision.proof import manifest
from tests.support.signed_reports import Office, announced, announcement, body, event
from warm_client.events import Refused, read_event
from warm_client.keys import KeyRing, UnknownKey
from warm_client.reports import read_report

OFFICE = Office()
KEYS = KeyRing([OFFICE.pem])
STRANGE = Office(b"\x02" * 32)


def read(found, keys=KEYS):
    return read_report(read_event(body(found)), keys)


def test_an_issue_has_its_document_byte_for_byte():
    data = OFFICE.issue(2)
    report = read(event(data))
    assert report.text == data["document"]
    assert (report.kind, report.edition, report.issue) == ("published", "public", 2)
    assert (report.period, report.revision, report.name) == ("2017-W07", 0, "2017-W07-r0")
    assert report.digest == data["digest"] == report.document["digest"]


@pytest.mark.parametrize("kind", ["published", "revised"])
def test_a_revision_and_an_internal_edition_are_issues_too(kind):
    data = OFFICE.issue(1, revision=1, edition="internal")
    report = read(event(data, f"{kind}_internal", version=1))
    assert (report.kind, report.edition, report.revision) == (kind, "internal", 1)


def test_the_earlier_version_of_an_event_brings_nothing_where_the_next_one_follows():
    assert read(event(OFFICE.earlier_version(OFFICE.issue(1)), version=1)) is None


def test_an_issue_of_the_first_releases_has_no_edition_and_comes_by_the_earlier_version():
    data = OFFICE.issue(1, edition=None)
    without = {name: it for name, it in json.loads(data["document"]).items() if name != "edition"}
    again = OFFICE.resigned(data, without)
    assert read(event(OFFICE.earlier_version(again), version=1)).text == again["document"]


def test_a_withdrawal_is_a_report_of_its_own():
    data = OFFICE.issue(1)
    report = read(event(OFFICE.withdrawal(data), "withdrawn", version=1))
    assert (report.kind, report.digest, report.name) == ("withdrawn", data["digest"], "2017-W06-r0")
    assert report.document["reason"] == {"zh": "有误"}
    assert report.key != read(event(data)).key


@pytest.mark.parametrize("name", ["supervision.briefing.drafted", "relief.order.raised"])
def test_other_events_bring_no_report(name):
    assert read(event({}) | {"type": name}) is None


def tampered(data):
    return data | {"document": data["document"].replace("温暖", "冷淡")}


def spaced(data):
    return data | {"document": json.dumps(json.loads(data["document"]), ensure_ascii=False)}


def key_given_twice(data):
    return data | {"document": data["document"].replace("{", '{"title":"冷淡",', 1)}


def period_of_another(data):
    return data | {"period": "2017-W09"}


def no_document(data):
    return {name: it for name, it in data.items() if name != "document"}


def signed_by_somebody_else(data):
    document = json.loads(data["document"])
    return OFFICE.resigned(data, document, signature=STRANGE.signer.sign(b"x"))


def signature_spelt_otherwise(data):
    document = json.loads(data["document"])
    return OFFICE.resigned(data, document, signature=f"{document['signature']}\n")


def manifest_of_another(data):
    return data | {"manifest": OFFICE.issue(9)["manifest"]}


def manifest_changed(data):
    return data | {"manifest": data["manifest"] | {"facts_root": "1" * 64}}


def way_out_of_a_folder(data):
    document = json.loads(data["document"]) | {"period": "../../x"}
    return OFFICE.resigned(data | {"period": "../../x"}, document)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (tampered, "the digest doesn't match"),
        (spaced, "not canonical JSON"),
        (key_given_twice, "not canonical JSON"),
        (period_of_another, "isn't the document's"),
        (no_document, "missing or malformed"),
        (signed_by_somebody_else, "the signature of the document is wrong"),
        (signature_spelt_otherwise, "the signature of the document is wrong"),
        (manifest_of_another, "another document's"),
        (manifest_changed, "the signature of the manifest is wrong"),
        (way_out_of_a_folder, "period or revision is wrong"),
    ],
)
def test_what_is_wrong_is_refused_with_the_reason(spoil, reason):
    with pytest.raises(Refused, match=reason):
        read(event(spoil(OFFICE.issue(1))))


def test_a_withdrawal_that_was_changed_is_refused():
    data = OFFICE.withdrawal(OFFICE.issue(1))
    with pytest.raises(Refused):
        read(
            event(data | {"notice": data["notice"].replace("有误", "无误")}, "withdrawn", version=1)
        )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"null",
        b"[" * 100_000,
        b'{"specversion":"1.0"}',
        b'{"specversion":"1.0","id":"1","type":"supervision.briefing.published","data":[]}',
        b'{"specversion":"1.0","id":"1","type":"supervision.briefing.revised","data":{"document":1}}',
    ],
)
def test_garbage_is_refused(content):
    with pytest.raises(Refused):
        read_report(read_event(content), KEYS)


def test_a_key_that_nobody_vouched_for_is_named():
    with pytest.raises(UnknownKey, match=STRANGE.signer.keyid):
        read(event(STRANGE.issue(1)))


def test_a_ring_has_the_keys_of_a_file(tmp_path):
    file = tmp_path / "keys.pem"
    file.write_text(OFFICE.pem + STRANGE.pem)
    assert KeyRing.from_file(file).ids == sorted([OFFICE.signer.keyid, STRANGE.signer.keyid])
    file.write_text("no key")
    with pytest.raises(ValueError, match="no public key"):
        KeyRing.from_file(file)


def heard(found):
    return read_event(body(found))


def test_a_key_that_a_known_one_signed_is_trusted():
    ring = KeyRing([OFFICE.pem])
    assert ring.follow(heard(announcement(STRANGE, OFFICE))) == STRANGE.signer.keyid
    assert read(event(STRANGE.issue(1)), ring).issue == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"previous": None, "signature": None},
        {"previous": STRANGE.signer.keyid},
        {"signature": OFFICE.signer.sign(b"x")},
        {"public_key": "x"},
        {"public_key": 1},
    ],
)
def test_a_key_that_no_known_one_signed_is_not(changes):
    ring = KeyRing([OFFICE.pem])
    data = announced(STRANGE, OFFICE, **changes)
    assert ring.follow(heard(announcement(STRANGE, OFFICE, data=data))) is None
    assert ring.ids == [OFFICE.signer.keyid]


RETIRED_AT = 60


@pytest.fixture
def retired():
    """A ring whose key was retired at that place in the office's log."""
    ring = KeyRing([OFFICE.pem])
    ring.retire(OFFICE.signer.keyid, RETIRED_AT)
    return ring


def by_the_manifest_alone():
    """An issue signed by a present key, whose manifest is signed by the retired one."""
    present, former = STRANGE.issue(1), OFFICE.issue(1)
    unsigned = {name: it for name, it in former["manifest"].items() if name != "signature"}
    manifest_of = unsigned | {"digest": present["digest"]}
    return event(present | {"manifest": manifest.signed(manifest_of, OFFICE.signer)})


OF_THE_RETIRED = {
    "document": event(OFFICE.issue(1)),
    "notice": event(OFFICE.withdrawal(OFFICE.issue(1)), "withdrawn", version=1),
    "manifest": by_the_manifest_alone(),
}


@pytest.mark.parametrize("found", OF_THE_RETIRED.values(), ids=OF_THE_RETIRED)
def test_what_a_retired_key_signed_before_stays_valid(found, retired):
    retired.add(STRANGE.pem)
    assert read(found | {"sourcesequence": RETIRED_AT - 1}, retired).issue == 1


@pytest.mark.parametrize("sequence", [RETIRED_AT + 1, None, "59", True, 0, 2**80])
@pytest.mark.parametrize("found", OF_THE_RETIRED.values(), ids=OF_THE_RETIRED)
def test_what_a_retired_key_signed_later_is_refused(found, sequence, retired):
    retired.add(STRANGE.pem)
    with pytest.raises(Refused, match=f"key {OFFICE.signer.keyid} .* was retired"):
        read(found | {"sourcesequence": sequence}, retired)


def test_a_key_ends_where_it_was_retired_first(retired):
    retired.retire(OFFICE.signer.keyid, RETIRED_AT + 10)
    with pytest.raises(Refused):
        read(event(OFFICE.issue(1)) | {"sourcesequence": RETIRED_AT + 5}, retired)


def test_a_retired_key_vouches_for_no_other(retired):
    later = heard(announcement(STRANGE, OFFICE, sourcesequence=RETIRED_AT + 1))
    assert retired.follow(later) is None
    before = heard(announcement(STRANGE, OFFICE, sourcesequence=RETIRED_AT - 1))
    assert retired.follow(before) == STRANGE.signer.keyid
