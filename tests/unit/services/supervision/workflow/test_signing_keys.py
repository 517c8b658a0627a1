"""The keys that sign issues: announced, followed by the next one, retired; former ones count."""

import base64
import hashlib

import pytest

from services.supervision.briefing.signing import PublicKey
from services.supervision.workflow.key_commands import KeyCommands
from shared.domain.errors import Conflict, NotFound, ValidationFailed
from shared.domain.periods import parse_instant
from tests.support.memory import MemoryService
from tests.support.proof_bundles import signer

NOW, LATER = "2017-02-12T12:00:00+08:00", "2017-03-01T00:00:00+08:00"
PRESENT, NEXT = signer(b"1"), signer(b"2")


class InMemory(MemoryService, KeyCommands):
    name = "supervision"
    ACTOR, TIME, UNIT = "person:operator", NOW, "410103"
    signer = PRESENT

    def __init__(self, district="410103"):
        super().__init__(parse_instant(NOW), [self.UNIT])
        self.context.orgunits.district = lambda: district

    def keys(self):
        names = ("keyid", "status", "used_from", "previous")
        return [tuple(key[name] for name in names) for key in self.ask("signing_keys")]


@pytest.fixture
def service():
    return InMemory()


def test_the_present_key_is_announced_once(service):
    service.signing_keys_stored.announce_present()
    service.signing_keys_stored.announce_present()
    [key] = service.ask("signing_keys")
    assert (key["keyid"], key["pem"]) == (PRESENT.keyid, PRESENT.public_pem())
    assert (key["used_from"], key["previous"], key["version"]) == (NOW, None, 1)
    assert [it["type"] for it in service.events(key["id"])] == ["supervision.key.announced"]


def test_without_a_registry_no_key_is_announced():
    service = InMemory(district=None)
    service.signing_keys_stored.announce_present()
    assert service.ask("signing_keys") == []
    with pytest.raises(Conflict):
        service.ask("announce_key", public_key=NEXT.public.text, used_from=LATER)


def test_the_next_key_is_signed_by_the_one_before(service):
    service.ask("announce_key", public_key=NEXT.public.text, used_from=LATER)
    assert service.keys() == [
        (PRESENT.keyid, "announced", NOW, None),
        (NEXT.keyid, "announced", LATER, PRESENT.keyid),
    ]
    key = service.ask("signing_keys")[1]
    message = hashlib.sha256(key["public_key"].encode()).hexdigest().encode()
    assert PRESENT.verifies(key["signature"], message)
    raw = base64.b64decode(key["public_key"])[-32:]
    assert hashlib.sha256(raw).hexdigest()[:16] == key["keyid"]


def test_a_key_that_is_used_early_says_so_and_keeps_its_signature(service):
    service.ask("announce_key", public_key=NEXT.public.text, used_from=LATER)
    before = service.ask("signing_keys")[1]
    service.signer = NEXT
    service.signing_keys_stored.announce_present()
    after = next(it for it in service.ask("signing_keys") if it["keyid"] == NEXT.keyid)
    assert (after["used_from"], after["version"]) == (NOW, 2)
    assert (after["signature"], after["previous"]) == (before["signature"], PRESENT.keyid)


def test_a_key_that_was_changed_without_a_word_is_announced_without_a_signature(service):
    service.signing_keys_stored.announce_present()
    service.signer = NEXT
    service.signing_keys_stored.announce_present()
    keys = {key["keyid"]: key for key in service.ask("signing_keys")}
    assert (keys[NEXT.keyid]["previous"], keys[NEXT.keyid]["signature"]) == (PRESENT.keyid, None)


def test_what_a_former_key_signed_stays_valid(service):
    service.signing_keys_stored.announce_present()
    service.signer = NEXT
    service.signing_keys_stored.announce_present()
    service.ask("retire_key", keyid=PRESENT.keyid, reason="replaced")
    keyring = service.signing_keys_stored.keyring()
    for known in (PRESENT, NEXT):
        assert keyring.verifies(known.sign(b"issue"), b"issue")
    assert not keyring.verifies(signer(b"3").sign(b"issue"), b"issue")
    assert not keyring.verifies(PRESENT.sign(b"another"), b"issue")


def test_a_retired_key_signs_nothing(service):
    service.signing_keys_stored.announce_present()
    with pytest.raises(Conflict):
        service.ask("retire_key", keyid=PRESENT.keyid, reason="it is in use")
    service.signer = NEXT
    service.signing_keys_stored.announce_present()
    service.ask("retire_key", keyid=PRESENT.keyid, reason="replaced")
    service.signer = PRESENT
    with pytest.raises(Conflict):
        service.signing_keys_stored.announce_present()


@pytest.mark.parametrize("text", ["key", "AAAA", "MCowBQYDK2VuAyEA" + "A" * 43 + "="])
def test_what_is_no_key_is_refused(service, text):
    with pytest.raises(ValidationFailed):
        service.ask("announce_key", public_key=text, used_from=LATER)


def test_an_unknown_key_cannot_be_retired(service):
    with pytest.raises(NotFound):
        service.ask("retire_key", keyid="0" * 16, reason="never there")


def test_a_key_is_read_as_it_was_written():
    assert PublicKey.of_text(NEXT.public.text).pem == NEXT.public_pem()
