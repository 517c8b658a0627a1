#!/usr/bin/env python3
"""核验一期通报的证明包，无需联网。Checks the bundle of an issue, without a network.

    python3 verify.py BUNDLE.zip [FINGERPRINT]
FINGERPRINT: 另行取得的公钥指纹，至少16位 that of the key, from elsewhere, 16 digits or more
退出码 exit status: 0 无不符 nothing failed, 1 有不符 something failed, 2 无法读取 can't be read
"""
import collections, datetime, json, sys, zipfile
from base64 import b64decode
from decimal import Decimal, getcontext
from hashlib import sha256, sha512

getcontext().prec = 60
canonical = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493  # Ed25519, RFC 8032
D = -121665 * pow(121666, -1, P) % P

def digest(value, *without):
    return sha256(canonical({k: value[k] for k in value if k not in without}).encode()).hexdigest()

def add(p, q):
    e, x, y = D * p[0] * p[1] * q[0] * q[1], p[0] * q[1] + p[1] * q[0], p[1] * q[1] + p[0] * q[0]
    return x * pow(1 + e, -1, P) % P, y * pow(1 - e, -1, P) % P

def times(number, p):
    return add(times(number // 2, add(p, p)), p if number % 2 else (0, 1)) if number else (0, 1)

def is_signed(key, message, text):
    points, signature = [], b64decode(text)
    for number in (int.from_bytes(key, "little"), 4 * pow(5, -1, P) % P):
        y = number % 2**255
        square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
        x = pow(square, (P + 3) // 8, P)
        x = x if x * x % P == square else x * pow(2, (P - 1) // 4, P) % P
        points.append((x if x % 2 == number >> 255 else P - x, y))
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    k = int.from_bytes(sha512(r + key + message.encode()).digest(), "little") % L
    x, y = add(times(s, points[1]), times(k, (P - points[0][0], points[0][1])))
    return len(signature) == 64 and s < L and r == (y + (x % 2 << 255)).to_bytes(32, "little")

def node(*pair):  # RFC 6962; the last one of a level may have no sibling: it goes up as it is
    return sha256(b"\1" + b"".join(pair)).digest() if len(pair) == 2 else pair[0]

def root_by(path, found):
    for step in path:
        sibling = bytes.fromhex(step.get("left") or step["right"])
        found = node(sibling, found) if "left" in step else node(found, sibling)
    return found.hex()

def taken(indicator, data):  # value and qualifier of a contribution, as its fact says
    for way in indicator["ways"]:
        if all(data.get(name) in values for name, values in way["where"].items()):
            days = [datetime.date.fromisoformat(data[name]) for name in way.get("days", ())]
            counted = str((days[1] - days[0]).days) if days else way.get("count")
            found = data[way["quantity"]] if "quantity" in way else {"value": counted}
            return found["value"], found.get("qualifier", "exact")

def folded(indicator, parts):  # value, qualifier, how many parts have a value, how many there are
    stated = sorted(Decimal(value) for value, *_ in parts if value is not None)
    kinds = {kind for _, kind, _ in parts} - {"not_stated"} or {"not_stated"}
    kind = kinds.pop() if len(kinds) == 1 else "over" if kinds == {"exact", "over"} else "about"
    if not parts and indicator["recorded"]:
        return Decimal(0), "exact", "0", "0"
    total = sum(stated) if stated else None
    if stated and indicator["fold"] == "median":
        total = (stated[(len(stated) - 1) // 2] + stated[len(stated) // 2]) / 2
    return total, kind, str(len(stated)), str(len(parts))

def checks(bundle, known):  # (check, what is wrong), or (check, why it isn't made)
    read, names = bundle.read, sorted(bundle.namelist())
    bodies = [read(f"{name}.json") for name in ("document", "manifest", "proof", "contributions")]
    parts = document, manifest, proof, listed = [json.loads(body) for body in bodies]
    files = {name: sha256(read(name)).hexdigest() for name in names if name != "proof.json"}
    wrong = {name for name, _ in files.items() ^ proof["files"].items()}
    plain = bodies == [canonical(it).encode() for it in parts] and len({*names}) == len(names)
    yield "文件 files", wrong if plain else {*wrong, "*.json"}
    texts = [digest(document, "digest", "signature"), digest(manifest, "signature")]
    yield "正文 document", {it.get("digest", it.get("document")) for it in parts} - {texts[0]}
    forms = {(files[name], len(read(name))) for name in names if name.startswith("forms/")}
    yield "成文 forms", forms ^ {(it["sha256"], it["size"]) for it in manifest["renderings"]}
    keys = [b64decode(read(f"keys/{it['keyid']}.pem").split(b"\n")[1])[-32:] for it in parts[:2]]
    signed = [is_signed(*it[:2], it[2]["signature"]) for it in zip(keys, texts, parts)]
    yield "签名 signature", set() if all(signed) else {"document, manifest"}
    prints = {sha256(key).hexdigest() for key in keys}
    other = {it for it in prints if len(known) < 16 or not it.startswith(known)}
    yield "公钥 key", other if known else f"请核对指纹 compare the fingerprint: {min(prints)}"
    indicators, below, cells = listed["indicators"], collections.defaultdict(Decimal), {}
    for it in document["cells"]:
        key, value = (it["indicator"], it["orgunit"]), it["value"] and Decimal(it["value"])
        cells[key] = value, it["qualifier"], it["numerator"], it["denominator"]
        if value and indicators[key[0]]["fold"] == "sum" and not indicators[key[0]]["level"]:
            below[key[0], key[1][:-3]] += value
    wrong = {key for key, cell in cells.items() if cell[0] is not None and below[key] > cell[0]}
    for row in document["headline_table"]:
        key, value = (row["indicator"], document["masthead"]["district"]), row["this"]["value"]
        wrong |= {key} if cells[key][0] != (value and Decimal(value)) else set()
    yield "合计 sums", wrong
    wanted, fed = collections.defaultdict(list), {key: [] for key in cells}
    for code, items in listed["contributions"].items():
        for it in items:
            stated = it["value"], it["qualifier"]
            wanted[it["event"]].append((code, stated, it["cells"]))
            for unit in it["cells"]:
                fed.setdefault((code, unit), []).append((*stated, it["event"]))
    wrong = {it for it, said in wanted.items() if len({code for code, *_ in said}) < len(said)}
    leaves = {}
    for line in (line for it in names if it.startswith("facts/") for line in bundle.open(it)):
        text = json.loads(line).encode() if line[:1] == b'"' else line[:-1]
        fact = json.loads(text)
        leaf = [fact["source"][6:], fact["sourcesequence"], fact["id"], sha256(text).hexdigest()]
        leaves[fact["id"]] = sha256(b"\0" + canonical(leaf).encode()).digest()
        above = [fact["orgunit"][:length] for length in (12, 9, 6) if fact["orgunit"][length - 1:]]
        for code, stated, units in wanted.pop(fact["id"], ()):
            rule = indicators[code]
            right = fact["type"] in rule["types"] and (rule["level"] or units == above)
            right = right and taken(rule, fact["data"]) == stated
            wrong |= set() if right else {(code, fact["id"])}
    level = [*leaves.values()]
    while len(level) > 1:
        level = [node(*level[at : at + 2]) for at in range(0, len(level), 2)]
    internal, printed = manifest["edition"] == "internal", document["masthead"].get("facts_root")
    roots = {manifest["facts_root"], proof["root"], level[0].hex() if internal else proof["root"]}
    yield "根 root", roots if len(roots) > 1 or not proof["root"].startswith(printed or "") else ()
    if not internal:
        yield "事实 facts", "公开版不含事实 the public edition has no facts"
        return
    yield "构成 contributions", wrong | {*wanted}
    again = {key: folded(indicators[key[0]], parts) for key, parts in fed.items()}
    yield "数字 figures", {key for key, _ in again.items() ^ cells.items()}
    proved = {it["event"] for it in proof["inclusion"]
              if root_by(it["path"], leaves[it["event"]]) == manifest["facts_root"]}
    of_figure = fed.get(tuple((proof["figure"] or {}).values()), ())
    yield "归属 inclusion", proved ^ {event for *_, event in of_figure}

def main(path="", known="", *_):
    failed = 0
    for check, wrong in checks(zipfile.ZipFile(path), known.lower()):
        why = wrong if isinstance(wrong, str) else " ".join(sorted(map(str, wrong))[:5])
        state = "未查 not checked" if why is wrong else "不符 FAILED" if why else "通过 ok"
        failed |= "FAILED" in state
        print(f"{state:<15} {check:<18} {why}")
    return failed

if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except Exception as error:
        print(f"不符 FAILED: 无法继续 can't go on: {error!r}\n\n{__doc__}")
        sys.exit(2 if isinstance(error, (OSError, zipfile.BadZipFile)) else 1)
