"""The verifiers that travel with a bundle: they accept what is right, and notice every change."""

import ast
import base64
import importlib.util
import json
import random
import subprocess
import zipfile
from functools import cache
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.supervision.indicators import RULES
from shared.domain.periods import Week
from shared.domain.report_periods import HalfYear, Month
from tests.support.district import histories, history, registries
from tests.support.proof_bundles import (
    FAILED,
    OK,
    UNCHECKED,
    VERIFIERS,
    bundle_of,
    closed,
    facts_of,
    fingerprint,
    issue_of,
    opened,
    raw_of,
    signer,
    verdict,
    verified,
)
from tests.support.proof_tampering import CASES, changed, listed_again
from tests.unit.services.supervision.briefing.test_table import REGISTRY

WEEK = Week(2017, 6)
KINDS = ["python", "node"]
CHECKS = {"files", "document", "forms", "signature", "key", "sums", "root"}
OF_FACTS = {"contributions", "figures", "inclusion"}


def loaded():
    spec = importlib.util.spec_from_file_location("verify", VERIFIERS / "verify.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


verify = loaded()


def facts_from(seed, count=60):
    weeks = history.weeks_of_events(WEEK.previous(), 2, count, histories.UNITS, seed)
    return facts_of([*REGISTRY, *weeks])


@cache
def right():
    facts = facts_from("right")
    return bundle_of(issue_of(facts, WEEK), facts)


@cache
def public():
    facts = facts_from("public")
    return bundle_of(issue_of(facts, WEEK, edition="public"), facts)


@cache
def random_bundles():
    """Some as they are made, and some with one changed byte."""
    found = []
    for seed in range(6):
        chance, facts = random.Random(seed), facts_from(seed, 30)
        files = opened(bundle_of(issue_of(facts, WEEK), facts))
        if seed % 2:
            name = chance.choice([name for name in sorted(files) if name != "proof.json"])
            files = listed_again(files | {name: changed(files[name], chance)})
        found.append(closed(files))
    return found


@pytest.fixture
def path(tmp_path):
    return tmp_path / "bundle.zip"


# All of them in one process, because Node takes its time to start.
SEVERAL = """
for (const path of process.argv.slice(1)) {
  process.argv[2] = path;
  console.error = console.log;
  process.exitCode = 0;
  process.argv.splice(3);
  await import(`file://SCRIPT?${path}`);
  console.log(`status ${process.exitCode}`);
}
process.exitCode = 0;
"""


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory):
    """Verifier → bundle's name → verdict."""
    archives = {name: closed(tamper(opened(right()))) for name, (tamper, _) in CASES.items()}
    archives |= {f"random {number}": it for number, it in enumerate(random_bundles())}
    folder = tmp_path_factory.mktemp("bundles")
    paths = [folder / f"{number}.zip" for number in range(len(archives))]
    for path, archive in zip(paths, archives.values(), strict=True):
        path.write_bytes(archive)
    code = SEVERAL.replace("SCRIPT", str(VERIFIERS / "verify.mjs"))
    command = ["node", "--input-type=module", "-e", code, *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    said = done.stdout.split("status ")
    node = [verdict(int(after[0]), text) for text, after in zip(said, said[1:], strict=False)]
    python = [here(path) for path in paths]
    return {
        kind: dict(zip(archives, found, strict=True))
        for kind, found in (("python", python), ("node", node))
    }


def here(path, known=""):
    """The verdict of verify.py in this process: much faster."""
    found, error = {}, ""
    try:
        for name, wrong in verify.checks(zipfile.ZipFile(path), known):
            state = UNCHECKED if isinstance(wrong, str) else FAILED if wrong else OK
            found[name.split()[1]] = state
    except Exception as raised:
        error = f"{FAILED} {raised!r}"
    status = int(FAILED in found.values() or bool(error))
    return verdict(status, "\n".join(f"{it} 一 {name}" for name, it in found.items()) + error)


@settings(max_examples=20)
@given(
    histories.histories(),
    registries.registries(),
    st.sampled_from([*histories.WEEKS, Month(2016, 12), Month(2017, 1), HalfYear(2017, 1)]),
    st.sampled_from(sorted(RULES)),
)
def test_every_figure_of_every_history_follows_from_its_contributions(events, units, week, rules):
    facts = facts_of([*events, *registries.registered(units)])
    archive = bundle_of(issue_of(facts, week, RULES[rules], forms=False), facts)
    found = here(BytesIO(archive), fingerprint(signer()))
    assert found.states == dict.fromkeys(CHECKS | OF_FACTS, OK)


@pytest.mark.parametrize("kind", KINDS)
def test_a_right_bundle_passes(kind, path):
    path.write_bytes(right())
    status, states, said = verified(kind, path)
    assert (status, states.pop("key")) == (0, UNCHECKED) and fingerprint(signer()) in said
    assert states == dict.fromkeys((CHECKS | OF_FACTS) - {"key"}, OK)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "known, expected",
    [(fingerprint(signer()).upper(), OK), (fingerprint(signer())[:15], FAILED), ("0" * 64, FAILED)],
)
def test_the_key_has_to_be_the_known_one(kind, known, expected, path):
    path.write_bytes(right())
    status, states, _ = verified(kind, path, known)
    assert (status, states["key"]) == (int(expected == FAILED), expected)


