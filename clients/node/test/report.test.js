/** What is taken for a report, and what is refused. */
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { KeyRing, Refused, canonical, readReport } from "../src/index.js";
import { readTest } from "../src/report.js";
import { KEYID, OTHER_PEM, PEM, issue, message, withdrawal } from "./issues.js";

const GOLDEN = process.env.WARM_GOLDEN ?? "../../tests/contract/golden";
const WITHDRAWN = { type: "supervision.briefing.withdrawn", version: 1 };

const read = (body) => readReport(body, new KeyRing([OTHER_PEM, PEM]));
const refuses = (body, reason) =>
  assert.throws(() => read(body), (error) => error instanceof Refused && reason.test(error.message));

test("an issue is read with its document as it was published", () => {
  const data = issue();
  const report = read(message(data, { id: "e-1" }));
  assert.equal(report.text, data.document);
  assert.deepEqual([report.id, report.kind, report.name], ["e-1", "published", "2017-W06-r0"]);
  assert.equal(report.document.period, "2017-W06");
  assert.equal(report.signed, true);
});

test("a withdrawal is read with its notice", () => {
  const data = withdrawal("0".repeat(64));
  const report = read(message(data, WITHDRAWN));
  assert.deepEqual([report.kind, report.name, report.text], ["withdrawn", "2017-W06-r0", data.notice]);
});

test("every golden issue for subscribers is read with the key of the golden examples", () => {
  const golden = (kind, name) => readFileSync(join(GOLDEN, kind, name));
  const { pem } = JSON.parse(golden("rpc", "supervision.signing_key.json").toString()).result;
  const names = readdirSync(join(GOLDEN, "events")).filter((it) =>
    /briefing\.(published|revised|withdrawn)(_internal)?\.[0-9]/.test(it),
  );
  assert.ok(names.length >= 7);
  for (const name of names) assert.ok(readReport(golden("events", name), new KeyRing([pem])), name);
});

test("version 1 is left to version 2 of the same release, and taken from an earlier release", () => {
  const { manifest: it, ...first } = issue();
  assert.equal(read(message(first, { version: 1 })), null);
  const { manifest, ...old } = issue("2017-W06", 0, { edition: undefined });
  assert.equal(read(message(old, { version: 1 })).name, "2017-W06-r0");
});

test("other events and unknown versions are not for us", () => {
  assert.equal(read(message({}, { type: "supervision.briefing.renamed" })), null);
  assert.equal(read(message({ new: "form" }, { version: 3 })), null);
});

test("a test message is answered with its digest, and refused with another", () => {
  const golden = readFileSync(join(GOLDEN, "events", "supervision.subscriber.tested.1.json"));
  const { id, data } = JSON.parse(golden.toString());
  assert.deepEqual(readTest(golden), { id, digest: data.digest });
  assert.equal(readTest(message(issue())), null);
  const changed = message({ ...data, name: "another" }, { type: "supervision.subscriber.tested" });
  assert.throws(() => readTest(changed), Refused);
});

test("unknown fields are ignored", () => {
  assert.ok(read(message({ ...issue(), more: { than: ["we", "know"] } })));
});

for (const [what, spoil, reason] of [
  ["a changed document", (it) => ({ ...it, document: it.document.replace("public", "secret") }), /digest/],
  ["a digest of another issue", (it) => ({ ...it, digest: issue("2017-W07").digest }), /digest/],
  ["other spaces", (it) => ({ ...it, document: it.document.replace(",", ", ") }), /canonical/],
  ["a key given twice", (it) => ({ ...it, document: it.document.replace("{", '{"issue":2,') }), /canonical/],
  ["another period", (it) => ({ ...it, period: "2017-W07" }), /period/],
  ["no document", ({ document, ...it }) => it, /missing/],
  ["no signature", ({ signature, ...it }) => it, /missing/],
  ["a signature of something else", (it) => ({ ...it, signature: issue("2017-W07").signature }), /signature/],
  ["a manifest of another issue", (it) => ({ ...it, manifest: issue("2017-W07").manifest }), /manifest/],
  ["a changed manifest", (it) => ({ ...it, manifest: { ...it.manifest, renderings: [1] } }), /signature/],
]) {
  test(`${what} is refused`, () => refuses(message(spoil(issue())), reason));
}

test("a notice that says something else than the event is refused", () => {
  refuses(message({ ...withdrawal("0".repeat(64)), successor: "urn:x" }, WITHDRAWN), /notice/);
});

test("a period that leads out of a folder is refused", () => {
  for (const period of ["../../x", "/x", "2017-W06\n", [], {}]) {
    refuses(message(issue(period)), /period/);
  }
});

test("a key that isn't known is named", () => {
  const body = message(issue());
  assert.throws(() => readReport(body, new KeyRing([OTHER_PEM])), new RegExp(KEYID));
  assert.equal(readReport(body, null).signed, false);
});

for (const [what, data, options] of [
  ["document", issue(), {}],
  ["notice", withdrawal("0".repeat(64)), WITHDRAWN],
]) {
  test(`a ${what} that a retired key signed is valid if it was recorded before`, () => {
    const ring = new KeyRing([PEM]);
    ring.retire(KEYID, 60);
    assert.ok(readReport(message(data, { ...options, sequence: 59 }), ring));
    for (const sequence of [61, undefined, "59"]) {
      const later = message(data, { ...options, sequence });
      assert.throws(() => readReport(later, ring), new RegExp(`${KEYID} was retired`));
    }
  });
}

test("what is no event is refused", () => {
  for (const body of ["", "null", "[]", "1", '{"specversion":"1.0"}', "[".repeat(100_000)]) {
    assert.throws(() => read(Buffer.from(body)), Refused);
  }
  assert.throws(() => read(Buffer.from([0xff, 0xfe])), Refused);
  assert.throws(() => read(message({ document: '{"period":"\ud800"}' })), Refused);
});

test("canonical JSON has its keys in the order of code points, as Python sorts them", () => {
  assert.equal(canonical({ "\u{20000}": 1, "\uffee": 2, b: [], a: { d: null, c: "“温暖”\n" } }),
    '{"a":{"c":"“温暖”\\n","d":null},"b":[],"\uffee":2,"\u{20000}":1}');
});
