/** Reads and checks the message of a published, revised or withdrawn issue. */
import { sha256 } from "./keys.js";

const SERIES = ["briefing", "summary", "assessment", "commendation"];
/** @type {[string, string][]} */
const VERBS = [
  ["published", "published"],
  ["revised", "revised"],
  ["withdrawn", "withdrawn"],
  ["published_internal", "published"],
  ["revised_internal", "revised"],
];
const KINDS = new Map(
  SERIES.flatMap((series) => VERBS.map(([verb, kind]) => [`supervision.${series}.${verb}`, kind])),
);
const TESTED = "supervision.subscriber.tested";
// The newest version of each event that this client reads.
const KNOWN_VERSION = 2;
/** The name of a report: safe as the name of a file. */
export const NAME = /^[0-9]{4}(?:-(?:W[0-9]{2}|[0-9]{2}|H[12]))?-r(?:0|[1-9][0-9]{0,3})$/;
// What the event and the notice of a withdrawal both say.
const OF_NOTICE = "issue period revision status digest reason successor keyid".split(" ");

/** The message holds no valid report; the message of the error is the reason. */
export class Refused extends Error {
  /** @param {string} reason @param {string} [id] of the event, where it has one */
  constructor(reason, id = undefined) {
    super(reason);
    this.id = id;
  }
}

/** The key that signed it was perhaps announced meanwhile. */
export class UnknownKey extends Refused {}

/** @typedef {import("./keys.js").KeyRing} KeyRing */

/**
 * A report whose digest and signature are right.
 *
 * @typedef {object} Report
 * @property {string} id of the event; a report that comes again has the same
 * @property {"published" | "revised" | "withdrawn"} kind
 * @property {string} name such as `2017-W06-r0` or `2017-02-r0`, safe as the name of a file
 * @property {number} issue
 * @property {string} period such as `2017-W06`; of longer reports `2017-02`, `2017-H1`, `2017`
 * @property {number} revision
 * @property {string} text the document (the notice of a withdrawal) in canonical JSON: saved as
 *   UTF-8 it is the published file
 * @property {any} document the same, parsed
 * @property {string} digest of the document, or of the issue that is withdrawn
 * @property {any} data the whole data of the event
 * @property {boolean} signed whether the signature was checked
 */

/**
 * The report in the body of a message. Null for what isn't for this client: other event types,
 * versions that it doesn't know, and version 1 of an issue that comes as version 2 too. Throws
 * Refused.
 *
 * @param {Buffer} body
 * @param {KeyRing | null} keys public keys of the office; null checks no signature
 * @returns {Report | null}
 */
export function readReport(body, keys) {
  const event = readEvent(body);
  const kind = /** @type {Report["kind"] | undefined} */ (KINDS.get(event.type));
  if (kind === undefined || versionOf(event) > KNOWN_VERSION) return null;
  try {
    const read = kind === "withdrawn" ? readNotice(event.data) : readIssue(event.data);
    // Without a manifest it is version 1; a release that knows editions sends version 2 too.
    if (kind !== "withdrawn" && !event.data.manifest && read.document.edition) return null;
    checkSignatures(event, read.signed, keys);
    const { issue, period, revision, digest } = event.data;
    const { text, document, name } = read;
    const about = { issue, period, revision, digest, data: event.data, signed: keys !== null };
    return { id: event.id, kind, name, text, document, ...about };
  } catch (error) {
    if (error instanceof UnknownKey) throw new UnknownKey(error.message, event.id);
    if (error instanceof Refused) throw new Refused(error.message, event.id);
    throw new Refused("a field is missing or malformed", event.id);
  }
}

/**
 * The digest in a test message of the operator's; null for any other event. Throws Refused.
 *
 * @param {Buffer} body
 */
export function readTest(body) {
  const event = readEvent(body);
  if (event.type !== TESTED) return null;
  const { digest, ...rest } = event.data ?? {};
  if (digest !== sha256(canonical(rest))) {
    throw new Refused("the digest of the test doesn't match", event.id);
  }
  return { id: event.id, digest };
}

/** @param {Buffer} body */
function readEvent(body) {
  let event;
  try {
    event = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    throw new Refused("not JSON in UTF-8");
  }
  if (event?.specversion !== "1.0") throw new Refused("not CloudEvents 1.0");
  if (typeof event.type !== "string") throw new Refused("no event type");
  if (typeof event.id !== "string") throw new Refused("no event id");
  return event;
}

/** @param {any} event */
function versionOf(event) {
  return Number(/:([0-9]+)$/.exec(event.dataschema ?? "")?.[1] ?? 1);
}

/** @param {any} data */
function readIssue(data) {
  const document = parsed(data.document);
  const { digest, signature, ...signed } = document;
  const expected = sha256(canonical(signed));
  if (data.digest !== expected || digest !== expected) {
    throw new Refused("the digest doesn't match");
  }
  const name = nameOf(document);
  if (nameOf(data) !== name) throw new Refused("period or revision is wrong");
  return { text: data.document, document, name, signed: expected };
}

/** @param {any} data */
function readNotice(data) {
  const document = parsed(data.notice);
  const same = OF_NOTICE.every((key) => canonical(data[key]) === canonical(document[key]));
  if (!same || document.status !== "withdrawn") throw new Refused("the notice says something else");
  return { text: data.notice, document, name: nameOf(document), signed: sha256(data.notice) };
}

/** With other spaces or a key that is given twice the digest would match, but the file would differ.
 * @param {string} text */
function parsed(text) {
  const document = JSON.parse(text);
  if (!text.isWellFormed() || canonical(document) !== text) throw new Refused("not canonical JSON");
  return document;
}

/** @param {{period: string, revision: number}} issue */
function nameOf({ period, revision }) {
  const name = `${period}-r${revision}`;
  if (!NAME.test(name)) throw new Refused("period or revision is wrong");
  return name;
}

/**
 * Of the document or the notice, and of the manifest where there is one.
 *
 * @param {any} event
 * @param {string} signed what the signature is over
 * @param {KeyRing | null} keys
 */
function checkSignatures(event, signed, keys) {
  const { data } = event;
  if (data.manifest && data.manifest.digest !== data.digest) {
    throw new Refused("the manifest is of another document");
  }
  if (keys === null) return;
  requireSignature(signed, data, keys, event);
  if (!data.manifest) return;
  const { signature, ...rest } = data.manifest;
  requireSignature(sha256(canonical(rest)), data.manifest, keys, event);
}

/**
 * @param {string} digest
 * @param {{keyid: string, signature: string}} by
 * @param {KeyRing} keys
 * @param {any} event
 */
function requireSignature(digest, { keyid, signature }, keys, event) {
  if (!keys.has(keyid)) throw new UnknownKey(`signed with a key that isn't known here: ${keyid}`);
  if (!keys.verifies(keyid, signature, digest)) throw new Refused("the signature is wrong");
  if (keys.hasEnded(keyid, event)) throw new Refused(`the key ${keyid} was retired before`);
}

/**
 * Canonical JSON: keys in the order of their code points, no spaces, text as it is.
 *
 * @param {any} value
 * @returns {string}
 */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const keys = Object.keys(value).sort(byCodePoint);
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
}

/** JavaScript itself compares by UTF-16 units. UTF-8 has the order of the code points.
 * @param {string} one @param {string} other */
function byCodePoint(one, other) {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
