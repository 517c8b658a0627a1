/** One connection with a reply queue, and the calls that wait for an answer on it. */
import { randomUUID } from "node:crypto";
import { Forbidden, RemoteError, Unavailable } from "./errors.js";
import { Lost, close, open, reason, within } from "./link.js";

const EXCHANGE = "nameko-rpc";
// The broker lets nobody declare queues of another name.
const PREFIX = "rpc.reply-";
const ACCESS_REFUSED = 403;

/** The broker takes no messages; the message is its reason. */
export class Alarm extends Error {}

/**
 * @typedef {object} Waiting
 * @property {string} key
 * @property {(answer: any) => void} resolve
 * @property {(error: Error) => void} reject
 */

export class ReplyQueue {
  /** @type {Map<string, Waiting>} by correlation id */
  #waiting = new Map();
  #address = randomUUID();
  /** Why the broker takes no messages, empty where it does. */
  #alarm = "";
  /** @type {string} */ #user;
  /** @type {import("amqplib").ChannelModel} */ #connection;
  /** @type {import("amqplib").Channel} */ #channel;
  lost = false;

  /**
   * @param {string} user
   * @param {import("amqplib").ChannelModel} connection
   * @param {import("amqplib").Channel} channel
   */
  constructor(user, connection, channel) {
    this.#user = user;
    this.#connection = connection;
    this.#channel = channel;
    connection.on("close", () => this.#fail(new Lost("the connection was lost")));
    connection.on("blocked", (why) => this.#block(why));
    connection.on("unblocked", () => (this.#alarm = ""));
    channel.on("error", (error) => this.#refused(error));
    channel.on("close", () => this.#fail(new Lost("the channel was closed")));
    channel.on("return", ({ properties }) => this.#returned(properties.correlationId));
  }

  /**
   * Rejects with Lost.
   *
   * @param {string} uri
   * @param {string} user
   * @param {number} seconds
   */
  static async open(uri, user, seconds) {
    const connection = await open(uri, seconds);
    try {
      return await within(ReplyQueue.#declared(user, connection), seconds * 1000);
    } catch (error) {
      await close(connection);
      throw new Lost(reason(error), { cause: error });
    }
  }

  /** @param {string} user @param {import("amqplib").ChannelModel} connection */
  static async #declared(user, connection) {
    const channel = await connection.createChannel();
    const made = new ReplyQueue(user, connection, channel);
    const queue = PREFIX + made.#address;
    const options = { exclusive: true, autoDelete: true, durable: false };
    // Whatever type the virtual host has by default.
    await channel.assertQueue(queue, { ...options, arguments: { "x-queue-type": "classic" } });
    await channel.bindQueue(queue, EXCHANGE, made.#address);
    await channel.consume(queue, (message) => made.#answered(message), { noAck: true });
    return made;
  }

  /**
   * The body of the answer. Rejects with Alarm, Lost, Forbidden, Unavailable or RemoteError; with
   * Lost also where there is no answer in time.
   *
   * @param {string} key `<service>.<method>`
   * @param {Buffer} body
   * @param {{deadline: string, milliseconds: number, sent: () => void}} call `sent` is called when
   *   the broker may have the request
   * @returns {Promise<any>}
   */
  async ask(key, body, { deadline, milliseconds, sent }) {
    if (this.#alarm) throw new Alarm(this.#alarm);
    if (this.lost) throw new Lost("the connection was lost");
    const correlationId = randomUUID();
    const answer = new Promise((resolve, reject) => {
      this.#waiting.set(correlationId, { key, resolve, reject });
    });
    sent();
    try {
      this.#channel.publish(EXCHANGE, key, body, {
        contentType: "application/json",
        contentEncoding: "utf-8",
        replyTo: this.#address,
        correlationId,
        userId: this.#user,
        headers: { deadline },
        // For a queue that nobody reads. The service itself looks at the deadline.
        expiration: String(Math.ceil(milliseconds)),
        mandatory: true,
      });
      return await within(answer, milliseconds);
    } finally {
      this.#waiting.delete(correlationId);
    }
  }

  async close() {
    this.#fail(new Lost("the client was closed"));
    await close(this.#connection);
  }

  /** @param {import("amqplib").ConsumeMessage | null} message */
  #answered(message) {
    if (message === null) return this.#fail(new Lost("the reply queue is gone"));
    const waiting = this.#waiting.get(message.properties.correlationId);
    try {
      return waiting?.resolve(JSON.parse(message.content.toString("utf-8")));
    } catch {
      return waiting?.reject(new RemoteError("NotJson", { reason: "the answer isn't JSON" }));
    }
  }

  /** @param {string} correlationId */
  #returned(correlationId) {
    const why = { reason: "the broker has no queue for this service" };
    this.#waiting.get(correlationId)?.reject(new Unavailable(why));
  }

  /** @param {string} why */
  #block(why) {
    this.#alarm = why || "alarm";
    for (const { reject } of this.#waiting.values()) reject(new Alarm(this.#alarm));
  }

  /** The broker closed the channel: the request at fault fails, and the others are sent again.
   * @param {Error & {code?: number}} error */
  #refused(error) {
    for (const { key, reject } of this.#waiting.values()) {
      if (error.code !== ACCESS_REFUSED) reject(new RemoteError("BrokerRefused", reason(error)));
      else if (error.message.includes(`'${key}'`)) {
        reject(new Forbidden({ rule: "broker_permission", reason: reason(error) }));
      }
    }
    this.#fail(new Lost("the channel was closed"));
  }

  /** @param {Error} error */
  #fail(error) {
    this.lost = true;
    for (const { reject } of this.#waiting.values()) reject(error);
  }
}