@pytest.mark.parametrize("kind", KINDS)
def test_of_a_public_bundle_the_facts_are_not_checked(kind, path):
    path.write_bytes(public())
    status, states, _ = verified(kind, path, fingerprint(signer()))
    assert (status, states.pop("facts")) == (0, UNCHECKED)
    assert states == dict.fromkeys(CHECKS, OK)


@pytest.mark.parametrize("kind", KINDS)
def test_a_bundle_that_cannot_be_followed_fails(kind, path):
    path.write_bytes(closed(opened(right()) | {"document.json": b"{}"}))
    found = verified(kind, path)
    assert found.status == 1 and FAILED in found.said


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_bundle_has_a_status_of_its_own(kind, path):
    assert verified(kind, path).status == 2
    path.write_bytes(b"no zip archive, only text that is long enough")
    assert verified(kind, path).status == 2


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", CASES)
def test_what_was_changed_is_noticed(kind, name, verdicts):
    status, states, _ = verdicts[kind][name]
    assert (status, states[CASES[name][1]]) == (1, FAILED)


def test_what_is_changed_with_care_is_in_the_list_of_files(verdicts):
    careful = [name for name, (_, check) in CASES.items() if check != "files"]
    assert {verdicts["node"][name].states["files"] for name in careful} == {OK}


def test_the_verifiers_agree_about_every_bundle(verdicts):
    for name, one in verdicts["python"].items():
        other = verdicts["node"][name]
        assert (one.status, one.states) == (other.status, other.states), name
    wrong = [verdicts["python"][f"random {number}"].status for number in range(6)]
    assert wrong == [0, 1] * 3


def test_verify_py_is_short_and_needs_only_an_old_python():
    text = (VERIFIERS / "verify.py").read_text("utf-8")
    assert len(text.splitlines()) < 150
    tree = ast.parse(text, feature_version=(3, 9))
    nodes = list(ast.walk(tree))
    imported = {it.name for node in nodes if isinstance(node, ast.Import) for it in node.names}
    imported |= {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    standard = "base64 collections datetime decimal hashlib json sys zipfile"
    assert imported == set(standard.split())


def test_the_page_and_the_script_for_node_check_alike():
    def checks(name):
        text = (VERIFIERS / name).read_text("utf-8")
        return text[text.index("// The checks:") : text.index("// The end of the checks.")]

    assert checks("verify.mjs") == checks("verify.html")


# Section 7.1 of RFC 8032: key, message, R and S of the signature.
SIGNED = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155",
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "r",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da",
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
]


@pytest.mark.parametrize("key, message, r, s", SIGNED)
def test_signatures_are_those_of_rfc_8032(key, message, r, s):
    def is_signed(signature, text=message):
        return verify.is_signed(bytes.fromhex(key), text, base64.b64encode(signature).decode())

    signature = bytes.fromhex(r + s)
    assert is_signed(signature) and not is_signed(signature, f"{message}.")
    for at in (0, 31, 32, 63):
        assert not is_signed(signature[:at] + bytes([signature[at] ^ 1]) + signature[at + 1 :])
    # The same signature with S + L: only one spelling of a signature is right.
    more = int.from_bytes(signature[32:], "little") + verify.L
    assert not is_signed(signature[:32] + more.to_bytes(32, "little"))


@pytest.mark.parametrize("seed", range(5))
def test_signatures_of_the_product_s_library_are_right(seed):
    one, message = signer(bytes([seed + 100])), f"{random.Random(seed).random()}"
    signature = one.sign(message.encode())
    assert verify.is_signed(raw_of(one), message, signature)
    assert not verify.is_signed(raw_of(signer()), message, signature)


def test_figures_are_listed_for_every_cell():
    files = opened(right())
    cells = json.loads(files["document.json"])["cells"]
    listed = json.loads(files["contributions.json"])
    assert {cell["indicator"] for cell in cells} == set(listed["indicators"])
    assert any(listed["contributions"].values())
