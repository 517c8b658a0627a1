/** @typedef {import("./report.js").Report} Report */
/**
 * @typedef {object} SubscriberOptions
 * @property {string} name the queue is `sub.<name>.reports`
 * @property {(report: Report) => unknown} handle stores a report. Where it throws or rejects, it is
 *   called again later. After a crash it may be called a second time for the same `id`
 * @property {readonly string[] | null} keys public keys of the office in PEM, or their
 *   fingerprints; the keys themselves and those that follow them are read from the stream `keys`.
 *   null checks no signature
 * @property {string} folder for `state.json`, and for what was put aside
 * @property {string} [uri] the broker; else AMQP_URI or AMQP_URI_FILE of the environment
 * @property {string | null} [from] read what was published earlier from the stream: `first`, or the
 *   ISO week of the first issue that is wanted. Done once
 * @property {string} [stream] `reports` if not given; `reports.internal` for the internal edition
 * @property {boolean} [receipts] send a receipt for each report of the queue
 * @property {number} [tries] how often a report is handled before it is put aside
 * @property {(line: string) => void} [log]
 */
export class Subscriber {
    /** @param {SubscriberOptions} options */
    constructor(options: SubscriberOptions);
    name: string;
    uri: string;
    handle: (report: Report) => unknown;
    keys: KeyRing | null;
    from: string | null;
    stream: string;
    receipts: boolean;
    tries: number;
    /** @type {(line: string) => void} */
    log: (line: string) => void;
    get queue(): string;
    /**
     * Receive until `stop` is called. What goes wrong is logged, and tried again: an unreachable
     * broker, a missing queue, a folder that can't be written.
     */
    run(): Promise<void>;
    /** Finish the report that is being handled, then end `run`. */
    stop(): void;
    /**
     * Handle the messages again that were put aside, each once; those that succeed leave the folder.
     * Not while `run` is running.
     *
     * @returns {Promise<number>} how many still stay aside
     */
    handleAside(): Promise<number>;
    #private;
}
export type Report = import("./report.js").Report;
export type SubscriberOptions = {
    /**
     * the queue is `sub.<name>.reports`
     */
    name: string;
    /**
     * stores a report. Where it throws or rejects, it is
     * called again later. After a crash it may be called a second time for the same `id`
     */
    handle: (report: Report) => unknown;
    /**
     * public keys of the office in PEM, or their
     * fingerprints; the keys themselves and those that follow them are read from the stream `keys`.
     * null checks no signature
     */
    keys: readonly string[] | null;
    /**
     * for `state.json`, and for what was put aside
     */
    folder: string;
    /**
     * the broker; else AMQP_URI or AMQP_URI_FILE of the environment
     */
    uri?: string | undefined;
    /**
     * read what was published earlier from the stream: `first`, or the
     * ISO week of the first issue that is wanted. Done once
     */
    from?: string | null | undefined;
    /**
     * `reports` if not given; `reports.internal` for the internal edition
     */
    stream?: string | undefined;
    /**
     * send a receipt for each report of the queue
     */
    receipts?: boolean | undefined;
    /**
     * how often a report is handled before it is put aside
     */
    tries?: number | undefined;
    log?: ((line: string) => void) | undefined;
};
import { KeyRing } from "./keys.js";
