/**
 * What amqplib needs of an address. `?cacertfile=FILE` names the authority of `amqps://` where the
 * system doesn't trust it already.
 *
 * @param {string} uri amqp://user:password@host:port/vhost
 */
export function address(uri: string): {
    url: string;
    user: string;
    options: {
        ca?: undefined;
        servername: string;
    } | {
        ca: NonSharedBuffer[];
        servername: string;
    };
};
/**
 * The address from AMQP_URI, or from the file that AMQP_URI_FILE names, which keeps the password
 * out of process lists.
 */
export function addressFromEnvironment(): string;
/**
 * An open connection. Rejects with Lost.
 *
 * @param {string} uri
 * @param {number} [seconds]
 */
export function open(uri: string, seconds?: number): Promise<amqp.ChannelModel>;
/**
 * Close a connection that may be lost or blocked already.
 *
 * @param {import("amqplib").ChannelModel} connection
 */
export function close(connection: import("amqplib").ChannelModel): Promise<void>;
/**
 * The promise, or Lost after so many milliseconds.
 *
 * @template T
 * @param {Promise<T>} promise
 * @param {number} milliseconds
 * @returns {Promise<T>}
 */
export function within<T>(promise: Promise<T>, milliseconds: number): Promise<T>;
/** @param {unknown} error */
export function reason(error: unknown): string;
/** The broker is unreachable, or the connection to it was lost. */
export class Lost extends Error {
}
import amqp from "amqplib";
