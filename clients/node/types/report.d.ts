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
export function readReport(body: Buffer, keys: KeyRing | null): Report | null;
/**
 * The digest in a test message of the operator's; null for any other event. Throws Refused.
 *
 * @param {Buffer} body
 */
export function readTest(body: Buffer): {
    id: any;
    digest: any;
} | null;
/**
 * Canonical JSON: keys in the order of their code points, no spaces, text as it is.
 *
 * @param {any} value
 * @returns {string}
 */
export function canonical(value: any): string;
/** The name of a report: safe as the name of a file. */
export const NAME: RegExp;
/** The message holds no valid report; the message of the error is the reason. */
export class Refused extends Error {
    /** @param {string} reason @param {string} [id] of the event, where it has one */
    constructor(reason: string, id?: string);
    id: string | undefined;
}
/** The key that signed it was perhaps announced meanwhile. */
export class UnknownKey extends Refused {
}
export type KeyRing = import("./keys.js").KeyRing;
/**
 * A report whose digest and signature are right.
 */
export type Report = {
    /**
     * of the event; a report that comes again has the same
     */
    id: string;
    kind: "published" | "revised" | "withdrawn";
    /**
     * such as `2017-W06-r0` or `2017-02-r0`, safe as the name of a file
     */
    name: string;
    issue: number;
    /**
     * such as `2017-W06`; of longer reports `2017-02`, `2017-H1`, `2017`
     */
    period: string;
    revision: number;
    /**
     * the document (the notice of a withdrawal) in canonical JSON: saved as
     * UTF-8 it is the published file
     */
    text: string;
    /**
     * the same, parsed
     */
    document: any;
    /**
     * of the document, or of the issue that is withdrawn
     */
    digest: string;
    /**
     * the whole data of the event
     */
    data: any;
    /**
     * whether the signature was checked
     */
    signed: boolean;
};
