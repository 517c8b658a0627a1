/** Receives the briefings of the programme from a durable queue, each once and checked. */
import { Deliveries, offsetOf } from "./deliveries.js";
import { Aside, State } from "./files.js";
import { KeyRing, retirement } from "./keys.js";
import { addressFromEnvironment, close, open, reason, within } from "./link.js";
import { Pauses } from "./pauses.js";
import { Refused, UnknownKey, readReport, readTest } from "./report.js";

const REPORTS = "reports";
const KEYS = "keys";
const RECEIPTS = "supervision.receipts";
// Characters of a reason in a receipt.
const REASON = 200;
const TRIES = 8;
// Messages of the stream that are on their way at once.
const STREAM_WINDOW = 10;
// A stream that gave nothing for so long has been read to its end.
const QUIET = 1000;
// What has come already.
const AT_ONCE = 1;
// For the broker to confirm a receipt.
const CONFIRM = 30_000;
const WEEK = /^[0-9]{4}-W[0-9]{2}$/;

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
  #stop = new AbortController();
  #pauses = new Pauses(this.#stop.signal);
  /** @type {Deliveries | null} of the stream of keys */ #announced = null;
  /** @type {State} */ #state;
  /** @type {Aside} */ #aside;

  /** @param {SubscriberOptions} options */
  constructor(options) {
    const { name, handle, keys, folder, from = null } = options;
    if (from !== null && from !== "first" && !WEEK.test(from)) {
      throw new TypeError("`from` must be `first` or an ISO week, such as 2017-W06");
    }
    this.name = name;
    this.uri = options.uri ?? addressFromEnvironment();
    this.handle = handle;
    this.keys = keys && new KeyRing(keys);
    this.from = from;
    this.stream = options.stream ?? REPORTS;
    this.receipts = options.receipts ?? false;
    this.tries = options.tries ?? TRIES;
    /** @type {(line: string) => void} */
    this.log = options.log ?? console.error;
    this.#state = new State(folder);
    this.#aside = new Aside(folder);
  }

  get queue() {
    return `sub.${this.name}.reports`;
  }

  /**
   * Receive until `stop` is called. What goes wrong is logged, and tried again: an unreachable
   * broker, a missing queue, a folder that can't be written.
   */
  async run() {
    while (!this.#stop.signal.aborted) {
      try {
        await this.#load();
        await this.#receive();
      } catch (error) {
        this.log(`中断，稍后重试 / interrupted, will try again: ${reason(error)}`);
        await this.#pauses.next();
      }
    }
  }

  /** Finish the report that is being handled, then end `run`. */
  stop() {
    this.#stop.abort();
  }

  /**
   * Handle the messages again that were put aside, each once; those that succeed leave the folder.
   * Not while `run` is running.
   *
   * @returns {Promise<number>} how many still stay aside
   */
  async handleAside() {
    await this.#load();
    let left = 0;
    for await (const { name, body } of this.#aside.all()) {
      try {
        await this.#once(readReport(body, this.keys));
        await this.#aside.remove(name);
      } catch (error) {
        this.log(`仍未处理 / still aside: ${name}: ${reason(error)}`);
        left += 1;
      }
    }
    return left;
  }

  async #load() {
    await this.#state.load();
    for (const [keyid, sequence] of this.#state.retired) this.keys?.retire(keyid, sequence);
  }

  async #receive() {
    const connection = await open(this.uri);
    try {
      await this.#consume(connection);
    } finally {
      await close(connection);
    }
  }

  /** @param {import("amqplib").ChannelModel} connection */
  async #consume(connection) {
    await this.#followKeys(connection);
    const after = this.#state.catchUpAfter(this.from);
    if (after) await this.#catchUp(connection, after.offset);
    if (this.#stop.signal.aborted) return;
    const channel = await connection.createConfirmChannel();
    const deliveries = new Deliveries(channel, this.#stop.signal);
    await channel.checkQueue(this.queue);
    // One at a time: if this program dies, no other message counts as delivered too often.
    await channel.prefetch(1);
    const tag = await deliveries.consume(this.queue);
    this.log(`正在接收 / listening: ${this.queue}`);
    for (let message; (message = await deliveries.next()); ) {
      const outcome = await this.#received(message.content);
      if (outcome === "stopped") break;
      if (this.receipts && outcome) await this.#send(channel, outcome);
      channel.ack(message);
      this.#pauses.reset();
    }
    await channel.cancel(tag);
    await channel.close();
  }

  /**
   * Read the stream to its end. The queue is there already and keeps what is published meanwhile,
   * so nothing is lost between them; what both have is known by its id.
   *
   * @param {import("amqplib").ChannelModel} connection
   * @param {number | null} offset the last one that was read
   */
  async #catchUp(connection, offset) {
    this.log(`正在补收 / catching up from the stream ${this.stream}`);
    for await (const message of this.#stream(connection, this.stream, offset)) {
      if ((await this.#received(message.content)) === "stopped") return;
      offset = offsetOf(message);
      await this.#state.readUpTo(offset);
    }
    if (!this.#stop.signal.aborted) await this.#state.readUpTo(offset, true);
  }

  /** Read the stream of keys to its present end, before any report, and go on listening to it.
   * @param {import("amqplib").ChannelModel} connection */
  async #followKeys(connection) {
    this.#announced = null;
    if (this.keys === null) return;
    try {
      this.#announced = new Deliveries(await connection.createChannel(), this.#stop.signal);
      await this.#announced.consumeStream(KEYS, null, STREAM_WINDOW);
      await this.#learn(this.keys, QUIET);
    } catch (error) {
      // Releases before 0.3 have no such stream; the keys that were given still count.
      this.log(`没有读到密钥 / the keys can't be read: ${reason(error)}`);
      this.#announced = null;
    }
  }

  /**
   * Take what the stream of keys has brought, and if that is anything, all that it has.
   *
   * @param {KeyRing} keys
   * @param {number} quiet milliseconds without a message after which it is at its end
   */
  async #learn(keys, quiet) {
    const announced = this.#announced;
    for (let message; (message = await announced?.next(quiet)); quiet = QUIET) {
      const event = parsed(message.content);
      const found = keys.follow(event);
      if (found) this.log(`信任新的签名密钥 / a new key is trusted: ${found}`);
      const ended = retirement(event);
      if (ended) {
        keys.retire(ended.keyid, ended.sequence);
        await this.#state.retire(ended.keyid, ended.sequence);
      }
      announced?.channel.ack(message);
    }
  }

  /**
   * The messages of a stream up to its present end. Each is acknowledged when the next is asked for.
   *
   * @param {import("amqplib").ChannelModel} connection
   * @param {string} name
   * @param {number | null} offset after which it begins
   */
  async *#stream(connection, name, offset) {
    const channel = await connection.createChannel();
    const deliveries = new Deliveries(channel, this.#stop.signal);
    await deliveries.consumeStream(name, offset, STREAM_WINDOW);
    for (let message; (message = await deliveries.next(QUIET)); ) {
      yield message;
      channel.ack(message);
    }
    await channel.close();
  }

  /**
   * Handle a message, or put it aside. Returns the receipt for it: null where there is nothing to
   * say, `stopped` where it isn't done.
   *
   * @param {Buffer} body
   * @returns {Promise<Record<string, string> | null | "stopped">}
   */
  async #received(body) {
    let report = null;
    try {
      report = await this.#read(body);
      if (report === null) return this.#answerToTest(body);
      if (!(await this.#tried(report))) return "stopped";
      return { event: report.id, outcome: "accepted", digest: report.digest };
    } catch (error) {
      if (error instanceof Handling) {
        const why = `the handler failed ${this.tries} times: ${error.message}`;
        return this.#putAside(body, why, report?.id);
      }
      if (!(error instanceof Refused)) throw error;
      return this.#putAside(body, error.message, error.id);
    }
  }

  /** The receipt for a test message; null for what isn't for us. @param {Buffer} body */
  #answerToTest(body) {
    const test = readTest(body);
    if (test === null) return null;
    this.log(`收到测试消息 / a test message came: ${test.id}`);
    return { event: test.id, outcome: "accepted", digest: test.digest };
  }

  /** @param {Buffer} body */
  async #read(body) {
    if (this.keys === null) return readReport(body, null);
    await this.#learn(this.keys, AT_ONCE);
    try {
      return readReport(body, this.keys);
    } catch (error) {
      if (!(error instanceof UnknownKey)) throw error;
      await this.#learn(this.keys, QUIET);
      return readReport(body, this.keys);
    }
  }

  /** @param {Buffer} body @param {string} why @param {string} [id] */
  async #putAside(body, why, id) {
    const file = await this.#aside.keep(body, why);
    this.log(`已搁置 / put aside: ${file}: ${why}`);
    return id === undefined ? null : { event: id, outcome: "refused", reason: why.slice(0, REASON) };
  }

  /** Handle a report, again and again where that fails. False where it was asked to stop meanwhile.
   * @param {Report} report */
  async #tried(report) {
    const pauses = new Pauses(this.#stop.signal);
    for (let tried = 1; !this.#stop.signal.aborted; tried++) {
      try {
        await this.#once(report);
        return true;
      } catch (error) {
        if (!(error instanceof Handling) || tried >= this.tries) throw error;
        this.log(`处理失败，稍后重试 / can't handle ${report.name}: ${error.message}`);
        await pauses.next();
      }
    }
    return false;
  }

  /** Handle a report that wasn't handled yet. Rejects with Handling. @param {Report | null} report */
  async #once(report) {
    if (report === null || this.#state.has(report.id)) return;
    if (this.from === null || this.from === "first" || isSince(report.period, this.from)) {
      try {
        await this.handle(report);
      } catch (error) {
        throw new Handling(reason(error), { cause: error });
      }
    }
    await this.#state.add(report.id);
  }

  /** @param {import("amqplib").ConfirmChannel} channel @param {Record<string, string>} receipt */
  async #send(channel, receipt) {
    const properties = { contentType: "application/json", persistent: true, mandatory: true };
    channel.publish(RECEIPTS, this.name, Buffer.from(JSON.stringify(receipt)), properties);
    // Rejects where too many wait.
    await within(channel.waitForConfirms(), CONFIRM);
  }
}

/** @param {Buffer} content */
function parsed(content) {
  try {
    return JSON.parse(content.toString("utf-8"));
  } catch {
    return null;
  }
}

/** The handler failed. */
class Handling extends Error {}

/** Reports of longer periods are all wanted: they are few.
 * @param {string} period @param {string} from an ISO week */
function isSince(period, from) {
  return !WEEK.test(period) || period >= from;
}
