#!/usr/bin/env node
/* 核验一期通报的证明包，无需联网。Checks the bundle of an issue, without a network.

    node verify.mjs BUNDLE.zip [FINGERPRINT]

FINGERPRINT: 另行取得的公钥指纹，至少16位 that of the key, from elsewhere, 16 digits or more
退出码 exit status: 0 无不符 nothing failed, 1 有不符 something failed, 2 无法读取 can't be read
Node 18 or later; no packages. */
import { createHash, createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";

const USAGE = "用法 usage: node verify.mjs BUNDLE.zip [FINGERPRINT]";
const STATES = { ok: "通过 ok", failed: "不符 FAILED", unchecked: "未查 not checked" };
const PLATFORM = {
  sha256: (bytes) => createHash("sha256").update(bytes).digest(),
  isSigned(key, message, signature) {
    const jwk = { kty: "OKP", crv: "Ed25519", x: Buffer.from(key).toString("base64url") };
    return verify(null, message, createPublicKey({ key: jwk, format: "jwk" }), signature);
  },
};

// The checks: these lines are the same in verify.mjs and verify.html.
const CHECKS = {
  files: ["文件", "包内文件齐全、未变", "The files are those of the bundle, unchanged"],
  document: ["正文", "正文与所载摘要一致", "The document has the digest that it states"],
  forms: ["成文", "各成文与签名清单一致", "Each form is the one in the signed manifest"],
  signature: ["签名", "正文和清单的签名有效", "Document and manifest are signed with the key"],
  key: ["公钥", "公钥就是您另行取得的那一把", "The key is the one that you know from elsewhere"],
  sums: ["合计", "下级之和不超过上级，主要指标与分单位数据一致",
    "No unit has less than its parts, and the headline table agrees with the cells"],
  root: ["根", "事实的默克尔根与签名清单、刊头一致",
    "The Merkle root is the one in the signed manifest and on the masthead"],
  facts: ["事实", "逐条核对事实", "The facts are checked one by one"],
  contributions: ["构成", "每项构成与其事实一致", "Each contribution is what its fact says"],
  figures: ["数字", "每个数字由其构成重新算出", "Every figure is what its contributions give"],
  inclusion: ["归属", "一个数字的全部事实都在根之下", "All facts of one figure are under the root"],
};
const OUTSIDE = "公开版不含事实 the public edition has no facts";
const NO_ED25519 = "此浏览器不能核验Ed25519签名 this browser can't check Ed25519 signatures";
// Ten million: values have at most six decimal places, and a median may halve one.
const PLACES = 7;

const textOf = (bytes) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
const bytesOf = (text) => new TextEncoder().encode(text);
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const decoded = (base64) => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));

/** JavaScript compares half characters: those beyond U+FFFF have two. */
function byCodePoint(one, other) {
  const [some, others] = [Array.from(one), Array.from(other)];
  const at = some.findIndex((char, index) => char !== others[index]);
  if (at < 0) return some.length - others.length;
  return some[at].codePointAt(0) - (others[at]?.codePointAt(0) ?? -1);
}

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
  return whole;
}

function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const names = Object.keys(value);
  names.sort(names.some((name) => /[\ud800-\udfff]/.test(name)) ? byCodePoint : undefined);
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}

function without(value, ...names) {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
}

function scaled(text) {
  if (text === null) return null;
  if (!/^[0-9]+(\.[0-9]{1,6})?$/.test(text)) throw new Error(`not a number: ${text}`);
  const [whole, part = ""] = text.split(".");
  return BigInt(whole + part.padEnd(PLACES, "0"));
}

/** Value and qualifier of a contribution, as its fact says; undefined where there is none. */
function taken(indicator, data) {
  const holds = ({ where }) =>
    Object.entries(where).every(([name, values]) => values.includes(data[name] ?? null));
  const way = indicator.ways.find(holds);
  if (!way) return undefined;
  if (way.quantity) return [data[way.quantity].value, data[way.quantity].qualifier];
  if (!way.days) return [way.count, "exact"];
  const [start, end] = way.days.map((name) => Date.parse(`${data[name]}T00:00:00Z`));
  return [String((end - start) / 86400000), "exact"];
}

/** Value, qualifier, how many parts have a value, how many there are. */
function folded(indicator, parts) {
  if (!parts.length && indicator.recorded) return [0n, "exact", "0", "0"];
  const stated = parts.map(([value]) => scaled(value)).filter((value) => value !== null);
  const kinds = new Set(parts.map(([, kind]) => kind).filter((kind) => kind !== "not_stated"));
  const [kind = "not_stated"] = kinds;
  const over = kinds.size === 2 && kinds.has("exact") && kinds.has("over");
  let total = stated.length ? stated.reduce((one, other) => one + other) : null;
  if (stated.length && indicator.fold === "median") {
    stated.sort((one, other) => (one < other ? -1 : Number(one > other)));
    const middle = [(stated.length - 1) >> 1, stated.length >> 1];
    total = (stated[middle[0]] + stated[middle[1]]) / 2n;
  }
  const qualifier = kinds.size < 2 ? kind : over ? "over" : "about";
  return [total, qualifier, String(stated.length), String(parts.length)];
}

