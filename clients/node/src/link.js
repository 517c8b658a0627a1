/** The connection to the broker. */
import { readFileSync } from "node:fs";
import amqp from "amqplib";

const CONNECT_SECONDS = 5;
const HEARTBEAT_SECONDS = 20;

/** The broker is unreachable, or the connection to it was lost. */
export class Lost extends Error {}

/**
 * What amqplib needs of an address. `?cacertfile=FILE` names the authority of `amqps://` where the
 * system doesn't trust it already.
 *
 * @param {string} uri amqp://user:password@host:port/vhost
 */
export function address(uri) {
  const url = new URL(uri);
  if (!["amqp:", "amqps:"].includes(url.protocol)) throw new TypeError("need amqp:// or amqps://");
  const authority = url.searchParams.get("cacertfile");
  url.searchParams.delete("cacertfile");
  if (!url.searchParams.has("heartbeat")) {
    url.searchParams.set("heartbeat", String(HEARTBEAT_SECONDS));
  }
  const ca = authority === null ? {} : { ca: [readFileSync(authority)] };
  const user = decodeURIComponent(url.username) || "guest";
  return { url: url.href, user, options: { servername: url.hostname, ...ca } };
}

/**
 * The address from AMQP_URI, or from the file that AMQP_URI_FILE names, which keeps the password
 * out of process lists.
 */
export function addressFromEnvironment() {
  const { AMQP_URI: uri, AMQP_URI_FILE: file } = process.env;
  if (uri) return uri;
  if (file) return readFileSync(file, "utf-8").trim();
  throw new TypeError("give `uri`, or set AMQP_URI or AMQP_URI_FILE");
}

/**
 * An open connection. Rejects with Lost.
 *
 * @param {string} uri
 * @param {number} [seconds]
 */
export async function open(uri, seconds = CONNECT_SECONDS) {
  const { url, options } = address(uri);
  try {
    const timeout = Math.max(1, Math.min(seconds, CONNECT_SECONDS) * 1000);
    const connection = await amqp.connect(url, { ...options, timeout });
    // Without a listener an error of the connection would end the process. `close` follows it.
    connection.on("error", () => {});
    return connection;
  } catch (error) {
    throw new Lost(`can't connect: ${reason(error)}`, { cause: error });
  }
}

/**
 * Close a connection that may be lost or blocked already.
 *
 * @param {import("amqplib").ChannelModel} connection
 */
export async function close(connection) {
  try {
    await within(connection.close(), CONNECT_SECONDS * 1000);
  } catch {
    // It is closed, or the broker will notice by the missing heartbeat.
  } finally {
    // A broker with an alarm reads nothing more, not even the end, and the program would wait.
    /** @type {any} */ (connection).connection.stream.destroy();
  }
}

/**
 * The promise, or Lost after so many milliseconds.
 *
 * @template T
 * @param {Promise<T>} promise
 * @param {number} milliseconds
 * @returns {Promise<T>}
 */
export async function within(promise, milliseconds) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Lost("the broker doesn't answer")), milliseconds);
  });
  try {
    return /** @type {T} */ (await Promise.race([promise, late]));
  } finally {
    clearTimeout(timer);
  }
}

/** @param {unknown} error */
export function reason(error) {
  const known = error instanceof Error ? error : new Error(String(error));
  const code = "code" in known ? `${known.code} ` : "";
  return `${code}${known.message}`.slice(0, 300) || known.name;
}
