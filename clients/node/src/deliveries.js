/** The messages of a queue or a stream, one after the other. */
import { Lost } from "./link.js";

/** @typedef {import("amqplib").ConsumeMessage} Message */

export class Deliveries {
  /** @type {Message[]} */ #came = [];
  /** @type {Error | null} */ #lost = null;
  #wake = () => {};

  /**
   * @param {import("amqplib").Channel} channel
   * @param {AbortSignal} stop
   */
  constructor(channel, stop) {
    this.channel = channel;
    this.stop = stop;
    const stopped = () => this.#wake();
    stop.addEventListener("abort", stopped);
    channel.on("error", (error) => (this.#lost = new Lost(error.message)));
    channel.on("close", () => {
      this.#lost ??= new Lost("the channel was closed");
      stop.removeEventListener("abort", stopped);
      this.#wake();
    });
  }

  /**
   * @param {string} queue
   * @param {import("amqplib").Options.Consume} [options]
   */
  async consume(queue, options) {
    /** @param {Message | null} message null where the broker ended it */
    const received = (message) => {
      if (message) this.#came.push(message);
      else this.#lost = new Lost(`the queue ${queue} is gone`);
      this.#wake();
    };
    const { consumerTag } = await this.channel.consume(queue, received, options);
    return consumerTag;
  }

  /**
   * @param {string} stream
   * @param {number | null} offset after which it begins; null for its first message
   * @param {number} window messages that are on their way at once
   */
  async consumeStream(stream, offset, window) {
    await this.channel.prefetch(window);
    const begin = offset === null ? "first" : { "!": "long", value: offset + 1 };
    await this.consume(stream, { arguments: { "x-stream-offset": begin } });
  }

  /**
   * The next message; null where it was asked to stop, or where none came for so long. Rejects with
   * Lost.
   *
   * @param {number} [milliseconds]
   * @returns {Promise<Message | null>}
   */
  async next(milliseconds) {
    const waited = new AbortController();
    const timer = milliseconds && setTimeout(() => waited.abort(), milliseconds);
    try {
      while (!this.stop.aborted) {
        const message = this.#came.shift();
        if (message) return message;
        if (this.#lost) throw this.#lost;
        if (waited.signal.aborted) return null;
        await new Promise((resolve) => {
          this.#wake = () => resolve(null);
          waited.signal.addEventListener("abort", this.#wake, { once: true });
        });
      }
      return null;
    } finally {
      clearTimeout(timer || undefined);
    }
  }
}

/** Its place in the stream. @param {Message} message */
export function offsetOf(message) {
  return Number(message.properties.headers?.["x-stream-offset"]);
}
