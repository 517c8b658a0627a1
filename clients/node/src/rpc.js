/** A client that calls the RPC methods of the services, with a deadline. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { DeadlineExceeded, RemoteError, TYPED, Unavailable, ValidationFailed } from "./errors.js";
import { Lost, address, addressFromEnvironment, within } from "./link.js";
import { REQUEST_BYTES, SERVICES } from "./methods.js";
import { Alarm, ReplyQueue } from "./reply_queue.js";

const SECONDS = 10;
const RECONNECT_MILLISECONDS = 200;
// The problem's code in docs/operations.md.
const BROKER_ALARM = "broker_alarm";
const CLOCK_TOLERANCE_SECONDS = 5;

/**
 * @typedef {object} RpcOptions
 * @property {string} [uri] the broker; else AMQP_URI or AMQP_URI_FILE of the environment
 * @property {string} [actor] who does it, where a command doesn't say: `person:<id>` or
 *   `service:<name>`
 * @property {number} [seconds] how long to wait for an answer, 10 if not given
 * @property {number} [repeats] how often a command without an answer in time is sent again, with
 *   the same `command_id`, so that it has its effect once; each time waits as long. 1 if not given
 */

/** One call: what was asked, until when, and how often the broker may have got it. */
class Call {
  sent = 0;

  /**
   * @param {string} service
   * @param {string} method
   * @param {Record<string, any>} given
   * @param {number} seconds
   */
  constructor(service, method, given, seconds) {
    this.service = service;
    this.method = method;
    /** @type {string | undefined} undefined for a query */
    this.commandId = SERVICES[service]?.[method] ? given.command_id : undefined;
    this.end = performance.now() + seconds * 1000;
    this.deadline = new Date(Date.now() + seconds * 1000).toISOString();
    this.body = Buffer.from(JSON.stringify({ args: [], kwargs: given }));
  }

  get key() {
    return `${this.service}.${this.method}`;
  }

  get left() {
    return Math.max(this.end - performance.now(), 1);
  }

  get isOver() {
    return performance.now() >= this.end;
  }

  /** @param {string} reason */
  names(reason) {
    return { service: this.service, method: this.method, reason };
  }

  /** Whether a command may have been carried out, and what to ask.
   * @param {number} [refused] how many of the requests the service refused */
  outcome(refused = 0) {
    if (this.commandId === undefined) return {};
    if (this.sent <= refused) return { carried_out: "no" };
    const ask = { service: this.service, method: "command", command_id: this.commandId };
    return { carried_out: "unknown", ask };
  }

  /** @param {string} reason @param {Record<string, any>} [more] */
  late(reason, more = {}) {
    const data = { ...this.names(reason), ...more, ...this.outcome() };
    return new DeadlineExceeded(data, this.commandId);
  }

  /** @param {string} alarm */
  alarmed(alarm) {
    if (this.sent) return this.late(`the broker's alarm: ${alarm}`, { problem: BROKER_ALARM });
    return new Unavailable({ problem: BROKER_ALARM, ...this.names(alarm) }, this.commandId);
  }

  /** The result in an answer. Throws the typed error in it. @param {any} answer */
  result(answer) {
    if (!answer.error) return answer.result;
    const { exc_type: name, exc_args: [data] = [{}], value } = answer.error;
    if (name === "DeadlineExceeded" && data?.constructor === Object) throw this.#explained(data);
    const Typed = TYPED[name];
    throw Typed ? new Typed(data, this.commandId) : new RemoteError(name, { reason: value });
  }

  /** A service's DeadlineExceeded, with what only the caller knows.
   * @param {Record<string, any>} refusal */
  #explained(refusal) {
    const refused = Number(refusal.carried_out === "no");
    const data = { ...this.names(""), ...refusal, ...this.outcome(refused) };
    const ahead = (Date.parse(refusal.now) - Date.now()) / 1000;
    if (Math.abs(ahead) > CLOCK_TOLERANCE_SECONDS) {
      const clocks = `the service's clock is ${Math.round(ahead)} s ahead of the caller's`;
      Object.assign(data, { clocks: `${clocks}: set both by NTP` });
    }
    return new DeadlineExceeded(data, this.commandId);
  }
}