/** Yields [check, what is wrong] or [check, why it isn't made]. `files` maps a name to its bytes. */
async function* checks(names, files, known, { sha256, isSigned }) {
  const digest = (value) => hex(sha256(bytesOf(canonical(value))));
  const node = (left, right) => sha256(joined([1], left, right));
  const inFolder = (folder) => names.filter((name) => name.startsWith(folder));
  const parsed = ["document", "manifest", "proof", "contributions"].map((name) => {
    const text = textOf(files.get(`${name}.json`));
    const value = JSON.parse(text);
    return { value, plain: canonical(value) === text };
  });
  const [document, manifest, proof, listed] = parsed.map(({ value }) => value);

  const made = Object.fromEntries(names.map((name) => [name, hex(sha256(files.get(name)))]));
  delete made["proof.json"];
  const wrong = Object.keys({ ...made, ...proof.files }).filter(
    (name) => made[name] !== proof.files[name],
  );
  const plain = parsed.every((it) => it.plain) && new Set(names).size === names.length;
  yield ["files", plain ? wrong : [...wrong, "*.json"]];

  const texts = [digest(without(document, "digest", "signature"))];
  texts.push(digest(without(manifest, "signature")));
  const stated = [document.digest, manifest.digest, proof.document, listed.document];
  yield ["document", stated.filter((it) => it !== texts[0])];

  const forms = inFolder("forms/").map((name) => `${made[name]} ${files.get(name).length}`);
  const expected = manifest.renderings.map(({ sha256: made, size }) => `${made} ${size}`);
  yield ["forms", difference(forms, expected)];

  const keys = [document, manifest].map(({ keyid }) =>
    decoded(textOf(files.get(`keys/${keyid}.pem`)).split("\n")[1]).slice(-32));
  const signed = await Promise.all([document, manifest].map(({ signature }, at) =>
    isSigned(keys[at], bytesOf(texts[at]), decoded(signature))));
  const signatures = signed.every(Boolean) ? [] : ["document, manifest"];
  yield ["signature", signed.includes(null) ? NO_ED25519 : signatures];

  const prints = [...new Set(keys.map((key) => hex(sha256(key))))];
  const others = prints.filter((it) => known.length < 16 || !it.startsWith(known));
  yield ["key", known ? others : `请核对指纹 compare the fingerprint: ${prints[0]}`];

  const { indicators } = listed;
  const cells = new Map(), below = new Map();
  for (const cell of document.cells) {
    const { indicator, orgunit, qualifier, numerator, denominator } = cell;
    const value = scaled(cell.value);
    cells.set(`${indicator} ${orgunit}`, [value, qualifier, numerator, denominator]);
    if (value !== null && indicators[indicator].fold === "sum" && !indicators[indicator].level) {
      const above = `${indicator} ${orgunit.slice(0, -3)}`;
      below.set(above, (below.get(above) ?? 0n) + value);
    }
  }
  const short = [...cells].filter(([key, [value]]) => value !== null && below.get(key) > value);
  const { district, facts_root: printed = null } = document.masthead;
  const rows = document.headline_table.filter(({ indicator, this: { value } }) =>
    cells.get(`${indicator} ${district}`)[0] !== scaled(value));
  yield ["sums", [...short.map(([key]) => key), ...rows.map((row) => row.indicator)]];

  const wanted = new Map(), fed = new Map([...cells.keys()].map((key) => [key, []]));
  for (const [code, items] of Object.entries(listed.contributions)) {
    for (const { event, value, qualifier, cells: units } of items) {
      if (!wanted.has(event)) wanted.set(event, []);
      wanted.get(event).push([code, [value, qualifier], units]);
      for (const unit of units) {
        const key = `${code} ${unit}`;
        if (!fed.has(key)) fed.set(key, []);
        fed.get(key).push([value, qualifier, event]);
      }
    }
  }
  const repeated = ([, items]) => new Set(items.map(([code]) => code)).size < items.length;
  const unlike = [...wanted].filter(repeated).map(([event]) => event);
  const leaves = new Map();
  for (const name of inFolder("facts/").sort(byCodePoint)) {
    for (const line of lines(files.get(name))) {
      const bytes = line[0] === 0x22 ? bytesOf(JSON.parse(textOf(line))) : line;
      const { id, type, source, sourcesequence, orgunit, data } = JSON.parse(textOf(bytes));
      const leaf = [source.slice(6), sourcesequence, id, hex(sha256(bytes))];
      leaves.set(id, sha256(joined([0], bytesOf(canonical(leaf)))));
      const above = [12, 9, 6].filter((length) => length <= orgunit.length);
      const units = canonical(above.map((length) => orgunit.slice(0, length)));
      for (const [code, said, counted] of wanted.get(id) ?? []) {
        const { types, level } = indicators[code];
        const feeds = types.includes(type) && (level || canonical(counted) === units);
        const found = feeds && taken(indicators[code], data);
        if (canonical(found || null) !== canonical(said)) unlike.push(`${code} ${id}`);
      }
      wanted.delete(id);
    }
  }
  const internal = manifest.edition === "internal";
  const root = internal ? hex(rootOf([...leaves.values()], node)) : proof.root;
  const roots = [...new Set([manifest.facts_root, proof.root, root])];
  yield ["root", roots.length > 1 || !root.startsWith(printed ?? "") ? roots : []];
  if (!internal) {
    yield ["facts", OUTSIDE];
    return;
  }
  yield ["contributions", [...unlike, ...wanted.keys()]];

  const again = [...fed].filter(([key, parts]) =>
    `${folded(indicators[key.split(" ")[0]], parts)}` !== `${cells.get(key)}`);
  yield ["figures", again.map(([key]) => key)];

  const proved = proof.inclusion.filter(({ event, path }) =>
    hex(path.reduce((found, { left, right }) =>
      left ? node(unhex(left), found) : node(found, unhex(right)), leaves.get(event))) ===
    manifest.facts_root);
  const { indicator = "", orgunit = "" } = proof.figure ?? {};
  const ofFigure = (fed.get(`${indicator} ${orgunit}`) ?? []).map(([, , event]) => event);
  yield ["inclusion", difference(proved.map(({ event }) => event), ofFigure)];
}

