"""Bundles of issues of generated facts, and their checks by each verifier."""

import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from functools import cache
from typing import NamedTuple

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.supervision.briefing.assemble import document, draft, fold_week
from services.supervision.briefing.signing import Signer
from services.supervision.forms import rendering
from services.supervision.forms.renderer import RENDERER
from services.supervision.indicators import PRESENT
from services.supervision.proof import manifest as manifests
from services.supervision.proof.bundle import PACKAGE, Issue, write_bundle
from services.supervision.proof.fact_lines import read_facts
from services.supervision.proof.merkle import facts_root
from shared.contracts.series import issue_id
from shared.domain import canonical
from shared.domain.wording import LANGUAGES
from shared.platform.topology import SERVICES
from tests.support.district import history, naive
from tests.support.masthead import MASTHEAD

VERIFIERS = PACKAGE / "verifiers"


@cache
def signer(seed=b"1"):
    key = Ed25519PrivateKey.from_private_bytes(seed * 32)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8)
    return Signer(key.private_bytes(*form, serialization.NoEncryption()))


def raw_of(signer):
    return serialization.load_pem_public_key(signer.public_pem().encode()).public_bytes_raw()


def fingerprint(signer):
    return hashlib.sha256(raw_of(signer)).hexdigest()


def facts_of(events):
    """The texts of these events as facts, by source and number."""
    usual = {"timeprecision": "second", "correlationid": "a"}
    events = [usual | event for event in events]
    numbered = sorted(history.numbered(events), key=lambda it: (it["source"], it["sourcesequence"]))
    return [msgspec.json.encode(event).decode() for event in numbered]


def issue_of(facts, week, rules=PRESENT, edition="internal", forms=True):
    """A published issue of a week, made from the texts of facts; perhaps without its forms."""
    chains = {name: hashlib.sha256() for name in SERVICES}
    sources = dict.fromkeys(SERVICES, 0)
    leaves = []
    for fact in read_facts(facts):
        leaves.append(fact.leaf)
        sources[fact.leaf.source] = fact.leaf.number
        chains[fact.leaf.source].update(fact.leaf.digest.encode())
    root = facts_root(leaves)
    freeze = {"sources": sources, "rules": rules.version, "renderer": RENDERER}
    freeze |= {"facts": {name: chain.hexdigest() for name, chain in chains.items()}}
    freeze |= {"parked": {}, "incomplete": {}}
    subjects = naive.by_subject([json.loads(text) for text in facts])
    whole = document(draft(fold_week(week, rules, subjects), freeze), MASTHEAD)
    whole = whole | {"edition": edition} if edition == "public" else whole
    whole["masthead"]["facts_root"] = root[:16]
    printed = rendering.signed(json.loads(canonical.dumps(whole)), signer())
    forms = {
        f"{week}.{lang}.txt": rendering.render(printed, "text", lang).encode()
        for lang in (LANGUAGES if forms else ())
    }
    stated = [
        {"format": "text", "lang": name.split(".")[1], "urn": f"urn:{name}"}
        | {"media_type": "text/plain", "sha256": hashlib.sha256(body).hexdigest()}
        | {"size": len(body)}
        for name, body in forms.items()
    ]
    manifest = manifests.signed(
        {
            "urn": f"urn:warm:{issue_id(week)}",
            "edition": edition,
            "digest": printed["digest"],
            "renderings": stated,
            "facts_root": root,
        },
        signer(),
    )
    keys = {signer().keyid: signer().public_pem()}
    return Issue(canonical.dumps(printed), canonical.dumps(manifest), forms, keys)


def bundle_of(issue, facts=()):
    """The archive's bytes."""
    target = io.BytesIO()
    write_bundle(target, issue, facts)
    return target.getvalue()


def opened(archive):
    """Name → content."""
    with zipfile.ZipFile(io.BytesIO(archive)) as bundle:
        return {name: bundle.read(name) for name in bundle.namelist()}


def closed(files):
    """An archive of these files, as somebody who tampers with them would make it."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


COMMANDS = {
    "python": [sys.executable, "-I", str(VERIFIERS / "verify.py")],
    "node": ["node", str(VERIFIERS / "verify.mjs")],
}
OK, FAILED, UNCHECKED = "通过 ok", "不符 FAILED", "未查 not checked"
LINE = re.compile(rf"({OK}|{FAILED}|{UNCHECKED}) +(\S+) (\S+)")


class Verdict(NamedTuple):
    """The exit status of a verifier, the state of each of its checks, and its output."""

    status: int
    states: dict
    said: str


def verified(kind, path, *known):
    """The verdict of a verifier that runs as a program of its own."""
    command = [*COMMANDS[kind], str(path), *known]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return verdict(done.returncode, done.stdout + done.stderr)


def verdict(status, said):
    """The verdict of a verifier that says this."""
    return Verdict(status, {check: state for state, _, check in LINE.findall(said)}, said)


def verified_on(page, path, known=""):
    """The verdict of the page in a browser."""
    page.fill("#known", known)
    page.set_input_files("#archive", [])
    page.set_input_files("#archive", path)
    page.wait_for_selector("#verdict:not([hidden])")
    states = {"ok": OK, "failed": FAILED, "unchecked": UNCHECKED}
    rows = page.locator("tbody tr").evaluate_all("rows => rows.map(it => ({...it.dataset}))")
    whole = page.locator("#verdict").get_attribute("data-verdict")
    status = {"failed": 1, "unreadable": 2}.get(whole, 0)
    found = {row["check"]: states[row["state"]] for row in rows}
    return Verdict(status, found, page.locator("body").inner_text())
