/** The files of public issues (PDF, DOCX, tables and so on), read from their stream. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Deliveries, offsetOf } from "./deliveries.js";
import { textOf, writeAtomically } from "./files.js";
import { sha256 } from "./keys.js";
import { addressFromEnvironment, close, open, reason } from "./link.js";
import { Pauses, pause } from "./pauses.js";
import { NAME } from "./report.js";

const STREAM = "reports.forms";
// Files that are on their way at once.
const WINDOW = 5;
// How long a form waits for its issue, in milliseconds.
const AGAIN = 1000;
const POSITION = "forms.json";

/**
 * @typedef {object} FormFields
 * @property {string} urn
 * @property {string} name of its issue, such as `2017-W06-r0`, safe as the name of a file
 * @property {string} form such as `pdf`, `docx`, `sdmx`
 * @property {string} lang `zh` or `en`
 * @property {string} mediaType
 * @property {string} sha256 of the file, as the message names it
 * @property {Buffer} body
 */

/** A file as it came. That the office signed this one, only the manifest of its issue says. */
export class Form {
  /** @param {FormFields} fields */
  constructor({ urn, name, form, lang, mediaType, sha256, body }) {
    this.urn = urn;
    this.name = name;
    this.form = form;
    this.lang = lang;
    this.mediaType = mediaType;
    this.sha256 = sha256;
    this.body = body;
  }

  /** Whether its bytes have the SHA-256 that the message names. */
  get isWhole() {
    return sha256(this.body) === this.sha256;
  }

  /**
   * Whether a manifest names this very file.
   *
   * @param {any} manifest of a report, whose signature was checked: `report.data.manifest`
   */
  isSignedIn(manifest) {
    const { urn, form, lang } = this;
    /** @param {any} it */
    const isThis = (it) =>
      it.urn === urn && it.sha256 === this.sha256 && it.format === form && it.lang === lang;
    return this.isWhole && manifest.renderings.some(isThis);
  }
}

/**
 * The form in a message; null for a message of another kind.
 *
 * @param {import("./deliveries.js").Message} message
 */
export function readForm({ content: body, properties }) {
  const { urn, form, lang, sha256, period, revision } = properties.headers ?? {};
  const name = `${period}-r${revision}`;
  const texts = [urn, form, lang, sha256, properties.contentType];
  if (!NAME.test(name) || texts.some((it) => typeof it !== "string")) return null;
  return new Form({ urn, name, form, lang, mediaType: properties.contentType, sha256, body });
}

/**
 * @typedef {object} FormReaderOptions
 * @property {(form: Form) => unknown} handle keeps a form. Where it returns false, or a promise of
 *   false, it gets the same form again a second later: its issue may not be there yet. Where it
 *   throws or rejects, that is logged, and the form comes again later
 * @property {string} folder for `forms.json`, which says how far the stream was read
 * @property {string} [uri] the broker; else AMQP_URI or AMQP_URI_FILE of the environment
 * @property {string} [stream]
 * @property {(line: string) => void} [log]
 */

/** Gives each form to `handle`, in the order of the stream, at least once. */
export class FormReader {
  #stop = new AbortController();
  #pauses = new Pauses(this.#stop.signal);

  /** @param {FormReaderOptions} options */
  constructor(options) {
    this.uri = options.uri ?? addressFromEnvironment();
    this.handle = options.handle;
    this.stream = options.stream ?? STREAM;
    /** @type {(line: string) => void} */
    this.log = options.log ?? console.error;
    this.folder = options.folder;
  }

  /** Read until `stop` is called. What goes wrong is logged, and tried again, for ever. */
  async run() {
    while (!this.#stop.signal.aborted) {
      try {
        await this.#read();
      } catch (error) {
        this.log(`文件流中断，稍后重试 / the forms were interrupted: ${reason(error)}`);
        await this.#pauses.next();
      }
    }
  }

  /** End `run` after the form that is being handled. */
  stop() {
    this.#stop.abort();
  }

  async #read() {
    await mkdir(this.folder, { recursive: true });
    const position = join(this.folder, POSITION);
    const text = await textOf(position);
    const connection = await open(this.uri);
    try {
      const channel = await connection.createChannel();
      const deliveries = new Deliveries(channel, this.#stop.signal);
      await deliveries.consumeStream(this.stream, text === null ? null : JSON.parse(text), WINDOW);
      for (let message; (message = await deliveries.next()); ) {
        if (!(await this.#isTaken(message))) return;
        await writeAtomically(position, `${offsetOf(message)}\n`);
        channel.ack(message);
        this.#pauses.reset();
      }
    } finally {
      await close(connection);
    }
  }

  /** Whether the form was handled, rather than that the reader was stopped.
   * @param {import("./deliveries.js").Message} message */
  async #isTaken(message) {
    const form = readForm(message);
    if (form === null) this.log(`不是文件 / a message of ${this.stream} is no form`);
    while (form && (await this.handle(form)) === false) {
      await pause(AGAIN, this.#stop.signal);
      if (this.#stop.signal.aborted) return false;
    }
    return true;
  }
}
