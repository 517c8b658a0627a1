/** Messages as the office signs and sends them, with a key of the tests. */
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { KeyRing } from "../src/keys.js";
import { canonical } from "../src/report.js";

const { publicKey, privateKey } = generateKeyPairSync("ed25519");
export const PEM = publicKey.export({ type: "spki", format: "pem" }).toString();
export const OTHER_PEM = generateKeyPairSync("ed25519")
  .publicKey.export({ type: "spki", format: "pem" })
  .toString();
export const [KEYID] = new KeyRing([PEM]).ids;

export const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const signed = (digest) => sign(null, Buffer.from(digest), privateKey).toString("base64");

/** The data of a published issue; `edition: undefined` for an issue of an earlier release. */
export function issue(period = "2017-W06", revision = 0, more = {}) {
  const document = { issue: 1, period, revision, edition: "public", keyid: KEYID, ...more };
  const digest = sha256(canonical(strip(document)));
  const whole = { ...strip(document), digest, signature: signed(digest) };
  const about = { issue: 1, period, revision, digest, keyid: KEYID, signature: whole.signature };
  return { ...about, document: canonical(whole), manifest: manifest(digest) };
}

function manifest(digest) {
  const rest = { urn: "urn:warm:briefing:2017-W06:r0", digest, renderings: [], keyid: KEYID };
  return { ...rest, signature: signed(sha256(canonical(rest))) };
}

export function withdrawal(digest, period = "2017-W06", revision = 0) {
  const reason = { zh: "台账有误" };
  const said = { issue: 1, period, revision, status: "withdrawn", digest, reason };
  const about = { ...said, successor: null, keyid: KEYID };
  const notice = canonical({ ...about, withdrawn_at: "2017-02-20T10:00:00+08:00" });
  return { ...about, notice, signature: signed(sha256(notice)) };
}

/** The event that announces a key; without `by` nobody signed it. */
export function announced(key, by = privateKey, previous = KEYID) {
  const text = key.export({ type: "spki", format: "der" }).toString("base64");
  const pem = key.export({ type: "spki", format: "pem" }).toString();
  const [keyid] = new KeyRing([pem]).ids;
  const signature = by && sign(null, Buffer.from(sha256(text)), by).toString("base64");
  const data = { keyid, public_key: text, previous, signature };
  return { type: "supervision.key.announced", data };
}

let made = 0;

/** The body of a message. */
export function message(
  data,
  { type = "supervision.briefing.published", version = 2, id, sequence: sourcesequence } = {},
) {
  const dataschema = `urn:warm:${type}:${version}`;
  const identity = id ?? `event-${(made += 1)}`;
  const about = { specversion: "1.0", id: identity, type, dataschema, sourcesequence };
  return Buffer.from(JSON.stringify({ ...about, source: "/warm/supervision", data }));
}

function strip(value) {
  return Object.fromEntries(Object.entries(value).filter(([, it]) => it !== undefined));
}
