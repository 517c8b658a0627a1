/** Pauses between attempts: each is twice as long as the one before, up to a minute. */
import { setTimeout as sleep } from "node:timers/promises";

const FIRST = 500;
const LONGEST = 60_000;

export class Pauses {
  #milliseconds = FIRST;

  /** @param {AbortSignal} stop ends a pause */
  constructor(stop) {
    this.stop = stop;
  }

  async next() {
    await pause(this.#milliseconds, this.stop);
    this.#milliseconds = Math.min(this.#milliseconds * 2, LONGEST);
  }

  /** The last attempt was successful. */
  reset() {
    this.#milliseconds = FIRST;
  }
}

/** @param {number} milliseconds @param {AbortSignal} stop ends it */
export async function pause(milliseconds, stop) {
  await sleep(milliseconds, null, { signal: stop }).catch(() => undefined);
}
