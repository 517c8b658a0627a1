"""What somebody may change in a bundle, carelessly and with care, and the check that notices it."""

import hashlib
import json
import random
from decimal import Decimal
from functools import partial

from shared.domain import canonical
from tests.support.proof_bundles import signer


def changed(content, chance):
    """One digit is another one, or where there is none one byte."""
    digits = [at for at, byte in enumerate(content) if chr(byte).isdigit()]
    at = chance.choice(digits or range(len(content)))
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def one_of(files, prefix, chance):
    return chance.choice([name for name in sorted(files) if name.startswith(prefix)])


def one_byte(prefix, files):
    chance = random.Random(prefix)
    name = one_of(files, prefix, chance)
    return files | {name: changed(files[name], chance)}


def listed_again(files):
    """The same with the list of files as it has to be."""
    proof = json.loads(files["proof.json"])
    for name, content in files.items():
        if name != "proof.json":
            proof["files"][name] = hashlib.sha256(content).hexdigest()
    return files | {"proof.json": canonical.dumps(proof)}


def one_byte_with_care(prefix, files):
    return listed_again(one_byte(prefix, files))


def in_json(change, name, files):
    """The files after `change` was made in the JSON of one of them."""
    value = json.loads(files[name])
    change(value)
    return listed_again(files | {name: canonical.dumps(value)})


def fact_left_out(files):
    name = one_of(files, "facts/", random.Random(1))
    return listed_again(files | {name: files[name][files[name].index(b"\n") + 1 :]})


def form_added(files):
    return listed_again(files | {"forms/more.txt": b"more"})


def other_key(files):
    pem = f"keys/{signer().keyid}.pem"
    return listed_again(files | {pem: signer(b"2").public_pem().encode()})


def first_listed(listed):
    return next(items for items in listed["contributions"].values() if items)


def add_one(number):
    return str(Decimal(number or 0) + 1)


def other_figure(document):
    document["cells"][0]["value"] = add_one(document["cells"][0]["value"])


def other_rendering(manifest):
    manifest["renderings"].pop()


def other_value(listed):
    item = first_listed(listed)[0]
    item["value"] = add_one(item["value"])


def other_qualifier(listed):
    first_listed(listed)[0]["qualifier"] = "about"


def other_event(listed):
    first_listed(listed)[0]["event"] = "0" * 36


def counted_twice(listed):
    first_listed(listed).append(first_listed(listed)[0])


def not_counted(listed):
    first_listed(listed).pop()


def counted_elsewhere(listed):
    found = listed["contributions"]
    flow = next(
        code for code, it in listed["indicators"].items() if found[code] and not it["level"]
    )
    found[flow][0]["cells"].pop(0)


def fed_by_nothing(listed):
    for indicator in listed["indicators"].values():
        indicator["types"] = []


def other_path(proof):
    steps = proof["inclusion"][0]["path"]
    side, sibling = steps[0].popitem()
    steps[0][side] = sibling[:-1] + ("1" if sibling[-1] == "0" else "0")


def proved_less(proof):
    proof["inclusion"].pop()


def other_root(proof):
    proof["root"] = "0" * 64


IN_JSON = {
    "document.json": {other_figure: "document"},
    "manifest.json": {other_rendering: "signature"},
    "contributions.json": {
        other_value: "contributions",
        other_qualifier: "contributions",
        other_event: "contributions",
        counted_twice: "contributions",
        counted_elsewhere: "contributions",
        fed_by_nothing: "contributions",
        not_counted: "figures",
    },
    "proof.json": {other_path: "inclusion", proved_less: "inclusion", other_root: "root"},
}
BYTES = ("document.json", "manifest.json", "forms/", "keys/", "facts/", "contributions.json")

# Name → (files → files, the check that notices it).
CASES = {
    **{f"a byte of {it}": (partial(one_byte, it), "files") for it in (*BYTES, "README", "verify")},
    "a byte of a form, with care": (partial(one_byte_with_care, "forms/"), "forms"),
    "a byte of a fact, with care": (partial(one_byte_with_care, "facts/"), "root"),
    **{
        it.__name__.replace("_", " "): (it, check)
        for it, check in ((fact_left_out, "root"), (form_added, "forms"), (other_key, "signature"))
    },
    **{
        f"{change.__name__.replace('_', ' ')} in {name}": (partial(in_json, change, name), check)
        for name, changes in IN_JSON.items()
        for change, check in changes.items()
    },
}