/** RFC 6962: pairs are hashed together; the last one without a sibling goes up as it is. */
function rootOf(level, node) {
  if (!level.length) return new Uint8Array();
  while (level.length > 1) {
    const pairs = level.filter((_, at) => at % 2 === 0).map((left, at) => [left, level[2 * at + 1]]);
    level = pairs.map(([left, right]) => (right ? node(left, right) : left));
  }
  return level[0];
}

function difference(some, others) {
  const [one, other] = [new Set(some), new Set(others)];
  return [...some.filter((it) => !other.has(it)), ...others.filter((it) => !one.has(it))];
}

function* lines(bytes) {
  for (let start = 0, end; start < bytes.length; start = end + 1) {
    end = bytes.indexOf(0x0a, start);
    if (end < 0) end = bytes.length;
    yield bytes.subarray(start, end);
  }
}

/** The entries of a zip archive: name, whether it is compressed, and its bytes as stored. */
function entriesOf(archive) {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.length);
  let end = archive.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end -= 1;
  if (end < 0) throw new RangeError("not a zip archive");
  const entries = [];
  let at = view.getUint32(end + 16, true);
  for (let count = view.getUint16(end + 10, true); count > 0; count -= 1) {
    const [method, size] = [view.getUint16(at + 10, true), view.getUint32(at + 20, true)];
    const [name, extra, comment] = [28, 30, 32].map((field) => view.getUint16(at + field, true));
    const local = view.getUint32(at + 42, true);
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    entries.push({
      name: textOf(archive.subarray(at + 46, at + 46 + name)),
      deflated: method === 8,
      stored: archive.subarray(start, start + size),
    });
    at += 46 + name + extra + comment;
  }
  return entries;
}
// The end of the checks.

function opened(path) {
  const entries = entriesOf(readFileSync(path));
  const files = new Map();
  for (const { name, deflated, stored } of entries) {
    files.set(name, deflated ? inflateRawSync(stored) : stored);
  }
  return { names: entries.map(({ name }) => name), files };
}

async function failures({ names, files }, known) {
  let failed = 0;
  for await (const [check, wrong] of checks(names, files, known.toLowerCase(), PLATFORM)) {
    const unchecked = typeof wrong === "string";
    const state = unchecked ? "unchecked" : wrong.length ? "failed" : "ok";
    failed += state === "failed";
    const why = unchecked ? wrong : wrong.slice(0, 5).join(" ");
    const [name, zh, en] = CHECKS[check];
    console.log(`${STATES[state].padEnd(15)} ${`${name} ${check}`.padEnd(18)} ${why || `${zh} ${en}`}`);
  }
  return failed;
}

let bundle;
try {
  bundle = opened(process.argv[2] ?? "");
} catch (error) {
  console.error(`${error.message}\n${USAGE}`);
  process.exit(2);
}
try {
  process.exitCode = (await failures(bundle, process.argv[3] ?? "")) ? 1 : 0;
} catch (error) {
  console.error(`不符 FAILED: 无法继续 can't go on: ${error.message}`);
  process.exitCode = 1;
}
