/** The broker takes no messages; the message is its reason. */
export class Alarm extends Error {
}
/**
 * @typedef {object} Waiting
 * @property {string} key
 * @property {(answer: any) => void} resolve
 * @property {(error: Error) => void} reject
 */
export class ReplyQueue {
    /**
     * Rejects with Lost.
     *
     * @param {string} uri
     * @param {string} user
     * @param {number} seconds
     */
    static open(uri: string, user: string, seconds: number): Promise<ReplyQueue>;
    /** @param {string} user @param {import("amqplib").ChannelModel} connection */
    static "__#private@#declared"(user: string, connection: import("amqplib").ChannelModel): Promise<ReplyQueue>;
    /**
     * @param {string} user
     * @param {import("amqplib").ChannelModel} connection
     * @param {import("amqplib").Channel} channel
     */
    constructor(user: string, connection: import("amqplib").ChannelModel, channel: import("amqplib").Channel);
    lost: boolean;
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
    ask(key: string, body: Buffer, { deadline, milliseconds, sent }: {
        deadline: string;
        milliseconds: number;
        sent: () => void;
    }): Promise<any>;
    close(): Promise<void>;
    #private;
}
export type Waiting = {
    key: string;
    resolve: (answer: any) => void;
    reject: (error: Error) => void;
};
