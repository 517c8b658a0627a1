// A school's service, the start for a partner's own: it hears when an order is raised, asks for that
// order, and records that somebody of the school visited the household.
//
//   AMQP_URI=amqp://partner.school:…@host:5672/partner.school node school.js

import { createHash, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import amqp from "amqplib";

const ACTOR = process.env.ACTOR ?? "service:school";
const EVENTS = { exchange: "relief.events", key: "order.raised", queue: "school.orders" };
const RPC = "nameko-rpc";
const CALL_SECONDS = 20;
const MOST_ATTEMPTS = 5;
const RECONNECT_MS = 2000;
// An event that has failed so often is put aside for a person.
const PARKED = "school.parked";

/** An error that a method answered: `kind` such as ValidationFailed, `tryAgain` no, same_id or later. */
class MethodError extends Error {
  constructor({ exc_type: kind, value }) {
    super(`${kind} ${value}`);
    const { data, try_again: tryAgain } = parsed(value);
    Object.assign(this, { kind, data, tryAgain });
  }
}

/** Calls methods by one connection, many at once. */
class Caller {
  #waiting = new Map();
  #address = randomUUID();

  async open(connection) {
    this.channel = await connection.createChannel();
    await this.channel.assertExchange(RPC, "topic", { durable: true });
    const { queue } = await this.channel.assertQueue("", { exclusive: true });
    await this.channel.bindQueue(queue, RPC, this.#address);
    await this.channel.consume(queue, (message) => this.#answered(message), { noAck: true });
    return this;
  }

  /** The result. Rejects with a MethodError, or when no answer came in time. */
  call(service, method, kwargs) {
    const correlationId = randomUUID();
    const until = new Date(Date.now() + CALL_SECONDS * 1000).toISOString();
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        this.#waiting.delete(correlationId);
        reject(new Error(`no answer of ${service}.${method}`));
      }, (CALL_SECONDS + 5) * 1000);
      this.#waiting.set(correlationId, { resolve, reject, late });
      this.channel.publish(RPC, `${service}.${method}`, body({ args: [], kwargs }), {
        contentType: "application/json",
        contentEncoding: "utf-8",
        replyTo: this.#address,
        correlationId,
        headers: { deadline: until },
      });
    });
  }

  /** A command. With the same id it may be repeated: it is done once. */
  command(id, service, method, kwargs) {
    return this.call(service, method, { command_id: id, actor: ACTOR, ...kwargs });
  }

  #answered(message) {
    const call = this.#waiting.get(message?.properties.correlationId);
    if (!call) return;
    this.#waiting.delete(message.properties.correlationId);
    clearTimeout(call.late);
    const { result, error } = JSON.parse(message.content);
    if (error) call.reject(new MethodError(error));
    else call.resolve(result);
  }
}

async function orderRaised(caller, event) {
  const order = await caller.call("relief", "order", { id: event.subject });
  // The id follows from the event: if the event comes twice, the visit is recorded once.
  const id = createHash("sha256").update(`visit:${event.id}`).digest("hex");
  const visit = await caller.command(id, "relief", "record_visits", {
    orgunit: order.orgunit,
    time: event.time,
    kind: "household",
    visits: { value: "1", qualifier: "exact", unit: "visit" },
  });
  console.log(`visited ${event.subject} (${order.status}): visit ${visit.id}`);
}

async function handle(caller, channel, message) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await orderRaised(caller, JSON.parse(message.content));
      return channel.ack(message);
    } catch (error) {
      console.log(`attempt ${attempt}: ${error.message}`);
      const hopeless = error.tryAgain === "no" || error instanceof SyntaxError;
      if (hopeless || attempt === MOST_ATTEMPTS) {
        channel.sendToQueue(PARKED, message.content, { headers: { problem: error.message } });
        await channel.waitForConfirms();
        return channel.ack(message);
      }
      await sleep(1000 * (error.data?.retry_after_seconds ?? attempt));
    }
  }
}

/** Until the connection ends. Rejects with its error. */
async function serve(uri) {
  const connection = await amqp.connect(uri, { heartbeat: 20 });
  const ended = new Promise((_, reject) => {
    connection.on("error", reject);
    connection.on("close", () => reject(new Error("the connection was closed")));
  });
  const caller = await new Caller().open(connection);
  const channel = await connection.createConfirmChannel();
  channel.on("error", () => connection.close().catch(() => {}));
  await channel.assertExchange(EVENTS.exchange, "topic", { durable: true });
  for (const queue of [EVENTS.queue, PARKED])
    await channel.assertQueue(queue, { durable: true, arguments: { "x-queue-type": "quorum" } });
  await channel.bindQueue(EVENTS.queue, EVENTS.exchange, EVENTS.key);
  await channel.prefetch(10);
  await channel.consume(EVENTS.queue, (message) => {
    // Without a message the queue was deleted.
    if (!message) return connection.close();
    return handle(caller, channel, message).catch((error) => console.log(error.message));
  });
  console.log("listening");
  await ended;
}

function body(content) {
  return Buffer.from(JSON.stringify(content));
}

/** Empty for an error that isn't one of the contract's, such as a fault in the service. */
function parsed(value) {
  try {
    return JSON.parse(value);
  } catch {
    return {};
  }
}

for (;;) {
  await serve(process.env.AMQP_URI).catch((error) => console.log(error.message));
  await sleep(RECONNECT_MS);
}