/**
 * Calls methods by `client.services.<service>.<method>({…})`. Any number of calls may wait at the
 * same time. Close it at the end: it holds a connection.
 */
export class RpcClient {
  /** @type {ReplyQueue | undefined} */ #replies;
  /** @type {Promise<ReplyQueue> | undefined} */ #opening;
  #closed = false;

  /** @param {RpcOptions} [options] */
  constructor({ uri = addressFromEnvironment(), actor, seconds = SECONDS, repeats = 1 } = {}) {
    this.uri = uri;
    this.actor = actor;
    this.seconds = seconds;
    this.repeats = repeats;
    /** @type {import("../types/services.js").Services} */
    this.services = /** @type {any} */ (this.#services());
  }

  /**
   * The method's result. `command_id` and `actor` are added to a command that lacks them.
   *
   * Rejects with the typed error of the service; with DeadlineExceeded where no answer came in
   * time; with Unavailable where the broker takes no messages; with ValidationFailed where the
   * request is larger than a service reads; with TypeError where there is no such method.
   *
   * @param {string} service
   * @param {string} method
   * @param {Record<string, any>} [given]
   * @param {{seconds?: number}} [options]
   * @returns {Promise<any>}
   */
  async call(service, method, given = {}, { seconds = this.seconds } = {}) {
    const isCommand = SERVICES[service]?.[method];
    if (isCommand === undefined) throw new TypeError(`no method ${service}.${method}`);
    const whole = isCommand ? this.#command(given) : given;
    for (let repeated = 0; ; repeated++) {
      const call = new Call(service, method, whole, seconds);
      requireSize(call.body);
      try {
        return await this.#attempt(call);
      } catch (error) {
        const again = isCommand && error instanceof DeadlineExceeded && repeated < this.repeats;
        if (!again || this.#closed) throw error;
      }
    }
  }

  async close() {
    this.#closed = true;
    await this.#opening?.catch(() => undefined);
    await this.#replies?.close();
  }

  #services() {
    /** @param {[string, Readonly<Record<string, boolean>>]} named */
    const bound = ([service, methods]) => [
      service,
      Object.fromEntries(
        Object.keys(methods).map((method) => [
          method,
          /** @param {any} given @param {any} options */
          (given, options) => this.call(service, method, given, options),
        ]),
      ),
    ];
    return Object.fromEntries(Object.entries(SERVICES).map(bound));
  }

  /** @param {Record<string, any>} given */
  #command(given) {
    const actor = given.actor ?? this.actor;
    return { ...given, command_id: given.command_id ?? randomUUID(), ...(actor && { actor }) };
  }

  /** Ask until there is an answer or the time is over. @param {Call} call */
  async #attempt(call) {
    while (true) {
      try {
        const replies = await this.#open(call.left / 1000);
        const answer = await replies.ask(call.key, call.body, {
          deadline: call.deadline,
          milliseconds: call.left,
          sent: () => (call.sent += 1),
        });
        return call.result(answer);
      } catch (error) {
        if (error instanceof Alarm) throw call.alarmed(error.message);
        if (!(error instanceof Lost)) throw error;
        if (call.isOver) throw call.late("no answer in time");
        if (this.#closed || call.left < RECONNECT_MILLISECONDS) throw call.late(error.message);
        // Sending again is safe: a repeated command has no second effect.
        await sleep(RECONNECT_MILLISECONDS);
      }
    }
  }

  /** The connection that all calls share. @param {number} seconds @returns {Promise<ReplyQueue>} */
  async #open(seconds) {
    if (this.#closed) throw new Lost("the client was closed");
    if (this.#replies && !this.#replies.lost) return this.#replies;
    this.#opening ??= this.#reopened(seconds).finally(() => (this.#opening = undefined));
    return within(this.#opening, seconds * 1000);
  }

  /** @param {number} seconds */
  async #reopened(seconds) {
    await this.#replies?.close();
    this.#replies = await ReplyQueue.open(this.uri, address(this.uri).user, seconds);
    return this.#replies;
  }
}

/** @param {Buffer} body */
function requireSize(body) {
  if (body.length <= REQUEST_BYTES) return;
  const problem = `Has ${body.length} bytes: must be at most ${REQUEST_BYTES}.`;
  throw new ValidationFailed({ _body: [problem] });
}
