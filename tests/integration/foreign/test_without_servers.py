"""What foreign libraries make of our events, our canonical JSON and our signatures."""

import base64
import json
import subprocess

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from shared.contracts.fields import WHOLE
from shared.domain import canonical
from tests.support import golden, golden_issues
from tests.support.foreign_packages import by_node, by_python

pytestmark = pytest.mark.long

ORDER = golden.example("events", "relief.order.raised.1")
# More than CloudEvents' own Integer, which has 32 bits.
LONG = ORDER | {"time": "2017-02-06T00:00:00+08:00", "sourcesequence": WHOLE}
SDKS = {
    "Python 1.x": lambda given: by_python("cloudevents-1", "with_cloudevents_1.py", given=given),
    "Python 2.x": lambda given: by_python("cloudevents-2", "with_cloudevents_2.py", given=given),
    "JavaScript": lambda given: by_node("with_cloudevents.mjs", given=given),
}


def read_by(sdk, event):
    return json.loads(SDKS[sdk](json.dumps(event, ensure_ascii=False)))


@pytest.mark.parametrize("sdk", SDKS)
def test_an_sdk_reads_our_body_with_sequences_of_more_than_32_bits(sdk):
    found = read_by(sdk, LONG)
    assert found["sequence"] == WHOLE
    assert found["time"] == LONG["time"]
    again = found["again"]
    assert again["data"] == LONG["data"]
    if sdk == "JavaScript":
        # It writes the same instant in UTC, which is another day.
        assert again.pop("time") == "2017-02-05T16:00:00.000Z"
        assert again == {name: it for name, it in LONG.items() if name != "time"}
    else:
        assert again == LONG


@pytest.mark.parametrize(
    "sdk, made_of_it",
    [
        ("Python 1.x", LONG["id"]),
        ("Python 2.x", "CloudEventValidationError"),
        ("JavaScript", "no cloud event detected"),
    ],
)
def test_what_an_sdk_makes_of_our_content_type_when_it_has_to_find_the_mode(sdk, made_of_it):
    """`application/json` means binary mode to a binding: read the body as structured yourself."""
    assert read_by(sdk, LONG)["of the content type"] == made_of_it


def values():
    for name in golden_issues.ISSUES:
        yield json.loads(golden.example("events", name)["data"]["document"])
    for name in golden.names("events"):
        yield golden.example("events", name)
    yield {"é": ["𠮷野", "\x7f\x1f\u2028"], "a": {"b": None, "A": True, "a1": WHOLE}, "": {}}


def test_rfc_8785_libraries_give_our_canonical_bytes():
    given = [json.dumps(it) for it in values()]
    lines = "\n".join(given) + "\n"
    by_both = by_python("signatures", "canonical_bytes.py", given=lines).strip().split("\n")
    by_js = by_node("canonical_bytes.mjs", given=lines).strip().split("\n")
    ours = [canonical.dumps(json.loads(it)).decode() for it in given]
    for our, python, js in zip(ours, by_both, by_js, strict=True):
        assert {our} == {*json.loads(python), *json.loads(js)}


def test_rfc_8785_sorts_keys_beyond_16_bits_otherwise_than_we_do_and_we_have_none():
    strange = {"\U00020000": 1, "\uffee": 2}
    (line,) = by_node("canonical_bytes.mjs", given=json.dumps(strange)).splitlines()
    assert json.loads(line) != [canonical.dumps(strange).decode()]
    assert all(key.isascii() for value in values() for key in keys(value) if key != "é")


def keys(value):
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    yield from value if isinstance(value, dict) else ()
    for part in parts:
        yield from keys(part)


def by_openssl(folder, signature, digest):
    (folder / "signature.bin").write_bytes(base64.b64decode(signature))
    (folder / "digest.txt").write_text(digest)
    given = ["-pubin", "-inkey", "key.pem", "-rawin", "-in", "digest.txt"]
    command = ["openssl", "pkeyutl", "-verify", *given, "-sigfile", "signature.bin"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return "right" if done.returncode == 0 else "wrong"


def by_node_crypto(folder, signature, digest):
    return by_node("signature_by_node.mjs", str(folder / "key.pem"), signature, digest).strip()


def by_pynacl(folder, signature, digest):
    key = load_pem_public_key((folder / "key.pem").read_bytes()).public_bytes_raw().hex()
    return by_python("signatures", "signature_by_pynacl.py", key, signature, digest).strip()


@pytest.mark.parametrize("check", [by_openssl, by_node_crypto, by_pynacl])
def test_the_signature_of_an_issue_is_checked(check, tmp_path):
    data = golden.example("events", golden_issues.OF_MANIFEST)["data"]
    key = golden.example("rpc", "supervision.signing_key")["result"]["pem"]
    (tmp_path / "key.pem").write_text(key)
    assert check(tmp_path, data["signature"], data["digest"]) == "right"
    assert check(tmp_path, data["signature"], "0" * 64) == "wrong"
