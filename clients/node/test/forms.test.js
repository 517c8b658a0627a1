/** What is taken for a file of an issue, and which files the office has signed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readForm } from "../src/forms.js";
import { sha256 } from "./issues.js";

const BODY = Buffer.from("%PDF");
const URN = "urn:warm:briefing:2017-W06:r0:public:pdf:zh";
const HEADERS = { urn: URN, form: "pdf", lang: "zh", sha256: sha256(BODY) };
const ISSUE = { period: "2017-W06", revision: "0" };

const read = (headers = {}, content = BODY) =>
  readForm({
    content,
    properties: { contentType: "application/pdf", headers: { ...HEADERS, ...ISSUE, ...headers } },
  });
const signed = (more = {}) => ({
  renderings: [{ urn: URN, format: "pdf", lang: "zh", sha256: sha256(BODY), ...more }],
});

test("a form is read with what its message says", () => {
  const form = read();
  assert.deepEqual([form.name, form.form, form.lang], ["2017-W06-r0", "pdf", "zh"]);
  assert.deepEqual([form.urn, form.mediaType, form.body], [URN, "application/pdf", BODY]);
  assert.ok(form.isWhole && form.isSignedIn(signed()));
});

test("a message that lacks something, or whose issue has no such name, is no form", () => {
  for (const headers of [{ urn: undefined }, { sha256: 7 }, { period: "../x" }, { revision: "" }]) {
    assert.equal(read(headers), null);
  }
  assert.equal(readForm({ content: BODY, properties: {} }), null);
});

test("changed bytes are not whole and not signed", () => {
  const form = read({}, Buffer.from("%PDF!"));
  assert.deepEqual([form.isWhole, form.isSignedIn(signed())], [false, false]);
});

for (const [field, other] of [
  ["urn", URN.replace("zh", "en")],
  ["sha256", sha256("another")],
  ["format", "docx"],
  ["lang", "../zh"],
]) {
  test(`a form that the manifest names with another ${field} is not signed`, () => {
    assert.equal(read().isSignedIn(signed({ [field]: other })), false);
  });
}
