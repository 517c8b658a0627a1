/** Its place in the stream. @param {Message} message */
export function offsetOf(message: Message): number;
/** @typedef {import("amqplib").ConsumeMessage} Message */
export class Deliveries {
    /**
     * @param {import("amqplib").Channel} channel
     * @param {AbortSignal} stop
     */
    constructor(channel: import("amqplib").Channel, stop: AbortSignal);
    channel: import("amqplib").Channel;
    stop: AbortSignal;
    /**
     * @param {string} queue
     * @param {import("amqplib").Options.Consume} [options]
     */
    consume(queue: string, options?: import("amqplib").Options.Consume): Promise<string>;
    /**
     * @param {string} stream
     * @param {number | null} offset after which it begins; null for its first message
     * @param {number} window messages that are on their way at once
     */
    consumeStream(stream: string, offset: number | null, window: number): Promise<void>;
    /**
     * The next message; null where it was asked to stop, or where none came for so long. Rejects with
     * Lost.
     *
     * @param {number} [milliseconds]
     * @returns {Promise<Message | null>}
     */
    next(milliseconds?: number): Promise<Message | null>;
    #private;
}
export type Message = import("amqplib").ConsumeMessage;
